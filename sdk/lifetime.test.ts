import { expect, test } from 'vitest'
import { ApiError, TransportError } from './errors.ts'
import { type Lifetime, LifetimeWatcher } from './lifetime.ts'
import { ManualClock } from './testing-clock.ts'

const forHour = { ttlSeconds: 3600, renewable: true }
const asked = { method: 'PUT', url: 'http://x/v1/auth/token/renew-self', namespace: '' } as const
const denied = new ApiError(asked, { status: 403, code: 'permission_denied', errors: ['no'] })
const lost = new TransportError('unreachable', 'no connection', { transient: true })

/** A watcher on a clock that stands, whose renewals are answered by this list, and what it told so far. */
async function watch(first: Lifetime, answers: (Lifetime | Error)[], incrementSeconds?: number) {
  const clock = new ManualClock()
  const told: unknown[][] = []
  const increments: (number | undefined)[] = []
  const renew = async (increment: number | undefined) => {
    increments.push(increment)
    const answer = answers.shift() ?? forHour
    if (answer instanceof Error) throw answer
    return answer
  }
  const settings = incrementSeconds === undefined ? { clock } : { clock, incrementSeconds }
  const watcher = new LifetimeWatcher(first, renew, settings)
  watcher.on('renewed', (lifetime) => told.push(['renewed', lifetime.ttlSeconds]))
  watcher.on('failed', (error) => told.push(['failed', error]))
  watcher.on('ended', ({ reason, remainingSeconds }) => told.push(['ended', reason, remainingSeconds]))
  await clock.pass(0)
  return { clock, watcher, told, increments }
}

test('a lifetime is renewed around two thirds of it, again and again', async () => {
  const { clock, told, increments } = await watch(forHour, [])
  expect(await clock.next()).toBe(2_400_000)
  clock.chance = 0
  await clock.next()
  expect(await clock.next()).toBeCloseTo(3_600_000 * (2 / 3 - 0.1), 3)
  expect(told).toEqual([
    ['renewed', 3600],
    ['renewed', 3600],
    ['renewed', 3600],
  ])
  expect(increments).toEqual([undefined, undefined, undefined])
})

test('what the server gives ever less of is told while there is some left', async () => {
  const less = [1200, 400, 300].map((ttlSeconds) => ({ ttlSeconds, renewable: true }))
  const { clock, told, increments } = await watch(forHour, less, 1800)
  for (let at = 0; at < 3; at++) await clock.next()
  expect(told).toEqual([
    ['renewed', 1200],
    ['renewed', 400],
    ['renewed', 300],
    ['ended', 'limit', 300],
  ])
  expect(clock.waiting).toBe(0)
  expect(increments).toEqual([1800, 1800, 1800])
})

test('what cannot be renewed is told at once, and what never ends is left alone', async () => {
  expect((await watch({ ttlSeconds: 30, renewable: false }, [])).told).toEqual([['ended', 'not_renewable', 30]])
  const { told, clock } = await watch({ ttlSeconds: 0, renewable: true }, [])
  expect([told, clock.waiting]).toEqual([[], 0])
})

test('a refusal ends it; a server that is away is asked again until the time is over', async () => {
  const refused = await watch(forHour, [denied])
  await refused.clock.next()
  expect(refused.told).toEqual([['ended', 'refused', 0]])
  const back = await watch(forHour, [lost, lost])
  for (let at = 0; at < 3; at++) await back.clock.next()
  expect(back.told).toEqual([
    ['failed', lost],
    ['failed', lost],
    ['renewed', 3600],
  ])
  const away = await watch({ ttlSeconds: 10, renewable: true }, Array(100).fill(lost))
  while (away.clock.waiting > 0) await away.clock.next()
  expect(away.told.at(-1)).toEqual(['ended', 'expired', 0])
  expect(away.told.length).toBeLessThan(10)
})

test('after a stop nothing is asked and nothing told', async () => {
  const { clock, watcher, told, increments } = await watch(forHour, [])
  watcher.stop()
  await clock.pass(10_000_000)
  expect([told, increments, clock.waiting]).toEqual([[], [], 0])
  let answer: (lifetime: Lifetime) => void = () => {}
  const slow = new ManualClock()
  const asking = new LifetimeWatcher(forHour, () => new Promise((resolve) => (answer = resolve)), { clock: slow })
  const events: unknown[] = []
  asking.on('renewed', (lifetime) => events.push(lifetime))
  await slow.pass(2_500_000)
  asking.stop()
  answer(forHour)
  await slow.pass(10_000_000)
  expect([events, slow.waiting]).toEqual([[], 0])
})
