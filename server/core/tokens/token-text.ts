import { base62 } from '../../../engines/base62.ts'
import type { Random } from '../../../engines/engine.ts'
import { ROOT_NAMESPACE_ID } from '../../seal/lifecycle.ts'
import { TIME_PREFIX_CHARS, timePrefix } from '../time-prefix.ts'

/**
 * Tokens, accessors and leases of a namespace below root end in a dot and its id, as OpenBao's do. Whose they are is
 * decided by where they are found; this only says where to look.
 */
export const suffixOf = (namespaceId: string): string => (namespaceId === ROOT_NAMESPACE_ID ? '' : `.${namespaceId}`)

const KIND = /^[sb]\./

/** The id that a token's text ends in, or ''. */
export function namespaceIn(token: string): string {
  const dot = token.lastIndexOf('.')
  return dot < 0 || (dot === 1 && KIND.test(token)) ? '' : token.slice(dot + 1)
}

const RANDOM_CHARS = 24
/** Of a service token of the root namespace. */
export const SERVICE_TOKEN_CHARS = 's.'.length + TIME_PREFIX_CHARS + RANDOM_CHARS

/** 24 characters, 142 bits, behind the prefix that tells service tokens from others and a place for its rows. */
export const newServiceToken = (random: Random, nowMs: number): string =>
  `s.${timePrefix(nowMs)}${base62(random, RANDOM_CHARS)}`

const PLACED = /^s\.[0-9A-Za-z]{28}(?:\.[0-9A-Za-z]+)?$/

/** The place that a token's text begins with; '' for the shapes of chosen texts and of earlier versions. */
export const timePrefixIn = (token: string): string => (PLACED.test(token) ? token.slice(2, 2 + TIME_PREFIX_CHARS) : '')

/** Of a token whose hash says nothing of its accessor. */
export const newAccessor = (random: Random): string => base62(random, RANDOM_CHARS)
