import pg from 'pg'
import type { Row, Statement } from './statement.ts'

/** What pg's types do not show: the texts of the statements that the server has parsed, by their names. */
interface Prepared {
  readonly parsedStatements: Readonly<Record<string, string>>
}

/**
 * Runs a named statement whose Bind message is at hand: pg would write each parameter into a message that it makes longer
 * as it goes, and copy a large one as often. What is answered, and what fails, is as with a query of pg's own.
 */
export function askBound(client: pg.Client, { name, text }: Statement, bind: Buffer): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const query = new pg.Query<unknown[]>({ name, text, rowMode: 'array' } as pg.QueryConfig, (error, result) => {
      if (error) reject(error)
      else resolve(result.rows)
    })
    query.submit = (connection) => {
      const { stream } = connection
      if (!stream.writable) return
      stream.cork()
      if ((connection as unknown as Prepared).parsedStatements[name] === undefined)
        connection.parse({ name, text, types: [] }, true)
      stream.write(bind)
      connection.describe({ type: 'P', name: '' }, true)
      connection.execute(null, true)
      connection.sync()
      stream.uncork()
    }
    client.query(query)
  })
}
