import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { type End, settleTogether } from './settle-together.ts'

/** Of each piece of work, by its number, what ends it; and what was told of them, in order. */
let ends: End<string>[]
let told: string[]
beforeEach(() => {
  ends = []
  told = []
})

function begin(count: number): void {
  for (let n = 0; n < count; n++) {
    settleTogether<string>((end) => ends.push(end)).then(
      (outcome) => told.push(outcome),
      (error: unknown) => told.push(String(error)),
    )
  }
}

async function end(n: number, error: Error | null = null): Promise<void> {
  ends[n]?.(error, `outcome ${n}`)
  await turn()
}

test('who is alone, or one of two, waits for nobody', async () => {
  begin(1)
  await end(0)
  expect(told).toEqual(['outcome 0'])
  begin(2)
  await end(2)
  expect(told).toEqual(['outcome 0', 'outcome 2'])
  await end(1)
  expect(told).toEqual(['outcome 0', 'outcome 2', 'outcome 1'])
})

test('of many, all that have ended go on when they are half, in the order in which they ended', async () => {
  begin(6)
  await end(4)
  await end(0)
  expect(told).toEqual([])
  await end(2)
  expect(told).toEqual(['outcome 4', 'outcome 0', 'outcome 2'])
  await end(1)
  expect(told).toHaveLength(3)
  await end(3)
  expect(told).toHaveLength(5)
  await end(5)
  expect(told).toHaveLength(6)
})

test('who comes meanwhile counts with those who are there, and nobody is left waiting', async () => {
  begin(3)
  await end(0)
  begin(4)
  await end(1)
  await end(2)
  expect(told).toEqual([])
  await end(3)
  expect(told).toEqual(['outcome 0', 'outcome 1', 'outcome 2', 'outcome 3'])
  for (const n of [4, 5, 6]) await end(n)
  expect(told).toHaveLength(7)
})

test('each is told of its own error, and who could not begin counts for nothing', async () => {
  begin(4)
  await expect(
    settleTogether(() => {
      throw new Error('no thread for it')
    }),
  ).rejects.toThrow('no thread for it')
  await end(0, new Error('no signature'))
  await end(1)
  expect(told).toEqual(['Error: no signature', 'outcome 1'])
  await end(2)
  await end(3)
  expect(told).toHaveLength(4)
})
