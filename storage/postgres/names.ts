import { StorageError } from '../backend.ts'

/** What Egide's tables are called unless the configuration says otherwise. */
export const DEFAULT_TABLE = 'egide'

/** What lies in the database. All names start with one word, so that several vaults can share a schema. */
export interface Names {
  readonly clock: string
  readonly entry: string
  readonly due: string
  readonly change: string
  readonly writer: string
  /** The functions carry the version of their meaning: a new one gets a new name, and nodes of two versions each call theirs. */
  readonly commit: string
  /** Of versions before, which call them still: each by the migration that made it. */
  readonly commit0002: string
  readonly commit0003: string
  readonly settle: string
  readonly migration: string
  readonly migrationLock: string
}

/** Throws StorageError `invalid` for what is no plain name: it becomes part of SQL. */
export function namesOf(table: string): Names {
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(table)) {
    throw new StorageError('invalid', 'table must be 1 to 40 lower-case letters, digits and _, and start with a letter')
  }
  return {
    clock: `${table}_clock`,
    entry: `${table}_entry`,
    due: `${table}_entry_due`,
    change: `${table}_change`,
    writer: `${table}_writer`,
    commit: `${table}_commit_3`,
    commit0002: `${table}_commit_1`,
    commit0003: `${table}_commit_2`,
    settle: `${table}_settle_1`,
    migration: `${table}_migration`,
    migrationLock: `${table}_migration_lock`,
  }
}
