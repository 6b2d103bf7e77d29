import type { PairAlgorithm } from '../../../crypto/keys/algorithm.ts'
import { ecdsaP256, ecdsaP384, ecdsaP521, ecdsaSecp256k1 } from '../../../crypto/keys/ecdsa.ts'
import { ed25519 } from '../../../crypto/keys/ed25519.ts'
import { rsa2048, rsa3072, rsa4096 } from '../../../crypto/keys/rsa.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { Action } from '../access/actions.ts'
import type { Call } from '../access/authorization.ts'
import { refused, refusing } from '../errors.ts'
import type { Key } from '../keys/key.ts'
import { refuseDryRun, usableKey } from '../usable-key.ts'
import { sealedWith } from './encryption.ts'
import type { EncryptionContext } from './encryption-context.ts'

/** Keys for use elsewhere, which a symmetric key encrypts: they are not kept here. */

interface DataKeyCircumstances {
  readonly key: string
  readonly encryptionContext?: EncryptionContext | undefined
  readonly grantTokens?: readonly string[] | undefined
  /** Whether the caller gets the secret in clear as well. */
  readonly withPlaintext: boolean
}

export interface DataKeyRequest extends DataKeyCircumstances {
  /** One of the two is given. */
  readonly spec?: string | undefined
  readonly bytes?: number | undefined
}

export interface DataKey {
  readonly keyId: string
  readonly ciphertext: Buffer
  /** The caller may zero it. */
  readonly plaintext: Buffer | undefined
}

const BYTES: Readonly<Record<string, number>> = { AES_128: 16, AES_256: 32 }
export const DATA_KEY_SPECS: readonly string[] = Object.keys(BYTES)
export const DATA_KEY_BYTES_MAX = 1024

export async function generateDataKey(call: Call, request: DataKeyRequest): Promise<DataKey> {
  const bytes = bytesOf(request)
  const action = request.withPlaintext ? 'GenerateDataKey' : 'GenerateDataKeyWithoutPlaintext'
  const key = await sealingKey(call, request, action)
  const made = call.context.random.bytes(bytes)
  const ciphertext = sealedWith(call.context, key, made, request.encryptionContext ?? {})
  if (request.withPlaintext) return { keyId: key.id, ciphertext, plaintext: made }
  made.fill(0)
  return { keyId: key.id, ciphertext, plaintext: undefined }
}

function bytesOf({ spec, bytes }: DataKeyRequest): number {
  if ((spec === undefined) === (bytes === undefined)) {
    throw refused('Validation', 'one of key_spec and number_of_bytes must be given, and not both')
  }
  const length = spec === undefined ? bytes : Object.hasOwn(BYTES, spec) ? BYTES[spec] : undefined
  if (length === undefined) throw refused('Validation', `key_spec must be one of ${DATA_KEY_SPECS.join(', ')}`)
  if (length < 1 || length > DATA_KEY_BYTES_MAX) {
    throw refused('Validation', `number_of_bytes must be 1 to ${DATA_KEY_BYTES_MAX}`)
  }
  return length
}

export interface DataKeyPairRequest extends DataKeyCircumstances {
  readonly spec: string
}

export interface DataKeyPair {
  readonly keyId: string
  readonly spec: string
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer
  /** PKCS #8, encrypted. */
  readonly ciphertext: Buffer
  /** PKCS #8. The caller may zero it. */
  readonly plaintext: Buffer | undefined
}

const PAIRS: Readonly<Record<string, PairAlgorithm>> = {
  RSA_2048: rsa2048,
  RSA_3072: rsa3072,
  RSA_4096: rsa4096,
  ECC_NIST_P256: ecdsaP256,
  ECC_NIST_P384: ecdsaP384,
  ECC_NIST_P521: ecdsaP521,
  ECC_SECG_P256K1: ecdsaSecp256k1,
  ECC_NIST_EDWARDS25519: ed25519,
}
export const DATA_KEY_PAIR_SPECS: readonly string[] = Object.keys(PAIRS)

export async function generateDataKeyPair(call: Call, request: DataKeyPairRequest): Promise<DataKeyPair> {
  const { spec, withPlaintext, encryptionContext = {} } = request
  const algorithm = Object.hasOwn(PAIRS, spec) ? PAIRS[spec] : undefined
  if (algorithm === undefined) {
    throw refused('Validation', `key_pair_spec must be one of ${DATA_KEY_PAIR_SPECS.join(', ')}`)
  }
  const action = withPlaintext ? 'GenerateDataKeyPair' : 'GenerateDataKeyPairWithoutPlaintext'
  const key = await sealingKey(call, request, action)
  const { privateKey, publicKey } = await refusing(() => algorithm.generate(call.context.random))
  if (privateKey === undefined) throw new Error('a new pair has a private key')
  const ciphertext = sealedWith(call.context, key, privateKey, encryptionContext)
  if (!withPlaintext) zeroize(privateKey)
  return { keyId: key.id, spec, publicKey, ciphertext, plaintext: withPlaintext ? privateKey : undefined }
}

async function sealingKey(call: Call, request: DataKeyCircumstances, action: Action): Promise<Key> {
  const wanted = { ...request, action, usage: 'ENCRYPT_DECRYPT', algorithm: undefined } as const
  const { key, algorithm } = await usableKey(call, request.key, wanted)
  if (algorithm !== 'SYMMETRIC_DEFAULT')
    throw refused('InvalidKeyUsage', `key ${key.id} is no symmetric key, which data keys need`)
  refuseDryRun(call)
  return key
}
