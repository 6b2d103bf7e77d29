import type { KeyObject, webcrypto } from 'node:crypto'
import { bitString, type Der, explicit, integer, octetString, oid, sequence } from './der.ts'

/**
 * Keys of elliptic curves in DER, put together from their numbers. OpenSSL's own encoder looks its algorithms up with each
 * key, which takes longer than making the key and signing with it (bench/micro/pki.ts).
 */

/** By the names that JWK has for the curves (RFC 7518, 6.2.1.1; RFC 5480, 2.1.1.1). P-224 is none of them. */
const CURVES: Readonly<Record<string, Der>> = {
  'P-256': oid('1.2.840.10045.3.1.7'),
  'P-384': oid('1.3.132.0.34'),
  'P-521': oid('1.3.132.0.35'),
}
const PUBLIC_KEY = oid('1.2.840.10045.2.1')
const UNCOMPRESSED = Buffer.of(4)
const VERSION = integer(1)

interface Numbers {
  readonly curve: Der
  /** The public point, uncompressed. */
  readonly point: Buffer
  /** The private number, of a private key. */
  readonly d: string | undefined
}

function numbersOf(key: KeyObject): Numbers | undefined {
  const { crv = '', x = '', y = '', d } = jwkOf(key)
  const curve = CURVES[crv]
  if (curve === undefined) return undefined
  return { curve, point: Buffer.concat([UNCOMPRESSED, Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]), d }
}

function jwkOf(key: KeyObject): webcrypto.JsonWebKey {
  if (key.asymmetricKeyType !== 'ec') return {}
  try {
    return key.export({ format: 'jwk' })
  } catch {
    // P-224. To ask the key for its curve first would take as long as the export.
    return {}
  }
}

/** SubjectPublicKeyInfo (RFC 5480, 2) of a public key. Undefined for keys of other kinds. */
export function ecSpki(key: KeyObject): Der | undefined {
  const numbers = numbersOf(key)
  return numbers && spki(numbers)
}

function spki({ curve, point }: Numbers): Der {
  return sequence(sequence(PUBLIC_KEY, curve), bitString(point))
}

/** ECPrivateKey (RFC 5915, 3) of a private key. Undefined for keys of other kinds. */
export function ecPrivateKey(key: KeyObject): Der | undefined {
  const numbers = numbersOf(key)
  return numbers && sec1(numbers)
}

function sec1({ curve, point, d }: Numbers): Der | undefined {
  if (d === undefined) return undefined
  return sequence(VERSION, octetString(Buffer.from(d, 'base64url')), explicit(0, curve), explicit(1, bitString(point)))
}

/** Both halves of a pair, in the forms of `ecSpki` and `ecPrivateKey`. */
export interface EcPair {
  readonly spki: Der
  readonly privateKey: Der
}

/** Of a private key, whose numbers are read once. Undefined for keys of other kinds. */
export function ecPair(key: KeyObject): EcPair | undefined {
  const numbers = numbersOf(key)
  const privateKey = numbers && sec1(numbers)
  return privateKey && { spki: spki(numbers), privateKey }
}
