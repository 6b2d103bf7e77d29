import { DecryptFailed, KeysReleased, TermUnknown } from '../crypto/errors.ts'
import { type Awaitable, type Backend, type Entry, type ReadCheck, type Revision, StorageError } from './backend.ts'
import type { Cache } from './cache.ts'
import { type Envelope, unpack } from './envelope.ts'
import { Known } from './known.ts'
import type { Cipher, Codec } from './store.ts'
import type { HashedPrefix } from './text-hash.ts'
import type { Follower, Timeline } from './timeline.ts'

/** What one cipher has sealed in the backend, opened and cached. Paths are full paths. */
export class Entries implements Follower {
  readonly prefix: string
  readonly cache: Cache
  readonly timeline: Timeline
  readonly #cipher: Cipher
  readonly backend: Backend
  /** Reads under way. One that is taken out of the map may be overtaken by a change: it is neither joined nor cached. */
  readonly #fetching = new Map<string, Promise<Known>>()
  #wiped = false
  #looked: Promise<void> | undefined = undefined
  #refreshed: Promise<void> = Promise.resolve()
  hits = 0
  misses = 0

  /** `prefix`: below which all of its paths lie. */
  constructor(backend: Backend, timeline: Timeline, cipher: Cipher, cache: Cache, prefix: string) {
    this.prefix = prefix
    this.backend = backend
    this.timeline = timeline
    this.#cipher = cipher
    this.cache = cache
    timeline.follow(this)
  }

  /** What the cache knows of the path behind `prefix`, if `codec` can read it. */
  cached(path: string, codec: Codec<unknown>, prefix?: HashedPrefix): Known | undefined {
    const known = this.cache.get(path, prefix)
    if (known === undefined || !known.readableBy(codec)) return undefined
    this.hits++
    return known
  }

  /** Asks the backend. What comes is readable by `codec`. */
  fetch(path: string, codec: Codec<unknown>): Awaitable<Known> {
    this.checkOpen()
    this.misses++
    const joined = this.#fetching.size === 0 ? undefined : this.#fetching.get(path)
    // Whoever asked first may have decoded it by another codec.
    if (joined !== undefined) return joined.then((known) => (known.readableBy(codec) ? known : this.fetch(path, codec)))
    const index = this.timeline.index
    const found = this.backend.get([path])
    if (found instanceof Promise) return this.#fetchLater(path, found)
    const [entry] = found
    // Only of an absence does the entry itself not say since when.
    const absentSince = entry === undefined && this.backend.readIndex() === index ? index : Number.POSITIVE_INFINITY
    const known = this.#knownOf(path, entry, absentSince)
    if (known === undefined) return this.#fetchLater(path, found)
    this.cache.put(known)
    return known
  }

  /** Asks the backend, and keeps nothing of it. At most 1000 paths. */
  async fetchThrough(paths: readonly string[]): Promise<readonly Known[]> {
    this.checkOpen()
    const found = await this.backend.get(paths)
    return Promise.all(paths.map((path, at) => this.#openLater(path, [found[at]])))
  }

  #fetchLater(path: string, found: Awaitable<readonly (Entry | undefined)[]>): Promise<Known> {
    const fetching = this.#openLater(path, found)
      .then((known) => {
        if (this.#fetching.get(path) === fetching) this.cache.put(known)
        return known
      })
      .finally(() => {
        if (this.#fetching.get(path) === fetching) this.#fetching.delete(path)
      })
    this.#fetching.set(path, fetching)
    return fetching
  }

  async #openLater(path: string, found: Awaitable<readonly (Entry | undefined)[]>): Promise<Known> {
    const [entry] = await found
    this.checkOpen()
    const known = this.#knownOf(path, entry, Number.POSITIVE_INFINITY)
    if (known !== undefined) return known
    await this.#cipher.reload?.()
    this.checkOpen()
    const again = this.#knownOf(path, entry, Number.POSITIVE_INFINITY, true)
    if (again === undefined) throw damaged(path, new Error('sealed by a key that there is not'))
    return again
  }

  /**
   * Undefined when it does not open and the keys were not looked at since: another process may have made new ones, or put
   * the store of another vault in the place of this one.
   */
  #knownOf(path: string, entry: Entry | undefined, absentSince: Revision, isCertain = false): Known | undefined {
    if (entry === undefined) return Known.absent(path, absentSince)
    const envelope = this.#open(path, entry, isCertain)
    return envelope && Known.present(path, entry.revision, envelope)
  }

  #open(path: string, entry: Entry, isCertain: boolean): Envelope | undefined {
    try {
      const envelope = unpack(this.#cipher.open(path, entry.value))
      if (envelope.expiresAtMs !== entry.expiresAtMs) throw new Error('the expiry of the row is not that of the value')
      return envelope
    } catch (cause) {
      if (cause instanceof TermUnknown) return undefined
      if (cause instanceof KeysReleased) throw sealed(cause)
      if (cause instanceof DecryptFailed && !isCertain) return undefined
      throw damaged(path, cause)
    }
  }

  /** Seals an envelope to be stored at `path`. */
  seal(path: string, envelope: Buffer): Buffer {
    try {
      return this.#cipher.seal(path, envelope)
    } catch (cause) {
      throw cause instanceof KeysReleased ? sealed(cause) : cause
    }
  }

  /** As Cipher.fence. */
  get fence(): ReadCheck | undefined {
    return this.#cipher.fence
  }

  /** As Store.refresh. All who ask in one turn of the event loop share one promise. */
  refresh(): Promise<void> {
    const looked = this.timeline.refresh()
    if (looked !== this.#looked) {
      this.#looked = looked
      this.#refreshed = looked.then(() => this.#cipher.catchUp?.())
    }
    return this.#refreshed
  }

  forget(path: string): void {
    this.cache.forget(path)
    if (this.#fetching.size > 0) this.#fetching.delete(path)
  }

  forgetAll(): void {
    this.cache.clear()
    this.#fetching.clear()
  }

  /** Forgets and zeroes what can be zeroed; every later use fails. */
  wipe(): void {
    this.#wiped = true
    this.timeline.unfollow(this)
    this.#fetching.clear()
    this.cache.wipe()
  }

  get isWiped(): boolean {
    return this.#wiped
  }

  checkOpen(): void {
    if (this.#wiped) throw sealed()
  }
}

function sealed(cause?: KeysReleased): StorageError {
  return new StorageError('closed', 'the store is sealed', { cause })
}

/** The path is for our log: the message goes to the caller. */
function damaged(path: string, cause: unknown): StorageError {
  const located = new Error(`at ${path}`, { cause })
  return new StorageError('corrupt', 'a stored entry failed its integrity check', { cause: located })
}
