import { isZeroized } from '../../../crypto/zeroize.ts'
import type { Random } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { asRefusal } from '../refusal.ts'
import type { KeyType } from './key-types.ts'

/** The bytes of a version of a key. All but the public key are secret. */
export interface Material {
  /** In the form of the key's algorithm; empty: only the public key is known. */
  readonly key: Buffer
  readonly publicKey?: Buffer
  /** HMACs are made with it, as every version in Vault's format has one beside its key. */
  readonly hmacKey: Buffer
}

const HMAC_KEY_BYTES = 32

/** New bytes. `keySize` is of HMAC keys alone; 0: the usual. Not within a transaction: it may take seconds. */
export async function newMaterial(type: KeyType, keySize: number, random: Random): Promise<Material> {
  const { algorithm } = type
  const hmacKey = random.bytes(HMAC_KEY_BYTES)
  if (algorithm.kind === 'symmetric') {
    const key = random.bytes(keySize === 0 ? algorithm.keyBytes.usual : keySize)
    return { key, hmacKey: type.supports.encryption ? hmacKey : key }
  }
  try {
    const { privateKey, publicKey } = await algorithm.generate(random)
    return { key: privateKey ?? Buffer.alloc(0), publicKey, hmacKey }
  } catch (error) {
    throw asRefusal(error)
  }
}

/** Bytes that were made elsewhere: raw ones of symmetric keys, PKCS #8 of pairs. Throws `invalid_request`. */
export function importedMaterial(type: KeyType, bytes: Buffer, random: Random): Material {
  const { algorithm } = type
  if (algorithm.kind === 'symmetric') {
    const { min, max } = algorithm.keyBytes
    if (bytes.length < min || bytes.length > max) {
      throw invalid(`invalid key size ${bytes.length} bytes for key type ${type.name}`)
    }
    if (isZeroized(bytes)) throw invalid('a key of nothing but zeros is refused')
    const key = Buffer.from(bytes)
    return { key, hmacKey: type.supports.encryption ? random.bytes(HMAC_KEY_BYTES) : key }
  }
  try {
    const { privateKey, publicKey } = algorithm.importPrivate(bytes)
    return { key: privateKey ?? Buffer.alloc(0), publicKey, hmacKey: random.bytes(HMAC_KEY_BYTES) }
  } catch (error) {
    throw asRefusal(error)
  }
}

/** A public key that was made elsewhere, as SubjectPublicKeyInfo. Throws `invalid_request`. */
export function importedPublicMaterial(type: KeyType, spki: Buffer, random: Random): Material {
  if (type.algorithm.kind === 'symmetric') throw invalid('provided type does not support public_key import')
  try {
    const { publicKey } = type.algorithm.importPublic(spki)
    return { key: Buffer.alloc(0), publicKey, hmacKey: random.bytes(HMAC_KEY_BYTES) }
  } catch (error) {
    throw asRefusal(error)
  }
}
