import { DecryptFailed } from '../../crypto/errors.ts'
import { zeroize } from '../../crypto/zeroize.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import type { KeyStorage } from './keys/key-storage.ts'
import type { VaultKeys } from './keys/vault-keys.ts'
import { configuredType, type SealParts } from './lifecycle.ts'
import { checkUnsealable, moveToSeal } from './migration.ts'
import { authorityOf, type SealConfig } from './seal-config.ts'
import { requireShare, UnsealAttempt } from './shares/unseal-attempt.ts'
import { unwrapForOperators } from './unwrapping.ts'
import { ShamirWrapper } from './wrappers/shamir.ts'
import type { SealWrapper } from './wrappers/wrapper.ts'

/** Opens the vault, whole or not at all. Takes and zeroes the root key. Rejects with what `settle` does. */
type OpenWith = (rootKey: Buffer, wrapper: SealWrapper, settle: (keys: VaultKeys) => Promise<void>) => Promise<void>

/** How operators unseal the vault with their shares, and move it to another seal. */
export class OperatorUnseal {
  readonly #parts: SealParts
  readonly #storage: KeyStorage
  readonly #openWith: OpenWith
  readonly #attempt: UnsealAttempt

  constructor(parts: SealParts, storage: KeyStorage, openWith: OpenWith) {
    this.#parts = parts
    this.#storage = storage
    this.#openWith = openWith
    this.#attempt = new UnsealAttempt(parts.random)
  }

  /** '' while there is no share. */
  get nonce(): string {
    return this.#attempt.nonce
  }

  /** Shares that were given. */
  get progress(): number {
    return this.#attempt.progress
  }

  clear(): void {
    this.#attempt.clear()
  }

  /**
   * Takes a share, which is zeroed in time; with the last one that is wanted the vault is open when this resolves.
   * `migrate`: moves it to the seal that this server is configured for. Throws EgideError `invalid_request` or `not_initialized`.
   */
  async give(share: Buffer, migrate: boolean): Promise<void> {
    requireShare(share)
    const config = await this.#config(migrate).catch((error: unknown) => {
      zeroize(share)
      throw error
    })
    const key = await this.#attempt.give(share, authorityOf(config).threshold)
    if (key === undefined) return
    try {
      await this.#open(key, config)
    } finally {
      zeroize(key)
    }
  }

  /** Of a vault that shares can open here. */
  async #config(migrate: boolean): Promise<SealConfig> {
    const config = await this.#storage.config()
    if (config === undefined) throw new EgideError('not_initialized', 'Vault is not initialized')
    checkUnsealable(config, migrate, this.#parts)
    return config
  }

  /** With the key that shares combined to: it unwraps the root key, or proves that operators want the seal to do it. */
  async #open(key: Buffer, config: SealConfig): Promise<void> {
    const { wrapper, random } = this.#parts
    try {
      const { rootKey, isProven } = await unwrapForOperators(key, config, this.#storage, this.#parts)
      await this.#openWith(rootKey, wrapper ?? new ShamirWrapper(random, key), async (keys) => {
        if (!isProven && !(await keys.isRecoveryKey(key))) throw new DecryptFailed()
        if (config.type !== configuredType(this.#parts)) await moveToSeal(this.#parts, keys, key, config)
      })
    } catch (error) {
      if (error instanceof DecryptFailed) throw invalid('Unseal failed, invalid key')
      throw error
    }
  }
}
