import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { oneAtATime } from './one-at-a-time.ts'

const folder = () => mkdtempSync(path.join(tmpdir(), 'egide-one-'))

test('work under one file does not overlap, also after some that failed, and nothing is left of it', async () => {
  const file = path.join(folder(), 'below', 'lock')
  let running = 0
  const work = async (nth: number) => {
    expect(++running).toBe(1)
    await sleep(5)
    running--
    if (nth === 1) throw new Error('it failed')
    return nth
  }
  const all = await Promise.allSettled([0, 1, 2, 3].map((nth) => oneAtATime(file, () => work(nth))))
  expect(all.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([
    0,
    'Error: it failed',
    2,
    3,
  ])
  expect(existsSync(file)).toBe(false)
})

test('a file that a process left which is gone is no obstacle', async () => {
  const file = path.join(folder(), 'lock')
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(file, String(pid))
  expect(await oneAtATime(file, async () => 'done')).toBe('done')
})
