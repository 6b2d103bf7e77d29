import { HclError, type Item, type Limits, type Node, type ObjectNode } from './ast.ts'
import { Source } from './source.ts'

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const WORDS = ['true', 'false', 'null'] as const

/** Parses JSON (RFC 8259) whose root is an object into the tree that HCL gives. Repeated keys are repeated items. */
export function parseJson(text: string, limits: Limits): ObjectNode {
  const reader = new JsonReader(text, limits.maxDepth)
  return reader.document()
}

class JsonReader {
  readonly #source: Source
  readonly #maxDepth: number

  constructor(text: string, maxDepth: number) {
    this.#source = new Source(text)
    this.#maxDepth = maxDepth
  }

  document(): ObjectNode {
    this.#skipBlank()
    const root = this.#object(1)
    this.#skipBlank()
    if (!this.#source.atEnd) this.#source.fail(`unexpected ${this.#source.shown()} after the JSON object`)
    return root
  }

  #skipBlank(): void {
    const source = this.#source
    while (source.code === 0x20 || source.code === 0x09 || source.code === 0x0a || source.code === 0x0d)
      source.advance()
  }

  #expect(character: string): void {
    if (this.#source.text.charAt(this.#source.offset) !== character)
      this.#source.fail(`expected '${character}', found ${this.#source.shown()}`)
    this.#source.advance()
  }

  #value(depth: number): Node {
    const source = this.#source
    const at = source.position()
    const character = source.text.charAt(source.offset)
    if (character === '{') return this.#object(depth + 1)
    if (character === '[') return this.#list(depth + 1)
    if (character === '"') return { kind: 'string', value: this.#string(), at }
    const word = WORDS.find((candidate) => source.startsWith(candidate))
    if (word !== undefined) {
      source.skip(word.length)
      return word === 'null' ? { kind: 'null', at } : { kind: 'bool', value: word === 'true', at }
    }
    const number = this.#match(NUMBER)
    if (number === undefined) return source.fail(`expected a value, found ${source.shown()}`)
    return { kind: 'number', value: Number(number), at }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#source.offset
    const text = pattern.exec(this.#source.text)?.[0]
    this.#source.skip(text?.length ?? 0)
    return text
  }

  #string(): string {
    const at = this.#source.position()
    const { text, offset } = this.#source
    let end = offset + 1
    while (end < text.length && text.charCodeAt(end) !== 0x22) end += text.charCodeAt(end) === 0x5c ? 2 : 1
    const value = parsedString(text.slice(offset, end + 1))
    if (value === undefined) return this.#source.fail('malformed string', at)
    this.#source.skip(end + 1 - offset)
    return value
  }

  #object(depth: number): ObjectNode {
    const at = this.#enter('{', depth)
    const items: Item[] = []
    while (!this.#leaves('}', items.length)) {
      const keyAt = this.#source.position()
      if (this.#source.code !== 0x22) this.#source.fail(`expected a quoted key, found ${this.#source.shown()}`)
      const name = this.#string()
      this.#skipBlank()
      this.#expect(':')
      this.#skipBlank()
      items.push({ keys: [{ name, at: keyAt }], value: this.#value(depth) })
    }
    return { kind: 'object', items, at }
  }

  #list(depth: number): Node {
    const at = this.#enter('[', depth)
    const elements: Node[] = []
    while (!this.#leaves(']', elements.length)) elements.push(this.#value(depth))
    return { kind: 'list', elements, at }
  }

  #enter(bracket: string, depth: number) {
    const at = this.#source.position()
    if (depth > this.#maxDepth) throw new HclError(`nested deeper than ${this.#maxDepth}`, at)
    this.#expect(bracket)
    return at
  }

  /** At a closing bracket: true, past it. Else past the comma that must part elements. */
  #leaves(bracket: string, count: number): boolean {
    this.#skipBlank()
    if (this.#source.text.charAt(this.#source.offset) === bracket) {
      this.#source.advance()
      return true
    }
    if (count > 0) {
      this.#expect(',')
      this.#skipBlank()
    }
    return false
  }
}

function parsedString(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(literal)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
