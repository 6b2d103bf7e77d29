import type { Database } from 'better-sqlite3'
import { StorageError } from '../backend.ts'
import { MIGRATIONS } from './migrations/index.ts'

const RECORD = 'kysely_migration' // where kysely's Migrator records what it applied

/**
 * Brings the schema up to date, forward only. The write lock is held throughout, so that of processes that open the file
 * together one migrates and the others find it done. Throws `invalid` when a newer Egide has migrated the file.
 */
export async function migrate(db: Database): Promise<void> {
  if (isCurrent(db)) return
  db.exec('BEGIN IMMEDIATE')
  try {
    if (!isCurrent(db)) await applyMissing(db)
    db.exec('COMMIT')
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function isCurrent(db: Database): boolean {
  const recorded = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(RECORD) !== undefined
  if (!recorded) return false
  const applied = db.prepare<[], string>(`SELECT name FROM ${RECORD}`).pluck().all()
  const newer = applied.find((name) => !Object.hasOwn(MIGRATIONS, name))
  if (newer !== undefined) throw new StorageError('invalid', `the database is of a newer version: it holds ${newer}`)
  return applied.length === Object.keys(MIGRATIONS).length
}

async function applyMissing(db: Database): Promise<void> {
  const [{ Kysely, SqliteDialect }, { Migrator }] = await Promise.all([import('kysely'), import('kysely/migration')])
  const migrator = new Migrator({
    db: new Kysely<unknown>({ dialect: new SqliteDialect({ database: db }) }),
    provider: {
      async getMigrations() {
        const loaded = Object.entries(MIGRATIONS).map(async ([name, load]) => [name, await load()] as const)
        return Object.fromEntries(await Promise.all(loaded))
      },
    },
    migrationTableName: RECORD,
    migrationLockTableName: `${RECORD}_lock`,
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
