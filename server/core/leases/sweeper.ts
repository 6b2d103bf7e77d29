import { setImmediate as turn } from 'node:timers/promises'
import type { Log } from '../../../engines/engine.ts'
import type { Backend, DuePosition } from '../../../storage/backend.ts'
import type { DueOwner } from './due-rows.ts'
import type { Pace } from './pace.ts'

/** Rows asked for at once. */
const PAGE = 1_000
/** A walk goes on later once it has tried so many rows, found so many that fail, or passed over so many. */
const TRIED_MAX = 20_000
const FAILED_MAX = 1_000
const PASSED_MAX = 10_000
const FIRST_RETRY_MS = 10_000
const RETRY_MAX_MS = 3600_000
/** Rows remembered as failing. More of them are tried again each time their turn comes. */
const FAILING_MAX = 20_000
/** Failing rows that a sweep logs one by one; the others it counts. */
const LOGGED_MAX = 20

/** Whose rows are due, in all namespaces. */
export interface SweptOwner extends DueOwner {
  /** Takes up what other processes did. */
  refresh(): Promise<void>
  /**
   * Which of these due rows this process is to see to now. The others are passed over: another process sees to them, or
   * nobody can while their namespace is sealed. Undefined: others see to all that is due, whatever it is.
   */
  mine(paths: readonly string[]): Promise<readonly string[] | undefined>
}

export interface SweeperOptions {
  readonly backend: Backend
  /** Sees to rows by their full paths in the backend. */
  readonly owner: SweptOwner
  readonly log: Log
  readonly pace: Pace
}

export interface Swept {
  readonly settled: number
  readonly failed: number
  /** More may be due: sweep again soon. */
  readonly hasMore: boolean
}

interface Failing {
  readonly failures: number
  readonly retryAtMs: number
}

/** Rows that a walk met. */
interface Met {
  tried: number
  failed: number
  passed: number
}

/**
 * Ends what is over: tokens, leases, and work that a crash left unfinished. Any number of nodes may sweep at one time,
 * since each row is settled by transactions of its own; one alone spares them meeting. A row that fails waits, longer each time.
 *
 * Sweeps go round what is due, each on from where the one before stopped, so that each row gets its turn whatever stands
 * before it and stays. While a round takes several of them, each sweep also sees to what has become due since.
 */
export class Sweeper {
  readonly #options: SweeperOptions
  readonly #failing = new Map<string, Failing>()
  /** Where the round goes on. Undefined: a new one begins. */
  #round: DuePosition | undefined
  #roundSinceMs = 0
  /** Up to where rows that became due during the round were seen. */
  #front: DuePosition | undefined

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  async sweep(nowMs: number): Promise<Swept> {
    await this.#options.owner.refresh()
    const met: Met = { tried: 0, failed: 0, passed: 0 }
    if (this.#round === undefined) this.#roundSinceMs = nowMs
    this.#round = await this.#walk(this.#round, nowMs, met)
    if (this.#round === undefined) this.#endRound()
    else await this.#walkFront(nowMs, met)
    if (met.failed > LOGGED_MAX)
      this.#options.log.warn({ failed: met.failed - LOGGED_MAX }, 'more due rows could not be seen to')
    return { settled: met.tried - met.failed, failed: met.failed, hasMore: this.#round !== undefined }
  }

  /** What was to be tried again in the round and did not come is gone. */
  #endRound(): void {
    this.#front = undefined
    for (const [path, { retryAtMs }] of this.#failing) if (retryAtMs <= this.#roundSinceMs) this.#failing.delete(path)
  }

  async #walkFront(nowMs: number, met: Met): Promise<void> {
    const next = { expiresAtMs: nowMs + 1, path: '' }
    this.#front = this.#front === undefined ? next : ((await this.#walk(this.#front, nowMs, met)) ?? next)
  }

  /** Sees to what is due behind `after`. Resolves with where to go on; undefined: it came to the end. */
  async #walk(after: DuePosition | undefined, nowMs: number, met: Met): Promise<DuePosition | undefined> {
    const before = { ...met }
    for (let at = after; ; await turn()) {
      const due = await this.#options.backend.due(nowMs, PAGE, at)
      const ready = due.filter(({ path }) => !this.#isWaiting(path, nowMs)).map(({ path }) => path)
      const mine = ready.length === 0 ? ready : await this.#options.owner.mine(ready)
      if (mine === undefined) return undefined
      met.tried += mine.length
      met.passed += due.length - mine.length
      await this.#settleAll(mine, due, nowMs, met)
      if (due.length < PAGE) return undefined
      at = due[due.length - 1]
      const isEnough =
        met.tried - before.tried >= TRIED_MAX ||
        met.failed - before.failed >= FAILED_MAX ||
        met.passed - before.passed >= PASSED_MAX
      if (isEnough) return at
    }
  }

  #isWaiting(path: string, nowMs: number): boolean {
    return (this.#failing.get(path)?.retryAtMs ?? 0) > nowMs
  }

  #settleAll(rows: readonly string[], due: readonly DuePosition[], nowMs: number, met: Met): Promise<void> {
    // Those that stay due, and lie before the others, are late whatever the pace is.
    const dueMs = due[due.length - 1]?.expiresAtMs ?? nowMs
    return this.#options.pace.run(rows, dueMs, async (row) => {
      try {
        await this.#options.owner.settle(row)
        this.#failing.delete(row)
      } catch (error) {
        const { failures, retryAtMs } = this.#putOff(row, nowMs)
        if (++met.failed <= LOGGED_MAX)
          this.#options.log.warn({ row, failures, retryAtMs, err: error }, 'a due row could not be seen to')
      }
    })
  }

  #putOff(path: string, nowMs: number): Failing {
    const known = this.#failing.get(path)
    const failures = (known?.failures ?? 0) + 1
    const waitMs = Math.min(RETRY_MAX_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20))
    const failing = { failures, retryAtMs: nowMs + waitMs }
    if (known !== undefined || this.#failing.size < FAILING_MAX) this.#failing.set(path, failing)
    return failing
  }
}
