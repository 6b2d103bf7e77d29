import { setImmediate as turn } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import type { Entry } from '../backend.ts'
import { type SnapshotSource, takeBatch } from '../batched-snapshot.ts'
import { clockOf, entryOf } from '../stored-row.ts'
import { openForReading } from './connection.ts'
import { readError } from './errors.ts'
import { HAS_PATH, VALUE } from './reader.ts'

/** `path`: empty where there is nothing like one. */
type Row = [path: string, value: unknown, revision: unknown, expiresAtMs: unknown]
/** What stands for bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd'

/** A read transaction on a connection of its own. A batch takes less than a millisecond, and then others have their turn. */
export function openSnapshot(path: string): SnapshotSource {
  let db: Database | undefined
  try {
    db = openForReading(path)
    return readFrom(db)
  } catch (error) {
    db?.close()
    throw readError(error)
  }
}

function readFrom(db: Database): SnapshotSource {
  db.exec('BEGIN')
  const revision = clockOf(db.prepare('SELECT revision FROM clock WHERE id = 1').pluck().get())
  const rows = db
    .prepare<[], Row>(
      `SELECT CASE WHEN ${HAS_PATH} THEN path ELSE '' END, ${VALUE}, revision, expires_at FROM entry ORDER BY path`,
    )
    .raw()
    .iterate()
  const isThere = db.prepare<[path: string], number>('SELECT 1 FROM entry WHERE path = ?').pluck()
  const entries = entriesOf(rows, (path) => isThere.get(path) !== undefined)
  return {
    revision,
    async next() {
      await turn()
      try {
        return db.open ? takeBatch(entries) : []
      } catch (error) {
        throw readError(error)
      }
    },
    release() {
      rows.return?.() // a connection that iterates can't be closed
      db.close()
    },
  }
}

function* entriesOf(rows: Iterable<Row>, isThere: (path: string) => boolean): Generator<Entry, void> {
  for (const [text, ...row] of rows) {
    // With a NUL it is the path of no entry.
    const path = text.includes(REPLACEMENT) && !isThere(text) ? `${text}\0` : text
    yield entryOf(path, ...row)
  }
}
