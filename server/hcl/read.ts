import { HclError, type Item, type Key, type Node, type ObjectNode, type Position } from './ast.ts'

/** A block however it was written: `name "label" { … }`, `name = { label = { … } }`, or JSON objects and lists of them. */
export interface Block {
  /** As many as asked for. */
  readonly labels: readonly Key[]
  readonly body: ObjectNode
  readonly at: Position
}

/** The blocks called `name`, each with `labelCount` labels, in their order. Throws HclError on any other shape. */
export function blocksOf(parent: ObjectNode, name: string, labelCount: number): readonly Block[] {
  const found: Block[] = []
  for (const { keys, value } of parent.items)
    if (keys[0].name === name) expand(value, keys.slice(1), { name, labelCount, at: keys[0].at }, found)
  return found
}

interface Wanted {
  readonly name: string
  readonly labelCount: number
  readonly at: Position
}

function expand(value: Node, labels: readonly Key[], wanted: Wanted, found: Block[]): void {
  if (labels.length > wanted.labelCount)
    throw new HclError(`${wanted.name} takes ${labelsWanted(wanted)}, not ${labels.length}`, wanted.at)
  if (value.kind === 'list') {
    for (const element of value.elements) expand(element, labels, wanted, found)
  } else if (value.kind !== 'object') {
    throw new HclError(`${wanted.name} must be a block with ${labelsWanted(wanted)}`, value.at)
  } else if (labels.length === wanted.labelCount) {
    found.push({ labels, body: value, at: labels[0]?.at ?? wanted.at })
  } else {
    for (const item of value.items) expand(item.value, [...labels, ...item.keys], wanted, found)
  }
}

function labelsWanted({ labelCount }: Wanted): string {
  return labelCount === 0 ? 'no label' : labelCount === 1 ? 'one label' : `${labelCount} labels`
}

/** Items by key. A key that stands twice is an error: which one was meant is anybody's guess. */
export function attributesOf(body: ObjectNode): ReadonlyMap<string, Item> {
  const attributes = new Map<string, Item>()
  for (const item of body.items) {
    const [key] = item.keys
    const earlier = attributes.get(key.name)
    if (earlier !== undefined)
      throw new HclError(`${key.name} is set twice (first on line ${earlier.keys[0].at.line})`, key.at)
    attributes.set(key.name, item)
  }
  return attributes
}

/** Text; a number or boolean is taken as it would be written. */
export function textOf(node: Node, what: string): string {
  if (node.kind === 'string') return node.value
  if (node.kind === 'number' || node.kind === 'bool') return String(node.value)
  throw new HclError(`${what} must be a string`, node.at)
}

/** A whole number, also as text. */
export function integerOf(node: Node, what: string): number {
  const value = node.kind === 'string' && /^-?\d+$/.test(node.value) ? Number(node.value) : node
  const number = typeof value === 'number' ? value : value.kind === 'number' ? value.value : Number.NaN
  if (!Number.isSafeInteger(number)) throw new HclError(`${what} must be a whole number`, node.at)
  return number
}

/** A boolean, also as text or as 0 and 1. */
export function boolOf(node: Node, what: string): boolean {
  if (node.kind === 'bool') return node.value
  const word = node.kind === 'string' ? node.value.toLowerCase() : node.kind === 'number' ? String(node.value) : ''
  if (word === 'true' || word === '1') return true
  if (word === 'false' || word === '0') return false
  throw new HclError(`${what} must be true or false`, node.at)
}

export function elementsOf(node: Node, what: string): readonly Node[] {
  if (node.kind !== 'list') throw new HclError(`${what} must be a list`, node.at)
  return node.elements
}

export function textsOf(node: Node, what: string): readonly string[] {
  return elementsOf(node, what).map((element) => textOf(element, `each of ${what}`))
}
