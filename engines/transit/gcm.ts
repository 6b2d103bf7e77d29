import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { invalid } from '../errors.ts'

/** AES-GCM (NIST SP 800-38D) as Vault lays it out: nonce(12) | ciphertext | tag(16). */
export const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Never defaulted: Node would take a tag cut to 4 bytes. */
const GCM = { authTagLength: TAG_BYTES } as const

export type GcmAlgorithm = 'aes-128-gcm' | 'aes-256-gcm'

/** The nonce is never used twice with one key: it is random, or a keyed hash of all that is sealed with it. */
export function sealGcm(
  algorithm: GcmAlgorithm,
  key: KeyObject,
  nonce: Buffer,
  plaintext: Buffer,
  associatedData: Buffer | undefined,
): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce, GCM)
  if (associatedData !== undefined) cipher.setAAD(associatedData)
  const body = cipher.update(plaintext)
  cipher.final() // empty for GCM, but the tag exists only after it
  const tagAt = NONCE_BYTES + body.length
  const sealed = Buffer.allocUnsafe(tagAt + TAG_BYTES)
  nonce.copy(sealed)
  body.copy(sealed, NONCE_BYTES)
  cipher.getAuthTag().copy(sealed, tagAt)
  return sealed
}

/** Throws `invalid_request`; whatever was wrong (key, tag, length, associated data) reads the same. */
export function openGcm(
  algorithm: GcmAlgorithm,
  key: KeyObject,
  sealed: Buffer,
  associatedData: Buffer | undefined,
): Buffer {
  const tagAt = sealed.length - TAG_BYTES
  if (tagAt < NONCE_BYTES) throw failed()
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, NONCE_BYTES), GCM)
  if (associatedData !== undefined) decipher.setAAD(associatedData)
  decipher.setAuthTag(sealed.subarray(tagAt))
  const plaintext = decipher.update(sealed.subarray(NONCE_BYTES, tagAt))
  try {
    decipher.final()
    return plaintext
  } catch {
    plaintext.fill(0) // what an attacker made of it must not linger
    throw failed()
  }
}

/** The words are Vault's: clients match on them. */
function failed(): Error {
  return invalid('cipher: message authentication failed')
}
