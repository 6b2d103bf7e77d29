import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, expect, test, vi } from 'vitest'
import type { Transaction } from '../backend.ts'
import { openForWriting } from './connection.ts'
import { packGroup, unpackGroup } from './group-message.ts'
import { GroupWriter } from './group-writer.ts'
import { Reader } from './reader.ts'
import { openSqlite } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'egide-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const newPath = () => join(folder, `${++files}`, 'egide.db')
const put = (path: string, value = path): Transaction => ({
  reads: [],
  lists: [],
  writes: [{ path, value: Buffer.from(value) }],
})

test('the file and its directory are their owner’s alone', async () => {
  const path = newPath()
  const backend = await openSqlite({ path })
  await backend.commit([put('a')])
  const mode = (name: string) => statSync(name).mode & 0o777
  expect([join(path, '..'), path, `${path}-wal`, `${path}-shm`].map(mode)).toEqual([0o700, 0o600, 0o600, 0o600])
  await backend.close()
})

test('what was committed is there when the file is opened again', async () => {
  const path = newPath()
  const first = await openSqlite({ path })
  await first.commit([put('a'), put('b')])
  await first.close()
  const second = await openSqlite({ path })
  expect(await second.readIndex()).toBe(2)
  expect((await second.get(['b']))[0]?.value).toEqual(Buffer.from('b'))
  await second.close()
})

test('what was deleted or replaced is no longer in the file once it is closed', async () => {
  const path = newPath()
  const backend = await openSqlite({ path })
  const bytes = (mark: string) => mark.repeat(1000)
  await backend.commit([put('small', 'first-mark'), put('large', bytes('second-mark')), put('kept', 'kept-mark')])
  await backend.commit([put('replaced', bytes('third-mark'))])
  await backend.commit([put('replaced', 'short'), put('small', 'other')])
  await backend.commit([{ reads: [], lists: [], writes: [{ path: 'large', value: null }] }])
  await backend.close()
  expect(readdirSync(dirname(path))).toEqual([basename(path)])
  const file = readFileSync(path)
  const marks = ['first-mark', 'second-mark', 'third-mark', 'kept-mark']
  expect(marks.filter((mark) => file.includes(mark))).toEqual(['kept-mark'])
})

test('peers on one file that open it together, new, migrate it once and see each other’s commits', async () => {
  const path = newPath()
  const peers = await Promise.all(Array.from({ length: 3 }, () => openSqlite({ path })))
  const commitSome = async (peer: (typeof peers)[number], name: number) => {
    for (let n = 0; n < 40; n++) {
      const [outcome] = await peer.commit([put(`${name}/${n}`)])
      if (outcome?.kind !== 'committed') throw new Error('a conflict that there is not')
      for (const other of peers) expect(await other.readIndex()).toBeGreaterThanOrEqual(outcome.revision)
    }
  }
  await Promise.all(peers.map(commitSome))
  for (const peer of peers) {
    expect(await peer.readIndex()).toBe(120)
    expect((await peer.list('', { recursive: true, after: '', limit: 1000 })).names.length).toBe(120)
  }
  await Promise.all(peers.map((peer) => peer.close()))
})

test('another writer that holds the file for too long is waited for, then the commit is refused', async () => {
  const path = newPath()
  await (await openSqlite({ path })).close()
  const holder = openForWriting(path)
  const db = openForWriting(path)
  const writer = new GroupWriter(db, { busyMaxMs: 30 })
  holder.exec('BEGIN IMMEDIATE')
  expect(() => writer.commit([put('a')])).toThrow(expect.objectContaining({ code: 'refused' }))
  holder.exec('ROLLBACK')
  expect(writer.commit([put('a')])).toEqual([{ kind: 'committed', revision: 1 }])
  writer.close()
  holder.close()
})

test('no statement of the reader has a bound limit that SQLite plans by, and so plans anew for each binding', () => {
  const db = openForWriting(':memory:')
  db.exec('CREATE TABLE clock (id, revision, forgotten); CREATE TABLE change (revision, path)')
  db.exec('CREATE TABLE entry (path, revision, expires_at, value)')
  const prepare = vi.spyOn(db, 'prepare')
  new Reader(db).close()
  const limits = prepare.mock.calls.flatMap(([sql]) => /LIMIT .*/.exec(sql)?.[0] ?? [])
  expect(new Set(limits)).toEqual(new Set(['LIMIT +?']))
})

const foreign: Record<string, { code: string; make: (path: string) => void }> = {
  'is no database': {
    code: 'corrupt',
    make: (path) => writeFileSync(path, 'some text, long enough to be read as a page\n'.repeat(200)),
  },
  'is a database of another program': {
    code: 'invalid',
    make: (path) => new BetterSqlite3(path).exec('CREATE TABLE theirs (x)').close(),
  },
  'is of a newer version': {
    code: 'invalid',
    make: (path) => {
      const db = openForWriting(path)
      db.exec("CREATE TABLE kysely_migration (name, timestamp); INSERT INTO kysely_migration VALUES ('9999_later', '')")
      db.close()
    },
  },
  'is a directory': { code: 'unavailable', make: (path) => mkdirSync(path) },
}
for (const [what, { code, make }] of Object.entries(foreign)) {
  test(`a file that ${what} is not opened, and not changed`, async () => {
    const path = newPath()
    mkdirSync(join(path, '..'))
    make(path)
    const before = statSync(path).size
    await expect(openSqlite({ path })).rejects.toMatchObject({ name: 'StorageError', code })
    expect(statSync(path).size).toBe(before)
  })
}

// The superuser may write to what is read-only.
test.skipIf(process.getuid?.() === 0)('a read-only file is not opened, and is as it was', async () => {
  const path = newPath()
  await (await openSqlite({ path })).close()
  chmodSync(path, 0o400)
  await expect(openSqlite({ path })).rejects.toMatchObject({ name: 'StorageError', code: 'unavailable' })
})

test('a writer whose file is read-only refuses commits', async () => {
  const path = newPath()
  const first = await openSqlite({ path })
  await first.commit([put('a')])
  await first.close()
  const writer = new GroupWriter(new BetterSqlite3(path, { readonly: true }))
  const refusal = { code: 'refused', message: 'the database is read-only' }
  expect(() => writer.commit([put('b')])).toThrow(expect.objectContaining(refusal))
  writer.close()
  const again = await openSqlite({ path })
  expect((await again.get(['a', 'b'])).map((entry) => entry?.path)).toEqual(['a', undefined])
  await again.close()
})

test('a group is the same on the other side of the thread', () => {
  const group: Transaction[] = [
    { reads: [], lists: [], writes: [] },
    {
      reads: [{ path: 'r', revision: 2 ** 40 }],
      lists: [{ prefix: '', since: 0 }],
      writes: [
        { path: 'empty', value: Buffer.alloc(0), expiresAtMs: 0 },
        { path: 'gone', value: null, expiresAtMs: undefined },
        { path: 'w', value: Buffer.from('value'), expiresAtMs: -1 },
      ],
    },
    { reads: [], lists: [], writes: [{ path: 'x', value: Buffer.from('last'), expiresAtMs: undefined }] },
  ]
  const unpacked = unpackGroup(structuredClone(packGroup(group)))
  const plain = unpacked.map(({ reads, lists, writes }) => ({
    reads,
    lists,
    writes: writes.map((write) => ({ ...write, value: write.value && Buffer.from(write.value) })),
  }))
  expect(plain).toEqual(group)
})
