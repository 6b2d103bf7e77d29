import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HashedPrefix, textHash } from './text-hash.ts'

test('a prefix goes on to the hash of the whole, wherever the text is cut', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (prefix, rest) => {
      expect(new HashedPrefix(prefix).hashWith(rest)).toBe(textHash(prefix + rest))
    }),
    { seed: 7 },
  )
})

test('paths that are alike have hashes that are not', () => {
  const paths = Array.from({ length: 10_000 }, (_, n) => `logical/3f0e2e7e/keys/${n}`)
  const low = new Set(paths.map((path) => textHash(path) & 0xffff))
  // Of chance, 10 000 out of 65 536 are 9270 different ones.
  expect(low.size).toBeGreaterThan(9000)
})
