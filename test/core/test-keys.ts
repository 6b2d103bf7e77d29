import { EgideError } from '../../engines/errors.ts'
import type { KeysListener, UnsealedKeys } from '../../server/seal/lifecycle.ts'
import type { NamespaceSealing } from '../../server/seal/namespaces/sealing.ts'
import type { Cipher } from '../../storage/store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'

interface Below {
  readonly cipher: Cipher
  readonly hasShares: boolean
}

/** Keys of namespaces below root, for all that share root's cipher. */
const KEYS = new WeakMap<Cipher, Map<string, Below>>()

/** Of one process. A namespace with shares is made sealed, and `unseal` opens it without them. */
export class TestKeys implements UnsealedKeys {
  readonly #root: Cipher
  readonly #below: Map<string, Below>
  readonly #unsealed = new Set<string>()
  #listener: KeysListener | undefined
  readonly epoch = 0
  /** Ids whose keys are lent, once for each loan. */
  readonly lent: string[] = []

  constructor(root: Cipher) {
    this.#root = root
    this.#below = KEYS.get(root) ?? new Map()
    KEYS.set(root, this.#below)
  }

  cipherFor(id: string): Cipher {
    if (id === 'root') return this.#root
    const below = this.#below.get(id)
    if (below === undefined) throw new EgideError('not_found', 'no such namespace')
    if (below.hasShares && !this.isUnsealed(id)) throw new EgideError('sealed', 'namespace is sealed')
    return below.cipher
  }

  async loadNamespace(id: string): Promise<Cipher> {
    const cipher = this.cipherFor(id)
    this.lent.push(id)
    return cipher
  }

  releaseNamespace(id: string): void {
    this.lent.splice(this.lent.indexOf(id), 1)
  }

  /** There are no records of them. */
  async problemOfRecord(): Promise<undefined> {
    return undefined
  }

  async createNamespace(id: string, sealing?: NamespaceSealing): Promise<readonly Buffer[]> {
    const hasShares = (sealing?.quorum ?? null) !== null
    this.#below.set(id, { cipher: testingCipher(), hasShares })
    if (hasShares) this.unseal(id)
    return []
  }

  async destroyNamespace(id: string): Promise<void> {
    this.#below.delete(id)
    await this.#listener?.onDropped([id])
  }

  unseal(id: string): void {
    this.#unsealed.add(id)
  }

  isUnsealed(id: string): boolean {
    return this.#unsealed.has(id)
  }

  hasUnsealed(): boolean {
    return this.#unsealed.size > 0
  }

  async forgetNamespace(id: string): Promise<void> {
    this.#unsealed.delete(id)
    await this.#listener?.onDropped([id])
  }

  holds(id: string, cipher: Cipher): boolean {
    if (id === 'root') return cipher === this.#root
    const below = this.#below.get(id)
    return below?.cipher === cipher && (!below.hasShares || this.isUnsealed(id))
  }

  listen(listener: KeysListener): void {
    this.#listener = listener
  }

  async dropped(): Promise<void> {}
}
