/**
 * The tree that HCL 1 and JSON documents both become: objects of items, with the place of everything, so that whoever
 * reads a policy or a config file can name the line that is wrong.
 */

/** Counted from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface StringNode {
  readonly kind: 'string'
  readonly value: string
  readonly at: Position
}
export interface NumberNode {
  readonly kind: 'number'
  readonly value: number
  readonly at: Position
}
export interface BoolNode {
  readonly kind: 'bool'
  readonly value: boolean
  readonly at: Position
}
/** JSON only. */
export interface NullNode {
  readonly kind: 'null'
  readonly at: Position
}
export interface ListNode {
  readonly kind: 'list'
  readonly elements: readonly Node[]
  readonly at: Position
}
export interface ObjectNode {
  readonly kind: 'object'
  readonly items: readonly Item[]
  readonly at: Position
}
export type Node = StringNode | NumberNode | BoolNode | NullNode | ListNode | ObjectNode

export interface Key {
  readonly name: string
  readonly at: Position
}

/** `key = value`, or a block: `key "label" … { … }`. JSON has one key an item. Keys may repeat: readers decide what that means. */
export interface Item {
  readonly keys: readonly [Key, ...Key[]]
  readonly value: Node
}

export interface Limits {
  /** Longest text, in UTF-16 units. */
  readonly maxLength: number
  /** Deepest nesting of objects and lists. */
  readonly maxDepth: number
}

export class HclError extends Error {
  override readonly name = 'HclError'
  readonly at: Position
  /** What is wrong, without the place. */
  readonly detail: string
  constructor(detail: string, at: Position) {
    super(`line ${at.line}, column ${at.column}: ${detail}`)
    this.detail = detail
    this.at = at
  }
}
