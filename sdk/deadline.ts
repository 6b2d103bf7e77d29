import { TransportError } from './errors.ts'

/** For a body that takes as long as it takes: the server says sooner when nothing comes of it. */
export const UPLOAD_MAX_MS = 24 * 60 * 60_000

/**
 * A signal for one try: aborts when the caller's does, or when the time is over. `end` must be called, so that a caller's
 * signal that lives long does not gather listeners.
 */
export class Deadline {
  readonly signal: AbortSignal
  readonly #ms: number
  readonly #caller: AbortSignal | undefined
  readonly #timer: NodeJS.Timeout
  readonly #abort: () => void

  constructor(ms: number, caller: AbortSignal | undefined) {
    const controller = new AbortController()
    this.signal = controller.signal
    this.#ms = ms
    this.#caller = caller
    this.#abort = () => controller.abort()
    this.#timer = setTimeout(this.#abort, ms)
    if (caller?.aborted) controller.abort()
    else caller?.addEventListener('abort', this.#abort, { once: true })
  }

  /** There is time for all that follows: only the caller ends it now. */
  relax(): void {
    clearTimeout(this.#timer)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#caller?.removeEventListener('abort', this.#abort)
  }

  /** What a try that was ended by the signal failed of: the caller's own reason, or the time. */
  reason(place: string): unknown {
    if (this.#caller?.aborted) return this.#caller.reason
    return new TransportError('timeout', `no answer from ${place} within ${this.#ms} ms`)
  }
}
