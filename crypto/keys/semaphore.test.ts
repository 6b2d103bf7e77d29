import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { Semaphore } from './semaphore.ts'

/** Of three permits: who got one, in order, and how often somebody was told that one was back. */
let semaphore: Semaphore
let passed: number[]
let returned: number
beforeEach(() => {
  semaphore = new Semaphore(3)
  passed = []
  returned = 0
})

async function come(from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) void semaphore.acquire().then(() => passed.push(n))
  await Promise.resolve()
}
const release = (): void => semaphore.release(() => returned++)

test('a few have a permit at one time, and the others one after the other as they are given back', async () => {
  await come(0, 6)
  expect(passed).toEqual([0, 1, 2])
  await turn()
  expect(passed).toEqual([0, 1, 2])
  release()
  await turn()
  expect(passed).toEqual([0, 1, 2, 3])
  release()
  release()
  await turn()
  expect(passed).toEqual([0, 1, 2, 3, 4, 5])
})

test('a permit that is given back is taken in a later turn of the event loop, also by who comes meanwhile', async () => {
  await come(0, 3)
  release()
  await come(3, 4)
  expect([passed, returned]).toEqual([[0, 1, 2], 0])
  await turn()
  expect([passed, returned]).toEqual([[0, 1, 2, 3], 1])
})

test('it is idle when all permits are back', async () => {
  expect(semaphore.isIdle).toBe(true)
  await come(0, 4)
  for (let n = 0; n < 3; n++) release()
  await turn()
  expect([passed.length, semaphore.isIdle]).toEqual([4, false])
  release()
  await turn()
  expect(semaphore.isIdle).toBe(true)
})
