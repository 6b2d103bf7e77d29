import { Barrier } from '../../../crypto/barrier.ts'
import type { EncryptionCount } from '../../../crypto/encryption-count.ts'
import type { Keyring } from '../../../crypto/keyring.ts'
import type { RandomBytes } from '../../../crypto/random.ts'
import type { ReadCheck } from '../../../storage/backend.ts'
import type { Cipher } from '../../../storage/store.ts'

/** Where the keys come from. */
export interface KeySource {
  readonly fence: ReadCheck
  reload(): Promise<void>
  catchUp(): Promise<void> | undefined
}

/** The barrier of one namespace, as stores use it. */
export class NamespaceCipher extends Barrier implements Cipher {
  readonly #source: KeySource

  constructor(keyring: Keyring, count: EncryptionCount, random: RandomBytes, source: KeySource) {
    super(keyring, count, random)
    this.#source = source
  }

  get fence(): ReadCheck {
    return this.#source.fence
  }

  reload(): Promise<void> {
    return this.#source.reload()
  }

  catchUp(): Promise<void> | undefined {
    return this.#source.catchUp()
  }
}
