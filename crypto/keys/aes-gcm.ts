import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { DecryptFailed } from '../errors.ts'
import type { Aead, AeadAlgorithm, SymmetricAlgorithm } from './algorithm.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Never defaulted: Node would take a tag cut to 4 bytes. */
const TAG = { authTagLength: TAG_BYTES } as const

type Cipher = 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305'

/** Sealing with a cipher of OpenSSL that takes a nonce of 96 bits. `prefix` stands before the ciphertext. */
export function sealWith(
  cipherName: Cipher,
  key: KeyObject,
  nonce: Buffer,
  plaintext: Buffer,
  associatedData: Buffer | undefined,
  prefix: Buffer,
): Buffer {
  // The two overloads differ in types alone.
  const cipher = createCipheriv(cipherName as 'aes-256-gcm', key, nonce, TAG)
  if (associatedData !== undefined) cipher.setAAD(associatedData)
  const body = cipher.update(plaintext)
  cipher.final() // empty for these, but the tag exists only after it
  const tagAt = prefix.length + body.length
  const sealed = Buffer.allocUnsafe(tagAt + TAG_BYTES)
  prefix.copy(sealed)
  body.copy(sealed, prefix.length)
  cipher.getAuthTag().copy(sealed, tagAt)
  return sealed
}

/** Opens what `sealWith` made, without its prefix. Throws DecryptFailed. */
export function openWith(
  cipherName: Cipher,
  key: KeyObject,
  nonce: Buffer,
  sealed: Buffer,
  associatedData: Buffer | undefined,
): Buffer {
  const tagAt = sealed.length - TAG_BYTES
  if (tagAt < 0) throw new DecryptFailed()
  const decipher = createDecipheriv(cipherName as 'aes-256-gcm', key, nonce, TAG)
  if (associatedData !== undefined) decipher.setAAD(associatedData)
  decipher.setAuthTag(sealed.subarray(tagAt))
  const plaintext = decipher.update(sealed.subarray(0, tagAt))
  try {
    decipher.final()
    return plaintext
  } catch {
    plaintext.fill(0) // what an attacker made of it must not linger
    throw new DecryptFailed()
  }
}

/** An AEAD of OpenSSL with a nonce of 96 bits. */
export function aead96(cipher: Cipher): Aead {
  return {
    nonceBytes: NONCE_BYTES,
    overheadBytes: NONCE_BYTES + TAG_BYTES,
    seal: (key, nonce, plaintext, associatedData) => sealWith(cipher, key, nonce, plaintext, associatedData, nonce),
    open(key, sealed, associatedData) {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new DecryptFailed()
      return openWith(cipher, key, sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES), associatedData)
    },
  }
}

/** Keys of one length only. */
export const exactly = (bytes: number): SymmetricAlgorithm['keyBytes'] => ({ min: bytes, max: bytes, usual: bytes })

/** AES-GCM (NIST SP 800-38D) with a nonce of 96 bits. */
export const aes128Gcm96: AeadAlgorithm = {
  kind: 'symmetric',
  name: 'aes128-gcm96',
  keyBytes: exactly(16),
  aead: aead96('aes-128-gcm'),
}

export const aes256Gcm96: AeadAlgorithm = {
  kind: 'symmetric',
  name: 'aes256-gcm96',
  keyBytes: exactly(32),
  aead: aead96('aes-256-gcm'),
}
