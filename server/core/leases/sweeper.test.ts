import { expect, test } from 'vitest'
import type { Log } from '../../../engines/engine.ts'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { Pace } from './pace.ts'
import { Sweeper, type SweptOwner } from './sweeper.ts'

function ignore(): void {}

/** Rows `ns/NAME`, due at the given times; settling deletes them, but for those that fail. */
async function rows(due: Record<string, number>) {
  const backend = new MemoryBackend()
  const value = Buffer.from('x')
  const writes = Object.entries(due).map(([name, expiresAtMs]) => ({ path: `ns/${name}`, value, expiresAtMs }))
  for (let at = 0; at < writes.length; at += 1000)
    await backend.commit([{ reads: [], lists: [], writes: writes.slice(at, at + 1000) }])
  const failing = new Set<string>()
  const tried: string[] = []
  const logged: object[] = []
  const log: Log = { debug: ignore, info: ignore, warn: (fields) => logged.push(fields), error: ignore }
  const elsewhere = new Set<string>()
  const owner: SweptOwner = {
    refresh: async () => {},
    mine: async (paths) => paths.filter((path) => !elsewhere.has(path.slice('ns/'.length))),
    async settle(full) {
      if (!full.startsWith('ns/')) throw new Error('of nobody')
      const path = full.slice('ns/'.length)
      tried.push(path)
      if (failing.has(path)) throw new Error('not now')
      await backend.commit([{ reads: [], lists: [], writes: [{ path: `ns/${path}`, value: null }] }])
    },
  }
  const sweeper = new Sweeper({
    backend,
    owner,
    log,
    pace: new Pace({ now: () => 0, commitMs: () => 0, isServing: () => false }),
  })
  return { backend, failing, elsewhere, tried, logged, sweeper }
}

test('only what is due is seen to', async () => {
  const { sweeper, tried } = await rows({ early: 10, now: 20, late: 21 })
  expect(await sweeper.sweep(20)).toEqual({ settled: 2, failed: 0, hasMore: false })
  expect(tried).toEqual(['early', 'now'])
})

test('a row that fails waits, longer each time, and holds up no other', async () => {
  const { sweeper, tried, failing } = await rows({ bad: 1, good: 2 })
  failing.add('bad')
  expect(await sweeper.sweep(1000)).toEqual({ settled: 1, failed: 1, hasMore: false })
  const triedAt: number[] = []
  for (let nowMs = 1000; nowMs < 100_000; nowMs += 1000) {
    const before = tried.length
    await sweeper.sweep(nowMs)
    if (tried.length > before) triedAt.push(nowMs)
  }
  expect(triedAt).toEqual([11_000, 31_000, 71_000])
  failing.clear()
  await sweeper.sweep(200_000)
  expect(await sweeper.sweep(300_000)).toEqual({ settled: 0, failed: 0, hasMore: false })
})

test('many failing rows at the front do not hide those behind them', async () => {
  const due: Record<string, number> = {}
  for (let i = 0; i < 1500; i++) due[`bad-${i}`] = i
  for (let i = 0; i < 700; i++) due[`good-${i}`] = 5000 + i
  const { sweeper, failing } = await rows(due)
  for (let i = 0; i < 1500; i++) failing.add(`bad-${i}`)
  const first = await sweeper.sweep(10_000)
  const second = await sweeper.sweep(10_001)
  expect([first.settled + second.settled, first.failed + second.failed]).toEqual([700, 1500])
})

test('whatever fails at the front, each row behind it gets its turn', async () => {
  const due: Record<string, number> = {}
  for (let i = 0; i < 12_000; i++) due[`bad-${i}`] = i
  due.good = 20_000
  const { sweeper, failing, tried } = await rows(due)
  for (let i = 0; i < 12_000; i++) failing.add(`bad-${i}`)
  for (let nowMs = 30_000; nowMs < 90_000; nowMs += 1000) await sweeper.sweep(nowMs)
  expect(tried).toContain('good')
  expect(new Set(tried).size).toBe(12_001)
})

test('what others see to holds up nothing, neither what was due before nor what becomes due', async () => {
  const due: Record<string, number> = {}
  for (let i = 0; i < 25_000; i++) due[`other-${i}`] = i
  due.mine = 25_000
  due.later = 40_000
  const { sweeper, elsewhere, tried } = await rows(due)
  for (let i = 0; i < 25_000; i++) elsewhere.add(`other-${i}`)
  expect(await sweeper.sweep(39_000)).toEqual({ settled: 0, failed: 0, hasMore: true })
  expect(await sweeper.sweep(41_000)).toEqual({ settled: 1, failed: 0, hasMore: true })
  expect(tried).toEqual(['later'])
  expect(await sweeper.sweep(42_000)).toEqual({ settled: 1, failed: 0, hasMore: false })
  expect(tried).toEqual(['later', 'mine'])
  // It goes round: what was passed over has its turn when it is for this process.
  elsewhere.delete('other-0')
  await sweeper.sweep(43_000)
  expect(tried).toEqual(['later', 'mine', 'other-0'])
})

test('of many rows that fail at one time a few are logged, and the others counted', async () => {
  const due: Record<string, number> = {}
  for (let i = 0; i < 50; i++) due[`bad-${i}`] = i
  const { sweeper, failing, logged } = await rows(due)
  for (const row of Object.keys(due)) failing.add(row)
  expect(await sweeper.sweep(100)).toMatchObject({ failed: 50 })
  expect(logged).toHaveLength(21)
  expect(logged.at(-1)).toEqual({ failed: 30 })
})

test('a row of nobody is left alone', async () => {
  const { backend, sweeper, tried } = await rows({ mine: 1 })
  const write = { path: 'elsewhere/x', value: Buffer.from('x'), expiresAtMs: 1 }
  await backend.commit([{ reads: [], lists: [], writes: [write] }])
  expect(await sweeper.sweep(10)).toEqual({ settled: 1, failed: 1, hasMore: false })
  expect(tried).toEqual(['mine'])
  expect(backend.get(['elsewhere/x'])[0]).toBeDefined()
})

test('two nodes that sweep at one time end every token and lease once', async () => {
  const one = await TestNamespace.create()
  const tokens = await Promise.all(Array.from({ length: 30 }, () => one.token({ policies: ['root'], ttl: '10m' })))
  for (const token of tokens) await one.call('read', 'creds/user', {}, { token })
  const { backend, cipher, clock, credentials } = one
  const two = await TestNamespace.over({ backend, cipher, clock }, credentials)
  one.pass(601)
  await Promise.all([one.sweep(), two.sweep()])
  await one.sweep()
  expect(credentials.out.size).toBe(0)
  expect(await one.rows('tokens/revoking/')).toEqual([])
  expect(await one.rows('tokens/id/')).toHaveLength(1)
  expect(await one.rows('leases/')).toEqual([])
  for (const token of tokens) expect(await two.isValid(token)).toBe(false)
})

test('a damaged row is logged and left, and the others go', async () => {
  const namespace = await TestNamespace.create()
  const damaged = await namespace.token({ ttl: '10m' })
  const other = await namespace.token({ ttl: '10m' })
  const path = `ns/root/tokens/id/${namespace.namespace.issued.tokens.hashOf(damaged)}`
  const [entry] = await namespace.backend.get([path])
  const value = Buffer.from(entry?.value ?? [])
  value[value.length - 1] = (value[value.length - 1] ?? 0) ^ 1
  await namespace.backend.commit([{ reads: [], lists: [], writes: [{ path, value, expiresAtMs: entry?.expiresAtMs }] }])
  namespace.pass(600)
  await namespace.sweep()
  expect(await namespace.isValid(other)).toBe(false)
  expect(await namespace.rows('tokens/id/')).not.toContain(namespace.namespace.issued.tokens.hashOf(other))
  expect(namespace.logged.some((line) => line.includes('could not be seen to'))).toBe(true)
})

test('secrets of the flat kv form are removed when their time is over', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'secrets/short', { data: { a: 1 }, ttl: 60 })
  await namespace.call('update', 'secrets/long', { data: { a: 1 } })
  const uuid = (await namespace.namespace.mounts.at('secrets/'))?.uuid
  const before = await namespace.rows(`mount/${uuid}/`)
  namespace.pass(60)
  await namespace.sweep()
  const after = await namespace.rows(`mount/${uuid}/`)
  expect(after.length).toBeLessThan(before.length)
  expect(after.some((row) => row.includes('short'))).toBe(false)
  expect((await namespace.data('read', 'secrets/long')).data).toEqual({ a: 1 })
})
