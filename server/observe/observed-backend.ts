import type {
  Awaitable,
  Backend,
  Changes,
  Entry,
  Listing,
  ListPage,
  Outcome,
  Revision,
  Transaction,
} from '../../storage/backend.ts'

/** Told after each commit, whatever became of it. */
export type ObserveCommit = (transactions: number, seconds: number) => void

/** A backend that says how long its commits take and how many transactions they hold. */
export class ObservedBackend implements Backend {
  readonly #backend: Backend
  readonly #observe: ObserveCommit
  readonly #monotonicMs: () => number
  readonly look: Backend['look']

  constructor(backend: Backend, observe: ObserveCommit, monotonicMs: () => number) {
    this.#backend = backend
    this.look = backend.look && ((since) => backend.look?.(since) ?? backend.changes(since))
    this.#observe = observe
    this.#monotonicMs = monotonicMs
  }

  async commit(transactions: readonly Transaction[]): Promise<readonly Outcome[]> {
    const startedMs = this.#monotonicMs()
    try {
      return await this.#backend.commit(transactions)
    } finally {
      this.#observe(transactions.length, (this.#monotonicMs() - startedMs) / 1000)
    }
  }

  readIndex(): Awaitable<Revision> {
    return this.#backend.readIndex()
  }

  get(paths: readonly string[]): Awaitable<readonly (Entry | undefined)[]> {
    return this.#backend.get(paths)
  }

  list(prefix: string, page: ListPage): Awaitable<Listing> {
    return this.#backend.list(prefix, page)
  }

  changes(since: Revision): Awaitable<Changes> {
    return this.#backend.changes(since)
  }

  due(beforeMs: number, limit: number): Awaitable<readonly string[]> {
    return this.#backend.due(beforeMs, limit)
  }

  close(): Promise<void> {
    return this.#backend.close()
  }
}
