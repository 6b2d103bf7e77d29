import type { EncryptionCount } from '../../../crypto/encryption-count.ts'
import type { Keyring } from '../../../crypto/keyring.ts'
import type { Random } from '../../../engines/engine.ts'
import type { KeysListener } from '../lifecycle.ts'
import { type KeySource, NamespaceCipher } from './cipher.ts'

/** The ciphers of those namespaces whose keys a process holds. */
export class NamespaceCiphers {
  readonly #count: EncryptionCount
  readonly #random: Random
  readonly #source: KeySource
  readonly #all = new Map<string, NamespaceCipher>()
  /** How many still want the keys of a namespace. */
  readonly #users = new Map<string, number>()
  #listener: KeysListener | undefined
  #dropping: Promise<unknown> = Promise.resolve()

  constructor(count: EncryptionCount, random: Random, source: KeySource) {
    this.#count = count
    this.#random = random
    this.#source = source
  }

  get(namespaceId: string): NamespaceCipher | undefined {
    return this.#all.get(namespaceId)
  }

  /** Gives one its newest keys. */
  put(namespaceId: string, keys: Keyring): void {
    const cipher = this.#all.get(namespaceId)
    if (cipher !== undefined) cipher.replace(keys)
    else this.#all.set(namespaceId, new NamespaceCipher(keys, this.#count, this.#random, this.#source))
  }

  /** Whoever uses the keys of another namespace than these has them no more. */
  keepOnly(namespaces: ReadonlyMap<string, unknown>): void {
    const dropped = [...this.#all].filter(([id]) => !namespaces.has(id))
    if (dropped.length === 0) return
    for (const [id, cipher] of dropped) {
      cipher.release()
      this.#all.delete(id)
    }
    this.#dropping = Promise.allSettled([this.#dropping, this.#listener?.onDropped(dropped.map(([id]) => id))])
  }

  addUser(namespaceId: string): void {
    this.#users.set(namespaceId, (this.#users.get(namespaceId) ?? 0) + 1)
  }

  removeUser(namespaceId: string): void {
    this.#users.set(namespaceId, Math.max(0, (this.#users.get(namespaceId) ?? 0) - 1))
  }

  /** Whether one had users, and has none any more: told once. */
  takeUnused(namespaceId: string): boolean {
    return this.#users.get(namespaceId) === 0 && this.#users.delete(namespaceId)
  }

  listen(listener: KeysListener): void {
    this.#listener = listener
  }

  /** To be called before keys are taken that shares of a namespace's own open. */
  async unsealing(): Promise<void> {
    await this.#listener?.onUnsealing()
  }

  /** Resolves when nothing is left of what was dropped. */
  async dropped(): Promise<void> {
    await this.#dropping
  }

  /** Whoever still holds one gets KeysReleased. */
  release(): void {
    for (const cipher of this.#all.values()) cipher.release()
    this.#all.clear()
    this.#users.clear()
  }
}
