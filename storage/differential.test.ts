import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { TEST_TIMEOUT_MS, toldWithin } from '../test/harness/properties.ts'
import type { Backend, Transaction } from './backend.ts'
import { MemoryBackend } from './memory/memory.ts'
import { TestingBackends } from './postgres/testing-backends.ts'
import { noPostgres } from './postgres/testing-server.ts'
import { openSqlite } from './sqlite/sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'egide-differential-'))
afterAll(() => rmSync(folder, { recursive: true }))
const empty = join(folder, 'empty.db')
await (await openSqlite({ path: empty })).close()
let files = 0

const SOAK = process.env.EGIDE_SOAK === '1'
const LIMIT_MS = SOAK ? 600_000 : TEST_TIMEOUT_MS

// Few names, so that transactions meet; among them what sorts differently as UTF-16 and as UTF-8.
const part = fc.constantFrom('a', 'a', 'b', '-', '0', '\u{ffff}', '\u{1f511}')
const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
const prefix = fc.constantFrom('', 'a/', 'a/a/', 'b/', '\u{1f511}/')
/** Revisions are stated from the newest back, so that checks hold about as often as they fail. */
const back = fc.nat(4)
const expiresAtMs = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined })
const write = fc.record({ path, value: fc.option(fc.uint8Array({ maxLength: 8 }), { freq: 3 }), expiresAtMs })

const transaction = fc.record({
  readPaths: fc.array(fc.record({ path, stale: fc.nat(9) }), { maxLength: 2 }),
  lists: fc.array(fc.record({ prefix, back }), { maxLength: 1 }),
  writes: fc.uniqueArray(write, { maxLength: 3, selector: (one) => one.path }),
})
type Drawn = typeof transaction extends fc.Arbitrary<infer T> ? T : never

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('commit' as const), group: fc.array(transaction, { maxLength: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('get' as const), paths: fc.array(path, { minLength: 1, maxLength: 4 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('list' as const),
      prefix,
      recursive: fc.boolean(),
      after: fc.oneof(
        fc.constant(''),
        path,
        path.map((name) => `${name}/`),
      ),
      limit: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('changes' as const), back }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('due' as const),
      beforeMs: fc.integer({ min: -4, max: 4 }),
      limit: fc.integer({ min: 1, max: 5 }),
      after: fc.option(fc.record({ expiresAtMs: fc.integer({ min: -4, max: 4 }), path }), { nil: undefined }),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** The transactions as drawn, with revisions that are mostly the current ones. Both backends are given the same. */
async function stated(group: readonly Drawn[], model: Backend): Promise<Transaction[]> {
  const newest = await model.readIndex()
  const transactions: Transaction[] = []
  for (const { readPaths, lists, writes } of group) {
    const reads = []
    for (const { path, stale } of readPaths) {
      const [entry] = await model.get([path])
      reads.push({ path, revision: stale === 0 ? newest : (entry?.revision ?? 0) })
    }
    transactions.push({
      reads,
      lists: lists.map((one) => ({ prefix: one.prefix, since: Math.max(0, newest - one.back) })),
      writes,
    })
  }
  return transactions
}

async function answer(backend: Backend, one: Exclude<Step, { op: 'commit' }>): Promise<unknown> {
  if (one.op === 'get')
    return (await backend.get(one.paths)).map(
      (entry) => entry && { ...entry, value: Buffer.from(entry.value).toString('hex') },
    )
  if (one.op === 'list') return backend.list(one.prefix, one)
  if (one.op === 'due') return backend.due(one.beforeMs, one.limit, one.after)
  const changes = await backend.changes(Math.max(0, (await backend.readIndex()) - one.back))
  if (changes.kind !== 'paths') return changes
  return { revision: changes.revision, last: changes.paths.map((path, at) => [path, changes.revisions[at]]).sort() }
}

/** Runs random sessions on memory and on another backend, which must answer alike. */
async function compare(open: () => Promise<Backend>): Promise<void> {
  const met = { committed: 0, conflict: 0 }
  // A failure prints its seed and the shortest sequence of steps that still shows it.
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
      const memory = new MemoryBackend()
      const other = await open()
      try {
        for (const one of steps) {
          if (one.op === 'commit') {
            const group = await stated(one.group, memory)
            const outcomes = await memory.commit(group)
            expect(await other.commit(group)).toEqual(outcomes)
            for (const { kind } of outcomes) met[kind]++
          } else expect(await answer(other, one)).toEqual(await answer(memory, one))
          expect(await other.readIndex()).toBe(memory.readIndex())
        }
      } finally {
        await other.close()
      }
    }),
    { numRuns: SOAK ? 500 : 25, ...toldWithin(LIMIT_MS) },
  )
  // A test in which nothing ever conflicts, or everything does, would show nothing. There are 500 and 175, more or less.
  expect(met.committed).toBeGreaterThan(200)
  expect(met.conflict).toBeGreaterThan(50)
}

test('memory and SQLite cannot be told apart', { timeout: LIMIT_MS }, () =>
  compare(() => {
    const path = join(folder, `${++files}.db`)
    copyFileSync(empty, path)
    return openSqlite({ path })
  }),
)

test.skipIf(noPostgres !== undefined)('memory and PostgreSQL cannot be told apart', { timeout: LIMIT_MS }, async () => {
  const backends = await TestingBackends.start()
  try {
    await compare(() => backends.open())
  } finally {
    await backends.stop()
  }
})
