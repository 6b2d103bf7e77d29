import { EventEmitter } from 'node:events'
import type { Client } from './client.ts'
import { type Clock, systemClock } from './clock.ts'
import { ApiError } from './errors.ts'
import type { Lease } from './reply.ts'

/** What is known of how long something lives. */
export interface Lifetime {
  /** From now; 0 is for ever. */
  readonly ttlSeconds: number
  readonly renewable: boolean
}

/**
 * Why a lifetime is not renewed any more. `not_renewable`: it never could be. `limit`: the server gives it hardly any more
 * time. `refused`: the server said no, such as to a revoked token. `expired`: the server could not be reached until the end.
 */
export type EndReason = 'not_renewable' | 'limit' | 'refused' | 'expired'

export interface LifetimeEnd {
  readonly reason: EndReason
  /** What is left, to get something new in; 0 where it is over. */
  readonly remainingSeconds: number
  /** What the last renewal failed of. */
  readonly error?: unknown
}

interface Events {
  renewed: [lifetime: Lifetime]
  /** A renewal failed that will be tried again. */
  failed: [error: unknown]
  /** Once, and the last of all. */
  ended: [end: LifetimeEnd]
}

export interface LifetimeSettings {
  /** Seconds to ask for at each renewal; the server may give less. Default: as the server gives. */
  readonly incrementSeconds?: number
  readonly clock?: Clock
}

/** Asks for more time; `signal` aborts when the watcher is stopped. */
export type Renew = (incrementSeconds: number | undefined, signal: AbortSignal) => Promise<Lifetime>

/** A renewal is due when this part of the time is over, and up to that much later or sooner. */
const DUE_AT = 2 / 3
const SPREAD = 1 / 10
/** What is given less than this part of the longest time ever given is at its limit. */
const LIMIT = 1 / 10
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000

/**
 * Keeps a token or a lease alive: renews it when about two thirds of its time are over, at a random moment around that, so
 * that clients that started together do not come together. Goes on until it is stopped or the lifetime cannot be renewed,
 * which `ended` tells while there is some of it left. Its timer does not keep the process alive.
 */
export class LifetimeWatcher extends EventEmitter<Events> {
  readonly #renew: Renew
  readonly #incrementSeconds: number | undefined
  readonly #clock: Clock
  readonly #stopped = new AbortController()
  #cancel: () => void = () => {}
  #longestSeconds = 0
  #endsMs = 0

  constructor(first: Lifetime, renew: Renew, settings: LifetimeSettings = {}) {
    super()
    this.#renew = renew
    this.#incrementSeconds = settings.incrementSeconds
    this.#clock = settings.clock ?? systemClock
    // Listeners are added after this returns.
    this.#cancel = this.#clock.after(0, () => this.#follow(first))
  }

  /** No renewal begins after this, and no event comes. */
  stop(): void {
    this.#cancel()
    this.#stopped.abort()
  }

  #follow({ ttlSeconds, renewable }: Lifetime): void {
    if (ttlSeconds <= 0) return
    this.#endsMs = this.#clock.now() + ttlSeconds * 1000
    this.#longestSeconds = Math.max(this.#longestSeconds, ttlSeconds)
    if (!renewable) this.#end('not_renewable')
    else if (ttlSeconds < this.#longestSeconds * LIMIT) this.#end('limit')
    else {
      const part = DUE_AT + SPREAD * (2 * this.#clock.random() - 1)
      this.#cancel = this.#clock.after(ttlSeconds * 1000 * part, () => void this.#ask(FIRST_RETRY_MS))
    }
  }

  async #ask(retryMs: number): Promise<void> {
    try {
      const given = await this.#renew(this.#incrementSeconds, this.#stopped.signal)
      if (this.#stopped.signal.aborted) return
      this.emit('renewed', given)
      this.#follow(given)
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#failed(error, retryMs)
    }
  }

  #failed(error: unknown, retryMs: number): void {
    const leftMs = this.#endsMs - this.#clock.now()
    if (error instanceof ApiError && FINAL.has(error.code)) this.#end('refused', error)
    else if (leftMs <= 0) this.#end('expired', error)
    else {
      this.emit('failed', error)
      const waitMs = Math.min(retryMs * (1 - this.#clock.random() / 2), leftMs)
      const next = Math.min(retryMs * 2, LONGEST_RETRY_MS)
      this.#cancel = this.#clock.after(waitMs, () => void this.#ask(next))
    }
  }

  #end(reason: EndReason, error?: unknown): void {
    const leftMs = reason === 'refused' ? 0 : Math.max(0, this.#endsMs - this.#clock.now())
    this.stop()
    this.emit('ended', { reason, remainingSeconds: leftMs / 1000, ...(error !== undefined && { error }) })
  }
}

/** Answers that the same request gets again. */
const FINAL: ReadonlySet<string> = new Set([
  'invalid_request',
  'permission_denied',
  'not_found',
  'unsupported_operation',
])

/** Keeps the token that the client uses alive. */
export async function watchToken(client: Client, settings?: LifetimeSettings): Promise<LifetimeWatcher> {
  const { ttl, renewable } = (await client.auth.token.lookupSelf()).data
  const first = { ttlSeconds: typeof ttl === 'number' ? ttl : 0, renewable: renewable === true }
  const renew: Renew = async (increment, signal) =>
    lifetimeOf((await client.auth.token.renewSelf(incrementOf(increment), { signal })).auth)
  return new LifetimeWatcher(first, renew, settings)
}

/** Keeps a lease alive. */
export function watchLease(client: Client, lease: Lease, settings?: LifetimeSettings): LifetimeWatcher {
  const renew: Renew = async (increment, signal) => {
    const asked = { lease_id: lease.id, ...incrementOf(increment) }
    return lifetimeOf((await client.lease.renew(asked, { signal })).lease)
  }
  return new LifetimeWatcher(lease, renew, settings)
}

/** An answer without what was to be renewed renewed nothing. */
function lifetimeOf(given: Lifetime | undefined): Lifetime {
  return given === undefined
    ? { ttlSeconds: 1, renewable: false }
    : { ttlSeconds: given.ttlSeconds, renewable: given.renewable }
}

function incrementOf(seconds: number | undefined): { readonly increment?: number } {
  return seconds === undefined ? {} : { increment: Math.ceil(seconds) }
}
