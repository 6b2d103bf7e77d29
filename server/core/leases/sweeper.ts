import type { Log } from '../../../engines/engine.ts'
import type { Backend } from '../../../storage/backend.ts'
import type { DueOwner } from './due-rows.ts'
import type { Pace } from './pace.ts'

/** Rows asked for at once. */
const PAGE = 1_000
/** Rows seen to in one sweep, so that one sweep ends. */
const SWEEP_MAX = 20_000
const FIRST_RETRY_MS = 10_000
const RETRY_MAX_MS = 3600_000
/** Rows remembered as failing. Beyond this the oldest are tried again early. */
const FAILING_MAX = 5_000

export interface SweeperOptions {
  readonly backend: Backend
  /** Sees to rows by their full paths in the backend, whichever namespace they are of. */
  readonly owner: DueOwner
  readonly log: Log
  readonly pace: Pace
  /** Asked for each page of rows: whether this node is the one to see to them. Default: it is. */
  readonly mayRun?: (() => Promise<boolean>) | undefined
}

export interface Swept {
  readonly settled: number
  readonly failed: number
  /** More is due: sweep again soon. */
  readonly hasMore: boolean
}

interface Failing {
  readonly failures: number
  readonly retryAtMs: number
}

/**
 * Ends what is over: tokens, leases, and work that a crash left unfinished. Any number of nodes may sweep at one time,
 * since each row is settled by transactions of its own; one alone spares them meeting. A row that fails waits, longer each time, and holds up no other.
 */
export class Sweeper {
  readonly #options: SweeperOptions
  readonly #failing = new Map<string, Failing>()

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  async sweep(nowMs: number): Promise<Swept> {
    const { backend, owner, mayRun } = this.#options
    await owner.refresh()
    const seen = new Set<string>()
    let failed = 0
    for (;;) {
      // What fails stays due and comes first, so that much more is asked for.
      const limit = Math.min(10_000, PAGE + this.#failing.size)
      const due = await backend.due(nowMs, limit)
      const fresh = due.filter((path) => !seen.has(path) && !this.#isWaiting(path, nowMs))
      if (fresh.length > 0 && mayRun !== undefined && !(await mayRun()))
        return { settled: seen.size - failed, failed, hasMore: false }
      for (const path of fresh) seen.add(path)
      failed += await this.#settleAll(fresh, nowMs)
      const isDone = due.length < limit || fresh.length === 0
      if (isDone || seen.size >= SWEEP_MAX) return { settled: seen.size - failed, failed, hasMore: !isDone }
    }
  }

  #isWaiting(path: string, nowMs: number): boolean {
    return (this.#failing.get(path)?.retryAtMs ?? 0) > nowMs
  }

  /** Resolves with how many failed. */
  async #settleAll(rows: readonly string[], nowMs: number): Promise<number> {
    let failed = 0
    await this.#options.pace.run(rows, async (row) => {
      if (!(await this.#settle(row, nowMs))) failed++
    })
    return failed
  }

  async #settle(path: string, nowMs: number): Promise<boolean> {
    try {
      await this.#options.owner.settle(path)
      this.#failing.delete(path)
      return true
    } catch (error) {
      const { failures, retryAtMs } = this.#putOff(path, nowMs)
      this.#options.log.warn({ row: path, failures, retryAtMs, err: error }, 'a due row could not be seen to')
      return false
    }
  }

  #putOff(path: string, nowMs: number): Failing {
    const failures = (this.#failing.get(path)?.failures ?? 0) + 1
    const waitMs = Math.min(RETRY_MAX_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20))
    const failing = { failures, retryAtMs: nowMs + waitMs }
    this.#failing.delete(path)
    this.#failing.set(path, failing)
    if (this.#failing.size > FAILING_MAX) {
      const [oldest] = this.#failing.keys()
      if (oldest !== undefined) this.#failing.delete(oldest)
    }
    return failing
  }
}
