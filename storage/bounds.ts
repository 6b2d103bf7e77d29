import {
  COMMIT_MAX_TRANSACTIONS,
  type DuePosition,
  type ListPage,
  PATH_MAX_BYTES,
  StorageError,
  TRANSACTION_MAX_ITEMS,
  type Transaction,
  VALUE_MAX_BYTES,
  type Write,
} from './backend.ts'

/** Writes of one transaction whose paths are compared with one another. */
const COMPARED_MAX = 16

/** The bounds that `backend.ts` states, for every backend to call first. Each throws StorageError `invalid`. */
export function checkPath(path: string): void {
  if (path === '' || path.startsWith('/') || path.endsWith('/')) throw invalid('a path neither starts nor ends in "/"')
  checkText(path)
}

export function checkPaths(paths: readonly string[]): void {
  if (paths.length < 1 || paths.length > 1000) throw invalid('1 to 1000 paths can be read at once')
  for (const path of paths) checkPath(path)
}

export function checkPrefix(prefix: string): void {
  if (prefix === '') return
  if (!prefix.endsWith('/') || prefix.startsWith('/')) throw invalid('a prefix is empty or ends in "/"')
  checkText(prefix)
}

export function checkPage(page: ListPage): void {
  checkLimit(page.limit)
  if (page.after !== '') checkText(page.after)
}

export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) throw invalid('a limit is an integer from 1 to 10000')
}

/** What `due` is asked with. */
export function checkDue(beforeMs: number, limit: number, after: DuePosition | undefined): void {
  checkTime(beforeMs)
  checkLimit(limit)
  if (after === undefined) return
  checkTime(after.expiresAtMs)
  if (after.path !== '') checkText(after.path)
}

export function checkRevision(revision: number): void {
  if (!Number.isSafeInteger(revision) || revision < 0) throw invalid('a revision is an integer from 0')
}

function checkTime(ms: number): void {
  if (!Number.isSafeInteger(ms)) throw invalid('a time is an integer of milliseconds')
}

export function checkTransactions(transactions: readonly Transaction[]): void {
  if (transactions.length > COMMIT_MAX_TRANSACTIONS) throw invalid('too many transactions in one commit')
  for (const transaction of transactions) checkTransaction(transaction)
}

/** Of entries that come into a store, some or all; that a path stands once is for the store to see. */
export function checkReplacement(writes: readonly Write[]): void {
  for (const write of writes) checkWrite(write)
}

export function checkTransaction({ reads, lists, writes }: Transaction): void {
  if (reads.length + lists.length + writes.length > TRANSACTION_MAX_ITEMS) throw invalid('the transaction is too large')
  for (const check of reads) {
    checkPath(check.path)
    checkRevision(check.revision)
  }
  for (const check of lists) {
    checkPrefix(check.prefix)
    checkRevision(check.since)
  }
  for (const write of writes) checkWrite(write)
  if (!eachOnce(writes)) throw invalid('a transaction writes each path at most once')
}

/** A set that is asked for a path has V8 keep that for good (see ByPath): of few, comparing each with each costs less. */
function eachOnce(writes: readonly Write[]): boolean {
  if (writes.length > COMPARED_MAX) return new Set(writes.map(({ path }) => path)).size === writes.length
  for (let at = 1; at < writes.length; at++) {
    const path = writes[at]?.path
    for (let before = 0; before < at; before++) if (writes[before]?.path === path) return false
  }
  return true
}

function checkWrite({ path, value, expiresAtMs }: Write): void {
  checkPath(path)
  if (value !== null && value.byteLength > VALUE_MAX_BYTES) throw invalid('the value is too large')
  if (expiresAtMs !== undefined) checkTime(expiresAtMs)
}

function checkText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) throw invalid('the path is not well-formed text')
  // A UTF-16 unit takes at most three bytes, so most paths need no count.
  if (text.length * 3 > PATH_MAX_BYTES && Buffer.byteLength(text) > PATH_MAX_BYTES)
    throw invalid('the path is too long')
}

function invalid(message: string): StorageError {
  return new StorageError('invalid', message)
}
