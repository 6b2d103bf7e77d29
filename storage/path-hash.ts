/** Multiplies the hash at each character (that of MurmurHash2). */
const MULTIPLIER = 0x5bd1e995

/** 32 bits, for tables of few places. Whoever chooses the path may choose the hash: nothing but places may hang on it. */
export function pathHash(path: string): number {
  let hash = path.length
  for (let at = 0; at < path.length; at++) {
    hash = Math.imul(hash ^ path.charCodeAt(at), MULTIPLIER)
    hash ^= hash >>> 15
  }
  return hash
}
