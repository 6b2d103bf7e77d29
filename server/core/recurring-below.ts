import type { Clock, Log, Random } from '../../engines/engine.ts'
import { json } from '../../storage/codec.ts'
import type { Store } from '../../storage/store.ts'
import type { LiveMount } from './mounts/router.ts'

/** Due when the recurring work of a namespace's engines is; in the namespace's store. */
export const PERIODIC_ROW = 'periodic/due'
/** Between two rounds. */
const EVERY_MS = 15 * 60_000

const codec = json<Readonly<Record<string, never>>>()

export interface RecurringBelowOptions {
  /** The namespace's view. */
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/**
 * When a namespace below root is to be woken for recurring work: a due row, so that one whose engines have none costs
 * nothing, and one that sleeps is found by the sweeper.
 */
export class RecurringBelow {
  readonly #options: RecurringBelowOptions
  #isPlanned = false

  constructor(options: RecurringBelowOptions) {
    this.#options = options
  }

  /** Plans the first round, if these mounts have any work. */
  begin(mounts: readonly LiveMount[]): void {
    if (this.#isPlanned || !recurs(mounts)) return
    this.#isPlanned = true
    this.#plan().catch((error: unknown) => {
      this.#isPlanned = false
      this.#options.log.warn({ err: error }, 'the recurring work of a namespace could not be planned')
    })
  }

  /** Anywhere within the time between two rounds, so that not all namespaces wake at once. */
  async #plan(): Promise<void> {
    const { store, clock, random } = this.#options
    const expiresAtMs = clock.now() + (random.bytes(4).readUInt32BE() % EVERY_MS)
    await store.transaction(async (tx) => {
      if ((await tx.get(PERIODIC_ROW, codec)) === undefined) tx.put(PERIODIC_ROW, {}, codec, { expiresAtMs })
    })
  }

  /** Before a round: the next one is later, or never if these mounts have no work any more. */
  async putOff(mounts: readonly LiveMount[]): Promise<void> {
    const { store, clock } = this.#options
    this.#isPlanned = recurs(mounts)
    await store.transaction(async (tx) => {
      if (!recurs(mounts)) tx.delete(PERIODIC_ROW)
      else tx.put(PERIODIC_ROW, {}, codec, { expiresAtMs: clock.now() + EVERY_MS })
    })
  }
}

const recurs = (mounts: readonly LiveMount[]): boolean => mounts.some(({ engine }) => engine.periodic !== undefined)
