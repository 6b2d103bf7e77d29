import { type Entry, type Revision, StorageError } from './backend.ts'
import { checkPath } from './bounds.ts'

/** Nothing is ever sealed to this: whoever opens it finds it damaged. */
const NO_VALUE = Buffer.alloc(0)

/**
 * The entry that a row of a database says. Others may have written to it: where a column holds what no backend writes
 * there, or a value larger than any, the entry has an empty value, the revision 0 and no expiry.
 */
export function entryOf(path: string, value: unknown, revision: unknown, expiresAtMs: unknown): Entry {
  const isWhole =
    Buffer.isBuffer(value) &&
    isCount(revision) &&
    revision > 0 &&
    (expiresAtMs === null || Number.isSafeInteger(expiresAtMs))
  if (!isWhole) return { path, value: NO_VALUE, revision: 0, expiresAtMs: undefined }
  return { path, value, revision, expiresAtMs: (expiresAtMs as number | null) ?? undefined }
}

/** Whether a backend may have written an entry there. */
export function isPath(path: string): boolean {
  try {
    checkPath(path)
    return true
  } catch {
    return false
  }
}

/** The newest revision that the clock's row says. Throws StorageError `corrupt` for what is no clock, a missing row included. */
export function clockOf(revision: unknown, forgotten: unknown = 0): Revision {
  if (isCount(revision) && isCount(forgotten) && forgotten <= revision) return revision
  throw new StorageError('corrupt', 'the clock of the store is damaged')
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
