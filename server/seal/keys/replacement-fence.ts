import { VaultReplaced } from '../../../engines/errors.ts'
import type { ReadCheck, Revision } from '../../../storage/backend.ts'
import { SEAL_PATHS } from '../paths.ts'
import type { KeyStorage, Seen } from './key-storage.ts'

/** Between the keys of a vault and a snapshot that was put in the place of everything in storage since they were loaded. */
export class ReplacementFence {
  /** Holds until then: what was sealed by these keys must not be written after that. */
  readonly check: ReadCheck
  readonly #storage: KeyStorage
  readonly #onReplaced: () => void

  /** `restored`: what the keys were loaded with. */
  constructor(storage: KeyStorage, restored: Revision, onReplaced: () => void) {
    this.check = { path: SEAL_PATHS.restored, revision: restored }
    this.#storage = storage
    this.#onReplaced = onReplaced
  }

  async isPassed(): Promise<boolean> {
    return this.#isPassedBy((await this.#storage.get([SEAL_PATHS.restored])).get(SEAL_PATHS.restored)?.revision)
  }

  /** Throws when what was read is of another vault than the keys. */
  requireHeld(seen: Seen): void {
    this.require(seen.get(SEAL_PATHS.restored)?.revision)
  }

  require(restored: Revision | undefined): void {
    if (this.#isPassedBy(restored)) throw this.passed()
  }

  passed(): VaultReplaced {
    this.#onReplaced()
    return new VaultReplaced()
  }

  #isPassedBy(restored: Revision | undefined): boolean {
    return (restored ?? 0) !== this.check.revision
  }
}
