import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { DecryptFailed } from '../errors.ts'
import type { RandomBytes } from '../random.ts'
import { decryptOaep, encryptOaep } from './rsa.ts'

/**
 * A key wrapped for transport, as PKCS #11 calls CKM_RSA_AES_KEY_WRAP: RSA-OAEP of an AES-256 key that was made for this,
 * followed by AES-KWP (NIST SP 800-38F, RFC 5649) of the key under that one.
 */

const AES = 'id-aes256-wrap-pad'
const AES_KEY_BYTES = 32
/** The alternative initial value of RFC 5649 section 3. */
const INITIAL = Buffer.from('a65959a6', 'hex')

/** The hash of OAEP, by OpenSSL's name. */
export type WrapHash = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** RSA's ciphertext, as long as the modulus, followed by the wrapped `secret`, which stays the caller's to zero. */
export function wrapKey(wrapping: KeyObject, hash: WrapHash, secret: Buffer, random: RandomBytes): Buffer {
  const bytes = random.bytes(AES_KEY_BYTES)
  const wrappedKey = encryptOaep(wrapping, bytes, hash)
  const cipher = createCipheriv(AES, createSecretKey(bytes), INITIAL)
  bytes.fill(0)
  return Buffer.concat([wrappedKey, cipher.update(secret), cipher.final()])
}

/** The caller zeroes the result. Throws DecryptFailed, always the same. */
export function unwrapKey(unwrapping: KeyObject, hash: WrapHash, wrapped: Buffer): Buffer {
  const modulusBytes = (unwrapping.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  if (wrapped.length <= modulusBytes) throw new DecryptFailed()
  const bytes = decryptOaep(unwrapping, wrapped.subarray(0, modulusBytes), hash)
  try {
    if (bytes.length !== AES_KEY_BYTES) throw new DecryptFailed()
    const cipher = createDecipheriv(AES, createSecretKey(bytes), INITIAL)
    const parts = [cipher.update(wrapped.subarray(modulusBytes)), cipher.final()]
    const secret = Buffer.concat(parts)
    for (const part of parts) part.fill(0)
    return secret
  } catch {
    throw new DecryptFailed()
  } finally {
    bytes.fill(0)
  }
}
