import { EncryptionCount } from '../../../crypto/encryption-count.ts'
import { DecryptFailed, EncodingError } from '../../../crypto/errors.ts'
import type { Clock, Log, Random } from '../../../engines/engine.ts'
import { EgideError, sealed } from '../../../engines/errors.ts'
import type { ReadCheck } from '../../../storage/backend.ts'
import type { Watch } from '../../../storage/watch.ts'
import { Serial } from '../../serial.ts'
import type { KeySource } from '../namespaces/cipher.ts'
import { NamespaceCiphers } from '../namespaces/ciphers.ts'
import { withoutSealed } from '../namespaces/sealing.ts'
import { changedIfUnknown, holding, renewTerms, type StoredKeys } from '../namespaces/terms.ts'
import { SEAL_PATHS } from '../paths.ts'
import type { Plan, Planned } from './key-changes.ts'
import type { KeyStorage, Seen } from './key-storage.ts'
import { type LoadedKeys, loadKeys } from './load-keys.ts'
import { ReplacementFence } from './replacement-fence.ts'
import { SharedRefresh } from './shared-refresh.ts'

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

/** How often a change of keys is tried against those of other processes. */
const ATTEMPTS = 8

/**
 * The keys that the process of an unsealed vault holds: one change at a time, each whole or not at all, and taken up anew
 * when another process changed them.
 */
export class NewestKeys implements KeySource {
  readonly count: EncryptionCount
  readonly ciphers: NamespaceCiphers
  readonly #parts: VaultKeysParts
  readonly #serial = new Serial()
  readonly #fence: ReplacementFence
  readonly #sharedRefresh: SharedRefresh
  #held: LoadedKeys | undefined
  #reloading: Promise<void> | undefined

  /** `onMany`: there are encryptions to be recorded. */
  constructor(parts: VaultKeysParts, loaded: LoadedKeys, onMany: () => void) {
    this.#parts = parts
    this.count = new EncryptionCount(onMany)
    this.ciphers = new NamespaceCiphers(this.count, parts.random, this)
    this.#fence = new ReplacementFence(parts.storage, loaded.restored, parts.onReplaced)
    this.#sharedRefresh = new SharedRefresh(parts.watch, () => this.refresh())
    this.#held = loaded
    this.#install(loaded)
  }

  get fence(): ReadCheck {
    return this.#fence.check
  }

  /** Undefined once they were released. */
  get held(): LoadedKeys | undefined {
    return this.#held
  }

  /** As `held`. Throws `sealed` once they were released. */
  requireHeld(): LoadedKeys {
    if (this.#held === undefined) throw sealed()
    return this.#held
  }

  /** Runs `work` when no change of keys is under way. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#serial.run(work)
  }

  /** Runs `attempt` on the newest keys, one at a time with other changes, until it does not say that keys have changed. */
  async with<T>(attempt: (held: LoadedKeys) => Promise<T | 'changed'>): Promise<T> {
    return this.inTurn(() =>
      this.#repeatedly(async () => {
        const done = await attempt(this.requireHeld()).catch(changedIfUnknown)
        if (done === 'changed') await this.#load()
        return done
      }),
    )
  }

  /**
   * Changes keys: `plan` works on the newest keys and may run again; what it writes is applied only if no other process
   * changed any key meanwhile. Undefined from `plan`: there is nothing to do.
   */
  async change(plan: Plan): Promise<void> {
    await this.inTurn(async () => {
      await this.#parts.storage.settle()
      await this.#repeatedly(async () => {
        const held = this.requireHeld()
        const planned = await plan(held)
        if (planned === undefined) return undefined
        const revision = await this.#commit(held, planned)
        if (revision !== undefined) {
          if (this.#held === held) this.#install({ ...held, ...planned.next, epoch: revision })
          return undefined
        }
        await this.#load()
        return 'changed'
      })
    })
  }

  /** Runs `work` in its turn, until it says true: no other process changed what it is about. `check`: as of ReplacementFence. */
  async record(work: (held: LoadedKeys, check: (seen: Seen) => void) => Promise<boolean>): Promise<void> {
    const check = (seen: Seen) => this.#fence.requireHeld(seen)
    await this.inTurn(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const done = await work(this.requireHeld(), check).catch(changedIfUnknown)
        if (done === true) return
        if (done === 'changed') await this.#load()
      }
    })
  }

  /** Reads all keys anew. Calls at one time share one load. */
  reload(): Promise<void> {
    this.#reloading ??= this.inTurn(() => this.#load()).finally(() => {
      this.#reloading = undefined
    })
    return this.#reloading
  }

  /** Loads the keys anew if another process changed them, and seals if one sealed. */
  async refresh(): Promise<void> {
    const { epoch, sealOrder } = this.requireHeld()
    const { storage } = this.#parts
    const seen = await storage.get([SEAL_PATHS.epoch, SEAL_PATHS.sealOrder, SEAL_PATHS.restored])
    this.#fence.requireHeld(seen)
    if ((seen.get(SEAL_PATHS.sealOrder)?.revision ?? 0) !== sealOrder) throw this.#lost('sealed by another node')
    if (seen.get(SEAL_PATHS.epoch)?.revision !== epoch) await this.reload()
  }

  /** As `refresh`, where there may be something to see. */
  catchUp(): Promise<void> | undefined {
    return this.#sharedRefresh.catchUp()
  }

  /** Whether everything in storage was replaced since these keys were loaded. */
  isReplaced(): Promise<boolean> {
    return this.#fence.isPassed()
  }

  /** Holds those of one namespace, too, read while `held` was held. */
  take(held: LoadedKeys, namespaceId: string, stored: StoredKeys): void {
    if (this.#held !== held) throw sealed()
    this.#held = holding(held, namespaceId, stored)
    this.ciphers.put(namespaceId, stored.keys)
  }

  /** Lets go of those of one namespace, and of what they seal. In its turn. */
  drop(namespaceId: string): void {
    if (this.#held !== undefined) this.#keep({ ...this.#held, ...withoutSealed(this.#held, namespaceId) })
  }

  /** Lets go of every key. Whoever still holds a cipher gets KeysReleased. */
  release(): void {
    this.#sharedRefresh.end()
    this.ciphers.release()
    this.#held = undefined
  }

  async #repeatedly<T>(attempt: () => Promise<T | 'changed'>): Promise<T> {
    for (let tries = 0; tries < ATTEMPTS; tries++) {
      const done = await attempt()
      if (done !== 'changed') return done
    }
    throw new EgideError('unavailable', 'the keys keep changing')
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
    const held = this.requireHeld()
    try {
      const loaded = await renewTerms(this.#parts, await loadKeys(this.#parts.storage, held.rootKey, held))
      if (this.#held === undefined) return
      this.#fence.require(loaded.restored)
      this.#tellIfOlder(loaded)
      // The order that this process opened by stands until `refresh` compares it.
      this.#install({ ...loaded, sealOrder: this.#held.sealOrder })
    } catch (error) {
      if (!(error instanceof DecryptFailed || error instanceof EncodingError)) throw error
      if (await this.isReplaced()) throw this.#fence.passed()
      throw this.#lost('the stored keys can not be opened with those held; sealing')
    }
  }

  /** It is what storage says now, as after a failover to a standby that was behind. */
  #tellIfOlder({ keyring: { active } }: LoadedKeys): void {
    const known = this.#held?.keyring.active.number ?? 0
    if (active.number >= known) return
    const terms = { stored: active.number, known }
    this.#parts.log.error(
      terms,
      'an older keyring was put back into storage: what was sealed since it was rotated is lost',
    )
  }

  #lost(why: string): EgideError {
    this.#parts.log.warn({}, why)
    this.#parts.onLost()
    return sealed()
  }

  #install(loaded: LoadedKeys): void {
    const { keyring, namespaces, usage } = loaded
    const recorded = usage.term === keyring.active.number ? usage.encryptions : 0
    if (this.#held?.keyring.active.number === keyring.active.number) this.count.record(0, recorded)
    else this.count.restart(recorded)
    for (const [id, keys] of namespaces) this.ciphers.put(id, keys)
    this.#keep(loaded)
  }

  #keep(held: LoadedKeys): void {
    this.#held = held
    this.ciphers.keepOnly(held.namespaces)
  }
}
