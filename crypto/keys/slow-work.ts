import { KeysBusy } from './errors.ts'

/**
 * Slow work (making RSA keys, SLH-DSA) runs on the threads of Node's pool, which files and other keys need as well: two
 * pieces of it at a time in this process, and a bounded number in line.
 */
const AT_ONCE = 2
const WAITING_MAX = 64

let running = 0
const waiting: (() => void)[] = []

/** Does the work when it is its turn. Rejects with KeysBusy where the line is full, or as the work does. */
export async function limitSlowWork<T>(work: () => Promise<T>): Promise<T> {
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
