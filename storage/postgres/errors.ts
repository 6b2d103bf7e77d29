import pg from 'pg'
import { StorageError, type StorageErrorCode } from '../backend.ts'

/** The connection ended, or nobody answered in time: what was asked may or may not have been done. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

/** PostgreSQL's five-character SQLSTATE; '' for other errors. */
export function sqlState(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : ''
}

/**
 * Whether the server may have done what it was asked although it answered with this error. An ERROR rolls the statement
 * back. A FATAL ends the session, and can come after a commit record was written (while it waited for a standby).
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true
  return error.severity !== 'ERROR' || error.code === '40003' // statement_completion_unknown
}

/** Whether another try may well succeed: two transactions conflicted, or the server has just become a standby. */
export function isRetryable(error: unknown): boolean {
  const state = sqlState(error)
  return state === '40001' || state === '40P01' || state === '25006'
}

/** The server is not one that takes writes (any more): another of the hosts may be. */
export function isReadOnly(error: unknown): boolean {
  return sqlState(error) === '25006'
}

/** The message goes to callers, so it says only what kind of trouble it is; the cause goes to our log. */
export function storageError(code: StorageErrorCode, cause: unknown): StorageError {
  if (!(cause instanceof StorageError)) return new StorageError(code, messageOf(cause), { cause })
  return cause.code === code || cause.code === 'closed' ? cause : new StorageError(code, cause.message, { cause })
}

export function readError(cause: unknown): StorageError {
  if (cause instanceof StorageError && cause.code === 'corrupt') return cause
  return storageError(/^XX00[12]$/.test(sqlState(cause)) ? 'corrupt' : 'unavailable', cause)
}

const MESSAGES: readonly (readonly [states: RegExp, message: string])[] = [
  [/^53100/, 'the disk is full'],
  [/^53/, 'the database is out of connections or memory'],
  [/^58|^F0/, 'the disk failed'],
  [/^XX00[12]/, 'the database is damaged'],
  [/^25006/, 'the database is read-only'],
  [/^57014|^55P03|^40/, 'busy: the database took too long'],
  [/^28/, 'the database does not accept the user or the password'],
  [/^3D/, 'there is no such database'],
  [/^42501/, 'the user may not do this in the database'],
]

function messageOf(cause: unknown): string {
  const state = sqlState(cause)
  for (const [states, message] of MESSAGES) if (states.test(state)) return message
  return state === '' || /^57P|^08/.test(state) ? 'the database cannot be reached' : 'the database failed'
}
