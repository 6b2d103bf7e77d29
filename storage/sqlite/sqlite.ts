import type {
  Backend,
  Changes,
  DuePosition,
  Entry,
  Listing,
  ListPage,
  Outcome,
  Revision,
  Snapshot,
  Transaction,
} from '../backend.ts'
import { StorageError } from '../backend.ts'
import { Snapshots } from '../batched-snapshot.ts'
import { checkDue, checkPage, checkPaths, checkPrefix, checkRevision, checkTransactions } from '../bounds.ts'
import { createFile, openForReading } from './connection.ts'
import { readError } from './errors.ts'
import { Reader } from './reader.ts'
import { openSnapshot } from './snapshot.ts'
import { Writer } from './writer.ts'

export interface SqliteOptions {
  /** The database file. It is created, readable by its owner alone, and so is its directory, when they are not there. */
  readonly path: string
  /** After about how many pages (4 KiB) of new data these are copied from the WAL file into the database. Default 4096. */
  readonly checkpointPages?: number | undefined
}

/**
 * Opens a SQLite file as a backend. Several processes may have it open. Throws StorageError `unavailable` when the file
 * can't be read and written, `corrupt` when it is damaged, `invalid` when it is another program's or a newer version's.
 */
export async function openSqlite({ path, checkpointPages }: SqliteOptions): Promise<Backend> {
  try {
    await createFile(path)
  } catch (error) {
    // Nobody but whoever starts the server sees this.
    throw new StorageError(
      'unavailable',
      `the database file cannot be created: ${error instanceof Error ? error.message : ''}`,
    )
  }
  const writer = await Writer.open({ path, checkpointPages })
  try {
    return new SqliteBackend(path, openReader(path), writer)
  } catch (error) {
    await writer.close()
    throw readError(error)
  }
}

/** While the writer's thread flushes one group, the next are on their way to it, and wait for nobody here. */
const COMMITS_AT_ONCE = 4

function openReader(path: string): Reader {
  const db = openForReading(path)
  try {
    return new Reader(db)
  } catch (error) {
    db.close()
    throw error
  }
}

class SqliteBackend implements Backend {
  readonly commitsAtOnce = COMMITS_AT_ONCE
  readonly #path: string
  readonly #snapshots = new Snapshots()
  readonly #reader: Reader
  readonly #writer: Writer
  #closing: Promise<void> | undefined

  constructor(path: string, reader: Reader, writer: Writer) {
    this.#path = path
    this.#reader = reader
    this.#writer = writer
  }

  readIndex(): Revision {
    this.#checkOpen()
    return this.#reader.readIndex()
  }

  get(paths: readonly string[]): (Entry | undefined)[] {
    this.#checkOpen()
    checkPaths(paths)
    return this.#reader.get(paths)
  }

  list(prefix: string, page: ListPage): Listing {
    this.#checkOpen()
    checkPrefix(prefix)
    checkPage(page)
    return this.#reader.list(prefix, page)
  }

  async commit(transactions: readonly Transaction[]): Promise<readonly Outcome[]> {
    this.#checkOpen()
    checkTransactions(transactions)
    return this.#writer.commit(transactions)
  }

  async replace(batches: AsyncIterable<readonly Entry[]>): Promise<Revision> {
    this.#checkOpen()
    return this.#writer.replace(batches)
  }

  changes(since: Revision): Changes {
    this.#checkOpen()
    checkRevision(since)
    return this.#reader.changes(since)
  }

  due(beforeMs: number, limit: number, after?: DuePosition): DuePosition[] {
    this.#checkOpen()
    checkDue(beforeMs, limit, after)
    return this.#reader.due(beforeMs, limit, after)
  }

  async snapshot(): Promise<Snapshot> {
    this.#checkOpen()
    return this.#snapshots.add(openSnapshot(this.#path))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#snapshots.close()
    this.#reader.close()
    await this.#writer.close() // the last to close copies the WAL file into the database
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new StorageError('closed', 'the store is closed')
  }
}
