import { createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, errors, flattenedVerify, importJWK } from 'jose'
import { weakModulus } from '../../../crypto/keys/weak-rsa.ts'
import type { EngineContext } from '../../engine.ts'
import { EgideError, invalid } from '../../errors.ts'
import { isJsonObject } from '../../json-object.ts'
import { specOf } from '../x509/algorithms.ts'
import { type Account, accountCodec, acmeRows, type Jwk, textCodec } from './documents.ts'
import { knownNonce, useNonce } from './nonces.ts'
import { Problem } from './problem.ts'

/** Signed requests (RFC 8555, 6.2). */

/** A request's body: a flattened JWS. */
export interface Jws {
  readonly protected: string
  readonly payload: string
  readonly signature: string
}

interface Header {
  readonly alg?: unknown
  readonly nonce?: unknown
  readonly url?: unknown
  readonly kid?: unknown
  readonly jwk?: unknown
  readonly crit?: unknown
}

export interface SignedRequest {
  /** Undefined: a POST-as-GET, whose payload is empty. */
  readonly payload: Readonly<Record<string, unknown>> | undefined
  readonly jwk: Jwk
  readonly thumbprint: string
  /** The account named by `kid`, or the one that the key has; undefined: there is none. */
  readonly account: Account | undefined
  readonly usesKeyId: boolean
}

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const RSA_BITS_MIN = 2048
/**
 * Characters, above what any client needs. Header and payload are JSON within a text, which whoever bounds the depth and the
 * members of a body does not see.
 */
const PART_MAX = { protected: 16 * 1024, payload: 128 * 1024, signature: 8 * 1024 } as const

/** `url`: what the client has to have signed. `base`: what ids of accounts begin with. Throws Problem. */
export async function verifyRequest(
  jws: Jws,
  url: string,
  base: string,
  context: EngineContext,
): Promise<SignedRequest> {
  for (const part of ['protected', 'payload', 'signature'] as const)
    if (jws[part].length > PART_MAX[part]) throw new Problem('malformed', 'the request is too large')
  const header = headerOf(jws)
  if (typeof header.nonce !== 'string') throw new Problem('badNonce', 'the request has no nonce')
  const nonce = await knownNonce(header.nonce, context)
  if (header.url !== url) throw new Problem('unauthorized', 'the signed url is not that of the request')
  if ((header.kid === undefined) === (header.jwk === undefined))
    throw new Problem('malformed', 'the header has to hold either kid or jwk')
  const named = header.kid === undefined ? undefined : await accountOfKid(header.kid, base, context)
  const jwk = named?.jwk ?? publicJwk(header.jwk)
  const payload = await verified(jws, jwk)
  // That it was used is a row, so nobody has one written who signs nothing.
  await useNonce(nonce, context)
  const thumbprint = named?.thumbprint ?? (await calculateJwkThumbprint(jwk))
  const account = named ?? (await accountOfKey(thumbprint, context))
  if (named !== undefined && named.status !== 'valid')
    throw new Problem('unauthorized', `the account is ${named.status}`)
  return { payload, jwk, thumbprint, account, usesKeyId: named !== undefined }
}

const MEDIA_TYPE = 'application/jose+json'

/**
 * Throws Problem for a body of another type, and for one that is no flattened JWS whose header is wholly signed (RFC 8555,
 * 6.2). `contentType`: of the request, with its parameters.
 */
export function refuseOtherForms(contentType: string | undefined, body: Readonly<Record<string, unknown>>): void {
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() !== MEDIA_TYPE)
    throw new Problem('malformed', `requests are of type ${MEDIA_TYPE}`, { status: 415 })
  refuseMoreThanSigned(body)
  // Which directory it is stands in the URL, which is signed (RFC 8555, 6.4).
  if (body.role !== undefined || body.issuer_ref !== undefined)
    throw new Problem('malformed', 'the directory of a request is that of its URL')
}

/** Whoever looks at members that nobody signed, or at another signature, goes by something else than we do. */
function refuseMoreThanSigned(jws: Readonly<Record<string, unknown>>): void {
  for (const member of ['header', 'signatures'])
    if (jws[member] !== undefined)
      throw new Problem(
        'malformed',
        `a signed object here has no member ${member}: it is a flattened JWS with one header`,
      )
}

function headerOf({ protected: text }: Pick<Jws, 'protected'>): Header {
  const header = parsedObject(text, 'protected')
  if (header === undefined) throw new Problem('malformed', 'the request has no protected header')
  if (header.crit !== undefined) throw new Problem('malformed', 'the header holds critical members that are not known')
  if (typeof header.alg !== 'string' || !ALGORITHMS.includes(header.alg)) {
    throw new Problem('badSignatureAlgorithm', `algorithms are ${ALGORITHMS.join(', ')}`)
  }
  return header
}

/** Undefined for an empty text. */
function parsedObject(text: string, what: string): Readonly<Record<string, unknown>> | undefined {
  if (text === '') return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (isJsonObject(value)) return value
  } catch {
    // Said below: the parser's words quote the text.
  }
  throw new Problem('malformed', `${what} is not a JSON object in base64url`)
}

async function accountOfKid(kid: unknown, base: string, { store }: EngineContext): Promise<Account> {
  const prefix = `${base}account/`
  const id = typeof kid === 'string' && kid.startsWith(prefix) ? kid.slice(prefix.length) : ''
  const account = /^[0-9a-f-]{36}$/.test(id) ? await store.get(acmeRows.account(id), accountCodec) : undefined
  if (account === undefined) throw new Problem('accountDoesNotExist', 'there is no account of that id')
  return account
}

export async function accountOfKey(
  thumbprint: string,
  { store }: Pick<EngineContext, 'store'>,
): Promise<Account | undefined> {
  const id = await store.get(acmeRows.accountOf(thumbprint), textCodec)
  return id === undefined ? undefined : store.get(acmeRows.account(id), accountCodec)
}

/**
 * The public members alone, in one order. Throws Problem badPublicKey for keys that are none, too weak, slow to verify with,
 * or written otherwise than RFC 7518 has it: each key has one thumbprint, and so one account.
 */
export function publicJwk(raw: unknown): Jwk {
  const jwk = publicMembers(raw)
  const written: Readonly<Record<string, unknown>> = { ...checkedKey(jwk).export({ format: 'jwk' }) }
  for (const [name, value] of Object.entries(jwk))
    if (written[name] !== value)
      throw new Problem('badPublicKey', `the member ${name} of the key is not in its shortest form`)
  return jwk
}

function checkedKey(jwk: Jwk): KeyObject {
  try {
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    const { kind, bits } = specOf(key)
    if (kind === 'rsa' && bits < RSA_BITS_MIN) throw invalid(`RSA keys have ${RSA_BITS_MIN} bits or more`)
    // Whoever takes the key apart has the account, and what it has proven.
    const weakness = jwk.n === undefined ? undefined : weakModulus(unsignedOf(jwk.n))
    if (weakness !== undefined) throw invalid(weakness)
    return key
  } catch (error) {
    throw new Problem('badPublicKey', error instanceof EgideError ? error.message : 'jwk is no key')
  }
}

function unsignedOf(text: string): bigint {
  return BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`)
}

function publicMembers(raw: unknown): Jwk {
  if (typeof raw !== 'object' || raw === null) throw new Problem('malformed', 'jwk is no key')
  const { kty, crv, x, y, n, e } = raw as Readonly<Record<string, unknown>>
  const text = (value: unknown): string => {
    if (typeof value !== 'string' || !/^[\w-]{1,2048}$/.test(value))
      throw new Problem('badPublicKey', 'a member of the key is missing')
    return value
  }
  if (kty === 'EC') {
    if (crv !== 'P-256' && crv !== 'P-384' && crv !== 'P-521')
      throw new Problem('badPublicKey', 'curves are P-256, P-384 and P-521')
    return { kty, crv, x: text(x), y: text(y) }
  }
  if (kty === 'OKP') {
    if (crv !== 'Ed25519') throw new Problem('badPublicKey', 'the curve is Ed25519')
    return { kty, crv, x: text(x) }
  }
  if (kty !== 'RSA') throw new Problem('badPublicKey', 'keys are RSA, EC or OKP')
  return { kty, n: text(n), e: text(e) }
}

/** Throws Problem for a signature that the key did not make. */
async function verified(jws: Jws, jwk: Jwk): Promise<SignedRequest['payload']> {
  const { alg } = headerOf(jws)
  try {
    await flattenedVerify({ ...jws }, await importJWK({ ...jwk }, String(alg)), { algorithms: ALGORITHMS })
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof Error) {
      throw new Problem('malformed', 'the signature is not valid')
    }
    throw error
  }
  return parsedObject(jws.payload, 'payload')
}

/** The JWS within a payload, as external accounts and new keys have it. Throws Problem. */
export function innerJws(raw: unknown): Jws {
  const jws = isJsonObject(raw) ? raw : {}
  refuseMoreThanSigned(jws)
  const { protected: head, payload, signature } = jws
  if (typeof head !== 'string' || typeof payload !== 'string' || typeof signature !== 'string')
    throw new Problem('malformed', 'the payload holds no signed object')
  return { protected: head, payload, signature }
}

/** Checks a key change's inner object: signed by the new key, for the same url. */
export async function verifyInner(
  jws: Jws,
  url: string,
): Promise<{ readonly jwk: Jwk; readonly thumbprint: string; readonly payload: Readonly<Record<string, unknown>> }> {
  const header = headerOf(jws)
  if (header.url !== url) throw new Problem('malformed', 'the inner url is not that of the request')
  if (header.nonce !== undefined || header.kid !== undefined)
    throw new Problem('malformed', 'the inner header has to hold jwk and no nonce')
  const jwk = publicJwk(header.jwk)
  const payload = await verified(jws, jwk)
  if (payload === undefined) throw new Problem('malformed', 'the inner payload is empty')
  return { jwk, thumbprint: await calculateJwkThumbprint(jwk), payload }
}

/** Checks an external account's binding (RFC 8555, 7.3.4): a MAC over the account's own key. */
export async function verifyBinding(jws: Jws, key: string, url: string, thumbprint: string): Promise<void> {
  const header = parsedObject(jws.protected, 'protected') ?? {}
  if (header.alg !== 'HS256' && header.alg !== 'HS384' && header.alg !== 'HS512')
    throw new Problem('badSignatureAlgorithm', 'bindings are signed by HS256, HS384 or HS512')
  if (header.nonce !== undefined) throw new Problem('malformed', 'a binding has no nonce')
  if (header.crit !== undefined) throw new Problem('malformed', 'the binding holds critical members that are not known')
  if (header.url !== url) throw new Problem('malformed', "the binding's url is not that of the request")
  try {
    await flattenedVerify({ ...jws }, Buffer.from(key, 'base64url'), { algorithms: ['HS256', 'HS384', 'HS512'] })
  } catch {
    throw new Problem('unauthorized', 'the external account binding is not valid')
  }
  const bound = publicJwk(parsedObject(jws.payload, 'payload'))
  if ((await calculateJwkThumbprint(bound)) !== thumbprint)
    throw new Problem('unauthorized', 'the external account binding is of another key')
}

/** The key id of a binding. */
export function bindingKeyId(jws: Jws): string {
  const header = parsedObject(jws.protected, 'protected')
  return typeof header?.kid === 'string' ? header.kid : ''
}
