import { invalid } from '../../errors.ts'
import type { Context } from '../shown.ts'

/** What tokens and discovery documents name as the issuer: below the origin that was configured, or else the server's own. */
export function serverIssuer(origin: string, { services, namespace }: Context): string {
  return `${origin || services.apiAddress()}/v1/${namespace.path}identity/oidc`
}

/** Throws EgideError `invalid_request` for what is neither '' nor an origin. */
export function checkedIssuer(issuer: string): void {
  if (issuer === '' || isOrigin(issuer)) return
  throw invalid(
    'invalid issuer, which must include only a scheme, host, and optional port (e.g. https://example.com:8200)',
  )
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return (url?.protocol === 'http:' || url?.protocol === 'https:') && (text === url.origin || text === withPort(url))
}

/** A port that is the scheme's own is left out of an origin, and may be written all the same. */
function withPort(url: URL): string {
  return `${url.origin}:${url.protocol === 'https:' ? 443 : 80}`
}
