import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { type Awaitable, type Backend, StorageError } from './backend.ts'
import { checkPrefix } from './bounds.ts'
import { Cache } from './cache.ts'
import { Entries } from './entries.ts'
import { Following, feedOf } from './feed.ts'
import { fullListing } from './full-listing.ts'
import type { Known } from './known.ts'
import { HeldLock, NamedLocks } from './named-locks.ts'
import { checkRelativePath, checkRelativePrefix } from './paths.ts'
import type { Change, Cipher, Codec, FeedStep, FollowOptions, Page, Store, Stored, Tx } from './store.ts'
import { HashedPrefix } from './text-hash.ts'
import { timelineOf } from './timeline.ts'
import { ViewTransaction } from './transaction.ts'

const ATTEMPTS_MAX = 50
const BACKOFF_MAX_MS = 50
/** Entries that are read in one go: a request that came in meanwhile waits for so many. */
const THROUGH_AT_ONCE = 100

export interface StoreOptions {
  readonly backend: Backend
  readonly cipher: Cipher
  /** Where the store lies in the backend: '' or ending in '/'. Nothing outside it can be reached. */
  readonly prefix: string
  /** About how much memory decoded documents may take. Default 64 MiB. */
  readonly cacheBytes?: number | undefined
  /** How many documents, and absences, are kept at most. Default 100 000. */
  readonly cacheEntries?: number | undefined
  /** From 0 to below 1, to spread retries in time; needs no secrecy. Default: no spread. */
  readonly jitter?: (() => number) | undefined
}

/** Running totals of one store and of the commits of its backend, for metrics. */
export interface StoreStats {
  readonly cacheHits: number
  readonly cacheMisses: number
  readonly cacheEntries: number
  readonly cacheBytes: number
  /** Of the whole backend: how often it was asked to commit, and how many transactions that held. */
  readonly commits: number
  readonly transactions: number
  /** Likewise, now: transactions that wait for the commit before theirs. */
  readonly waiting: number
  /** Attempts that met a conflict. */
  readonly conflicts: number
}

/** The encrypted, cached, transactional store below `prefix`. Several may share one backend. */
export function createStore(options: StoreOptions): SealedStore {
  checkPrefix(options.prefix)
  const cache = new Cache(options.cacheBytes ?? 64 * 1024 * 1024, options.cacheEntries ?? 100_000)
  const entries = new Entries(options.backend, timelineOf(options.backend), options.cipher, cache, options.prefix)
  return new SealedStore(
    {
      entries,
      conflictLocks: new NamedLocks(),
      followings: new Set(),
      jitter: options.jitter ?? (() => 0.5),
      conflicts: 0,
    },
    options.prefix,
  )
}

/** What all views of one store share. */
interface Root {
  readonly entries: Entries
  readonly conflictLocks: NamedLocks
  readonly followings: Set<Following>
  readonly jitter: () => number
  conflicts: number
}

export class SealedStore implements Store {
  readonly #root: Root
  readonly #entries: Entries
  readonly #prefix: string
  readonly #hashed: HashedPrefix

  /** Use `createStore`. */
  constructor(root: Root, prefix: string) {
    this.#root = root
    this.#entries = root.entries
    this.#prefix = prefix
    this.#hashed = new HashedPrefix(prefix)
  }

  get<T>(path: string, codec: Codec<T>): Awaitable<T | undefined> {
    const known = this.#known(path, codec)
    return known instanceof Promise ? known.then((fetched) => fetched.read(codec)) : known.read(codec)
  }

  entry<T>(path: string, codec: Codec<T>): Awaitable<Stored<T> | undefined> {
    const known = this.#known(path, codec)
    return known instanceof Promise ? known.then((fetched) => fetched.stored(codec)) : known.stored(codec)
  }

  #known(path: string, codec: Codec<unknown>): Awaitable<Known> {
    const known = this.#entries.cached(path, codec, this.#hashed)
    if (known !== undefined) return known // a path in the cache was checked when it came in
    checkRelativePath(path)
    return this.#entries.fetch(this.#prefix + path, codec)
  }

  async getThrough<T>(paths: readonly string[], codec: Codec<T>): Promise<(T | undefined)[]> {
    for (const path of paths) checkRelativePath(path)
    const found: (T | undefined)[] = []
    for (let at = 0; at < paths.length; at += THROUGH_AT_ONCE) {
      if (at > 0) await setImmediate()
      const part = paths.slice(at, at + THROUGH_AT_ONCE).map((path) => this.#prefix + path)
      for (const known of await this.#entries.fetchThrough(part)) found.push(known.read(codec))
    }
    return found
  }

  async list(prefix: string, page: Page = {}): Promise<string[]> {
    return this.#list(prefix, false, page)
  }

  async scan(prefix: string, page: Page = {}): Promise<string[]> {
    return this.#list(prefix, true, page)
  }

  async #list(prefix: string, recursive: boolean, page: Page): Promise<string[]> {
    this.#entries.checkOpen()
    checkRelativePrefix(prefix)
    return [...(await fullListing(this.#entries.backend, this.#prefix + prefix, recursive, page)).names]
  }

  refresh(): Promise<void> {
    return this.#entries.refresh()
  }

  transaction<T>(work: (tx: Tx) => Awaitable<T>): Promise<T> {
    return this.#attempt(work).then((first) => (first.conflict === undefined ? first.value : this.#again(work, first)))
  }

  /** After a first attempt that met a conflict. */
  async #again<T>(work: (tx: Tx) => Awaitable<T>, { conflict: first }: Conflict): Promise<T> {
    const lock = new HeldLock(this.#root.conflictLocks)
    let conflict = first
    try {
      for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) {
        // Who conflicts while it holds the lock met another process, and backs off.
        if (!(await lock.moveTo(conflict))) await sleep(this.#backoffMs(attempt))
        this.#entries.forget(conflict)
        await this.refresh()
        const result = await this.#attempt(work)
        if (result.conflict === undefined) return result.value
        conflict = result.conflict
      }
    } finally {
      lock.release()
    }
    throw new StorageError('refused', `busy: the transaction met a conflict ${ATTEMPTS_MAX} times`)
  }

  async #attempt<T>(work: (tx: Tx) => Awaitable<T>): Promise<Attempt<T>> {
    this.#entries.checkOpen()
    const tx = new ViewTransaction(this.#entries, this.#prefix)
    let value: T
    try {
      value = await work(tx)
    } catch (error) {
      // An error that comes of reads that never were true together is none: the work runs again.
      if (error instanceof StorageError || (await tx.sawOneState())) throw error
      return this.#conflictAt(this.#prefix)
    } finally {
      tx.end()
    }
    if (!tx.wrote) return (await tx.sawOneState()) ? { value } : this.#conflictAt(this.#prefix)
    const outcome = await tx.commit()
    return outcome.kind === 'committed' ? { value } : this.#conflictAt(outcome.path)
  }

  #conflictAt(conflict: string): Conflict {
    this.#root.conflicts++
    return { conflict }
  }

  #backoffMs(attempt: number): number {
    return Math.min(BACKOFF_MAX_MS, 2 ** Math.min(attempt, 6)) * (0.5 + this.#root.jitter() / 2)
  }

  view(prefix: string): SealedStore {
    if (prefix === '') throw new StorageError('invalid', 'a view lies below a prefix')
    checkRelativePrefix(prefix)
    return new SealedStore(this.#root, this.#prefix + prefix)
  }

  async *follow(prefix: string, { after, signal }: FollowOptions): AsyncGenerator<FeedStep, undefined> {
    this.#entries.checkOpen()
    checkRelativePrefix(prefix)
    const feed = feedOf(this.#entries.backend)
    const following = new Following(this.#prefix + prefix, signal)
    this.#root.followings.add(following)
    try {
      await feed.add(following, after)
      for (let step = await following.next(); step !== undefined; step = await following.next()) {
        yield step.kind === 'resync' ? step : { ...step, changes: step.changes.map((change) => this.#relative(change)) }
      }
    } finally {
      feed.remove(following)
      this.#root.followings.delete(following)
    }
  }

  #relative({ path, revision }: Change): Change {
    return { path: path.slice(this.#prefix.length), revision }
  }

  /** For all who follow, in this store and its views: looks for what other processes committed. */
  pollChanges(): Promise<void> {
    return feedOf(this.#entries.backend).poll()
  }

  /** Whether somebody follows this store or a view of it. */
  get isFollowed(): boolean {
    return this.#root.followings.size > 0
  }

  /** Has all who follow told how far they are. */
  callFollowers(): void {
    feedOf(this.#entries.backend).call()
  }

  /**
   * For sealing: forgets all that is cached in this store and its views, zeroes the bytes among it (strings can't be),
   * and fails every later use with `closed`. Call it when no request is under way: one that still holds a key's bytes
   * would go on with zeroes.
   */
  wipe(): void {
    this.#entries.wipe()
    for (const following of this.#root.followings) following.fail(new StorageError('closed', 'the store is sealed'))
  }

  stats(): StoreStats {
    const { cache, hits, misses, timeline } = this.#entries
    return {
      cacheHits: hits,
      cacheMisses: misses,
      cacheEntries: cache.entries,
      cacheBytes: cache.bytes,
      commits: timeline.committer.commits,
      transactions: timeline.committer.transactions,
      waiting: timeline.committer.waiting,
      conflicts: this.#root.conflicts,
    }
  }
}

interface Conflict {
  readonly conflict: string
}
type Attempt<T> = { readonly value: T; readonly conflict?: undefined } | Conflict
