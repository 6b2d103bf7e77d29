/** Finds the longest of many prefixes of a text, in the time of a binary search. */
export class PrefixIndex<T> {
  readonly #texts: readonly string[]
  readonly #values: readonly T[]
  /** For each text, the place of the longest other one that is a prefix of it; -1: none. */
  readonly #parents: Int32Array

  constructor(entries: ReadonlyMap<string, T>) {
    const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1))
    this.#texts = sorted.map(([text]) => text)
    this.#values = sorted.map(([, value]) => value)
    this.#parents = parentsOf(this.#texts)
  }

  /** `text` is matched from `offset` on. */
  longest(text: string, offset = 0): T | undefined {
    const texts = this.#texts
    const rest = offset === 0 ? text : text.slice(offset)
    let low = 0
    let high = texts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((texts[middle] as string) <= rest) low = middle + 1
      else high = middle
    }
    // Every prefix of `rest` sorts before it, and is a prefix of whatever stands between the two: so it is found by
    // going up from the nearest text that is not greater.
    let at = low - 1
    while (at >= 0 && !rest.startsWith(texts[at] as string)) at = this.#parents[at] as number
    return at < 0 ? undefined : this.#values[at]
  }
}

function parentsOf(texts: readonly string[]): Int32Array {
  const parents = new Int32Array(texts.length)
  const open: number[] = []
  for (const [index, text] of texts.entries()) {
    while (open.length > 0 && !text.startsWith(texts[open.at(-1) ?? 0] ?? '')) open.pop()
    parents[index] = open.at(-1) ?? -1
    open.push(index)
  }
  return parents
}
