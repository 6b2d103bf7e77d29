import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/**
 * HKDF-SHA-256 (RFC 5869) without salt, with the context as `info`: what Vault calls `hkdf_sha256`. Done by hand because
 * the context may be longer than the 1024 bytes that Node's own takes, and so that its first step is done once a key.
 */

const HASH = 'sha256'
const NO_SALT = createSecretKey(Buffer.alloc(32))

/** The first step: what contexts are applied to. */
export function extracted(secret: KeyObject): KeyObject {
  const bytes = secret.export()
  const key = keyOf(createHmac(HASH, NO_SALT).update(bytes).digest())
  bytes.fill(0)
  return key
}

/** Bytes 0 to 31 of the output. */
export function firstBlock(extractedKey: KeyObject, context: Buffer): Buffer {
  return createHmac(HASH, extractedKey).update(context).update(ONE).digest()
}

/** Bytes 32 to 63. */
export function secondBlock(extractedKey: KeyObject, first: Buffer, context: Buffer): Buffer {
  return createHmac(HASH, extractedKey).update(first).update(context).update(TWO).digest()
}

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
