import type { IncomingHttpHeaders } from 'node:http'
import { EgideError, invalid } from '../../engines/errors.ts'
import { askedWrapTtl } from '../core/wrapping/asked-ttl.ts'
import { canonicalNamespace } from './path.ts'

type Headers = IncomingHttpHeaders

/**
 * The value of a header that must have one. Repeats arrive joined by commas; repeats that agree are one, repeats that
 * differ are refused, since a proxy before us may have judged the other one.
 */
function soleValue(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  if (value === undefined || value === '') return undefined
  if (typeof value !== 'string') throw invalid(`header ${name} must be sent once`)
  if (!value.includes(',')) return value.trim()
  const [first, ...others] = value.split(',').map((part) => part.trim())
  if (others.some((other) => other !== first)) throw invalid(`conflicting values of header ${name}`)
  return first
}

/** Two names of one header must agree. */
function agreed(headers: Headers, one: string, other: string): string | undefined {
  const first = soleValue(headers, one)
  const second = soleValue(headers, other)
  if (first !== undefined && second !== undefined && first !== second)
    throw invalid(`conflicting headers ${one} and ${other}`)
  return first ?? second
}

const BEARER = /^bearer +/i

/**
 * `X-Vault-Token`, or else `Authorization: Bearer`. With the former an Authorization is for a proxy before us, as one of
 * another kind is.
 */
export function tokenOf(headers: Headers): string | undefined {
  const token = soleValue(headers, 'x-vault-token')
  if (token !== undefined) return token
  if (headers.authorization === undefined || !BEARER.test(headers.authorization)) return undefined
  const bearer = soleValue(headers, 'authorization')?.replace(BEARER, '').trim()
  return bearer === '' ? undefined : bearer
}

export function namespaceOf(headers: Headers): string {
  const raw = agreed(headers, 'x-vault-namespace', 'x-egide-namespace')
  return raw === undefined ? '' : canonicalNamespace(raw)
}

/** Seconds; undefined when no wrapping is asked for. */
export function wrapTtlOf(headers: Headers): number | undefined {
  if (headers['x-vault-wrap-ttl'] === undefined) return undefined
  const ttl = soleValue(headers, 'x-vault-wrap-ttl')
  if (ttl === undefined) return undefined
  const format = soleValue(headers, 'x-vault-wrap-format')
  return askedWrapTtl({ ttl, format, name: 'X-Vault-Wrap-TTL header' })
}

/** They carry a token, or a passcode. */
const SECRET = new Set(['x-vault-token', 'x-vault-mfa'])

/** All headers but those that carry a secret of ours, for engines and the audit log to choose from. */
export function publicHeaders(headers: Headers): Readonly<Record<string, string>> {
  const shown: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    const isSecret = SECRET.has(name) || (name === 'authorization' && typeof value === 'string' && BEARER.test(value))
    if (typeof value === 'string' && !isSecret) {
      shown[name] = value
    }
  }
  return shown
}

export function mediaTypeOf(headers: Headers): string {
  const raw = headers['content-type']
  if (raw === undefined) return ''
  const end = raw.indexOf(';')
  return (end < 0 ? raw : raw.slice(0, end)).trim().toLowerCase()
}

const MERGE_PATCH = 'application/merge-patch+json'

/** RFC 7396, as Vault asks. */
export function requireMergePatch(headers: Headers): void {
  const provided = mediaTypeOf(headers)
  if (provided === MERGE_PATCH) return
  const named = provided === '' ? 'none' : provided.slice(0, 100)
  throw new EgideError('unsupported_media_type', `PATCH requires Content-Type of ${MERGE_PATCH}, provided ${named}`)
}
