import type { Names } from './names.ts'
import type { Session } from './session.ts'
import type { Statement } from './statement.ts'

/** Rows of writers that were silent for a day are swept: one that is missing says nothing from somewhat before that. */
const SILENT_MS = 20 * 3600_000

/**
 * The newest that the database acknowledged to this process. Whatever puts an older state in its place (a backup that is
 * restored under running servers, a standby that lacked the newest commits) ends all connections, so each new one is asked
 * whether it still knows. The revision clock alone does not tell: other processes may have moved it on again.
 */
export class Acknowledged {
  readonly #statement: Statement
  #writer: string | undefined
  #number = 0
  #atMs = 0
  #isUndone = false

  constructor({ writer }: Names) {
    this.#statement = { name: 'acknowledged', text: `select number from ${writer} where id = $1` }
  }

  /** A group of this writer, of this number, was committed and wrote something. */
  note(writer: string, number: number): void {
    this.#writer = writer
    this.#number = number
    this.#atMs = performance.now()
  }

  /** Before a new connection is used for anything. Throws as Session.query does. */
  async compare(session: Session, withinMs: number): Promise<void> {
    const [writer, number] = [this.#writer, this.#number]
    if (writer === undefined || number === 0 || performance.now() - this.#atMs > SILENT_MS) return
    const [row] = await session.query(this.#statement, [writer], withinMs)
    const known = Number(row?.[0] ?? 0)
    // Of two connections that are made at one time, one tells.
    if (this.#writer !== writer || known >= Math.min(number, this.#number)) return
    this.#number = known
    this.#isUndone = true
  }

  /** Whether an older state was put in the place of what was acknowledged. Says so once each time. */
  takeUndone(): boolean {
    const isUndone = this.#isUndone
    this.#isUndone = false
    return isUndone
  }
}
