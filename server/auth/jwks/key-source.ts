import type { Clock, Log } from '../../../engines/engine.ts'
import { keysOfJwks, type VerificationKey } from './key-set.ts'
import type { OutgoingFetch } from './outgoing-fetch.ts'

/** Where keys to verify with come from. */
export interface KeySource {
  /** The keys as they are known. Rejects with KeysUnavailable where there are none. */
  current(): Promise<KnownKeys>
}

export interface KnownKeys {
  readonly keys: readonly VerificationKey[]
  /** More of them, or those that took their place, for when none of these verified; undefined: there are none. Never rejects. */
  others(): Promise<KnownKeys | undefined>
}

/** The keys can't be had just now: a fault of the provider or of the way to it, not of a token. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

/** Keys that are known for good. */
export function fixedKeys(keys: readonly VerificationKey[]): KeySource {
  const known: KnownKeys = { keys, others: async () => undefined }
  return { current: async () => known }
}

/**
 * Keys of several sets. One that can't be had does not stop the others, and one that keeps its server waiting holds up no
 * token that the keys of another verify.
 */
export function joinedKeys(sources: readonly KeySource[]): KeySource {
  const [only, ...more] = sources
  if (only !== undefined && more.length === 0) return only
  return {
    async current() {
      const asked = sources.map((source) => source.current())
      const first = await Promise.any(asked).catch((cause: unknown) => {
        throw new KeysUnavailable('none of the key sets can be fetched', { cause })
      })
      return { keys: first.keys, others: () => beside(first, asked) }
    },
  }
}

async function beside(first: KnownKeys, asked: readonly Promise<KnownKeys>[]): Promise<KnownKeys> {
  const had = (await Promise.allSettled(asked)).flatMap((set) => (set.status === 'fulfilled' ? [set.value] : []))
  const newer = async () => {
    const others = await Promise.all(had.map((set) => set.others()))
    return { keys: others.flatMap((set) => set?.keys ?? []), others: async () => undefined }
  }
  return { keys: had.filter((set) => set !== first).flatMap(({ keys }) => keys), others: newer }
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
  #known: KnownKeys | undefined
  #loadedAtMs = Number.NEGATIVE_INFINITY
  #triedAtMs = Number.NEGATIVE_INFINITY
  #failure: unknown
  #loading: Promise<boolean> | undefined

  constructor(options: RemoteKeysOptions) {
    this.#options = options
  }

  async current(): Promise<KnownKeys> {
    const age = this.#since(this.#loadedAtMs)
    if (this.#known !== undefined && age < USABLE_MS) {
      if (age >= FRESH_MS) void this.#ask()
      return this.#known
    }
    this.#known = undefined
    await this.#ask()
    if (this.#known === undefined) throw new KeysUnavailable('the keys cannot be fetched', { cause: this.#failure })
    return this.#known
  }

  /** Others may have fetched them while a signature was verified: then the provider is not asked again. */
  async #newerThan(keys: readonly VerificationKey[]): Promise<KnownKeys | undefined> {
    if (this.#known?.keys === keys) await this.#ask()
    return this.#known?.keys === keys ? undefined : this.#known
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
      const keys = await load()
      this.#known = { keys, others: () => this.#newerThan(keys) }
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
