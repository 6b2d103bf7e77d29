import { invalid } from '../errors.ts'
import { decoded } from './base64.ts'

/** `vault:v<version>:<base64>`: the form that Vault and its clients share. */
const PREFIX = 'vault:v'
const VERSION = /^[-+]?\d{1,15}$/

export interface ParsedCiphertext {
  readonly version: number
  readonly sealed: Buffer
}

export function versionPrefix(version: number): string {
  return `${PREFIX}${version}:`
}

/** Throws `invalid_request`. The words are Vault's: clients match on them. */
export function parseCiphertext(text: string): ParsedCiphertext {
  if (!text.startsWith(PREFIX)) throw invalid('invalid ciphertext: no prefix')
  const end = text.indexOf(':', PREFIX.length)
  if (end === -1) throw invalid('invalid ciphertext: wrong number of fields')
  const number = text.slice(PREFIX.length, end)
  if (!VERSION.test(number)) throw invalid('invalid ciphertext: version number could not be decoded')
  const sealed = decoded(text.slice(end + 1))
  if (sealed === undefined) throw invalid('invalid ciphertext: could not decode base64')
  // The first keys there ever were counted from zero.
  return { version: Number(number) || 1, sealed }
}
