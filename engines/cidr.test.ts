import { expect, test } from 'vitest'
import { areBlocksWithin, canonicalCidrs, isWithin } from './cidr.ts'

const holds = (blocks: readonly string[], address: string): boolean =>
  isWithin(canonicalCidrs('blocks', blocks), address)

test.each([
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['2001:db8::/32', '2001:db8::1', true],
  ['2001:db8::1', '2001:db8::2', false],
  ['::/0', '2001:db8::1', true],
  ['::/0', '10.1.2.3', false],
  ['::/0', '::ffff:10.1.2.3', false],
  ['::/80', '10.1.2.3', false],
  ['::ffff:10.0.0.0/104', '10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '11.1.2.3', false],
  ['::ffff:10.1.2.3', '10.1.2.3', true],
  ['::ffff:0:0/96', '203.0.113.9', true],
  ['::ffff:0:0/96', '2001:db8::1', false],
  ['::ffff:0:0/95', '203.0.113.9', false],
  ['::ffff:a00:0/104', '10.1.2.3', true],
  ['10.0.0.0/8', '@', false],
])('%s holds %s: %s', (block, address, held) => {
  expect(holds([block], address)).toBe(held)
  expect(holds(['192.0.2.1', block], address)).toBe(held)
})

test('nothing binds nothing, and a block is within what holds all of it', () => {
  expect(holds([], '10.0.0.1')).toBe(true)
  expect(areBlocksWithin([], ['10.0.0.0/8'])).toBe(true)
  expect(areBlocksWithin(['10.0.0.0/8', '::/0'], ['10.1.0.0/16', '2001:db8::1'])).toBe(true)
  expect(areBlocksWithin(['::/0'], ['10.1.0.0/16'])).toBe(false)
  expect(areBlocksWithin(['10.1.0.0/16'], ['10.0.0.0/8'])).toBe(false)
})
