import type { Position } from './ast.ts'
import { readEscape } from './escapes.ts'
import { Source } from './source.ts'

export type Token =
  | { readonly kind: 'identifier' | 'string'; readonly text: string; readonly at: Position }
  | { readonly kind: 'number'; readonly value: number; readonly at: Position }
  | { readonly kind: '{' | '}' | '[' | ']' | ',' | '=' | 'end'; readonly at: Position }

const LETTER = /[\p{L}_]/u
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)/y
const IDENTIFIER = /[\p{L}_][\p{L}\p{Nd}_.-]*/uy
const HEREDOC = /<<(-?)([\p{L}\p{Nd}_]+)\r?\n/uy
const PUNCTUATION = new Set(['{', '}', '[', ']', ',', '='])

/** Cuts HCL 1 into tokens, one at a time. Comments and white space fall away. */
export class Scanner {
  readonly #source: Source

  constructor(text: string) {
    this.#source = new Source(text)
  }

  next(): Token {
    const source = this.#source
    this.#skipBlank()
    const at = source.position()
    if (source.atEnd) return { kind: 'end', at }
    const character = source.text.charAt(source.offset)
    if (isPunctuation(character)) {
      source.advance()
      return { kind: character, at }
    }
    if (character === '"') return { kind: 'string', text: this.#quoted(), at }
    if (character === '<') return { kind: 'string', text: this.#heredoc(), at }
    if (character === '-' || (character >= '0' && character <= '9'))
      return { kind: 'number', value: this.#number(), at }
    const point = source.text.codePointAt(source.offset)
    if (point !== undefined && LETTER.test(String.fromCodePoint(point)))
      return { kind: 'identifier', text: this.#match(IDENTIFIER), at }
    return source.fail(`unexpected ${source.shown()}`)
  }

  #skipBlank(): void {
    const source = this.#source
    for (;;) {
      const code = source.code
      if (code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d) source.advance()
      else if (code === 0x23 || source.startsWith('//')) while (!source.atEnd && source.code !== 0x0a) source.advance()
      else if (source.startsWith('/*')) this.#skipBlockComment()
      else return
    }
  }

  #skipBlockComment(): void {
    const source = this.#source
    const at = source.position()
    const end = source.text.indexOf('*/', source.offset + 2)
    if (end < 0) source.fail('the comment is not closed', at)
    source.skip(end + 2 - source.offset)
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#source.offset
    const text = pattern.exec(this.#source.text)?.[0] ?? ''
    this.#source.skip(text.length)
    return text
  }

  /** Decimal, 0x hexadecimal, or octal when it starts with 0 as in Go. */
  #number(): number {
    const at = this.#source.position()
    const text = this.#match(NUMBER)
    const digits = text.replace('-', '')
    const octal = /^0\d+$/.test(digits)
    const size = octal ? (/^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN) : Number(digits)
    if (
      digits === '' ||
      !Number.isFinite(size) ||
      /[\p{L}\p{Nd}_.]/u.test(this.#source.text.charAt(this.#source.offset))
    )
      this.#source.fail('malformed number', at)
    return text.startsWith('-') ? -size : size
  }

  #quoted(): string {
    const source = this.#source
    const start = source.position()
    source.advance()
    let value = ''
    for (;;) {
      const code = source.code
      if (code === 0x22) break
      if (source.atEnd || code === 0x0a) source.fail('the string is not closed on its line', start)
      if (code === 0x5c) value += readEscape(source)
      else if (code === 0x24 && source.peek(1) === 0x7b) value += this.#interpolation()
      else {
        value += source.text.charAt(source.offset)
        source.advance()
      }
    }
    source.advance()
    return value
  }

  /** `${…}` stands as it is: nothing here evaluates it, but quotes inside it don't end the string. */
  #interpolation(): string {
    const source = this.#source
    const start = source.position()
    const from = source.offset
    let depth = 0
    do {
      if (source.atEnd) source.fail('the ${ is not closed', start)
      if (source.code === 0x7b) depth += 1
      if (source.code === 0x7d) depth -= 1
      source.advance()
    } while (depth > 0 || source.offset - from < 2)
    return source.text.slice(from, source.offset)
  }

  /** `<<MARK` up to a line that holds only MARK; `<<-MARK` takes the indentation of that line off every line that has it. */
  #heredoc(): string {
    const source = this.#source
    const at = source.position()
    HEREDOC.lastIndex = source.offset
    const opening = HEREDOC.exec(source.text)
    if (opening === null) return source.fail('expected a value; a heredoc is written <<NAME and then a new line', at)
    const [head, dash, mark] = opening
    source.skip(head.length)
    const lines: string[] = []
    for (;;) {
      if (source.atEnd) source.fail(`the heredoc is not closed: no line holds only ${mark}`, at)
      const newline = source.text.indexOf('\n', source.offset)
      const end = newline < 0 ? source.text.length : newline
      const line = source.text.slice(source.offset, end)
      const closes = line.trim() === mark
      source.skip(closes ? line.length : end + 1 - source.offset)
      if (closes) return joinHeredoc(lines, dash === '-' ? line.slice(0, line.indexOf(mark ?? '')) : '')
      lines.push(line)
    }
  }
}

function joinHeredoc(lines: readonly string[], indentation: string): string {
  const strip = indentation !== '' && lines.every((line) => line.startsWith(indentation))
  return lines.map((line) => `${strip ? line.slice(indentation.length) : line}\n`).join('')
}

function isPunctuation(character: string): character is '{' | '}' | '[' | ']' | ',' | '=' {
  return PUNCTUATION.has(character)
}
