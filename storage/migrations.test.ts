import { createHash } from 'node:crypto'
import {
  type Dialect,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backendContract } from './backend.contract.ts'
import { MIGRATIONS as POSTGRES } from './postgres/migrations/index.ts'
import { namesOf } from './postgres/names.ts'
import { openPostgres } from './postgres/postgres.ts'
import { TestingBackends } from './postgres/testing-backends.ts'
import { noPostgres } from './postgres/testing-server.ts'
import { replaceContract } from './replace.contract.ts'
import { MIGRATIONS as SQLITE } from './sqlite/migrations/index.ts'

// Versions N and N+1 run together on one database because of what migrations are not: this holds them to it.

type Migrate = (db: Kysely<unknown>) => Promise<void>

const POSTGRES_PARTS: Dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
}
const SQLITE_PARTS: Dialect = {
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
}

/** The statements of a migration, each on one line, in lower case. */
async function statementsOf(dialect: Dialect, up: Migrate): Promise<string[]> {
  const statements: string[] = []
  const db = new Kysely<unknown>({
    dialect,
    log({ query }) {
      statements.push(query.sql.replaceAll(/\s+/g, ' ').trim().toLowerCase())
    },
  })
  await up(db)
  await db.destroy()
  return statements
}

const names = namesOf('egide')
const all: readonly (readonly [string, () => Promise<string[]>])[] = [
  ...Object.entries(POSTGRES).map(([name, load]) => {
    const read = async () => statementsOf(POSTGRES_PARTS, async (db) => (await load()).up(db, names))
    return [`postgres/${name}`, read] as const
  }),
  ...Object.entries(SQLITE).map(([name, load]) => {
    const read = async () => statementsOf(SQLITE_PARTS, async (db) => (await load()).up(db))
    return [`sqlite/${name}`, read] as const
  }),
]

/** SHA-256 of the statements of each migration that was released: what is applied somewhere never changes. A new one is added here. */
const APPLIED: Readonly<Record<string, string>> = {
  'postgres/0001_entries': '9da65d644f3fd59fd89b7c6b078a2a742454cf188c6432ef0e7f3eefd91a7670',
  'postgres/0002_commit': 'eb3e6b4904011d82e895a5839cfc0e338c46d6f1b814493c804bb916c32b12e7',
  'postgres/0003_shorter_commit': '194e3d0e0225b967f3779c6853320d64f1b1333700297fffc1dae9b6a3f4bf97',
  'postgres/0004_room_for_updates': '4cabda618965912445257a78b9ccbf20513575964631f525bffb7d735c73b2c4',
  'postgres/0005_values_in_place': '1d46b2385bc6b3d0e4b7f6c2fa6a71a6872fd417bdb5bca6f50abe81aa55d9f0',
  'sqlite/0001_entries': '03a280facc85eb79a60bbefb442c717a7ab094ed37b6c5366e89f6136ad45928',
}

/** What leaves older nodes all they use. A function is made under a new name, never replaced: older nodes call the old one. */
const ADDS =
  /^(?:create (?:table|index|function|unique index) (?!or replace)|insert into "?egide_|insert into clock|do \$\$ begin alter table \S+ set \(fillfactor = \d+\); exception when insufficient_privilege or feature_not_supported or invalid_parameter_value then null; end \$\$$|alter table \S+ add column (?!.*\bnot null\b(?!.*\bdefault\b)))/
const TAKES_AWAY = /\b(?:drop|rename|truncate|or replace|alter column|set not null)\b/

describe('migrations', () => {
  test.each(all)('%s is as it was applied', async (name, statements) => {
    const hash = createHash('sha256')
      .update((await statements()).join(';'))
      .digest('hex')
    expect({ [name]: hash }).toEqual({ [name]: APPLIED[name] })
  })

  test('none that was applied is gone', () => {
    expect(all.map(([name]) => name)).toEqual(Object.keys(APPLIED))
  })

  test.each(all)('%s only adds, so that nodes of the version before run on', async (_, statements) => {
    for (const statement of await statements()) {
      expect(statement).toMatch(ADDS)
      expect(statement).not.toMatch(TAKES_AWAY)
    }
  })

  test('what takes away or demands is seen', () => {
    for (const statement of [
      'drop table egide_entry',
      'alter table egide_entry drop column value',
      'alter table egide_entry rename column value to bytes',
      'alter table egide_entry add column owner text not null',
      'create or replace function egide_commit_1() returns void',
      'delete from egide_entry',
      'update egide_clock set format = 2',
      'do $$ begin alter table egide_entry set (fillfactor = 90); update egide_clock set format = 2; end $$',
    ])
      expect([statement, ADDS.test(statement) && !TAKES_AWAY.test(statement)]).toEqual([statement, false])
    expect('alter table "egide_entry" add column "owner" text').toMatch(ADDS)
  })
})

describe.skipIf(noPostgres !== undefined)('beside a node of the version before', () => {
  let backends: TestingBackends
  beforeAll(async () => {
    backends = await TestingBackends.start()
  })
  afterAll(() => backends.stop())

  test('room for updates is left on the pages of entries', async () => {
    const table = backends.newTable()
    await (await openPostgres({ connectionUrl: backends.server.url, table })).close()
    const [row] = await backends.sql(`select reloptions::text from pg_class where relname = '${table}_entry'`)
    expect(row).toEqual({ reloptions: '{fillfactor=90}' })
  })

  /** The parameters to write `path`, which was read at `revision`, of functions that older nodes call. */
  const older = {
    commit_1: (path: string, revision: number) => `'{1}',
        '{1}', '{${path}}', '{${revision}}', '{}', '{}', '{}', '{}',
        '{1}', '{${path}}', '{1}', '{6}', '{null}', 'before', null`,
    commit_2: (path: string, revision: number) => `'{1}', '{1}',
        '{${path}}', '{${revision}}', '{1}', '{1}', '{}', '{}', '{}', '{}',
        '{1}', '{0}', '{${path}}', '{${revision > 0}}', '{null}', '{before}', 1, null`,
  }
  test.each(Object.entries(older))(
    'an older one commits by %s, and each sees what the other wrote',
    async (name, of) => {
      const table = backends.newTable()
      const backend = await openPostgres({ connectionUrl: backends.server.url, table })
      const writer = '0b0ed3b8-3a8c-4a52-9f08-5ab9fd35ae6d'
      await backends.sql(`insert into ${table}_writer (id, number, at) values ('${writer}', 0, now())`)
      const commitBefore = async (number: number, path: string, revision: number) => {
        const parameters = `'${writer}', ${number}, ${of(path, revision)}`
        const [row] = await backends.sql(`select ${table}_${name}(${parameters})::text as outcomes`)
        return row?.outcomes
      }
      const commit = (path: string, revision: number) =>
        backend.commit([{ reads: [{ path, revision }], lists: [], writes: [{ path, value: Buffer.from('this') }] }])
      expect(await commit('a', 0)).toEqual([{ kind: 'committed', revision: 1 }])
      expect(await commitBefore(1, 'a', 1)).toBe('{2}')
      expect(await commit('a', 1)).toEqual([{ kind: 'conflict', path: 'a' }])
      expect((await backend.get(['a']))[0]).toMatchObject({ revision: 2, value: Buffer.from('before') })
      expect(await commit('a', 2)).toEqual([{ kind: 'committed', revision: 3 }])
      expect(await commitBefore(2, 'a', 2)).toBe('{-1}')
      expect(await commitBefore(3, 'b', 0)).toBe('{4}')
      expect(await commit('b', 4)).toEqual([{ kind: 'committed', revision: 5 }])
      expect(await backend.changes(0)).toMatchObject({ paths: ['a', 'b'], revisions: [3, 5], revision: 5 })
      expect(await backends.sql(`select ${table}_settle_1('${writer}', 3)::text as outcomes`)).toEqual([
        { outcomes: '{4}' },
      ])
      await backend.close()
    },
  )
})

describe.skipIf(noPostgres !== undefined)('this version on a database that a newer one has added to', () => {
  let backends: TestingBackends
  beforeAll(async () => {
    backends = await TestingBackends.start()
  })
  afterAll(() => backends.stop())

  /** Opened before the newer version came, which then added a column to each table, an index, a table and a function. */
  const open = async () => {
    const table = backends.newTable()
    const backend = await openPostgres({ connectionUrl: backends.server.url, table, maxParallel: 3 })
    for (const one of ['clock', 'entry', 'change', 'writer'])
      await backends.sql(`alter table ${table}_${one} add column later text default 'later'`)
    await backends.sql(`create index ${table}_entry_later on ${table}_entry (later)`)
    await backends.sql(`create table ${table}_later (id integer primary key)`)
    await backends.sql(
      `create function ${table}_commit_4(x uuid) returns bigint[] language sql as 'select null::bigint[]'`,
    )
    await backends.sql(`insert into ${table}_migration (name, timestamp) values ('9999_later', '')`)
    return backend
  }
  backendContract('PostgreSQL, newer', open)
  replaceContract('PostgreSQL, newer', open)
})
