import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Backend,
  type Changes,
  type DuePosition,
  type Entry,
  type Listing,
  type ListPage,
  type Outcome,
  type Revision,
  type Snapshot,
  StorageError,
  type Transaction,
} from '../backend.ts'
import { type SnapshotSource, Snapshots } from '../batched-snapshot.ts'
import { checkDue, checkPage, checkPaths, checkPrefix, checkRevision, checkTransactions } from '../bounds.ts'
import { Acknowledged } from './acknowledged.ts'
import { type ConnectionTarget, parseConnectionUrl } from './connection-url.ts'
import { sqlState, storageError } from './errors.ts'
import { GroupWriter, type PostgresLimits } from './group-writer.ts'
import { refuseLostWrites } from './kept-writes.ts'
import { migrate } from './migrate.ts'
import { DEFAULT_TABLE, namesOf } from './names.ts'
import { Pool } from './pool.ts'
import { Reader } from './reader.ts'
import { replaceAll } from './replacement.ts'
import { Session } from './session.ts'
import { openSnapshot } from './snapshot.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=…`, or libpq's `host=… dbname=…`. */
  readonly connectionUrl: string
  /** A file that holds the password, and nothing else but a line end; read at each connection, so it may change. */
  readonly passwordFile?: string | undefined
  /** What the tables' names start with. Default "egide". */
  readonly table?: string | undefined
  /** Connections for reads, 1 to 1000; one more writes. Default 8. */
  readonly maxParallel?: number | undefined
  /** Of the connections for reads, so many are kept when nobody uses them. Default: all. */
  readonly maxIdleConnections?: number | undefined
  /** How often opening tries again, at growing distance, while the database cannot be reached. Default 1. */
  readonly maxConnectRetries?: number | undefined
  readonly limits?: PostgresLimits | undefined
}

const MAX_PARALLEL = 8
const WAIT_FOR_CONNECTION_MS = 5000
const RETRY_MAX_MS = 10_000
/** Of what is asked of a new connection. */
const REPLY_MS = 10_000

/**
 * Opens tables in a PostgreSQL database as a backend; makes them where there are none. Many processes may share them.
 * Throws StorageError `unavailable` when the database cannot be reached, `invalid` when what was configured is no use.
 */
export async function openPostgres(options: PostgresOptions): Promise<Backend> {
  const target = parseConnectionUrl(options.connectionUrl)
  const names = namesOf(options.table ?? DEFAULT_TABLE)
  const connect = connector(target, options.passwordFile)
  let first = await firstSession(connect, options.maxConnectRetries ?? 1)
  try {
    await migrate(first, names)
    // Migrating ends the connection that it was done on.
    if (!first.isAlive) first = await connect()
    await refuseLostWrites(first, names, REPLY_MS)
  } catch (error) {
    throw error instanceof StorageError ? error : storageError('unavailable', error)
  } finally {
    await first.close().catch(() => {})
  }
  const max = options.maxParallel ?? MAX_PARALLEL
  const limits = options.limits ?? {}
  const acknowledged = new Acknowledged(names)
  const connectAgain = () =>
    connectedWith(connect, (session) => acknowledged.compare(session, limits.replyMs ?? REPLY_MS))
  const pool = new Pool(connectAgain, {
    max,
    maxIdle: Math.min(max, options.maxIdleConnections ?? max),
    waitMs: WAIT_FOR_CONNECTION_MS,
  })
  const writer = new GroupWriter(connectAgain, names, acknowledged, limits)
  return new PostgresBackend(pool, new Reader(pool, names, limits), writer, acknowledged, {
    snapshot: () => openSnapshot(connect, names),
    replace: (batches) => replaceAll(connect, names, batches),
  })
}

/** A connection that `check` has seen. */
async function connectedWith(
  connect: () => Promise<Session>,
  check: (session: Session) => Promise<void>,
): Promise<Session> {
  const session = await connect()
  try {
    await check(session)
    return session
  } catch (error) {
    session.destroy()
    throw error
  }
}

function connector(target: ConnectionTarget, passwordFile: string | undefined): () => Promise<Session> {
  const password = async () => (passwordFile === undefined ? target.password : passwordIn(passwordFile))
  return async () => Session.open(target, password)
}

async function passwordIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new StorageError('invalid', `the password file of PostgreSQL cannot be read: ${code}`, { cause })
  }
}

async function firstSession(connect: () => Promise<Session>, retries: number): Promise<Session> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connect()
    } catch (error) {
      if (error instanceof StorageError && error.code === 'invalid') throw error
      if (attempt >= retries) throw notReached(storageError('unavailable', error), retries)
      await sleep(Math.min(RETRY_MAX_MS, 100 * 2 ** attempt))
    }
  }
}

/** With what the operator can do, where waiting would help. */
function notReached(error: StorageError, retries: number): StorageError {
  const { code, message, cause } = error
  // Of a user, a password, a database or a right, nothing changes by itself.
  if (/^28|^3D|^42/.test(sqlState(cause))) return error
  const tried = retries === 0 ? 'once' : `${retries + 1} times`
  const advice = 'start again when it answers, or set max_connect_retries higher to have the start wait for it'
  return new StorageError(code, `${message}; tried ${tried}: ${advice}`, { cause })
}

/** What is done to everything that is stored, on connections of its own. */
interface Whole {
  readonly snapshot: () => Promise<SnapshotSource>
  readonly replace: Backend['replace']
}

class PostgresBackend implements Backend {
  readonly #pool: Pool
  readonly #reader: Reader
  readonly #writer: GroupWriter
  readonly #acknowledged: Acknowledged
  readonly #whole: Whole
  readonly #snapshots = new Snapshots()
  #closing: Promise<void> | undefined

  constructor(pool: Pool, reader: Reader, writer: GroupWriter, acknowledged: Acknowledged, whole: Whole) {
    this.#pool = pool
    this.#reader = reader
    this.#writer = writer
    this.#acknowledged = acknowledged
    this.#whole = whole
  }

  async readIndex(): Promise<Revision> {
    this.#checkOpen()
    return this.#reader.readIndex()
  }

  async look(since: Revision): Promise<Changes> {
    this.#checkOpen()
    checkRevision(since)
    const changes = await this.#reader.look(since)
    this.#acknowledged.saw(changes)
    const isUndone = this.#acknowledged.takeUndone() || changes.revision < since
    return isUndone ? { kind: 'resync', revision: changes.revision, isUndone } : changes
  }

  async get(paths: readonly string[]): Promise<readonly (Entry | undefined)[]> {
    this.#checkOpen()
    checkPaths(paths)
    return this.#reader.get(paths)
  }

  async list(prefix: string, page: ListPage): Promise<Listing> {
    this.#checkOpen()
    checkPrefix(prefix)
    checkPage(page)
    return this.#reader.list(prefix, page)
  }

  async commit(transactions: readonly Transaction[]): Promise<readonly Outcome[]> {
    this.#checkOpen()
    checkTransactions(transactions)
    return transactions.length === 0 ? [] : this.#writer.commit(transactions)
  }

  async changes(since: Revision): Promise<Changes> {
    this.#checkOpen()
    checkRevision(since)
    return this.#reader.changes(since)
  }

  async due(beforeMs: number, limit: number, after?: DuePosition): Promise<readonly DuePosition[]> {
    this.#checkOpen()
    checkDue(beforeMs, limit, after)
    return this.#reader.due(beforeMs, limit, after)
  }

  async nowMs(): Promise<number> {
    this.#checkOpen()
    return this.#reader.nowMs()
  }

  async snapshot(): Promise<Snapshot> {
    this.#checkOpen()
    const source = await this.#whole.snapshot()
    const snapshot = this.#snapshots.add(source)
    if (this.#closing !== undefined) await snapshot.close()
    return snapshot
  }

  async replace(batches: AsyncIterable<readonly Entry[]>): Promise<Revision> {
    this.#checkOpen()
    return this.#whole.replace(batches)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#snapshots.close()
    await this.#writer.close()
    await this.#pool.close()
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new StorageError('closed', 'the store is closed')
  }
}
