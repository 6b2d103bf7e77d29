import type { HttpMethod } from './method.ts'

/** Waiting doubles from here with each try, up to MAX_WAIT_MS. */
const FIRST_WAIT_MS = 250
const MAX_WAIT_MS = 5_000

const SAFE_TO_REPEAT: ReadonlySet<HttpMethod> = new Set(['GET', 'HEAD', 'DELETE'])

/**
 * A write is repeated only after 429, which says that it was not executed; after 503 that is not known.
 * What can be repeated without harm is repeated after both.
 */
export function mayRepeat(method: HttpMethod, status: number): boolean {
  return status === 429 || (status === 503 && SAFE_TO_REPEAT.has(method))
}

/**
 * Milliseconds to wait before try number `attempt` (from 1): between half and all of the doubled wait, so
 * that clients that failed together do not return together. `retryAfter` (seconds, as the header gives it)
 * raises it, up to the bound.
 */
export function waitBefore(attempt: number, retryAfter: string | undefined, random: () => number): number {
  const full = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), MAX_WAIT_MS)
  const jittered = full / 2 + (full / 2) * random()
  const asked = retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : 0
  return Math.min(Math.max(jittered, asked), MAX_WAIT_MS)
}
