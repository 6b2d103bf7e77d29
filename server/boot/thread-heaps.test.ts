import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MODULE = fileURLToPath(new URL('thread-heaps.ts', import.meta.url))
const MIB = 1024 * 1024

/** Leaves so much alive that a young generation grows to what it may have, and tells how large it is. */
const THREAD = `
import { getHeapSpaceStatistics } from 'node:v8'
const kept = []
for (let made = 0; made < 5_000_000; made++) kept[made & 65_535] = { made }
process.stdout.write(String(getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size))
`

/** Bytes of the young generation of a thread that may have 3 MiB, of a program that is started with 8. */
function youngGenerationOfThread(before: string): number {
  const program = `
import { Worker } from 'node:worker_threads'
import { honourThreadLimits } from ${JSON.stringify(MODULE)}
${before}
new Worker(${JSON.stringify(THREAD)}, { eval: true, resourceLimits: { maxYoungGenerationSizeMb: 3 } })
`
  const args = ['--max-semi-space-size=8', '--input-type=module', '--eval', program]
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

test('a thread keeps to its own young generation, whatever the program was started with', () => {
  expect(youngGenerationOfThread('')).toBeGreaterThan(3 * MIB)
  expect(youngGenerationOfThread('honourThreadLimits()')).toBeLessThanOrEqual(3 * MIB)
})
