import type { Clock, Log } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import { OutputError } from './outputs/output.ts'

/** While it fails: a line so often at most. */
const AGAIN_MS = 60_000
/** A device works again once nothing failed for so long: one that works and fails in turns is one that fails. */
const WELL_MS = 5000

export interface FailureLogOptions {
  /** Ends in '/'. */
  readonly path: string
  readonly required: boolean
  readonly log: Log
  readonly clock: Clock
}

/**
 * What the server's log tells of a device's failures: that they began, with the cause; once a minute that they go on, with
 * how many records were not taken since the last line; and that it works again.
 */
export class FailureLog {
  readonly #options: FailureLogOptions
  /** Undefined: it works. */
  #failing: { readonly sinceMs: number; lastMs: number; toldMs: number; records: number } | undefined
  /** Not taken since the last line. */
  #untold = 0

  constructor(options: FailureLogOptions) {
    this.#options = options
  }

  /** Records that the device does not take because of a failure that is told by `failed`. */
  refused(records: number): void {
    this.#untold += records
    if (this.#failing !== undefined) this.#failing.records += records
  }

  failed(error: unknown): void {
    const { path, required, log, clock } = this.#options
    const now = clock.now()
    const begins = this.#failing === undefined
    this.#failing ??= { sinceMs: now, lastMs: now, toldMs: now, records: this.#untold }
    this.#failing.lastMs = now
    if (!begins && now - this.#failing.toldMs < AGAIN_MS) return
    this.#failing.toldMs = now
    const records = this.#untold
    this.#untold = 0
    log.error(
      { device: path, required, records, ...causeOf(error) },
      `audit device is ${begins ? '' : 'still '}failing`,
    )
  }

  /** When a write succeeded. */
  worked(): void {
    const { path, log, clock } = this.#options
    if (this.#failing === undefined || clock.now() - this.#failing.lastMs < WELL_MS) return
    const { sinceMs, lastMs, records } = this.#failing
    this.#failing = undefined
    this.#untold = 0
    log.info({ device: path, records, seconds: Math.round((lastMs - sinceMs) / 1000) }, 'audit device works again')
  }
}

/** A sentence where one was written for whoever runs the server, by us or by the system; else what is known of the error. */
function causeOf(error: unknown): { readonly error: string } | { readonly err: unknown } {
  const isTold = error instanceof OutputError || error instanceof EgideError
  const isSystems = error instanceof Error && 'syscall' in error
  return isTold || isSystems ? { error: error.message } : { err: error }
}
