import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

/** Work that ends when it is told to, turns of the event loop that come when they are told to, and the test's time. */
class World {
  nowMs = 0
  commitMs = 0
  isServing = false
  readonly begun: number[] = []
  readonly pace = new Pace({
    now: () => this.nowMs,
    commitMs: () => this.commitMs,
    isServing: () => this.isServing,
    nextTurn: (run) => this.#turns.push(run),
    after: (_ms, run) => {
      this.#late.add(run)
      return () => this.#late.delete(run)
    },
  })
  readonly #turns: (() => void)[] = []
  readonly #late = new Set<() => void>()
  readonly #ends: (() => void)[] = []

  run(count: number, dueMs = 0): Promise<void> {
    return this.pace.run(
      Array.from({ length: count }, (_, n) => n),
      dueMs,
      (n) => {
        this.begun.push(n)
        return new Promise((end) => this.#ends.push(end))
      },
    )
  }

  get underWay(): number {
    return this.#ends.length
  }

  /** Whether it asked for another turn. */
  get isAsking(): boolean {
    return this.#turns.length > 0
  }

  async turn(tookMs = 0): Promise<void> {
    this.nowMs += tookMs
    for (const run of this.#turns.splice(0)) run()
    await settled()
  }

  /** What is under way has taken long. */
  passTime(): void {
    for (const run of this.#late) run()
    this.#late.clear()
  }

  async end(count: number): Promise<void> {
    for (const end of this.#ends.splice(0, count)) end()
    await settled()
  }
}

const IDLE = { tookMs: 0, commitMs: 0, ends: 1, isServing: false }

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('four begin in a turn, until thirty-two are under way; then it asks for no turn', async () => {
  const world = new World()
  void world.run(100)
  const underWay: number[] = []
  while (world.isAsking) {
    await world.turn()
    underWay.push(world.underWay)
  }
  expect(underWay).toEqual([4, 8, 12, 16, 20, 24, 28, 32])
})

test('one that ends makes room for the next at once, whatever the others do', async () => {
  const world = new World()
  void world.run(100)
  while (world.isAsking) await world.turn()
  await world.end(1)
  await world.turn()
  expect([world.begun.length, world.underWay]).toEqual([33, 32])
})

test('after a long turn one begins, and there are to be fewer at one time', async () => {
  const world = new World()
  void world.run(100)
  await world.turn(6)
  expect([world.underWay, world.pace.window]).toEqual([1, 24])
})

test('slow commits make for less of it at one time, down to one; quick ones for more again', async () => {
  const world = new World()
  void world.run(1_000)
  while (world.isAsking) await world.turn()
  world.commitMs = 26
  await world.end(32)
  world.commitMs = 25
  expect(world.pace.window).toBe(1)
  while (world.isAsking) await world.turn()
  expect(world.underWay).toBe(1)
  while (world.begun.length < 1_000) {
    while (world.isAsking) await world.turn()
    expect(world.underWay).toBeLessThanOrEqual(world.pace.window)
    await world.end(1)
  }
  expect(world.pace.window).toBe(32)
})

test('while requests are served one is under way, and one more for each half minute that it is late, up to thirty-two', async () => {
  const world = new World()
  world.isServing = true
  void world.run(10_000)
  const underWay = async (atMs: number): Promise<number> => {
    world.nowMs = atMs
    for (let n = 0; n < 100; n++) {
      await world.end(1)
      while (world.isAsking) await world.turn()
    }
    return world.underWay
  }
  expect(await underWay(0)).toBe(1)
  expect(await underWay(29_000)).toBe(1)
  expect(await underWay(30_000)).toBe(2)
  expect(await underWay(600_000)).toBe(21)
  expect(await underWay(3_600_000)).toBe(32)
  world.nowMs = 0
  world.isServing = false
  expect(await underWay(0)).toBe(32)
})

test('one that takes long holds up no other, also while requests are served', async () => {
  const world = new World()
  world.isServing = true
  const done = world.run(40)
  while (world.isAsking) await world.turn()
  expect(world.underWay).toBeLessThan(8)
  while (world.underWay < 32) {
    world.passTime()
    await world.turn()
  }
  for (let n = 0; n < 40; n++) {
    await world.end(1)
    while (world.isAsking) await world.turn()
  }
  await done
  expect(world.begun).toEqual(Array.from({ length: 40 }, (_, n) => n))
})

test('however busy it is, all is done once, in order, and never more than thirty-two at a time', async () => {
  const steps = fc.array(
    fc.record({ tookMs: fc.nat(10), commitMs: fc.nat(50), ends: fc.nat(40), isServing: fc.boolean() }),
    { maxLength: 50 },
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(200), steps, async (count, times) => {
      const world = new World()
      const done = world.run(count)
      for (let at = 0; world.begun.length < count || world.underWay > 0; at++) {
        const { tookMs, commitMs, ends, isServing } = times[at] ?? IDLE
        world.commitMs = commitMs
        world.isServing = isServing
        await world.turn(tookMs)
        expect(world.underWay).toBeLessThanOrEqual(32)
        await world.end(ends)
      }
      await done
      expect(world.begun).toEqual(Array.from({ length: count }, (_, n) => n))
    }),
    { numRuns: 50 },
  )
})
