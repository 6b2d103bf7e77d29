// One thread that does nothing but one primitive, until its time is over.
import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { PRIMITIVES, type PrimitiveName } from './primitives.ts'

export interface Task {
  readonly name: PrimitiveName
  readonly warmUpMs: number
  readonly durationMs: number
}

/** What a thread did in its own time, which ends with its last operation. */
export interface Done {
  readonly operations: number
  readonly seconds: number
  readonly cpuSeconds: number
}

/** Operations between two looks at the clock. */
function strideOf(work: () => unknown): number {
  const started = performance.now()
  work()
  return Math.max(1, Math.floor(1 / Math.max(performance.now() - started, 0.001)))
}

function run(work: () => unknown, stride: number, durationMs: number): Omit<Done, 'cpuSeconds'> {
  const started = performance.now()
  let [operations, tookMs] = [0, 0]
  while (tookMs < durationMs) {
    for (let nth = 0; nth < stride; nth++) work()
    operations += stride
    tookMs = performance.now() - started
  }
  return { operations, seconds: tookMs / 1000 }
}

const { name, warmUpMs, durationMs } = workerData as Task
const work = PRIMITIVES[name]()
const stride = strideOf(work)
run(work, stride, warmUpMs)
const before = process.threadCpuUsage()
const did = run(work, stride, durationMs)
const { user, system } = process.threadCpuUsage(before)
parentPort?.postMessage({ ...did, cpuSeconds: (user + system) / 1e6 } satisfies Done)
