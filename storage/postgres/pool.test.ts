import { expect, test } from 'vitest'
import { Pool } from './pool.ts'
import type { Session } from './session.ts'

/** A connection that knows only whether it lives. */
class FakeSession {
  isAlive = true

  async close(): Promise<void> {
    this.isAlive = false
  }

  destroy(): void {
    this.isAlive = false
  }
}

function pool(limits: { max?: number; maxIdle?: number; waitMs?: number } = {}) {
  const opened: FakeSession[] = []
  const state = { refuses: false }
  const connect = async () => {
    if (state.refuses) throw new Error('refused')
    const session = new FakeSession()
    opened.push(session)
    return session as unknown as Session
  }
  return { opened, state, pool: new Pool(connect, { max: 2, maxIdle: 2, waitMs: 1000, ...limits }) }
}

test('no more connections are made than are allowed, and who waits is served in order', async () => {
  const { opened, pool: bounded } = pool()
  const done: number[] = []
  let atOnce = 0
  const use = (n: number) =>
    bounded.use(async () => {
      atOnce++
      expect(atOnce).toBeLessThanOrEqual(2)
      await new Promise((resolve) => setImmediate(resolve))
      atOnce--
      done.push(n)
    })
  await Promise.all([1, 2, 3, 4, 5, 6].map(use))
  expect(done).toEqual([1, 2, 3, 4, 5, 6])
  expect(opened).toHaveLength(2)
})

test('work on a connection that had ended is done again on another, once', async () => {
  const { opened, pool: mending } = pool()
  await mending.use(async () => {})
  let tries = 0
  const work = async (session: Session) => {
    tries++
    session.destroy()
    throw new Error('ended')
  }
  await expect(mending.use(work)).rejects.toThrow('ended')
  expect([tries, opened.length]).toEqual([2, 2])
})

test('an error of the database is not tried again', async () => {
  const { pool: honest } = pool()
  let tries = 0
  const work = async () => {
    tries++
    throw new Error('no such table')
  }
  await expect(honest.use(work)).rejects.toThrow('no such table')
  expect(tries).toBe(1)
})

test('who can’t be connected is told why, and later ones are connected again', async () => {
  const { state, pool: refused } = pool()
  state.refuses = true
  const both = [refused.use(async () => 1), refused.use(async () => 2)]
  for (const one of both) await expect(one).rejects.toThrow('refused')
  state.refuses = false
  expect(await refused.use(async () => 3)).toBe(3)
})

test('waiting for a connection has an end', async () => {
  const { pool: busy } = pool({ max: 1, waitMs: 20 })
  const held = Promise.withResolvers<void>()
  const holding = busy.use(() => held.promise)
  await expect(busy.use(async () => {})).rejects.toMatchObject({ code: 'unavailable' })
  held.resolve()
  await holding
  expect(await busy.use(async () => 'served')).toBe('served')
})

test('idle connections beyond the bound are ended, and all are when it is closed', async () => {
  const { opened, pool: closing } = pool({ max: 3, maxIdle: 1 })
  const pause = () => new Promise((resolve) => setImmediate(resolve))
  await Promise.all([1, 2, 3].map(() => closing.use(pause)))
  expect(opened.filter(({ isAlive }) => isAlive)).toHaveLength(1)
  await closing.close()
  expect(opened.filter(({ isAlive }) => isAlive)).toHaveLength(0)
  await expect(closing.use(pause)).rejects.toMatchObject({ code: 'closed' })
})
