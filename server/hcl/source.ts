import { HclError, type Position } from './ast.ts'

/** A text and how far it is read. Character codes are UTF-16 units; past the end they are NaN. */
export class Source {
  readonly text: string
  offset = 0
  #line = 1
  #lineStart = 0

  constructor(text: string) {
    this.text = text
    if (text.charCodeAt(0) === 0xfeff) this.offset = this.#lineStart = 1 // a byte order mark is not content
  }

  get code(): number {
    return this.text.charCodeAt(this.offset)
  }

  get atEnd(): boolean {
    return this.offset >= this.text.length
  }

  peek(ahead: number): number {
    return this.text.charCodeAt(this.offset + ahead)
  }

  /** Moves on by one unit, counting lines. */
  advance(): void {
    if (this.text.charCodeAt(this.offset) === 0x0a) {
      this.#line += 1
      this.#lineStart = this.offset + 1
    }
    this.offset += 1
  }

  skip(count: number): void {
    for (let i = 0; i < count; i++) this.advance()
  }

  startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.offset)
  }

  position(): Position {
    return { line: this.#line, column: this.offset - this.#lineStart + 1 }
  }

  fail(detail: string, at: Position = this.position()): never {
    throw new HclError(detail, at)
  }

  /** The character here, as a message may show it. */
  shown(): string {
    const point = this.text.codePointAt(this.offset)
    if (point === undefined) return 'the end of the text'
    return point < 0x20 || point === 0x7f
      ? `control character 0x${point.toString(16)}`
      : `'${String.fromCodePoint(point)}'`
  }
}
