import type { Connection } from '../../engines/engine.ts'

/** A request that an adapter works on: to be listed, timed out, and waited for. */
export interface InFlightRequest {
  readonly id: string
  readonly startedMs: number
  readonly startedMonotonicMs: number
  readonly connection: Connection
  readonly path: string
  readonly method: string
  /** It has no end to be late for. */
  readonly streaming: boolean
  /** Its body is read as it comes, which takes as long as it takes, and so does what is done with it. */
  readonly body?: object | undefined
  abort(): void
}

/** The requests of all adapters that are being worked on. */
export interface InFlightSet {
  /** Whether there is no room for one more; it is counted as refused then. */
  refuses(): boolean
  /** Returns the slot by which `remove` finds the request. */
  add(request: InFlightRequest): number
  remove(slot: number): void
  /** Its answer has begun and is streamed from now on: still listed and waited for, but no longer counted against the limit. */
  markStreaming(slot: number): void
}
