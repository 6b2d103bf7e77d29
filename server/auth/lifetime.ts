import { goDuration } from '../../engines/duration.ts'

/** How long a token or lease may live. All figures are seconds; 0 means 'not set'. */
export interface TtlTerms {
  /** Asked for at a renewal. */
  readonly incrementSeconds: number
  /** Asked for at creation, or set by the method. */
  readonly ttlSeconds: number
  readonly periodSeconds: number
  /** The method's or engine's own maximum. */
  readonly maxTtlSeconds: number
  readonly explicitMaxTtlSeconds: number
  readonly mountDefaultSeconds: number
  readonly mountMaxSeconds: number
  /** Already lived. */
  readonly ageSeconds: number
}

export interface Ttl {
  /** Whole seconds: 0 also in the last second before a maximum. */
  readonly ttlSeconds: number
  /** Until the maximum, with fractions, and infinite without one; past it, 0 or less. */
  readonly leftSeconds: number
  readonly warnings: readonly string[]
}

/**
 * The next lifetime, counted from now, capped by every maximum that counts from creation. A period starts anew at each
 * renewal and is capped by the mount's maximum alone, unless there is an explicit maximum. Vault's rules:
 * https://developer.hashicorp.com/vault/docs/concepts/tokens#token-time-to-live-periodic-tokens-and-explicit-max-ttls
 */
export function lifetime(terms: TtlTerms): Ttl {
  const warnings: string[] = []
  const mountMax = lesser(terms.mountMaxSeconds, terms.maxTtlSeconds)
  const max = lesser(mountMax, terms.explicitMaxTtlSeconds)
  let ttl: number
  let left: number
  if (terms.periodSeconds > 0) {
    ttl = terms.periodSeconds
    if (mountMax > 0 && ttl > mountMax) {
      warnings.push(
        `period of ${clock(ttl)} exceeded the effective max_ttl of ${clock(mountMax)}; period value is capped accordingly`,
      )
      ttl = mountMax
    }
    left = terms.explicitMaxTtlSeconds > 0 ? terms.explicitMaxTtlSeconds - terms.ageSeconds : Number.POSITIVE_INFINITY
  } else {
    ttl = firstSet(terms.incrementSeconds, terms.ttlSeconds, terms.mountDefaultSeconds)
    left = max > 0 ? max - terms.ageSeconds : Number.POSITIVE_INFINITY
  }
  if (ttl > left) {
    // A part of a second less, as at a renewal right after a login, is none that anybody would want to hear of.
    if (ttl - left >= 1) {
      warnings.push(
        `TTL of ${clock(ttl)} exceeded the effective max_ttl of ${clock(left)}; TTL value is capped accordingly`,
      )
    }
    ttl = Math.max(0, left)
  }
  return { ttlSeconds: Math.trunc(ttl), leftSeconds: left, warnings }
}

/**
 * When what is renewed ends, in milliseconds since the epoch. In the last second before the maximum it keeps its end: the
 * renewal is not refused there, since Go's watcher of lifetimes would ask again without a pause until the second is over.
 */
export function renewedEnd({ ttlSeconds, leftSeconds }: Ttl, expiresAtMs: number, nowMs: number): number {
  return ttlSeconds > 0 ? nowMs + ttlSeconds * 1000 : Math.min(expiresAtMs, nowMs + Math.floor(leftSeconds * 1000))
}

/** What a renewal says: never 0, which would be no end. */
export function toldSeconds({ ttlSeconds }: Ttl): number {
  return Math.max(1, ttlSeconds)
}

/** The smaller of those that are set. */
export function lesser(a: number, b: number): number {
  if (a === 0) return b
  return b === 0 ? a : Math.min(a, b)
}

function firstSet(...values: readonly number[]): number {
  return values.find((value) => value > 0) ?? 0
}

const clock = (seconds: number): string => JSON.stringify(goDuration(seconds))
