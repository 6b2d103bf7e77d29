/** Multiplies the hash at each character (that of MurmurHash2). */
const MULTIPLIER = 0x5bd1e995

/** 32 bits, for tables of few places. Whoever chooses the text may choose the hash: nothing but places may hang on it. */
export function textHash(text: string): number {
  let hash = text.length
  // Two characters at a time: each step waits for the one before.
  const even = text.length & ~1
  for (let at = 0; at < even; at += 2) {
    hash = Math.imul(hash ^ (text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16)), MULTIPLIER)
    hash ^= hash >>> 15
  }
  if (even < text.length) {
    hash = Math.imul(hash ^ text.charCodeAt(even), MULTIPLIER)
    hash ^= hash >>> 15
  }
  return hash
}
