import { HclError, type Item, type Key, type Limits, type Node, type ObjectNode } from './ast.ts'
import { Scanner, type Token } from './scanner.ts'

/** Parses HCL 1. Throws HclError at the first fault. */
export function parseHcl(text: string, limits: Limits): ObjectNode {
  return new Parser(text, limits.maxDepth).document()
}

class Parser {
  readonly #scanner: Scanner
  readonly #maxDepth: number
  #token: Token

  constructor(text: string, maxDepth: number) {
    this.#scanner = new Scanner(text)
    this.#maxDepth = maxDepth
    this.#token = this.#scanner.next()
  }

  document(): ObjectNode {
    const at = { line: 1, column: 1 }
    const items: Item[] = []
    while (this.#token.kind !== 'end') items.push(this.#item(0))
    return { kind: 'object', items, at }
  }

  #advance(): Token {
    const token = this.#token
    this.#token = this.#scanner.next()
    return token
  }

  #item(depth: number): Item {
    const keys = this.#keys()
    if (this.#token.kind === '{') return { keys, value: this.#object(depth + 1) }
    if (this.#token.kind !== '=') return fail(`expected '=' or '{' after ${keys[0].name}`, this.#token)
    if (keys.length > 1) return fail(`a block with labels is not assigned: expected '{'`, this.#token)
    this.#advance()
    return { keys, value: this.#value(depth) }
  }

  #keys(): [Key, ...Key[]] {
    const first = this.#key()
    if (first === undefined) return fail('expected a name', this.#token)
    const keys: [Key, ...Key[]] = [first]
    for (let key = this.#key(); key !== undefined; key = this.#key()) keys.push(key)
    return keys
  }

  #key(): Key | undefined {
    if (this.#token.kind !== 'identifier' && this.#token.kind !== 'string') return undefined
    const { text, at } = this.#token
    this.#advance()
    return { name: text, at }
  }

  #value(depth: number): Node {
    const token = this.#token
    switch (token.kind) {
      case '{':
        return this.#object(depth + 1)
      case '[':
        return this.#list(depth + 1)
      case 'string':
        this.#advance()
        return { kind: 'string', value: token.text, at: token.at }
      case 'number':
        this.#advance()
        return { kind: 'number', value: token.value, at: token.at }
      case 'identifier':
        if (token.text !== 'true' && token.text !== 'false')
          return fail(`${token.text} must stand in quotes to be a value`, token)
        this.#advance()
        return { kind: 'bool', value: token.text === 'true', at: token.at }
      default:
        return fail('expected a value', token)
    }
  }

  #object(depth: number): ObjectNode {
    const { at } = this.#advance()
    if (depth > this.#maxDepth) throw new HclError(`nested deeper than ${this.#maxDepth}`, at)
    const items: Item[] = []
    while (this.#token.kind !== '}') {
      if (this.#token.kind === 'end') throw new HclError("this '{' is not closed", at)
      items.push(this.#item(depth))
      if (this.#token.kind === ',') this.#advance()
    }
    this.#advance()
    return { kind: 'object', items, at }
  }

  #list(depth: number): Node {
    const { at } = this.#advance()
    if (depth > this.#maxDepth) throw new HclError(`nested deeper than ${this.#maxDepth}`, at)
    const elements: Node[] = []
    while (!this.#at(']')) {
      if (this.#token.kind === 'end') throw new HclError("this '[' is not closed", at)
      elements.push(this.#value(depth))
      if (this.#at(',')) this.#advance()
      else if (!this.#at(']')) fail("expected ',' or ']' in the list", this.#token)
    }
    this.#advance()
    return { kind: 'list', elements, at }
  }

  #at(kind: Token['kind']): boolean {
    return this.#token.kind === kind
  }
}

function fail(detail: string, token: Token): never {
  throw new HclError(token.kind === 'end' ? `${detail}, found the end of the text` : detail, token.at)
}
