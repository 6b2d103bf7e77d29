const CHUNK_MAX = 512

/**
 * A set in sorted order, as a list of sorted chunks: adding and deleting cost a binary search and a move of at most one
 * chunk, also among millions.
 */
export class SortedSet<T> {
  readonly #compare: (a: T, b: T) => number
  readonly #chunks: T[][] = []

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare
  }

  /** Adds what is not there yet. */
  add(item: T): void {
    const at = this.#chunkOf(item)
    const chunk = this.#chunks[at]
    if (chunk === undefined) {
      this.#chunks.push([item])
      return
    }
    const index = this.#search(chunk, item)
    const there = chunk[index]
    if (there !== undefined && this.#compare(there, item) === 0) return
    chunk.splice(index, 0, item)
    if (chunk.length > CHUNK_MAX) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_MAX / 2))
  }

  delete(item: T): void {
    const at = this.#chunkOf(item)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return
    const index = this.#search(chunk, item)
    const there = chunk[index]
    if (there === undefined || this.#compare(there, item) !== 0) return
    chunk.splice(index, 1)
    if (chunk.length === 0) this.#chunks.splice(at, 1)
  }

  /** Shows the items from `from` on, in order, until `visit` returns false. The set must not change meanwhile. */
  walk(from: T, inclusive: boolean, visit: (item: T) => boolean): void {
    for (let at = this.#chunkOf(from); at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at]
      if (chunk === undefined) return
      for (let index = this.#search(chunk, from); index < chunk.length; index++) {
        const item = chunk[index]
        if (item === undefined) return
        if (!inclusive && this.#compare(item, from) === 0) continue
        if (!visit(item)) return
      }
    }
  }

  /** The last chunk whose first item is at most `item`, else the first chunk. */
  #chunkOf(item: T): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const first = this.#chunks[middle]?.[0]
      if (first !== undefined && this.#compare(first, item) <= 0) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }

  /** The index of the first item of the chunk that is at least `item`. */
  #search(chunk: readonly T[], item: T): number {
    let low = 0
    let high = chunk.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const there = chunk[middle]
      if (there !== undefined && this.#compare(there, item) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
