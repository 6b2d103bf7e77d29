import { EgideError } from '../../engines/errors.ts'
import type { DroppedListener, UnsealedKeys } from '../../server/seal/lifecycle.ts'
import type { Cipher } from '../../storage/store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'

/** Keys of namespaces below root, for all that share root's cipher. */
const KEYS = new WeakMap<Cipher, Map<string, Cipher>>()

/** None of its namespaces has shares. */
export class TestKeys implements UnsealedKeys {
  readonly #root: Cipher
  readonly #below: Map<string, Cipher>
  #onDropped: DroppedListener | undefined
  /** Ids whose keys are lent, once for each loan. */
  readonly lent: string[] = []

  constructor(root: Cipher) {
    this.#root = root
    this.#below = KEYS.get(root) ?? new Map()
    KEYS.set(root, this.#below)
  }

  cipherFor(id: string): Cipher {
    const cipher = id === 'root' ? this.#root : this.#below.get(id)
    if (cipher === undefined) throw new EgideError('not_found', 'no such namespace')
    return cipher
  }

  async loadNamespace(id: string): Promise<Cipher> {
    const cipher = this.cipherFor(id)
    this.lent.push(id)
    return cipher
  }

  releaseNamespace(id: string): void {
    this.lent.splice(this.lent.indexOf(id), 1)
  }

  async createNamespace(id: string): Promise<readonly Buffer[]> {
    this.#below.set(id, testingCipher())
    return []
  }

  async destroyNamespace(id: string): Promise<void> {
    this.#below.delete(id)
    await this.#onDropped?.([id])
  }

  isUnsealed(): boolean {
    return false
  }

  async forgetNamespace(): Promise<void> {}

  holds(id: string, cipher: Cipher): boolean {
    return cipher === (id === 'root' ? this.#root : this.#below.get(id))
  }

  onDropped(listener: DroppedListener): void {
    this.#onDropped = listener
  }
}
