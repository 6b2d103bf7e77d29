import { compactVerify, decodeProtectedHeader } from 'jose'
import { ALGORITHMS, type Algorithm, candidates, TRIES_MAX, type VerificationKey } from './key-set.ts'
import type { KeySource, KnownKeys } from './key-source.ts'

/** Longer tokens are refused unread. */
export const TOKEN_MAX_CHARS = 65_536
const UTF8 = new TextDecoder('utf-8', { fatal: true })

export type Claims = Readonly<Record<string, unknown>>

/** The token is not what it should be. `message` is for the log: callers learn that a login failed and nothing else. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
}

/**
 * The claims of a signed JWT whose signature is by one of the source's keys, with one of these algorithms. Neither times
 * nor any other claim are looked at. Rejects with TokenRefused, or with KeysUnavailable where there are no keys to
 * verify with.
 */
export async function verifyToken(text: string, source: KeySource, allowed: readonly Algorithm[]): Promise<Claims> {
  const token = compact(text)
  const { algorithm, kid } = headerOf(token, allowed)
  let known: KnownKeys | undefined = await source.current()
  while (known !== undefined) {
    const payload = await verified(token, candidates(known.keys, algorithm, kid), algorithm)
    if (payload !== undefined) return claimsOf(payload)
    known = await known.others()
  }
  throw new TokenRefused('no key of the provider verifies the signature')
}

/** What a token says, which nobody has verified: to be compared with what somebody says who has. Throws TokenRefused. */
export function unverifiedClaims(text: string, allowed: readonly Algorithm[]): Claims {
  const token = compact(text)
  headerOf(token, allowed)
  return claimsOf(Buffer.from(token.split('.')[1] ?? '', 'base64url'))
}

/** A token that comes out of a file has a line end after it: white space counts for nothing, as in Vault and OpenBao. */
function compact(text: string): string {
  if (text.length > TOKEN_MAX_CHARS) throw new TokenRefused('the token is too long')
  return text.replaceAll(/\s+/g, '')
}

function headerOf(token: string, allowed: readonly Algorithm[]): { algorithm: Algorithm; kid: string | undefined } {
  let header: ReturnType<typeof decodeProtectedHeader>
  try {
    header = decodeProtectedHeader(token)
  } catch {
    throw new TokenRefused('it is not a signed token')
  }
  const algorithm = allowed.find((name) => name === header.alg)
  if (algorithm === undefined || !ALGORITHMS.includes(algorithm)) {
    throw new TokenRefused('the algorithm is not one of those that are allowed')
  }
  // RFC 7797: a payload that is not encoded has no place in a JWT.
  if ('b64' in header) throw new TokenRefused('the header asks for a payload that is not encoded')
  return { algorithm, kid: typeof header.kid === 'string' ? header.kid : undefined }
}

async function verified(
  token: string,
  keys: readonly VerificationKey[],
  algorithm: Algorithm,
): Promise<Uint8Array | undefined> {
  for (const { key } of keys.slice(0, TRIES_MAX)) {
    try {
      return (await compactVerify(token, key, { algorithms: [algorithm] })).payload
    } catch {
      // Another key of the same name, or of none, may have made it.
    }
  }
  return undefined
}

function claimsOf(payload: Uint8Array): Claims {
  try {
    const claims: unknown = JSON.parse(UTF8.decode(payload))
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return claims as Claims
  } catch {
    // What a signer puts there is no text for our log.
  }
  throw new TokenRefused('the payload is no JSON object')
}
