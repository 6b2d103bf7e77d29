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
