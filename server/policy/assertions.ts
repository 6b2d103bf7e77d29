import { CoercionError, parseDuration } from '../../engines/coerce.ts'
import type { Operation } from '../../engines/engine.ts'
import type { IdentityView } from '../../engines/identity-view.ts'
import { isJsonObject } from '../../engines/json-object.ts'
import { HclError, type Item, type Node } from '../hcl/ast.ts'
import { parseDocument } from '../hcl/parse.ts'
import { attributesOf, type Block, blocksOf, boolOf, textOf, textsOf } from '../hcl/read.ts'
import { CAN } from './policy.ts'

/** What a file of assertions says: which requests certain policies are to allow, and which not. HCL or JSON. */

/** Of a request, or `sudo` on its path. */
export type Claim = Exclude<Operation, 'help'> | 'sudo'

export interface Assertion {
  readonly name: string
  /** Counts from 1. */
  readonly line: number
  readonly policies: readonly string[]
  readonly paths: readonly string[]
  readonly allow: readonly Claim[]
  readonly deny: readonly Claim[]
  readonly parameters: Readonly<Record<string, unknown>>
  readonly wrapTtlSeconds: number | undefined
  /** Whom templates speak of; undefined: nobody. */
  readonly identity: IdentityView | undefined
}

export interface AssertionFile {
  /** Files of policies by name, as written: relative to the file of assertions. */
  readonly policyFiles: ReadonlyMap<string, string>
  readonly denyAlwaysWins: boolean
  readonly assertions: readonly Assertion[]
}

const LIMITS = { maxLength: 4 << 20, maxDepth: 32 }
const ASSERTIONS_MAX = 10_000
const CLAIMS = new Set<string>(Object.keys(CAN).filter((name) => name !== 'deny'))

/** Throws HclError, with its place, for what is no file of assertions. */
export function parseAssertions(text: string): AssertionFile {
  const document = parseDocument(text, LIMITS)
  for (const { keys } of document.items) known(keys[0], ['policy', 'test', 'deny_always_wins'])
  const policyFiles = new Map<string, string>()
  for (const { labels, body } of blocksOf(document, 'policy', 1)) {
    const attributes = attributesOf(body)
    for (const { keys } of attributes.values()) known(keys[0], ['file'])
    const [label] = labels
    if (label !== undefined) policyFiles.set(normal(label.name), textOf(needed(attributes, 'file', label.at), 'file'))
  }
  const tests = blocksOf(document, 'test', 1)
  if (tests.length > ASSERTIONS_MAX) throw new HclError(`more than ${ASSERTIONS_MAX} tests`, { line: 1, column: 1 })
  const option = document.items.find(({ keys }) => keys[0].name === 'deny_always_wins')
  return {
    policyFiles,
    denyAlwaysWins: option !== undefined && boolOf(option.value, 'deny_always_wins'),
    assertions: tests.map(assertionOf),
  }
}

type At = HclError['at']

function known({ name, at }: { readonly name: string; readonly at: At }, names: readonly string[]): void {
  if (!names.includes(name)) throw new HclError(`"${name}" is not one of ${names.join(', ')}`, at)
}

function needed(attributes: ReadonlyMap<string, Item>, name: string, at: At): Node {
  const item = attributes.get(name)
  if (item === undefined) throw new HclError(`${name} is missing`, at)
  return item.value
}

const normal = (name: string): string => name.trim().toLowerCase()
const KEYS = ['policies', 'path', 'paths', 'allow', 'deny', 'parameters', 'wrap_ttl', 'identity']

function assertionOf({ labels, body, at }: Block): Assertion {
  const attributes = attributesOf(body)
  for (const { keys } of attributes.values()) known(keys[0], KEYS)
  const texts = (name: string): readonly string[] => {
    const item = attributes.get(name)
    return item === undefined ? [] : textsOf(item.value, name)
  }
  const path = attributes.get('path')
  const paths = [...(path === undefined ? [] : [textOf(path.value, 'path')]), ...texts('paths')]
  if (paths.length === 0) throw new HclError('path or paths is missing', at)
  const claims = (name: string): readonly Claim[] => texts(name).map((word) => claimOf(word, at))
  const assertion: Assertion = {
    name: labels[0]?.name ?? '',
    line: at.line,
    policies: textsOf(needed(attributes, 'policies', at), 'policies').map(normal),
    paths: paths.map((one) => one.replace(/^\/+/, '')),
    allow: claims('allow'),
    deny: claims('deny'),
    parameters: parametersOf(attributes.get('parameters')),
    wrapTtlSeconds: durationOf(attributes.get('wrap_ttl')),
    identity: identityOf(attributes.get('identity')),
  }
  if (assertion.allow.length + assertion.deny.length === 0)
    throw new HclError('neither allow nor deny says anything', at)
  return assertion
}

function claimOf(word: string, at: At): Claim {
  if (!CLAIMS.has(word)) throw new HclError(`"${word}" is not one of ${[...CLAIMS].join(', ')}`, at)
  return word as Claim
}

function durationOf(item: Item | undefined): number | undefined {
  if (item === undefined) return undefined
  try {
    return parseDuration(textOf(item.value, 'wrap_ttl'))
  } catch (error) {
    if (error instanceof CoercionError) throw new HclError(`wrap_ttl ${error.message}`, item.value.at)
    throw error
  }
}

function parametersOf(item: Item | undefined): Readonly<Record<string, unknown>> {
  if (item === undefined) return {}
  const value = plain(item.value)
  if (!isJsonObject(value)) throw new HclError('parameters must be an object', item.value.at)
  return value
}

function plain(node: Node): unknown {
  if (node.kind === 'null') return null
  if (node.kind === 'list') return node.elements.map(plain)
  if (node.kind !== 'object') return node.value
  return Object.fromEntries([...attributesOf(node)].map(([key, { value }]) => [key, plain(value)]))
}

/** `identity { id, name, metadata, groups = [name …] }`, for policies with templates. */
function identityOf(item: Item | undefined): IdentityView | undefined {
  if (item === undefined) return undefined
  if (item.value.kind !== 'object') throw new HclError('identity must be a block', item.value.at)
  const attributes = attributesOf(item.value)
  for (const { keys } of attributes.values()) known(keys[0], ['id', 'name', 'metadata', 'groups'])
  const text = (name: string): string => {
    const found = attributes.get(name)
    return found === undefined ? '' : textOf(found.value, name)
  }
  const metadata = attributes.get('metadata')?.value
  const groups = attributes.get('groups')?.value
  return {
    entity: {
      id: text('id'),
      name: text('name'),
      metadata: metadata === undefined ? {} : textMap(metadata),
      aliases: [],
    },
    groups: (groups === undefined ? [] : textsOf(groups, 'groups')).map((name) => ({
      id: '',
      name,
      namespacePath: '',
      metadata: {},
    })),
  }
}

function textMap(node: Node): Readonly<Record<string, string>> {
  if (node.kind !== 'object') throw new HclError('metadata must be an object', node.at)
  return Object.fromEntries([...attributesOf(node)].map(([key, { value }]) => [key, textOf(value, key)]))
}
