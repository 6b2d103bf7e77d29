import { aes256Gcm96 } from '../../../crypto/keys/aes-gcm.ts'
import type { AeadAlgorithm, PairAlgorithm } from '../../../crypto/keys/algorithm.ts'
import { ecdsaP256, ecdsaP384, ecdsaP521, ecdsaSecp256k1 } from '../../../crypto/keys/ecdsa.ts'
import { ed25519 } from '../../../crypto/keys/ed25519.ts'
import { type HashName, hashBytes } from '../../../crypto/keys/hash.ts'
import { mlDsa44, mlDsa65, mlDsa87 } from '../../../crypto/keys/post-quantum-signatures.ts'
import { rsa2048, rsa3072, rsa4096 } from '../../../crypto/keys/rsa.ts'
import { refused } from '../errors.ts'

/** What a key is and what it is for, by AWS KMS's names. */

export const KEY_USAGES = ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT'] as const
export type KeyUsage = (typeof KEY_USAGES)[number]

/** What the bytes of a key are. */
export type MaterialKind =
  | { readonly kind: 'aead'; readonly algorithm: AeadAlgorithm }
  | { readonly kind: 'mac'; readonly hash: HashName; readonly keyBytes: { readonly min: number; readonly max: number } }
  | { readonly kind: 'pair'; readonly algorithm: PairAlgorithm }

export interface KeySpec {
  readonly name: string
  readonly material: MaterialKind
  /** Of each use that the spec has: the algorithms, the usual one first. */
  readonly algorithms: Readonly<Partial<Record<KeyUsage, readonly string[]>>>
}

const RSA_ENCRYPTION = ['RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_1'] as const
const RSA_SIGNING = [
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
] as const

const rsa = (name: string, algorithm: PairAlgorithm): KeySpec => ({
  name,
  material: { kind: 'pair', algorithm },
  algorithms: { ENCRYPT_DECRYPT: RSA_ENCRYPTION, SIGN_VERIFY: RSA_SIGNING },
})

const curve = (name: string, algorithm: PairAlgorithm, signing: string): KeySpec => ({
  name,
  material: { kind: 'pair', algorithm },
  algorithms: { SIGN_VERIFY: [signing], KEY_AGREEMENT: ['ECDH'] },
})

const signing = (name: string, algorithm: PairAlgorithm, ...algorithms: readonly string[]): KeySpec => ({
  name,
  material: { kind: 'pair', algorithm },
  algorithms: { SIGN_VERIFY: algorithms },
})

/** As AWS has it, a key that is brought may be longer than the hash, and no shorter. */
function mac(bits: '224' | '256' | '384' | '512', longest: number): KeySpec {
  const hash: HashName = `sha2-${bits}`
  return {
    name: `HMAC_${bits}`,
    material: { kind: 'mac', hash, keyBytes: { min: hashBytes(hash), max: longest } },
    algorithms: { GENERATE_VERIFY_MAC: [`HMAC_SHA_${bits}`] },
  }
}

const ALL: readonly KeySpec[] = [
  {
    name: 'SYMMETRIC_DEFAULT',
    material: { kind: 'aead', algorithm: aes256Gcm96 },
    algorithms: { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] },
  },
  rsa('RSA_2048', rsa2048),
  rsa('RSA_3072', rsa3072),
  rsa('RSA_4096', rsa4096),
  curve('ECC_NIST_P256', ecdsaP256, 'ECDSA_SHA_256'),
  curve('ECC_NIST_P384', ecdsaP384, 'ECDSA_SHA_384'),
  curve('ECC_NIST_P521', ecdsaP521, 'ECDSA_SHA_512'),
  signing('ECC_SECG_P256K1', ecdsaSecp256k1, 'ECDSA_SHA_256'),
  signing('ECC_NIST_EDWARDS25519', ed25519, 'ED25519_SHA_512', 'ED25519_PH_SHA_512'),
  mac('224', 64),
  mac('256', 64),
  mac('384', 128),
  mac('512', 128),
  signing('ML_DSA_44', mlDsa44, 'ML_DSA_SHAKE_256'),
  signing('ML_DSA_65', mlDsa65, 'ML_DSA_SHAKE_256'),
  signing('ML_DSA_87', mlDsa87, 'ML_DSA_SHAKE_256'),
]
const BY_NAME: ReadonlyMap<string, KeySpec> = new Map(ALL.map((spec) => [spec.name, spec]))

export const KEY_SPECS: readonly string[] = ALL.map(({ name }) => name)

/** The spec that a caller names. */
export function askedSpec(name: string): KeySpec {
  const spec = BY_NAME.get(name)
  if (spec === undefined) throw refused('Validation', `key_spec must be one of ${KEY_SPECS.join(', ')}`)
  return spec
}

/** The spec that a stored key names. */
export function specOf({ spec: name }: { readonly spec: string }): KeySpec {
  const spec = BY_NAME.get(name)
  if (spec === undefined) throw new Error(`no key spec ${name}`)
  return spec
}

const usagesOf = ({ algorithms }: KeySpec): readonly KeyUsage[] =>
  KEY_USAGES.filter((usage) => algorithms[usage] !== undefined)

/** The use that a new key gets; a spec with two uses has no default. */
export function askedUsage(spec: KeySpec, asked: string | undefined): KeyUsage {
  const usages = usagesOf(spec)
  const usage = asked === undefined && usages.length === 1 ? usages[0] : usages.find((known) => known === asked)
  if (usage === undefined) throw refused('Validation', `key_usage of ${spec.name} keys is one of ${usages.join(', ')}`)
  return usage
}

interface Used {
  readonly id: string
  readonly spec: string
  readonly usage: KeyUsage
}

/** The algorithms of a key, for the use that it has. */
export function algorithmsOf(key: Used): readonly string[] {
  return specOf(key).algorithms[key.usage] ?? []
}

/** The algorithm of an operation; undefined asks for the usual one. Throws InvalidKeyUsage. */
export function chosenAlgorithm(key: Used, usage: KeyUsage, asked: string | undefined): string {
  if (key.usage !== usage) throw refused('InvalidKeyUsage', `key ${key.id} is for ${key.usage}, not for ${usage}`)
  const known = algorithmsOf(key)
  const [usual] = known
  const algorithm = asked === undefined ? usual : known.find((name) => name === asked)
  if (algorithm !== undefined) return algorithm
  throw refused('InvalidKeyUsage', `a ${key.spec} key for ${usage} has the algorithms ${known.join(', ')}`)
}
