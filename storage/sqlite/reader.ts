import type { Database, Statement } from 'better-sqlite3'
import {
  CHANGES_KEPT,
  type Changes,
  type DuePosition,
  type Entry,
  FIRST_DUE,
  type Listing,
  type ListPage,
  PATH_MAX_BYTES,
  type Revision,
  VALUE_MAX_BYTES,
} from '../backend.ts'
import { endOf, nameOf, pastPrefix, type Seek, seekOf } from '../listing.ts'
import { clockOf, entryOf } from '../stored-row.ts'
import { readError } from './errors.ts'

/** SQLite keeps any type in any column, and others may have written there. */
type FoundRow = [value: unknown, revision: unknown, expiresAtMs: unknown]
/** Not read into memory when it is larger than any that is written. */
export const VALUE = `CASE WHEN octet_length(value) <= ${VALUE_MAX_BYTES} THEN value END`
/** Of rows that have something like a path. */
export const HAS_PATH = `typeof(path) = 'text' AND octet_length(path) <= ${PATH_MAX_BYTES}`

/**
 * SQLite looks at the value of a bare `LIMIT ?` when it plans, and prepares the statement anew for each binding; at an
 * expression it does not look.
 */
const LIMIT = 'LIMIT +?'

/** Paths per step of a listing; a deeper level with more than that is stepped over. */
const STEP = 200

/** The reads, on a connection of their own. They are synchronous: a point read costs less than handing it to a thread. */
export class Reader {
  readonly #db: Database
  readonly #dataVersion: Statement<[], number>
  readonly #clock: Statement<[], [revision: unknown, forgotten: unknown]>
  readonly #get: Statement<[string], FoundRow>
  readonly #after: Statement<[string, string, number], string>
  readonly #from: Statement<[string, string, number], string>
  readonly #changed: Statement<[number, number], [path: unknown, revision: unknown]>
  readonly #due: Statement<[number, number, string, number], [expiresAtMs: number, path: string]>
  readonly #begin: Statement<[]>
  readonly #commit: Statement<[]>
  #seenVersion = -1
  #revision: Revision = 0

  constructor(db: Database) {
    this.#db = db
    this.#dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
    this.#clock = db.prepare<[], [unknown, unknown]>('SELECT revision, forgotten FROM clock WHERE id = 1').raw()
    this.#get = db.prepare<[string], FoundRow>(`SELECT ${VALUE}, revision, expires_at FROM entry WHERE path = ?`).raw()
    const listed = (from: string) =>
      `SELECT path FROM entry WHERE path ${from} ? AND path < ? AND ${HAS_PATH} ORDER BY path ${LIMIT}`
    this.#after = db.prepare<[string, string, number], string>(listed('>')).pluck()
    this.#from = db.prepare<[string, string, number], string>(listed('>=')).pluck()
    this.#changed = db
      .prepare<[number, number], [unknown, unknown]>(
        `SELECT path, max(revision) FROM change WHERE revision > ? GROUP BY path ${LIMIT}`,
      )
      .raw()
    this.#due = db
      .prepare<[number, number, string, number], [number, string]>(
        `SELECT expires_at, path FROM entry WHERE expires_at <= ? AND (expires_at, path) > (?, ?)
        AND ${HAS_PATH} AND typeof(expires_at) = 'integer' AND instr(path, char(0)) = 0 ORDER BY expires_at, path ${LIMIT}`,
      )
      .raw()
    this.#begin = db.prepare('BEGIN')
    this.#commit = db.prepare('COMMIT')
  }

  /** SQLite's data_version moves with every commit of another connection: the writer's, or another process's. */
  readIndex(): Revision {
    try {
      const version = this.#dataVersion.get() ?? -1
      if (version !== this.#seenVersion) {
        this.#revision = this.#readClock().revision
        this.#seenVersion = version
      }
      return this.#revision
    } catch (error) {
      throw readError(error)
    }
  }

  #readClock(): { revision: Revision; forgotten: Revision } {
    const [revision, forgotten] = this.#clock.get() ?? []
    return { revision: clockOf(revision, forgotten), forgotten: Number(forgotten) }
  }

  get(paths: readonly string[]): (Entry | undefined)[] {
    try {
      const [only] = paths
      if (paths.length === 1 && only !== undefined) return [foundAt(only, this.#get.get(only))]
      return this.#atOnePoint(() => paths.map((path) => foundAt(path, this.#get.get(path))))
    } catch (error) {
      throw readError(error)
    }
  }

  list(prefix: string, page: ListPage): Listing {
    return this.#atOnePoint(() => {
      const names: string[] = []
      let seek: Seek | undefined = seekOf(prefix, page)
      while (seek !== undefined && names.length < page.limit) seek = this.#collect(prefix, page, seek, names)
      return { names, revision: this.#readClock().revision }
    })
  }

  /** Collects the names among the next paths; where to go on, or undefined at the end. */
  #collect(prefix: string, page: ListPage, seek: Seek, names: string[]): Seek | undefined {
    const step = page.recursive ? page.limit - names.length : Math.min(STEP, page.limit)
    const end = endOf(prefix)
    const paths = (seek.inclusive ? this.#from : this.#after).all(seek.path, end, step)
    for (const path of paths) {
      const name = nameOf(prefix, path, page.recursive)
      if (name === names.at(-1)) continue
      if (names.length === page.limit) return undefined
      names.push(name)
    }
    const last = names.at(-1)
    if (paths.length < step || last === undefined) return undefined
    if (last.endsWith('/')) return { path: pastPrefix(prefix + last), inclusive: true }
    return { path: prefix + last, inclusive: false }
  }

  changes(since: Revision): Changes {
    return this.#atOnePoint(() => {
      const { revision, forgotten } = this.#readClock()
      if (since < forgotten || since > revision) return { kind: 'resync', revision }
      // The writer keeps about so many; more would be no use to a cache.
      const rows = this.#changed.all(since, CHANGES_KEPT * 2)
      if (!rows.every(isChange)) return { kind: 'resync', revision }
      return { kind: 'paths', paths: rows.map(([path]) => path), revisions: rows.map(([, last]) => last), revision }
    })
  }

  due(beforeMs: number, limit: number, { expiresAtMs, path }: DuePosition = FIRST_DUE): DuePosition[] {
    try {
      return this.#due.all(beforeMs, expiresAtMs, path, limit).map(([at, due]) => ({ expiresAtMs: at, path: due }))
    } catch (error) {
      throw readError(error)
    }
  }

  #atOnePoint<T>(read: () => T): T {
    try {
      this.#begin.run()
      return read()
    } catch (error) {
      throw readError(error)
    } finally {
      if (this.#db.inTransaction) this.#commit.run()
    }
  }

  close(): void {
    this.#db.close()
  }
}

function foundAt(path: string, row: FoundRow | undefined): Entry | undefined {
  return row && entryOf(path, ...row)
}

function isChange(row: [path: unknown, revision: unknown]): row is [string, Revision] {
  return typeof row[0] === 'string' && Number.isSafeInteger(row[1])
}
