import { expect, test } from 'vitest'
import { StorageClock } from './storage-clock.ts'

/** A clock that is ahead of the storage's by `aheadMs`, where a question takes `tookMs`. */
function clockThat() {
  const state = { aheadMs: 0, tookMs: 4, isAway: false }
  const logged: string[] = []
  const say = (level: string) => (_fields: object, message?: string) => void logged.push(`${level} ${message}`)
  const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  let passedMs = 0
  const storageMs = () => 1_900_000_000_000 + passedMs
  const clock = new StorageClock({
    backend: {
      nowMs: async () => {
        if (state.isAway) throw new Error('away')
        passedMs += state.tookMs / 2
        const told = storageMs()
        passedMs += state.tookMs / 2
        return told
      },
    },
    clock: { now: () => storageMs() + state.aheadMs },
    monotonicMs: () => passedMs,
    log,
  })
  return { clock, state, logged }
}

test.each([
  [0, undefined, true],
  [4_000, undefined, true],
  [-4_000, undefined, true],
  [6_000, 'warn', true],
  [-6_000, 'warn', true],
  [59_000, 'warn', true],
  [61_000, 'error', false],
  [3_600_000, 'error', false],
  [-3_600_000, 'warn', true],
])('a clock that is ahead by %i ms: %s, recurring work: %s', async (aheadMs, level, works) => {
  const { clock, state, logged } = clockThat()
  state.aheadMs = aheadMs
  await clock.compare()
  await clock.compare()
  expect([clock.aheadMs, clock.mayDoRecurringWork]).toEqual([aheadMs, works])
  expect(logged.map((line) => line.split(' ')[0])).toEqual(level === undefined ? [] : [level])
})

test('what the way to the storage takes is no difference of clocks', async () => {
  const { clock, state, logged } = clockThat()
  state.tookMs = 20_000
  state.aheadMs = 14_000
  await clock.compare()
  expect(logged).toEqual([])
  state.aheadMs = 69_000
  await clock.compare()
  expect([clock.mayDoRecurringWork, logged.length]).toEqual([true, 1])
})

test('while the storage is away the last answer stands; a clock that was set right works again', async () => {
  const { clock, state, logged } = clockThat()
  state.aheadMs = 100_000
  await clock.compare()
  state.isAway = true
  await clock.compare()
  expect([clock.aheadMs, clock.mayDoRecurringWork]).toEqual([100_000, false])
  Object.assign(state, { isAway: false, aheadMs: 0 })
  await clock.compare()
  expect([clock.aheadMs, clock.mayDoRecurringWork]).toEqual([0, true])
  expect(logged.map((line) => line.split(' ')[0])).toEqual(['error', 'debug', 'info'])
})

test('a storage without a clock of its own is not compared with', async () => {
  const clock = new StorageClock({
    backend: {},
    clock: { now: () => 0 },
    monotonicMs: () => 0,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  })
  await clock.compare()
  expect([clock.aheadMs, clock.mayDoRecurringWork]).toEqual([undefined, true])
})
