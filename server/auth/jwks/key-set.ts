import { createPublicKey, type KeyObject } from 'node:crypto'
import { exponentFault } from '../../../crypto/keys/rsa.ts'

/** More keys than any provider publishes; a set with more is refused. */
const KEYS_MAX = 200
/** Keys that are tried for one token: one without a name for its key must not cost a set's worth of verifications. */
export const TRIES_MAX = 20
const RSA_MIN_BITS = 2048

/** Signatures with a private key only: a public key must never be taken for a shared secret. */
export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const
export type Algorithm = (typeof ALGORITHMS)[number]

const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' }

/** A public key, imported once for as long as its set is used. */
export interface VerificationKey {
  readonly key: KeyObject
  /** Absent: the key has no name. */
  readonly kid: string | undefined
  /** Absent: any algorithm that fits the key. */
  readonly algorithm: string | undefined
}

/** Keys of PEM texts. Throws an Error for what is not a public key, or one too weak, and for more than are ever tried. */
export function keysOfPem(pems: readonly string[]): readonly VerificationKey[] {
  if (pems.length > TRIES_MAX) throw new Error(`more than ${TRIES_MAX} public keys`)
  return pems.map((pem) => {
    // A private key would do as well, and has no business here.
    const key = pem.includes('PRIVATE KEY-') ? undefined : publicKeyOf(pem)
    if (key === undefined)
      throw new Error('expected public keys in PEM form: RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519')
    return { key, kid: undefined, algorithm: undefined }
  })
}

/**
 * The keys of a JSON Web Key Set (RFC 7517) that can verify. Keys for other uses, of other kinds, shared secrets and weak
 * ones are passed over, as section 5 has it. Throws an Error when it is no key set, or an immoderate one.
 */
export function keysOfJwks(set: unknown): readonly VerificationKey[] {
  const keys = isObject(set) ? set.keys : undefined
  if (!Array.isArray(keys)) throw new Error('the answer is no key set')
  if (keys.length > KEYS_MAX) throw new Error(`the key set holds more than ${KEYS_MAX} keys`)
  return keys.flatMap((jwk: unknown) => {
    if (!isObject(jwk) || !isForSignatures(jwk)) return []
    const key = publicKeyOf(jwk)
    if (key === undefined) return []
    return [{ key, kid: textOf(jwk.kid), algorithm: textOf(jwk.alg) }]
  })
}

/** Those that may have made the signature: of this name, if there is one, and fit for the algorithm. */
export function candidates(
  keys: readonly VerificationKey[],
  algorithm: Algorithm,
  kid: string | undefined,
): readonly VerificationKey[] {
  return keys.filter(
    (one) =>
      (kid === undefined || one.kid === undefined || one.kid === kid) &&
      (one.algorithm === undefined || one.algorithm === algorithm) &&
      fits(one.key, algorithm),
  )
}

function fits({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject, algorithm: Algorithm): boolean {
  if (algorithm === 'EdDSA') return type === 'ed25519'
  const curve = CURVES[algorithm]
  return curve === undefined ? type === 'rsa' : type === 'ec' && details?.namedCurve === curve
}

function isForSignatures({ use, key_ops: operations }: Readonly<Record<string, unknown>>): boolean {
  if (use !== undefined && use !== 'sig') return false
  return !Array.isArray(operations) || operations.includes('verify')
}

/** Undefined for what is not a public key of a kind and strength that is used here. */
function publicKeyOf(source: string | Readonly<Record<string, unknown>>): KeyObject | undefined {
  try {
    const key = createPublicKey(typeof source === 'string' ? source : { key: source, format: 'jwk' })
    return isUsable(key) ? key : undefined
  } catch {
    return undefined
  }
}

function isUsable({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (type === 'rsa')
    return (details?.modulusLength ?? 0) >= RSA_MIN_BITS && exponentFault(details?.publicExponent ?? 0n) === undefined
  return type === 'ed25519' || (type === 'ec' && Object.values(CURVES).includes(details?.namedCurve ?? ''))
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
