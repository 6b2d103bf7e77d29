import { convergentNonce } from './derivation.ts'
import { NONCE_BYTES, openGcm, sealGcm } from './gcm.ts'
import type { KeyType } from './key-type.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32

/** AES-256-GCM with a nonce of 96 bits, random but for convergent keys. */
export const aes256Gcm96: KeyType = {
  name: 'aes256-gcm96',
  supports: { encryption: true, decryption: true, signing: false, derivation: true },
  generate: (random) => random.bytes(KEY_BYTES),
  encrypt(key, plaintext, { context, associatedData }, random) {
    if (!key.convergent) {
      return sealGcm(ALGORITHM, key.cipherKey(context), random.bytes(NONCE_BYTES), plaintext, associatedData)
    }
    const { cipherKey, nonceKey } = key.convergentKeys(context)
    const nonce = convergentNonce(nonceKey, plaintext, associatedData, NONCE_BYTES)
    return sealGcm(ALGORITHM, cipherKey, nonce, plaintext, associatedData)
  },
  decrypt: (key, sealed, { context, associatedData }) =>
    openGcm(ALGORITHM, key.cipherKey(context), sealed, associatedData),
}
