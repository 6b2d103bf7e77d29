import { expect, test } from 'vitest'
import { systemRandom } from './random.ts'

test('short pieces come from one pool, and none comes twice or is left there', () => {
  const seen = new Set<string>()
  let zeros = 0
  for (let n = 0; n < 20_000; n++) {
    const bytes = systemRandom.bytes(1 + (n % 16))
    expect(bytes).toHaveLength(1 + (n % 16))
    if (bytes.length < 12) continue
    seen.add(bytes.toString('hex'))
    if (bytes.every((byte) => byte === 0)) zeros++
  }
  expect([seen.size, zeros]).toEqual([(20_000 / 16) * 5, 0])
})

test('what one caller does to its bytes reaches no other', () => {
  const first = systemRandom.bytes(12)
  const copy = Buffer.from(first)
  const second = systemRandom.bytes(12)
  second.fill(0)
  expect(first).toEqual(copy)
  expect(first.buffer === second.buffer && first.byteOffset === second.byteOffset).toBe(false)
})

test('keys are drawn one by one', () => {
  expect(new Set(Array.from({ length: 1000 }, () => systemRandom.bytes(32).toString('hex'))).size).toBe(1000)
})
