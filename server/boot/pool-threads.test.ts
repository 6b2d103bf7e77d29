import { pbkdf2 } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { POOL_NICENESS, yieldPoolThreads } from './pool-threads.ts'

const TASKS = '/proc/self/task'

/** Undefined: the thread has ended since it was listed. */
function niceness(id: string): { isOfPool: boolean; value: number } | undefined {
  try {
    const isOfPool = readFileSync(`${TASKS}/${id}/comm`, 'utf8') === 'libuv-worker\n'
    return { isOfPool, value: getPriority(Number(id)) }
  } catch {
    return undefined
  }
}

test.runIf(process.platform === 'linux')(
  'threads of the pool give way, no other does, and the pool works on',
  async () => {
    const before = getPriority()
    expect(await yieldPoolThreads()).toBeGreaterThan(0)
    for (const id of readdirSync(TASKS)) {
      const seen = niceness(id)
      if (seen === undefined) continue
      expect(seen.value, id).toBe(seen.isOfPool ? Math.min(before + POOL_NICENESS, 19) : before)
    }
    expect(await promisify(pbkdf2)('p', 's', 1, 32, 'sha256')).toHaveLength(32)
  },
)
