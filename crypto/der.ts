import { isUtf8 } from 'node:buffer'
import { EncodingError } from './errors.ts'

/** Just enough of DER (X.690) to take apart and put together what holds keys and signatures. */

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  /** `[0]`, constructed. */
  context0: 0xa0,
} as const

/** A view of the bytes that it was found in, which cuts nothing out of them before it is asked for. */
export class DerElement {
  readonly tag: number
  readonly #bytes: Buffer
  readonly #at: number
  readonly #bodyAt: number
  readonly #end: number

  constructor(bytes: Buffer, at: number, { tag, bodyAt, end }: DerHead) {
    this.tag = tag
    this.#bytes = bytes
    this.#at = at
    this.#bodyAt = bodyAt
    this.#end = end
  }

  get body(): Buffer {
    return this.#bytes.subarray(this.#bodyAt, this.#end)
  }

  /** Head and body. */
  get whole(): Buffer {
    return this.#bytes.subarray(this.#at, this.#end)
  }

  /** Elements that follow one another in the body. Throws as `derElements`. */
  get members(): readonly DerElement[] {
    return elementsIn(this.#bytes, this.#bodyAt, this.#end)
  }
}

const LENGTH_BYTES_MAX = 4

/** The elements that follow one another in `bytes`. Throws EncodingError for all that is not exactly DER. */
export function derElements(bytes: Buffer): readonly DerElement[] {
  return elementsIn(bytes, 0, bytes.length)
}

function elementsIn(bytes: Buffer, from: number, to: number): readonly DerElement[] {
  const found: DerElement[] = []
  for (let at = from; at < to; ) {
    const head = derHead(bytes, at, to)
    found.push(new DerElement(bytes, at, head))
    at = head.end
  }
  return found
}

/** The only element in `bytes`, which has the tag. */
export function derElement(bytes: Buffer, tag: number): DerElement {
  const found = derElements(bytes)
  const [only] = found
  if (only === undefined || found.length > 1 || only.tag !== tag) throw new EncodingError('not the expected element')
  return only
}

/** The element that begins there. Throws EncodingError for all that is not exactly DER. */
export function derElementAt(bytes: Buffer, at: number): DerElement {
  return new DerElement(bytes, at, derHead(bytes, at, bytes.length))
}

/** Where an element's contents lie. */
export interface DerHead {
  readonly tag: number
  readonly bodyAt: number
  readonly end: number
}

/** Of the element at `at`, which may reach to `limit`. Throws EncodingError for all that is not exactly DER. */
export function derHead(bytes: Buffer, at: number, limit: number): DerHead {
  const tag = byteAt(bytes, at, limit)
  if ((tag & 0x1f) === 0x1f) throw new EncodingError('tags of several bytes are not known here')
  const first = byteAt(bytes, at + 1, limit)
  let bodyAt = at + 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > LENGTH_BYTES_MAX) throw new EncodingError('a length that DER does not have')
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + byteAt(bytes, bodyAt + i, limit)
    bodyAt += count
    if (length < 0x80 || bytes[at + 2] === 0) throw new EncodingError('a length that is not the shortest')
  }
  if (bodyAt + length > limit) throw new EncodingError('cut short')
  return { tag, bodyAt, end: bodyAt + length }
}

function byteAt(bytes: Buffer, at: number, limit: number): number {
  const byte = bytes[at]
  if (at >= limit || byte === undefined) throw new EncodingError('cut short')
  return byte
}

const BMP_STRING = 0x1e
const UNIVERSAL_STRING = 0x1c
/** NumericString, PrintableString, TeletexString, IA5String, VisibleString and GeneralString. */
const OF_ONE_BYTE: readonly number[] = [0x12, 0x13, 0x14, 0x16, 0x1a, 0x1b]

/**
 * The text of a string type; undefined for what is no string. Some write Latin 1 where UTF-8 is due. Throws EncodingError
 * for a text that ends within a character, or holds what is none.
 */
export function derText({ tag, body }: Pick<DerElement, 'tag' | 'body'>): string | undefined {
  if (tag === TAG.utf8String) return body.toString(isUtf8(body) ? 'utf8' : 'latin1')
  if (OF_ONE_BYTE.includes(tag)) return body.toString('latin1')
  const width = tag === BMP_STRING ? 2 : tag === UNIVERSAL_STRING ? 4 : 0
  if (width === 0) return undefined
  if (body.length % width !== 0) throw new EncodingError('a text ends within a character')
  let text = ''
  for (let at = 0; at < body.length; at += width) {
    const code = body.readUIntBE(at, width)
    if (code > 0x10_ffff) throw new EncodingError('a text holds what is no character')
    text += width === 2 ? String.fromCharCode(code) : String.fromCodePoint(code)
  }
  return text
}

/** An element of the tag, its contents being `parts` one after the other. */
export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return Buffer.concat([Buffer.of(tag, ...encodedLength(length)), ...parts])
}

function encodedLength(length: number): readonly number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}
