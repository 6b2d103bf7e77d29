import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../../engines/engine.ts'
import type { Revision } from '../../../storage/backend.ts'
import { json } from '../../../storage/codec.ts'
import type { Store } from '../../../storage/store.ts'
import type { UnsealedKeys } from '../../seal/lifecycle.ts'
import { Serial } from '../../serial.ts'

/** One row for each process that took shares of a namespace's own. */
export const KEY_HOLDERS = 'key-holders/'
/** How often a process says that it is still there. */
const ECHO_MS = 10_000
/** The row of a process that said nothing for so long is due, and swept. */
const GONE_MS = 45_000
/** How often, and how many times, the others are looked at: five seconds. */
const LOOK_MS = 50
const LOOKS = 100

interface HolderRow {
  /** The change of keys up to which the process has forgotten what was sealed; 0: it has yet to say. */
  readonly upTo: Revision
}

const codec = json<HolderRow>()

export interface KeyHoldersOptions {
  /** Root's. */
  readonly store: Store
  readonly clock: Clock
  /** This process among those that share the storage. */
  readonly process: string
  readonly keys: Pick<UnsealedKeys, 'epoch' | 'dropped'>
}

/**
 * The processes that may hold keys that shares of a namespace's own opened, so that whoever seals one can wait until all
 * of them have forgotten these. None of them answers anything in the namespace from the moment that it is sealed; this is
 * about what lies in their memory. A process on which no such namespace was ever unsealed has nothing to do with it.
 */
export class KeyHolders {
  readonly #options: KeyHoldersOptions
  readonly #path: string
  /** What was written last. */
  #written: { readonly upTo: Revision; readonly atMs: number } | undefined
  #isCleared = false
  readonly #serial = new Serial()

  constructor(options: KeyHoldersOptions) {
    this.#options = options
    this.#path = KEY_HOLDERS + encodeURIComponent(options.process)
  }

  /** To be called before keys are taken: who seals after this has resolved waits for this process. */
  announce(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#written === undefined) await this.#write(0)
    })
  }

  /** Takes up what others sealed, and says so. For every fraction of a second; does nothing where nothing was announced. */
  echo(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#written === undefined) return this.#clear()
      const { store, clock, keys } = this.#options
      await store.refresh()
      const upTo = keys.epoch
      await keys.dropped()
      const { upTo: saidUpTo, atMs } = this.#written
      if (upTo !== saidUpTo || Math.abs(clock.now() - atMs) >= ECHO_MS) await this.#write(upTo)
    })
  }

  /** Says that this process is going. */
  leave(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#written === undefined) return
      await this.#options.store.transaction(async (tx) => tx.delete(this.#path))
      this.#written = undefined
    })
  }

  /**
   * Resolves when every other process has forgotten what was sealed up to now, as this one knows it: with none, or after
   * five seconds with those that have not said so.
   */
  async late(): Promise<readonly string[]> {
    const upTo = this.#options.keys.epoch
    for (let look = 1; ; look++) {
      const late = await this.#behind(upTo)
      if (late.length === 0 || look === LOOKS) return late
      await sleep(LOOK_MS)
    }
  }

  async #behind(upTo: Revision): Promise<readonly string[]> {
    const { store } = this.#options
    await store.refresh()
    const names = (await store.list(KEY_HOLDERS)).filter((name) => KEY_HOLDERS + name !== this.#path)
    const rows = await Promise.all(names.map((name) => store.get(KEY_HOLDERS + name, codec)))
    return names.filter((_, at) => (rows[at]?.upTo ?? upTo) < upTo).map(decodeURIComponent)
  }

  /** Of a process of this name that ended without a word. */
  async #clear(): Promise<void> {
    if (this.#isCleared) return
    await this.#options.store.transaction(async (tx) => {
      if ((await tx.get(this.#path, codec)) !== undefined) tx.delete(this.#path)
    })
    this.#isCleared = true
  }

  async #write(upTo: Revision): Promise<void> {
    const { store, clock } = this.#options
    const atMs = clock.now()
    await store.transaction(async (tx) => tx.put(this.#path, { upTo }, codec, { expiresAtMs: atMs + GONE_MS }))
    this.#written = { upTo, atMs }
  }
}
