import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  type SigningOptions,
  sign as signWith,
  verify as verifyWith,
} from 'node:crypto'
import { KeysBusy } from '../../../crypto/keys/errors.ts'
import { generateKeyObjects } from '../../../crypto/keys/generate.ts'
import { limitSlowWork } from '../../../crypto/keys/slow-work.ts'
import type { Random } from '../../engine.ts'
import { EgideError } from '../../errors.ts'
import type { Algorithm, KeyPair, PublicJwk } from './documents.ts'

/** JSON Web Signatures of identity tokens, compact: RFC 7515, with the algorithms of RFC 7518 and RFC 8037. */

const RSA_BITS = 2048
const CURVES = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const

/** Off the event loop. Throws `unavailable` where too many RSA keys and slow signatures wait already. */
export async function newKeyPair(algorithm: Algorithm, random: Random): Promise<KeyPair> {
  const { privateKey, publicKey } = await pairFor(algorithm).catch((error: unknown) => {
    throw error instanceof KeysBusy ? new EgideError('unavailable', error.message) : error
  })
  const kid = random.uuid()
  const jwk = publicKey.export({ format: 'jwk' }) as Record<string, string>
  return {
    kid,
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
    publicKey: { ...jwk, kid, use: 'sig', alg: algorithm },
  }
}

function pairFor(algorithm: Algorithm) {
  if (algorithm === 'EdDSA') return generateKeyObjects('ed25519')
  if (algorithm === 'ES256' || algorithm === 'ES384' || algorithm === 'ES512')
    return generateKeyObjects('ec', { namedCurve: CURVES[algorithm] })
  return limitSlowWork(() => generateKeyObjects('rsa', { modulusLength: RSA_BITS }))
}

/** Parsed once for as long as the document it stands in is the same. */
const parsed = new WeakMap<KeyPair, KeyObject>()

function privateKeyOf(pair: KeyPair): KeyObject {
  let key = parsed.get(pair)
  if (key === undefined) {
    key = createPrivateKey({ key: Buffer.from(pair.privateKey), format: 'der', type: 'pkcs8' })
    parsed.set(pair, key)
  }
  return key
}

/** `type` says what it is, so that it is taken for nothing else. */
export function signed(claims: object, algorithm: Algorithm, pair: KeyPair, type = 'JWT'): string {
  const head = { alg: algorithm, kid: pair.kid, typ: type }
  const content = `${encoded(head)}.${encoded(claims)}`
  const signature = signWith(hashOf(algorithm), Buffer.from(content), keyWith(privateKeyOf(pair)))
  return `${content}.${signature.toString('base64url')}`
}

/** The claims of a token that one of these keys has signed by its own algorithm; undefined: none has. */
export function verified(token: string, keys: readonly PublicJwk[]): Readonly<Record<string, unknown>> | undefined {
  const [head = '', body = '', signature = '', ...more] = token.split('.')
  const header = more.length > 0 ? undefined : decoded(head)
  const jwk = keys.find(({ kid, alg }) => kid === header?.kid && alg === header?.alg)
  if (jwk === undefined) return undefined
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  const bytes = Buffer.from(signature, 'base64url')
  const isGood = verifyWith(hashOf(jwk.alg as Algorithm), Buffer.from(`${head}.${body}`), keyWith(key), bytes)
  return isGood ? decoded(body) : undefined
}

/**
 * What an ID token says of a code or token that it came with: the left half of its hash (OpenID Connect Core 1.0, section
 * 3.3.2.11). That of EdDSA is SHA-512, which Ed25519 uses itself.
 */
export function halfHash(algorithm: Algorithm, text: string): string {
  const hash = createHash(hashOf(algorithm) ?? 'sha512')
    .update(text)
    .digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}

/** EdDSA has a hash of its own. */
function hashOf(algorithm: Algorithm): string | null {
  return algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`
}

function keyWith(key: KeyObject): SigningOptions & { readonly key: KeyObject } {
  return key.asymmetricKeyType === 'ec' ? { key, dsaEncoding: 'ieee-p1363' } : { key }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decoded(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
