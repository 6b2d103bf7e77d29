import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { type Entry, VALUE_MAX_BYTES } from '../backend.ts'
import { openSqlite } from './sqlite.ts'

/** Whoever can write to the file, while it is open: SQLite keeps any type in any column. */

const folder = mkdtempSync(join(tmpdir(), 'egide-altered-'))
const path = join(folder, 'egide.db')
const backend = await openSqlite({ path })
const file = new BetterSqlite3(path)
file.pragma('synchronous = OFF')
const START = `DELETE FROM entry; DELETE FROM change; DELETE FROM clock;
  INSERT INTO clock (id, revision, forgotten, changes, marker) VALUES (1, 1, 0, 3, '');
  INSERT INTO entry (path, revision, expires_at, value) VALUES
    ('k/a', 1, 1000, x'61'), ('k/b', 1, 1000, x'62'), ('k/c', 1, 1000, x'63')`

beforeEach(() => file.exec(START))
afterAll(async () => {
  file.close()
  await backend.close()
  rmSync(folder, { recursive: true })
})

async function inSnapshot(): Promise<{ entries: Entry[]; strays: readonly string[] }> {
  const snapshot = await backend.snapshot()
  const entries: Entry[] = []
  for await (const batch of snapshot.batches) entries.push(...batch)
  return { entries, strays: snapshot.strays }
}

const columns: Readonly<Record<string, string>> = {
  'a value that is text': "value = 'b'",
  'a value that is a number': 'value = 7',
  'a value larger than any that is written': `value = zeroblob(${VALUE_MAX_BYTES + 1})`,
  'a revision that is text': "revision = 'b'",
  'a revision that is negative': 'revision = -1',
  'a revision of no transaction': 'revision = 0',
  'a revision that no number is exact for': 'revision = 9223372036854775807',
  'a revision that is no integer': 'revision = 1.5',
  'an expiry that is text': "expires_at = 'b'",
  'an expiry that is no integer': 'expires_at = 1.5',
}
for (const [what, set] of Object.entries(columns)) {
  test(`${what} makes a value that opens nowhere, here and in a snapshot, and can be written over`, async () => {
    file.exec(`UPDATE entry SET ${set} WHERE path = 'k/b'`)
    const damaged = { path: 'k/b', value: Buffer.alloc(0), revision: 0, expiresAtMs: undefined }
    expect(await backend.get(['k/b'])).toEqual([damaged])
    expect((await backend.get(['k/a', 'k/b', 'k/c']))[1]).toEqual(damaged)
    const { entries, strays } = await inSnapshot()
    expect([entries.map(({ path }) => path), strays]).toEqual([['k/a', 'k/b', 'k/c'], []])
    expect(entries[1]).toEqual(damaged)
    const write = { path: 'k/b', value: Buffer.from('new') }
    expect(await backend.commit([{ reads: [], lists: [], writes: [write] }])).toEqual([
      { kind: 'committed', revision: 2 },
    ])
    expect((await backend.get(['k/b']))[0]).toMatchObject({ value: Buffer.from('new'), revision: 2 })
  })
}

const paths: Readonly<Record<string, [sql: string, stray: string]>> = {
  'bytes that are no text': ["x'6b2f62'", ''],
  'no UTF-8': ["cast(x'6b2fff' as text)", 'k/\ufffd\0'],
  'a NUL': ["'k/' || char(0)", 'k/\0'],
  'a slash at the start': ["'/k'", '/k'],
  'more than the longest path': [`'k/' || hex(zeroblob(5000000))`, ''],
}
for (const [what, [sql, stray]] of Object.entries(paths)) {
  test(`a row at a path of ${what} is no entry: told with a snapshot, listed and due nowhere`, async () => {
    file.exec(`INSERT INTO entry (path, revision, expires_at, value) VALUES (${sql}, 1, 1, x'00')`)
    const { entries, strays } = await inSnapshot()
    expect([entries.map(({ path }) => path), strays]).toEqual([['k/a', 'k/b', 'k/c'], [stray]])
    // Wherever a sweep stands, it can go on from there.
    for (const at of await backend.due(2000, 100)) expect(await backend.due(2000, 1, at)).toBeDefined()
    const listing = await backend.list('k/', { recursive: true, after: '', limit: 100 })
    expect(Math.max(...listing.names.map((name) => name.length))).toBeLessThan(100)
  })
}

test('a path that holds the sign for what is no text is a path like any other', async () => {
  await backend.commit([{ reads: [], lists: [], writes: [{ path: 'k/\ufffd', value: Buffer.from('d') }] }])
  const { entries, strays } = await inSnapshot()
  expect([entries.at(-1)?.path, strays]).toEqual(['k/\ufffd', []])
})

test('a row that is due and at no time does not keep others from being due', async () => {
  file.exec(
    "UPDATE entry SET expires_at = 0.5 WHERE path = 'k/a'; UPDATE entry SET expires_at = x'01' WHERE path = 'k/b'",
  )
  expect(await backend.due(2000, 100)).toEqual([{ expiresAtMs: 1000, path: 'k/c' }])
})

describe('a clock that is', () => {
  const clocks: Readonly<Record<string, string>> = {
    gone: 'DELETE FROM clock',
    text: "UPDATE clock SET revision = 'b'",
    negative: 'UPDATE clock SET revision = -3, forgotten = -3',
    'no integer': 'UPDATE clock SET revision = 1.5',
    'beyond what numbers are exact for': 'UPDATE clock SET revision = 9007199254740992',
    'behind what it says was forgotten': 'UPDATE clock SET forgotten = 5',
  }
  for (const [what, sql] of Object.entries(clocks)) {
    test(`${what} is an error for whoever asks and writes, until it is mended`, async () => {
      expect(await backend.readIndex()).toBe(1)
      file.exec(sql)
      const corrupt = { code: 'corrupt', message: 'the clock of the store is damaged' }
      await expect(async () => backend.readIndex()).rejects.toMatchObject(corrupt)
      await expect(async () => backend.changes(0)).rejects.toMatchObject(corrupt)
      await expect(async () => backend.list('', { recursive: true, after: '', limit: 9 })).rejects.toMatchObject(
        corrupt,
      )
      const write = { path: 'k/d', value: Buffer.from('d') }
      const commit = () => backend.commit([{ reads: [], lists: [], writes: [write] }])
      await expect(commit()).rejects.toMatchObject({ code: 'refused' })
      file.exec(START)
      expect(await backend.readIndex()).toBe(1)
      expect(await commit()).toEqual([{ kind: 'committed', revision: 2 }])
    })
  }
})

test('changes of which the path is no text have caches forget everything', async () => {
  file.exec("INSERT INTO change (revision, path, membership) VALUES (2, x'00', 1); UPDATE clock SET revision = 2")
  expect(await backend.changes(1)).toEqual({ kind: 'resync', revision: 2 })
})
