import { invalid } from './errors.ts'

const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/
const LINE_BREAKS = /[\r\n]/g
const NOT_IN_ALPHABET = /[^A-Za-z0-9+/]/

/** Bytes of padded standard base64 (RFC 4648 section 4); line breaks are skipped. Undefined when the text is anything else. */
export function decoded(text: string): Buffer | undefined {
  const bare = STANDARD.test(text) ? text : text.replace(LINE_BREAKS, '')
  // Node skips what it does not know, and takes the URL alphabet as well.
  if (bare.length % 4 !== 0 || !STANDARD.test(bare)) return undefined
  return Buffer.from(bare, 'base64')
}

/** As `decoded`; throws with the words of Vault's clients, which name the place and not the text. */
export function fromBase64(text: string): Buffer {
  const bytes = decoded(text)
  if (bytes !== undefined) return bytes
  const at = text.search(NOT_IN_ALPHABET)
  throw invalid(`illegal base64 data at input byte ${at === -1 ? text.length : at}`)
}

const URL_SAFE = /^[A-Za-z0-9_-]*$/

/** Bytes of base64url without padding (RFC 4648 section 5), as JWS has it. Undefined when the text is anything else. */
export function decodedUrl(text: string): Buffer | undefined {
  if (!URL_SAFE.test(text) || text.length % 4 === 1) return undefined
  return Buffer.from(text, 'base64url')
}
