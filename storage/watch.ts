import type { Backend } from './backend.ts'
import { type Follower, timelineOf } from './timeline.ts'

/**
 * Says whether one of some paths may have been written, by any process, since it was last asked: as of the last refresh
 * of any store over the backend.
 */
export class Watch implements Follower {
  readonly prefix = ''
  readonly #backend: Backend
  /** A few. A set would have V8 keep the text of each path that is written. */
  readonly #paths: readonly string[]
  #hasChanged = true

  constructor(backend: Backend, paths: readonly string[]) {
    this.#backend = backend
    this.#paths = paths
    timelineOf(backend).follow(this)
  }

  get hasChanged(): boolean {
    return this.#hasChanged
  }

  /** To be called before the paths are read: a change that comes meanwhile is one to look at again. */
  look(): void {
    this.#hasChanged = false
  }

  forget(path: string): void {
    if (this.#paths.includes(path)) this.#hasChanged = true
  }

  forgetAll(): void {
    this.#hasChanged = true
  }

  end(): void {
    timelineOf(this.#backend).unfollow(this)
  }
}
