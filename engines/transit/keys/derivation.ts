import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/**
 * HKDF-SHA-256 (RFC 5869) without salt, with the context as `info`: what Vault calls `hkdf_sha256`. Done by hand because
 * the context may be longer than the 1024 bytes that Node's own takes, and so that its first step is done once a key.
 */

const HASH = 'sha256'
const HASH_BYTES = 32
const NO_SALT = createSecretKey(Buffer.alloc(HASH_BYTES))

/** The first step: what contexts are applied to. */
export function extracted(secret: KeyObject): KeyObject {
  const bytes = secret.export()
  const key = keyOf(createHmac(HASH, NO_SALT).update(bytes).digest())
  bytes.fill(0)
  return key
}

/** The second step: at most 64 bytes, which the caller zeroes. */
export function expanded(extractedKey: KeyObject, context: Buffer, bytes: number): Buffer {
  const first = createHmac(HASH, extractedKey).update(context).update(ONE).digest()
  if (bytes <= HASH_BYTES) return first.subarray(0, bytes)
  const second = createHmac(HASH, extractedKey).update(first).update(context).update(TWO).digest()
  const both = Buffer.concat([first, second.subarray(0, bytes - HASH_BYTES)])
  first.fill(0)
  second.fill(0)
  return both
}

/**
 * NIST SP 800-108, counter mode with HMAC-SHA-256, of which 32 bytes are the first step: what Vault calls
 * `hmac-sha256-counter`. Its counter begins at 0. The caller zeroes the bytes.
 */
export function counted(secret: KeyObject, context: Buffer): Buffer {
  return createHmac(HASH, secret).update(COUNTER).update(context).update(BITS).digest()
}

export const COUNTED_BYTES = HASH_BYTES
const COUNTER = Buffer.alloc(4)
const BITS = Buffer.of(0, 0, 1, 0)

const ONE = Buffer.of(1)
const TWO = Buffer.of(2)

/** A key of these bytes, which are zeroed. */
export function keyOf(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}

/**
 * The nonce of convergent encryption: the same plaintext gets the same one. Vault hashes the plaintext alone; where there
 * is associated data, this hashes that as well, since one nonce under two associated data would give away GCM's
 * authentication key. Either kind decrypts there and here, because the nonce stands in the ciphertext.
 */
export function convergentNonce(
  nonceKey: KeyObject,
  plaintext: Buffer,
  associatedData: Buffer | undefined,
  bytes: number,
): Buffer {
  const key = associatedData === undefined ? nonceKey : boundKey(nonceKey, associatedData)
  return createHmac(HASH, key).update(plaintext).digest().subarray(0, bytes)
}

const BOUND = Buffer.from('egide transit convergent associated data\0')

function boundKey(nonceKey: KeyObject, associatedData: Buffer): KeyObject {
  return keyOf(createHmac(HASH, nonceKey).update(BOUND).update(associatedData).digest())
}
