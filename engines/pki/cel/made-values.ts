import { EncodingError } from '../../../crypto/errors.ts'
import { invalid } from '../../errors.ts'
import { ipText } from '../x509/alt-names.ts'
import { isOid } from '../x509/der.ts'
import type { MadeOid, MadeRange, MadeUrl } from './output.ts'

/** Values of a template that are made of parts. All throw `invalid_request` for what is no such value. */

/** In dotted decimal. `where`: the field it stands in. */
export function oidOf(where: string, { arc = [] }: MadeOid): string {
  const text = arc.join('.')
  if (!isOid(text)) throw invalid(`${where}: ${JSON.stringify(text)} is no object identifier`)
  return text
}

/** IPv4 addresses may stand in the form of IPv6 ones, as Go has them. */
export function addressText(bytes: Buffer): string {
  try {
    return ipText(bytes)
  } catch (error) {
    if (error instanceof EncodingError) throw invalid(`an IP address is wrong: ${error.message}`)
    throw error
  }
}

/** As <address>/<bits>. */
export function rangeText({ IP = {}, Mask = {} }: MadeRange): string {
  const mask = Buffer.from(Mask.IPMask ?? '', 'base64')
  const bits = [...mask].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  if (!/^1*0*$/.test(bits)) throw invalid('the mask of an IP range has a hole')
  const address = addressText(Buffer.from(IP.IP ?? '', 'base64'))
  if (bits.length !== (address.includes(':') ? 128 : 32))
    throw invalid('the mask of an IP range is not as long as its address')
  return `${address}/${bits.lastIndexOf('1') + 1}`
}

/** As Go's URL.String writes one. */
export function uriText(url: MadeUrl): string {
  const { Scheme: scheme = '', Opaque: opaque = '', Host: host = '', RawQuery: query = '', User: user } = url
  const path = escaped(url.Path ?? '', url.RawPath ?? '')
  const hasAuthority = host !== '' || user !== undefined || (scheme !== '' && path !== '' && url.OmitHost !== true)
  const authority = hasAuthority ? `//${userText(user)}${host}` : ''
  const slash = authority !== '' && host !== '' && path !== '' && !path.startsWith('/') ? '/' : ''
  const fragment = escaped(url.Fragment ?? '', url.RawFragment ?? '')
  return [
    scheme === '' ? '' : `${scheme}:`,
    opaque === '' ? authority + slash + path : opaque,
    query === '' && url.ForceQuery !== true ? '' : `?${query}`,
    fragment === '' ? '' : `#${fragment}`,
  ].join('')
}

function userText(user: MadeUrl['User']): string {
  if (user === undefined) return ''
  const { username = '', password = '', password_set: hasPassword = false } = user
  return `${encodeURIComponent(username)}${hasPassword ? `:${encodeURIComponent(password)}` : ''}@`
}

/** `raw` where it is a way to write `plain`, else the usual one. */
function escaped(plain: string, raw: string): string {
  return raw !== '' && decoded(raw) === plain
    ? raw
    : encodeURI(plain.toWellFormed()).replaceAll(/[?#]/g, encodeURIComponent)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
