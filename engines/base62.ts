import type { Random } from './engine.ts'

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Bytes at or above this are thrown away, so that every character is equally likely. */
const FAIR_BELOW = 248

/** Characters of [0-9A-Za-z], each with 5.95 bits of randomness. */
export function base62(random: Random, length: number): string {
  let text = ''
  while (text.length < length) {
    // Some more, for those that are thrown away: a second draw costs more than these do.
    const bytes = random.bytes(length + Math.ceil(length / 8))
    let count = 0
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (byte < FAIR_BELOW) bytes[count++] = BASE62.charCodeAt(byte % 62)
    }
    text += bytes.toString('latin1', 0, Math.min(count, length - text.length))
    bytes.fill(0)
  }
  return text
}
