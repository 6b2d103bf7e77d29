/**
 * What a storage backend is: bytes at paths, ordered by one revision clock. A backend never sees plaintext: values are
 * sealed above it. Memory, SQLite and PostgreSQL implement exactly this, and one contract suite and one randomised
 * differential test hold them to it.
 */

/**
 * Position on the backend's clock: the n-th committed transaction that has writes (a delete of what is not there counts,
 * so that a revision belongs to exactly one transaction). 0 is the empty store.
 */
export type Revision = number

/** A value, or a promise of one. Callers `await` it; a backend that has the answer at hand need not make a promise. */
export type Awaitable<T> = T | Promise<T>

export interface Entry {
  readonly path: string
  readonly value: Uint8Array
  /** Revision of the transaction that wrote this value. */
  readonly revision: Revision
  /** When the entry becomes due, in milliseconds since the epoch. Being due hides nothing: whoever owns it deletes it. */
  readonly expiresAtMs?: number | undefined
}

/** One write of a transaction. `value: null` deletes; deleting what is not there succeeds and changes nothing. */
export interface Write {
  readonly path: string
  readonly value: Uint8Array | null
  readonly expiresAtMs?: number | undefined
}

/** "The entry at `path` still has this revision" (0: there is still no entry). */
export interface ReadCheck {
  readonly path: string
  readonly revision: Revision
}

/**
 * "No path that starts with `prefix` was created or deleted after revision `since`." Conflicts also when `since` is
 * older than the changes that the backend remembers.
 */
export interface ListCheck {
  readonly prefix: string
  readonly since: Revision
}

/** Applies whole if every check holds at the moment of commit, else not at all. Each path is written at most once. */
export interface Transaction {
  readonly reads: readonly ReadCheck[]
  readonly lists: readonly ListCheck[]
  readonly writes: readonly Write[]
}

/**
 * `committed`: durable, at `revision` (for a transaction that wrote nothing: a revision at which all its checks held).
 * `conflict`: a check failed; nothing was written.
 */
export type Outcome =
  | { readonly kind: 'committed'; readonly revision: Revision }
  | { readonly kind: 'conflict'; readonly path: string }

export interface ListPage {
  /** `false`: one level, names below deeper levels are cut after their '/'. `true`: every path below the prefix. */
  readonly recursive: boolean
  /** Names strictly after this one, in byte order (''; from the start). */
  readonly after: string
  /** 1 to 10 000. */
  readonly limit: number
}

/** Where a row stands among those that become due: by its time, then by its path in byte order. */
export interface DuePosition {
  readonly expiresAtMs: number
  /** In a place to go on after also '', which comes before every path. */
  readonly path: string
}

/** Before every row that is due. */
export const FIRST_DUE: DuePosition = { expiresAtMs: Number.MIN_SAFE_INTEGER, path: '' }

export interface Listing {
  /** Relative to the prefix, in byte order (UTF-8), without repeats. */
  readonly names: readonly string[]
  /** A revision at which the listing was exact. */
  readonly revision: Revision
}

/**
 * What a cache must forget: the paths written after `since`, up to `revision`; `resync`: everything. Each path stands
 * once; `revisions` says of each, at the same place, which transaction wrote it last.
 */
export type Changes =
  | {
      readonly kind: 'paths'
      readonly paths: readonly string[]
      readonly revisions: readonly Revision[]
      readonly revision: Revision
    }
  | {
      readonly kind: 'resync'
      readonly revision: Revision
      /** An older state was put in the place of what had been acknowledged: revisions from before mean nothing any more. */
      readonly isUndone?: true
    }

/**
 * Bounds that every backend enforces with `StorageError('invalid')`. A path is well-formed Unicode without NUL, and
 * neither starts nor ends in '/'. Its bound is PostgreSQL's, an index of which holds no key of more than 2704 bytes.
 */
export const PATH_MAX_BYTES = 2560
export const VALUE_MAX_BYTES = 64 * 1024 * 1024
/** Checks and writes of one transaction, together. */
export const TRANSACTION_MAX_ITEMS = 20_000
/** Transactions of one call of `commit`. */
export const COMMIT_MAX_TRANSACTIONS = 1000
/** About so many of the newest changed paths are remembered for `changes` and list checks, whatever the backend. */
export const CHANGES_KEPT = 10_000

/**
 * All entries as they were at one revision, whatever is committed meanwhile. It holds resources of the store (SQLite
 * keeps what is overwritten in its WAL file, PostgreSQL a connection): read it to its end or close it.
 */
export interface Snapshot {
  readonly revision: Revision
  /**
   * Every entry once, in byte order of paths; to be read once. A batch has at most SNAPSHOT_BATCH_ENTRIES entries, and
   * ends with the one that takes its values to SNAPSHOT_BATCH_BYTES. Leaving the loop closes the snapshot. Throws
   * StorageError `closed` once it, or the backend, is closed.
   */
  readonly batches: AsyncIterable<readonly Entry[]>
  /**
   * Of the batches so far: where rows stand that somebody else put into the database, at paths where no backend writes.
   * They are no entries, and in no batch. The first of them; what is no text reads as well as it can.
   */
  readonly strays: readonly string[]
  /** May be called again, and while a batch is read. */
  close(): Promise<void>
}

export const SNAPSHOT_BATCH_ENTRIES = 200
export const SNAPSHOT_BATCH_BYTES = 1024 * 1024

export interface Backend {
  /** The newest committed revision. Linearizable: it is at least that of any commit acknowledged before the call. */
  readIndex(): Awaitable<Revision>
  /**
   * The newest committed entries at these paths (1 to 1000), in their order, all at one point in time; undefined where
   * there is none.
   */
  get(paths: readonly string[]): Awaitable<readonly (Entry | undefined)[]>
  /** `prefix` is '' or ends in '/'. */
  list(prefix: string, page: ListPage): Awaitable<Listing>
  /**
   * Group commit: in the given order each transaction commits or conflicts alone; all are durable when this resolves.
   * Rejects with a StorageError when the store failed: `refused` (nothing was written) or `unknown` (it may have been).
   */
  commit(transactions: readonly Transaction[]): Promise<readonly Outcome[]>
  /**
   * To how many calls of `commit` at a time it comes, because what comes while one is carried out is carried out together:
   * in the order of the calls, which resolve in that order too. Default 1.
   */
  readonly commitsAtOnce?: number | undefined
  /** How long the last commit took, in milliseconds, where somebody measures it. */
  readonly lastCommitMs?: number | undefined
  /** Changes after `since`. A backend may forget old changes; then it answers `resync`. */
  changes(since: Revision): Awaitable<Changes>
  /**
   * `readIndex` and `changes` in one, where that spares a round trip: the changes after `since` up to the newest committed
   * revision, which is linearizable.
   */
  readonly look?: ((since: Revision) => Awaitable<Changes>) | undefined
  /**
   * Up to `limit` (1 to 10 000) entries whose `expiresAtMs` is at or before `beforeMs`, the earliest first, by where they
   * stand; with `after` those that stand behind it, whether or not there is still an entry there.
   */
  due(beforeMs: number, limit: number, after?: DuePosition): Awaitable<readonly DuePosition[]>
  /** The time by the clock of the machine that stores, in milliseconds since the epoch, where that may be another. */
  readonly nowMs?: (() => Awaitable<number>) | undefined
  /** Of the newest committed revision, which is at least that of any commit acknowledged before the call. */
  snapshot(): Promise<Snapshot>
  /**
   * Puts these entries in the place of everything that is stored, in one transaction: whatever fails or is killed, there
   * is all that was before, or all of these. They are read once, a batch at a time; each path stands once. Each entry gets
   * the transaction's revision, which is newer than any before. What was read before does not hold afterwards: `changes`
   * since an older revision is a `resync`, and list checks since one conflict. Reads go on meanwhile; commits wait, or are
   * `refused` when that takes too long. One replacement at a time. Rejects as `commit` does, and with what `batches` throws.
   */
  replace(batches: AsyncIterable<readonly Entry[]>): Promise<Revision>
  /** Waits for commits under way, ends snapshots, then releases everything. Later calls reject with `closed`. */
  close(): Promise<void>
}

export type StorageErrorCode =
  | 'refused' // the write was not applied: disk full, read-only, connection refused before sending
  | 'unknown' // the reply was lost: the write may or may not have been applied
  | 'unavailable' // a read could not be made
  | 'corrupt' // stored bytes are not what was written
  | 'invalid' // the caller broke a bound stated above
  | 'newer' // what was to be written anew was written by a version that knows more of it; nothing was written
  | 'closed'

/** What backends reject with. The message is for operators, `cause` for the log. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode
  constructor(code: StorageErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
