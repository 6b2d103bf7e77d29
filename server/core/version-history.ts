import type { Clock } from '../../engines/engine.ts'
import type { InstalledVersion } from '../../engines/system/services/operations.ts'
import { json } from '../../storage/codec.ts'
import type { Store } from '../../storage/store.ts'

const codec = json<InstalledVersion>()

/** Which versions have opened this vault, and when each did first. */
export class VersionHistory {
  readonly #store: Store
  readonly #clock: Clock

  /** `store` is a view of the history's own. */
  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** At unseal. A version that is known already changes nothing. */
  async record(version: string, buildDate: string): Promise<void> {
    await this.#store.transaction(async (tx) => {
      if ((await tx.get(version, codec)) !== undefined) return
      tx.put(version, { version, firstSeenMs: this.#clock.now(), buildDate }, codec)
    })
  }

  /** Oldest first. */
  async list(): Promise<InstalledVersion[]> {
    const found: InstalledVersion[] = []
    for (const name of await this.#store.list('')) {
      const entry = await this.#store.get(name, codec)
      if (entry !== undefined) found.push(entry)
    }
    return found.sort((a, b) => a.firstSeenMs - b.firstSeenMs)
  }
}
