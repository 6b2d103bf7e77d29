import type { Random } from './engine.ts'

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Bytes at or above this are thrown away, so that every character is equally likely. */
const FAIR_BELOW = 248

/** Characters of [0-9A-Za-z], each with 5.95 bits of randomness. */
export function base62(random: Random, length: number): string {
  let text = ''
  while (text.length < length) {
    // Some more, for those that are thrown away: a second draw costs more than these do.
    for (const byte of random.bytes(length + Math.ceil(length / 8))) {
      if (byte < FAIR_BELOW && text.length < length) text += BASE62[byte % 62]
    }
  }
  return text
}
