import { expect, test } from 'vitest'
import { timeoutMs } from './deadline.ts'

test.each([
  ['1H', 3_600_000],
  ['2M', 120_000],
  ['3S', 3000],
  ['20m', 20],
  ['500u', 0.5],
  ['1000n', 0.001],
  ['0n', 0],
  ['99999999H', 2 ** 31 - 1],
])('%s is %d ms', (text, milliseconds) => {
  expect(timeoutMs(text)).toBeCloseTo(milliseconds, 9)
})

test.each(['', '1', 'S', '-1S', '1.5S', '123456789S', '1 S', '1s', '1S, 2S'])('%j is none', (text) => {
  expect(timeoutMs(text)).toBeUndefined()
})
