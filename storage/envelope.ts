import type { Codec } from './store.ts'

/**
 * What is sealed for a value: its expiry and its generation, then the encoded document. The row's own expiry is only an
 * index, which whoever can write to the database could change; this copy is authenticated with the value.
 *
 * Format: kind (1) | generation (2, big endian), if kind has bit 2 | expiry in ms since the epoch (8, a double, big
 * endian), if kind has bit 1 | document.
 */
export interface Envelope {
  readonly plaintext: Buffer
  readonly expiresAtMs: number | undefined
  /** As Codec.generation. */
  readonly generation: number
}

const EXPIRES = 1
const HAS_GENERATION = 2
const GENERATION_MAX = 0xffff

/** `isKept`: beyond its being stored. */
export function pack<T>(value: T, codec: Codec<T>, expiresAtMs: number | undefined, isKept = true): Buffer {
  const { generation = 0 } = codec
  if (!(generation >= 0 && generation <= GENERATION_MAX)) throw new RangeError('not a generation of a codec')
  const kind = (expiresAtMs === undefined ? 0 : EXPIRES) | (generation === 0 ? 0 : HAS_GENERATION)
  const at = headBytes(kind)
  // What the cache keeps is not of the pool: it would keep a whole slab of short-lived neighbours alive with it.
  const allocate = isKept ? Buffer.allocUnsafeSlow : Buffer.allocUnsafe
  const bytes = codec.encodeBehind?.(at, value, allocate) ?? behind(at, codec.encode(value), allocate)
  bytes[0] = kind
  if (generation !== 0) bytes.writeUInt16BE(generation, 1)
  if (expiresAtMs !== undefined) bytes.writeDoubleBE(expiresAtMs, at - 8)
  return bytes
}

function behind(before: number, plaintext: Uint8Array, allocate: (bytes: number) => Buffer): Buffer {
  const bytes = allocate(before + plaintext.byteLength)
  bytes.set(plaintext, before)
  return bytes
}

/** A view of the packed document, not a copy. Throws when the bytes are no envelope. */
export function unpack(bytes: Buffer): Envelope {
  const kind = bytes[0] ?? Number.NaN
  const at = headBytes(kind)
  if (!(kind <= (EXPIRES | HAS_GENERATION)) || bytes.length < at) throw new Error('not an envelope')
  return {
    plaintext: bytes.subarray(at),
    expiresAtMs: (kind & EXPIRES) === 0 ? undefined : bytes.readDoubleBE(at - 8),
    generation: (kind & HAS_GENERATION) === 0 ? 0 : bytes.readUInt16BE(1),
  }
}

function headBytes(kind: number): number {
  return 1 + ((kind & HAS_GENERATION) === 0 ? 0 : 2) + ((kind & EXPIRES) === 0 ? 0 : 8)
}
