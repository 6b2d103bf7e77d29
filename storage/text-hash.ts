/** Multiplies the hash at each character (that of MurmurHash2). */
const MULTIPLIER = 0x5bd1e995

/** 32 bits, for tables of few places. Whoever chooses the text may choose the hash: nothing but places may hang on it. */
export function textHash(text: string): number {
  let hash = text.length
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), MULTIPLIER)
    hash ^= hash >>> 15
  }
  return hash
}
