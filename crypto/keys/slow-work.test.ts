import { expect, test } from 'vitest'
import { KeysBusy } from './errors.ts'
import { limitSlowWork } from './slow-work.ts'

test('slow work is done two at a time, in order, and only so much of it waits', async () => {
  let running = 0
  let most = 0
  const begun: number[] = []
  const ends: (() => void)[] = []
  const work = (n: number) => async () => {
    begun.push(n)
    most = Math.max(most, ++running)
    await new Promise<void>((resolve) => ends.push(resolve))
    running--
    if (n % 3 === 0) throw new Error('this one fails')
    return n
  }
  const all = Array.from({ length: 70 }, (_, n) => limitSlowWork(work(n)).catch((error: unknown) => error))
  for (let done = 0; done < 66; done++) {
    while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve))
    ends.shift()?.()
  }
  const outcomes = await Promise.all(all)
  expect(most).toBe(2)
  expect(begun).toEqual(Array.from({ length: 66 }, (_, n) => n))
  expect(outcomes.filter((outcome) => outcome instanceof KeysBusy)).toHaveLength(4)
  expect(outcomes.slice(0, 66).filter((outcome) => typeof outcome === 'number')).toHaveLength(44)
  expect(await limitSlowWork(async () => 'free again')).toBe('free again')
})
