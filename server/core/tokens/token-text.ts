import type { Random } from '../../../engines/engine.ts'
import { ROOT_NAMESPACE_ID } from '../../seal/lifecycle.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Bytes at or above this are thrown away, so that every character is equally likely. */
const FAIR_BELOW = 248

/** Characters of [0-9A-Za-z], each with 5.95 bits of randomness. */
export function base62(random: Random, length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random.bytes(length)) {
      if (byte < FAIR_BELOW && text.length < length) text += BASE62[byte % 62]
    }
  }
  return text
}

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

/** 24 characters, 142 bits, behind the prefix that tells service tokens from others. */
export const newServiceToken = (random: Random): string => `s.${base62(random, 24)}`
export const newAccessor = (random: Random): string => base62(random, 24)
