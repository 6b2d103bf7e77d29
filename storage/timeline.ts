import type { Backend, Changes, Outcome, Revision, Transaction } from './backend.ts'
import { Committer } from './committer.ts'

/** Whatever remembers what it read, and can be told to forget. */
export interface Follower {
  /** Only of paths that begin with it does the follower want to hear. */
  readonly prefix: string
  forget(path: string): void
  forgetAll(): void
}

const TIMELINES = new WeakMap<Backend, Timeline>()

/** The one timeline of this backend in this process, so that all views over it commit and forget together. */
export function timelineOf(backend: Backend): Timeline {
  const there = TIMELINES.get(backend)
  if (there !== undefined) return there
  const timeline = new Timeline(backend)
  TIMELINES.set(backend, timeline)
  return timeline
}

/**
 * How far this process has followed the backend's clock. Every change up to `index` was told to the followers, so what
 * they still hold is what the backend held at `index`, or newer.
 */
export class Timeline {
  readonly committer: Committer
  readonly #backend: Backend
  readonly #followers = new Set<Follower>()
  #index: Revision = 0
  #catchingUp: Promise<void> | undefined
  #turn: Promise<void> | undefined

  constructor(backend: Backend) {
    this.#backend = backend
    this.committer = new Committer(backend)
  }

  get index(): Revision {
    return this.#index
  }

  follow(follower: Follower): void {
    this.#followers.add(follower)
  }

  unfollow(follower: Follower): void {
    this.#followers.delete(follower)
  }

  /**
   * After this, followers hold nothing older than what was committed when it was called. All who ask in one turn of the
   * event loop share one look at the backend's clock, which is made after the last of them has asked.
   */
  refresh(): Promise<void> {
    this.#turn ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#turn = undefined
        this.#look().then(resolve, reject)
      })
    })
    return this.#turn
  }

  async #look(): Promise<void> {
    const before = this.#index
    const newest = await this.#newest()
    // Time does not run back, unless the store was put back: restored, or failed over to a standby that was behind.
    if (newest < before) this.#apply({ kind: 'resync', revision: newest })
    while (this.#index < newest) {
      this.#catchingUp ??= this.#catchUp().finally(() => {
        this.#catchingUp = undefined
      })
      await this.#catchingUp
    }
  }

  async #newest(): Promise<Revision> {
    if (this.#backend.look === undefined) return this.#backend.readIndex()
    const since = this.#index
    const changes = await this.#backend.look(since)
    if (changes.kind === 'resync' && changes.isUndone === true) this.#apply(changes)
    else if (since <= this.#index && changes.revision > this.#index) this.#apply(changes)
    return changes.revision
  }

  /** Tells the followers what changed after `since`, or that anything may have. */
  async changesSince(since: Revision): Promise<Changes> {
    const changes = await this.#backend.changes(since)
    if (since <= this.#index && changes.revision > this.#index) this.#apply(changes)
    return changes
  }

  async #catchUp(): Promise<void> {
    await this.changesSince(this.#index)
  }

  #apply(changes: Changes): void {
    for (const follower of this.#followers) {
      if (changes.kind === 'resync') follower.forgetAll()
      else for (const path of changes.paths) if (path.startsWith(follower.prefix)) follower.forget(path)
    }
    this.#index = changes.revision
  }

  /**
   * Commits. When it committed writes, `landed` is told their revision before anyone else hears of them, and whether
   * they are still the newest that is known: if not, a later change may have been told already.
   */
  commit(transaction: Transaction, landed: (revision: Revision, isNewest: boolean) => void): Promise<Outcome> {
    return this.committer.submit(transaction, (outcome) => {
      if (outcome.kind !== 'committed' || transaction.writes.length === 0) return
      const isNewest = outcome.revision > this.#index
      for (const follower of this.#followers) {
        for (const { path } of transaction.writes) if (path.startsWith(follower.prefix)) follower.forget(path)
      }
      // Nothing lies between what was known and this commit, so there is nothing else to ask for. Otherwise another
      // process committed in between, and the next refresh asks.
      if (outcome.revision === this.#index + 1) this.#index = outcome.revision
      landed(outcome.revision, isNewest)
    })
  }
}
