import {
  type Awaitable,
  type ListCheck,
  type Outcome,
  type ReadCheck,
  type Revision,
  StorageError,
  type Transaction,
  type Write,
} from './backend.ts'
import { ByPath } from './by-path.ts'
import type { Entries } from './entries.ts'
import { pack, unpack } from './envelope.ts'
import { fullListing } from './full-listing.ts'
import { Known } from './known.ts'
import { merge, overlayOf } from './overlay.ts'
import { checkRelativePath, checkRelativePrefix } from './paths.ts'
import type { Codec, Page, PutOptions, Stored, Tx } from './store.ts'

interface Read {
  readonly path: string
  readonly known: Known
  /** It was true at this revision; if not `sure`: at this or at a later one. */
  readonly asOf: Revision
  readonly sure: boolean
}

/** The revisions at which a prefix was listed: one, unless it was listed again, or in several pages. */
interface Listed {
  readonly oldest: Revision
  readonly newest: Revision
}

/** `envelope: null` deletes. The document is encoded when it is put, so later changes to it don't count. */
interface OwnWrite {
  readonly path: string
  readonly envelope: Buffer | null
  readonly expiresAtMs: number | undefined
  /** Whether it comes into the cache when it is committed. */
  readonly isKept: boolean
}

/** One attempt of a transaction: remembers what it read, and holds what it would write. Paths inside are full paths. */
export class ViewTransaction implements Tx {
  readonly #entries: Entries
  readonly #prefix: string
  readonly #reads = new ByPath<Read>()
  readonly #lists = new Map<string, Listed>()
  readonly #writes = new ByPath<OwnWrite>()
  #ended = false
  /** It saw one path in two states. */
  #torn = false

  constructor(entries: Entries, prefix: string) {
    this.#entries = entries
    this.#prefix = prefix
  }

  get<T>(path: string, codec: Codec<T>): Awaitable<T | undefined> {
    const stored = this.entry(path, codec)
    return stored instanceof Promise ? stored.then((fetched) => fetched?.value) : stored?.value
  }

  entry<T>(path: string, codec: Codec<T>): Awaitable<Stored<T> | undefined> {
    this.#checkRunning()
    const full = this.#prefix + path
    const own = this.#writes.get(full)
    if (own !== undefined) return ownEntry(own, codec)
    const before = this.#reads.get(full)
    if (before?.known.readableBy(codec)) return before.known.stored(codec)
    checkRelativePath(path)
    const index = this.#entries.timeline.index
    const known = this.#entries.cached(full, codec) ?? this.#entries.fetch(full, codec)
    if (known instanceof Promise) return known.then((fetched) => this.#took(full, fetched, index, codec))
    return this.#took(full, known, index, codec)
  }

  #took<T>(full: string, known: Known, index: Revision, codec: Codec<T>): Stored<T> | undefined {
    const sure = known.since !== Number.POSITIVE_INFINITY
    this.#remember({ path: full, known, asOf: sure ? Math.max(index, known.since) : index, sure })
    return known.stored(codec)
  }

  #remember(read: Read): void {
    const before = this.#reads.get(read.path) // also by a read that ran beside this one
    if (before !== undefined && before.known.revision !== read.known.revision) this.#torn = true
    else this.#reads.put(read)
  }

  list(prefix: string, page: Page = {}): Promise<string[]> {
    return this.#list(prefix, false, page)
  }

  scan(prefix: string, page: Page = {}): Promise<string[]> {
    return this.#list(prefix, true, page)
  }

  async #list(prefix: string, recursive: boolean, page: Page): Promise<string[]> {
    this.#checkRunning()
    checkRelativePrefix(prefix)
    const full = this.#prefix + prefix
    const { added, deletedPaths } = overlayOf(this.#ownPaths(), full, recursive)
    // Each deletion takes at most one name away, so this many more make up for it.
    const limit = page.limit === undefined ? undefined : page.limit + deletedPaths.length
    const listing = await this.#listStored(full, recursive, { after: page.after, limit })
    if (added.size + deletedPaths.length === 0) return [...listing]
    const gone = await this.#goneNames(full, listing, deletedPaths)
    return merge(listing, gone, added, page.after ?? '', page.limit ?? Number.MAX_SAFE_INTEGER)
  }

  async #listStored(full: string, recursive: boolean, page: Page): Promise<readonly string[]> {
    const { names, revision, newest } = await fullListing(this.#entries.backend, full, recursive, page)
    const before = this.#lists.get(full)
    this.#lists.set(full, {
      oldest: Math.min(revision, before?.oldest ?? revision),
      newest: Math.max(newest, before?.newest ?? newest),
    })
    return names
  }

  /** Names that this transaction's deletions take out of the listing: the paths, and levels that they leave empty. */
  async #goneNames(full: string, names: readonly string[], deleted: readonly string[]): Promise<Set<string>> {
    const paths = new Set(deleted)
    const gone = new Set<string>()
    for (const name of names) {
      const path = full + name
      if (!name.endsWith('/')) {
        if (paths.has(path)) gone.add(name)
        continue
      }
      const inside = deleted.filter((other) => other.startsWith(path)).length
      if (inside === 0) continue
      const left = await this.#listStored(path, true, { limit: inside + 1 })
      if (left.every((rest) => paths.has(path + rest))) gone.add(name)
    }
    return gone
  }

  *#ownPaths(): Iterable<readonly [string, boolean]> {
    for (const { path, envelope } of this.#writes.all()) yield [path, envelope === null]
  }

  put<T>(path: string, value: T, codec: Codec<T>, options: PutOptions = {}): void {
    this.#checkRunning()
    checkRelativePath(path)
    const full = this.#prefix + path
    const { expiresAtMs, isReadNext } = options
    const { generation = 0 } = codec
    const before = this.#reads.get(full)?.known
    if ((before?.generation ?? 0) > generation) throw ofNewerVersion(full)
    const isKept = isReadNext ?? isThere(before)
    const envelope = pack(value, codec, expiresAtMs, isKept)
    this.#writes.put({ path: full, envelope, expiresAtMs, isKept })
  }

  delete(path: string): void {
    this.#checkRunning()
    checkRelativePath(path)
    const full = this.#prefix + path
    this.#writes.put({
      path: full,
      envelope: null,
      expiresAtMs: undefined,
      isKept: isThere(this.#reads.get(full)?.known),
    })
  }

  /** After this every use is an error: a write that nobody would commit must not pass in silence. */
  end(): void {
    this.#ended = true
  }

  get wrote(): boolean {
    return this.#writes.size > 0
  }

  /** Commits, unless it is in conflict. */
  commit(): Awaitable<Outcome> {
    this.#entries.checkOpen()
    if (this.#torn) return { kind: 'conflict', path: this.#prefix }
    const reads = this.#readChecks()
    const { fence } = this.#entries
    if (fence !== undefined) reads.push(fence)
    const transaction = { reads, lists: this.#listChecks(), writes: this.#sealed() }
    return this.#entries.timeline.commit(transaction, (revision, isNewest) => this.#landed(revision, isNewest))
  }

  /**
   * Makes the cache know of what changed, which is the newest state of its path. What was made anew comes in with its
   * first read, unless that is at hand: a thousand new entries must not drive out those that are in use.
   */
  #landed(revision: Revision, isNewest: boolean): void {
    if (!isNewest || this.#entries.isWiped) return
    for (const { path, envelope, isKept } of this.#writes.all()) {
      if (!isKept) continue
      this.#entries.cache.put(envelope === null ? Known.absent(path, revision) : knownOf(path, revision, envelope))
    }
  }

  #sealed(): Write[] {
    const writes: Write[] = []
    for (const { path, envelope, expiresAtMs } of this.#writes.all()) {
      writes.push({ path, value: envelope && this.#entries.seal(path, envelope), expiresAtMs })
    }
    return writes
  }

  #readChecks(): ReadCheck[] {
    const checks: ReadCheck[] = []
    for (const { path, known } of this.#reads.all()) checks.push({ path, revision: known.revision })
    return checks
  }

  #listChecks(): ListCheck[] {
    const checks: ListCheck[] = []
    for (const [prefix, { oldest }] of this.#lists) checks.push({ prefix, since: oldest })
    return checks
  }

  /** Whether all that was read was true at one point in time. Asks the backend only if that is in doubt. */
  async sawOneState(): Promise<boolean> {
    if (this.#torn) return false
    const count = this.#reads.size + this.#lists.size
    const { oldest, newest, sure } = this.#span()
    // One thing alone was true at its time, unless it is a listing that was made twice, or in pages.
    if (count === 0 || (oldest === newest && (sure || count === 1))) return true
    const changes = await this.#entries.timeline.changesSince(oldest)
    if (changes.kind === 'paths') return !changes.paths.some((path) => this.#saw(path))
    const checks: Transaction = { reads: this.#readChecks(), lists: this.#listChecks(), writes: [] }
    return (await this.#entries.timeline.commit(checks, () => {})).kind === 'committed'
  }

  #span(): { oldest: Revision; newest: Revision; sure: boolean } {
    let oldest = Number.POSITIVE_INFINITY
    let newest = 0
    let allSure = true
    for (const { asOf, sure } of this.#reads.all()) {
      oldest = Math.min(oldest, asOf)
      newest = Math.max(newest, asOf)
      allSure &&= sure
    }
    for (const listed of this.#lists.values()) {
      oldest = Math.min(oldest, listed.oldest)
      newest = Math.max(newest, listed.newest)
    }
    return { oldest, newest, sure: allSure }
  }

  #saw(path: string): boolean {
    if (this.#reads.get(path) !== undefined) return true
    for (const prefix of this.#lists.keys()) if (path.startsWith(prefix)) return true
    return false
  }

  #checkRunning(): void {
    if (this.#ended) throw new Error('the transaction has ended')
    this.#entries.checkOpen()
  }
}

function isThere(known: Known | undefined): boolean {
  return known !== undefined && known.revision > 0
}

/** The path is for our log: the message goes to the caller. */
function ofNewerVersion(path: string): StorageError {
  return new StorageError('newer', 'a newer version wrote what is stored, and this one would lose some of it', {
    cause: new Error(`at ${path}`),
  })
}

/** An entry of the transaction's own, not committed yet: it has no revision but 0. */
function ownEntry<T>({ path, envelope }: OwnWrite, codec: Codec<T>): Stored<T> | undefined {
  return envelope === null ? undefined : knownOf(path, 0, envelope).stored(codec)
}

function knownOf(path: string, revision: Revision, envelope: Buffer): Known {
  return Known.present(path, revision, unpack(envelope))
}
