import { goDuration } from '../../duration.ts'
import { invalid } from '../../errors.ts'
import type { IssuerDocument } from '../documents.ts'
import { momentOf } from '../roles/fields.ts'
import { storedCertificate } from '../x509/certificate.ts'

/** What a caller or role says of when a certificate is valid. Durations are seconds, 0 for not set; moments RFC 3339, '' for not set. */
export interface AskedValidity {
  readonly ttlSeconds: number
  readonly notAfter: string
  readonly notBefore: string
  readonly notBeforeDurationSeconds: number
}

export interface ValidityLimits {
  /** Where nothing was asked for. */
  readonly ttlSeconds: number
  readonly maxTtlSeconds: number
  /** Who signs; undefined: the certificate signs itself. */
  readonly issuer: Pick<IssuerDocument, 'certificate' | 'leafNotAfter'> | undefined
}

export interface Validity {
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly warnings: readonly string[]
}

/** The last moment that a certificate can end (RFC 5280, 4.1.2.5). */
const NEVER_MS = Date.UTC(9999, 11, 31, 23, 59, 59)

/** Throws `invalid_request` for moments that cannot be had. */
export function validity(asked: AskedValidity, limits: ValidityLimits, nowMs: number): Validity {
  const warnings: string[] = []
  if (asked.ttlSeconds < 0) throw invalid('ttl cannot be negative')
  if (asked.notBeforeDurationSeconds < 0) throw invalid('not_before_duration cannot be negative')
  const now = Math.floor(nowMs / 1000) * 1000
  const notBeforeMs =
    asked.notBefore === '' ? now - asked.notBeforeDurationSeconds * 1000 : momentOr('not_before', asked.notBefore)
  let notAfterMs: number
  if (asked.notAfter !== '') {
    if (asked.ttlSeconds > 0)
      throw invalid('Either ttl or not_after should be provided. Both should not be provided in the same request.')
    notAfterMs = momentOr('not_after', asked.notAfter)
  } else {
    let ttl = asked.ttlSeconds || limits.ttlSeconds
    if (limits.maxTtlSeconds > 0 && ttl > limits.maxTtlSeconds) {
      warnings.push(
        `TTL ${JSON.stringify(goDuration(ttl))} is longer than permitted maxTTL ${JSON.stringify(goDuration(limits.maxTtlSeconds))}, so maxTTL is being used`,
      )
      ttl = limits.maxTtlSeconds
    }
    notAfterMs = now + ttl * 1000
  }
  notAfterMs = withinIssuer(notAfterMs, limits.issuer)
  if (notAfterMs > NEVER_MS) throw invalid('the certificate would end after the year 9999')
  if (notAfterMs <= notBeforeMs) throw invalid('the certificate would end before it begins')
  return { notBeforeMs, notAfterMs, warnings }
}

function withinIssuer(notAfterMs: number, issuer: ValidityLimits['issuer']): number {
  if (issuer === undefined || issuer.leafNotAfter === 'permit') return notAfterMs
  const last = storedCertificate(issuer.certificate).notAfterMs
  if (notAfterMs <= last) return notAfterMs
  if (issuer.leafNotAfter === 'truncate') return last
  throw invalid(
    `cannot satisfy request, as TTL would result in notAfter of ${text(notAfterMs)} that is beyond the expiration of the CA certificate at ${text(last)}`,
  )
}

const text = (ms: number): string => new Date(ms).toISOString()

function momentOr(field: string, given: string): number {
  const ms = momentOf(given)
  if (ms === undefined) throw invalid(`${field} is not a time of RFC 3339`)
  return Math.floor(ms / 1000) * 1000
}
