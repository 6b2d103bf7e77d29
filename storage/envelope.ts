/**
 * What is sealed for a value: its expiry, then the encoded document. The row's own expiry is only an index, which
 * whoever can write to the database could change; this copy is authenticated with the value.
 *
 * Format: 0 | document, or 1 | expiry in ms since the epoch (8, a double, big endian) | document.
 */
export interface Envelope {
  readonly plaintext: Buffer
  readonly expiresAtMs: number | undefined
}

export function pack(plaintext: Uint8Array, expiresAtMs: number | undefined): Buffer {
  const at = expiresAtMs === undefined ? 1 : 9
  // Not of the pool: the cache keeps it, and would keep a whole slab of short-lived neighbours alive with it.
  const bytes = Buffer.allocUnsafeSlow(at + plaintext.byteLength)
  bytes[0] = expiresAtMs === undefined ? 0 : 1
  if (expiresAtMs !== undefined) bytes.writeDoubleBE(expiresAtMs, 1)
  bytes.set(plaintext, at)
  return bytes
}

/** A view of the packed document, not a copy. Throws when the bytes are no envelope. */
export function unpack(bytes: Buffer): Envelope {
  if (bytes[0] === 0) return { plaintext: bytes.subarray(1), expiresAtMs: undefined }
  if (bytes[0] === 1 && bytes.length >= 9) return { plaintext: bytes.subarray(9), expiresAtMs: bytes.readDoubleBE(1) }
  throw new Error('not an envelope')
}
