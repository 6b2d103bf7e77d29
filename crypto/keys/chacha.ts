import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { DecryptFailed } from '../errors.ts'
import { aead96, exactly, openWith, sealWith } from './aes-gcm.ts'
import type { AeadAlgorithm } from './algorithm.ts'

/** RFC 8439. */
export const chacha20Poly1305: AeadAlgorithm = {
  kind: 'symmetric',
  name: 'chacha20-poly1305',
  keyBytes: exactly(32),
  aead: aead96('chacha20-poly1305'),
}

const X_NONCE_BYTES = 24
const TAG_BYTES = 16

/** draft-irtf-cfrg-xchacha-03: nonces so long that random ones never meet. */
export const xchacha20Poly1305: AeadAlgorithm = {
  kind: 'symmetric',
  name: 'xchacha20-poly1305',
  keyBytes: exactly(32),
  aead: {
    nonceBytes: X_NONCE_BYTES,
    overheadBytes: X_NONCE_BYTES + TAG_BYTES,
    seal: (key, nonce, plaintext, associatedData) =>
      sealWith('chacha20-poly1305', subkey(key, nonce), innerNonce(nonce), plaintext, associatedData, nonce),
    open(key, sealed, associatedData) {
      if (sealed.length < X_NONCE_BYTES + TAG_BYTES) throw new DecryptFailed()
      const nonce = sealed.subarray(0, X_NONCE_BYTES)
      const body = sealed.subarray(X_NONCE_BYTES)
      return openWith('chacha20-poly1305', subkey(key, nonce), innerNonce(nonce), body, associatedData)
    },
  },
}

function innerNonce(nonce: Buffer): Buffer {
  const inner = Buffer.alloc(12)
  nonce.copy(inner, 4, 16)
  return inner
}

/** The words "expand 32-byte k", little-endian. */
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const
const ZEROES = Buffer.alloc(64)

/**
 * HChaCha20 out of OpenSSL's ChaCha20. A block of keystream is the permuted state plus the state before; the words that
 * HChaCha20 keeps, the first and last four, stood for constants and nonce, which are known: taking them off again leaves
 * the permuted state.
 */
function subkey(key: KeyObject, nonce: Buffer): KeyObject {
  const block = createCipheriv('chacha20', key, nonce.subarray(0, 16)).update(ZEROES)
  const bytes = Buffer.alloc(32)
  CONSTANTS.forEach((constant, word) => {
    bytes.writeUInt32LE((block.readUInt32LE(word * 4) - constant) >>> 0, word * 4)
    bytes.writeUInt32LE((block.readUInt32LE(48 + word * 4) - nonce.readUInt32LE(word * 4)) >>> 0, 16 + word * 4)
  })
  const made = createSecretKey(bytes)
  bytes.fill(0)
  block.fill(0)
  return made
}
