import { type Clock, sleep, systemClock } from './clock.ts'
import { ApiError, TransportError } from './errors.ts'

export interface RetrySettings {
  /** Tries after the first. Default 2; 0 tries once. */
  readonly maxRetries?: number
  /** The first wait is random below this, and the bound doubles with each try. Default 250. */
  readonly firstWaitMs?: number
  /** The longest wait. A server that asks for a longer one is not tried again. Default 10 000. */
  readonly maxWaitMs?: number
}

export interface Retries extends Required<RetrySettings> {
  readonly clock: Pick<Clock, 'random'>
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export function retriesOf(settings: RetrySettings = {}, more: Partial<Pick<Retries, 'clock' | 'sleep'>> = {}): Retries {
  return {
    maxRetries: settings.maxRetries ?? 2,
    firstWaitMs: settings.firstWaitMs ?? 250,
    maxWaitMs: settings.maxWaitMs ?? 10_000,
    clock: more.clock ?? systemClock,
    sleep: more.sleep ?? sleep,
  }
}

/**
 * Calls `attempt` until it succeeds, fails in a way that trying again does not mend, or has been tried enough. What is not
 * safe to repeat is tried once: after a lost answer nobody knows whether it was done. Rejects with the last error, or with
 * the signal's reason.
 */
export async function retrying<T>(
  retries: Retries,
  isSafe: boolean,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt()
    } catch (error) {
      if (!isSafe || tried > retries.maxRetries || signal?.aborted || !mayPass(error)) throw error
      const wait = waitBefore(retries, tried, error)
      if (wait === undefined) throw error
      await retries.sleep(wait, signal)
    }
  }
}

/** Whether it is likely to pass by itself: too many requests, a server that cannot serve now, a refused connection. */
function mayPass(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 429 || error.status === 503
  return error instanceof TransportError && error.transient
}

/**
 * Milliseconds before the next try: anything between nothing and the doubled bound, so that clients that failed together
 * do not return together; never sooner than the server asked for. Undefined: it asked for longer than anybody would wait.
 */
function waitBefore(retries: Retries, tried: number, error: unknown): number | undefined {
  const bound = Math.min(retries.firstWaitMs * 2 ** (tried - 1), retries.maxWaitMs)
  const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0
  return asked > retries.maxWaitMs ? undefined : Math.max(bound * retries.clock.random(), asked)
}
