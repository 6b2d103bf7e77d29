import type { KeyObject } from 'node:crypto'
import { derElement, derElements, TAG } from '../der.ts'
import { EncodingError } from '../errors.ts'
import type { RandomBytes } from '../random.ts'
import { privateContents, publicContents } from './pkcs8.ts'

/**
 * ECDSA over a hash that the caller made: Node offers OpenSSL's only together with the hashing. Nonces follow RFC 6979
 * with fresh randomness mixed in (its section 3.6), so that neither a weak generator nor a fault gives the key away.
 */

export type Curve = 'P-256' | 'P-384' | 'P-521' | 'secp256k1'

const NONCE_SALT_BYTES = 32

const NAMES = { 'P-256': 'p256', 'P-384': 'p384', 'P-521': 'p521' } as const

/** Loaded when first used: most servers never are asked for it. */
async function ecdsaOver(curve: Curve) {
  if (curve === 'secp256k1') return (await import('@noble/curves/secp256k1.js')).secp256k1
  return (await import('@noble/curves/nist.js'))[NAMES[curve]]
}

/** Signs `hash`; of one longer than the curve's order the leftmost bits count (FIPS 186-5 section 6.4.1). `encoding` is the signature's. */
export async function signHash(
  curve: Curve,
  key: KeyObject,
  hash: Buffer,
  encoding: 'der' | 'p1363',
  random: RandomBytes,
): Promise<Buffer> {
  const ecdsa = await ecdsaOver(curve)
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' })
  try {
    const extraEntropy = random.bytes(NONCE_SALT_BYTES)
    const format = formatOf(encoding)
    return Buffer.from(ecdsa.sign(hash, scalarOf(pkcs8), { prehash: false, lowS: false, format, extraEntropy }))
  } finally {
    pkcs8.fill(0)
  }
}

/** As signHash made it, by the public key in SubjectPublicKeyInfo. What is no signature at all is false, too. */
export async function verifyHash(
  curve: Curve,
  spki: Buffer,
  hash: Buffer,
  signature: Buffer,
  encoding: 'der' | 'p1363',
): Promise<boolean> {
  const ecdsa = await ecdsaOver(curve)
  try {
    const format = formatOf(encoding)
    return ecdsa.verify(signature, hash, publicContents(spki), { prehash: false, lowS: false, format })
  } catch {
    return false // what is no signature at all
  }
}

const formatOf = (encoding: 'der' | 'p1363') => (encoding === 'der' ? 'der' : 'compact')

/** Out of PKCS #8. ECPrivateKey (RFC 5915): version, then the scalar at full length. A view. Throws EncodingError. */
export function scalarOf(pkcs8: Buffer): Buffer {
  const [, scalar] = derElements(derElement(privateContents(pkcs8), TAG.sequence).body)
  if (scalar?.tag !== TAG.octetString) throw new EncodingError('no private key in it')
  return scalar.body
}
