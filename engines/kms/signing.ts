import type { SignatureOptions } from '../../crypto/keys/algorithm.ts'
import { type HashName, hashBytes } from '../../crypto/keys/hash.ts'
import type { Action } from './actions.ts'
import type { Call } from './authorization.ts'
import { refused, refusing } from './errors.ts'
import type { Key } from './key.ts'
import { readyKey } from './ready-key.ts'
import { checkLength, usableKey } from './usable-key.ts'

/** Signatures. What is signed is a message, or what stands for it. */

/** RAW: the message. DIGEST: its hash. EXTERNAL_MU: of ML-DSA, FIPS 204's mu. */
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

interface SigningAlgorithm {
  /** Undefined: it hashes by itself. */
  readonly hash?: HashName
  readonly padding?: SignatureOptions['padding']
}

const SHA = { 256: 'sha2-256', 384: 'sha2-384', 512: 'sha2-512' } as const
const SIGNING: ReadonlyMap<string, SigningAlgorithm> = new Map<string, SigningAlgorithm>([
  ...Object.entries(SHA).flatMap(([bits, hash]) => [
    [`RSASSA_PSS_SHA_${bits}`, { hash, padding: 'pss' }] as const,
    [`RSASSA_PKCS1_V1_5_SHA_${bits}`, { hash, padding: 'pkcs1v15' }] as const,
    [`ECDSA_SHA_${bits}`, { hash }] as const,
  ]),
  ['ED25519_SHA_512', {}],
  ['ML_DSA_SHAKE_256', {}],
])

export async function sign(call: Call, request: SignRequest): Promise<Signed> {
  const { key, algorithm } = await signingKey(call, request, 'Sign')
  const how = optionsOf(algorithm, request)
  const signature = await refusing(() => {
    const { sign: work } = readyKey(key).pair
    if (work === undefined) throw new Error(`a ${key.spec} key does not sign`)
    return work(request.message, how, call.context.random)
  })
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
  const valid = await refusing(() => {
    const { verify: work } = readyKey(key).pair
    if (work === undefined) throw new Error(`a ${key.spec} key does not verify`)
    return work(message, signature, how)
  })
  return { keyId: key.id, algorithm, valid }
}

function signingKey(
  call: Call,
  request: SignRequest,
  action: Action,
): Promise<{ readonly key: Key; readonly algorithm: string }> {
  checkLength('message', request.message, 1, MESSAGE_MAX)
  const { algorithm, grantTokens } = request
  return usableKey(call, request.key, { action, usage: 'SIGN_VERIFY', algorithm, grantTokens })
}

function optionsOf(algorithm: string, { message, messageType }: SignRequest): SignatureOptions {
  const { hash, padding = 'pss' } = SIGNING.get(algorithm) ?? {}
  const prehashed = messageType === 'DIGEST'
  if (messageType === 'EXTERNAL_MU' || (prehashed && hash === undefined)) {
    throw refused('Validation', `message_type ${messageType} is not for ${algorithm}`)
  }
  if (prehashed && hash !== undefined && message.length !== hashBytes(hash)) {
    throw refused('Validation', `the digest for ${algorithm} has ${hashBytes(hash)} bytes`)
  }
  return { hash: hash ?? 'sha2-512', prehashed, padding, salt: 'hash', encoding: 'der' }
}
