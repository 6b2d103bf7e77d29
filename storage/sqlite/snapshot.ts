import { setImmediate as turn } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import type { Entry } from '../backend.ts'
import { type SnapshotSource, takeBatch } from '../batched-snapshot.ts'
import { openForReading } from './connection.ts'
import { readError } from './errors.ts'
import { type EntryRow, entryOf } from './reader.ts'

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
  const revision = db.prepare<[], number>('SELECT revision FROM clock WHERE id = 1').pluck().get() ?? 0
  const rows = db
    .prepare<[], EntryRow>('SELECT path, value, revision, expires_at FROM entry ORDER BY path')
    .raw()
    .iterate()
  const entries = entriesOf(rows)
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

function* entriesOf(rows: Iterable<EntryRow>): Generator<Entry, void> {
  for (const row of rows) yield entryOf(row)
}
