import type { Clock, Log } from '../../../engines/engine.ts'
import { keysOfJwks, type VerificationKey } from './key-set.ts'
import type { OutgoingFetch } from './outgoing-fetch.ts'

/** Where keys to verify with come from. */
export interface KeySource {
  /** The keys as they are known. Rejects with KeysUnavailable where there are none. */
  current(): Promise<readonly VerificationKey[]>
  /** A newer set, for when no key of the known one verified; undefined: there is none. Never rejects. */
  newer(): Promise<readonly VerificationKey[] | undefined>
}

/** The keys can't be had just now: a fault of the provider or of the way to it, not of a token. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

/** Keys that are known for good. */
export function fixedKeys(keys: readonly VerificationKey[]): KeySource {
  return { current: async () => keys, newer: async () => undefined }
}

/** Fetches a set of keys from its URL. Rejects with an Error. */
export async function fetchKeys(fetch: OutgoingFetch, url: string): Promise<readonly VerificationKey[]> {
  const reply = await fetch(url, { headers: { accept: 'application/json, application/jwk-set+json' } })
  if (reply.status !== 200) throw new Error(`the key set was answered with ${reply.status}`)
  return keysOfJwks(jsonOf(await reply.text()))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Older keys are asked for anew while they are still used: a key that was withdrawn is gone soon. */
const FRESH_MS = 5 * 60_000
/** Older keys are not used: a provider that is away for longer lets nobody in. */
const USABLE_MS = 60 * 60_000
/** Whoever sends tokens with names of keys that nobody knows makes us ask the provider no more often than this. */
const ASK_AGAIN_MS = 10_000
/** After a failure sooner, since nobody gets in until it is over. */
const RETRY_MS = 2_000

export interface RemoteKeysOptions {
  /** Gets the keys from where they are published. Bounded in time and size. */
  readonly load: () => Promise<readonly VerificationKey[]>
  readonly clock: Clock
  readonly log: Log
}

/**
 * Keys that a provider publishes, kept for a while. They are fetched when they are first needed, again in the background
 * after 5 minutes, and at once when a token needs a key that is not among them, but then at most once in 10 seconds.
 * Where fetching fails the keys are used for up to an hour and then no more; it is tried again every 2 seconds at most,
 * so that a provider that comes back is used again without anybody's help. Calls at one time share one fetch.
 */
export class RemoteKeys implements KeySource {
  readonly #options: RemoteKeysOptions
  #keys: readonly VerificationKey[] | undefined
  #loadedAtMs = Number.NEGATIVE_INFINITY
  #triedAtMs = Number.NEGATIVE_INFINITY
  #failure: unknown
  #loading: Promise<boolean> | undefined

  constructor(options: RemoteKeysOptions) {
    this.#options = options
  }

  async current(): Promise<readonly VerificationKey[]> {
    const age = this.#since(this.#loadedAtMs)
    if (this.#keys !== undefined && age < USABLE_MS) {
      if (age >= FRESH_MS) void this.#ask()
      return this.#keys
    }
    this.#keys = undefined
    await this.#ask()
    if (this.#keys === undefined) throw new KeysUnavailable('the keys cannot be fetched', { cause: this.#failure })
    return this.#keys
  }

  async newer(): Promise<readonly VerificationKey[] | undefined> {
    const known = this.#keys
    await this.#ask()
    return this.#keys === known ? undefined : this.#keys
  }

  /** Fetches, or waits for the fetch that is under way, unless the last one was a moment ago. */
  async #ask(): Promise<void> {
    const pause = this.#failure === undefined ? ASK_AGAIN_MS : RETRY_MS
    if (this.#loading === undefined && this.#since(this.#triedAtMs) < pause) return
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
  }

  async #load(): Promise<boolean> {
    const { load, clock, log } = this.#options
    this.#triedAtMs = clock.now()
    try {
      this.#keys = await load()
      this.#loadedAtMs = clock.now()
      this.#failure = undefined
      return true
    } catch (error) {
      this.#failure = error
      log.warn({ err: error }, 'the keys of an identity provider cannot be fetched')
      return false
    }
  }

  /** A clock that was set back makes everything old. */
  #since(ms: number): number {
    const passed = this.#options.clock.now() - ms
    return passed < 0 ? Number.POSITIVE_INFINITY : passed
  }
}
