import { DecryptFailed } from '../../crypto/errors.ts'
import { zeroize } from '../../crypto/zeroize.ts'
import type { Clock, Random } from '../../engines/engine.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import type { DrillStatus, SealDrill } from '../../engines/system/services/seal.ts'
import type { OpenVault, VaultAccess } from './open-vault.ts'
import type { SealConfig } from './seal-config.ts'
import { ShareAttempt } from './shares/attempt.ts'
import type { Unwrapped } from './unwrapping.ts'

const WORDS = { nonceFor: 'drill', providedDuring: 'drill' } as const

type Unwrap = (key: Buffer, config: SealConfig) => Promise<Unwrapped>

/** Tries shares and the service on the stored root key of an open vault, and compares what comes out with the one in use. */
export class DrillProcess implements SealDrill {
  readonly #access: VaultAccess
  readonly #random: Random
  readonly #clock: Clock
  readonly #unwrap: Unwrap
  #attempt: ShareAttempt | undefined

  constructor(access: VaultAccess, random: Random, clock: Clock, unwrap: Unwrap) {
    this.#access = access
    this.#random = random
    this.#clock = clock
    this.#unwrap = unwrap
  }

  async status(): Promise<DrillStatus> {
    return this.#status(this.#access.vault(), undefined)
  }

  give(share: Buffer, nonce: string): Promise<DrillStatus> {
    return this.#access.exclusive(async (vault) => {
      const { threshold } = vault.authority
      if (threshold === 0) {
        zeroize(share)
        throw invalid('there are no recovery keys to try')
      }
      // Who starts has no nonce yet.
      const attempt = this.#attempt ?? new ShareAttempt(this.#random, this.#clock, WORDS)
      const key = await attempt.give(share, this.#attempt === undefined ? attempt.nonce : nonce, threshold)
      this.#attempt = attempt
      if (key === undefined) return this.#status(vault, undefined)
      this.clear()
      try {
        return this.#status(vault, await this.#prove(vault, key))
      } finally {
        zeroize(key)
      }
    })
  }

  reset(): Promise<void> {
    return this.#access.exclusive(async () => this.clear())
  }

  service(): Promise<string> {
    return this.#access.exclusive(async (vault) => {
      if (!vault.hasRecoveryKeys) throw invalid('the seal is opened by shares: no service opens it')
      if (!(await vault.opensByItself()))
        throw new EgideError('unavailable', `the service of the ${vault.config.type} seal would not open the vault`)
      return vault.config.type
    })
  }

  /** Forgets every share. */
  clear(): void {
    this.#attempt?.clear()
    this.#attempt = undefined
  }

  async #prove(vault: OpenVault, key: Buffer): Promise<'opens' | 'authorises'> {
    const wrong = invalid('the shares would not open the vault')
    if (vault.hasRecoveryKeys && !vault.config.breakGlass) {
      if (!(await vault.isAuthority(key))) throw invalid('the shares are not those of the recovery key')
      return 'authorises'
    }
    let rootKey: Buffer | undefined
    try {
      rootKey = (await this.#unwrap(key, vault.config)).rootKey
      if (!vault.keys.isRootKey(rootKey)) throw wrong
      return 'opens'
    } catch (error) {
      throw error instanceof DecryptFailed ? wrong : error
    } finally {
      zeroize(rootKey)
    }
  }

  #status(vault: OpenVault, proven: DrillStatus['proven']): DrillStatus {
    return {
      nonce: this.#attempt?.nonce ?? '',
      progress: this.#attempt?.progress ?? 0,
      required: vault.authority.threshold,
      proven,
    }
  }
}
