import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lesser, lifetime, type TtlTerms } from './lifetime.ts'

const HOUR = 3600
const NOTHING: TtlTerms = {
  incrementSeconds: 0,
  ttlSeconds: 0,
  periodSeconds: 0,
  maxTtlSeconds: 0,
  explicitMaxTtlSeconds: 0,
  mountDefaultSeconds: 768 * HOUR,
  mountMaxSeconds: 768 * HOUR,
  ageSeconds: 0,
}

const cases: Record<string, [terms: Partial<TtlTerms>, seconds: number]> = {
  "nothing is asked for: the mount's default": [{}, 768 * HOUR],
  'what is asked for': [{ ttlSeconds: HOUR }, HOUR],
  "more than the mount's maximum": [{ ttlSeconds: 1000 * HOUR }, 768 * HOUR],
  "the method's maximum, below the mount's": [{ ttlSeconds: 10 * HOUR, maxTtlSeconds: 2 * HOUR }, 2 * HOUR],
  "the method's maximum does not lift the mount's": [
    { ttlSeconds: 1000 * HOUR, maxTtlSeconds: 2000 * HOUR },
    768 * HOUR,
  ],
  'a renewal gets what is left': [
    { incrementSeconds: 5 * HOUR, maxTtlSeconds: 6 * HOUR, ageSeconds: 4 * HOUR },
    2 * HOUR,
  ],
  'a renewal past the maximum gets nothing': [{ incrementSeconds: HOUR, maxTtlSeconds: HOUR, ageSeconds: HOUR }, 0],
  'a period ignores the maximum at renewals': [{ periodSeconds: HOUR, ageSeconds: 9000 * HOUR }, HOUR],
  'a period ignores the increment': [{ periodSeconds: HOUR, incrementSeconds: 5 * HOUR }, HOUR],
  "a period is capped by the mount's maximum": [{ periodSeconds: 1000 * HOUR }, 768 * HOUR],
  'an explicit maximum ends even periodic tokens': [
    { periodSeconds: HOUR, explicitMaxTtlSeconds: 10 * HOUR, ageSeconds: 9.5 * HOUR },
    HOUR / 2,
  ],
  'an explicit maximum above all others changes nothing': [
    { ttlSeconds: 1000 * HOUR, explicitMaxTtlSeconds: 5000 * HOUR },
    768 * HOUR,
  ],
}
for (const [what, [terms, seconds]] of Object.entries(cases)) {
  test(`lifetime: ${what}`, () => expect(lifetime({ ...NOTHING, ...terms }).ttlSeconds).toBe(seconds))
}

const seconds = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10_000_000 }))
const anyTerms = fc.record({
  incrementSeconds: seconds,
  ttlSeconds: seconds,
  periodSeconds: seconds,
  maxTtlSeconds: seconds,
  explicitMaxTtlSeconds: seconds,
  mountDefaultSeconds: fc.integer({ min: 1, max: 10_000_000 }),
  mountMaxSeconds: fc.integer({ min: 1, max: 10_000_000 }),
  ageSeconds: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 20_000_000, noNaN: true })),
})

test('a lifetime is a whole number of seconds from 0, and never longer than the mount allows at once', () => {
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const { ttlSeconds } = lifetime(terms)
      expect(Number.isSafeInteger(ttlSeconds) && ttlSeconds >= 0).toBe(true)
      expect(ttlSeconds).toBeLessThanOrEqual(terms.mountMaxSeconds)
    }),
  )
})

test('age and lifetime together never exceed a maximum that counts from creation', () => {
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const { ttlSeconds } = lifetime(terms)
      const mountMax = lesser(terms.mountMaxSeconds, terms.maxTtlSeconds)
      const max = terms.periodSeconds > 0 ? terms.explicitMaxTtlSeconds : lesser(mountMax, terms.explicitMaxTtlSeconds)
      if (max === 0 || ttlSeconds === 0) return
      expect(terms.ageSeconds + ttlSeconds).toBeLessThanOrEqual(max)
    }),
  )
})

test('whoever is given less than asked for is told, and nobody else', () => {
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const { ttlSeconds, warnings } = lifetime(terms)
      const asked = terms.periodSeconds || terms.incrementSeconds || terms.ttlSeconds || terms.mountDefaultSeconds
      // Ages have fractions of a second, lifetimes do not.
      if (ttlSeconds < asked) expect(warnings.length).toBeGreaterThan(0)
      if (warnings.length === 0) expect(ttlSeconds).toBe(asked)
    }),
  )
})
