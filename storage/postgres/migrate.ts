import { createHash } from 'node:crypto'
import type { PostgresPool } from 'kysely'
import { StorageError } from '../backend.ts'
import { MIGRATIONS } from './migrations/index.ts'
import type { Names } from './names.ts'
import type { Session } from './session.ts'

/** What this version reads and writes: the clock's `format` must not be above it. */
const FORMAT = 1
/** How long a node waits for another that migrates. */
const WAIT_MS = 60_000

/**
 * Brings the schema up to date, forward only. A lock is held throughout, so that of nodes that start together one
 * migrates and the others find it done. Throws StorageError `invalid` when a newer Egide has made the database unreadable
 * for this one; what a newer one only added is no obstacle.
 */
export async function migrate(session: Session, names: Names): Promise<void> {
  const { client } = session
  if (await isCurrent(session, names)) return
  const key = lockKey(names)
  await client.query(`set statement_timeout = ${WAIT_MS}; set lock_timeout = ${WAIT_MS}`)
  try {
    await client.query('select pg_advisory_lock($1)', [key])
    if (!(await isCurrent(session, names))) await applyMissing(session, names)
    await client.query('select pg_advisory_unlock($1)', [key])
  } finally {
    session.destroy() // whatever happened: the lock goes with the connection
  }
}

/** One number for this set of tables, among all locks of the database. */
function lockKey(names: Names): string {
  return createHash('sha256').update(`egide migration ${names.migration}`).digest().readBigInt64BE().toString()
}

async function isCurrent({ client }: Session, names: Names): Promise<boolean> {
  const there = await client.query({
    text: 'select to_regclass($1) is not null',
    values: [names.migration],
    rowMode: 'array',
  })
  if (there.rows[0]?.[0] !== true) return false
  const applied = await client.query({ text: `select name from ${names.migration}`, rowMode: 'array' })
  const found = new Set(applied.rows.map((row) => row[0]))
  if (!Object.keys(MIGRATIONS).every((name) => found.has(name))) return false
  const clock = await client.query({ text: `select format from ${names.clock} where id = 1`, rowMode: 'array' })
  const format = Number(clock.rows[0]?.[0])
  if (format > FORMAT) throw new StorageError('invalid', `the database is of a newer version: its format is ${format}`)
  return true
}

async function applyMissing({ client }: Session, names: Names): Promise<void> {
  const [{ Kysely, PostgresDialect }, { Migrator }] = await Promise.all([import('kysely'), import('kysely/migration')])
  // The one connection, which holds the lock. It is not the migrator's to end.
  const only = { query: client.query.bind(client), release() {} }
  const pool = { options: {}, connect: async () => only, end: async () => {} }
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: pool as unknown as PostgresPool }) })
  const migrator = new Migrator({
    db,
    provider: {
      async getMigrations() {
        const loaded = Object.entries(MIGRATIONS).map(async ([name, load]) => {
          const { up } = await load()
          return [name, { up: (on: Parameters<typeof up>[0]) => up(on, names) }] as const
        })
        return Object.fromEntries(await Promise.all(loaded))
      },
    },
    migrationTableName: names.migration,
    migrationLockTableName: names.migrationLock,
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
