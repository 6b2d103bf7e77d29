import BetterSqlite3 from 'better-sqlite3'
import { StorageError, type StorageErrorCode } from '../backend.ts'

/** SQLite's extended result code, such as SQLITE_IOERR_FSYNC; '' for other errors. */
export function sqliteCode(error: unknown): string {
  return error instanceof BetterSqlite3.SqliteError ? error.code : ''
}

/** The message goes to callers, so it says only what kind of trouble it is; the cause goes to our log. */
export function storageError(code: StorageErrorCode, cause: unknown): StorageError {
  return new StorageError(code, messageOf(sqliteCode(cause)), { cause })
}

export function readError(cause: unknown): StorageError {
  if (cause instanceof StorageError) return cause
  const code = sqliteCode(cause)
  return storageError(code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB' ? 'corrupt' : 'unavailable', cause)
}

function messageOf(code: string): string {
  if (code === 'SQLITE_FULL') return 'the disk is full'
  if (code.startsWith('SQLITE_READONLY')) return 'the database is read-only'
  if (code.startsWith('SQLITE_BUSY')) return 'busy: another process holds the database'
  if (code.startsWith('SQLITE_IOERR')) return 'the disk failed'
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'the database is damaged'
  return 'the database failed'
}
