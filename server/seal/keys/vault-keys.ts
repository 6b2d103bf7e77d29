import type { KeyObject } from 'node:crypto'
import { EgideError, notFound } from '../../../engines/errors.ts'
import type { KeyStatus, RotationConfig } from '../../../engines/system/services/seal.ts'
import type { Entry, Revision } from '../../../storage/backend.ts'
import type { Cipher } from '../../../storage/store.ts'
import type { HandedSealing } from '../handed-keys.ts'
import { type KeysListener, ROOT_NAMESPACE_ID, type UnsealedKeys } from '../lifecycle.ts'
import { handedSealings, type NamespaceSealing } from '../namespaces/sealing.ts'
import { storedKeys, storedSealing, storeNewKeys, unsealedKeys, withNewShares } from '../namespaces/terms.ts'
import { isNamespaceId, SEAL_PATHS } from '../paths.ts'
import { rotationDue } from '../rotation-config.ts'
import type { SealConfig } from '../seal-config.ts'
import { problemOfRecord } from './check-record.ts'
import { namespaceDestroyed, namespaceOrderedSealed, newTerms, type Plan, rotationConfigured } from './key-changes.ts'
import { isKey, isNoRecoveryKey, isRecoveryKey } from './key-records.ts'
import type { LoadedKeys } from './load-keys.ts'
import { NewestKeys, type VaultKeysParts } from './newest-keys.ts'
import { addUsage, sweepSuccessors } from './upkeep.ts'

/** The keys of an unsealed vault: hands out ciphers, and changes keys in transactions that are whole or not at all. */
export class VaultKeys implements UnsealedKeys {
  readonly #parts: VaultKeysParts
  readonly #newest: NewestKeys

  constructor(parts: VaultKeysParts, loaded: LoadedKeys) {
    this.#parts = parts
    this.#newest = new NewestKeys(parts, loaded, () => {
      this.maintain().catch((error: unknown) => parts.log.warn({ err: error }, 'could not record encryptions'))
    })
  }

  get config(): SealConfig | undefined {
    return this.#newest.requireHeld().config
  }

  cipherFor(namespaceId: string): Cipher {
    this.#newest.requireHeld()
    const cipher = this.#newest.ciphers.get(namespaceId)
    if (cipher === undefined) throw notFound('no such namespace')
    return cipher
  }

  async loadNamespace(namespaceId: string): Promise<Cipher> {
    if (!isNamespaceId(namespaceId)) throw notFound('no such namespace')
    const { ciphers } = this.#newest
    if (ciphers.get(namespaceId) !== undefined) ciphers.addUser(namespaceId)
    else await this.#newest.with((held) => this.#hold(held, namespaceId))
    return this.cipherFor(namespaceId)
  }

  holds(namespaceId: string, cipher: Cipher): boolean {
    return this.#newest.ciphers.get(namespaceId) === cipher
  }

  releaseNamespace(namespaceId: string): void {
    this.#newest.ciphers.removeUser(namespaceId)
    // In its turn, so that no change of keys finds them gone half-way.
    void this.#newest.inTurn(async () => this.#dropUnused(namespaceId))
  }

  async createNamespace(namespaceId: string, sealing?: NamespaceSealing): Promise<readonly Buffer[]> {
    if (!isNamespaceId(namespaceId)) throw new EgideError('internal', 'not an identifier of a namespace')
    return withNewShares(sealing?.quorum ?? null, this.#parts.random, async (own) => {
      const withOwn = sealing && { ...sealing, own }
      await this.#newest.with((held) => storeNewKeys(this.#parts, held, namespaceId, withOwn))
      if (own !== null) await this.unsealNamespace(namespaceId, own)
    })
  }

  isUnsealed(namespaceId: string): boolean {
    return (this.#newest.held?.sealings.get(namespaceId)?.own ?? null) !== null
  }

  hasUnsealed(): boolean {
    return this.#newest.held?.sealings.values().some(({ own }) => own !== null) ?? false
  }

  /**
   * Unseals one here with what its shares make. Does nothing when it is. Throws DecryptFailed for anything else, and
   * `sealed` when it was ordered to be sealed since `order`.
   */
  async unsealNamespace(namespaceId: string, own: KeyObject, order?: number): Promise<void> {
    await this.#newest.ciphers.unsealing()
    await this.#newest.with(async (held) => {
      if (this.isUnsealed(namespaceId)) return undefined
      const stored = await unsealedKeys(this.#parts, held, namespaceId, own, order)
      return stored === 'changed' ? stored : this.#newest.take(held, namespaceId, stored)
    })
  }

  async forgetNamespace(namespaceId: string): Promise<void> {
    await this.#newest.inTurn(async () => this.#newest.drop(namespaceId))
    await this.dropped()
  }

  /** Resolves when nothing is left of what was sealed. */
  async dropped(): Promise<void> {
    await this.#newest.ciphers.dropped()
  }

  /** Seals one here, and in every other process before it serves another request. */
  async sealNamespace(namespaceId: string): Promise<void> {
    await this.change(namespaceOrderedSealed(this.#parts.random, namespaceId))
  }

  sealingOf(namespaceId: string): Promise<NamespaceSealing | undefined> {
    return this.#newest.with((held) => storedSealing(this.#parts, held, namespaceId))
  }

  /** What those were unsealed with that are, or `only` one, for another process of this machine; the caller zeroes it. */
  exportSealings(only?: string): readonly HandedSealing[] {
    return handedSealings(this.#newest.requireHeld().sealings, only)
  }

  listen(listener: KeysListener): void {
    this.#newest.ciphers.listen(listener)
  }

  async destroyNamespace(namespaceId: string): Promise<void> {
    await this.change(namespaceDestroyed(namespaceId))
  }

  /** As NewestKeys. */
  change(plan: Plan): Promise<void> {
    return this.#newest.change(plan)
  }

  /** As NewestKeys. */
  refresh(): Promise<void> {
    return this.#newest.refresh()
  }

  /** Whether everything in storage was replaced since these keys were loaded. */
  isReplaced(): Promise<boolean> {
    return this.#newest.isReplaced()
  }

  /**
   * A new term for the keyring and for the namespaces that this process holds, in one transaction; the others get theirs
   * when they are next loaded, or by the processes that hold them. With `onlyIf`, when it says so of the newest keys.
   */
  async rotate(onlyIf: (held: LoadedKeys) => boolean = () => true): Promise<void> {
    await this.change(newTerms(this.#parts, onlyIf))
  }

  keyStatus(): KeyStatus {
    const { active } = this.#newest.requireHeld().keyring
    return { term: active.number, installTimeMs: active.createdMs, encryptions: this.#newest.count.total }
  }

  get rotationConfig(): RotationConfig {
    return this.#newest.requireHeld().rotation
  }

  async configureRotation(change: Partial<RotationConfig>): Promise<void> {
    await this.change(rotationConfigured(this.#parts.random, change))
  }

  /** For another process of this machine; the caller zeroes it. */
  exportRootKey(): Buffer {
    return this.#newest.requireHeld().rootKey.export()
  }

  get epoch(): Revision {
    return this.#newest.requireHeld().epoch
  }

  /** The order to seal that was there when the vault was opened. */
  get sealOrder(): number {
    return this.#newest.requireHeld().sealOrder
  }

  /** Whether these bytes are the root key in use. */
  isRootKey(bytes: Buffer): boolean {
    return isKey(this.#newest.requireHeld().rootKey, bytes)
  }

  /** Whether these bytes are the recovery key. */
  async isRecoveryKey(bytes: Buffer): Promise<boolean> {
    const stored = (await this.#parts.storage.get([SEAL_PATHS.recoveryKey])).get(SEAL_PATHS.recoveryKey)
    return stored !== undefined && isRecoveryKey(this.#newest.requireHeld().keyring, stored.value, bytes)
  }

  async problemOfRecord(entry: Entry): Promise<string | undefined> {
    const problem = await problemOfRecord(this.#parts, this.#newest.requireHeld(), entry)
    if (problem === undefined) return undefined
    // Another process may have changed it since it was read.
    await this.refresh()
    const value = (await this.#parts.storage.get([entry.path])).get(entry.path)?.value
    return value && problemOfRecord(this.#parts, this.#newest.requireHeld(), { path: entry.path, value })
  }

  /** Whether it is certain that there never was a recovery key. */
  async hadNoRecoveryKey(): Promise<boolean> {
    await this.refresh()
    const stored = (await this.#parts.storage.get([SEAL_PATHS.recoveryKey])).get(SEAL_PATHS.recoveryKey)
    return stored !== undefined && isNoRecoveryKey(this.#newest.requireHeld().keyring, stored.value)
  }

  /** What is due about once a minute: sees what other processes changed, records encryptions, rotates, sweeps. */
  async maintain(): Promise<void> {
    await this.refresh()
    await this.recordUsage()
    const { count } = this.#newest
    const { clock, log, storage } = this.#parts
    const due = ({ rotation, keyring }: LoadedKeys) =>
      rotationDue(rotation, keyring.active.createdMs, count.total, clock.now())
    if (due(this.#newest.requireHeld())) {
      await this.rotate(due)
      log.info({ term: this.keyStatus().term }, 'rotated the keyring')
    }
    await sweepSuccessors(storage, clock)
  }

  /** Adds this process's encryptions to those in storage. */
  async recordUsage(): Promise<void> {
    const { storage, random } = this.#parts
    const { count } = this.#newest
    await this.#newest.record(({ keyring }, check) => addUsage(storage, keyring, count, random, check))
  }

  /** Lets go of every key. Whoever still holds a cipher gets KeysReleased. */
  release(): void {
    this.#newest.release()
  }

  async #hold(held: LoadedKeys, namespaceId: string): Promise<'changed' | undefined> {
    // Two may have asked for it at one time.
    if (!held.namespaces.has(namespaceId)) {
      const stored = await storedKeys(this.#parts, held, namespaceId)
      if (stored === 'changed') return 'changed'
      this.#newest.take(held, namespaceId, stored)
    }
    this.#newest.ciphers.addUser(namespaceId)
    return undefined
  }

  #dropUnused(namespaceId: string): void {
    if (!this.#newest.ciphers.takeUnused(namespaceId)) return
    // Its keys are in use for as long as the vault is open, by those who never asked for them; or they were unsealed.
    if (namespaceId !== ROOT_NAMESPACE_ID && !this.isUnsealed(namespaceId)) this.#newest.drop(namespaceId)
  }
}
