import { createSecretKey, type KeyObject } from 'node:crypto'
import { DecryptFailed, EncodingError } from '../../crypto/errors.ts'
import { zeroize } from '../../crypto/zeroize.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import type {
  InitParams,
  InitResult,
  KeyStatus,
  RootGeneration,
  RotationConfig,
  SealOperations,
  SealStatus,
  ShareRotation,
} from '../../engines/system/services/seal.ts'
import { StorageError } from '../../storage/backend.ts'
import { Initialisation, type KeepOpening } from './initialisation.ts'
import { KeyStorage } from './key-storage.ts'
import type { SealParts } from './lifecycle.ts'
import { loadKeys } from './load-keys.ts'
import { OpenVault, type VaultAccess } from './open-vault.ts'
import { SEAL_PATHS } from './paths.ts'
import { RootGenerationProcess } from './root-generation.ts'
import { decodeSealConfig, type Quorum, type SealConfig } from './seal-config.ts'
import { Serial } from './serial.ts'
import { ShamirWrapper } from './shamir-wrapper.ts'
import { combined } from './share-attempt.ts'
import { ShareCollector, shareLengthError } from './share-collector.ts'
import { ShareRotationProcess } from './share-rotation.ts'
import { VaultKeys } from './vault-keys.ts'
import type { SealWrapper } from './wrapper.ts'

const NO_QUORUM: Quorum = { shares: 0, threshold: 0 }

/** Initialises, unseals and seals the vault, and changes its keys. Everything that does runs one at a time. */
export class SealManager implements SealOperations, VaultAccess {
  readonly rootShares: ShareRotation
  readonly recoveryShares: ShareRotation
  readonly rootGeneration: RootGeneration
  readonly #parts: SealParts
  readonly #storage: KeyStorage
  readonly #serial = new Serial()
  /** What operators are in the middle of, forgotten when the vault is sealed. */
  readonly #processes: readonly { clear(): void }[]
  readonly #unsealShares = new ShareCollector()
  #unsealNonce = ''
  #open: OpenVault | undefined
  #closing: Promise<void> = Promise.resolve()

  constructor(parts: SealParts) {
    const { lifecycle, random, clock } = parts
    this.#parts = parts
    this.#storage = new KeyStorage(parts.backend, parts.log)
    const rootShares = new ShareRotationProcess('root', this, random, clock)
    const recoveryShares = new ShareRotationProcess('recovery', this, random, clock)
    const rootGeneration = new RootGenerationProcess(this, lifecycle, random, clock)
    this.rootShares = rootShares
    this.recoveryShares = recoveryShares
    this.rootGeneration = rootGeneration
    this.#processes = [rootShares, recoveryShares, rootGeneration]
  }

  get recoverySupported(): boolean {
    return this.#parts.wrapper?.storedKeys === true
  }

  async status(): Promise<SealStatus> {
    const config = this.#open?.config ?? (await this.#storedConfig())
    const quorum = config === undefined ? NO_QUORUM : this.#authority(config)
    return {
      type: config?.type ?? this.#parts.wrapper?.type ?? 'shamir',
      initialized: config !== undefined,
      sealed: this.#open === undefined,
      threshold: quorum.threshold,
      shares: quorum.shares,
      progress: this.#unsealShares.progress,
      nonce: this.#unsealNonce,
      recoverySeal: this.recoverySupported,
    }
  }

  initialise(params: InitParams, keep?: KeepOpening): Promise<InitResult> {
    return this.#serial.run(() =>
      reported(async () => {
        const result = await new Initialisation(this.#parts, this.#storage).run(params, keep)
        this.#parts.log.info({}, 'initialised')
        // A seal that opens by itself does; should it fail, the shares must reach the operator all the same.
        await this.#openByItself().catch((error: unknown) => {
          this.#parts.log.error({ err: error }, 'initialised, but could not unseal')
        })
        return result
      }),
    )
  }

  /** Unseals at start where the seal does that by itself; may be tried again. Whether the vault is open afterwards. */
  start(): Promise<boolean> {
    return this.#serial.run(() => reported(() => this.#openByItself()))
  }

  unseal(share: Buffer): Promise<SealStatus> {
    return this.#serial.run(() =>
      reported(async () => {
        await this.#giveUnsealShare(share)
        return this.status()
      }),
    )
  }

  resetUnseal(): Promise<SealStatus> {
    return this.#serial.run(() =>
      reported(async () => {
        if (this.#open !== undefined) throw invalid('vault is unsealed')
        this.#forgetUnsealShares()
        return this.status()
      }),
    )
  }

  /** At once, also while a change of keys waits for storage. */
  seal(): Promise<void> {
    // What is not open may be opening, and is sealed after that.
    return this.#open === undefined ? this.#serial.run(() => this.#close()) : this.#close()
  }

  async keyStatus(): Promise<KeyStatus> {
    return this.vault().keys.keyStatus()
  }

  async rotationConfig(): Promise<RotationConfig> {
    return this.vault().keys.rotationConfig
  }

  configureRotation(change: Partial<RotationConfig>): Promise<void> {
    return this.exclusive(({ keys }) => keys.configureRotation(change))
  }

  rotateKeyring(): Promise<void> {
    return this.exclusive(({ keys }) => keys.rotate())
  }

  rotateRootKey(): Promise<void> {
    return this.exclusive((vault) => vault.rotateRootKey())
  }

  /**
   * Call it about once a minute: sees changes of keys by other processes, records how often keys were used, rotates those
   * that are due. Does nothing while sealed.
   */
  async tick(): Promise<void> {
    const keys = this.#open?.keys
    if (keys !== undefined) await reported(() => keys.maintain())
  }

  vault(): OpenVault {
    if (this.#open === undefined) throw new EgideError('sealed', 'Vault is sealed')
    return this.#open
  }

  exclusive<T>(work: (vault: OpenVault) => Promise<T>): Promise<T> {
    return this.#serial.run(() => reported(() => work(this.vault())))
  }

  async #giveUnsealShare(share: Buffer): Promise<void> {
    const refusal = shareLengthError(share)
    if (refusal !== undefined || this.#open !== undefined) {
      zeroize(share)
      if (this.#open !== undefined) return
      throw invalid(`invalid key: ${refusal}`)
    }
    const threshold = await this.#unsealThreshold().catch((error: unknown) => {
      zeroize(share)
      throw error
    })
    if (this.#unsealNonce === '') this.#unsealNonce = this.#parts.random.uuid()
    this.#unsealShares.add(share)
    if (this.#unsealShares.progress < threshold) return
    this.#unsealNonce = ''
    const key = await combined(this.#unsealShares, threshold)
    try {
      await this.#openWithKey(key)
    } finally {
      zeroize(key)
    }
  }

  async #unsealThreshold(): Promise<number> {
    const { threshold } = this.#authority(await this.#requiredConfig())
    if (threshold > 0) return threshold
    throw invalid('there are no recovery keys to unseal with; restart the server to unseal it')
  }

  /** With the key that shares combined to: it unwraps the root key, or proves that operators want the seal to do it. */
  async #openWithKey(key: Buffer): Promise<void> {
    const { wrapper, random } = this.#parts
    try {
      if (wrapper === undefined) await this.#openWith(new ShamirWrapper(random, key))
      else await this.#openWith(wrapper, (keys) => keys.isRecoveryKey(key))
    } catch (error) {
      if (error instanceof DecryptFailed) throw invalid('Unseal failed, invalid key')
      throw error
    }
  }

  async #openByItself(): Promise<boolean> {
    const { wrapper } = this.#parts
    if (this.#open !== undefined) return true
    if (wrapper?.storedKeys !== true || (await this.#storedConfig()) === undefined) return false
    await this.#requiredConfig()
    this.#forgetUnsealShares()
    await this.#openWith(wrapper)
    return true
  }

  /** Opens the vault, whole or not at all. Throws DecryptFailed when the wrapper or `allowed` says no. */
  async #openWith(wrapper: SealWrapper, allowed: (keys: VaultKeys) => Promise<boolean> = always): Promise<void> {
    const { clock, random, log } = this.#parts
    const rootKey = await this.#rootKey(wrapper)
    const loaded = await undamaged(loadKeys(this.#storage, rootKey))
    const onLost = () => this.#sealBecauseLost(keys)
    const keys: VaultKeys = new VaultKeys({ storage: this.#storage, clock, random, log, onLost }, loaded)
    try {
      if (!(await allowed(keys))) throw new DecryptFailed()
      await this.#openCore(keys)
    } catch (error) {
      keys.release()
      throw error
    }
    this.#open = new OpenVault(keys, wrapper, this.#storage, random)
    log.info({}, 'unsealed')
  }

  async #rootKey(wrapper: SealWrapper): Promise<KeyObject> {
    const stored = (await this.#storage.get([SEAL_PATHS.rootKey])).get(SEAL_PATHS.rootKey)
    if (stored === undefined) throw new EgideError('internal', 'the storage holds no root key')
    const bytes = await wrapper.unwrapRootKey(stored.value)
    const key = createSecretKey(bytes)
    zeroize(bytes)
    return key
  }

  async #openCore(keys: VaultKeys): Promise<void> {
    const { lifecycle, log } = this.#parts
    await this.#closing
    try {
      await lifecycle.open(keys)
    } catch (error) {
      log.error({ err: error }, 'the keys are right, but the vault could not be opened')
      await lifecycle.close()
      throw isDamage(error) ? damaged() : error
    }
  }

  #close(): Promise<void> {
    const open = this.#open
    this.#forgetUnsealShares()
    if (open === undefined) return this.#closing
    this.#open = undefined
    for (const process of this.#processes) process.clear()
    const closed = this.#parts.lifecycle.close().finally(() => {
      open.keys.release()
      this.#parts.log.info({}, 'sealed')
    })
    this.#closing = closed.catch(() => undefined)
    return closed
  }

  #sealBecauseLost(keys: VaultKeys): void {
    if (this.#open?.keys !== keys) return
    this.#close().catch((error: unknown) => {
      this.#parts.log.error({ err: error }, 'sealing failed')
    })
  }

  #forgetUnsealShares(): void {
    this.#unsealShares.clear()
    this.#unsealNonce = ''
  }

  /** Which shares unseal, or authorise it. */
  #authority(config: SealConfig): Quorum {
    return this.recoverySupported ? (config.recovery ?? NO_QUORUM) : config.quorum
  }

  async #storedConfig(): Promise<SealConfig | undefined> {
    const stored = (await this.#storage.get([SEAL_PATHS.config])).get(SEAL_PATHS.config)
    return stored === undefined ? undefined : decodeSealConfig(stored.value)
  }

  /** The configuration of an initialised vault whose seal is the one that this server has. */
  async #requiredConfig(): Promise<SealConfig> {
    const config = await this.#storedConfig()
    if (config === undefined) throw new EgideError('not_initialized', 'Vault is not initialized')
    const type = this.#parts.wrapper?.type ?? 'shamir'
    if (config.type === type) return config
    throw invalid(`the vault's seal is of type ${config.type}, this server is configured for ${type}`)
  }
}

const always = async (): Promise<boolean> => true

/** Runs `work`, and turns what storage and ciphers throw into what a caller may be told. */
async function reported<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StorageError) throw new EgideError('unavailable', 'storage is unavailable', { cause: error })
    throw isDamage(error) ? damaged() : error
  }
}

/** Once the root key is unwrapped, the shares were right: what does not open then is damaged, and must not look like a wrong share. */
async function undamaged<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw isDamage(error) ? damaged() : error
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof DecryptFailed || error instanceof EncodingError
}

const damaged = (): EgideError => new EgideError('internal', 'a stored value is damaged')
