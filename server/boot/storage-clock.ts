import type { Clock, Log } from '../../engines/engine.ts'
import type { Backend } from '../../storage/backend.ts'

/** Clocks that agree within so much are in step. */
const IN_STEP_MS = 5_000
/**
 * A process whose clock is so far ahead of the storage's does no recurring work: it would end tokens, leases and keys of
 * all, for good, long before their time. One that is behind ends them late, which harms nobody.
 */
const AHEAD_MAX_MS = 60_000

export interface StorageClockOptions {
  readonly backend: Pick<Backend, 'nowMs'>
  readonly clock: Clock
  /** Milliseconds that no change of the clock makes longer or shorter. */
  readonly monotonicMs: () => number
  readonly log: Log
}

type Standing = 'in step' | 'off' | 'far ahead'

/** Compares this process's clock with that of a storage that several share, which is the one clock that all of them see. */
export class StorageClock {
  readonly #options: StorageClockOptions
  #aheadMs: number | undefined
  #standing: Standing = 'in step'

  constructor(options: StorageClockOptions) {
    this.#options = options
  }

  /** How far the clock is ahead; negative: behind. Undefined: the storage has no clock of its own, or has not told it yet. */
  get aheadMs(): number | undefined {
    return this.#aheadMs
  }

  get mayDoRecurringWork(): boolean {
    return this.#standing !== 'far ahead'
  }

  /** Never rejects: while the storage can't be asked, the last answer stands. */
  async compare(): Promise<void> {
    const { backend, clock, monotonicMs, log } = this.#options
    if (backend.nowMs === undefined) return
    try {
      const askedMs = monotonicMs()
      const storageMs = await backend.nowMs()
      const tookMs = monotonicMs() - askedMs
      // The storage looked at its clock at some moment in between.
      this.#aheadMs = Math.round(clock.now() - tookMs / 2 - storageMs)
      this.#take(Math.max(0, Math.abs(this.#aheadMs) - tookMs / 2) * Math.sign(this.#aheadMs))
    } catch (error) {
      log.debug({ err: error }, 'the clock of the storage could not be read')
    }
  }

  /** `certainMs`: of the difference, what the time that the question took does not explain. */
  #take(certainMs: number): void {
    const before = this.#standing
    this.#standing = certainMs > AHEAD_MAX_MS ? 'far ahead' : Math.abs(certainMs) > IN_STEP_MS ? 'off' : 'in step'
    if (this.#standing !== before) this.#tell()
  }

  #tell(): void {
    const { log } = this.#options
    const clock = { aheadSeconds: (this.#aheadMs ?? 0) / 1000 }
    if (this.#standing === 'in step') log.info(clock, 'the clock of this server agrees with that of the database again')
    else if (this.#standing === 'off') log.warn(clock, 'the clock of this server and that of the database differ')
    else
      log.error(
        clock,
        'the clock of this server is far ahead of that of the database: it leaves expiry, rotation and tidying to others',
      )
  }
}
