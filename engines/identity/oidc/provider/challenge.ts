import { createHash, timingSafeEqual } from 'node:crypto'
import { CHALLENGE_METHODS, type Challenge } from './documents.ts'
import { Refusal, textOf } from './oauth.ts'

/** Proof Key for Code Exchange: only who asked for a code can use it. RFC 7636. */

const MAX_CHARS = 128
const FORM = /^[A-Za-z0-9._~-]{43,128}$/

/** Undefined: there is none. Throws Refusal. */
export function challengeOf(challenge: unknown, method: unknown): Challenge | undefined {
  const text = textOf(challenge, 'code_challenge', MAX_CHARS)
  const wanted = textOf(method, 'code_challenge_method', MAX_CHARS) || 'plain'
  const known = CHALLENGE_METHODS.find((one) => one === wanted)
  if (known === undefined) throw new Refusal('invalid_request', 'invalid code_challenge_method')
  if (text === '') return undefined
  if (!FORM.test(text)) throw new Refusal('invalid_request', 'invalid code_challenge')
  return { method: known, text }
}

/** Whether the verifier is the one that the challenge was made of. */
export function answers({ method, text }: Challenge, verifier: string): boolean {
  const made = method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
  const [one, other] = [Buffer.from(made), Buffer.from(text)]
  return one.length === other.length && timingSafeEqual(one, other)
}
