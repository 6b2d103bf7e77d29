import type { IncomingMessage } from 'node:http'
import { EgideError } from '../../engines/errors.ts'
import type { CorsSettings } from '../../engines/system/services/operations.ts'

const METHODS = 'DELETE,GET,OPTIONS,PATCH,POST,PUT,LIST,SCAN'
const MAX_AGE_SECONDS = '300'
/** Pages may always send it. The settings don't show it, as OpenBao's don't. */
const NAMESPACE_HEADER = 'X-Vault-Namespace'

/** Headers that let a browser's page of another origin read the answer. Throws for an origin that isn't allowed. */
export function corsHeaders(cors: CorsSettings, message: IncomingMessage): readonly string[] {
  const origin = message.headers.origin
  if (origin === undefined) return []
  const isWild = cors.allowedOrigins.includes('*')
  if (!isWild && !cors.allowedOrigins.includes(origin)) throw new EgideError('permission_denied', 'origin not allowed')
  const headers = ['Access-Control-Allow-Origin', isWild ? '*' : origin, 'Vary', 'Origin']
  // Credentials together with a wildcard would let any site act for a signed-in user; browsers refuse the pair as well.
  if (cors.allowCredentials && !isWild) headers.push('Access-Control-Allow-Credentials', 'true')
  if (isPreflight(message)) {
    headers.push('Access-Control-Allow-Methods', METHODS)
    headers.push('Access-Control-Allow-Headers', [NAMESPACE_HEADER, ...cors.allowedHeaders].join(','))
    headers.push('Access-Control-Max-Age', MAX_AGE_SECONDS)
  }
  return headers
}

/** Whether what is set for other origins may matter to it. */
export function isOfBrowser(message: IncomingMessage): boolean {
  return message.headers.origin !== undefined || isPreflight(message)
}

export function isPreflight(message: IncomingMessage): boolean {
  return message.method === 'OPTIONS' && message.headers['access-control-request-method'] !== undefined
}
