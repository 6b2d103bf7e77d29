/** Time and chance, for whoever wants to drive them. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** At least 0, below 1. Spreads clients over time; nothing secret is made of it. */
  random(): number
  /** Calls `then` in `ms`, unless what this returns is called before. Does not keep the process alive. */
  after(ms: number, then: () => void): () => void
}

/** The longest time that setTimeout can wait. */
const LONGEST_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, then) {
    const timer = setTimeout(then, Math.min(ms, LONGEST_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Resolves in `ms`; rejects with the signal's reason when it aborts before. Keeps the process alive meanwhile. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}
