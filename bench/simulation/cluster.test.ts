import { expect, test } from 'vitest'
import { type Costs, type Shape, simulate } from './cluster.ts'
import { Events, Machine } from './events.ts'

const COSTS: Costs = {
  serveRead: 100,
  serveWrite: 200,
  audit: 40,
  round: 20,
  revision: 30,
  hear: 20,
  change: 5,
  tell: 10,
  commit: 300,
  write: 50,
  flush: 1000,
  client: 10,
}
const SHAPE: Shape = {
  nodes: 1,
  clientsPerNode: 64,
  writePercent: 0,
  roundTrip: 200,
  processors: { node: 2, database: 16 },
}

test('events happen in order of time, and of asking where the time is one', () => {
  const events = new Events()
  const seen: string[] = []
  for (const [at, name] of [
    [5, 'e'],
    [1, 'a'],
    [3, 'c'],
    [3, 'd'],
    [9, 'late'],
    [2, 'b'],
  ] as const) {
    events.after(at, () => seen.push(`${name}@${events.now}`))
  }
  events.runUntil(8)
  expect(seen).toEqual(['a@1', 'b@2', 'c@3', 'd@3', 'e@5'])
  expect(events.now).toBe(8)
})

test('a machine works on as much at a time as it has processors', () => {
  const events = new Events()
  const machine = new Machine(events, 2)
  const ends: number[] = []
  for (let n = 0; n < 5; n++) machine.work(10, () => ends.push(events.now))
  events.runUntil(100)
  expect(ends).toEqual([10, 10, 20, 20, 30])
  expect(machine.busyMicros).toBe(50)
})

test('the same costs and shape give the same figures', () => {
  const shape = { ...SHAPE, nodes: 3, writePercent: 20 }
  expect(simulate(COSTS, shape)).toEqual(simulate(COSTS, shape))
})

test('one client waits for every step of its request, one after the other', () => {
  const read = simulate(COSTS, { ...SHAPE, clientsPerNode: 1 })
  expect(read.p50Ms).toBeCloseTo((100 + 20 + 200 + 30 + 40) / 1000, 6)
  const write = simulate(COSTS, { ...SHAPE, clientsPerNode: 1, writePercent: 100 })
  expect(write.p50Ms).toBeCloseTo((200 + 20 + 200 + 30 + 20 + 200 + 300 + 50 + 1000 + 40) / 1000, 6)
  expect(write.writesPerCommit).toBe(1)
})

test('reads are bounded by the serving thread of each node, and grow with nodes until the database is busy', () => {
  const one = simulate(COSTS, SHAPE).perSecond
  expect(one).toBeGreaterThan(1e6 / (COSTS.serveRead + COSTS.round))
  expect(one).toBeLessThanOrEqual(1e6 / COSTS.serveRead)
  expect(simulate(COSTS, { ...SHAPE, nodes: 4 }).perSecond / one).toBeCloseTo(4, 1)
  const slow = { ...SHAPE, nodes: 20, processors: { node: 2, database: 1 } }
  const many = simulate({ ...COSTS, revision: 1000 }, slow)
  expect(many.databaseBusy).toBeGreaterThan(0.99)
  expect(many.perSecond / one).toBeLessThan(20)
})

test('writes pass one lock: their rate grows with clients, not with nodes, once it is always held', () => {
  const of = (nodes: number, clientsPerNode: number) =>
    simulate(COSTS, { ...SHAPE, nodes, clientsPerNode, writePercent: 100 })
  expect(of(1, 32).perSecond / of(1, 1).perSecond).toBeGreaterThan(5)
  const spread = of(16, 4)
  expect(spread.lockHeld).toBeGreaterThan(0.99)
  expect(of(4, 16).perSecond).toBeGreaterThan(spread.perSecond)
})

test('on one machine that all share, its processors are the bound', () => {
  const one = simulate(COSTS, { ...SHAPE, processors: { shared: 2 } })
  const three = simulate(COSTS, { ...SHAPE, nodes: 3, processors: { shared: 2 } })
  expect(one.perSecond).toBeLessThanOrEqual(2e6 / (COSTS.serveRead + COSTS.audit + COSTS.client))
  expect(three.perSecond / one.perSecond).toBeLessThan(1.5)
})
