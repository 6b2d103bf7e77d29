import type { KeyObject } from 'node:crypto'
import { EncryptionCount } from '../../crypto/encryption-count.ts'
import { DecryptFailed, EncodingError } from '../../crypto/errors.ts'
import type { Clock, Log, Random } from '../../engines/engine.ts'
import { EgideError, notFound } from '../../engines/errors.ts'
import type { KeyStatus, RotationConfig } from '../../engines/system/services/seal.ts'
import type { ReadCheck, Revision } from '../../storage/backend.ts'
import type { Cipher } from '../../storage/store.ts'
import type { Watch } from '../../storage/watch.ts'
import { CatchingUp } from './catching-up.ts'
import type { HandedSealing } from './handed-keys.ts'
import {
  namespaceDestroyed,
  namespaceOrderedSealed,
  newTerms,
  type Plan,
  type Planned,
  rotationConfigured,
} from './key-changes.ts'
import { isKey, isRecoveryKey } from './key-records.ts'
import type { KeyStorage, Seen } from './key-storage.ts'
import { type KeysListener, ROOT_NAMESPACE_ID, type UnsealedKeys } from './lifecycle.ts'
import { type LoadedKeys, loadKeys } from './load-keys.ts'
import { NamespaceCiphers } from './namespace-ciphers.ts'
import { handedSealings, type NamespaceSealing, withoutSealed } from './namespace-sealing.ts'
import {
  changedIfUnknown,
  holding,
  renewTerms,
  type StoredKeys,
  storedKeys,
  storedSealing,
  storeNewKeys,
  unsealedKeys,
  withNewShares,
} from './namespace-terms.ts'
import { isNamespaceId, SEAL_PATHS } from './paths.ts'
import { ReplacementFence } from './replacement-fence.ts'
import { rotationDue } from './rotation-config.ts'
import type { SealConfig } from './seal-config.ts'
import { Serial } from './serial.ts'
import { addUsage, sweepSuccessors } from './upkeep.ts'

export interface VaultKeysParts {
  readonly storage: KeyStorage
  /** Of the epoch and the order to seal. */
  readonly watch: Watch
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Somebody sealed the vault, or the keys in storage can no longer be opened with those held: it must be sealed here. */
  readonly onLost: () => void
  /** Everything in storage was replaced by a snapshot: the vault has to be opened anew. */
  readonly onReplaced: () => void
}

const sealedError = () => new EgideError('sealed', 'Vault is sealed')

/** How often a change of keys is tried against those of other processes. */
const ATTEMPTS = 8

/** The keys of an unsealed vault: hands out ciphers, and changes keys in transactions that are whole or not at all. */
export class VaultKeys implements UnsealedKeys {
  readonly #parts: VaultKeysParts
  readonly #serial = new Serial()
  readonly #count: EncryptionCount
  readonly #ciphers: NamespaceCiphers
  readonly #fence: ReplacementFence
  #held: LoadedKeys | undefined
  #reloading: Promise<void> | undefined
  readonly #catchingUp: CatchingUp

  constructor(parts: VaultKeysParts, loaded: LoadedKeys) {
    this.#parts = parts
    this.#catchingUp = new CatchingUp(parts.watch, () => this.refresh())
    this.#count = new EncryptionCount(() => {
      this.maintain().catch((error: unknown) => parts.log.warn({ err: error }, 'could not record encryptions'))
    })
    this.#ciphers = new NamespaceCiphers(this.#count, parts.random, this)
    this.#fence = new ReplacementFence(parts.storage, loaded.restored, parts.onReplaced)
    this.#held = loaded
    this.#install(loaded)
  }

  get fence(): ReadCheck {
    return this.#fence.check
  }

  get config(): SealConfig | undefined {
    return this.#loaded().config
  }

  cipherFor(namespaceId: string): Cipher {
    this.#loaded()
    const cipher = this.#ciphers.get(namespaceId)
    if (cipher === undefined) throw notFound('no such namespace')
    return cipher
  }

  async loadNamespace(namespaceId: string): Promise<Cipher> {
    if (!isNamespaceId(namespaceId)) throw notFound('no such namespace')
    if (this.#ciphers.get(namespaceId) !== undefined) this.#ciphers.addUser(namespaceId)
    else await this.#newest((held) => this.#hold(held, namespaceId))
    return this.cipherFor(namespaceId)
  }

  holds(namespaceId: string, cipher: Cipher): boolean {
    return this.#ciphers.get(namespaceId) === cipher
  }

  releaseNamespace(namespaceId: string): void {
    this.#ciphers.removeUser(namespaceId)
    // In its turn, so that no change of keys finds them gone half-way.
    void this.#serial.run(async () => this.#dropUnused(namespaceId))
  }

  async createNamespace(namespaceId: string, sealing?: NamespaceSealing): Promise<readonly Buffer[]> {
    if (!isNamespaceId(namespaceId)) throw new EgideError('internal', 'not an identifier of a namespace')
    return withNewShares(sealing?.quorum ?? null, this.#parts.random, async (own) => {
      const withOwn = sealing && { ...sealing, own }
      await this.#newest((held) => storeNewKeys(this.#parts, held, namespaceId, withOwn))
      if (own !== null) await this.unsealNamespace(namespaceId, own)
    })
  }

  isUnsealed(namespaceId: string): boolean {
    return (this.#held?.sealings.get(namespaceId)?.own ?? null) !== null
  }

  hasUnsealed(): boolean {
    return this.#held?.sealings.values().some(({ own }) => own !== null) ?? false
  }

  /**
   * Unseals one here with what its shares make. Does nothing when it is. Throws DecryptFailed for anything else, and
   * `sealed` when it was ordered to be sealed since `order`.
   */
  async unsealNamespace(namespaceId: string, own: KeyObject, order?: number): Promise<void> {
    await this.#ciphers.unsealing()
    await this.#newest(async (held) => {
      if (this.isUnsealed(namespaceId)) return undefined
      const stored = await unsealedKeys(this.#parts, held, namespaceId, own, order)
      return stored === 'changed' ? stored : this.#take(held, namespaceId, stored)
    })
  }

  async forgetNamespace(namespaceId: string): Promise<void> {
    await this.#serial.run(async () => this.#drop(namespaceId))
    await this.dropped()
  }

  /** Resolves when nothing is left of what was sealed. */
  async dropped(): Promise<void> {
    await this.#ciphers.dropped()
  }

  /** Seals one here, and in every other process before it serves another request. */
  async sealNamespace(namespaceId: string): Promise<void> {
    await this.change(namespaceOrderedSealed(this.#parts.random, namespaceId))
  }

  sealingOf(namespaceId: string): Promise<NamespaceSealing | undefined> {
    return this.#newest((held) => storedSealing(this.#parts, held, namespaceId))
  }

  /** What those were unsealed with that are, or `only` one, for another process of this machine; the caller zeroes it. */
  exportSealings(only?: string): readonly HandedSealing[] {
    return handedSealings(this.#loaded().sealings, only)
  }

  listen(listener: KeysListener): void {
    this.#ciphers.listen(listener)
  }

  async destroyNamespace(namespaceId: string): Promise<void> {
    await this.change(namespaceDestroyed(namespaceId))
  }

  /** Reads all keys anew. Calls at one time share one load. */
  reload(): Promise<void> {
    this.#reloading ??= this.#serial
      .run(() => this.#load())
      .finally(() => {
        this.#reloading = undefined
      })
    return this.#reloading
  }

  /**
   * A new term for the keyring and for the namespaces that this process holds, in one transaction; the others get theirs
   * when they are next loaded, or by the processes that hold them. With `onlyIf`, when it says so of the newest keys.
   */
  async rotate(onlyIf: (held: LoadedKeys) => boolean = () => true): Promise<void> {
    const { clock, random } = this.#parts
    await this.change(newTerms(clock, random, onlyIf))
  }

  keyStatus(): KeyStatus {
    const { active } = this.#loaded().keyring
    return { term: active.number, installTimeMs: active.createdMs, encryptions: this.#count.total }
  }

  get rotationConfig(): RotationConfig {
    return this.#loaded().rotation
  }

  async configureRotation(change: Partial<RotationConfig>): Promise<void> {
    await this.change(rotationConfigured(this.#parts.random, change))
  }

  /** For another process of this machine; the caller zeroes it. */
  exportRootKey(): Buffer {
    return this.#loaded().rootKey.export()
  }

  get epoch(): Revision {
    return this.#loaded().epoch
  }

  /** The order to seal that was there when the vault was opened. */
  get sealOrder(): number {
    return this.#loaded().sealOrder
  }

  /** Whether these bytes are the root key in use. */
  isRootKey(bytes: Buffer): boolean {
    return isKey(this.#loaded().rootKey, bytes)
  }

  /** Whether these bytes are the recovery key. */
  async isRecoveryKey(bytes: Buffer): Promise<boolean> {
    const stored = (await this.#parts.storage.get([SEAL_PATHS.recoveryKey])).get(SEAL_PATHS.recoveryKey)
    return stored !== undefined && isRecoveryKey(this.#loaded().keyring, stored.value, bytes)
  }

  /** What is due about once a minute: sees what other processes changed, records encryptions, rotates, sweeps. */
  async maintain(): Promise<void> {
    await this.refresh()
    await this.recordUsage()
    const due = (held: LoadedKeys) =>
      rotationDue(held.rotation, held.keyring.active.createdMs, this.#count.total, this.#parts.clock.now())
    if (due(this.#loaded())) {
      await this.rotate(due)
      this.#parts.log.info({ term: this.keyStatus().term }, 'rotated the keyring')
    }
    await sweepSuccessors(this.#parts.storage, this.#parts.clock)
  }

  /** Loads the keys anew if another process changed them, and seals if one sealed. */
  async refresh(): Promise<void> {
    const { epoch, sealOrder } = this.#loaded()
    const { storage } = this.#parts
    const seen = await storage.get([SEAL_PATHS.epoch, SEAL_PATHS.sealOrder, SEAL_PATHS.restored])
    this.#fence.requireHeld(seen)
    if ((seen.get(SEAL_PATHS.sealOrder)?.revision ?? 0) !== sealOrder) throw this.#lost('sealed by another node')
    if (seen.get(SEAL_PATHS.epoch)?.revision !== epoch) await this.reload()
  }

  /** As `refresh`, where there may be something to see. */
  catchUp(): Promise<void> | undefined {
    return this.#catchingUp.catchUp()
  }

  /** Whether everything in storage was replaced since these keys were loaded. */
  isReplaced(): Promise<boolean> {
    return this.#fence.isPassed()
  }

  #lost(why: string): EgideError {
    this.#parts.log.warn({}, why)
    this.#parts.onLost()
    return sealedError()
  }

  /** Adds this process's encryptions to those in storage. */
  async recordUsage(): Promise<void> {
    await this.#serial.run(async () => {
      const { storage, random } = this.#parts
      const check = (seen: Seen) => this.#fence.requireHeld(seen)
      for (let attempt = 0; attempt < ATTEMPTS; attempt++)
        if (await addUsage(storage, this.#loaded().keyring, this.#count, random, check)) return
    })
  }

  /** Runs `attempt` on the newest keys, one at a time with other changes, until it does not say that keys have changed. */
  async #newest<T>(attempt: (held: LoadedKeys) => Promise<T | 'changed'>): Promise<T> {
    return this.#serial.run(async () => {
      for (let tries = 0; tries < ATTEMPTS; tries++) {
        const done = await attempt(this.#loaded()).catch(changedIfUnknown)
        if (done !== 'changed') return done
        await this.#load()
      }
      throw new EgideError('unavailable', 'the keys keep changing')
    })
  }

  /** Lets go of every key. Whoever still holds a cipher gets KeysReleased. */
  release(): void {
    this.#catchingUp.end()
    this.#ciphers.release()
    this.#held = undefined
  }

  #loaded(): LoadedKeys {
    if (this.#held === undefined) throw sealedError()
    return this.#held
  }

  /**
   * Changes keys: `plan` works on the newest keys and may run again; what it writes is applied only if no other process
   * changed any key meanwhile. Undefined from `plan`: there is nothing to do.
   */
  async change(plan: Plan): Promise<void> {
    await this.#serial.run(async () => {
      await this.#parts.storage.settle()
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const held = this.#loaded()
        const planned = await plan(held)
        if (planned === undefined) return
        const revision = await this.#commit(held, planned)
        if (revision !== undefined) {
          if (this.#held === held) this.#install({ ...held, ...planned.next, epoch: revision })
          return
        }
        await this.#load()
      }
      throw new EgideError('unavailable', 'the keys keep changing')
    })
  }

  async #commit(held: LoadedKeys, { writes, whenUnknown = 'adopt' }: Planned): Promise<number | undefined> {
    const { storage, random } = this.#parts
    // What is taken back needs its old value; for the rest the epoch stands for everything.
    const paths = whenUnknown === 'revert' ? writes.map((write) => write.path) : []
    const seen = await storage.get([SEAL_PATHS.epoch, ...paths])
    if ((seen.get(SEAL_PATHS.epoch)?.revision ?? 0) !== held.epoch) return undefined
    const epoch = { path: SEAL_PATHS.epoch, value: random.bytes(16) }
    return storage.commit({ seen, writes: [epoch, ...writes], whenUnknown })
  }

  async #load(): Promise<void> {
    // A change whose outcome was unknown is ended first: with its root key the stored keys open, with its shares they never would.
    await this.#parts.storage.settle()
    const { rootKey } = this.#loaded()
    try {
      const loaded = await renewTerms(this.#parts, await loadKeys(this.#parts.storage, rootKey, this.#loaded()))
      if (this.#held === undefined) return
      this.#fence.require(loaded.restored)
      // The order that this process opened by stands until `refresh` compares it.
      this.#install({ ...loaded, sealOrder: this.#held.sealOrder })
    } catch (error) {
      if (!(error instanceof DecryptFailed || error instanceof EncodingError)) throw error
      if (await this.isReplaced()) throw this.#fence.passed()
      throw this.#lost('the stored keys can not be opened with those held; sealing')
    }
  }

  #install(loaded: LoadedKeys): void {
    const { keyring, namespaces, usage } = loaded
    const recorded = usage.term === keyring.active.number ? usage.encryptions : 0
    if (this.#held?.keyring.active.number === keyring.active.number) this.#count.record(0, recorded)
    else this.#count.restart(recorded)
    for (const [id, keys] of namespaces) this.#ciphers.put(id, keys)
    this.#keep(loaded)
  }

  #keep(held: LoadedKeys): void {
    this.#held = held
    this.#ciphers.keepOnly(held.namespaces)
  }

  async #hold(held: LoadedKeys, namespaceId: string): Promise<'changed' | undefined> {
    // Two may have asked for it at one time.
    if (!held.namespaces.has(namespaceId)) {
      const stored = await storedKeys(this.#parts, held, namespaceId)
      if (stored === 'changed') return 'changed'
      this.#take(held, namespaceId, stored)
    }
    this.#ciphers.addUser(namespaceId)
    return undefined
  }

  #take(held: LoadedKeys, namespaceId: string, stored: StoredKeys): undefined {
    if (this.#held !== held) throw sealedError()
    this.#held = holding(held, namespaceId, stored)
    this.#ciphers.put(namespaceId, stored.keys)
  }

  #dropUnused(namespaceId: string): void {
    if (!this.#ciphers.takeUnused(namespaceId)) return
    // Its keys are in use for as long as the vault is open, by those who never asked for them; or they were unsealed.
    if (namespaceId !== ROOT_NAMESPACE_ID && !this.isUnsealed(namespaceId)) this.#drop(namespaceId)
  }

  #drop(namespaceId: string): void {
    if (this.#held !== undefined) this.#keep({ ...this.#held, ...withoutSealed(this.#held, namespaceId) })
  }
}
