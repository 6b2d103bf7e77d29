/**
 * A strict reader of DER (X.690), for what is read of certificates, revocation lists and OCSP replies. It takes no
 * indefinite, overlong or trailing lengths, so that no two readers see two things in the same bytes.
 */

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
  set: 0x31,
} as const

/** `[n]`, of a primitive or of a constructed value. */
export const contextPrimitive = (n: number): number => 0x80 | n
export const context = (n: number): number => 0xa0 | n

/** What was read is not DER, or not what it should be. */
export class NotDer extends Error {
  override readonly name = 'NotDer'
}

export interface Element {
  readonly tag: number
  /** The contents. */
  readonly value: Buffer
  /** Tag and length too. */
  readonly whole: Buffer
}

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

  /** Throws NotDer where something else, or nothing, comes. */
  take(tag: number): Element {
    if (this.next !== tag) throw new NotDer(`expected a value with tag ${tag}`)
    return this.any()
  }

  /** Undefined where something else comes. */
  takeIf(tag: number): Element | undefined {
    return this.next === tag ? this.any() : undefined
  }

  any(): Element {
    const start = this.#at
    const tag = this.#byte()
    if ((tag & 0x1f) === 0x1f) throw new NotDer('tags above 30 have no place here')
    const length = this.#length()
    const from = this.#at
    if (length > this.#bytes.length - from) throw new NotDer('a value ends too early')
    this.#at = from + length
    return { tag, value: this.#bytes.subarray(from, this.#at), whole: this.#bytes.subarray(start, this.#at) }
  }

  /** Throws NotDer where something is left. */
  end(): void {
    if (!this.isDone) throw new NotDer('something follows where nothing should')
  }

  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first & 0x7f
    if (count === 0 || count > 4) throw new NotDer('a length is not definite')
    let length = 0
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte()
    if (length < 0x80 || length < 256 ** (count - 1)) throw new NotDer('a length is longer than it need be')
    return length
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new NotDer('a value ends too early')
    this.#at++
    return byte
  }
}

/** The contents of the one element that `bytes` are. */
export function only(tag: number, bytes: Buffer): Reader {
  const outer = new Reader(bytes)
  const { value } = outer.take(tag)
  outer.end()
  return new Reader(value)
}

export function* each(reader: Reader): Generator<Element> {
  while (!reader.isDone) yield reader.any()
}

/** '2.5.29.19'. */
export function oidOf(value: Buffer): string {
  const arcs: bigint[] = []
  let arc = 0n
  for (const byte of value) {
    if (arc === 0n && byte === 0x80) throw new NotDer('an arc is longer than it need be')
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    if ((byte & 0x80) !== 0) continue
    arcs.push(arc)
    arc = 0n
  }
  const last = value.at(-1)
  const first = arcs.shift()
  if (first === undefined || last === undefined || (last & 0x80) !== 0) throw new NotDer('an object identifier is cut')
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...arcs].join('.')
}

/** A whole number in decimal. */
export function integerOf(value: Buffer): string {
  if (value.length === 0) throw new NotDer('a number is empty')
  return BigInt.asIntN(value.length * 8, BigInt(`0x${value.toString('hex')}`)).toString()
}

/** Of a number that is small by its meaning. */
export function smallIntegerOf(value: Buffer): number {
  const number = Number(integerOf(value))
  if (!Number.isSafeInteger(number) || number < 0) throw new NotDer('a number is out of bounds')
  return number
}

export function booleanOf(value: Buffer): boolean {
  if (value.length !== 1 || (value[0] !== 0 && value[0] !== 0xff)) throw new NotDer('a truth value is neither')
  return value[0] === 0xff
}

/** Milliseconds since the epoch, from UTCTime or GeneralizedTime in UTC to the second (RFC 5280, 4.1.2.5). */
export function timeOf({ tag, value }: Element): number {
  const text = value.toString('latin1')
  const short = tag === TAG.utcTime ? /^(\d\d)(\d{10})Z$/.exec(text) : null
  const full = short === null ? text : `${Number(short[1]) < 50 ? '20' : '19'}${short[1]}${short[2]}Z`
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(full)
  if (parts === null || (tag !== TAG.utcTime && tag !== TAG.generalizedTime) || (tag === TAG.utcTime && short === null))
    throw new NotDer('a time is not one')
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** The text of a string type; undefined for what is no string. */
export function textOf({ tag, value }: Pick<Element, 'tag' | 'value'>): string | undefined {
  if (tag === TAG.utf8String) return value.toString('utf8')
  // Numeric, Printable, Teletex, IA5, Visible and General strings.
  if ([0x12, 0x13, 0x14, 0x16, 0x1a, 0x1b].includes(tag)) return value.toString('latin1')
  // BMPString.
  if (tag === 0x1e && value.length % 2 === 0) return Buffer.from(value).swap16().toString('utf16le')
  return undefined
}

/** An element of these contents. */
export function encode(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(contents)
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value])
  const hex = value.length.toString(16)
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, value])
}
