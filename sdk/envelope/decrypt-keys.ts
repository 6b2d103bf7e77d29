import type { Clock } from '../clock.ts'
import { abortable } from './abortable.ts'
import type { DataKey } from './data-key.ts'
import { closed } from './error.ts'

/** How many data keys of messages that were read are kept, and for how long. */
export interface DecryptLimits {
  /** Keys at a time; the one that was not used for longest goes first. Default 1000. */
  readonly maxKeys?: number
  /** Milliseconds that a key is kept, used or not. Default 5 minutes. */
  readonly ttlMs?: number
}

const DEFAULTS = { maxKeys: 1000, ttlMs: 300_000 }

interface Kept {
  readonly key: DataKey
  readonly cancelExpiry: () => void
}

/** Data keys by their wrapped form. All who need one at a time wait for one call. */
export class DecryptKeys {
  readonly #fetch: (wrapped: string) => Promise<DataKey>
  readonly #limits: Required<DecryptLimits>
  readonly #clock: Clock
  /** In the order of their last use. */
  readonly #kept = new Map<string, Kept>()
  #closed = false
  readonly #fetching = new Map<string, Promise<void>>()

  constructor(fetch: (wrapped: string) => Promise<DataKey>, limits: DecryptLimits, clock: Clock) {
    this.#fetch = fetch
    this.#limits = { ...DEFAULTS, ...limits }
    this.#clock = clock
    const { maxKeys, ttlMs } = this.#limits
    if (!(maxKeys >= 1 && ttlMs >= 1)) throw new RangeError('maxKeys and ttlMs must be at least 1')
  }

  /** Does `work`, which must not keep the key. */
  async use<T>(wrapped: string, signal: AbortSignal | undefined, work: (key: DataKey) => T): Promise<T> {
    for (;;) {
      signal?.throwIfAborted()
      if (this.#closed) throw closed()
      const kept = this.#kept.get(wrapped)
      if (kept !== undefined) {
        this.#kept.delete(wrapped)
        this.#kept.set(wrapped, kept)
        return work(kept.key)
      }
      await abortable(this.#fetched(wrapped), signal)
    }
  }

  /** Erases all keys. None comes after this. */
  close(): void {
    this.#closed = true
    for (const wrapped of [...this.#kept.keys()]) this.#forget(wrapped)
  }

  #fetched(wrapped: string): Promise<void> {
    const under = this.#fetching.get(wrapped)
    if (under !== undefined) return under
    const fetching = this.#keep(wrapped).finally(() => this.#fetching.delete(wrapped))
    this.#fetching.set(wrapped, fetching)
    return fetching
  }

  async #keep(wrapped: string): Promise<void> {
    const key = await this.#fetch(wrapped)
    if (this.#closed) {
      key.erase()
      throw closed()
    }
    const cancelExpiry = this.#clock.after(this.#limits.ttlMs, () => this.#forget(wrapped))
    this.#kept.set(wrapped, { key, cancelExpiry })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > this.#limits.maxKeys && oldest !== undefined) this.#forget(oldest)
  }

  #forget(wrapped: string): void {
    const kept = this.#kept.get(wrapped)
    this.#kept.delete(wrapped)
    kept?.cancelExpiry()
    kept?.key.erase()
  }
}
