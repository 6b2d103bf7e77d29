/** Multiplies the hash at each step (that of MurmurHash2). */
const MULTIPLIER = 0x5bd1e995

/** 32 bits, for tables of few places. Whoever chooses the text may choose the hash: nothing but places may hang on it. */
export function textHash(text: string): number {
  return hashedFrom(0, text, 0)
}

/** A text that others are put behind, so far hashed that their hashes begin with what is behind it. */
export class HashedPrefix {
  readonly text: string
  /** Of its pairs of characters. */
  readonly #hash: number
  /** The last character, where it has no other to go with; -1: there is none. */
  readonly #odd: number

  constructor(text: string) {
    const even = text.length & ~1
    this.text = text
    this.#hash = hashedFrom(0, text.slice(0, even), 0)
    this.#odd = even < text.length ? text.charCodeAt(even) : -1
  }

  /** `textHash` of the prefix with `rest` behind it, without putting them together. */
  hashWith(rest: string): number {
    if (this.#odd < 0) return hashedFrom(this.#hash, rest, 0)
    if (rest === '') return step(this.#hash, this.#odd)
    return hashedFrom(step(this.#hash, this.#odd | (rest.charCodeAt(0) << 16)), rest, 1)
  }
}

/** Goes on from `hash` with the characters from `start` on. Two at a time: each step waits for the one before. */
function hashedFrom(hash: number, text: string, start: number): number {
  let next = hash
  let at = start
  for (; at + 1 < text.length; at += 2) next = step(next, text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16))
  return at < text.length ? step(next, text.charCodeAt(at)) : next
}

function step(hash: number, characters: number): number {
  const next = Math.imul(hash ^ characters, MULTIPLIER)
  return next ^ (next >>> 15)
}
