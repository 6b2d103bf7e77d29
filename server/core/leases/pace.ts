/** Under way at one time, at most. */
const WINDOW_MAX = 32
/** Begun in one turn of the event loop: what came meanwhile is served before more begin. */
const A_TURN = 4
/** While it is busy one is under way at least, and one more for each time so long that the work is late. */
const LATE_MS = 30_000
/** What takes longer waits for something, and takes nothing from requests: others begin in its place. */
const WAITING_MS = 1_000
/** A turn that takes longer has requests waiting for their turn. */
const LONG_TURN_MS = 5
/** A commit that takes longer has requests waiting for the disk or the database. */
const SLOW_COMMIT_MS = 25

export interface PaceOptions {
  /** Milliseconds, from whenever. */
  readonly now: () => number
  /** How long the last commit took, in milliseconds. */
  readonly commitMs: () => number
  /** Whether requests are being worked on now. */
  readonly isServing: () => boolean
  /** Runs it when the event loop comes round. Default: setImmediate. */
  readonly nextTurn?: (run: () => void) => void
  /** Runs it once so many milliseconds have passed, unless what it gives back is called before. Default: setTimeout. */
  readonly after?: (ms: number, run: () => void) => () => void
}

function afterTimeout(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms).unref()
  return () => clearTimeout(timer)
}

/**
 * How much background work may be under way beside requests, which come first. It begins a few at a time, so that a turn of
 * the event loop never holds up a request for long; and while requests are served, or the loop or the storage is busy, less of
 * it is under way at one time, down to one. That is more again the longer it is late, so that it keeps up with a server that is
 * never idle. What the work itself waits for, such as a service that is slow, is no reason.
 */
export class Pace {
  readonly #now: () => number
  readonly #commitMs: () => number
  readonly #isServing: () => boolean
  readonly #nextTurn: (run: () => void) => void
  readonly #after: (ms: number, run: () => void) => () => void
  readonly #waiting: (() => void)[] = []
  #window = WINDOW_MAX
  #dueMs = Number.POSITIVE_INFINITY
  #underWay = 0
  #isScheduled = false

  constructor({ now, commitMs, isServing, nextTurn = setImmediate, after = afterTimeout }: PaceOptions) {
    this.#now = now
    this.#commitMs = commitMs
    this.#isServing = isServing
    this.#nextTurn = nextTurn
    this.#after = after
  }

  /** How much may be under way at one time now. */
  get window(): number {
    return Math.floor(this.#window)
  }

  /**
   * Does all of it, in order but side by side as far as the pace allows. `work` must not reject. `dueMs`, by the clock of
   * `now`, is when it was to be done.
   */
  async run<T>(items: readonly T[], dueMs: number, work: (item: T) => Promise<void>): Promise<void> {
    this.#dueMs = dueMs
    let next = 0
    const lane = async (): Promise<void> => {
      for (let at = next++; at < items.length; at = next++) {
        await this.#begin()
        const end = this.#counted()
        await work(items[at] as T)
        end()
      }
    }
    await Promise.all(Array.from({ length: Math.min(WINDOW_MAX, items.length) }, lane))
  }

  #begin(): Promise<void> {
    return new Promise((begin) => {
      this.#waiting.push(begin)
      this.#schedule()
    })
  }

  /** One that is under way, until what this gives back is called or it has taken so long that it must be waiting. */
  #counted(): () => void {
    let isCounted = true
    const end = (): void => {
      if (isCounted) this.#end()
      isCounted = false
    }
    const stop = this.#after(WAITING_MS, end)
    return () => {
      stop()
      end()
    }
  }

  #end(): void {
    this.#underWay--
    this.#adapt(this.#commitMs() > SLOW_COMMIT_MS)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0 || this.#underWay >= this.window) return
    this.#isScheduled = true
    const askedMs = this.#now()
    this.#nextTurn(() => {
      this.#isScheduled = false
      this.#turn(this.#now() - askedMs)
    })
  }

  #turn(tookMs: number): void {
    const isBusy = tookMs > LONG_TURN_MS || this.#isServing()
    if (isBusy) this.#adapt(true)
    const free = Math.min(this.window - this.#underWay, isBusy ? 1 : A_TURN)
    for (const begin of this.#waiting.splice(0, Math.max(0, free))) {
      this.#underWay++
      begin()
    }
    this.#schedule()
  }

  /** Down at once, and up slowly. */
  #adapt(isSlow: boolean): void {
    const least = Math.min(WINDOW_MAX, 1 + Math.max(0, this.#now() - this.#dueMs) / LATE_MS)
    this.#window = isSlow ? Math.max(least, this.#window * 0.75) : Math.min(WINDOW_MAX, this.#window + 1 / 8)
  }
}
