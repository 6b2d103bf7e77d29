import type { Database, Statement } from 'better-sqlite3'
import type { Revision, Write } from '../backend.ts'

/** New contents for the whole store, within the transaction that is open. Belongs to the writer's thread. */
export class Replacement {
  /** That everything in it gets. */
  readonly revision: Revision
  /** About how much it adds to the WAL file. */
  bytes = 0
  readonly #insert: Statement<[path: string, revision: number, expiresAtMs: number | null, value: Uint8Array]>
  readonly #setClock: Statement<[revision: number, forgotten: number, marker: string]>

  /** Takes away what is there. */
  constructor(db: Database, revision: Revision) {
    this.revision = revision
    this.#insert = db.prepare('INSERT INTO entry (path, revision, expires_at, value) VALUES (?, ?, ?, ?)')
    this.#setClock = db.prepare('UPDATE clock SET revision = ?, forgotten = ?, changes = 0, marker = ? WHERE id = 1')
    db.exec('DELETE FROM entry; DELETE FROM change')
  }

  add(writes: readonly Write[]): void {
    for (const { path, value, expiresAtMs } of writes) {
      if (value === null) continue
      this.#insert.run(path, this.revision, expiresAtMs ?? null, value)
      this.bytes += path.length + value.byteLength
    }
  }

  end(marker: string): void {
    this.#setClock.run(this.revision, this.revision, marker)
  }
}
