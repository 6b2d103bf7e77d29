import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { StartOutcome } from '../seal/manager.ts'
import { AutoUnseal } from './auto-unseal.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** How long it waited before each further try, in seconds, until it tried no more. */
async function waits(outcomes: readonly (StartOutcome | Error)[]): Promise<{ waits: number[]; errors: number }> {
  const tried: number[] = []
  let errors = 0
  const ignored = () => {}
  const log = { debug: ignored, info: ignored, warn: ignored, error: () => void errors++ }
  const start = async () => {
    const outcome = outcomes[tried.length] ?? new Error('away')
    tried.push(Date.now())
    if (outcome instanceof Error) throw outcome
    return outcome
  }
  const unseal = new AutoUnseal(start, log)
  await unseal.begin()
  await vi.advanceTimersByTimeAsync(3_600_000)
  await unseal.stop()
  const before = tried.length
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(tried.length).toBe(before)
  return { waits: tried.slice(1).map((ms, index) => (ms - (tried[index] ?? 0)) / 1000), errors }
}

const away = (times: number) => Array.from({ length: times }, () => new Error('away'))

test('a service that is away is asked again, longer apart each time, at most a minute', async () => {
  const { waits: seconds, errors } = await waits([...away(9), 'open'])
  expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  expect(errors).toBe(9)
})

test('a vault that nobody has initialised is looked at until somebody has', async () => {
  expect(await waits(['not initialised', 'not initialised', 'open'])).toEqual({ waits: [5, 5], errors: 0 })
})

test('what operators have to open is left to them', async () => {
  expect(await waits(['needs shares'])).toEqual({ waits: [], errors: 0 })
})

test('who stops it waits for the try under way, and there is no other', async () => {
  const { waits: seconds } = await waits(away(3))
  expect(seconds.length).toBeGreaterThan(50)
})
