import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { derElement, derElements, encodeDer, TAG } from '../der.ts'
import { EncodingError } from '../errors.ts'
import type { PairBytes } from './algorithm.ts'
import { KeyRefused } from './errors.ts'

/** Pairs whose bytes are PKCS #8 (RFC 5958) and SubjectPublicKeyInfo (RFC 5280), which OpenSSL reads and writes. */

const PRIVATE = { format: 'der', type: 'pkcs8' } as const
const PUBLIC = { format: 'der', type: 'spki' } as const
const ENCODINGS = { publicKeyEncoding: PUBLIC, privateKeyEncoding: PRIVATE }

type Generate = (type: string, options: object) => Promise<{ publicKey: Buffer; privateKey: Buffer }>
const generateAside = promisify(generateKeyPair) as unknown as Generate

/** A new pair, made on a thread of its own. */
export function generatePair(type: string, options: object = {}): Promise<PairBytes> {
  return generateAside(type, { ...options, ...ENCODINGS })
}

/** Throws KeyRefused. */
export function privateKeyOf(der: Buffer): KeyObject {
  return read(der, () => createPrivateKey({ key: der, ...PRIVATE }), 'the private key is not PKCS #8 of a known kind')
}

/** Throws KeyRefused. */
export function publicKeyOf(der: Buffer): KeyObject {
  return read(
    der,
    () => createPublicKey({ key: der, ...PUBLIC }),
    'the public key is not SubjectPublicKeyInfo of a known kind',
  )
}

/** SubjectPublicKeyInfo of the public key, or of the private key's. Throws KeyRefused. */
export function spkiOf(key: KeyObject): Buffer {
  try {
    return (key.type === 'private' ? createPublicKey(key) : key).export(PUBLIC)
  } catch {
    throw new KeyRefused('the public key is none')
  }
}

/** Whether a key of an elliptic curve is none: OpenSSL takes the point at infinity for one, under which anybody can sign. */
export function isAtInfinity(spki: Buffer): boolean {
  return publicContents(spki).length === 1
}

/** OpenSSL stops where the key ends: what comes after it would be kept and never looked at. */
function read(der: Buffer, parse: () => KeyObject, otherwise: string): KeyObject {
  try {
    derElement(der, TAG.sequence)
    return parse()
  } catch {
    throw new KeyRefused(otherwise)
  }
}

/** The pair of a private key that was made elsewhere. `holds` says whether its two halves belong together. */
export function importedPair(
  key: KeyObject,
  holds: (privateKey: KeyObject, publicKey: KeyObject) => boolean,
): PairBytes {
  const publicKey = createPublicKey(key)
  let sound = false
  try {
    sound = holds(key, publicKey)
  } catch {
    // OpenSSL refuses to work with it
  }
  if (!sound) throw new KeyRefused('the private and the public part of the key do not belong together')
  return { privateKey: key.export(PRIVATE), publicKey: publicKey.export(PUBLIC) }
}

/** A key of which only the public part was given. */
export function importedPublic(key: KeyObject): PairBytes {
  return { privateKey: undefined, publicKey: key.export(PUBLIC) }
}

/** The contents of PKCS #8's privateKey. A view. Throws EncodingError. */
export function privateContents(der: Buffer): Buffer {
  const [, , contents] = derElements(derElement(der, TAG.sequence).body)
  if (contents?.tag !== TAG.octetString) throw new EncodingError('no private key in it')
  return contents.body
}

/** The contents of SubjectPublicKeyInfo's subjectPublicKey. A view. Throws EncodingError. */
export function publicContents(der: Buffer): Buffer {
  const [, bits] = derElements(derElement(der, TAG.sequence).body)
  if (bits?.tag !== TAG.bitString || bits.body[0] !== 0) throw new EncodingError('no public key in it')
  return bits.body.subarray(1)
}

/** The algorithm's identifier, whole. Throws EncodingError. */
export function algorithmIdentifier(der: Buffer): Buffer {
  const parts = derElements(derElement(der, TAG.sequence).body)
  const identifier = parts.find(({ tag }) => tag === TAG.sequence)
  if (identifier === undefined) throw new EncodingError('no algorithm in it')
  return identifier.whole
}

/** PrivateKeyInfo (RFC 5208) of an algorithm's whole identifier and its private key. The caller zeroes it. */
export function encodePkcs8(identifier: Buffer, contents: Buffer): Buffer {
  const version = encodeDer(TAG.integer, Buffer.of(0))
  return encodeDer(TAG.sequence, version, identifier, encodeDer(TAG.octetString, contents))
}

/** SubjectPublicKeyInfo (RFC 5280) of an algorithm's whole identifier and its public key. */
export function encodeSpki(identifier: Buffer, contents: Buffer): Buffer {
  return encodeDer(TAG.sequence, identifier, encodeDer(TAG.bitString, Buffer.of(0), contents))
}
