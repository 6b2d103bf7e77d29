import { createSecretKey } from 'node:crypto'
import { zeroize } from '../../crypto/zeroize.ts'
import { damaged, EgideError, invalid, sealed } from '../../engines/errors.ts'
import type {
  InitParams,
  InitResult,
  KeyStatus,
  RootGeneration,
  RotationConfig,
  SealDrill,
  SealOperations,
  SealStatus,
  ShareRotation,
} from '../../engines/system/services/seal.ts'
import { Serial } from '../serial.ts'
import { DrillProcess } from './drill.ts'
import type { HandedKeys, HandedSealing } from './handed-keys.ts'
import { Initialisation, type KeepOpening } from './initialisation.ts'
import { KeyStorage } from './keys/key-storage.ts'
import { loadKeys } from './keys/load-keys.ts'
import { VaultKeys } from './keys/vault-keys.ts'
import { configuredType, type SealParts } from './lifecycle.ts'
import { adoptSealings, NamespaceSeals } from './namespaces/seals.ts'
import { OpenVault, type VaultAccess } from './open-vault.ts'
import { OperatorUnseal } from './operator-unseal.ts'
import { reopen } from './reopening.ts'
import { isDamage, reported, undamaged } from './reported.ts'
import type { SealConfig } from './seal-config.ts'
import { RootGenerationProcess } from './shares/root-generation.ts'
import { ShareRotationProcess } from './shares/rotation.ts'
import { sealStatus } from './status.ts'
import { unwrapForOperators, unwrapWith } from './unwrapping.ts'
import { ShamirWrapper } from './wrappers/shamir.ts'
import type { SealWrapper } from './wrappers/wrapper.ts'

/** What came of trying to unseal without operators; 'open': it is, or was and somebody sealed it. */
export type StartOutcome = 'open' | 'not initialised' | 'needs shares'

/** Initialises, unseals and seals the vault, and changes its keys. Everything that does runs one at a time. */
export class SealManager implements SealOperations, VaultAccess {
  readonly rootShares: ShareRotation
  readonly recoveryShares: ShareRotation
  readonly rootGeneration: RootGeneration
  readonly drill: SealDrill
  readonly namespaces: NamespaceSeals
  readonly #parts: SealParts
  readonly #storage: KeyStorage
  readonly #serial = new Serial()
  /** What operators are in the middle of, forgotten when the vault is sealed. */
  readonly #processes: readonly { clear(): void }[]
  readonly #unsealing: OperatorUnseal
  #open: OpenVault | undefined
  #wasOpened = false
  #closing: Promise<void> = Promise.resolve()
  /** It is closed to be opened again at once. */
  #reopening = false
  /** Of these keys it is known that they are of another time. */
  #noticed: VaultKeys | undefined

  constructor(parts: SealParts) {
    const { lifecycle, random, clock } = parts
    this.#parts = parts
    this.#storage = new KeyStorage(parts.backend, parts.log)
    this.#unsealing = new OperatorUnseal(parts, this.#storage, (rootKey, wrapper, settle) =>
      this.#openWith(rootKey, wrapper, settle),
    )
    const rootShares = new ShareRotationProcess('root', this, random, clock)
    const recoveryShares = new ShareRotationProcess('recovery', this, random, clock)
    const rootGeneration = new RootGenerationProcess(this, lifecycle, random, clock)
    const unwrap = (key: Buffer, config: SealConfig) => unwrapForOperators(key, config, this.#storage, parts)
    const drill = new DrillProcess(this, random, clock, unwrap)
    const namespaces = new NamespaceSeals(this, random)
    this.#processes = [rootShares, recoveryShares, rootGeneration, drill, namespaces]
    this.rootShares = rootShares
    this.recoveryShares = recoveryShares
    this.rootGeneration = rootGeneration
    this.drill = drill
    this.namespaces = namespaces
  }

  get recoverySupported(): boolean {
    return this.#parts.wrapper?.storedKeys === true
  }

  async status(): Promise<SealStatus> {
    const config = this.#open?.config ?? (await this.#storage.config())
    return sealStatus(config, {
      configuredType: configuredType(this.#parts),
      sealed: this.#open === undefined,
      progress: this.#unsealing.progress,
      nonce: this.#unsealing.nonce,
      recoverySupported: this.recoverySupported,
    })
  }

  async ownState(): Promise<Pick<SealStatus, 'initialized' | 'sealed'>> {
    const sealed = this.#open === undefined
    return { initialized: !sealed || (await this.#storage.config()) !== undefined, sealed }
  }

  initialise(params: InitParams, keep?: KeepOpening): Promise<InitResult> {
    return this.#inTurn(async () => {
      const result = await new Initialisation(this.#parts, this.#storage).run(params, keep)
      this.#parts.log.info({}, 'initialised')
      // A seal that opens by itself does; should it fail, the shares must reach the operator all the same.
      await this.#openByItself().catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'initialised, but could not unseal')
      })
      return result
    })
  }

  /** Unseals at start where the seal does that by itself; may be tried again. Once it was open, whoever sealed it means it. */
  start(): Promise<StartOutcome> {
    return this.#inTurn(async () => (this.#wasOpened ? 'open' : this.#openByItself()))
  }

  /** Another one after each unseal and each change of what wraps the root key; undefined while sealed. */
  get openedWith(): object | undefined {
    return this.#open?.wrapper
  }

  /** For a process of the same machine. Undefined while sealed. */
  handOver(): HandedKeys | undefined {
    return this.#open?.handOver()
  }

  /** Opens with what another process handed over, which is erased, or takes over the wrapper. Throws `sealed` if it was since. */
  adopt({ rootKey, unsealKey, sealOrder, namespaces }: HandedKeys): Promise<void> {
    const { wrapper, random } = this.#parts
    const refuseIfSealedSince = async (keys: VaultKeys): Promise<void> => {
      if (keys.sealOrder !== sealOrder) throw sealed()
    }
    return this.#inTurn(async () => {
      try {
        const wrapping = unsealKey === null ? wrapper : ShamirWrapper.withKey(random, unsealKey)
        if (wrapping === undefined) throw invalid('this process is configured for another seal')
        if (this.#open === undefined) await this.#openWith(rootKey, wrapping, refuseIfSealedSince)
        else this.#open.rewrapWith(wrapping)
        await adoptSealings(this.vault().keys, namespaces)
      } finally {
        zeroize(rootKey, unsealKey ?? undefined, ...namespaces.map(({ key }) => key))
      }
    })
  }

  /** Takes up what became of namespaces elsewhere, and unseals one with what was handed over. While sealed nothing. */
  async adoptNamespace(handed: HandedSealing | undefined): Promise<void> {
    await this.#inTurn(async () => {
      await this.refresh()
      if (this.#open !== undefined && handed !== undefined) await adoptSealings(this.#open.keys, [handed])
    })
    await this.#open?.keys.dropped()
  }

  unseal(share: Buffer, migrate = false): Promise<SealStatus> {
    return this.#inTurn(async () => {
      if (this.#open === undefined) await this.#unsealing.give(share, migrate)
      else zeroize(share)
      return this.status()
    })
  }

  resetUnseal(): Promise<SealStatus> {
    return this.#inTurn(async () => {
      if (this.#open !== undefined) throw invalid('vault is unsealed')
      this.#unsealing.clear()
      return this.status()
    })
  }

  /**
   * Seals every process on this storage: the others before they serve another request. Throws `unavailable` when storage
   * could not be told; this process is sealed then all the same.
   */
  async sealEverywhere(): Promise<void> {
    const ordered = this.#storage.orderSeal(this.#parts.random.bytes(16))
    ordered.catch(() => undefined)
    await this.seal()
    await ordered.catch((cause: unknown) => {
      this.#parts.log.error({ err: cause }, 'sealed, but other nodes could not be told')
      throw new EgideError('unavailable', 'this node is sealed, but other nodes could not be told', { cause })
    })
  }

  /** This process alone, at once, also while a change of keys waits for storage. */
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

  /** Sees at once what other processes changed; while sealed nothing. Throws `sealed` when one of them sealed the vault. */
  async refresh(): Promise<void> {
    await reported(async () => this.#open?.keys.refresh())
  }

  /**
   * After everything in storage was replaced by a snapshot: opens the vault anew with the root key that it had. Where that
   * opens nothing any more, it is sealed when this resolves. Does nothing while sealed.
   */
  reopen(): Promise<void> {
    return this.#inTurn(() => this.#reopenIfReplaced())
  }

  /** What is due about once a minute: others' changes, counts of use, rotations. Does nothing while sealed. */
  async tick(): Promise<void> {
    await reported(async () => this.#open?.keys.maintain())
  }

  /** Adds this process's encryptions to those in storage. Does nothing while sealed. */
  async recordUsage(): Promise<void> {
    await reported(async () => this.#open?.keys.recordUsage())
  }

  vault(): OpenVault {
    if (this.#open === undefined) throw sealed()
    return this.#open
  }

  exclusive<T>(work: (vault: OpenVault) => Promise<T>): Promise<T> {
    return this.#inTurn(() => work(this.vault()))
  }

  /** One at a time, with damage of what is stored told as such. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#serial.run(() => reported(work))
  }

  async #openByItself(): Promise<StartOutcome> {
    const { wrapper, log } = this.#parts
    if (this.#open !== undefined) return 'open'
    if (wrapper?.storedKeys !== true) return 'needs shares'
    const config = await this.#storage.config()
    if (config === undefined) return 'not initialised'
    if (config.type !== wrapper.type) {
      log.warn(
        { from: config.type, to: wrapper.type },
        'the vault has another seal: unseal it with -migrate to move it',
      )
      return 'needs shares'
    }
    await this.#openWith(await unwrapWith(wrapper, this.#storage), wrapper)
    await this.vault().afterAutoUnseal(config, log)
    return 'open'
  }

  /** Opens the vault, whole or not at all. Takes and zeroes the root key. Rejects with what `settle` does. */
  async #openWith(
    rootKey: Buffer,
    wrapper: SealWrapper,
    settle: (keys: VaultKeys) => Promise<void> = nothing,
  ): Promise<void> {
    const { clock, random, log, breakGlass = false } = this.#parts
    const storage = this.#storage
    const key = createSecretKey(rootKey)
    zeroize(rootKey)
    const watch = storage.watch() // from before the keys are read, so that no change falls in between
    const loaded = await undamaged(loadKeys(storage, key)).catch((error: unknown) => {
      watch.end()
      throw error
    })
    const onLost = () => this.#sealBecauseLost(keys)
    const onReplaced = () => this.#reopenBecauseReplaced(keys)
    const keys: VaultKeys = new VaultKeys({ storage, watch, clock, random, log, onLost, onReplaced }, loaded)
    try {
      await settle(keys)
      await this.#openCore(keys)
    } catch (error) {
      keys.release()
      throw error
    }
    this.#open = new OpenVault(keys, wrapper, { storage, clock, random, breakGlass })
    this.#wasOpened = true
    // Not before: while its service is away, the vault is tried again and again, and operators may be opening it.
    this.#unsealing.clear()
    log.info({}, 'unsealed')
  }

  async #openCore(keys: VaultKeys): Promise<void> {
    const { lifecycle, log } = this.#parts
    await this.#closing
    try {
      await lifecycle.open(keys)
    } catch (error) {
      log.error({ err: error }, 'the keys are right, but the vault could not be opened')
      await lifecycle.close(this.#reopening)
      throw isDamage(error) ? damaged() : error
    }
  }

  #close(): Promise<void> {
    const open = this.#open
    this.#unsealing.clear()
    if (open === undefined) return this.#closing
    this.#open = undefined
    for (const process of this.#processes) process.clear()
    const closed = this.#parts.lifecycle.close(this.#reopening).finally(() => {
      open.keys.release()
      this.#parts.log.info({}, 'sealed')
    })
    this.#closing = closed.catch(() => undefined)
    return closed
  }

  #sealBecauseLost(keys: VaultKeys): void {
    if (this.#open?.keys !== keys) return
    this.#close().catch((error: unknown) => this.#parts.log.error({ err: error }, 'sealing failed'))
  }

  #reopenBecauseReplaced(keys: VaultKeys): void {
    if (this.#open?.keys !== keys || this.#noticed === keys) return
    this.#noticed = keys
    this.reopen()
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'a restored vault could not be opened yet'))
      .finally(() => {
        this.#noticed = undefined
      })
  }

  async #reopenIfReplaced(): Promise<void> {
    const { log, lifecycle } = this.#parts
    const open = this.#open
    if (open === undefined || !(await open.keys.isReplaced())) return
    this.#reopening = true
    try {
      const openWith = (rootKey: Buffer, wrapper: SealWrapper) => this.#openWith(rootKey, wrapper)
      await reopen(open, { log, close: () => this.#close(), openWith, giveUp: () => lifecycle.close() })
    } finally {
      this.#reopening = false
    }
    if (this.#open === undefined) await this.#openByItself()
  }
}

const nothing = async (): Promise<void> => undefined
