import { KeysBusy } from './errors.ts'

/**
 * Slow work (RSA keys, SLH-DSA) runs on the threads that files and other keys need as well: little of it at once, and only
 * so much of it waits.
 */
const AT_ONCE = 2
const WAITING_MAX = 64

let running = 0
const waiting: (() => void)[] = []

/** Rejects with KeysBusy, or as the work does. */
export async function inLane<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING_MAX) throw new KeysBusy()
    // Whoever ends hands over its place, so that nobody who comes later gets in between.
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else {
    running++
  }
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}
