import { KEY_BYTES } from '../../crypto/aead.ts'
import { DecryptFailed } from '../../crypto/errors.ts'
import { zeroize } from '../../crypto/zeroize.ts'
import type { Clock, Log, Random } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { Entry } from '../../storage/backend.ts'
import type { HandedKeys } from './handed-keys.ts'
import {
  type ChangeParts,
  firstRecoveryKey,
  ifProofUnchanged,
  newRecoveryKey,
  newRootKey,
  rewrapped,
} from './keys/key-changes.ts'
import type { KeyStorage } from './keys/key-storage.ts'
import type { VaultKeys } from './keys/vault-keys.ts'
import { SEAL_PATHS } from './paths.ts'
import { authorityOf, type Quorum, type SealConfig } from './seal-config.ts'
import { storedRootKey } from './unwrapping.ts'
import { ShamirWrapper } from './wrappers/shamir.ts'
import type { SealWrapper } from './wrappers/wrapper.ts'

export interface OpenVaultParts {
  readonly storage: KeyStorage
  readonly clock: Clock
  readonly random: Random
  /** Whether new recovery shares shall open the vault too. */
  readonly breakGlass: boolean
}

/** An unsealed vault, as those see it who change its keys or ask operators for their shares. */
export class OpenVault {
  readonly keys: VaultKeys
  readonly #parts: OpenVaultParts & ChangeParts
  #wrapper: SealWrapper

  constructor(keys: VaultKeys, wrapper: SealWrapper, parts: OpenVaultParts) {
    this.keys = keys
    this.#wrapper = wrapper
    this.#parts = parts
  }

  /** What wraps the root key. */
  get wrapper(): SealWrapper {
    return this.#wrapper
  }

  /** What another process of this machine opens the vault with. */
  handOver(): HandedKeys {
    const unsealKey = this.#wrapper instanceof ShamirWrapper ? this.#wrapper.exportKey() : null
    const { keys } = this
    return {
      rootKey: keys.exportRootKey(),
      unsealKey,
      sealOrder: keys.sealOrder,
      namespaces: keys.exportSealings(),
    }
  }

  /** Another process has replaced what wraps the root key. */
  rewrapWith(wrapper: SealWrapper): void {
    this.#wrapper = wrapper
  }

  get config(): SealConfig {
    const { config } = this.keys
    if (config === undefined) throw new EgideError('internal', 'the vault has no seal configuration')
    return config
  }

  /** Whether the seal unseals by itself, and operators hold recovery keys. */
  get hasRecoveryKeys(): boolean {
    // What the vault says, not how this process opened it: another one may have moved it to another seal.
    return this.config.recovery !== null
  }

  /** Which shares authorise operators; threshold 0: recovery keys that were never made. */
  get authority(): Quorum {
    return authorityOf(this.config)
  }

  /** Whether a key that shares combined to is the one that authorises operators. */
  async isAuthority(key: Buffer): Promise<boolean> {
    await this.keys.refresh()
    return this.hasRecoveryKeys
      ? this.keys.isRecoveryKey(key)
      : this.#opensRootKey(new ShamirWrapper(this.#parts.random, key))
  }

  /** As `isAuthority`: what says that the key is, as it stands now. Undefined when it isn't. */
  async proofOf(key: Buffer): Promise<Entry | undefined> {
    await this.keys.refresh()
    const path = this.hasRecoveryKeys ? SEAL_PATHS.recoveryKey : SEAL_PATHS.rootKey
    // Read first: what replaces it while the key is looked at shows later.
    const proof = (await this.#parts.storage.get([path])).get(path)
    return (await this.isAuthority(key)) ? proof : undefined
  }

  /** New unseal shares are in force when this resolves: `key` wraps a new root key. `proof`: as ifProofUnchanged. */
  async replaceUnsealKey(key: Buffer, quorum: Quorum, proof: Entry): Promise<void> {
    const wrapper = new ShamirWrapper(this.#parts.random, key)
    const wrap = (rootKey: Buffer) => wrapper.wrapRootKey(rootKey)
    const plan = newRootKey(this.#parts, wrap, { ...this.config, quorum })
    await this.keys.change(ifProofUnchanged(this.#parts.storage, proof, plan))
    this.#wrapper = wrapper
  }

  /** Without a quorum. Throws EgideError `internal` when it is not certain that there is none yet. */
  async makeRecoveryKey(key: Buffer, recovery: Quorum): Promise<void> {
    const { breakGlass } = this.#parts
    await this.keys.refresh()
    await this.keys.change(firstRecoveryKey(this.#parts, key, { ...this.config, recovery, breakGlass }))
  }

  /** `proof`: as ifProofUnchanged. */
  async replaceRecoveryKey(key: Buffer, recovery: Quorum, proof: Entry): Promise<void> {
    const { random, storage, breakGlass } = this.#parts
    const plan = newRecoveryKey(random, key, { ...this.config, recovery, breakGlass })
    await this.keys.change(ifProofUnchanged(storage, proof, plan))
  }

  /** A new root key under the same unseal key or service. */
  async rotateRootKey(): Promise<void> {
    const wrap = async (rootKey: Buffer) => {
      // Another process may have given out new shares: wrapped for the old ones, the root key would be lost to everyone.
      if (!(await this.#opensRootKey(this.#wrapper))) {
        throw new EgideError('unavailable', 'the unseal key was changed elsewhere: seal and unseal this server first')
      }
      return this.#wrapper.wrapRootKey(rootKey)
    }
    await this.keys.change(newRootKey(this.#parts, wrap))
  }

  /** Wraps the root key anew where the service has a newer key. Whether it did. */
  async rewrapIfStale(): Promise<boolean> {
    const { storage } = this.#parts
    if (!(await this.#wrapper.isStale(await storedRootKey(storage)))) return false
    await this.keys.change(rewrapped((rootKey) => this.#wrapper.wrapRootKey(rootKey)))
    return true
  }

  /** After an auto-unseal: work that can wait, and that must not keep the vault from serving when it fails. */
  async afterAutoUnseal({ breakGlass }: SealConfig, log: Log): Promise<void> {
    if (breakGlass !== this.#parts.breakGlass) {
      const now = breakGlass ? 'open the vault' : 'do not open the vault'
      log.warn({}, `recovery shares ${now}, against break_glass in the configuration: rekey them to change that`)
    }
    try {
      if (await this.rewrapIfStale()) log.info({}, 'wrapped the root key with the newest key of the seal')
    } catch (error) {
      log.warn({ err: error }, 'the root key could not be wrapped anew')
    }
  }

  /** Whether the service would open the vault now. Rejects with what it says when it can't be asked. */
  opensByItself(): Promise<boolean> {
    return this.#opensRootKey(this.#wrapper)
  }

  newKey(): Buffer {
    return this.#parts.random.bytes(KEY_BYTES)
  }

  async #opensRootKey(wrapper: SealWrapper): Promise<boolean> {
    let rootKey: Buffer | undefined
    try {
      rootKey = await wrapper.unwrapRootKey(await storedRootKey(this.#parts.storage))
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
