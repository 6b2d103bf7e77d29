import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PLACE_CHARS, placeOf } from './place.ts'

test('places follow one another as their times do, until they begin again', () => {
  const times = fc.integer({ min: 0, max: 62 ** PLACE_CHARS - 1 })
  fc.assert(
    fc.property(times, times, fc.nat(100_000), (one, other, laps) => {
      const [place, next] = [placeOf(one + laps * 62 ** PLACE_CHARS), placeOf(other + laps * 62 ** PLACE_CHARS)]
      expect(place).toMatch(/^[0-9A-Za-z]{4}$/)
      expect(place < next).toBe(one < other)
    }),
  )
})
