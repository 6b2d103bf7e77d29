import { isConflict } from './errors.ts'
import type { Retries } from './retry.ts'

export interface UpdateOptions {
  readonly signal?: AbortSignal
  /** How often somebody else may win. Default 10. */
  readonly maxAttempts?: number
}

const MAX_ATTEMPTS = 10

/**
 * Repeats `attempt`, which reads, changes and writes back, until nobody else wrote in between. Waits a random time after
 * each conflict, so that two that conflicted do not do so again. Rejects with the last conflict after `maxAttempts`.
 */
export async function retryConflicts<T>(
  retries: Retries,
  { signal, maxAttempts = MAX_ATTEMPTS }: UpdateOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt()
    } catch (error) {
      if (!isConflict(error) || tried >= maxAttempts) throw error
      const bound = Math.min(CONFLICT_WAIT_MS * 2 ** tried, retries.maxWaitMs)
      await retries.sleep(bound * retries.clock.random(), signal)
    }
  }
}

const CONFLICT_WAIT_MS = 5
