import { invalid } from './errors.ts'

const LINE_BREAKS = /[\r\n]/g
const NOT_IN_ALPHABET = /[^A-Za-z0-9+/]/

/** Bytes of padded standard base64 (RFC 4648 section 4); line breaks are skipped. Undefined when the text is anything else. */
export function decoded(text: string): Buffer | undefined {
  return decodedLine(text) ?? decodedLine(text.replace(LINE_BREAKS, ''))
}

/** Bytes that `decoded` finds in so much padded base64 of one line, if it is that. */
export function decodedLength(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return (text.length / 4) * 3 - padding
}

/** As `decoded`, into `target`, which has room for it. False where the text is anything but padded base64 of one line. */
export function decodeInto(target: Buffer, at: number, text: string): boolean {
  if (text.length % 4 !== 0 || !isStandardOrOutside(text)) return false
  return target.write(text, at, 'base64') === decodedLength(text)
}

/**
 * Node's decoder leaves out what is not in its alphabet: then there are fewer bytes than so long a text has. A regular
 * expression that looks at each character first takes several times as long as decoding does.
 */
function decodedLine(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !isStandardOrOutside(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === decodedLength(text) ? bytes : undefined
}

/** Node's decoder also takes the URL alphabet, and characters beyond ASCII by their low byte. */
function isStandardOrOutside(text: string): boolean {
  return Buffer.byteLength(text) === text.length && !text.includes('-') && !text.includes('_')
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
