import { readFile } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import { StorageError } from '../backend.ts'
import { parserOf } from './column-types.ts'
import type { ConnectionTarget, Host } from './connection-url.ts'
import { ConnectionLost, isOutcomeUnknown } from './errors.ts'
import { PreparedStatements } from './prepared-statements.ts'
import type { Row, Statement } from './statement.ts'

/** How long the server may take to hang up. */
const GOODBYE_MS = 1000

/** How the server ends what would hold up others, in its own words. */
const SETTINGS: Readonly<Record<string, string>> = {
  statement_timeout: '30000',
  lock_timeout: '10000',
  idle_in_transaction_session_timeout: '30000',
  // A commit takes the clock's lock first and looks at the tables with the next statement's snapshot.
  default_transaction_isolation: 'read committed',
  // A client that vanished must not hold the lock for two hours.
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
}

/**
 * Every statement of ours is a search in an index. A plan that is made once holds for every value: to make it anew for
 * each of them takes longer than to run it; and it is made while a table is empty, when to read it whole looks as cheap.
 * PostgreSQL's own; a database that does not know them plans in its own way.
 */
const PLANNING: Readonly<Record<string, string>> = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' }

/** What is sealed becomes no shorter, which PostgreSQL's own method takes long to find out. Not every server has LZ4. */
const COMPRESSION = `select set_config(name, 'lz4', false) from pg_settings
  where name = 'default_toast_compression' and 'lz4' = any (enumvals)`

const SETTING_UP = `select current_setting('server_encoding'), pg_is_in_recovery(), current_schema(),
  current_setting('synchronous_commit'), ${Object.entries(SETTINGS)
    .map(([name, value]) => `set_config('${name}', '${value}', false)`)
    .join(', ')},
  set_config('search_path', quote_ident(current_schema()), false),
  ${Object.entries(PLANNING)
    .map(([name, value]) => `(select set_config(name, '${value}', false) from pg_settings where name = '${name}')`)
    .join(', ')},
  (${COMPRESSION})`

/** One connection, with one query on its way at a time. */
export class Session {
  readonly #client: pg.Client
  readonly #prepared: PreparedStatements
  #lost = false

  private constructor(client: pg.Client) {
    this.#client = client
    this.#prepared = new PreparedStatements(client)
    client.on('error', () => {
      this.#lost = true // queries under way are told by themselves
    })
  }

  /**
   * Connects to the first host that takes writes. A standby would answer with what was true a while ago. Throws what
   * kept it from connecting, of the last host; StorageError `invalid` when the database is none for us.
   */
  static async open(target: ConnectionTarget, password: () => Promise<string | undefined>): Promise<Session> {
    let failure: unknown
    for (const host of target.hosts) {
      try {
        return await Session.#openHost(target, host, password)
      } catch (error) {
        if (error instanceof StorageError && error.code === 'invalid') throw error
        failure = error
      }
    }
    throw failure
  }

  static async #openHost(
    target: ConnectionTarget,
    host: Host,
    password: () => Promise<string | undefined>,
  ): Promise<Session> {
    const connect = async (ssl: ConnectionOptions | false) => {
      const client = new pg.Client({
        host: host.host,
        port: host.port,
        database: target.database,
        user: target.user,
        password: async () => (await password()) ?? '',
        ssl,
        enableChannelBinding: true,
        connectionTimeoutMillis: target.connectTimeoutMs,
        keepAlive: true,
        keepAliveInitialDelayMillis: 10_000,
        application_name: target.applicationName,
        types: TYPES,
      })
      const session = new Session(client)
      try {
        await client.connect()
        await session.#setUp()
        return session
      } catch (error) {
        session.destroy()
        throw error
      }
    }
    const ssl = await tlsOf(target, host)
    try {
      return await connect(ssl)
    } catch (error) {
      const isOptional = target.sslMode === 'prefer' || target.sslMode === 'allow'
      if (!isOptional || ssl === false || !/does not support SSL/.test(String(error))) throw error
      return connect(false)
    }
  }

  async #setUp(): Promise<void> {
    const [row] = await this.run(SETTING_UP, 10_000)
    const [encoding, isStandby, schema, synchronous] = row ?? []
    if (encoding !== 'UTF8') throw new StorageError('invalid', 'the encoding of the database must be UTF8')
    if (schema === null) throw new StorageError('invalid', 'the user has no schema to make tables in (search_path)')
    if (isStandby === true) throw new StorageError('unavailable', 'the database is a standby: it takes no writes')
    // What is acknowledged must be durable, whatever the default of the database or the role is.
    if (synchronous === 'off') await this.run('set synchronous_commit = on', 10_000)
  }

  /** The client itself, for migrations. */
  get client(): pg.Client {
    return this.#client
  }

  /** False: it is of no more use. */
  get isAlive(): boolean {
    return !this.#lost
  }

  /**
   * Throws the server's error, or ConnectionLost when the connection ended, or nobody answered within `withinMs`: then
   * the connection is cut.
   */
  query(statement: Statement, values: readonly unknown[], withinMs: number): Promise<readonly Row[]> {
    return this.#within(withinMs, () => this.#prepared.ask(statement, values))
  }

  /** As `query`, with the parameters as the message that the server gets; it must hold until this resolves. */
  queryBound(statement: Statement, bind: Buffer, withinMs: number): Promise<readonly Row[]> {
    return this.#within(withinMs, () => this.#prepared.ask(statement, bind))
  }

  /** As `query`, of what is said once and has no parameters. */
  run(text: string, withinMs: number): Promise<readonly Row[]> {
    return this.#within(withinMs, async () => (await this.#client.query({ text, rowMode: 'array' })).rows)
  }

  async #within(withinMs: number, ask: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
    if (this.#lost) throw new ConnectionLost('the connection has ended')
    const timer = setTimeout(() => this.destroy(), withinMs)
    try {
      return await ask()
    } catch (error) {
      if (error instanceof pg.DatabaseError) {
        if (isOutcomeUnknown(error)) this.#lost = true
        throw error
      }
      this.destroy()
      throw new ConnectionLost('the connection has ended', { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Says goodbye; for when nothing is under way. */
  async close(): Promise<void> {
    if (this.#lost) return this.destroy()
    this.#lost = true
    const timer = setTimeout(() => this.destroy(), GOODBYE_MS)
    await this.#client.end().finally(() => clearTimeout(timer))
  }

  /** Cuts the connection. What is under way fails. */
  destroy(): void {
    this.#lost = true
    streamOf(this.#client)?.destroy()
  }
}

/** The socket, which pg's types do not show. */
function streamOf(client: pg.Client): { destroy(): void } | undefined {
  return (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream
}

async function tlsOf(target: ConnectionTarget, { host }: Host): Promise<ConnectionOptions | false> {
  const { sslMode, sslRootCert, sslCert, sslKey } = target
  if (sslMode === 'disable' || host.startsWith('/')) return false
  const isRootGiven = sslRootCert !== undefined && sslRootCert !== 'system'
  // As libpq: `require` with a root certificate at hand checks against it.
  const checksAuthority = sslMode.startsWith('verify') || (sslMode === 'require' && isRootGiven)
  return {
    rejectUnauthorized: checksAuthority,
    ...(sslMode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...(isRootGiven && { ca: await pemOf(sslRootCert, 'sslrootcert') }),
    ...(sslCert !== undefined && { cert: await pemOf(sslCert, 'sslcert') }),
    ...(sslKey !== undefined && { key: await pemOf(sslKey, 'sslkey') }),
  }
}

async function pemOf(file: string, key: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new StorageError('invalid', `the file that ${key} names cannot be read: ${code}`, { cause })
  }
}

const TYPES = { getTypeParser: parserOf } as unknown as pg.CustomTypesConfig
