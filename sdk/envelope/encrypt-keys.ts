import type { Clock } from '../clock.ts'
import { abortable } from './abortable.ts'
import type { DataKey } from './data-key.ts'
import { closed } from './error.ts'

/** How long one data key is used for. */
export interface EncryptLimits {
  /** Messages under one key. Default 100 000; at most 2^32, so that random nonces do not meet. */
  readonly maxMessages?: number
  /** Bytes of plaintext under one key; a larger message gets a key of its own. Default 1 GiB. */
  readonly maxBytes?: number
  /** Milliseconds that a key is kept. Default 5 minutes. */
  readonly ttlMs?: number
}

const DEFAULTS = { maxMessages: 100_000, maxBytes: 2 ** 30, ttlMs: 300_000 }
const MOST_MESSAGES = 2 ** 32

/** The key that is encrypted with now. All who need a new one at a time wait for one. */
export class EncryptKeys {
  readonly #fetch: () => Promise<DataKey>
  readonly #limits: Required<EncryptLimits>
  readonly #clock: Clock
  #key: DataKey | undefined = undefined
  #messages = 0
  #bytes = 0
  #closed = false
  #fetching: Promise<void> | undefined = undefined
  #cancelExpiry: () => void = () => {}

  constructor(fetch: () => Promise<DataKey>, limits: EncryptLimits, clock: Clock) {
    this.#fetch = fetch
    this.#limits = { ...DEFAULTS, ...limits }
    this.#clock = clock
    const { maxMessages, maxBytes, ttlMs } = this.#limits
    if (!(maxMessages >= 1 && maxMessages <= MOST_MESSAGES)) throw new RangeError('maxMessages must be 1 to 2^32')
    if (!(maxBytes >= 1 && ttlMs >= 1)) throw new RangeError('maxBytes and ttlMs must be at least 1')
  }

  /** Does `work`, which must not keep the key, for a message of `size` bytes. */
  async use<T>(size: number, signal: AbortSignal | undefined, work: (key: DataKey) => T): Promise<T> {
    for (;;) {
      signal?.throwIfAborted()
      if (this.#closed) throw closed()
      const key = this.#keyFor(size)
      if (key !== undefined) {
        this.#messages += 1
        this.#bytes += size
        return work(key)
      }
      await abortable(this.#renewed(), signal)
    }
  }

  /** Erases the key. None comes after this. */
  close(): void {
    this.#closed = true
    this.#drop()
  }

  #drop(): void {
    this.#cancelExpiry()
    this.#key?.erase()
    this.#key = undefined
  }

  /** A key that nothing was encrypted with yet takes any message. */
  #keyFor(size: number): DataKey | undefined {
    const { maxMessages, maxBytes } = this.#limits
    const isFresh = this.#messages === 0
    if (isFresh || (this.#messages < maxMessages && this.#bytes + size <= maxBytes)) return this.#key
    return undefined
  }

  #renewed(): Promise<void> {
    this.#fetching ??= this.#replace().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #replace(): Promise<void> {
    const key = await this.#fetch()
    this.#drop()
    if (this.#closed) {
      key.erase()
      throw closed()
    }
    this.#key = key
    this.#messages = 0
    this.#bytes = 0
    this.#cancelExpiry = this.#clock.after(this.#limits.ttlMs, () => this.#drop())
  }
}
