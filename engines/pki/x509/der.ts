/**
 * Writes DER (ITU-T X.690). Only writing: what strangers send is parsed by a library. It is here because a certificate is
 * encoded on the way of each request, which takes a library that goes by schemas 40 times as long (bench/micro).
 */

/** An encoded value: tag, length, contents. */
export type Der = Buffer

const SEQUENCE = 0x30
const SET = 0x31

export function tagged(tag: number, contents: Uint8Array): Der {
  return wrap(tag, contents.length, [contents])
}

export function sequence(...members: readonly Uint8Array[]): Der {
  return wrap(SEQUENCE, lengthOf(members), members)
}

export function sequenceOf(members: readonly Uint8Array[]): Der {
  return wrap(SEQUENCE, lengthOf(members), members)
}

/** What stands before the members of a SEQUENCE that have so many bytes together: for one that is never whole in memory. */
export function sequenceOpening(length: number): Der {
  const out = Buffer.allocUnsafe(openingBytes(length))
  open(out, SEQUENCE, length)
  return out
}

/** SET OF: its members in ascending order (X.690, 11.6). */
export function setOf(members: readonly Uint8Array[]): Der {
  const sorted = members.length < 2 ? members : [...members].sort((a, b) => Buffer.compare(a, b))
  return wrap(SET, lengthOf(sorted), sorted)
}

/** `[number] EXPLICIT` of what stands in it. */
export function explicit(number: number, ...members: readonly Uint8Array[]): Der {
  return wrap(0xa0 | number, lengthOf(members), members)
}

/** `[number] IMPLICIT` of a primitive. */
export function implicit(number: number, contents: Uint8Array): Der {
  return tagged(0x80 | number, contents)
}

/** A number of any size, not negative, from its big-endian bytes. */
export function unsigned(bytes: Uint8Array): Der {
  let at = 0
  while (at < bytes.length - 1 && bytes[at] === 0) at++
  const trimmed = bytes.subarray(at)
  return ((trimmed[0] ?? 0) & 0x80) === 0 && trimmed.length > 0
    ? tagged(0x02, trimmed)
    : tagged(0x02, Buffer.concat([Buffer.of(0), trimmed]))
}

/** A whole number from 0 to 2^53-1. */
export function integer(value: number): Der {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return unsigned(bytes)
}

export function enumerated(value: number): Der {
  return tagged(0x0a, Buffer.of(value))
}

export function boolean(value: boolean): Der {
  return tagged(0x01, Buffer.of(value ? 0xff : 0))
}

export function octetString(contents: Uint8Array): Der {
  return tagged(0x04, contents)
}

export function bitString(contents: Uint8Array): Der {
  return wrap(0x03, contents.length + 1, [Buffer.of(0), contents])
}

/** Named bits, bit 0 first; trailing zeros are left out (X.690, 11.2.2). */
export function namedBits(bits: Iterable<number>): Der {
  const bytes: number[] = []
  let last = -1
  for (const bit of bits) {
    const at = bit >> 3
    while (bytes.length <= at) bytes.push(0)
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (bit & 7))
    last = Math.max(last, bit)
  }
  const unused = last < 0 ? 0 : 7 - (last & 7)
  return tagged(0x03, Buffer.from([unused, ...bytes]))
}

export const NULL: Der = Buffer.of(0x05, 0x00)

export const utf8String = (text: string): Der => tagged(0x0c, Buffer.from(text))
export const ia5String = (text: string): Der => tagged(0x16, Buffer.from(text, 'latin1'))
export const printableString = (text: string): Der => tagged(0x13, Buffer.from(text, 'latin1'))

const oids = new Map<string, Der>()
const OIDS_MAX = 1_000

/** From dotted decimal. Throws RangeError for what is none. */
export function oid(text: string): Der {
  const known = oids.get(text)
  if (known !== undefined) return known
  const made = encodedOid(text)
  if (oids.size < OIDS_MAX) oids.set(text, made)
  return made
}

const OID = /^[012](\.(0|[1-9]\d{0,38})){1,64}$/

export function isOid(text: string): boolean {
  if (!OID.test(text)) return false
  const [first = '', second = ''] = text.split('.')
  return first === '2' || (second.length <= 2 && Number(second) < 40)
}

function encodedOid(text: string): Der {
  if (!isOid(text)) throw new RangeError('not an object identifier')
  const [first = 0n, second = 0n, ...rest] = text.split('.').map(BigInt)
  const bytes: number[] = []
  for (const arc of [first * 40n + second, ...rest]) {
    const septets = [Number(arc & 0x7fn)]
    for (let left = arc >> 7n; left > 0n; left >>= 7n) septets.unshift(Number(left & 0x7fn) | 0x80)
    bytes.push(...septets)
  }
  return tagged(0x06, Buffer.from(bytes))
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). Parts of a second are cut off. Throws RangeError for years of other than four digits. */
export function time(ms: number): Der {
  const at = new Date(ms)
  const year = at.getUTCFullYear()
  return year >= 1950 && year < 2050 ? zulu(0x17, at, year % 100) : zulu(0x18, at, year)
}

/** As OCSP wants all its moments. */
export function generalizedTime(ms: number): Der {
  const at = new Date(ms)
  return zulu(0x18, at, at.getUTCFullYear())
}

/** '20260102030405Z' with its tag, or '260102030405Z', whose tag says so. */
function zulu(tag: number, at: Date, year: number): Der {
  if (!(year >= 0 && year <= 9999)) throw new RangeError('not a moment that a certificate can hold')
  const length = tag === 0x18 ? 15 : 13
  const out = Buffer.allocUnsafe(2 + length)
  out[0] = tag
  out[1] = length
  let next = 2
  if (tag === 0x18) next = putDigits(out, next, Math.floor(year / 100))
  next = putDigits(out, next, year % 100)
  next = putDigits(out, next, at.getUTCMonth() + 1)
  next = putDigits(out, next, at.getUTCDate())
  next = putDigits(out, next, at.getUTCHours())
  next = putDigits(out, next, at.getUTCMinutes())
  next = putDigits(out, next, at.getUTCSeconds())
  out[next] = 0x5a
  return out
}

/** Two of them. Returns where the next go. */
function putDigits(out: Buffer, at: number, value: number): number {
  out[at] = 0x30 + Math.floor(value / 10)
  out[at + 1] = 0x30 + (value % 10)
  return at + 2
}

function lengthOf(members: readonly Uint8Array[]): number {
  let length = 0
  for (const member of members) length += member.length
  return length
}

function wrap(tag: number, length: number, members: readonly Uint8Array[]): Der {
  let at = openingBytes(length)
  const out = Buffer.allocUnsafe(at + length)
  open(out, tag, length)
  for (const member of members) {
    out.set(member, at)
    at += member.length
  }
  return out
}

/** Bytes of tag and length. */
function openingBytes(length: number): number {
  return length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x10000 ? 4 : length < 0x1000000 ? 5 : 6
}

function open(out: Buffer, tag: number, length: number): void {
  out[0] = tag
  if (length < 0x80) {
    out[1] = length
    return
  }
  const size = openingBytes(length) - 2
  out[1] = 0x80 | size
  out.writeUIntBE(length, 2, size)
}
