import type { KeyObject } from 'node:crypto'
import { type DerElement, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { curveSpec, type KeySpec, publicKeyOf, rsaSpec, type SpkiInput } from './algorithms.ts'
import { membersOf, oidText, sequenceIn, wholeBytes } from './reading.ts'
import { refuseNotDer } from './strict-der.ts'

/**
 * The key of a certificate request. It goes into the certificate as it is. OpenSSL, which reads the key, takes forms that Go
 * and others don't: their certificates would be no use to those who were given them.
 *
 * What an RSA key or one of an elliptic curve is, is read from its bytes: OpenSSL takes 3 µs to make an object of one and 8 to
 * say how long an RSA key is. It reads the same bytes when it verifies, and so refuses what is no key.
 */
export interface RequestKey {
  readonly spec: KeySpec
  /** What OpenSSL verifies with. */
  readonly verifying: KeyObject | SpkiInput
  /** Of an RSA key. */
  readonly modulus: bigint | undefined
}

const RSA = '1.2.840.113549.1.1.1'
const EC = '1.2.840.10045.2.1'
const OID_TAG = 0x06

/**
 * From a SubjectPublicKeyInfo, which is DER. Throws `invalid_request` for keys that no certificate here has, EncodingError for one
 * that is written otherwise than RFC 3279, 2.3.1, RFC 5480, 2, RFC 8410, 3 and RFC 9881, 4 have it, and as OpenSSL does for what is
 * no key of the other kinds.
 */
export function requestKey(spki: DerElement): RequestKey {
  const [algorithm, bits] = membersOf(spki)
  const [id, ...parameters] = membersOf(algorithm)
  const contents = wholeBytes(bits)
  const kind = oidText(id)
  if (kind === RSA) return rsaKey(spki, parameters, contents)
  if (kind === EC) return curveKey(spki, parameters, contents)
  const { publicKey, spec } = publicKeyOf(spki.whole)
  // It is marked as being for PSS alone, or by an identifier that OpenSSL knows beside the one of RFC 3279.
  if (spec.kind === 'rsa') throw new EncodingError(`the RSA key is not an rsaEncryption key (${RSA})`)
  if (parameters.length > 0) throw new EncodingError('the key has parameters')
  return { spec, verifying: publicKey, modulus: undefined }
}

/** RSAPublicKey (RFC 8017, A.1.1). */
function rsaKey(spki: DerElement, parameters: readonly DerElement[], contents: Buffer): RequestKey {
  if (parameters.length !== 1 || parameters[0]?.tag !== TAG.null)
    throw new EncodingError('the parameters of the RSA key are not NULL')
  refuseNotDer(contents)
  const [modulus, exponent, ...more] = sequenceIn(contents).map(natural)
  if (modulus === undefined || exponent === undefined || more.length > 0) throw notTwoNumbers()
  return { spec: rsaSpec(bitsOf(modulus), exponent), verifying: inputOf(spki), modulus }
}

function natural({ tag, body }: DerElement): bigint {
  if (tag !== TAG.integer || (body[0] ?? 0x80) >= 0x80) throw notTwoNumbers()
  return BigInt(`0x${body.toString('hex')}`)
}

const notTwoNumbers = (): EncodingError => new EncodingError('the RSA key is not two positive numbers')

function bitsOf(number: bigint): number {
  const text = number.toString(16)
  return text.length * 4 - (Math.clz32(Number.parseInt(text.slice(0, 1), 16)) - 28)
}

/** Of a point (SEC 1, 2.3.3). */
const UNCOMPRESSED = 0x04

function curveKey(spki: DerElement, [curve, ...more]: readonly DerElement[], contents: Buffer): RequestKey {
  // A curve that is spelt out need not be the one that it looks like (RFC 5480, 2.1.1 forbids it).
  if (curve?.tag !== OID_TAG || more.length > 0) throw new EncodingError('the curve of the key is not named')
  if (contents.length === 1) throw new EncodingError('the key is the point at infinity')
  if (contents[0] !== UNCOMPRESSED) throw new EncodingError('the point of the key is not uncompressed')
  return { spec: curveSpec(oidText(curve)), verifying: inputOf(spki), modulus: undefined }
}

const inputOf = ({ whole }: DerElement): SpkiInput => ({ key: whole, format: 'der', type: 'spki' })
