import { TransportError } from './errors.ts'
import type { Query } from './method.ts'

/** Where a server is. */
export interface Address {
  /** Without a trailing slash, e.g. `https://127.0.0.1:8200`. */
  readonly base: string
  readonly secure: boolean
  readonly socketPath?: string
}

/** Accepts `http://`, `https://` and `unix:///path/to/socket`; throws `invalid_address` for anything else. */
export function parseAddress(text: string): Address {
  if (text.startsWith('unix://')) {
    const socketPath = text.slice('unix://'.length)
    if (!socketPath.startsWith('/'))
      throw new TransportError('invalid_address', 'a unix address needs an absolute path')
    return { base: 'http://localhost', secure: false, socketPath }
  }
  // The text itself is not repeated: an address may carry a password.
  if (!/^https?:/.test(text) || !URL.canParse(text)) {
    throw new TransportError('invalid_address', 'the address must begin with https://, http:// or unix://')
  }
  const url = new URL(text)
  return { base: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`, secure: url.protocol === 'https:' }
}

/** The whole URL of a request. Every query value is in it: for sending, not for showing. */
export function urlOf(address: Address, request: { readonly path: string; readonly query?: Query }): string {
  const path = request.path.split('/').map(escapeSegment).join('/')
  const query = new URLSearchParams((request.query ?? []).map(([name, value]) => [name, value])).toString()
  return `${address.base}/v1/${path}${query === '' ? '' : `?${query}`}`
}

/** Leaves what RFC 3986 allows in a segment as it is, so that a URL reads as its owner wrote it. */
function escapeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/%(?:3A|40|24|26|2B|2C|3B|3D)/g, decodeURIComponent)
}

/** Only these query fields are shown in errors; any other may hold what its sender calls a secret. */
const SHOWN = new Set(['list', 'scan', 'help', 'after', 'limit', 'version', 'depth', 'log_level', 'log_format'])

/** The URL of a request, for people. */
export function shownUrl(address: Address, { path, query = [] }: { path: string; query?: Query }): string {
  return urlOf(address, { path, query: query.map(([name, value]) => [name, SHOWN.has(name) ? value : 'hidden']) })
}
