import { type Backend, type Changes, type Revision, StorageError } from './backend.ts'
import { type Follower, type Timeline, timelineOf } from './timeline.ts'

/** Who follows at a time, of one backend in one process. */
const FOLLOWINGS_MAX = 10_000
/** What may wait for one follower; beyond that it is told to start anew. */
const PENDING_MAX = 1024
const PENDING_MAX_CHARS = 256 * 1024

export interface FullChange {
  /** From the root of the backend. */
  readonly path: string
  readonly revision: Revision
}

/** `changes`: what was written up to `revision` and was not told before, oldest first. `resync`: anything may have been. */
export type FullStep =
  | { readonly kind: 'changes'; readonly changes: readonly FullChange[]; readonly revision: Revision }
  | { readonly kind: 'resync'; readonly revision: Revision }

/** One follower of the changes below a prefix: what it has not been told yet. A path that changes again waits only once. */
export class Following {
  readonly #prefix: string
  readonly #signal: AbortSignal | undefined
  readonly #pending = new Map<string, Revision>()
  #pendingChars = 0
  #isLost = false
  /** Up to here it has been told, or what it has to be told waits. */
  #revision: Revision = 0
  /** Whatever was written up to here waits already or is no news. */
  #known: Revision = 0
  #isCalled = false
  #failure: Error | undefined
  #wake: (() => void) | undefined

  constructor(prefix: string, signal: AbortSignal | undefined) {
    this.#prefix = prefix
    this.#signal = signal
  }

  /** Begins at `newest`, or with what `missed` says. */
  start(newest: Revision, missed: Changes | undefined): void {
    for (const [path, revision] of this.#pending) if (revision <= newest) this.#forget(path)
    if (missed !== undefined) this.offer(missed)
    this.#known = missed?.revision ?? newest
    this.#revision = Math.max(this.#revision, this.#known)
    this.call()
  }

  offer(changes: Changes): void {
    if (changes.kind === 'resync') {
      // Also of a store that was put back, whose clock is behind what was told.
      this.#lose()
      this.#revision = changes.revision
      this.#known = changes.revision
    } else {
      this.#revision = Math.max(this.#revision, changes.revision)
      for (let at = 0; at < changes.paths.length; at++) {
        const path = changes.paths[at] as string
        const revision = changes.revisions[at] as Revision
        if (revision > this.#known && path.startsWith(this.#prefix)) this.#add(path, revision)
      }
    }
    if (this.#isLost || this.#pending.size > 0) this.#wakeUp()
  }

  /** Has it told where it stands, if there is nothing else to tell. */
  call(): void {
    this.#isCalled = true
    this.#wakeUp()
  }

  fail(error: Error): void {
    this.#failure ??= error
    this.#wakeUp()
  }

  /** Undefined once the signal is aborted. Throws what it failed with. */
  async next(): Promise<FullStep | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      if (this.#signal?.aborted === true) return undefined
      if (this.#isLost) {
        this.#isLost = false
        return { kind: 'resync', revision: this.#revision }
      }
      if (this.#isCalled || this.#pending.size > 0) return this.#take()
      await this.#news()
    }
  }

  #take(): FullStep {
    this.#isCalled = false
    const changes = Array.from(this.#pending, ([path, revision]) => ({ path, revision }))
    changes.sort((a, b) => a.revision - b.revision)
    this.#pending.clear()
    this.#pendingChars = 0
    return { kind: 'changes', changes, revision: this.#revision }
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#signal?.removeEventListener('abort', wake)
        resolve()
      }
      this.#wake = wake
      this.#signal?.addEventListener('abort', wake)
    })
  }

  #wakeUp(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  #add(path: string, revision: Revision): void {
    if (this.#isLost) return
    const waiting = this.#pending.get(path)
    if (waiting === undefined) this.#pendingChars += path.length
    // What was missed is looked up while later changes are told already.
    this.#pending.set(path, Math.max(waiting ?? 0, revision))
    if (this.#pending.size > PENDING_MAX || this.#pendingChars > PENDING_MAX_CHARS) this.#lose()
  }

  #forget(path: string): void {
    this.#pending.delete(path)
    this.#pendingChars -= path.length
  }

  #lose(): void {
    this.#isLost = true
    this.#pending.clear()
    this.#pendingChars = 0
  }
}

const FEEDS = new WeakMap<Backend, Feed>()

/** The one feed of this backend in this process, so that all who follow share one look at what changed. */
export function feedOf(backend: Backend): Feed {
  const there = FEEDS.get(backend)
  if (there !== undefined) return there
  const feed = new Feed(timelineOf(backend))
  FEEDS.set(backend, feed)
  return feed
}

/**
 * Tells followings what changed in the backend. Commits and refreshes of this process wake it; `poll` learns of those of
 * others. It costs nothing while nobody follows.
 */
export class Feed implements Follower {
  readonly prefix = ''
  readonly #timeline: Timeline
  readonly #followings = new Set<Following>()
  /** Up to here all followings have been told; undefined before the first. */
  #position: Revision | undefined
  #isWoken = false

  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  /**
   * Adds a follower of what is written after `after`; undefined: from now on. Rejects with StorageError `refused` when
   * there are too many.
   */
  async add(following: Following, after: Revision | undefined): Promise<void> {
    if (this.#followings.size >= FOLLOWINGS_MAX) throw new StorageError('refused', 'busy: too many follow changes')
    if (this.#followings.size === 0) this.#timeline.follow(this)
    this.#followings.add(following)
    // The caches have forgotten all that is told, so that whoever is told reads what was written.
    await this.#timeline.refresh()
    const newest = this.#timeline.index
    this.#position ??= newest
    const missed = after === undefined ? undefined : await this.#timeline.changesSince(after)
    following.start(after ?? newest, missed)
  }

  remove(following: Following): void {
    if (!this.#followings.delete(following) || this.#followings.size > 0) return
    this.#timeline.unfollow(this)
    this.#position = undefined
  }

  /** Looks whether another process committed. Rejects when the store can't be read; the next call tells what was missed. */
  async poll(): Promise<void> {
    if (this.#followings.size === 0) return
    await this.#timeline.refresh()
    if (this.#timeline.index !== this.#position) this.#wakeUp()
  }

  /** Has all followings say where they stand. */
  call(): void {
    for (const following of this.#followings) following.call()
  }

  forget(): void {
    this.#wakeUp()
  }

  forgetAll(): void {
    this.#wakeUp()
  }

  #wakeUp(): void {
    if (this.#isWoken) return
    this.#isWoken = true
    setImmediate(this.#tell)
  }

  readonly #tell = async (): Promise<void> => {
    this.#isWoken = false
    const since = this.#position
    if (since === undefined) return
    try {
      const changes = await this.#timeline.changesSince(since)
      if (this.#position === undefined || changes.revision === this.#position) return
      if (this.#position !== since) {
        // Another look was faster, and has told what both found.
        if (changes.revision > this.#position) this.#wakeUp()
        return
      }
      this.#position = changes.revision
      for (const following of this.#followings) following.offer(changes)
    } catch {
      // The store can't be read now: nothing is lost, for the next poll finds the position where it was.
    }
  }
}
