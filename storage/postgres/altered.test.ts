import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Backend, type Entry, VALUE_MAX_BYTES } from '../backend.ts'
import { openPostgres } from './postgres.ts'
import { TestingBackends } from './testing-backends.ts'
import { noPostgres } from './testing-server.ts'

/** Whoever owns the database, beside the nodes that use it: he can take away what keeps columns as they should be. */
describe.skipIf(noPostgres !== undefined)('a database that somebody else writes to', () => {
  let backends: TestingBackends
  let backend: Backend
  let table = ''
  const alter = (sql: string) => backends.sql(sql.replaceAll('$', table))
  const START = `delete from $_entry; delete from $_change; delete from $_clock;
    insert into $_clock (id, revision, forgotten, format) values (1, 1, 0, 1);
    insert into $_entry (path, revision, expires_at, value) values
      ('k/a', 1, 1000, 'a'), ('k/b', 1, 1000, 'b'), ('k/c', 1, 1000, 'c')`

  beforeAll(async () => {
    backends = await TestingBackends.start()
    table = backends.newTable()
    backend = await openPostgres({ connectionUrl: backends.server.url, table })
    await alter('alter table $_entry alter column value drop not null, alter column revision drop not null')
    await alter('alter table $_clock alter column revision drop not null')
  })
  beforeEach(() => alter(START))
  afterAll(async () => {
    await backend.close()
    await backends.stop()
  })

  const columns: Readonly<Record<string, string>> = {
    'no value': 'value = null',
    'a value larger than any that is written': `value = decode(repeat('00', ${VALUE_MAX_BYTES + 1}), 'hex')`,
    'no revision': 'revision = null',
    'a revision that is negative': 'revision = -1',
    'a revision that no number is exact for': 'revision = 9223372036854775807',
    'an expiry that no number is exact for': 'expires_at = 9223372036854775807',
  }
  for (const [what, set] of Object.entries(columns)) {
    test(`${what} makes a value that opens nowhere, here and in a snapshot`, async () => {
      await alter(`update $_entry set ${set} where path = 'k/b'`)
      const damaged = { path: 'k/b', value: Buffer.alloc(0), revision: 0, expiresAtMs: undefined }
      expect(await backend.get(['k/b'])).toEqual([damaged])
      expect((await backend.get(['k/a', 'k/b', 'k/c']))[1]).toEqual(damaged)
      const snapshot = await backend.snapshot()
      const entries: Entry[] = []
      for await (const batch of snapshot.batches) entries.push(...batch)
      expect(entries.map(({ path }) => path)).toEqual(['k/a', 'k/b', 'k/c'])
      expect(entries[1]).toEqual(damaged)
    })
  }

  test('a row at a path where nobody writes is no entry, and told with a snapshot', async () => {
    await alter("insert into $_entry (path, revision, value) values ('/k', 1, 'x'), ('k/', 1, 'x')")
    const snapshot = await backend.snapshot()
    const entries: Entry[] = []
    for await (const batch of snapshot.batches) entries.push(...batch)
    expect([entries.map(({ path }) => path), snapshot.strays]).toEqual([
      ['k/a', 'k/b', 'k/c'],
      ['/k', 'k/'],
    ])
  })

  const clocks: Readonly<Record<string, string>> = {
    gone: 'delete from $_clock',
    'of no revision': 'update $_clock set revision = null',
    negative: 'update $_clock set revision = -3, forgotten = -3',
    'behind what it says was forgotten': 'update $_clock set forgotten = 5',
  }
  const [told, refused] = [
    ['gone', 'of no revision', 'negative'],
    ['gone', 'of no revision'],
  ]
  for (const [what, sql] of Object.entries(clocks)) {
    test(`a clock that is ${what} is an error for whoever asks, lists and writes, until it is mended`, async () => {
      await alter(sql)
      const corrupt = { code: 'corrupt', message: 'the clock of the store is damaged' }
      await expect(backend.look?.(0)).rejects.toMatchObject(corrupt)
      await expect(backend.changes(0)).rejects.toMatchObject(corrupt)
      const page = { recursive: true, after: '', limit: 9 }
      if (told.includes(what)) {
        await expect(async () => backend.readIndex()).rejects.toMatchObject(corrupt)
        await expect(async () => backend.list('', page)).rejects.toMatchObject(corrupt)
        await expect(backend.snapshot()).rejects.toMatchObject(corrupt)
      }
      const commit = () =>
        backend.commit([{ reads: [], lists: [], writes: [{ path: 'k/d', value: Buffer.from('d') }] }])
      if (refused.includes(what)) await expect(commit()).rejects.toMatchObject({ code: 'refused' })
      await alter(START)
      expect(await backend.readIndex()).toBe(1)
      expect(await commit()).toEqual([{ kind: 'committed', revision: 2 }])
    })
  }
})
