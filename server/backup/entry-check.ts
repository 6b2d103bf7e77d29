import { DecryptFailed, KeysReleased, TermUnknown } from '../../crypto/errors.ts'
import { EgideError } from '../../engines/errors.ts'
import type { Entry } from '../../storage/backend.ts'
import { unpack } from '../../storage/envelope.ts'
import type { Cipher, Store } from '../../storage/store.ts'
import { departureCodec, namespaceRows } from '../core/namespaces/record.ts'
import { ROOT_NAMESPACE_ID, type UnsealedKeys } from '../seal/lifecycle.ts'

export type CheckKeys = Pick<UnsealedKeys, 'cipherFor' | 'loadNamespace' | 'releaseNamespace' | 'problemOfRecord'>

const NAMESPACE = /^ns\/([^/]+)\//
/** The seal's own entries: what opens the vault, and is opened by that. */
const SEAL = 'core/'

/** Opens entries, and forgets what is in them. */
export class EntryCheck {
  readonly #keys: CheckKeys
  readonly #root: Pick<Store, 'get'>
  /** Whose keys are held for it: entries come in the order of their paths. */
  #namespace: string | undefined
  /** The last one that was found to be sealed. */
  #sealed: string | undefined
  checked = 0
  damaged = 0
  /** Of those that were checked: entries of namespaces that are sealed, of which nobody can say whether they would open. */
  sealed = 0

  /** `root`: the root namespace's view, which knows of namespaces that are being removed. */
  constructor(keys: CheckKeys, root: Pick<Store, 'get'>) {
    this.#keys = keys
    this.#root = root
  }

  /** Why the entry does not open; undefined: it does. Throws what is no matter of the entry, such as a vault that was sealed. */
  async problemOf(entry: Entry): Promise<string | undefined> {
    this.checked++
    const isOfSeal = entry.path.startsWith(SEAL)
    const problem = await (isOfSeal ? this.#keys.problemOfRecord(entry) : this.#problemOf(entry))
    if (problem !== undefined) this.damaged++
    return problem
  }

  async #problemOf({ path, value, expiresAtMs }: Entry): Promise<string | undefined> {
    const id = NAMESPACE.exec(path)?.[1]
    if (id === undefined) return 'it belongs to no namespace'
    if (id === this.#sealed) return this.#skip(id)
    try {
      const cipher = await this.#cipherOf(id)
      const opened = await openWith(cipher, path, value)
      const envelope = unpack(opened)
      opened.fill(0)
      return envelope.expiresAtMs === expiresAtMs ? undefined : 'its expiry is not the one that was sealed with it'
    } catch (error) {
      if (error instanceof DecryptFailed) return 'it does not decrypt'
      if (error instanceof EgideError && error.code === 'not_found') return this.#problemWithoutKeys(id)
      if (!(error instanceof EgideError && error.code === 'sealed') && !(error instanceof KeysReleased)) throw error
      this.#keys.cipherFor(ROOT_NAMESPACE_ID) // throws when it is the vault that was sealed
      return this.#skip(id)
    }
  }

  #skip(id: string): undefined {
    this.#sealed = id
    this.sealed++
  }

  /** A deleted namespace's keys go first, its rows later. */
  async #problemWithoutKeys(id: string): Promise<string | undefined> {
    const departure = await this.#root.get(namespaceRows.departure(id), departureCodec)
    return departure === undefined ? 'its namespace has no keys' : undefined
  }

  async #cipherOf(id: string): Promise<Cipher> {
    if (id === this.#namespace) return this.#keys.cipherFor(id)
    this.end()
    const cipher = await this.#keys.loadNamespace(id)
    this.#namespace = id
    return cipher
  }

  /** Gives back the keys that it holds. */
  end(): void {
    if (this.#namespace !== undefined) this.#keys.releaseNamespace(this.#namespace)
    this.#namespace = undefined
  }
}

/** Another process may have made the key meanwhile. */
async function openWith(cipher: Cipher, path: string, value: Uint8Array): Promise<Buffer> {
  try {
    return cipher.open(path, value)
  } catch (error) {
    if (!(error instanceof TermUnknown)) throw error
    await cipher.reload?.()
    return cipher.open(path, value)
  }
}
