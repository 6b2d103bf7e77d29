import type pg from 'pg'
import { type Parse, parserOf } from './column-types.ts'
import type { Row, Statement } from './statement.ts'

/** What pg's types do not show: the texts of the statements that the server has parsed, by their names. */
interface Parsed {
  readonly parsedStatements: Readonly<Record<string, string>>
}

/** Of the portal that has no name: Describe; Execute, to its last row; Sync. */
const DESCRIBE = Buffer.from('D\0\0\0\x06P\0', 'latin1')
const EXECUTE_AND_SYNC = Buffer.from('E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04', 'latin1')
const DESCRIBE_AND_SO_ON = Buffer.concat([DESCRIBE, EXECUTE_AND_SYNC])

/**
 * Runs named statements on one connection, each as a query that pg carries: its own copies what it is asked with, and has
 * the server describe the columns each time, though a prepared statement whose columns change is an error.
 */
export class PreparedStatements {
  readonly #client: pg.Client
  /** By the name of the statement. */
  readonly #columns = new Map<string, readonly Parse[]>()

  constructor(client: pg.Client) {
    this.#client = client
  }

  /**
   * `bind`: the whole Bind message, which must hold until this resolves, or the parameters. Rejects with the server's error,
   * or whatever ended the connection.
   */
  ask(statement: Statement, bind: Buffer | readonly unknown[]): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      const parameters = Buffer.isBuffer(bind) ? bind : bind.map(parameterOf)
      this.#client.query(new PreparedQuery(statement, parameters, this.#columns, resolve, reject))
    })
  }
}

/** One run of a statement: pg calls it, as it does its own queries, with what the server answers. */
class PreparedQuery implements pg.Submittable {
  /** By these pg remembers that it is parsed. */
  readonly name: string
  readonly text: string
  readonly #bind: Buffer | (Buffer | string | null)[]
  readonly #described: Map<string, readonly Parse[]>
  readonly #resolve: (rows: readonly Row[]) => void
  readonly #reject: (error: unknown) => void
  readonly #rows: Row[] = []
  #columns: readonly Parse[] | undefined

  constructor(
    { name, text }: Statement,
    bind: Buffer | (Buffer | string | null)[],
    described: Map<string, readonly Parse[]>,
    resolve: (rows: readonly Row[]) => void,
    reject: (error: unknown) => void,
  ) {
    this.name = name
    this.text = text
    this.#bind = bind
    this.#described = described
    this.#columns = described.get(name)
    this.#resolve = resolve
    this.#reject = reject
  }

  submit(connection: pg.Connection): void {
    const { stream } = connection
    if (!stream.writable) return
    stream.cork()
    if ((connection as unknown as Parsed).parsedStatements[this.name] === undefined)
      connection.parse({ name: this.name, text: this.text, types: [] }, true)
    if (Buffer.isBuffer(this.#bind)) stream.write(this.#bind)
    else connection.bind({ statement: this.name, values: this.#bind }, true)
    stream.write(this.#columns === undefined ? DESCRIBE_AND_SO_ON : EXECUTE_AND_SYNC)
    stream.uncork()
  }

  handleRowDescription({ fields }: { readonly fields: readonly { readonly dataTypeID: number }[] }): void {
    this.#columns = fields.map(({ dataTypeID }) => parserOf(dataTypeID))
    this.#described.set(this.name, this.#columns)
  }

  handleDataRow({ fields: row }: { readonly fields: unknown[] }): void {
    for (let at = 0; at < row.length; at++) {
      const text = row[at]
      const parse = this.#columns?.[at]
      if (typeof text === 'string' && parse !== undefined) row[at] = parse(text)
    }
    this.#rows.push(row)
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#resolve(this.#rows)
  }

  handleError(error: unknown): void {
    this.#reject(error)
  }

  handleEmptyQuery(): void {
    this.#refuse()
  }

  handlePortalSuspended(): void {
    this.#refuse()
  }

  handleCopyInResponse(): void {
    this.#refuse()
  }

  handleCopyData(): void {
    this.#refuse()
  }

  /** Whoever asked ends the connection. */
  #refuse(): void {
    this.#reject(new Error('the server answered what no statement of ours asks for'))
  }
}

/** In text, but for bytes. */
function parameterOf(value: unknown): Buffer | string | null {
  if (value === null || value === undefined) return null
  if (Buffer.isBuffer(value)) return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return Array.isArray(value) ? `{${value.map(itemOf).join(',')}}` : String(value)
}

/** Of an array. */
function itemOf(value: unknown): string {
  return value === null || value === undefined ? 'NULL' : `"${String(value).replace(/[\\"]/g, '\\$&')}"`
}
