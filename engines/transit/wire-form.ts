import { decoded } from '../base64.ts'
import type { MountRef } from '../engine.ts'
import { invalid } from '../errors.ts'

/**
 * `vault:v<version>:<base64>`: the form that Vault and its clients share. The mount option `ciphertext_prefix` writes
 * another word in its place; what is read may have that word, `vault` or `egide`.
 */
const DEFAULT_PREFIX = 'vault'
const READ_PREFIXES: ReadonlySet<string> = new Set([DEFAULT_PREFIX, 'egide'])
const PREFIX = /^[a-z][a-z0-9-]{0,31}$/
const VERSION = /^[-+]?\d{1,15}$/

export interface Versioned {
  readonly version: number
  readonly bytes: Buffer
}

/** Throws `invalid_request`. */
export function checkPrefix(options: Readonly<Record<string, string>>): void {
  if (!PREFIX.test(prefixOf(options))) {
    throw invalid('ciphertext_prefix is at most 32 lower-case letters, digits and hyphens, a letter first')
  }
}

function prefixOf({ ciphertext_prefix: prefix }: Readonly<Record<string, string>>): string {
  return prefix === undefined || prefix === '' ? DEFAULT_PREFIX : prefix
}

export function written(
  { options }: MountRef,
  { version, bytes }: Versioned,
  encoding: 'base64' | 'base64url' = 'base64',
) {
  return `${prefixOf(options)}:v${version}:${bytes.toString(encoding)}`
}

/** That none was sent, in Vault's words. */
export function missingCiphertext(): Error {
  return invalid('missing ciphertext to decrypt')
}

/** Throws `invalid_request`. The words are Vault's: clients match on them. */
export function parseWritten(
  { options }: MountRef,
  text: string,
  what: 'ciphertext' | 'signature' | 'HMAC',
  decode: (text: string) => Buffer | undefined = decoded,
): Versioned {
  const prefixEnd = text.indexOf(':v')
  const prefix = text.slice(0, Math.max(prefixEnd, 0))
  if (!READ_PREFIXES.has(prefix) && prefix !== prefixOf(options)) throw noPrefix(what)
  const numberAt = prefixEnd + 2
  const end = text.indexOf(':', numberAt)
  if (end === -1) throw invalid(`invalid ${what}: wrong number of fields`)
  const number = text.slice(numberAt, end)
  if (!VERSION.test(number)) throw invalid(`invalid ${what}: version number could not be decoded`)
  const bytes = decode(text.slice(end + 1))
  if (bytes === undefined) throw invalid(UNDECODED[what])
  // The first keys there ever were counted from zero.
  return { version: Number(number) || 1, bytes }
}

function noPrefix(what: string): Error {
  return invalid(`invalid ${what}${what === 'HMAC' ? ' to verify' : ''}: no prefix`)
}

const UNDECODED = {
  ciphertext: 'invalid ciphertext: could not decode base64',
  signature: 'invalid base64 signature value',
  HMAC: 'unable to decode verification HMAC as base64',
} as const
