import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rfc3339 } from './times.ts'

test('a time is as Date writes it, without zeros at the end of its fraction', () => {
  const ms = fc.oneof(
    fc.integer({ min: -2000, max: 3000 }),
    fc.integer({ min: -(2 ** 45), max: 2 ** 45 }),
    fc.constant(8.64e15),
  )
  fc.assert(
    fc.property(ms, (at) => {
      expect(rfc3339(at)).toBe(
        new Date(at)
          .toISOString()
          .replace(/(\.\d*?)0*Z$/, '$1Z')
          .replace('.Z', 'Z'),
      )
      expect(Date.parse(rfc3339(at))).toBe(at)
    }),
  )
})

test('only the fraction loses zeros', () => {
  const at = Date.UTC(2026, 10, 22, 12, 20, 50)
  expect([0, 5, 50, 58, 500, 580, 999, 1000].map((ms) => rfc3339(at + ms).slice(17))).toEqual([
    '50Z',
    '50.005Z',
    '50.05Z',
    '50.058Z',
    '50.5Z',
    '50.58Z',
    '50.999Z',
    '51Z',
  ])
})
