import { createSecretKey, type KeyObject } from 'node:crypto'
import { decrypt, encrypt } from '../../../crypto/aead.ts'
import { DecryptFailed } from '../../../crypto/errors.ts'
import { deriveKey } from '../../../crypto/kdf.ts'
import type { RandomBytes } from '../../../crypto/random.ts'
import { SEAL_DOMAINS, SEAL_PATHS } from '../paths.ts'
import type { SealWrapper } from './wrapper.ts'

/**
 * The seal that operators open: the root key is wrapped by a key derived from the one their shares combine to. It is held
 * while the vault is unsealed, so that the root key can be replaced under the same shares.
 */
export class ShamirWrapper implements SealWrapper {
  readonly type = 'shamir'
  readonly storedKeys = false
  readonly #random: RandomBytes
  #key: KeyObject | undefined

  constructor(random: RandomBytes, unsealKey?: Buffer) {
    this.#random = random
    if (unsealKey !== undefined) this.#key = deriveKey(unsealKey, 'egide/unseal-key')
  }

  /** With the key that another one exported. */
  static withKey(random: RandomBytes, key: Buffer): ShamirWrapper {
    const wrapper = new ShamirWrapper(random)
    wrapper.#key = createSecretKey(key)
    return wrapper
  }

  /** The key that wraps, for another process of this machine; the caller zeroes it. */
  exportKey(): Buffer {
    if (this.#key === undefined) throw new DecryptFailed()
    return this.#key.export()
  }

  async wrapRootKey(rootKey: Buffer): Promise<Buffer> {
    if (this.#key === undefined) throw new DecryptFailed()
    return encrypt(this.#key, 0, SEAL_DOMAINS.rootKey, SEAL_PATHS.rootKey, rootKey, this.#random)
  }

  async unwrapRootKey(wrapped: Uint8Array): Promise<Buffer> {
    if (this.#key === undefined) throw new DecryptFailed()
    return decrypt(this.#key, SEAL_DOMAINS.rootKey, SEAL_PATHS.rootKey, wrapped)
  }

  /** One key, which shares combine to, and no other. */
  async isStale(): Promise<boolean> {
    return false
  }
}
