import { randomUUID } from 'node:crypto'
import type { Database, Statement } from 'better-sqlite3'
import { CHANGES_KEPT, type Outcome, type Revision, type Transaction, type Write } from '../backend.ts'
import { pastPrefix } from '../listing.ts'
import { clockOf } from '../stored-row.ts'
import { sqliteCode, storageError } from './errors.ts'
import { KnownRevisions } from './known-revisions.ts'
import { Replacement } from './replacement.ts'

export interface WriterLimits {
  /** How long a group waits for writers of other processes. Default 5000. */
  readonly busyMaxMs?: number | undefined
  /** After about so many pages in the WAL file it is copied into the database. Default 4096, which are 16 MiB. */
  readonly checkpointPages?: number | undefined
}

/** Between looks at whether the other writer is done: a group takes about a millisecond, so waiting longer wastes turns. */
const BUSY_LOOK_MS = 0.5
const PAGE_BYTES = 4096

interface Clock {
  revision: Revision
  readonly forgotten: Revision
  changes: number
}

/**
 * Commits groups of transactions, each group as one transaction of SQLite with one fsync. Belongs to the writer's thread:
 * everything blocks.
 */
export class GroupWriter {
  readonly #db: Database
  readonly #begin: Statement<[]>
  readonly #commit: Statement<[]>
  readonly #rollback: Statement<[]>
  readonly #readClock: Statement<[], [revision: number, forgotten: number, changes: number, marker: string]>
  readonly #writeClock: Statement<[revision: number, changes: number, marker: string]>
  readonly #mark: Statement<[marker: string]>
  readonly #revisionOf: Statement<[path: string], number>
  readonly #created: Statement<[since: number], string>
  readonly #createdBelow: Statement<[since: number, from: string, to: string], string>
  readonly #insert: Statement<[path: string, revision: number, expiresAtMs: number | null, value: Uint8Array]>
  readonly #update: Statement<[revision: number, expiresAtMs: number | null, value: Uint8Array, path: string]>
  readonly #updateAt: Statement<
    [revision: number, expiresAtMs: number | null, value: Uint8Array, path: string, before: number]
  >
  readonly #delete: Statement<[path: string]>
  readonly #addChange: Statement<[revision: number, path: string, membership: number]>
  readonly #nthNewest: Statement<[nth: number], number>
  readonly #dropChanges: Statement<[revision: number]>
  readonly #forget: Statement<[forgotten: number, dropped: number]>
  /** By this group. */
  readonly #known = new KnownRevisions()
  /** Names the groups of this writer among those of all processes, ever. */
  readonly #name = randomUUID()
  readonly #busyMaxMs: number
  readonly #checkpointPages: number
  #groups = 0
  #replacement: Replacement | undefined
  #walPages = 0
  /** A failed group that a crash could still bring back: no commit has been made since. */
  #unsettled = false

  constructor(db: Database, { busyMaxMs = 5000, checkpointPages = 4096 }: WriterLimits = {}) {
    this.#db = db
    this.#busyMaxMs = busyMaxMs
    this.#checkpointPages = checkpointPages
    db.pragma('busy_timeout = 0') // see #beginGroup
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
    this.#rollback = db.prepare('ROLLBACK')
    this.#readClock = db
      .prepare<[], [number, number, number, string]>(
        'SELECT revision, forgotten, changes, marker FROM clock WHERE id = 1',
      )
      .raw()
    this.#writeClock = db.prepare('UPDATE clock SET revision = ?, changes = ?, marker = ? WHERE id = 1')
    this.#mark = db.prepare('UPDATE clock SET marker = ? WHERE id = 1')
    this.#revisionOf = db.prepare<[string], number>('SELECT revision FROM entry WHERE path = ?').pluck()
    const created = 'SELECT path FROM change WHERE revision > ? AND membership = 1'
    this.#created = db.prepare<[number], string>(`${created} LIMIT 1`).pluck()
    this.#createdBelow = db
      .prepare<[number, string, string], string>(`${created} AND path >= ? AND path < ? LIMIT 1`)
      .pluck()
    this.#insert = db.prepare(
      'INSERT INTO entry (path, revision, expires_at, value) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO NOTHING',
    )
    const update = 'UPDATE entry SET revision = ?, expires_at = ?, value = ? WHERE path = ?'
    this.#update = db.prepare(update)
    this.#updateAt = db.prepare(`${update} AND revision = ?`)
    this.#delete = db.prepare('DELETE FROM entry WHERE path = ?')
    this.#addChange = db.prepare('INSERT INTO change (revision, path, membership) VALUES (?, ?, ?)')
    this.#nthNewest = db
      .prepare<[number], number>('SELECT revision FROM change ORDER BY revision DESC, path DESC LIMIT 1 OFFSET ?')
      .pluck()
    this.#dropChanges = db.prepare('DELETE FROM change WHERE revision <= ?')
    this.#forget = db.prepare('UPDATE clock SET forgotten = ?, changes = changes - ? WHERE id = 1')
  }

  /** Durable when this returns. Throws StorageError `refused` or `unknown`. */
  commit(transactions: readonly Transaction[]): Outcome[] {
    const marker = `${this.#name} ${++this.#groups}`
    let before: Revision
    let outcomes: Outcome[]
    try {
      this.#beginGroup()
      this.#known.clear()
      const clock = this.#clock()
      before = clock.revision
      outcomes = transactions.map((transaction) => this.#apply(transaction, clock))
      if (clock.revision > before) this.#tick(clock, marker)
    } catch (cause) {
      this.#undo()
      throw storageError('refused', cause) // no commit record was written
    }
    this.#end(marker, before)
    return outcomes
  }

  /** Commits what is open. Throws as `commit`. */
  #end(marker: string, before: Revision): void {
    try {
      this.#commit.run()
      this.#unsettled = false
    } catch (cause) {
      this.#undo()
      this.#unsettled = true
      if (!this.#settle(marker, before, cause)) throw storageError('refused', cause)
    }
  }

  /** Between its beginning and its end nothing else is committed here, nor by other processes. Throws as `commit`. */
  beginReplacement(): void {
    try {
      this.#beginGroup()
      this.#replacement = new Replacement(this.#db, this.#clock().revision + 1)
    } catch (cause) {
      this.#undo()
      throw storageError('refused', cause)
    }
  }

  /** Undefined: none is under way. */
  get replacement(): Replacement | undefined {
    return this.#replacement
  }

  /** Durable when this returns its revision. Throws as `commit`. */
  endReplacement(): Revision {
    const replacement = this.#replacement
    this.#replacement = undefined
    const marker = `${this.#name} ${++this.#groups}`
    try {
      // A disk that is full ends the transaction, and what came after it would be committed by itself.
      if (replacement === undefined || !this.#db.inTransaction) throw new Error('the replacement was broken off')
      replacement.end(marker)
    } catch (cause) {
      this.#undo()
      throw storageError('refused', cause)
    }
    this.#end(marker, replacement.revision - 1)
    this.#walPages += replacement.bytes / PAGE_BYTES
    return replacement.revision
  }

  abandonReplacement(): void {
    this.#replacement = undefined
    this.#undo()
  }

  /**
   * Waits for the turn by looking often. SQLite's own waiting grows to 100 ms between looks, which starves one of two
   * busy processes.
   */
  #beginGroup(): void {
    const deadline = performance.now() + this.#busyMaxMs
    for (;;) {
      try {
        this.#begin.run()
        return
      } catch (error) {
        if (!sqliteCode(error).startsWith('SQLITE_BUSY') || performance.now() > deadline) throw error
        Atomics.wait(NOBODY_WAKES, 0, 0, BUSY_LOOK_MS * (0.5 + Math.random()))
      }
    }
  }

  #clock(): Clock {
    const [revision, forgotten, changes] = this.#readClock.get() ?? []
    return { revision: clockOf(revision, forgotten), forgotten: Number(forgotten), changes: clockOf(changes) }
  }

  #apply({ reads, lists, writes }: Transaction, clock: Clock): Outcome {
    const [first] = writes
    /** As what the path was read that is written first: writing it tells whether that holds, and spares a look. */
    let expected: Revision | undefined
    /** The first check that fails is told, so that the one put off is made up for before a later one's failure is. */
    const conflict = (path: string): Outcome => {
      const earlier = expected !== undefined && first !== undefined && this.#current(first.path) !== expected
      return { kind: 'conflict', path: earlier ? first.path : path }
    }
    for (const { path, revision } of reads) {
      if (path === first?.path && expected === undefined) expected = revision
      else if (this.#current(path) !== revision) return conflict(path)
    }
    for (const { prefix, since } of lists) if (!this.#holds(prefix, since, clock)) return conflict(prefix)
    if (first === undefined) return { kind: 'committed', revision: clock.revision }
    clock.revision++
    if (!this.#write(first, expected, clock)) {
      clock.revision--
      return { kind: 'conflict', path: first.path }
    }
    for (let at = 1; at < writes.length; at++) this.#write(writes[at] as Write, undefined, clock)
    return { kind: 'committed', revision: clock.revision }
  }

  /** 0: there is nothing at the path. */
  #current(path: string): Revision {
    const before = this.#known.get(path)
    if (before !== undefined) return before
    const current = this.#revisionOf.get(path) ?? 0
    this.#known.set(path, current)
    return current
  }

  #holds(prefix: string, since: Revision, { revision, forgotten }: Clock): boolean {
    if (since < forgotten) return false
    if (since >= revision) return true
    if (prefix === '') return this.#created.get(since) === undefined
    return this.#createdBelow.get(since, prefix, pastPrefix(prefix)) === undefined
  }

  /** False, with nothing written, when the path is not at the revision that is `expected` of it; undefined: none is. */
  #write({ path, value, expiresAtMs }: Write, expected: Revision | undefined, clock: Clock): boolean {
    const before = this.#known.get(path) ?? expected
    if (before !== expected && expected !== undefined) return false
    let membership: number | undefined = 1
    if (value !== null) membership = this.#put(path, value, expiresAtMs ?? null, before, clock.revision)
    else if (expected !== undefined && this.#current(path) !== expected) return false
    else if (this.#delete.run(path).changes === 0) return true
    if (membership === undefined) return false
    this.#known.set(path, value === null ? 0 : clock.revision)
    this.#addChange.run(clock.revision, path, membership)
    clock.changes++
    this.#walPages += 1.5 + (value?.byteLength ?? 0) / PAGE_BYTES
    return true
  }

  /** 1: the path is new; 0: it was there; undefined: it is not at `before`, and nothing is written. */
  #put(
    path: string,
    value: Uint8Array,
    expiresAtMs: number | null,
    before: Revision | undefined,
    revision: Revision,
  ): number | undefined {
    if (before !== undefined && before > 0) {
      return this.#updateAt.run(revision, expiresAtMs, value, path, before).changes === 1 ? 0 : undefined
    }
    // Of most that were not read before the path is new, and inserting tells as much as looking first.
    if (this.#insert.run(path, revision, expiresAtMs, value).changes === 1) return 1
    if (before === 0) return undefined
    this.#update.run(revision, expiresAtMs, value, path)
    return 0
  }

  #tick({ revision, changes }: Clock, marker: string): void {
    this.#writeClock.run(revision, changes, marker)
    this.#walPages += 2
    if (changes <= CHANGES_KEPT * 1.1) return
    // In strides, and whole revisions at a time.
    const forgotten = this.#nthNewest.get(CHANGES_KEPT) ?? 0
    const { changes: dropped } = this.#dropChanges.run(forgotten)
    this.#forget.run(forgotten, dropped)
  }

  #undo(): void {
    try {
      if (this.#db.inTransaction) this.#rollback.run()
    } catch {
      // What failed first is what is told. A connection that can't roll back refuses the next BEGIN, so nothing mixes.
    }
  }

  /**
   * After a failed COMMIT: true if the group is committed all the same, false if it never will be. The commit record may
   * lie in the WAL file although its fsync failed, and a crash would bring it back; only a commit in its place rules that
   * out. Throws `unknown` when even that can't be made.
   */
  #settle(marker: string, before: Revision, cause: unknown): boolean {
    try {
      this.#beginGroup()
      const [revision, , , current] = this.#readClock.get() ?? [0, 0, 0, '']
      if (revision !== before && current !== marker) throw new Error('another process went on from an unknown state')
      this.#mark.run(`${this.#name} ${++this.#groups}`)
      this.#commit.run()
      this.#unsettled = false
      return current === marker
    } catch {
      this.#undo()
      throw storageError('unknown', cause)
    }
  }

  /** Work that may wait until the replies are out. It gives up in silence, as it is tried again after the next group. */
  maintain(): void {
    if (this.#walPages < this.#checkpointPages || this.#unsettled) return
    this.#walPages = 0
    try {
      this.#db.pragma('wal_checkpoint(PASSIVE)')
    } catch {
      this.#walPages = this.#checkpointPages / 2
    }
  }

  close(): void {
    this.#db.close()
  }
}

const NOBODY_WAKES = new Int32Array(new SharedArrayBuffer(4))
