import { Barrier } from '../../crypto/barrier.ts'
import type { EncryptionCount } from '../../crypto/encryption-count.ts'
import type { Keyring } from '../../crypto/keyring.ts'
import type { RandomBytes } from '../../crypto/random.ts'
import type { Cipher } from '../../storage/store.ts'

/** The barrier of one namespace, as stores use it. */
export class NamespaceCipher extends Barrier implements Cipher {
  readonly #reload: () => Promise<void>

  constructor(keyring: Keyring, count: EncryptionCount, random: RandomBytes, reload: () => Promise<void>) {
    super(keyring, count, random)
    this.#reload = reload
  }

  reload(): Promise<void> {
    return this.#reload()
  }
}
