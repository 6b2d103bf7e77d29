import { performance } from 'node:perf_hooks'
import { systemRandom } from '../../crypto/random.ts'
import type { Clock, Random } from '../../engines/engine.ts'

/** The machine's own clock and random numbers: the only ones that are real. */
export const systemClock: Clock = { now: () => Date.now() }
export const random: Random = systemRandom
/** Milliseconds that never jump. */
export const monotonicMs = (): number => performance.now()
