import type { Changes, Revision } from '../backend.ts'
import type { Names } from './names.ts'
import type { Session } from './session.ts'
import type { Statement } from './statement.ts'

/** Rows of writers that were silent for a day are swept: one that is missing says nothing from somewhat before that. */
const SILENT_MS = 20 * 3600_000

interface Change {
  readonly revision: Revision
  readonly path: string
}

/**
 * The newest that the database acknowledged to this process, and the newest change that it told it of, which others made.
 * Whatever puts an older state in its place (a backup that is restored under running servers, a standby that lacked the newest
 * commits) ends all connections, so each new one is asked whether it still knows both. The revision clock alone does not tell:
 * other processes may have moved it on again.
 */
export class Acknowledged {
  readonly #written: Statement
  readonly #told: Statement
  #writer: string | undefined
  #number = 0
  #atMs = 0
  #seen: Change | undefined
  #isUndone = false

  constructor({ writer, change, clock }: Names) {
    this.#written = { name: 'acknowledged', text: `select number from ${writer} where id = $1` }
    this.#told = {
      name: 'told',
      text: `
        select 1 from ${clock}
        where id = 1 and (forgotten >= $1 or exists (select 1 from ${change} where revision = $1 and path = $2))`,
    }
  }

  /** A group of this writer, of this number, was committed and wrote something. */
  note(writer: string, number: number): void {
    this.#writer = writer
    this.#number = number
    this.#atMs = performance.now()
  }

  /** What the database said had changed. Whatever it did not say one by one may be anything. */
  saw(changes: Changes): void {
    if (changes.kind !== 'paths') {
      this.#seen = undefined
      return
    }
    for (const [at, path] of changes.paths.entries()) {
      const revision = changes.revisions[at] ?? 0
      if (revision > (this.#seen?.revision ?? 0)) this.#seen = { revision, path }
    }
  }

  /** Before a new connection is used for anything. Throws as Session.query does. */
  async compare(session: Session, withinMs: number): Promise<void> {
    await this.#compareWritten(session, withinMs)
    await this.#compareSeen(session, withinMs)
  }

  async #compareWritten(session: Session, withinMs: number): Promise<void> {
    const [writer, number] = [this.#writer, this.#number]
    if (writer === undefined || number === 0 || performance.now() - this.#atMs > SILENT_MS) return
    const [row] = await session.query(this.#written, [writer], withinMs)
    const known = Number(row?.[0] ?? 0)
    // Of two connections that are made at one time, one tells.
    if (this.#writer !== writer || known >= Math.min(number, this.#number)) return
    this.#number = known
    this.#undone()
  }

  /** A change is there until it is pruned. */
  async #compareSeen(session: Session, withinMs: number): Promise<void> {
    const seen = this.#seen
    if (seen === undefined) return
    const rows = await session.query(this.#told, [seen.revision, seen.path], withinMs)
    if (rows.length === 0 && this.#seen === seen) this.#undone()
  }

  #undone(): void {
    this.#seen = undefined
    this.#isUndone = true
  }

  /** Whether an older state was put in the place of what was acknowledged. Says so once each time. */
  takeUndone(): boolean {
    const isUndone = this.#isUndone
    this.#isUndone = false
    return isUndone
  }
}
