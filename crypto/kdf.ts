import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

const NO_SALT = Buffer.alloc(0)

/**
 * HKDF-SHA-256 (RFC 5869) without salt: the input is already a uniformly random key. `label` says what the output is for,
 * so that one key never serves two purposes. The caller zeroes the result.
 */
export function deriveBytes(secret: KeyObject | Uint8Array, label: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, NO_SALT, label, bytes))
}

/** As `deriveBytes`, as a 256-bit key. */
export function deriveKey(secret: KeyObject | Uint8Array, label: string): KeyObject {
  const bytes = deriveBytes(secret, label, 32)
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}
