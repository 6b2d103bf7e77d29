/** What `vitest.config.ts` gives a test. */
export const TEST_TIMEOUT_MS = 180_000

/**
 * For a property whose runs take long, in a test that may take `timeoutMs`: fast-check ends its search for the shortest
 * counterexample before that, so that the counterexample is told and not that the test took too long.
 */
export function toldWithin(timeoutMs = TEST_TIMEOUT_MS) {
  return { interruptAfterTimeLimit: timeoutMs - 20_000, markInterruptAsFailure: true } as const
}
