import { createHmac, hash } from 'node:crypto'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
const INNER_PAD = 0x36
const OUTER_PAD = 0x5c
/** Texts that may be longer take the streaming way; so the scratch buffer stays small. */
const TEXT_MAX_BYTES = 1024

/** Blocks of the padding, each with room for what is hashed after it; between two calls there is nothing else in them. */
const inner = Buffer.alloc(BLOCK_BYTES + TEXT_MAX_BYTES, INNER_PAD)
const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, OUTER_PAD)

/**
 * HMAC-SHA256 (RFC 2104) of the text's UTF-8, put together from two one-shot hashes: of a short text it costs half of what
 * `createHmac` does, which makes an object for the collector to follow. The key, of at most 64 bytes, is used where it
 * lies, and no copy of it stays: who zeroes it has zeroed it.
 */
export function hmacSha256(key: Uint8Array, text: string, encoding: 'base64url' | 'hex' | 'latin1'): string {
  if (key.length > BLOCK_BYTES) throw new RangeError('an HMAC key of more than one block')
  // A UTF-16 unit takes at most three bytes of UTF-8.
  if (text.length * 3 > TEXT_MAX_BYTES) return createHmac('sha256', key).update(text, 'utf8').digest(encoding)
  for (let at = 0; at < key.length; at++) {
    const byte = key[at] as number
    inner[at] = byte ^ INNER_PAD
    outer[at] = byte ^ OUTER_PAD
  }
  const end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES, 'utf8')
  outer.write(hash('sha256', inner.subarray(0, end), 'latin1'), BLOCK_BYTES, 'latin1')
  const mac = hash('sha256', outer, encoding)
  inner.fill(INNER_PAD, 0, end)
  outer.fill(OUTER_PAD)
  return mac
}
