import { CoercionError, parseDuration } from '../../engines/coerce.ts'
import { HclError, type Item, type Node, type ObjectNode, type Position } from '../hcl/ast.ts'
import { attributesOf, boolOf, integerOf, textOf } from '../hcl/read.ts'
import { suggestion } from '../suggestion.ts'
import { unsupportedReason } from './unsupported.ts'

/** Takes note of what a file says in vain. */
export type Warn = (line: number, message: string) => void

/**
 * The body of one block. Whoever reads it takes the keys it knows; `finish` then tells of all others, so that no key is
 * read and forgotten. Every method throws HclError at the place of what is wrong.
 */
export class Section {
  /** As in the file: `listener "tcp"`. */
  readonly name: string
  readonly #place: Position
  readonly #items: ReadonlyMap<string, Item>
  readonly #taken = new Set<string>()
  readonly #warn: Warn

  constructor(name: string, body: ObjectNode, warn: Warn) {
    this.name = name
    this.#place = body.at
    this.#items = attributesOf(body)
    this.#warn = warn
  }

  /** The value of a key; JSON's null is as if the key were not there. */
  node(key: string): Node | undefined {
    this.#taken.add(key)
    const item = this.#items.get(key)
    if (item === undefined || item.value.kind === 'null') return undefined
    if (item.keys.length > 1) throw new HclError(`${key} takes no label`, item.keys[0].at)
    return item.value
  }

  text(key: string): string | undefined {
    const node = this.node(key)
    return node === undefined ? undefined : textOf(node, key)
  }

  bool(key: string): boolean | undefined {
    const node = this.node(key)
    return node === undefined ? undefined : boolOf(node, key)
  }

  /** A whole number within bounds, both included. */
  integer(key: string, least: number, most: number): number | undefined {
    const node = this.node(key)
    if (node === undefined) return undefined
    const value = integerOf(node, key)
    if (value < least || value > most) throw new HclError(`${key} must be ${least} to ${most}`, node.at)
    return value
  }

  /** One of `allowed`, by the words for each. */
  choice<T>(key: string, allowed: Readonly<Record<string, T>>): T | undefined {
    const node = this.node(key)
    return node === undefined ? undefined : chosen(key, node, allowed)
  }

  /** A list of text, or text parted by commas. */
  texts(key: string): readonly { readonly value: string; readonly node: Node }[] {
    const node = this.node(key)
    if (node === undefined) return []
    const elements = node.kind === 'list' ? node.elements : [node]
    return elements.flatMap((element) =>
      textOf(element, key)
        .split(',')
        .map((part) => ({ value: part.trim(), node: element }))
        .filter(({ value }) => value !== ''),
    )
  }

  /** Seconds, from a number of them or Go's form. */
  seconds(key: string): number | undefined {
    const node = this.node(key)
    return node === undefined ? undefined : secondsOf(key, node)
  }

  /** A duration of a timer, in milliseconds. */
  timer(key: string): number | undefined {
    const seconds = this.seconds(key)
    if (seconds === undefined) return undefined
    if (seconds > LONGEST_TIMER_SECONDS) throw new HclError(`${key} must be at most 24 days`, this.at(key))
    return seconds * 1000
  }

  section(key: string): Section | undefined {
    const node = this.node(key)
    if (node === undefined) return undefined
    return new Section(key, soleObject(key, node), this.#warn)
  }

  /** Every key with its value, for blocks whose keys are free; none is unknown then. */
  entries(): readonly (readonly [key: string, value: Node])[] {
    return Array.from(this.#items, ([key, { value }]) => {
      this.#taken.add(key)
      return [key, value] as const
    })
  }

  /** The place of a key's value, or of the block where the key is not set. */
  at(key: string): Position {
    return this.#items.get(key)?.value.at ?? this.#place
  }

  has(key: string): boolean {
    return this.#items.has(key)
  }

  warn(key: string, message: string): void {
    this.warnLine(this.at(key).line, message)
  }

  warnLine(line: number, message: string): void {
    this.#warn(line, message)
  }

  /** To be called once every known key was asked for. */
  finish(): void {
    for (const [key, { keys }] of this.#items) {
      if (this.#taken.has(key)) continue
      const reason = unsupportedReason(key)
      const what = `${key} in ${this.name}`
      this.#warn(
        keys[0].at.line,
        reason === undefined
          ? `unknown key ${what}: it has no effect${suggestion(key, [...this.#taken])}`
          : `${what} has no effect: ${reason}`,
      )
    }
  }
}

/** Node's timers count in 31 bits of milliseconds. */
const LONGEST_TIMER_SECONDS = 24 * 86_400

/** The outcome of a block that may be written as an object or as a list of one. */
export function soleObject(what: string, node: Node): ObjectNode {
  const [only, ...others] = node.kind === 'list' ? node.elements : [node]
  if (only?.kind !== 'object' || others.length > 0) throw new HclError(`${what} must be one block`, node.at)
  return only
}

export function secondsOf(key: string, node: Node): number {
  if (node.kind !== 'number' && node.kind !== 'string') throw new HclError(`${key} must be a duration`, node.at)
  try {
    const seconds = parseDuration(node.value)
    if (seconds < 0) throw new HclError(`${key} must not be negative`, node.at)
    return seconds
  } catch (error) {
    if (error instanceof CoercionError) throw new HclError(`${key}: ${error.message}`, node.at)
    throw error
  }
}

export function chosen<T>(key: string, node: Node, allowed: Readonly<Record<string, T>>): T {
  const word = textOf(node, key).toLowerCase()
  const value = Object.hasOwn(allowed, word) ? allowed[word] : undefined
  if (value === undefined) throw new HclError(`${key} must be one of ${Object.keys(allowed).join(', ')}`, node.at)
  return value
}
