import type { Known } from './known.ts'
import { HashedPrefix, textHash } from './text-hash.ts'

/** What an entry costs beside its document: objects, its place, the path. A decoded document is about twice its bytes. */
const OVERHEAD_BYTES = 400
/** Places of a bucket. A path has those of one bucket, and no others. */
const PLACES = 8
const FIRST_BUCKETS = 2
/** Share of the places that are taken at most: one in 250 buckets has then more paths than places. */
const FULL = 3 / 8
const NO_PREFIX = new HashedPrefix('')

/**
 * What is known, by path, bounded by count and by estimated bytes. Over a bound, what was not read since the last round
 * goes first (the clock algorithm: nearly least recently used, and a hit moves nothing).
 *
 * A table with places that are used again, and no map: V8 keeps the text of each path that a map is asked for, in the old
 * generation; and where entries come and go with requests, each table that a map has outgrown holds on to those after it.
 * No look takes long, whoever chose the paths: those that fall into one bucket drive each other out, and nothing else.
 */
export class Cache {
  readonly #maxBytes: number
  readonly #maxEntries: number
  #places: (Known | undefined)[] = emptyPlaces(FIRST_BUCKETS)
  /** Of the path in the same place: most others are told apart by it. */
  #hashes = new Int32Array(FIRST_BUCKETS * PLACES)
  #entries = 0
  #bytes = 0
  /** The clock's hand: the place where the last round stopped. */
  #hand = 0

  constructor(maxBytes: number, maxEntries: number) {
    this.#maxBytes = maxBytes
    this.#maxEntries = maxEntries
  }

  get bytes(): number {
    return this.#bytes
  }

  get entries(): number {
    return this.#entries
  }

  /** `path`: what is behind the prefix. Only a path that is there is put together with it. */
  get(path: string, prefix = NO_PREFIX): Known | undefined {
    const hash = prefix.hashWith(path)
    const first = this.#firstPlace(hash)
    for (let place = first; place < first + PLACES; place++) {
      if (this.#hashes[place] !== hash) continue
      const known = this.#places[place]
      if (known?.path !== prefix.text + path) continue
      known.used = true
      return known
    }
    return undefined
  }

  put(known: Known): void {
    const hash = textHash(known.path)
    const before = this.#placeOf(known.path, hash)
    if (before >= 0) this.#empty(before)
    const cost = costOf(known)
    if (this.#maxEntries === 0 || cost > this.#maxBytes / 8) return // one huge document must not drive out all others
    while (this.#bytes + cost > this.#maxBytes || this.#entries >= this.#maxEntries) this.#turn()
    if (this.#entries >= this.#places.length * FULL) this.#grow()
    this.#place(known, hash)
    this.#entries++
    this.#bytes += cost
  }

  forget(path: string): void {
    const place = this.#placeOf(path, textHash(path))
    if (place >= 0) this.#empty(place)
  }

  clear(): void {
    this.#places = emptyPlaces(FIRST_BUCKETS)
    this.#hashes = new Int32Array(FIRST_BUCKETS * PLACES)
    this.#entries = 0
    this.#bytes = 0
    this.#hand = 0
  }

  wipe(): void {
    for (const known of this.#places) known?.wipe()
    this.clear()
  }

  /** Where the path is; -1 when it is not there. */
  #placeOf(path: string, hash: number): number {
    const first = this.#firstPlace(hash)
    for (let place = first; place < first + PLACES; place++) {
      if (this.#hashes[place] === hash && this.#places[place]?.path === path) return place
    }
    return -1
  }

  #firstPlace(hash: number): number {
    return Math.imul(hash, PLACES) & (this.#places.length - 1)
  }

  /** In the hash's bucket. When it is full, the first that was not read since the last round goes. */
  #freePlace(hash: number): number {
    const first = this.#firstPlace(hash)
    let unread = -1
    for (let place = first; place < first + PLACES; place++) {
      const known = this.#places[place]
      if (known === undefined) return place
      if (!known.used && unread < 0) unread = place
    }
    const place = unread < 0 ? first : unread
    this.#empty(place)
    return place
  }

  #empty(place: number): void {
    const known = this.#places[place]
    if (known === undefined) return
    this.#places[place] = undefined
    this.#entries--
    this.#bytes -= costOf(known)
  }

  /** Moves the hand by one place. */
  #turn(): void {
    const known = this.#places[this.#hand]
    if (known?.used === true) known.used = false
    else this.#empty(this.#hand)
    this.#hand = (this.#hand + 1) % this.#places.length
  }

  /** To twice the places. Each bucket goes into two, so that all find one. */
  #grow(): void {
    const [places, hashes] = [this.#places, this.#hashes]
    this.#places = emptyPlaces((places.length / PLACES) * 2)
    this.#hashes = new Int32Array(this.#places.length)
    for (const [at, known] of places.entries()) {
      if (known !== undefined) this.#place(known, hashes[at] ?? 0)
    }
  }

  #place(known: Known, hash: number): void {
    const place = this.#freePlace(hash)
    this.#places[place] = known
    this.#hashes[place] = hash
  }
}

const emptyPlaces = (buckets: number): undefined[] => new Array<undefined>(buckets * PLACES).fill(undefined)

function costOf(known: Known): number {
  return OVERHEAD_BYTES + known.path.length * 2 + known.size * 3
}
