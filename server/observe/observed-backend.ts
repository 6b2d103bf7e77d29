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
} from '../../storage/backend.ts'

/** Who is told of what storage does. */
export interface StorageObserver {
  /** After each commit, whatever became of it. */
  commit(transactions: number, seconds: number): void
  /** After each look at a shared storage's newest revision, likewise. */
  look(seconds: number): void
  /** `code` is StorageError's, or `other`. */
  storageFailed(code: string): void
  /** What storage had acknowledged is gone: it had come to `was`, as far as was known, and stands at `is`. */
  undone(was: Revision, is: Revision): void
}

/** A backend that says how long what it does takes, and what fails. What its caller did wrong is no failure. */
export class ObservedBackend implements Backend {
  readonly #backend: Backend
  readonly #observer: StorageObserver
  readonly #monotonicMs: () => number
  readonly look: Backend['look']
  readonly nowMs: Backend['nowMs']
  readonly commitsAtOnce: number | undefined
  #lastCommitMs = 0

  constructor(backend: Backend, observer: StorageObserver, monotonicMs: () => number) {
    this.#backend = backend
    this.#observer = observer
    this.#monotonicMs = monotonicMs
    this.commitsAtOnce = backend.commitsAtOnce
    const look = backend.look?.bind(backend)
    if (look !== undefined) this.look = (since) => this.#timed(() => look(since), since)
    const nowMs = backend.nowMs?.bind(backend)
    if (nowMs !== undefined) this.nowMs = () => this.#watched(nowMs)
  }

  async #timed(look: () => Awaitable<Changes>, since: Revision): Promise<Changes> {
    const startedMs = this.#monotonicMs()
    try {
      const changes = await this.#watched(look)
      if (changes.kind === 'resync' && changes.isUndone === true) this.#observer.undone(since, changes.revision)
      return changes
    } finally {
      this.#observer.look((this.#monotonicMs() - startedMs) / 1000)
    }
  }

  async commit(transactions: readonly Transaction[]): Promise<readonly Outcome[]> {
    const startedMs = this.#monotonicMs()
    try {
      return await this.#watched(() => this.#backend.commit(transactions))
    } finally {
      this.#lastCommitMs = this.#monotonicMs() - startedMs
      this.#observer.commit(transactions.length, this.#lastCommitMs / 1000)
    }
  }

  get lastCommitMs(): number {
    return this.#lastCommitMs
  }

  readIndex(): Awaitable<Revision> {
    return this.#watched(() => this.#backend.readIndex())
  }

  get(paths: readonly string[]): Awaitable<readonly (Entry | undefined)[]> {
    return this.#watched(() => this.#backend.get(paths))
  }

  list(prefix: string, page: ListPage): Awaitable<Listing> {
    return this.#watched(() => this.#backend.list(prefix, page))
  }

  changes(since: Revision): Awaitable<Changes> {
    return this.#watched(() => this.#backend.changes(since))
  }

  due(beforeMs: number, limit: number, after?: DuePosition): Awaitable<readonly DuePosition[]> {
    return this.#watched(() => this.#backend.due(beforeMs, limit, after))
  }

  async snapshot(): Promise<Snapshot> {
    return this.#watched(() => this.#backend.snapshot())
  }

  async replace(batches: AsyncIterable<readonly Entry[]>): Promise<Revision> {
    return this.#watched(() => this.#backend.replace(batches))
  }

  close(): Promise<void> {
    return this.#backend.close()
  }

  /** What is answered at once stays so. */
  #watched<T>(call: () => Awaitable<T>): Awaitable<T> {
    try {
      const answer = call()
      return answer instanceof Promise ? answer.catch((error: unknown) => this.#failed(error)) : answer
    } catch (error) {
      return this.#failed(error)
    }
  }

  #failed(error: unknown): never {
    const code = error instanceof StorageError ? error.code : 'other'
    if (code !== 'invalid' && code !== 'closed') this.#observer.storageFailed(code)
    throw error
  }
}
