import { textHash } from '../../../storage/text-hash.ts'

const BUCKETS = 1024
/** Places of a bucket. A text has those of one bucket, and no others. */
const PLACES = 4
/** Of texts that are not known one in so many is remembered: what comes again soon is in no time, and most of the rest never is. */
const ONE_IN = 16

/**
 * What was made of texts that come again and again. Whatever comes once, such as a signature, mostly leaves nothing
 * behind; in a map, V8 would keep its text in the old generation, and what was made of it.
 */
export class Remembered {
  readonly #texts = new Array<string>(BUCKETS * PLACES).fill('')
  readonly #made = new Array<string>(BUCKETS * PLACES).fill('')
  /** Of the text in the same place: most others are told apart by it. */
  readonly #hashes = new Int32Array(BUCKETS * PLACES)
  #missed = 0

  /** What `make` makes of the text; it makes the same each time, and nothing empty. */
  of(text: string, make: (text: string) => string): string {
    const hash = textHash(text)
    const first = (hash & (BUCKETS - 1)) * PLACES
    for (let place = first; place < first + PLACES; place++) {
      if (this.#hashes[place] === hash && this.#texts[place] === text) {
        const known = this.#made[place]
        if (known) return known
      }
    }
    const made = make(text)
    this.#missed++
    if (this.#missed % ONE_IN === 0) this.#keep(first + ((this.#missed / ONE_IN) % PLACES), hash, text, made)
    return made
  }

  #keep(place: number, hash: number, text: string, made: string): void {
    this.#hashes[place] = hash
    this.#texts[place] = text
    this.#made[place] = made
  }

  clear(): void {
    this.#texts.fill('')
    this.#made.fill('')
    this.#hashes.fill(0)
  }
}
