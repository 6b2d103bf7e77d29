import type { IncomingHttpHeaders } from 'node:http2'
import { invalid } from '../../engines/errors.ts'
import { requireCleanPath } from '../core/clean-path.ts'
import { askedWrapTtl } from '../core/wrapping/asked-ttl.ts'

/** What a call's metadata says, as HTTP's headers of the same names do. */

/** What came, and the same as it stood: HTTP/2 of Node puts repeats together, or keeps but the first. */
export interface Metadata {
  readonly headers: IncomingHttpHeaders
  /** Names and values by turns. */
  readonly rawHeaders: readonly string[]
}

/** Repeats that agree are one, repeats that differ are refused: a proxy before us may have judged the other one. */
function soleValue({ headers, rawHeaders }: Metadata, names: readonly string[]): string | undefined {
  let isThere = false
  for (const name of names) if (headers[name] !== undefined) isThere = true
  if (!isThere) return undefined
  let found: string | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const value = rawHeaders[at + 1]
    if (value === undefined || value === '' || !names.includes(rawHeaders[at] as string)) continue
    if (found !== undefined && found !== value) throw invalid(`conflicting values of metadata ${names.join(', ')}`)
    found = value
  }
  return found?.trim()
}

const BEARER = /^bearer +/i
const TOKEN = ['x-vault-token']
const AUTHORIZATION = ['authorization']

/** As of HTTP's headers: with an `x-vault-token` an `authorization` is for a proxy before us. */
export function tokenOf(metadata: Metadata): string | undefined {
  const token = soleValue(metadata, TOKEN)
  if (token !== undefined) return token
  const authorization = soleValue(metadata, AUTHORIZATION)
  if (authorization === undefined || !BEARER.test(authorization)) return undefined
  const bearer = authorization.replace(BEARER, '').trim()
  return bearer === '' ? undefined : bearer
}

const NAMESPACE = ['x-egide-namespace', 'x-vault-namespace']

/** '' is root, anything else ends in '/' and starts with none. */
export function namespaceOf(metadata: Metadata): string {
  const sent = soleValue(metadata, NAMESPACE)
  if (sent === undefined) return ''
  const inner = sent.replace(/^\/|\/$/g, '')
  if (inner === '' || inner === 'root') return ''
  requireCleanPath(inner)
  return `${inner}/`
}

const WRAP_TTL = ['x-wrap-ttl', 'x-vault-wrap-ttl']
const WRAP_FORMAT = ['x-vault-wrap-format']

/** Seconds; undefined when no wrapping is asked for. */
export function wrapTtlOf(metadata: Metadata): number | undefined {
  const ttl = soleValue(metadata, WRAP_TTL)
  if (ttl === undefined) return undefined
  return askedWrapTtl({ ttl, format: soleValue(metadata, WRAP_FORMAT), name: 'x-wrap-ttl' })
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A caller may name its request, by a UUID. */
export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  const id = headers['x-request-id']
  return typeof id === 'string' && UUID.test(id) ? id : undefined
}

const MFA = 'x-vault-mfa'

/** Of the second factor that a login shows at once. */
export function mfaValuesOf(headers: IncomingHttpHeaders): readonly string[] {
  const value = headers[MFA]
  return typeof value === 'string' ? [value] : []
}

/** They carry a token, or a passcode. */
const SECRET = new Set(['x-vault-token', MFA])

/** gRPC has no answer that says that nothing changed. */
const CONDITIONS = new Set(['if-modified-since', 'if-none-match'])

/** What is the wire's own business, and no application's. */
const WIRE = new Set(['accept-encoding', 'content-type', 'grpc-accept-encoding', 'grpc-encoding', 'grpc-timeout', 'te'])

const isMetadata = (name: string): boolean => !name.startsWith(':') && !name.endsWith('-bin') && !WIRE.has(name)

/** All text but that and what carries a secret of ours, for engines and the audit log to choose from. */
export function publicHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const shown: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const isSecret = SECRET.has(name) || (name === 'authorization' && BEARER.test(String(value)))
    if (typeof value === 'string' && isMetadata(name) && !isSecret && !CONDITIONS.has(name)) shown[name] = value
  }
  return shown
}
