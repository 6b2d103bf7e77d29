import {
  type Awaitable,
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
} from './backend.ts'

/**
 * How the operation fails. `refused`: a commit that writes nothing. `applied, reply lost`: a commit that is made, but
 * the caller hears `unknown`. `unreadable`: a read that can't be made.
 */
export type Fate = 'refused' | 'applied, reply lost' | 'unreadable'

/**
 * A backend whose nth commit (or nth read, by the fate) fails, and all others work. Run a scripted session with nth = 1,
 * 2, … until one meets no fault (`fired` is false), and look at what the inner backend holds after each.
 */
export class FaultyBackend implements Backend {
  /** Whether the fault was met. */
  fired = false
  readonly #inner: Backend
  readonly #fate: Fate
  #left: number

  constructor(inner: Backend, nth: number, fate: Fate) {
    this.#inner = inner
    this.#fate = fate
    this.#left = nth
  }

  async commit(transactions: readonly Transaction[]): Promise<readonly Outcome[]> {
    if (this.#fate === 'unreadable' || !this.#isNth()) return this.#inner.commit(transactions)
    if (this.#fate === 'refused') throw new StorageError('refused', 'injected: the write was refused')
    await this.#inner.commit(transactions)
    throw new StorageError('unknown', 'injected: the reply was lost')
  }

  readIndex(): Awaitable<Revision> {
    this.#checkRead()
    return this.#inner.readIndex()
  }

  get(paths: readonly string[]): Awaitable<readonly (Entry | undefined)[]> {
    this.#checkRead()
    return this.#inner.get(paths)
  }

  list(prefix: string, page: ListPage): Awaitable<Listing> {
    this.#checkRead()
    return this.#inner.list(prefix, page)
  }

  changes(since: Revision): Awaitable<Changes> {
    this.#checkRead()
    return this.#inner.changes(since)
  }

  due(beforeMs: number, limit: number, after?: DuePosition): Awaitable<readonly DuePosition[]> {
    this.#checkRead()
    return this.#inner.due(beforeMs, limit, after)
  }

  snapshot(): Promise<Snapshot> {
    this.#checkRead()
    return this.#inner.snapshot()
  }

  async replace(batches: AsyncIterable<readonly Entry[]>): Promise<Revision> {
    if (this.#fate === 'unreadable' || !this.#isNth()) return this.#inner.replace(batches)
    if (this.#fate === 'refused') throw new StorageError('refused', 'injected: the write was refused')
    await this.#inner.replace(batches)
    throw new StorageError('unknown', 'injected: the reply was lost')
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  #checkRead(): void {
    if (this.#fate === 'unreadable' && this.#isNth()) throw new StorageError('unavailable', 'injected: unreadable')
  }

  #isNth(): boolean {
    if (--this.#left !== 0) return false
    this.fired = true
    return true
  }
}
