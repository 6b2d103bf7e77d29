import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TIME_PREFIX_CHARS, timePrefix } from './time-prefix.ts'

test('places follow one another as their times do, until they begin again', () => {
  const times = fc.integer({ min: 0, max: 62 ** TIME_PREFIX_CHARS - 1 })
  fc.assert(
    fc.property(times, times, fc.nat(100_000), (one, other, laps) => {
      const [place, next] = [
        timePrefix(one + laps * 62 ** TIME_PREFIX_CHARS),
        timePrefix(other + laps * 62 ** TIME_PREFIX_CHARS),
      ]
      expect(place).toMatch(/^[0-9A-Za-z]{4}$/)
      expect(place < next).toBe(one < other)
    }),
  )
})
