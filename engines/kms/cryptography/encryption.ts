import { aes256Gcm96 } from '../../../crypto/keys/aes-gcm.ts'
import type { OaepHash } from '../../../crypto/keys/algorithm.ts'
import type { EngineContext } from '../../engine.ts'
import type { Action } from '../access/actions.ts'
import type { Call } from '../access/authorization.ts'
import { refused, refusing } from '../errors.ts'
import type { Key } from '../keys/key.ts'
import { keyIdOf } from '../keys/key-store.ts'
import { checkLength, refuseDryRun, usableKey } from '../usable-key.ts'
import { boundTo, CIPHERTEXT_MAX, encodedHead, parsedCiphertext, refuseOtherKey } from './ciphertext.ts'
import { type EncryptionContext, isEmpty } from './encryption-context.ts'
import { readyKey, requireMethod } from './ready-key.ts'

/** Encrypting and decrypting, with AES-256-GCM and RSA-OAEP. */

const SYMMETRIC = 'SYMMETRIC_DEFAULT'
/** AWS's bound: larger data is encrypted with a data key. */
export const PLAINTEXT_MAX = 4096
const OAEP: Readonly<Record<string, OaepHash>> = { RSAES_OAEP_SHA_1: 'sha1', RSAES_OAEP_SHA_256: 'sha256' }

interface EncryptionCircumstances {
  /** Absent: none. Of symmetric keys alone. */
  readonly encryptionContext?: EncryptionContext | undefined
  /** Absent: the usual one of the key. */
  readonly algorithm?: string | undefined
  readonly grantTokens?: readonly string[] | undefined
}

export interface EncryptRequest extends EncryptionCircumstances {
  readonly key: string
  readonly plaintext: Buffer
}

export interface Encrypted {
  readonly keyId: string
  /** Number of the version that made it. */
  readonly version: number
  readonly algorithm: string
  readonly ciphertext: Buffer
}

export async function encrypt(call: Call, request: EncryptRequest, action: Action = 'Encrypt'): Promise<Encrypted> {
  const { plaintext, encryptionContext = {} } = request
  checkLength('plaintext', plaintext, 0, PLAINTEXT_MAX)
  const wanted = { ...request, action, usage: 'ENCRYPT_DECRYPT' } as const
  const { key, algorithm } = await usableKey(call, request.key, { ...wanted, algorithm: request.algorithm })
  refuseDryRun(call)
  const ciphertext = await sealed(call.context, key, algorithm, plaintext, encryptionContext)
  return { keyId: key.id, version: key.versions.length, algorithm, ciphertext }
}

function sealed(
  context: EngineContext,
  key: Key,
  algorithm: string,
  plaintext: Buffer,
  encryptionContext: EncryptionContext,
): Promise<Buffer> {
  if (algorithm === SYMMETRIC) return refusing(() => sealedWith(context, key, plaintext, encryptionContext))
  refuseContext(encryptionContext)
  return refusing(() => requireMethod(readyKey(key).pair.encrypt, key)(plaintext, undefined, OAEP[algorithm]))
}

/** With a symmetric key that the caller was found to be allowed to use. */
export function sealedWith(
  { random }: EngineContext,
  key: Key,
  plaintext: Buffer,
  encryptionContext: EncryptionContext,
): Buffer {
  const { aead } = aes256Gcm96
  const ready = readyKey(key)
  const head = encodedHead({ keyId: key.id, version: ready.latest })
  const bound = boundTo(head, encryptionContext)
  const nonce = random.bytes(aead.nonceBytes)
  return Buffer.concat([head, aead.seal(ready.secret(ready.latest), nonce, plaintext, bound)])
}

export interface DecryptRequest extends EncryptionCircumstances {
  /** Absent: the one that the ciphertext names, which those of symmetric keys do. */
  readonly key?: string | undefined
  readonly ciphertext: Buffer
}

export interface Decrypted {
  readonly keyId: string
  readonly algorithm: string
  /** The caller may zero it. */
  readonly plaintext: Buffer
}

export async function decrypt(call: Call, request: DecryptRequest, action: Action = 'Decrypt'): Promise<Decrypted> {
  const { ciphertext, encryptionContext = {} } = request
  checkLength('ciphertext', ciphertext, 1, CIPHERTEXT_MAX)
  const reference = await openingKey(call, request)
  const wanted = { ...request, action, usage: 'ENCRYPT_DECRYPT' } as const
  const { key, algorithm } = await usableKey(call, reference, { ...wanted, algorithm: request.algorithm })
  refuseDryRun(call)
  const plaintext = await opened(key, algorithm, ciphertext, encryptionContext)
  return { keyId: key.id, algorithm, plaintext }
}

/** What the caller names goes before what the ciphertext does: then the ciphertext must be of that key. */
async function openingKey({ context }: Call, request: DecryptRequest): Promise<string> {
  if (request.key !== undefined) return keyIdOf(context.store, request.key, context)
  if (request.algorithm !== undefined && request.algorithm !== SYMMETRIC) {
    throw refused('Validation', 'ciphertexts of RSA keys do not say which key opens them: name it')
  }
  return parsedCiphertext(request.ciphertext).keyId
}

function opened(
  key: Key,
  algorithm: string,
  ciphertext: Buffer,
  encryptionContext: EncryptionContext,
): Promise<Buffer> {
  if (algorithm === SYMMETRIC) return refusing(() => openedWith(key, ciphertext, encryptionContext))
  refuseContext(encryptionContext)
  return refusing(() => requireMethod(readyKey(key).pair.decrypt, key)(ciphertext, undefined, OAEP[algorithm]))
}

function openedWith(key: Key, ciphertext: Buffer, encryptionContext: EncryptionContext): Buffer {
  const { aead } = aes256Gcm96
  const { head, sealed: body, ...named } = parsedCiphertext(ciphertext)
  refuseOtherKey(named, key.id)
  return aead.open(readyKey(key).secret(named.version), body, boundTo(head, encryptionContext))
}

function refuseContext(encryptionContext: EncryptionContext): void {
  if (!isEmpty(encryptionContext)) throw refused('Validation', 'only symmetric keys take an encryption context')
}

export interface ReEncryptRequest {
  readonly ciphertext: Buffer
  /** Absent: the one that the ciphertext names. */
  readonly sourceKey?: string | undefined
  readonly sourceContext?: EncryptionContext | undefined
  readonly sourceAlgorithm?: string | undefined
  readonly destinationKey: string
  readonly destinationContext?: EncryptionContext | undefined
  readonly destinationAlgorithm?: string | undefined
  readonly grantTokens?: readonly string[] | undefined
}

export interface ReEncrypted extends Encrypted {
  readonly sourceKeyId: string
  readonly sourceAlgorithm: string
}

/** The plaintext goes from one key to the other and is shown to nobody. */
export async function reEncrypt(call: Call, request: ReEncryptRequest): Promise<ReEncrypted> {
  const { ciphertext, grantTokens } = request
  const source = {
    key: request.sourceKey,
    ciphertext,
    encryptionContext: request.sourceContext,
    algorithm: request.sourceAlgorithm,
    grantTokens,
  }
  const {
    plaintext,
    keyId: sourceKeyId,
    algorithm: sourceAlgorithm,
  } = await decrypt(
    // Only the second half can tell whether both would succeed; what the first opens is shown to nobody.
    { ...call, isDryRun: false },
    source,
    'ReEncryptFrom',
  )
  try {
    const destination = {
      key: request.destinationKey,
      plaintext,
      encryptionContext: request.destinationContext,
      algorithm: request.destinationAlgorithm,
      grantTokens,
    }
    return { ...(await encrypt(call, destination, 'ReEncryptTo')), sourceKeyId, sourceAlgorithm }
  } finally {
    plaintext.fill(0)
  }
}
