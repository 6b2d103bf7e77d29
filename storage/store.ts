import type { Awaitable, ReadCheck, Revision } from './backend.ts'

/**
 * How a document becomes bytes. Decoded documents are shared between requests by the cache, so they are immutable:
 * `T` should be readonly all the way down. Key bytes are Buffers in `T`, never strings.
 */
export interface Codec<T> {
  /**
   * Raised by a version of Egide that writes what the version before would lose, a new field say, and stored with what it
   * encodes. Who reads a document of a higher generation than its codec's can use it, but not write it anew: what it does
   * not know of would be gone. From 0, the default, to 65535.
   */
  readonly generation?: number
  encode(value: T): Uint8Array
  /**
   * The encoding in what `allocate` gives, behind `before` bytes that are the caller's: a large document is copied once
   * less. Default: what `encode` makes is copied.
   */
  encodeBehind?(before: number, value: T, allocate: (bytes: number) => Buffer): Buffer
  /** Throws when the bytes are not an encoding. What it has frozen is frozen all through; anything else is then frozen. */
  decode(bytes: Uint8Array): T
}

export interface Stored<T> {
  readonly value: T
  readonly revision: Revision
  readonly expiresAtMs?: number | undefined
}

export interface Page {
  /** Names strictly after this one ('' or absent: from the start). */
  readonly after?: string | undefined
  /** At most so many names; absent: all of them. */
  readonly limit?: number | undefined
}

/** Reads of an encrypted view. Paths are relative to the view; they never start with '/' and never hold an empty or '..' part. */
export interface Reader {
  /** Not a promise where the answer is at hand; then an error is thrown rather than a rejection. */
  get<T>(path: string, codec: Codec<T>): Awaitable<T | undefined>
  /** As `get`, with the revision and expiry. */
  entry<T>(path: string, codec: Codec<T>): Awaitable<Stored<T> | undefined>
  /** One level below `prefix` ('' or ending in '/'): names, and deeper levels as 'name/'. Byte order. */
  list(prefix: string, page?: Page): Promise<string[]>
  /** Every path below `prefix`, relative to it. Byte order. */
  scan(prefix: string, page?: Page): Promise<string[]>
}

export interface PutOptions {
  /** When the entry becomes due, in milliseconds since the epoch. */
  readonly expiresAtMs?: number | undefined
  /**
   * True: it is read again right away, so the cache takes it as it is written, rather than with its first read. False: it is
   * not read soon, so the cache drops what was there. Default: the cache takes it if the transaction read what was there.
   */
  readonly isReadNext?: boolean | undefined
}

export interface Change {
  /** Relative to the view that is followed. */
  readonly path: string
  /** Of the transaction that wrote or deleted it last. */
  readonly revision: Revision
}

/**
 * What a follower is told. `changes`: the paths written or deleted up to `revision` that were not told before, oldest
 * first; none of them when it is only told how far it is. `resync`: anything may have changed up to `revision`.
 */
export type FeedStep =
  | { readonly kind: 'changes'; readonly changes: readonly Change[]; readonly revision: Revision }
  | { readonly kind: 'resync'; readonly revision: Revision }

export interface FollowOptions {
  /** Begin with what was written after this revision; undefined: with what is written from now on. */
  readonly after: Revision | undefined
  /** Ends it. */
  readonly signal: AbortSignal | undefined
}

/** A transaction sees its own writes. What it read is checked when it commits. */
export interface Tx extends Reader {
  put<T>(path: string, value: T, codec: Codec<T>, options?: PutOptions): void
  delete(path: string): void
}

/**
 * An encrypted, cached, transactional view of a prefix of the backend. An engine can neither tell where its view lies
 * nor reach outside it.
 */
export interface Store extends Reader {
  /**
   * Learns the newest revision, so that what is read afterwards is at least that new. The pipeline calls it once at the
   * start of a request, background jobs at the start of a run.
   */
  refresh(): Promise<void>
  /**
   * The documents at `paths`, in that order, around the cache: for what is read through once, and would drive out what is
   * in use. As new as what `get` answers; others are served in between.
   */
  getThrough<T>(paths: readonly string[], codec: Codec<T>): Promise<(T | undefined)[]>
  /**
   * Runs `work` and commits what it wrote: strictly serializable, durable when this resolves. On a conflict `work` runs
   * again from the start (a bounded number of times, then StorageError `refused`), so it must have no effect but on `tx`. When `work` throws, nothing
   * is written and the error passes through. A `work` that wrote nothing still has its reads checked against one point in time.
   */
  transaction<T>(work: (tx: Tx) => Awaitable<T>): Promise<T>
  /** The view below `prefix`, which ends in '/'. */
  view(prefix: string): Store
  /**
   * The changes below `prefix` ('' or ending in '/'), for as long as they are asked for. The first step comes at once,
   * and about once a second there is one even when nothing changed. A path that changes several times between two steps
   * is told once; who is too slow, or begins too far back, is told `resync`. What is read after a step is at least as
   * new as the step. Fails with StorageError: `refused` when too many follow, `closed` when the store is.
   */
  follow(prefix: string, options: FollowOptions): AsyncIterable<FeedStep>
}

/** Seals values for one namespace. `path` is the full backend path, bound as associated data. */
export interface Cipher {
  /** What must hold when anything that it sealed is committed. Default: nothing. */
  readonly fence?: ReadCheck
  seal(path: string, plaintext: Uint8Array): Buffer
  /** Throws DecryptFailed, always the same, whatever was wrong. */
  open(path: string, sealed: Uint8Array): Buffer
  /**
   * Loads keys that another process may have added. For when `open` threw TermUnknown (crypto/errors.ts), before it is
   * tried once more. Calls at one time share one load.
   */
  reload?(): Promise<void>
  /**
   * Takes up what other processes did to the keys, as of the last refresh of a store; undefined when they did nothing.
   * Rejects when the keys are gone.
   */
  catchUp?(): Promise<void> | undefined
}
