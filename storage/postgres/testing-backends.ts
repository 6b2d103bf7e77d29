import pg from 'pg'
import type { Backend } from '../backend.ts'
import { namesOf } from './names.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import { TestingServer } from './testing-server.ts'

let tables = 0

/** Backends on one server, each on empty tables of its own. */
export class TestingBackends {
  readonly server: TestingServer
  readonly #sql: pg.Client
  /** Tables whose backend was closed. To empty them takes a tenth of the time that it takes to make new ones. */
  readonly #used: string[] = []

  private constructor(server: TestingServer, sql: pg.Client) {
    this.server = server
    this.#sql = sql
  }

  static async start(): Promise<TestingBackends> {
    const server = await TestingServer.start()
    const sql = new pg.Client({ host: server.folder, port: server.port, user: 'egide', database: 'postgres' })
    sql.on('error', () => {}) // a server that a test ends takes this connection with it
    await sql.connect()
    return new TestingBackends(server, sql)
  }

  newTable(): string {
    return `t${++tables}`
  }

  /** So many peers over one set of tables. */
  async openPeers(count: number, options: Partial<PostgresOptions> = {}): Promise<Backend[]> {
    const table = await this.#emptyTable()
    const peers: Backend[] = []
    for (let at = 0; at < count; at++) {
      peers.push(await openPostgres({ connectionUrl: this.server.url, table, maxParallel: 3, ...options }))
    }
    let open = count
    for (const peer of peers) {
      const close = peer.close.bind(peer)
      let closing: Promise<void> | undefined
      peer.close = () => {
        closing ??= close().then(() => {
          if (--open === 0) this.#used.push(table)
        })
        return closing
      }
    }
    return peers
  }

  async open(): Promise<Backend> {
    const [backend] = await this.openPeers(1)
    if (backend === undefined) throw new Error('no backend')
    return backend
  }

  async #emptyTable(): Promise<string> {
    const table = this.#used.pop()
    if (table === undefined) return this.newTable()
    const { clock, entry, change, writer } = namesOf(table)
    await this.#sql.query(`delete from ${entry}; delete from ${change}; delete from ${writer};
      update ${clock} set revision = 0, forgotten = 0`)
    return table
  }

  /** Runs SQL beside the backends. */
  async sql(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.#sql.query(text)).rows
  }

  async stop(): Promise<void> {
    await this.#sql.end()
    await this.server.stop()
  }
}
