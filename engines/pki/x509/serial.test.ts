import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newClusteredSerial } from './serial.ts'

const random = { bytes: randomBytes, uuid: () => '' }

test('64 numbers of a mount begin alike, none comes twice, and another mount has its own', () => {
  const [mount, other] = [{}, {}]
  const numbers = Array.from({ length: 128 }, () => newClusteredSerial(random, mount).toString('hex'))
  numbers.push(newClusteredSerial(random, other).toString('hex'))
  expect(new Set(numbers).size).toBe(129)
  const beginnings = numbers.map((number) => number.slice(0, 6))
  expect(new Set(beginnings.slice(0, 64)).size).toBe(1)
  expect(new Set(beginnings.slice(64, 128)).size).toBe(1)
  for (const number of numbers) {
    expect(number).toHaveLength(40)
    // Positive, and of all twenty bytes (RFC 5280, 4.1.2.2).
    expect(Number.parseInt(number.slice(0, 2), 16) & 0xc0).toBe(0x40)
  }
})
