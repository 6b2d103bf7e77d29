import type { Log } from '../../engines/engine.ts'
import type { StartOutcome } from '../seal/manager.ts'

/** After the first failure, and at most; each failure doubles it. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000
/** How often an uninitialised vault is looked at: another node may initialise it. */
const UNINITIALISED_WAIT_MS = 5000

/** Unseals a server whose seal does that by itself, and tries again until it has. Once it has, whoever seals it means it. */
export class AutoUnseal {
  readonly #start: () => Promise<StartOutcome>
  readonly #log: Log
  #timer: NodeJS.Timeout | undefined
  #trying: Promise<void> = Promise.resolve()
  #failures = 0
  #stopped = false

  constructor(start: () => Promise<StartOutcome>, log: Log) {
    this.#start = start
    this.#log = log
  }

  /** Tries at once. Resolves when that is over, whatever came of it. */
  async begin(): Promise<void> {
    this.#trying = this.#try()
    await this.#trying
  }

  /** Waits for a try that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#trying
  }

  async #try(): Promise<void> {
    try {
      if ((await this.#start()) === 'not initialised') this.#again(UNINITIALISED_WAIT_MS)
    } catch (error) {
      const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures)
      this.#failures += 1
      this.#log.error({ err: error, retryInSeconds: waitMs / 1000 }, 'the vault stays sealed: could not unseal')
      this.#again(waitMs)
    }
  }

  #again(waitMs: number): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.begin(), waitMs)
    this.#timer.unref()
  }
}
