import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MODULE = fileURLToPath(new URL('thread-heaps.ts', import.meta.url))
const MIB = 1024 * 1024

/** Leaves so much alive that a young generation grows to what it may have, and tells how large it is. */
const YOUNG = `
import { getHeapSpaceStatistics } from 'node:v8'
const kept = []
for (let made = 0; made < 5_000_000; made++) kept[made & 65_535] = { made }
process.stdout.write(String(getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size))
`

/** Makes some 100 MiB old that nobody needs any more, and tells how many full collections there were. */
const OLD = `
import { constants, PerformanceObserver } from 'node:perf_hooks'
let full = 0
const isFull = ({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
new PerformanceObserver((list) => { full += list.getEntries().filter(isFull).length }).observe({ entryTypes: ['gc'] })
const kept = []
for (let made = 0; made < 5_000_000; made++) kept[made & 262_143] = { made }
setTimeout(() => process.stdout.write(String(full)), 100)
`

/** What such a thread tells that may have a young generation of 3 MiB, of a program that is started with `flag`. */
function toldByThread(thread: string, flag: string, before: string): number {
  const program = `
import { Worker } from 'node:worker_threads'
import { honourThreadLimits } from ${JSON.stringify(MODULE)}
${before}
new Worker(${JSON.stringify(thread)}, { eval: true, resourceLimits: { maxYoungGenerationSizeMb: 3 } })
`
  return Number(execFileSync(process.execPath, [flag, '--input-type=module', '--eval', program], { encoding: 'utf8' }))
}

test('a thread keeps to its own young generation, whatever the program was started with', () => {
  const flag = '--max-semi-space-size=8'
  expect(toldByThread(YOUNG, flag, '')).toBeGreaterThan(3 * MIB)
  expect(toldByThread(YOUNG, flag, 'honourThreadLimits()')).toBeLessThanOrEqual(3 * MIB)
})

test("a thread's first full collection comes when its own heap calls for it", () => {
  const flag = '--initial-old-space-size=512'
  expect(toldByThread(OLD, flag, '')).toBe(0)
  expect(toldByThread(OLD, flag, 'honourThreadLimits()')).toBeGreaterThan(0)
})
