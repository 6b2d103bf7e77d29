import type { Store } from '../../../storage/store.ts'
import type { Key } from './key.ts'
import { Keyring } from './keyring.ts'

/**
 * The keys that are ready for use, by their documents. Documents are never changed, so what was made of one holds as long
 * as it does. A mount may bound how many there are: making one again costs up to a millisecond.
 */
class ReadyKeys {
  #limit = 0
  readonly #all = new WeakMap<Key, Keyring>()
  /** In order of use, where there is a limit. */
  readonly #used = new Set<Key>()

  /** 0: as many as there are documents at hand. */
  set limit(limit: number) {
    this.#limit = limit
    if (limit === 0) this.#used.clear()
    this.#drop()
  }

  of(key: Key): Keyring {
    const known = this.#all.get(key)
    const keyring = known ?? new Keyring(key)
    if (known === undefined) this.#all.set(key, keyring)
    if (this.#limit > 0) {
      this.#used.delete(key)
      this.#used.add(key)
      this.#drop()
    }
    return keyring
  }

  #drop(): void {
    for (const oldest of this.#used) {
      if (this.#used.size <= this.#limit) return
      this.#used.delete(oldest)
      this.#all.delete(oldest)
    }
  }
}

const mounts = new WeakMap<Store, ReadyKeys>()

function readyKeys(store: Store): ReadyKeys {
  const known = mounts.get(store)
  if (known !== undefined) return known
  const made = new ReadyKeys()
  mounts.set(store, made)
  return made
}

export function keyringOf(store: Store, key: Key): Keyring {
  return readyKeys(store).of(key)
}

export function limitKeyrings(store: Store, limit: number): void {
  readyKeys(store).limit = limit
}
