import {
  constants,
  createPrivateKey,
  createPublicKey,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { derElement, TAG } from '../../../crypto/der.ts'
import { generateKeyObjects } from '../../../crypto/keys/generate.ts'
import { isAtInfinity } from '../../../crypto/keys/pkcs8.ts'
import { exponentFault } from '../../../crypto/keys/rsa.ts'
import { signAside, signLongAside } from '../../../crypto/keys/sign-aside.ts'
import { invalid } from '../../errors.ts'
import { type Der, explicit, integer, NULL, oid, sequence } from './der.ts'
import { ecSpki } from './ec-der.ts'
import { type Algorithm, HASH_BITS, type HashBits, pssHashOf } from './signature-algorithm.ts'

/** Kinds of keys a certificate can have. */
export type KeyKind = 'rsa' | 'ec' | 'ed25519' | 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87'
export const KEY_KINDS: readonly KeyKind[] = ['rsa', 'ec', 'ed25519', 'ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87']

/** Bits are 0 where the kind says it all. */
export interface KeySpec {
  readonly kind: KeyKind
  readonly bits: number
}

const CURVES: Readonly<Record<number, string>> = {
  224: 'secp224r1',
  256: 'prime256v1',
  384: 'secp384r1',
  521: 'secp521r1',
}
const CURVE_BITS = new Map(Object.entries(CURVES).map(([bits, curve]) => [curve, Number(bits)]))
const RSA_BITS: readonly number[] = [2048, 3072, 4096, 8192]
/** Of RSA keys that are made elsewhere: larger ones cost seconds of every verification. */
const RSA_BITS_MAX = 8192

/** OpenBao's word for keys by ML-DSA, whose size stands beside it. */
const ANY_ML_DSA = 'mldsa'
const ML_DSA_BITS = 44

/** Where nobody says how large a key of this type is; 0 where the type says it all. Throws `invalid_request`. */
export function defaultBits(type: string): number {
  return type === ANY_ML_DSA ? ML_DSA_BITS : keySpec(type, 0).bits
}

/** What the caller asked for, or the kind's default. Throws `invalid_request`. */
export function keySpec(type: string, bits: number): KeySpec {
  const name = type === ANY_ML_DSA ? `ml-dsa-${bits || ML_DSA_BITS}` : type
  const kind = KEY_KINDS.find((one) => one === name)
  if (kind === undefined && name !== type) throw invalid(`unsupported bit length for ML-DSA key: ${bits}`)
  if (kind === undefined) throw invalid(`unknown key type: ${type}`)
  if (kind === 'rsa') {
    const chosen = bits || 2048
    if (!RSA_BITS.includes(chosen)) throw invalid(`unsupported bit length for RSA key: ${bits}`)
    return { kind, bits: chosen }
  }
  if (kind === 'ec') {
    const chosen = bits || 256
    if (CURVES[chosen] === undefined) throw invalid(`unsupported bit length for EC key: ${bits}`)
    return { kind, bits: chosen }
  }
  // The others have one size each, whatever is asked for: clients send 2048 with any type, as their default.
  return { kind, bits: 0 }
}

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** RSA and ML-DSA keys off the event loop; the others cost less than the way there. */
export async function generateKey({ kind, bits }: KeySpec): Promise<KeyPair> {
  if (kind === 'rsa') return generateKeyObjects('rsa', { modulusLength: bits })
  if (kind === 'ec') return generateKeyPairSync('ec', { namedCurve: CURVES[bits] ?? '' })
  if (kind === 'ed25519') return generateKeyPairSync('ed25519')
  return generateKeyObjects(kind)
}

/** What kind a key is. Throws `invalid_request` for kinds that no certificate here has. */
export function specOf(key: KeyObject): KeySpec {
  const type: string | undefined = key.asymmetricKeyType
  const details = key.asymmetricKeyDetails
  if (type === 'rsa' || type === 'rsa-pss') return rsaSpec(details?.modulusLength ?? 0, details?.publicExponent ?? 0n)
  if (type === 'ec') {
    const bits = CURVE_BITS.get(details?.namedCurve ?? '')
    if (bits === undefined) throw invalid('unsupported elliptic curve')
    return { kind: 'ec', bits }
  }
  const kind = KEY_KINDS.find((one) => one === type)
  if (kind === undefined) throw invalid('unsupported type of key')
  return { kind, bits: 0 }
}

/** Of an RSA key. Throws `invalid_request` for one that certificates do not have. */
export function rsaSpec(bits: number, exponent: bigint): KeySpec {
  const fault = exponentFault(exponent)
  if (fault !== undefined) throw invalid(fault)
  if (bits > RSA_BITS_MAX) throw invalid(`RSA keys of more than ${RSA_BITS_MAX} bits are not accepted`)
  return { kind: 'rsa', bits }
}

/** RFC 5480, 2.1.1.1. */
const CURVE_OIDS: Readonly<Record<string, number>> = {
  '1.3.132.0.33': 224,
  '1.2.840.10045.3.1.7': 256,
  '1.3.132.0.34': 384,
  '1.3.132.0.35': 521,
}

/** Of a key of the curve that has this identifier. Throws `invalid_request` for curves that certificates do not have. */
export function curveSpec(id: string): KeySpec {
  const bits = CURVE_OIDS[id]
  if (bits === undefined) throw invalid('unsupported elliptic curve')
  return { kind: 'ec', bits }
}

/** How an issuer signs: the AlgorithmIdentifier that goes into what is signed, and the signing itself. */
export interface Signer {
  readonly algorithm: Der
  /** RSA and ML-DSA sign off the event loop; the others cost less than the way there. */
  sign(data: Uint8Array): Promise<Buffer>
  /** Of what the parts make together; the kinds that hash what they sign never hold much of it whole. Others are served in between. */
  signParts(parts: readonly Uint8Array[]): Promise<Buffer>
}

/** Parts of no more bytes together are laid together and signed as one. */
const WHOLE_MAX_BYTES = 1024 * 1024

function signerWith(
  algorithm: Der,
  signData: Signer['sign'],
  signLong: Signer['signParts'] = (parts) => signData(Buffer.concat(parts)),
): Signer {
  return {
    algorithm,
    sign: signData,
    signParts: (parts) => {
      const length = parts.reduce((sum, part) => sum + part.length, 0)
      return length <= WHOLE_MAX_BYTES ? signData(Buffer.concat(parts)) : signLong(parts)
    },
  }
}

/** On this thread: of a hash that is made in parts, nothing else can be signed. */
async function signHashed(
  hash: string,
  parts: readonly Uint8Array[],
  options: Parameters<ReturnType<typeof createSign>['sign']>[0],
): Promise<Buffer> {
  const signing = createSign(hash)
  for (const part of parts) {
    signing.update(part)
    await setImmediate()
  }
  return signing.sign(options)
}

const HASHES: Readonly<Record<HashBits, string>> = { 256: 'sha256', 384: 'sha384', 512: 'sha512' }
const HASH_OIDS: Readonly<Record<HashBits, string>> = {
  256: '2.16.840.1.101.3.4.2.1',
  384: '2.16.840.1.101.3.4.2.2',
  512: '2.16.840.1.101.3.4.2.3',
}
const RSA_OIDS: Readonly<Record<HashBits, string>> = {
  256: '1.2.840.113549.1.1.11',
  384: '1.2.840.113549.1.1.12',
  512: '1.2.840.113549.1.1.13',
}
const ECDSA_OIDS: Readonly<Record<HashBits, string>> = {
  256: '1.2.840.10045.4.3.2',
  384: '1.2.840.10045.4.3.3',
  512: '1.2.840.10045.4.3.4',
}
const PURE_OIDS: Readonly<Record<Exclude<KeyKind, 'rsa' | 'ec'>, string>> = {
  ed25519: '1.3.101.112',
  'ml-dsa-44': '2.16.840.1.101.3.4.3.17',
  'ml-dsa-65': '2.16.840.1.101.3.4.3.18',
  'ml-dsa-87': '2.16.840.1.101.3.4.3.19',
}

/** RSASSA-PSS with MGF1 and a salt as long as the hash (RFC 4055, 3.1). */
function pssAlgorithm(bits: HashBits): Der {
  const hash = sequence(oid(HASH_OIDS[bits]), NULL)
  return sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(
      explicit(0, hash),
      explicit(1, sequence(oid('1.2.840.113549.1.1.8'), hash)),
      explicit(2, integer(bits / 8)),
    ),
  )
}

/** A hash that fits the key: as asked for RSA, by the curve for ECDSA. Throws `invalid_request` for sizes that there are none of. */
export function hashBits({ kind, bits }: KeySpec, asked: number): HashBits {
  const found = asked === 0 ? undefined : HASH_BITS.find((one) => one === asked)
  if (asked !== 0 && found === undefined) throw invalid(`unsupported hash signature algorithm: ${asked}`)
  if (kind !== 'ec') return found ?? 256
  return bits === 521 ? 512 : bits === 384 ? 384 : 256
}

export interface SigningOptions {
  readonly hash: HashBits
  readonly pss: boolean
}

/** Signatures of longer RSA keys take ten milliseconds and more. */
const RSA_BITS_SHORT_MAX = 4096

export function signerOf(key: KeyObject, { hash, pss }: SigningOptions): Signer {
  const { kind, bits } = specOf(key)
  if (kind === 'rsa') {
    const aside = bits > RSA_BITS_SHORT_MAX ? signLongAside : signAside
    const padding = pss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
    const options = pss ? { key, padding, saltLength: hash / 8 } : { key, padding }
    const algorithm = pss ? pssAlgorithm(hash) : sequence(oid(RSA_OIDS[hash]), NULL)
    return signerWith(
      algorithm,
      (data) => aside(HASHES[hash], data, options),
      (parts) => signHashed(HASHES[hash], parts, options),
    )
  }
  if (kind === 'ec') {
    return signerWith(
      sequence(oid(ECDSA_OIDS[hash])),
      async (data) => sign(HASHES[hash], data, key),
      (parts) => signHashed(HASHES[hash], parts, key),
    )
  }
  const algorithm = sequence(oid(PURE_OIDS[kind]))
  if (kind === 'ed25519') return signerWith(algorithm, async (data) => sign(null, data, key))
  return signerWith(algorithm, (data) => signAside(null, data, { key }))
}

/** A SubjectPublicKeyInfo that OpenSSL reads as it verifies with it. */
export interface SpkiInput {
  readonly key: Buffer
  readonly format: 'der'
  readonly type: 'spki'
}

/**
 * Checks a signature. False also for algorithms that are not known or too weak (MD5, SHA-1). `kind`: of the key. Throws as OpenSSL
 * does for a key that is none.
 */
export function isSigned(
  algorithm: Algorithm,
  data: Uint8Array,
  signature: Uint8Array,
  key: KeyObject | SpkiInput,
  kind: KeyKind,
): boolean {
  const pss = pssHashOf(algorithm)
  const hash = pss ?? hashOf(RSA_OIDS, algorithm.id) ?? hashOf(ECDSA_OIDS, algorithm.id)
  const isRsa = pss !== undefined || hashOf(RSA_OIDS, algorithm.id) !== undefined
  if (hash !== undefined) {
    if (isRsa !== (kind === 'rsa') || (!isRsa && kind !== 'ec')) return false
    const options =
      pss === undefined
        ? key
        : {
            ...('format' in key ? key : { key }),
            padding: constants.RSA_PKCS1_PSS_PADDING,
            saltLength: constants.RSA_PSS_SALTLEN_AUTO,
          }
    return verify(HASHES[hash], data, options, signature)
  }
  if (kind === 'rsa' || kind === 'ec' || PURE_OIDS[kind] !== algorithm.id) return false
  // RFC 8410, 3 and RFC 9881, 2: there are none.
  if (algorithm.parameters !== undefined) return false
  return verify(null, data, key, signature)
}

function hashOf(table: Readonly<Record<HashBits, string>>, id: string): HashBits | undefined {
  return HASH_BITS.find((bits) => table[bits] === id)
}

export function privateKeyOf(pkcs8: Buffer): KeyObject {
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
}

export interface PublicKey {
  readonly publicKey: KeyObject
  readonly spec: KeySpec
}

/** From a SubjectPublicKeyInfo. Throws `invalid_request` for keys that no certificate here has, and as OpenSSL does for what is no key. */
export function publicKeyOf(spki: Buffer): PublicKey {
  const [algorithm, bits] = derElement(spki, TAG.sequence).members
  if (bits?.body[0] !== 0) throw invalid('the key is not whole bytes')
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  const spec = specOf(publicKey)
  // A curve that is spelt out need not be the one that it looks like (RFC 5480, 2.1.1 forbids it).
  const [, parameters] = algorithm?.members ?? []
  if (spec.kind === 'ec' && parameters?.tag !== OID_TAG) throw invalid('the curve of the key is not named')
  if (spec.kind === 'ec' && isAtInfinity(spki)) throw invalid('the key is the point at infinity')
  return { publicKey, spec }
}

const OID_TAG = 0x06

/** SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). */
export function spkiOf(key: KeyObject): Der {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return ecSpki(publicKey) ?? publicKey.export({ format: 'der', type: 'spki' })
}
