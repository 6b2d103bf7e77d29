import { domain } from './aead.ts'
import type { EncryptionCount } from './encryption-count.ts'
import { KeysReleased } from './errors.ts'
import type { Keyring } from './keyring.ts'
import type { RandomBytes } from './random.ts'

const VALUES = domain('egide/value')

/**
 * Seals the values of one namespace: nothing reaches a backend but through here. Its keyring is replaced whole when a
 * term is added, and let go when the vault is sealed or the namespace destroyed.
 */
export class Barrier {
  #keyring: Keyring | undefined
  readonly #count: EncryptionCount
  readonly #random: RandomBytes

  constructor(keyring: Keyring, count: EncryptionCount, random: RandomBytes) {
    this.#keyring = keyring
    this.#count = count
    this.#random = random
  }

  /** `path` is the full backend path; the sealed bytes open at no other. Throws KeysReleased. */
  seal(path: string, plaintext: Uint8Array): Buffer {
    const keyring = this.#held()
    this.#count.add()
    return keyring.encrypt(VALUES, path, plaintext, this.#random)
  }

  /** Throws DecryptFailed, always the same (TermUnknown is one), or KeysReleased. */
  open(path: string, sealed: Uint8Array): Buffer {
    return this.#held().decrypt(VALUES, path, sealed)
  }

  replace(keyring: Keyring): void {
    if (this.#keyring !== undefined) this.#keyring = keyring
  }

  release(): void {
    this.#keyring = undefined
  }

  #held(): Keyring {
    if (this.#keyring === undefined) throw new KeysReleased()
    return this.#keyring
  }
}
