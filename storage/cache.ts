import type { Known } from './known.ts'

/** What an entry costs beside its document: objects, map slot, the path. A decoded document is about twice its bytes. */
const OVERHEAD_BYTES = 400

/**
 * What is known, by path, bounded by count and by estimated bytes. Over a bound, what was not read since the last round
 * goes first (the clock algorithm: nearly least recently used, and a hit moves nothing).
 */
export class Cache {
  readonly #maxBytes: number
  readonly #maxEntries: number
  readonly #known = new Map<string, Known>()
  #bytes = 0
  /** The clock's hand: where the last round stopped. */
  #hand: MapIterator<[string, Known]> | undefined

  constructor(maxBytes: number, maxEntries: number) {
    this.#maxBytes = maxBytes
    this.#maxEntries = maxEntries
  }

  get bytes(): number {
    return this.#bytes
  }

  get entries(): number {
    return this.#known.size
  }

  get(path: string): Known | undefined {
    const known = this.#known.get(path)
    if (known !== undefined) known.used = true
    return known
  }

  put(known: Known): void {
    this.forget(known.path)
    const cost = costOf(known)
    if (cost > this.#maxBytes / 8) return // one huge document must not drive out all others
    this.#known.set(known.path, known)
    this.#bytes += cost
    if (this.#bytes > this.#maxBytes || this.#known.size > this.#maxEntries) this.#shrink()
  }

  forget(path: string): void {
    const known = this.#known.get(path)
    if (known === undefined) return
    this.#known.delete(path)
    this.#bytes -= costOf(known)
  }

  clear(): void {
    this.#known.clear()
    this.#hand = undefined
    this.#bytes = 0
  }

  wipe(): void {
    for (const known of this.#known.values()) known.wipe()
    this.clear()
  }

  #shrink(): void {
    while (this.#bytes > this.#maxBytes || this.#known.size > this.#maxEntries) {
      // From where it stopped: from its beginning, a map steps over thousands that were deleted there before.
      this.#hand ??= this.#known.entries()
      const next = this.#hand.next()
      if (next.done === true) this.#hand = undefined
      else this.#pass(...next.value)
    }
  }

  /** A map's iteration reaches what is put in meanwhile, so a second chance is to be put in again, at the end. */
  #pass(path: string, known: Known): void {
    this.#known.delete(path)
    if (known.used) {
      known.used = false
      this.#known.set(path, known)
    } else this.#bytes -= costOf(known)
  }
}

function costOf(known: Known): number {
  return OVERHEAD_BYTES + known.path.length * 2 + known.size * 3
}
