import type { Random } from './engine.ts'

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Bytes at or above this are thrown away, so that every character is equally likely. */
const FAIR_BELOW = 248

/** Characters of [0-9A-Za-z], each with 5.95 bits of randomness. */
export function base62(random: Random, length: number): string {
  const codes: number[] = []
  while (codes.length < length) {
    // Some more, for those that are thrown away: a second draw costs more than these do.
    for (const byte of random.bytes(length + Math.ceil(length / 8))) {
      if (byte < FAIR_BELOW && codes.length < length) codes.push(BASE62.charCodeAt(byte % 62))
    }
  }
  return String.fromCharCode(...codes)
}
