import type { Random } from '../../engine.ts'
import { invalid } from '../../errors.ts'

/** RFC 5280, 4.1.2.2. */
export const SERIAL_BYTES_MAX = 20

/** A serial number of 159 random bits: positive, never the same again, and nobody's guess. */
export function newSerial(random: Random): Buffer {
  const serial = random.bytes(SERIAL_BYTES_MAX)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial
}

/** Bytes that a number has in common with those before it, and for how many. */
const SHARED_BYTES = 3
const ALIKE_MAX = 64
const OWN_BYTES = SERIAL_BYTES_MAX - SHARED_BYTES

/** Drawn in one go, since a call of the generator costs as much however few bytes it is for. */
interface Drawn {
  readonly beginning: Buffer
  /** Of numbers that are still to be given. */
  readonly own: Buffer
  left: number
}
/** By the mount. */
const drawn = new WeakMap<object, Drawn>()

/**
 * As `newSerial`, for leaf certificates, of which there are many: 64 in a row begin alike, so that the rows of certificates
 * that are issued together lie on a few pages of the database. 136 bits are the number's own, where the CA/Browser Forum
 * asks for 64.
 */
export function newClusteredSerial(random: Random, mount: object): Buffer {
  let numbers = drawn.get(mount)
  if (numbers === undefined || numbers.left === 0) {
    const beginning = newSerial(random).subarray(0, SHARED_BYTES)
    numbers = { beginning, own: random.bytes(ALIKE_MAX * OWN_BYTES), left: ALIKE_MAX }
    drawn.set(mount, numbers)
  }
  numbers.left--
  const at = numbers.left * OWN_BYTES
  return Buffer.concat([numbers.beginning, numbers.own.subarray(at, at + OWN_BYTES)], SERIAL_BYTES_MAX)
}

/** '17:67:16' as certificates and the API write it. */
export function hexSerial(bytes: Uint8Array): string {
  let at = 0
  while (at < bytes.length - 1 && bytes[at] === 0) at++
  const text = Buffer.allocUnsafe(3 * (bytes.length - at))
  let end = 0
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    text[end++] = HEX[byte >> 4] ?? 0
    text[end++] = HEX[byte & 15] ?? 0
    text[end++] = COLON
  }
  return text.toString('latin1', 0, Math.max(0, end - 1))
}

const HEX = Buffer.from('0123456789abcdef')
const COLON = 0x3a

/** As `hexSerial`, from how callers write it: with colons, hyphens or nothing between, in either case. Throws `invalid_request`. */
export function canonicalSerial(text: string): string {
  const hex = text.trim().replaceAll(/[:-]/g, '').toLowerCase()
  if (!/^[0-9a-f]+$/.test(hex) || hex.length > 2 * (SERIAL_BYTES_MAX + 1)) throw invalid('serial number is not valid')
  return hexSerial(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'))
}

/** The bytes of a canonical serial number. */
export function serialBytes(serial: string): Buffer {
  return Buffer.from(serial.replaceAll(':', ''), 'hex')
}
