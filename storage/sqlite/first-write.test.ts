import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Outcome, Transaction, Write } from '../backend.ts'
import { openSqlite } from './sqlite.ts'

// Of the path that a transaction writes first, the write itself tells whether it is as it was read.

const folder = mkdtempSync(join(tmpdir(), 'egide-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const put = (path: string, text = path): Write => ({ path, value: Buffer.from(text) })
const reading = (path: string, revision: number, writes: readonly Write[]): Transaction => ({
  reads: [{ path, revision }],
  lists: [],
  writes,
})
const conflict: Outcome = { kind: 'conflict', path: 'a' }

const writes = { replaces: put('a', 'mine'), deletes: { path: 'a', value: null } }
const reads = { 'that is not there': 0, 'as it was before': 1, 'as it never was': 7 }
for (const [does, write] of Object.entries(writes)) {
  for (const [how, revision] of Object.entries(reads)) {
    for (const together of [true, false]) {
      test(`who ${does} a path read ${how} writes nothing, ${together ? 'in one group' : 'a group later'}`, async () => {
        const backend = await openSqlite({ path: join(folder, `${does}-${how}-${together}.db`) })
        const first = [reading('b', 0, [put('a', 'before')]), reading('a', 1, [put('a', 'theirs')])]
        const stale = reading('a', revision, [write, put('other')])
        const outcomes = together
          ? await backend.commit([...first, stale])
          : [...(await backend.commit(first)), ...(await backend.commit([stale]))]
        expect(outcomes.slice(0, 2).map(({ kind }) => kind)).toEqual(['committed', 'committed'])
        expect(outcomes[2]).toEqual(conflict)
        const [a, other] = await backend.get(['a', 'other'])
        expect(a?.value.toString()).toBe('theirs')
        expect(other).toBeUndefined()
        expect(await backend.readIndex()).toBe(2)
        await backend.close()
      })
    }
  }
}

test('of each of many paths a group knows what its own transactions wrote there', async () => {
  const backend = await openSqlite({ path: join(folder, 'many.db') })
  // More than the group remembers, so that paths drive each other out.
  const writes = Array.from({ length: 3000 }, (_, n) => put(`many/${n}`))
  const stale = [1, 2, 1500, 2999].map((n) => reading(`many/${n}`, 0, [put(`many/${n}`, 'mine')]))
  const unread = { reads: [], lists: [], writes: [put('many/7', 'last')] }
  const fresh = reading('many/8', 1, [put('many/8', 'next')])
  const gone = reading('many/9', 1, [{ path: 'many/9', value: null }])
  const outcomes = await backend.commit([{ reads: [], lists: [], writes }, ...stale, unread, fresh, gone])
  expect(outcomes.map(({ kind }) => kind)).toEqual([
    'committed',
    ...stale.map(() => 'conflict'),
    'committed',
    'committed',
    'committed',
  ])
  const entries = await backend.get([1, 2, 1500, 2999, 7, 8, 9].map((n) => `many/${n}`))
  const texts = ['many/1', 'many/2', 'many/1500', 'many/2999', 'last', 'next', undefined]
  expect(entries.map((entry) => entry?.value.toString())).toEqual(texts)
  await backend.close()
})
