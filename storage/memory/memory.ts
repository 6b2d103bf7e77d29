import {
  type Backend,
  type Changes,
  type DuePosition,
  type Entry,
  FIRST_DUE,
  type Listing,
  type ListPage,
  type Outcome,
  type Revision,
  type Snapshot,
  StorageError,
  type Transaction,
  type Write,
} from '../backend.ts'
import { Snapshots, takeBatch } from '../batched-snapshot.ts'
import {
  checkDue,
  checkPage,
  checkPaths,
  checkPrefix,
  checkReplacement,
  checkRevision,
  checkTransactions,
} from '../bounds.ts'
import { compareBytes } from '../byte-order.ts'
import { nameOf, pastPrefix, type Seek, seekOf } from '../listing.ts'
import { ChangeLog } from './change-log.ts'
import { SortedSet } from './sorted-set.ts'

/** Keeps everything in this process's memory, for development and tests. Nothing survives `close`. */
export class MemoryBackend implements Backend {
  readonly #entries = new Map<string, Entry>()
  readonly #paths = new SortedSet<string>(compareBytes)
  readonly #due = new SortedSet<DuePosition>((a, b) => a.expiresAtMs - b.expiresAtMs || compareBytes(a.path, b.path))
  readonly #changes = new ChangeLog()
  readonly #snapshots = new Snapshots()
  #revision: Revision = 0
  #closed = false
  /** While what comes in the place of everything is gathered. */
  #replacing: Promise<void> | undefined

  readIndex(): Revision {
    this.#checkOpen()
    return this.#revision
  }

  get(paths: readonly string[]): (Entry | undefined)[] {
    this.#checkOpen()
    checkPaths(paths)
    return paths.map((path) => {
      const entry = this.#entries.get(path)
      // A copy, as from any other store: what the caller does to it must not reach what is kept.
      return entry && { ...entry, value: Buffer.from(entry.value) }
    })
  }

  list(prefix: string, page: ListPage): Listing {
    this.#checkOpen()
    checkPrefix(prefix)
    checkPage(page)
    const names: string[] = []
    let seek: Seek | undefined = seekOf(prefix, page)
    while (seek !== undefined && names.length < page.limit) seek = this.#collect(prefix, page, seek, names)
    return { names, revision: this.#revision }
  }

  /** Collects names up to the end, the limit, or a deeper level, which is stepped over: then the walk goes on past it. */
  #collect(prefix: string, page: ListPage, seek: Seek, names: string[]): Seek | undefined {
    let next: Seek | undefined
    this.#paths.walk(seek.path, seek.inclusive, (path) => {
      if (!path.startsWith(prefix)) return false
      const name = nameOf(prefix, path, page.recursive)
      names.push(name)
      if (name.endsWith('/')) next = { path: pastPrefix(prefix + name), inclusive: true }
      return next === undefined && names.length < page.limit
    })
    return next
  }

  async commit(transactions: readonly Transaction[]): Promise<Outcome[]> {
    this.#checkOpen()
    checkTransactions(transactions)
    while (this.#replacing !== undefined) await this.#replacing
    return transactions.map((transaction) => this.#apply(transaction))
  }

  #apply({ reads, lists, writes }: Transaction): Outcome {
    for (const { path, revision } of reads) {
      if ((this.#entries.get(path)?.revision ?? 0) !== revision) return { kind: 'conflict', path }
    }
    for (const check of lists) if (!this.#changes.holds(check)) return { kind: 'conflict', path: check.prefix }
    if (writes.length > 0) {
      this.#revision++
      for (const write of writes) this.#write(write)
      this.#changes.prune()
    }
    return { kind: 'committed', revision: this.#revision }
  }

  #write({ path, value, expiresAtMs }: Write): void {
    const old = this.#entries.get(path)
    if (old === undefined && value === null) return
    if (old?.expiresAtMs !== undefined) this.#due.delete({ expiresAtMs: old.expiresAtMs, path })
    this.#changes.add(this.#revision, path, old === undefined || value === null)
    if (value === null) {
      this.#entries.delete(path)
      this.#paths.delete(path)
      return
    }
    this.#entries.set(path, { path, value: Buffer.from(value), revision: this.#revision, expiresAtMs })
    if (old === undefined) this.#paths.add(path)
    if (expiresAtMs !== undefined) this.#due.add({ expiresAtMs, path })
  }

  changes(since: Revision): Changes {
    this.#checkOpen()
    checkRevision(since)
    return this.#changes.since(since, this.#revision)
  }

  due(beforeMs: number, limit: number, after?: DuePosition): DuePosition[] {
    this.#checkOpen()
    checkDue(beforeMs, limit, after)
    const found: DuePosition[] = []
    this.#due.walk(after ?? FIRST_DUE, false, (due) => {
      if (due.expiresAtMs > beforeMs) return false
      found.push({ ...due })
      return found.length < limit
    })
    return found
  }

  /** Holds on to the entries, which never change: only where they are kept does. Their values are copied as they are read. */
  async snapshot(): Promise<Snapshot> {
    this.#checkOpen()
    const kept: Entry[] = []
    this.#paths.walk('', true, (path) => {
      const entry = this.#entries.get(path)
      if (entry !== undefined) kept.push(entry)
      return true
    })
    const entries = kept.values().map((entry) => ({ ...entry, value: Buffer.from(entry.value) }))
    return this.#snapshots.add({ revision: this.#revision, next: () => takeBatch(entries), release() {} })
  }

  async replace(batches: AsyncIterable<readonly Entry[]>): Promise<Revision> {
    this.#checkOpen()
    if (this.#replacing !== undefined) throw new StorageError('refused', 'busy: the store is being replaced')
    const replacing = this.#gathered(batches)
    this.#replacing = replacing.then(nothing, nothing)
    try {
      return this.#replaceBy(await replacing)
    } finally {
      this.#replacing = undefined
    }
  }

  async #gathered(batches: AsyncIterable<readonly Entry[]>): Promise<Write[]> {
    const writes: Write[] = []
    for await (const batch of batches)
      for (const { path, value, expiresAtMs } of batch) writes.push({ path, value: Buffer.from(value), expiresAtMs })
    checkReplacement(writes)
    return writes
  }

  #replaceBy(writes: readonly Write[]): Revision {
    this.#revision++
    for (const path of [...this.#entries.keys()]) this.#write({ path, value: null })
    for (const write of writes) this.#write(write)
    this.#changes.forgetAll(this.#revision)
    return this.#revision
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#snapshots.close()
  }

  #checkOpen(): void {
    if (this.#closed) throw new StorageError('closed', 'the store is closed')
  }
}

function nothing(): void {}
