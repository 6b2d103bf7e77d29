import { closeSync, constants, existsSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { StorageError } from '../backend.ts'
import { makeFolder } from '../make-folder.ts'
import { readError, sqliteCode } from './errors.ts'

/** Says in the file's header that it is ours ("Egid"). */
const APPLICATION_ID = 0x45676964
/** How long opening waits for other processes that open or migrate. */
const OPENING_BUSY_MS = 10_000
/** In WAL mode readers wait for nobody, but for a moment when the file was not closed properly. */
const READER_BUSY_MS = 1000
/** What the WAL file is cut to after a large transaction made it grow. */
const WAL_FILE_MAX_BYTES = 64 * 1024 * 1024
/**
 * What each connection keeps of the file, beside the system that keeps it too; as built it would be 16 MiB. The writer's holds
 * the upper pages of a million entries and what a group changes. Beside the reader's the store has a cache of its own.
 */
const WRITER_CACHE_KIB = 8 * 1024
const READER_CACHE_KIB = 4 * 1024

/** Creates the file, readable by its owner alone, unless it is there. */
export async function createFile(path: string): Promise<void> {
  const directory = dirname(path)
  await makeFolder(directory)
  try {
    closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
    throw error
  }
  const handle = openSync(directory, 'r') // the new name must be as durable as what is written under it
  fsyncSync(handle)
  closeSync(handle)
}

/** The connection that writes. Throws `invalid` when the file is some other program's. */
export function openForWriting(path: string): Database {
  const db = new BetterSqlite3(path, { timeout: OPENING_BUSY_MS })
  try {
    claim(db)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('fullfsync = ON') // macOS: a plain fsync stops at the drive's cache
    db.pragma('secure_delete = ON') // what is deleted is no sooner gone from the listings than from the file
    db.pragma('wal_autocheckpoint = 0') // done between groups, after the replies: see group-writer.ts
    db.pragma(`journal_size_limit = ${WAL_FILE_MAX_BYTES}`)
    db.pragma('trusted_schema = OFF')
    db.pragma(`cache_size = -${WRITER_CACHE_KIB}`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** A connection that can't write. */
export function openForReading(path: string): Database {
  const db = new BetterSqlite3(path, { timeout: READER_BUSY_MS, fileMustExist: true })
  db.pragma('query_only = ON')
  db.pragma('trusted_schema = OFF')
  db.pragma(`cache_size = -${READER_CACHE_KIB}`)
  return db
}

/**
 * Whether another process has the database open: each holds a shared lock on the file for as long as it does. Must not be
 * asked while this process has it open itself. False where there is no file.
 */
export function isInUse(path: string): boolean {
  if (!existsSync(path)) return false
  const db = new BetterSqlite3(path, { timeout: 0, fileMustExist: true })
  try {
    db.pragma('locking_mode = EXCLUSIVE')
    db.prepare('SELECT count(*) FROM sqlite_master').get()
    return false
  } catch (error) {
    if (sqliteCode(error).startsWith('SQLITE_BUSY')) return true
    throw readError(error)
  } finally {
    db.close()
  }
}

function claim(db: Database): void {
  // In this order: another process that creates the file states the id before it makes tables.
  const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_master').pluck().get()
  const id = db.pragma('application_id', { simple: true })
  if (id === APPLICATION_ID) return
  if (id !== 0 || tables !== 0) throw new StorageError('invalid', 'the file is a database of another program')
  db.pragma(`application_id = ${APPLICATION_ID}`)
}
