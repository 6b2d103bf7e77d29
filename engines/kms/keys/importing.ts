import { createHmac, timingSafeEqual } from 'node:crypto'
import { DecryptFailed } from '../../../crypto/errors.ts'
import type { PairBytes } from '../../../crypto/keys/algorithm.ts'
import { KeyRefused } from '../../../crypto/keys/errors.ts'
import { unwrapKey } from '../../../crypto/keys/kwp.ts'
import { privateKeyOf } from '../../../crypto/keys/pkcs8.ts'
import { decryptOaep, rsa2048, rsa3072, rsa4096 } from '../../../crypto/keys/rsa.ts'
import { isZeroized, zeroize } from '../../../crypto/zeroize.ts'
import { document } from '../../../storage/codec.ts'
import type { Tx } from '../../../storage/store.ts'
import type { Random } from '../../engine.ts'
import type { Call } from '../access/authorization.ts'
import { kindOf, refused, refusing } from '../errors.ts'
import { permittedKey, refuseStates } from '../usable-key.ts'
import type { Key, MaterialMark } from './key.ts'
import { specOf } from './key-specs.ts'
import { saveKey } from './key-store.ts'
import { changeKey, NOT_LEAVING } from './lifecycle.ts'
import type { Material } from './material.ts'

/**
 * Material that was made elsewhere. The server makes a pair for one import, whose public key wraps the material on its
 * way; the private key is gone once it was used, or after a day.
 */

export const WRAPPING_ALGORITHMS = [
  'RSAES_OAEP_SHA_256',
  'RSAES_OAEP_SHA_1',
  'RSA_AES_KEY_WRAP_SHA_256',
  'RSA_AES_KEY_WRAP_SHA_1',
] as const
export type WrappingAlgorithm = (typeof WRAPPING_ALGORITHMS)[number]

const WRAPPING_KEYS = { RSA_2048: rsa2048, RSA_3072: rsa3072, RSA_4096: rsa4096 } as const
export type WrappingKeySpec = keyof typeof WRAPPING_KEYS
export const WRAPPING_KEY_SPECS = ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const satisfies readonly WrappingKeySpec[]

interface ImportParameters {
  readonly algorithm: WrappingAlgorithm
  readonly token: Buffer
  /** PKCS #8. Secret. */
  readonly privateKey: Buffer
  readonly validToMs: number
}

const IMPORTS = 'imports/'
const codec = document<ImportParameters>()
const TOKEN_BYTES = 32
const VALID_MS = 24 * 3600 * 1000
/** The row stays a little longer, so that a late caller is told that it came too late. */
const TOLD_MS = 3600 * 1000
const SALT_BYTES = 32

export interface ParametersForImport {
  readonly keyId: string
  readonly token: Buffer
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer
  readonly validToMs: number
}

/** New ones replace those that were given before. Throws UnsupportedOperation of a key whose material is the server's. */
export async function getParametersForImport(
  call: Call,
  reference: string,
  algorithm: WrappingAlgorithm,
  spec: WrappingKeySpec,
): Promise<ParametersForImport> {
  const { store, clock, random } = call.context
  const key = await permittedKey(call, store, reference, { action: 'GetParametersForImport' })
  refuseGenerated(key)
  refuseStates(call, key, NOT_LEAVING)
  const { privateKey, publicKey } = await refusing(() => WRAPPING_KEYS[spec].generate(random))
  if (privateKey === undefined) throw new Error('a new pair has a private key')
  const token = random.bytes(TOKEN_BYTES)
  const validToMs = clock.now() + VALID_MS
  const parameters = { algorithm, token, privateKey, validToMs }
  await store.transaction((tx) => tx.put(IMPORTS + key.id, parameters, codec, { expiresAtMs: validToMs + TOLD_MS }))
  return { keyId: key.id, token, publicKey, validToMs }
}

function refuseGenerated({ id, origin }: Key): void {
  if (origin !== 'EXTERNAL') throw refused('UnsupportedOperation', `key ${id} has material of the server's own`)
}

export interface ImportRequest {
  readonly key: string
  readonly token: Buffer
  readonly wrapped: Buffer
  /** When the material goes; undefined: never. */
  readonly expiresMs?: number | undefined
}

const WRAPPED_MAX = 6144

/** Throws InvalidImportToken, ExpiredImportToken, InvalidKeyMaterial, IncorrectKeyMaterial. */
export async function importKeyMaterial(call: Call, request: ImportRequest): Promise<Key> {
  const { store, clock, random } = call.context
  const seen = await permittedKey(call, store, request.key, { action: 'ImportKeyMaterial' })
  refuseGenerated(seen)
  refuseStates(call, seen, NOT_LEAVING)
  const nowMs = clock.now()
  refusePast(request.expiresMs, nowMs)
  const parameters = await store.get(IMPORTS + seen.id, codec)
  checkToken(parameters, request.token, nowMs)
  const material = unwrapped(seen, parameters, request.wrapped)
  const work = async (tx: Tx): Promise<Key> => {
    const before = await permittedKey(call, tx, seen.id, { action: 'ImportKeyMaterial' })
    refuseStates(call, before, NOT_LEAVING)
    // Used up once: another import that came first has taken it away.
    checkToken(await tx.get(IMPORTS + seen.id, codec), request.token, nowMs)
    const after = withMaterial(before, material, request.expiresMs, nowMs, random)
    saveKey(tx, after, before)
    tx.delete(IMPORTS + seen.id)
    return after
  }
  try {
    return await store.transaction(work)
  } catch (error) {
    if (kindOf(error) !== undefined) zeroize(material.secret) // it was refused, and is nobody's
    throw error
  }
}

function refusePast(expiresMs: number | undefined, nowMs: number): void {
  if (expiresMs !== undefined && expiresMs <= nowMs) throw refused('Validation', 'valid_to must be in the future')
}

export interface PublicImportRequest {
  readonly key: string
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer
  readonly expiresMs?: number | undefined
}

/**
 * A public key alone, which is no secret and needs no wrapping: the key verifies and encrypts. Its private key may follow.
 * Throws UnsupportedOperation, InvalidKeyMaterial, IncorrectKeyMaterial.
 */
export function importPublicKey(
  call: Call,
  { key: reference, publicKey, expiresMs }: PublicImportRequest,
): Promise<Key> {
  const { clock, random } = call.context
  const nowMs = clock.now()
  refusePast(expiresMs, nowMs)
  return changeKey(call, reference, 'ImportKeyMaterial', NOT_LEAVING, (key) => {
    refuseGenerated(key)
    if (hasPrivateKey(key)) throw refused('IncorrectKeyMaterial', `key ${key.id} has its private key`)
    return withMaterial(key, publicMaterial(key, publicKey), expiresMs, nowMs, random)
  })
}

const hasPrivateKey = ({ versions }: Key): boolean => versions.some(({ secret }) => secret.length > 0)

function publicMaterial(key: Key, spki: Buffer): Material {
  const { material, name } = specOf(key)
  if (material.kind !== 'pair' || key.usage === 'KEY_AGREEMENT') {
    throw refused('UnsupportedOperation', `a ${name} key for ${key.usage} is of no use without its secret`)
  }
  return asMaterial(() => material.algorithm.importPublic(spki))
}

function asMaterial(read: () => PairBytes): Material {
  try {
    const { privateKey = Buffer.alloc(0), publicKey } = read()
    return { secret: privateKey, publicKey }
  } catch (error) {
    throw error instanceof KeyRefused ? refused('InvalidKeyMaterial', error.message) : error
  }
}

function checkToken(
  parameters: ImportParameters | undefined,
  token: Buffer,
  nowMs: number,
): asserts parameters is ImportParameters {
  if (parameters === undefined || token.length !== TOKEN_BYTES || !timingSafeEqual(token, parameters.token)) {
    throw refused('InvalidImportToken', 'not the import token that was given last for this key, or it was used')
  }
  if (parameters.validToMs <= nowMs) throw refused('ExpiredImportToken', 'the import token is older than a day')
}

/** All that can be wrong with it reads the same, unless it opened. */
function unwrapped(key: Key, { algorithm, privateKey }: ImportParameters, wrapped: Buffer): Material {
  if (wrapped.length > WRAPPED_MAX) throw doesNotOpen()
  const unwrapping = privateKeyOf(privateKey)
  const hash = algorithm.endsWith('_SHA_1') ? 'sha1' : 'sha256'
  let bytes: Buffer
  try {
    bytes = algorithm.startsWith('RSAES_OAEP')
      ? decryptOaep(unwrapping, wrapped, hash)
      : unwrapKey(unwrapping, hash, wrapped)
  } catch (error) {
    throw error instanceof DecryptFailed ? doesNotOpen() : error
  }
  try {
    return importedMaterial(key, bytes)
  } finally {
    zeroize(bytes)
  }
}

const doesNotOpen = () => refused('InvalidKeyMaterial', 'the wrapped key material does not open')

function importedMaterial(key: Key, bytes: Buffer): Material {
  const { material, name } = specOf(key)
  if (material.kind === 'pair') return asMaterial(() => material.algorithm.importPrivate(bytes))
  const { min, max } = material.kind === 'mac' ? material.keyBytes : material.algorithm.keyBytes
  if (bytes.length < min || bytes.length > max) {
    throw refused('InvalidKeyMaterial', `a ${name} key has ${min === max ? min : `${min} to ${max}`} bytes`)
  }
  if (isZeroized(bytes)) throw refused('InvalidKeyMaterial', 'a key of nothing but zeros is refused')
  return { secret: Buffer.from(bytes) }
}

/** What a key encrypted must open with it for ever, so what comes again must be the same. */
function withMaterial(
  { materialExpiresMs: _, ...key }: Key,
  material: Material,
  expiresMs: number | undefined,
  nowMs: number,
  random: Random,
): Key {
  if (key.materialMark !== undefined && !isMarked(key.materialMark, material)) {
    throw refused('IncorrectKeyMaterial', `it is not the material that key ${key.id} had before`)
  }
  return {
    ...key,
    // A key that waited for its material is in use once it has it.
    enabled: key.versions.length === 0 || key.enabled,
    versions: [{ number: 1, createdMs: key.versions[0]?.createdMs ?? nowMs, ...material }],
    materialMark: key.materialMark ?? markOf(material, random.bytes(SALT_BYTES)),
    ...(expiresMs !== undefined && { materialExpiresMs: expiresMs }),
  }
}

/** A pair is known by its public key. */
function markOf({ secret, publicKey }: Material, salt: Buffer): MaterialMark {
  return {
    salt,
    hash: createHmac('sha256', salt)
      .update(publicKey ?? secret)
      .digest(),
  }
}

function isMarked({ salt, hash }: MaterialMark, material: Material): boolean {
  return timingSafeEqual(markOf(material, salt).hash, hash)
}

/** The key waits for its material again: only the same will do. */
export function deleteImportedKeyMaterial(call: Call, reference: string): Promise<Key> {
  const action = 'DeleteImportedKeyMaterial'
  return changeKey(call, reference, action, NOT_LEAVING, ({ materialExpiresMs: _, ...key }) => {
    refuseGenerated(key)
    return { ...key, versions: [] }
  })
}

/** Of a key that goes. */
export function dropParameters(tx: Tx, keyId: string): void {
  tx.delete(IMPORTS + keyId)
}
