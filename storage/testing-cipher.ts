import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { systemRandom } from '../crypto/random.ts'
import type { Cipher } from './store.ts'

/** AES-256-GCM with a key of its own and the path as associated data: what tests seal with, where no vault is at hand. */
export function testingCipher(): Cipher {
  const key = createSecretKey(randomBytes(32))
  return {
    seal(path, plaintext) {
      const nonce = systemRandom.bytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 }).setAAD(Buffer.from(path))
      return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
    },
    open(path, sealed) {
      const cut = sealed.byteLength - 16
      if (cut < 12) throw new Error('decryption failed')
      const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
      cipher.setAAD(Buffer.from(path)).setAuthTag(sealed.subarray(cut))
      return Buffer.concat([cipher.update(sealed.subarray(12, cut)), cipher.final()])
    },
  }
}
