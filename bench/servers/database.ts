import { readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { TestingServer } from '../../storage/postgres/testing-server.ts'

const SETTINGS = ['shared_buffers=512MB', 'max_connections=400']

/** A PostgreSQL that flushes its commits to the disk, shared by the servers under load. */
export class Database {
  readonly #server: TestingServer
  #databases = 0

  private constructor(server: TestingServer) {
    this.#server = server
  }

  static async start(): Promise<Database> {
    return new Database(await TestingServer.start({ durable: true, settings: SETTINGS }))
  }

  get pid(): number {
    return Number(readFileSync(path.join(this.#server.folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  }

  /** The connection string of a database of its own. */
  async create(): Promise<string> {
    const name = `bench_${++this.#databases}`
    const client = new pg.Client({ connectionString: this.#server.tcpUrl() })
    await client.connect()
    await client.query(`create database ${name}`)
    await client.end()
    return this.#server.tcpUrl().replace('/postgres?', `/${name}?`)
  }

  async stop(): Promise<void> {
    await this.#server.stop()
  }
}
