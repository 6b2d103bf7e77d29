import { toBase32 } from '../base32.ts'
import { invalid } from '../errors.ts'
import type { OneTimeKey } from './codes.ts'
import { pngOf } from './png.ts'
import { qrCode } from './qr.ts'

/** https://github.com/google/google-authenticator/wiki/Key-Uri-Format */

function urlOf({ secret, issuer, accountName, algorithm, digits, periodSeconds }: OneTimeKey): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(accountName)}`
  const query =
    `algorithm=${algorithm}&digits=${digits}&issuer=${encodeURIComponent(issuer)}` +
    `&period=${periodSeconds}&secret=${toBase32(secret)}`
  return `otpauth://totp/${label}?${query}`
}

/** Largest side of a QR code, in pixels. */
export const QR_SIZE_MAX = 2000

/**
 * What an authenticator takes a key from: its URL and, unless `qrSize` is 0, a QR code of that, so many pixels in each
 * direction, as a PNG in base64. Throws `invalid_request` when it is too long for one.
 */
export function exportedKey(key: OneTimeKey, qrSize: number): { readonly url: string; readonly barcode?: string } {
  const url = urlOf(key)
  if (qrSize === 0) return { url }
  const code = qrCode(url)
  if (code === undefined) throw invalid('the key and its names are too long for a QR code: set qr_size to 0')
  return { url, barcode: pngOf(code, qrSize).toString('base64') }
}

export interface UrlTerms {
  readonly key: string
  readonly issuer: string | undefined
  readonly accountName: string
  readonly period: number | undefined
  readonly digits: number | undefined
  readonly algorithm: string | undefined
}

/** What a URL says; undefined where it says nothing. Throws `invalid_request`, without what was sent. */
export function readUrl(text: string): UrlTerms {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'otpauth:' || url.host !== 'totp') throw invalid('url is not that of a TOTP key')
  const label = decoded(url.pathname.replace(/^\/+/, ''))
  const at = label.indexOf(':')
  return {
    key: url.searchParams.get('secret') ?? '',
    issuer: url.searchParams.get('issuer') || (at < 0 ? undefined : label.slice(0, at)),
    accountName: label.slice(at + 1).trim(),
    period: numberIn(url, 'period'),
    digits: numberIn(url, 'digits'),
    algorithm: url.searchParams.get('algorithm') || undefined,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('url is not that of a TOTP key')
  }
}

function numberIn(url: URL, name: string): number | undefined {
  const text = url.searchParams.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d{1,9}$/.test(text)) throw invalid(`the ${name} in the url is no number`)
  return Number(text)
}
