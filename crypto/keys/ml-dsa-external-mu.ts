import { derElement, derElements, TAG } from '../der.ts'
import { EncodingError } from '../errors.ts'
import type { RandomBytes } from '../random.ts'
import { privateContents, publicContents } from './pkcs8.ts'

/**
 * ML-DSA over mu, which stands for the public key and the message (FIPS 204, algorithms 7 and 8, line 6): who has a large
 * message makes mu where the message is. OpenSSL can, but Node does not offer it.
 */

export type MlDsaName = 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87'
const NAMES = { 'ml-dsa-44': 'ml_dsa44', 'ml-dsa-65': 'ml_dsa65', 'ml-dsa-87': 'ml_dsa87' } as const

const SEED_BYTES = 32
/** `[0]`, primitive: of a private key that is a seed alone (RFC 9881 section 6). */
const SEED_TAG = 0x80

/** Loaded when first used: most servers never are asked for it. */
const mlDsa = async (name: MlDsaName) => (await import('@noble/post-quantum/ml-dsa.js'))[NAMES[name]]

/** `mu` has 64 bytes. Each signature has fresh randomness in it (the hedged variant of FIPS 204). Throws EncodingError for a key in no known form. */
export async function signMu(name: MlDsaName, pkcs8: Buffer, mu: Buffer, random: RandomBytes): Promise<Buffer> {
  const algorithm = await mlDsa(name)
  const contents = privateContents(pkcs8)
  const seed = seedOf(contents)
  const secretKey = seed === undefined ? Uint8Array.from(expandedOf(contents)) : algorithm.keygen(seed).secretKey
  const extraEntropy = random.bytes(SEED_BYTES)
  try {
    return Buffer.from(algorithm.internal.sign(mu, secretKey, { externalMu: true, extraEntropy }))
  } finally {
    secretKey.fill(0)
    extraEntropy.fill(0)
  }
}

/** By the public key in SubjectPublicKeyInfo. What is no signature at all is false, too. */
export async function verifyMu(name: MlDsaName, spki: Buffer, mu: Buffer, signature: Buffer): Promise<boolean> {
  const algorithm = await mlDsa(name)
  try {
    return algorithm.internal.verify(signature, mu, publicContents(spki), { externalMu: true })
  } catch {
    return false // what is no signature at all
  }
}

/** A view; undefined: only the expanded key is kept. */
function seedOf(contents: Buffer): Buffer | undefined {
  const [first] = derElements(contents)
  const held = first?.tag === TAG.sequence ? derElements(first.body)[0] : first
  if (held === undefined) throw new EncodingError('no private key in it')
  return held.body.length === SEED_BYTES && (held.tag === SEED_TAG || held.tag === TAG.octetString)
    ? held.body
    : undefined
}

const expandedOf = (contents: Buffer): Buffer => derElement(contents, TAG.octetString).body
