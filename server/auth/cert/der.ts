import { type DerElement, derElement, derElementAt, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'

/** Values in DER (X.690), as they stand in certificates, revocation lists and OCSP replies. */

/** `[n]`, of a primitive or of a constructed value. */
export const contextPrimitive = (n: number): number => 0x80 | n
export const context = (n: number): number => 0xa0 | n

/** Reads elements one after the other; nothing is copied. */
export class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length
  }

  /** Tag of the next element; undefined at the end. */
  get next(): number | undefined {
    return this.#bytes[this.#at]
  }

  /** Throws EncodingError where something else, or nothing, comes. */
  take(tag: number): DerElement {
    if (this.next !== tag) throw new EncodingError(`expected a value with tag ${tag}`)
    return this.any()
  }

  /** Undefined where something else comes. */
  takeIf(tag: number): DerElement | undefined {
    return this.next === tag ? this.any() : undefined
  }

  any(): DerElement {
    const element = derElementAt(this.#bytes, this.#at)
    this.#at += element.whole.length
    return element
  }

  /** Throws EncodingError where something is left. */
  end(): void {
    if (!this.isDone) throw new EncodingError('something follows where nothing should')
  }
}

/** The contents of the element that `bytes` are. Throws EncodingError where they are not one element, whole, with this tag. */
export function soleElement(tag: number, bytes: Buffer): Reader {
  return new Reader(derElement(bytes, tag).body)
}

/** What is left in a reader, element by element. Throws EncodingError. */
export function* eachElement(reader: Reader): Generator<DerElement> {
  while (!reader.isDone) yield reader.any()
}

/** '2.5.29.19'. */
export function oidOf(value: Buffer): string {
  const arcs: bigint[] = []
  let arc = 0n
  for (const byte of value) {
    if (arc === 0n && byte === 0x80) throw new EncodingError('an arc is longer than it need be')
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    if ((byte & 0x80) !== 0) continue
    arcs.push(arc)
    arc = 0n
  }
  const last = value.at(-1)
  const first = arcs.shift()
  if (first === undefined || last === undefined || (last & 0x80) !== 0)
    throw new EncodingError('an object identifier is cut')
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...arcs].join('.')
}

/** A whole number in decimal. */
export function integerOf(value: Buffer): string {
  if (value.length === 0) throw new EncodingError('a number is empty')
  return BigInt.asIntN(value.length * 8, BigInt(`0x${value.toString('hex')}`)).toString()
}

/** Of a number that is small by its meaning. */
export function smallIntegerOf(value: Buffer): number {
  const number = Number(integerOf(value))
  if (!Number.isSafeInteger(number) || number < 0) throw new EncodingError('a number is out of bounds')
  return number
}

export function booleanOf(value: Buffer): boolean {
  if (value.length !== 1 || (value[0] !== 0 && value[0] !== 0xff)) throw new EncodingError('a truth value is neither')
  return value[0] === 0xff
}

/** Milliseconds since the epoch, from UTCTime or GeneralizedTime in UTC to the second (RFC 5280, 4.1.2.5). */
export function timeOf({ tag, body: value }: DerElement): number {
  const text = value.toString('latin1')
  const short = tag === TAG.utcTime ? /^(\d\d)(\d{10})Z$/.exec(text) : null
  const full = short === null ? text : `${Number(short[1]) < 50 ? '20' : '19'}${short[1]}${short[2]}Z`
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(full)
  if (parts === null || (tag !== TAG.utcTime && tag !== TAG.generalizedTime) || (tag === TAG.utcTime && short === null))
    throw new EncodingError('a time is not one')
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
