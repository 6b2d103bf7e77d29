import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hmacSha256 } from './hmac.ts'

/** RFC 4231, the cases whose data is text: [key, text, HMAC-SHA-256]. */
const VECTORS: readonly [Buffer, string, string][] = [
  [Buffer.alloc(20, 0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    Buffer.from('Jefe'),
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
]

test('the vectors of RFC 4231', () => {
  for (const [key, text, mac] of VECTORS) expect(hmacSha256(key, text, 'hex')).toBe(mac)
})

test('as OpenSSL says, of keys and texts of all lengths in turn, and the key is left as it was', () => {
  for (let length = 0; length < 1400; length += length < 130 ? 1 : 97) {
    const key = randomBytes(length % 65)
    const before = Buffer.from(key)
    for (const character of ['x', 'é', '字', '😀']) {
      const text = character.repeat(length)
      for (const encoding of ['base64url', 'hex', 'latin1'] as const) {
        expect(hmacSha256(key, text, encoding)).toBe(createHmac('sha256', key).update(text).digest(encoding))
      }
    }
    expect(key).toEqual(before)
  }
})

test('a key that has been zeroed is no key any more, though it was used before', () => {
  const key = randomBytes(32)
  const before = hmacSha256(key, 'text', 'hex')
  key.fill(0)
  expect(hmacSha256(key, 'text', 'hex')).not.toBe(before)
  expect(hmacSha256(key, 'text', 'hex')).toBe(createHmac('sha256', Buffer.alloc(32)).update('text').digest('hex'))
})

test('a key of more than one block is refused', () => {
  expect(() => hmacSha256(Buffer.alloc(65), 'text', 'hex')).toThrow(RangeError)
})
