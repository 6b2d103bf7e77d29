import { timingSafeEqual } from 'node:crypto'
import { EncryptionCount } from '../../crypto/encryption-count.ts'
import { DecryptFailed, EncodingError } from '../../crypto/errors.ts'
import type { Keyring } from '../../crypto/keyring.ts'
import { zeroize } from '../../crypto/zeroize.ts'
import type { Clock, Log, Random } from '../../engines/engine.ts'
import { EgideError, notFound } from '../../engines/errors.ts'
import type { KeyStatus, RotationConfig } from '../../engines/system/services/seal.ts'
import type { ReadCheck } from '../../storage/backend.ts'
import type { Cipher } from '../../storage/store.ts'
import type { Watch } from '../../storage/watch.ts'
import { newTerms, type Plan, type Planned } from './key-changes.ts'
import { openRecoveryVerifier, openUsage, recoveryVerifier, sealRotationConfig, sealUsage } from './key-records.ts'
import type { KeyStorage, Seen } from './key-storage.ts'
import { ROOT_NAMESPACE_ID, type UnsealedKeys } from './lifecycle.ts'
import { type LoadedKeys, loadKeys } from './load-keys.ts'
import { NamespaceCipher } from './namespace-cipher.ts'
import { renewTerms, storedKeys, storeNewKeys } from './namespace-terms.ts'
import { namespaceKeysPath, SEAL_PATHS } from './paths.ts'
import { changedRotation, rotationDue } from './rotation-config.ts'
import type { SealConfig } from './seal-config.ts'
import { Serial } from './serial.ts'
import { sweepSuccessors } from './successors.ts'

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

/** Becomes a path segment. */
const NAMESPACE_ID = /^[A-Za-z0-9_-]{1,64}$/
/** How often a change of keys is tried against those of other processes. */
const ATTEMPTS = 8

/** The keys of an unsealed vault: hands out ciphers, and changes keys in transactions that are whole or not at all. */
export class VaultKeys implements UnsealedKeys {
  /** Holds until everything in storage is replaced: what was sealed by these keys must not be written after that. */
  readonly fence: ReadCheck
  readonly #parts: VaultKeysParts
  readonly #serial = new Serial()
  readonly #count: EncryptionCount
  readonly #ciphers = new Map<string, NamespaceCipher>()
  /** How many still want the keys of a namespace. */
  readonly #users = new Map<string, number>()
  #held: LoadedKeys | undefined
  #reloading: Promise<void> | undefined
  #catchingUp: Promise<void> | undefined

  constructor(parts: VaultKeysParts, loaded: LoadedKeys) {
    this.#parts = parts
    this.#count = new EncryptionCount(() => {
      this.maintain().catch((error: unknown) => parts.log.warn({ err: error }, 'could not record encryptions'))
    })
    this.#held = loaded
    this.fence = { path: SEAL_PATHS.restored, revision: loaded.restored }
    this.#install(loaded)
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
    if (!NAMESPACE_ID.test(namespaceId)) throw notFound('no such namespace')
    if (this.#ciphers.has(namespaceId)) this.#addUser(namespaceId)
    else await this.#newest((held) => this.#hold(held, namespaceId))
    return this.cipherFor(namespaceId)
  }

  releaseNamespace(namespaceId: string): void {
    this.#users.set(namespaceId, Math.max(0, (this.#users.get(namespaceId) ?? 0) - 1))
    // In its turn, so that no change of keys finds them gone half-way.
    void this.#serial.run(async () => this.#dropUnused(namespaceId))
  }

  async createNamespace(namespaceId: string): Promise<void> {
    if (!NAMESPACE_ID.test(namespaceId)) throw new EgideError('internal', 'not an identifier of a namespace')
    await this.#newest((held) => storeNewKeys(this.#parts, held, namespaceId))
  }

  async destroyNamespace(namespaceId: string): Promise<void> {
    // The epoch changes with it, so that every process that holds the keys forgets them.
    await this.change(async (held) => {
      const namespaces = new Map(held.namespaces)
      namespaces.delete(namespaceId)
      return { writes: [{ path: namespaceKeysPath(namespaceId), value: null }], next: { namespaces } }
    })
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
    await this.change(async (held) => {
      const rotation = changedRotation(held.rotation, change)
      const value = sealRotationConfig(held.keyring, rotation, this.#parts.random)
      return { writes: [{ path: SEAL_PATHS.rotationConfig, value }], next: { rotation } }
    })
  }

  /** For another process of this machine; the caller zeroes it. */
  exportRootKey(): Buffer {
    return this.#loaded().rootKey.export()
  }

  /** The order to seal that was there when the vault was opened. */
  get sealOrder(): number {
    return this.#loaded().sealOrder
  }

  /** Whether these bytes are the root key in use. */
  isRootKey(bytes: Buffer): boolean {
    const key = this.#loaded().rootKey.export()
    try {
      return key.length === bytes.length && timingSafeEqual(key, bytes)
    } finally {
      zeroize(key)
    }
  }

  /** Whether these bytes are the recovery key. */
  async isRecoveryKey(bytes: Buffer): Promise<boolean> {
    const stored = (await this.#parts.storage.get([SEAL_PATHS.recoveryKey])).get(SEAL_PATHS.recoveryKey)
    if (stored === undefined) return false
    const known = openRecoveryVerifier(this.#loaded().keyring, stored.value)
    const given = recoveryVerifier(bytes)
    try {
      return known.length === given.length && timingSafeEqual(known, given)
    } finally {
      zeroize(known, given)
    }
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
    if (this.#isOfAnotherTime(seen)) throw this.#replaced()
    if ((seen.get(SEAL_PATHS.sealOrder)?.revision ?? 0) !== sealOrder) throw this.#lost('sealed by another node')
    if (seen.get(SEAL_PATHS.epoch)?.revision !== epoch) await this.reload()
  }

  /** As `refresh`, where there may be something to see. Whoever asks meanwhile waits for the same look. */
  catchUp(): Promise<void> | undefined {
    const { watch } = this.#parts
    if (!watch.hasChanged) return this.#catchingUp
    watch.look()
    const before = this.#catchingUp
    const catchingUp: Promise<void> = this.#lookAgain(before).finally(() => {
      if (this.#catchingUp === catchingUp) this.#catchingUp = undefined
    })
    this.#catchingUp = catchingUp
    return catchingUp
  }

  async #lookAgain(before: Promise<void> | undefined): Promise<void> {
    try {
      await before
      await this.refresh()
    } catch (error) {
      this.#parts.watch.forgetAll() // what was not seen is still to be seen
      throw error
    }
  }

  /** Whether everything in storage was replaced since these keys were loaded. */
  async isReplaced(): Promise<boolean> {
    return this.#isOfAnotherTime(await this.#parts.storage.get([SEAL_PATHS.restored]))
  }

  #isOfAnotherTime(seen: Seen): boolean {
    return (seen.get(SEAL_PATHS.restored)?.revision ?? 0) !== this.fence.revision
  }

  #replaced(): EgideError {
    this.#parts.onReplaced()
    return new EgideError('unavailable', 'a snapshot was restored: try again', { retryAfterSeconds: 1 })
  }

  #lost(why: string): EgideError {
    this.#parts.log.warn({}, why)
    this.#parts.onLost()
    return sealedError()
  }

  /** Adds this process's encryptions to those in storage. */
  async recordUsage(): Promise<void> {
    await this.#serial.run(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const counted = this.#count.unrecorded
        const { keyring } = this.#loaded()
        if (counted === 0) return
        const seen = await this.#parts.storage.get([SEAL_PATHS.usage, SEAL_PATHS.restored])
        if (this.#isOfAnotherTime(seen)) throw this.#replaced()
        const stored = seen.get(SEAL_PATHS.usage)
        const known = stored === undefined ? undefined : openUsage(keyring, stored.value)
        const term = keyring.active.number
        const encryptions = (known?.term === term ? known.encryptions : 0) + counted
        const value = sealUsage(keyring, { term, encryptions }, this.#parts.random)
        const writes = [{ path: SEAL_PATHS.usage, value }]
        if ((await this.#parts.storage.commit({ seen, writes, whenUnknown: 'adopt' })) === undefined) continue
        this.#count.record(counted, encryptions)
        return
      }
    })
  }

  /** Runs `attempt` on the newest keys, one at a time with other changes, until it does not say that keys have changed. */
  async #newest<T>(attempt: (held: LoadedKeys) => Promise<T | 'changed'>): Promise<T> {
    return this.#serial.run(async () => {
      for (let tries = 0; tries < ATTEMPTS; tries++) {
        const done = await attempt(this.#loaded())
        if (done !== 'changed') return done
        await this.#load()
      }
      throw new EgideError('unavailable', 'the keys keep changing')
    })
  }

  /** Lets go of every key. Whoever still holds a cipher gets KeysReleased. */
  release(): void {
    this.#parts.watch.end()
    for (const cipher of this.#ciphers.values()) cipher.release()
    this.#ciphers.clear()
    this.#users.clear()
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
      const ids = [...this.#loaded().namespaces.keys()]
      const loaded = await renewTerms(this.#parts, await loadKeys(this.#parts.storage, rootKey, ids))
      if (this.#held === undefined) return
      if (loaded.restored !== this.fence.revision) throw this.#replaced()
      // The order that this process opened by stands until `refresh` compares it.
      this.#install({ ...loaded, sealOrder: this.#held.sealOrder })
    } catch (error) {
      if (!(error instanceof DecryptFailed || error instanceof EncodingError)) throw error
      if (await this.isReplaced()) throw this.#replaced()
      throw this.#lost('the stored keys can not be opened with those held; sealing')
    }
  }

  #install(loaded: LoadedKeys): void {
    const { keyring, namespaces, usage } = loaded
    const recorded = usage.term === keyring.active.number ? usage.encryptions : 0
    if (this.#held?.keyring.active.number === keyring.active.number) this.#count.record(0, recorded)
    else this.#count.restart(recorded)
    this.#held = loaded
    for (const [id, keys] of namespaces) {
      const cipher = this.#ciphers.get(id)
      if (cipher !== undefined) cipher.replace(keys)
      else this.#ciphers.set(id, this.#newCipher(keys))
    }
    for (const [id, cipher] of this.#ciphers) {
      if (namespaces.has(id)) continue
      cipher.release()
      this.#ciphers.delete(id)
    }
  }

  async #hold(held: LoadedKeys, namespaceId: string): Promise<'changed' | undefined> {
    // Two may have asked for it at one time.
    if (!held.namespaces.has(namespaceId)) {
      const keys = await storedKeys(this.#parts, held, namespaceId)
      if (keys === 'changed') return 'changed'
      if (this.#held !== held) throw sealedError()
      this.#held = { ...held, namespaces: new Map([...held.namespaces, [namespaceId, keys]]) }
      this.#ciphers.set(namespaceId, this.#newCipher(keys))
    }
    this.#addUser(namespaceId)
    return undefined
  }

  #addUser(namespaceId: string): void {
    this.#users.set(namespaceId, (this.#users.get(namespaceId) ?? 0) + 1)
  }

  #dropUnused(namespaceId: string): void {
    if (this.#users.get(namespaceId) !== 0) return
    this.#users.delete(namespaceId)
    // Its keys are in use for as long as the vault is open, by those who never asked for them.
    if (namespaceId === ROOT_NAMESPACE_ID) return
    this.#ciphers.get(namespaceId)?.release()
    this.#ciphers.delete(namespaceId)
    if (this.#held === undefined) return
    const namespaces = new Map(this.#held.namespaces)
    namespaces.delete(namespaceId)
    this.#held = { ...this.#held, namespaces }
  }

  #newCipher(keys: Keyring): NamespaceCipher {
    return new NamespaceCipher(keys, this.#count, this.#parts.random, this)
  }
}
