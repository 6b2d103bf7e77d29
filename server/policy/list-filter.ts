import { createHash } from 'node:crypto'
import { type ListFilter, PolicyError } from './policy.ts'

/**
 * `list_scan_response_keys_filter_path`: a path made for each listed key, whose access decides whether the key is shown.
 * OpenBao writes it as a Go template. This is the part of that language that filters are made of: text, `{{ .path }}`,
 * `{{ .key }}`, quoted text, and functions in pipelines, `{{ .path | replace "metadata/" "data/" }}{{ .key }}`.
 */

interface Inputs {
  readonly path: string
  readonly key: string
}
type Piece = (inputs: Inputs) => string
type Transform = (text: string) => string

/** Name to the number of arguments and what it does; the piped text comes last, as in Go. */
const FUNCTIONS: Readonly<Record<string, readonly [argumentCount: number, make: (...args: string[]) => Transform]>> = {
  replace: [
    2,
    (find = '', by = '') =>
      (text) =>
        find === '' ? text : text.replaceAll(find, by),
  ],
  lowercase: [0, () => (text) => text.toLowerCase()],
  uppercase: [0, () => (text) => text.toUpperCase()],
  truncate: [1, (length) => (text) => text.slice(0, lengthOf(length))],
  sha256: [0, () => (text) => createHash('sha256').update(text).digest('hex')],
  base64: [0, () => (text) => Buffer.from(text).toString('base64')],
  decode_base64: [0, () => (text) => Buffer.from(text, 'base64').toString()],
  hex: [0, () => (text) => Buffer.from(text).toString('hex')],
  decode_hex: [0, () => (text) => Buffer.from(text, 'hex').toString()],
}

function lengthOf(text: string | undefined): number {
  const length = Number(text)
  if (!Number.isSafeInteger(length) || length < 1) throw new PolicyError('truncate takes a length of at least 1')
  return length
}

/** Throws PolicyError for what is not such a template, or for one that gives every key the same path. */
export function parseListFilter(source: string): ListFilter {
  const pieces = piecesOf(source)
  const pathOf = (path: string, key: string): string => {
    let made = ''
    for (const piece of pieces) made += piece({ path, key })
    return made
  }
  if (pathOf('p/', 'first key') === pathOf('p/', 'second key'))
    throw new PolicyError('list_scan_response_keys_filter_path gives the same path for different keys')
  return { source, pathOf }
}

function piecesOf(source: string): readonly Piece[] {
  const pieces: Piece[] = []
  for (const [index, chunk] of source.split('{{').entries()) {
    const [action, text, more] = index === 0 ? [undefined, chunk, undefined] : chunk.split('}}')
    if (text === undefined || more !== undefined || (index === 0 && chunk.includes('}}')))
      throw new PolicyError('unbalanced braces in list_scan_response_keys_filter_path')
    if (action !== undefined) pieces.push(actionOf(action))
    if (text !== '') pieces.push(() => text)
  }
  return pieces
}

const WORD = /\s*(?:(\|)|("(?:[^"\\]|\\.)*"|`[^`]*`)|([^\s|"`]+))/y

function actionOf(action: string): Piece {
  const stages = stagesOf(action)
  const [first = [], ...rest] = stages
  const [head, ...extra] = first
  if (head?.startsWith('.') && extra.length === 0) {
    const read = inputOf(head)
    const transforms = rest.map((stage) => transformOf(stage))
    return (inputs) => transforms.reduce((text, transform) => transform(text), read(inputs))
  }
  throw new PolicyError(`list_scan_response_keys_filter_path: '{{${action}}}' must start with .path or .key`)
}

function inputOf(name: string): Piece {
  if (name === '.path') return ({ path }) => path
  if (name === '.key') return ({ key }) => key
  throw new PolicyError(`list_scan_response_keys_filter_path knows .path and .key, not ${name}`)
}

/** The words of a pipeline, stage by stage; quoted words lose their quotes. */
function stagesOf(action: string): readonly (readonly string[])[] {
  const stages: string[][] = [[]]
  WORD.lastIndex = 0
  while (WORD.lastIndex < action.trimEnd().length) {
    const match = WORD.exec(action)
    if (match === null) throw new PolicyError(`list_scan_response_keys_filter_path: malformed '{{${action}}}'`)
    if (match[1] !== undefined) stages.push([])
    else stages.at(-1)?.push(match[2] === undefined ? (match[3] ?? '') : unquoted(match[2]))
  }
  return stages
}

function unquoted(literal: string): string {
  if (literal.startsWith('`')) return literal.slice(1, -1)
  try {
    return String(JSON.parse(literal))
  } catch {
    throw new PolicyError(`list_scan_response_keys_filter_path: malformed string ${literal}`)
  }
}

function transformOf([name = '', ...args]: readonly string[]): Transform {
  const [count, make] = Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name] ?? []) : []
  if (make === undefined)
    throw new PolicyError(
      `list_scan_response_keys_filter_path has no function '${name}' (there are ${Object.keys(FUNCTIONS).join(', ')})`,
    )
  if (args.length !== count)
    throw new PolicyError(`list_scan_response_keys_filter_path: ${name} takes ${count} arguments, not ${args.length}`)
  const transform = make(...args)
  transform('') // a bad argument is found when the policy is written
  return transform
}
