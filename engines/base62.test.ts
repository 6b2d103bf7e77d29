import { expect, test } from 'vitest'
import { systemRandom } from '../crypto/random.ts'
import { base62 } from './base62.ts'

test('letters and digits are equally likely: bytes that would favour some are left out', () => {
  const asked = (bytes: number[]) =>
    base62({ ...systemRandom, bytes: (count) => Buffer.alloc(count, Buffer.from(bytes)) }, 4)
  expect(asked([0, 61, 62, 247])).toBe('0z0z')
  expect(asked([248, 255, 1, 2])).toBe('1212')
  expect(base62(systemRandom, 40)).toMatch(/^[0-9A-Za-z]{40}$/)
})
