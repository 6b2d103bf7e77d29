import { EgideError } from '../../engines/errors.ts'
import type { UnsealedKeys } from '../../server/seal/lifecycle.ts'
import type { Cipher } from '../../storage/store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'

/** Keys of namespaces below root, for all that share root's cipher. */
const KEYS = new WeakMap<Cipher, Map<string, Cipher>>()

export class TestKeys implements UnsealedKeys {
  readonly #root: Cipher
  readonly #below: Map<string, Cipher>
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

  async createNamespace(id: string): Promise<void> {
    this.#below.set(id, testingCipher())
  }

  async destroyNamespace(id: string): Promise<void> {
    this.#below.delete(id)
  }
}
