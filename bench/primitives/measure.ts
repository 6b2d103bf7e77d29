import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { PrimitiveName } from './primitives.ts'
import type { Done, Task } from './thread.ts'

const THREAD = new URL('./thread.ts', import.meta.url)
const WARM_UP_MS = 200

export interface PrimitiveRate {
  /** On all processors together. */
  readonly perSecond: number
  /** CPU of one. */
  readonly cpuMicros: number
  readonly threads: number
}

/** What the machine can do of `name` and nothing else, with a thread on each processor, over `seconds`. */
export async function primitiveRate(name: PrimitiveName, seconds: number): Promise<PrimitiveRate> {
  const task: Task = { name, warmUpMs: WARM_UP_MS, durationMs: seconds * 1000 }
  const threads = availableParallelism()
  const all = await Promise.all(Array.from({ length: threads }, () => inThread(task)))
  const sum = (of: (done: Done) => number): number => all.reduce((total, done) => total + of(done), 0)
  return {
    perSecond: sum(({ operations, seconds }) => operations / seconds),
    cpuMicros: (sum(({ cpuSeconds }) => cpuSeconds) * 1e6) / sum(({ operations }) => operations),
    threads,
  }
}

async function inThread(task: Task): Promise<Done> {
  const thread = new Worker(THREAD, { workerData: task })
  const [done] = (await once(thread, 'message')) as [Done]
  return done
}
