import type { SignatureOptions } from '../../../crypto/keys/algorithm.ts'
import { type HashName, hashBytes } from '../../../crypto/keys/hash.ts'
import type { Action } from '../access/actions.ts'
import type { Call } from '../access/authorization.ts'
import { refused, refusing } from '../errors.ts'
import type { Key } from '../keys/key.ts'
import { checkLength, refuseDryRun, usableKey } from '../usable-key.ts'
import { readyKey, requireMethod } from './ready-key.ts'

/** Signatures. What is signed is a message, or what stands for it. */

/** RAW: the message. DIGEST: its hash. EXTERNAL_MU: mu of ML-DSA (FIPS 204). */
export const MESSAGE_TYPES = ['RAW', 'DIGEST', 'EXTERNAL_MU'] as const
export type MessageType = (typeof MESSAGE_TYPES)[number]

export interface SignRequest {
  readonly key: string
  readonly message: Buffer
  readonly messageType: MessageType
  readonly algorithm?: string | undefined
  readonly grantTokens?: readonly string[] | undefined
}

export interface Signed {
  readonly keyId: string
  readonly algorithm: string
  /** ECDSA: DER. */
  readonly signature: Buffer
}

/** AWS's bound: longer messages are hashed by the caller. */
export const MESSAGE_MAX = 4096

/** How an algorithm takes a message: itself, its hash, or 64 bytes in its place that are signed in a way of their own. */
type Form = 'message' | 'hash' | 'representative'

interface SigningAlgorithm {
  readonly forms: Readonly<Partial<Record<MessageType, Form>>>
  /** Undefined: it hashes by itself. */
  readonly hash?: HashName
  readonly padding?: SignatureOptions['padding']
}

const SHA = { 256: 'sha2-256', 384: 'sha2-384', 512: 'sha2-512' } as const
const HASHING = { RAW: 'message', DIGEST: 'hash' } as const
const SIGNING: ReadonlyMap<string, SigningAlgorithm> = new Map<string, SigningAlgorithm>([
  ...Object.entries(SHA).flatMap(([bits, hash]) => [
    [`RSASSA_PSS_SHA_${bits}`, { forms: HASHING, hash, padding: 'pss' }] as const,
    [`RSASSA_PKCS1_V1_5_SHA_${bits}`, { forms: HASHING, hash, padding: 'pkcs1v15' }] as const,
    [`ECDSA_SHA_${bits}`, { forms: HASHING, hash }] as const,
  ]),
  ['ED25519_SHA_512', { forms: { RAW: 'message' } }],
  ['ED25519_PH_SHA_512', { forms: { DIGEST: 'representative' } }],
  ['ML_DSA_SHAKE_256', { forms: { RAW: 'message', EXTERNAL_MU: 'representative' } }],
])
const REPRESENTATIVE_BYTES = 64

export async function sign(call: Call, request: SignRequest): Promise<Signed> {
  const { key, algorithm } = await signingKey(call, request, 'Sign')
  const how = optionsOf(algorithm, request)
  refuseDryRun(call)
  const { sign: whole, signRepresentative: short } = readyKey(key).pair
  const { random } = call.context
  const signature = await refusing(() =>
    how === undefined
      ? requireMethod(short, key)(request.message, random)
      : requireMethod(whole, key)(request.message, how, random),
  )
  return { keyId: key.id, algorithm, signature }
}

export interface VerifyRequest extends SignRequest {
  readonly signature: Buffer
}

export interface Verified {
  readonly keyId: string
  readonly algorithm: string
  readonly valid: boolean
}

const SIGNATURE_MAX = 6144

export async function verify(call: Call, request: VerifyRequest): Promise<Verified> {
  const { message, signature } = request
  checkLength('signature', signature, 1, SIGNATURE_MAX)
  const { key, algorithm } = await signingKey(call, request, 'Verify')
  const how = optionsOf(algorithm, request)
  refuseDryRun(call)
  const { verify: whole, verifyRepresentative: short } = readyKey(key).pair
  const valid = await refusing(() =>
    how === undefined
      ? requireMethod(short, key)(message, signature)
      : requireMethod(whole, key)(message, signature, how),
  )
  return { keyId: key.id, algorithm, valid }
}

function signingKey(
  call: Call,
  request: SignRequest,
  action: Action,
): Promise<{ readonly key: Key; readonly algorithm: string }> {
  checkLength('message', request.message, 0, MESSAGE_MAX)
  const { algorithm, grantTokens } = request
  return usableKey(call, request.key, { action, usage: 'SIGN_VERIFY', algorithm, grantTokens })
}

/** Undefined: what is signed stands in place of a message. Throws Validation. */
function optionsOf(algorithm: string, { message, messageType }: SignRequest): SignatureOptions | undefined {
  const { forms, hash, padding = 'pss' } = SIGNING.get(algorithm) ?? { forms: {} }
  const form = forms[messageType]
  if (form === undefined) {
    throw refused('Validation', `message_type of ${algorithm} is ${Object.keys(forms).join(' or ')}`)
  }
  if (form === 'representative') {
    if (message.length === REPRESENTATIVE_BYTES) return undefined
    throw refused('Validation', `${messageType} for ${algorithm} has ${REPRESENTATIVE_BYTES} bytes`)
  }
  if (form === 'hash' && hash !== undefined && message.length !== hashBytes(hash)) {
    throw refused('Validation', `DIGEST for ${algorithm} has ${hashBytes(hash)} bytes`)
  }
  return { hash: hash ?? 'sha2-512', prehashed: form === 'hash', padding, salt: 'hash', encoding: 'der' }
}
