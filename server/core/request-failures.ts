import type { Log } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'

/** While requests fail for the same reason, a line so often at most. */
const AGAIN_MS = 60_000
/** Of reasons, which are sentences of this server, few are met at one time. */
const REASONS_MAX = 32

export interface RequestFailuresOptions {
  readonly log: Log
  /** Milliseconds that never jump. */
  readonly monotonicMs: () => number
}

/**
 * What the server's log tells of requests that failed, and their callers are not told. While storage is away each request
 * fails for that: it is told with the first one, then once a minute with how many more there were.
 */
export class RequestFailures {
  readonly #options: RequestFailuresOptions
  readonly #away = new Map<string, { toldMs: number; untold: number }>()

  constructor(options: RequestFailuresOptions) {
    this.#options = options
  }

  /** Logs what the caller of a request must not be told of its error; returns what it is told. */
  told(error: unknown, requestId: string, path: string): EgideError {
    const { log } = this.#options
    if (error instanceof EgideError) {
      if (error.cause !== undefined) this.#warn(error, requestId)
      return error
    }
    // What an unknown error says may hold a secret: it stays in our log.
    log.error({ requestId, path, err: error }, 'a request failed unexpectedly')
    return new EgideError('internal', 'internal error')
  }

  #warn({ code, message, cause }: EgideError, requestId: string): void {
    const { log } = this.#options
    // Others, such as of an entry that was tampered with, are of one request each.
    const more = code === 'unavailable' ? this.#untoldOf(message) : 0
    if (more === undefined) return
    log.warn({ requestId, ...(more > 0 && { more }), err: cause }, message)
  }

  /** How many failed so since the last line; undefined: there was one within the minute. */
  #untoldOf(message: string): number | undefined {
    const nowMs = this.#options.monotonicMs()
    const known = this.#away.get(message)
    if (known !== undefined && nowMs - known.toldMs < AGAIN_MS) {
      known.untold++
      return undefined
    }
    if (known === undefined && this.#away.size >= REASONS_MAX) this.#away.clear()
    this.#away.set(message, { toldMs: nowMs, untold: 0 })
    return known?.untold ?? 0
  }
}
