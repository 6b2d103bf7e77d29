import { KEY_BYTES } from '../../crypto/aead.ts'
import { DecryptFailed } from '../../crypto/errors.ts'
import { zeroize } from '../../crypto/zeroize.ts'
import type { Random } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { KeyStorage } from './key-storage.ts'
import { SEAL_PATHS } from './paths.ts'
import type { Quorum, SealConfig } from './seal-config.ts'
import { ShamirWrapper } from './shamir-wrapper.ts'
import type { VaultKeys } from './vault-keys.ts'
import type { SealWrapper } from './wrapper.ts'

const NO_QUORUM: Quorum = { shares: 0, threshold: 0 }

/** An unsealed vault, as those see it who change its keys or ask operators for their shares. */
export class OpenVault {
  readonly keys: VaultKeys
  readonly #storage: KeyStorage
  readonly #random: Random
  #wrapper: SealWrapper

  constructor(keys: VaultKeys, wrapper: SealWrapper, storage: KeyStorage, random: Random) {
    this.keys = keys
    this.#wrapper = wrapper
    this.#storage = storage
    this.#random = random
  }

  get config(): SealConfig {
    const { config } = this.keys
    if (config === undefined) throw new EgideError('internal', 'the vault has no seal configuration')
    return config
  }

  /** Whether the seal unseals by itself, and operators hold recovery keys. */
  get hasRecoveryKeys(): boolean {
    return this.#wrapper.storedKeys
  }

  /** Which shares authorise operators; threshold 0: recovery keys that were never made. */
  get authority(): Quorum {
    return this.hasRecoveryKeys ? (this.config.recovery ?? NO_QUORUM) : this.config.quorum
  }

  /** Whether a key that shares combined to is the one that authorises operators. */
  async isAuthority(key: Buffer): Promise<boolean> {
    await this.keys.refresh()
    return this.hasRecoveryKeys
      ? this.keys.isRecoveryKey(key)
      : this.#opensRootKey(new ShamirWrapper(this.#random, key))
  }

  /** New unseal shares are in force when this resolves: `key` wraps a new root key. */
  async replaceUnsealKey(key: Buffer, quorum: Quorum): Promise<void> {
    const wrapper = new ShamirWrapper(this.#random, key)
    await this.keys.replaceRootKey((rootKey) => wrapper.wrapRootKey(rootKey), { ...this.config, quorum })
    this.#wrapper = wrapper
  }

  async replaceRecoveryKey(key: Buffer, recovery: Quorum): Promise<void> {
    await this.keys.replaceRecoveryKey(key, { ...this.config, recovery })
  }

  /** A new root key under the same unseal key or service. */
  async rotateRootKey(): Promise<void> {
    await this.keys.replaceRootKey(async (rootKey) => {
      // Another process may have given out new shares: wrapped for the old ones, the root key would be lost to everyone.
      if (!(await this.#opensRootKey(this.#wrapper))) {
        throw new EgideError('unavailable', 'the unseal key was changed elsewhere: seal and unseal this server first')
      }
      return this.#wrapper.wrapRootKey(rootKey)
    })
  }

  newKey(): Buffer {
    return this.#random.bytes(KEY_BYTES)
  }

  async #opensRootKey(wrapper: SealWrapper): Promise<boolean> {
    const stored = (await this.#storage.get([SEAL_PATHS.rootKey])).get(SEAL_PATHS.rootKey)
    if (stored === undefined) return false
    let rootKey: Buffer | undefined
    try {
      rootKey = await wrapper.unwrapRootKey(stored.value)
      return this.keys.isRootKey(rootKey)
    } catch (error) {
      if (error instanceof DecryptFailed) return false
      throw error
    } finally {
      zeroize(rootKey)
    }
  }
}

/** How the processes that ask operators for shares reach the vault. */
export interface VaultAccess {
  /** Throws EgideError `sealed`. */
  vault(): OpenVault
  /** Runs alone among everything that unseals, seals or changes keys. Throws EgideError `sealed`. */
  exclusive<T>(work: (vault: OpenVault) => Promise<T>): Promise<T>
}
