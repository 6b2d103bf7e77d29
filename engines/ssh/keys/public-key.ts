import { createPublicKey, type KeyObject } from 'node:crypto'
import { encodeDer, TAG } from '../../../crypto/der.ts'
import { invalid } from '../../errors.ts'
import { mpint, string, WireError, WireReader } from './wire.ts'

/** Public keys as SSH writes them (RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4; OpenSSH's PROTOCOL.u2f). */

export type KeyType = 'rsa' | 'ecdsa' | 'ed25519' | 'sk-ecdsa' | 'sk-ed25519'

export interface SshPublicKey {
  /** Such as `ssh-ed25519`. */
  readonly algorithm: string
  readonly type: KeyType
  /** Size of an RSA modulus or of a curve; 0 where the type says it. */
  readonly bits: number
  /** The algorithm's name and the key. */
  readonly blob: Buffer
}

/** Below, OpenSSL and OpenSSH themselves call a key weak; above, a verification costs seconds. */
const RSA_BITS_MIN = 2048
const RSA_BITS_MAX = 16_384
const EXPONENT_BYTES_MAX = 8
/** Characters of a key with its comment. */
const TEXT_MAX = 16_384

export interface Curve {
  readonly bits: number
  readonly ssh: string
  readonly openssl: string
  readonly oid: Buffer
  readonly coordinateBytes: number
}

export const CURVES: readonly Curve[] = [
  curve(256, 'prime256v1', '06082a8648ce3d030107'),
  curve(384, 'secp384r1', '06052b81040022'),
  curve(521, 'secp521r1', '06052b81040023'),
]

function curve(bits: number, openssl: string, oid: string): Curve {
  return { bits, ssh: `nistp${bits}`, openssl, oid: Buffer.from(oid, 'hex'), coordinateBytes: Math.ceil(bits / 8) }
}

export const RSA = 'ssh-rsa'
export const ED25519 = 'ssh-ed25519'
const SK_ED25519 = 'sk-ssh-ed25519@openssh.com'
const SK_ECDSA = 'sk-ecdsa-sha2-nistp256@openssh.com'
const RSA_ID = Buffer.from('300d06092a864886f70d0101010500', 'hex')
const EC_ID = Buffer.from('06072a8648ce3d0201', 'hex')
const ED25519_ID = Buffer.from('300506032b6570', 'hex')

export const ecdsaName = ({ ssh }: Curve): string => `ecdsa-sha2-${ssh}`

/** The line that goes into a file of keys, with its end. */
export function authorizedKey(algorithm: string, blob: Buffer): string {
  return `${algorithm} ${blob.toString('base64')}\n`
}

/** `ssh-ed25519 AAAA… comment` or only the base64 of it. Throws `invalid_request` naming the field. */
export function parsePublicKey(field: string, text: string): SshPublicKey {
  const words = text.length > TEXT_MAX ? [] : text.trim().split(/[ \t]+/)
  const [named, base64 = ''] = words.length > 1 ? words : [undefined, ...words]
  const blob = Buffer.from(base64, 'base64')
  if (base64 === '' || /[\r\n]/.test(text.trim()) || blob.toString('base64') !== padded(base64)) {
    throw invalid(`${field} is not an SSH public key of at most ${TEXT_MAX} characters: expected a type and base64`)
  }
  const key = reading(field, () => parseBlob(blob))
  if (named !== undefined && named !== key.algorithm) {
    throw invalid(`${field} says that it is another type of key than it is`)
  }
  return key
}

const padded = (base64: string): string => base64.padEnd(4 * Math.ceil(base64.length / 4), '=')

/** Runs `read`; WireError becomes `invalid_request` naming the field. */
export function reading<T>(field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof WireError) throw invalid(`${field} is not a valid SSH key: ${error.message}`)
    throw error
  }
}

export function publicKeyOf(key: KeyObject): SshPublicKey {
  const jwk = key.export({ format: 'jwk' })
  const member = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')
  if (jwk.kty === 'RSA') return parseBlob(Buffer.concat([string(RSA), mpint(member(jwk.e)), mpint(member(jwk.n))]))
  if (jwk.kty === 'OKP') return parseBlob(Buffer.concat([string(ED25519), string(member(jwk.x))]))
  const found = CURVES.find(({ openssl }) => openssl === key.asymmetricKeyDetails?.namedCurve)
  if (found === undefined) throw invalid('unsupported elliptic curve: expected P-256, P-384 or P-521')
  const point = Buffer.concat([Buffer.of(4), member(jwk.x), member(jwk.y)])
  return parseBlob(Buffer.concat([string(ecdsaName(found)), string(found.ssh), string(point)]))
}

function parseBlob(blob: Buffer): SshPublicKey {
  const reader = new WireReader(blob)
  const algorithm = reader.text()
  const kind = kindOf(algorithm, reader)
  reader.end()
  return { algorithm, ...kind, blob }
}

function kindOf(algorithm: string, reader: WireReader): Pick<SshPublicKey, 'type' | 'bits'> {
  const onCurve = CURVES.find((one) => ecdsaName(one) === algorithm)
  if (onCurve !== undefined) {
    readPoint(onCurve, reader)
    return { type: 'ecdsa', bits: onCurve.bits }
  }
  switch (algorithm) {
    case RSA:
      return { type: 'rsa', bits: readRsa(reader) }
    case ED25519:
      readEd25519(reader)
      return { type: 'ed25519', bits: 0 }
    case SK_ED25519:
      readEd25519(reader)
      readApplication(reader)
      return { type: 'sk-ed25519', bits: 0 }
    case SK_ECDSA:
      readPoint(CURVES[0] as Curve, reader)
      readApplication(reader)
      return { type: 'sk-ecdsa', bits: 256 }
    default:
      throw new WireError('not a type of key that is signed here (RSA, ECDSA, Ed25519 and those of security keys)')
  }
}

function readRsa(reader: WireReader): number {
  const exponent = reader.positive()
  const modulus = reader.positive()
  const bits = bitLength(modulus)
  if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
    throw new WireError(`RSA keys have ${RSA_BITS_MIN} to ${RSA_BITS_MAX} bits`)
  }
  const isOdd = ((exponent.at(-1) ?? 0) & 1) === 1 && ((modulus.at(-1) ?? 0) & 1) === 1
  if (!isOdd || exponent.length > EXPONENT_BYTES_MAX || (exponent.length === 1 && exponent[0] === 1)) {
    throw new WireError('not an RSA key')
  }
  return bits
}

function bitLength(positive: Buffer): number {
  const digits = positive[0] === 0 ? positive.subarray(1) : positive
  return 8 * digits.length - Math.clz32(digits[0] ?? 0) + 24
}

function readEd25519(reader: WireReader): void {
  if (reader.string().length !== 32) throw new WireError('not an Ed25519 key')
}

function readPoint(on: Curve, reader: WireReader): void {
  if (reader.text() !== on.ssh) throw new WireError('the curve is another than the type says')
  const point = reader.string()
  const isWhole = point.length === 1 + 2 * on.coordinateBytes && point[0] === 4
  if (!isWhole || !isOnCurve(spki(encodeDer(TAG.sequence, EC_ID, on.oid), point))) {
    throw new WireError('not a point of the curve')
  }
}

function isOnCurve(der: Buffer): boolean {
  try {
    createPublicKey({ key: der, format: 'der', type: 'spki' })
    return true
  } catch {
    return false
  }
}

function readApplication(reader: WireReader): void {
  const { length } = reader.string()
  if (length === 0 || length > 255) throw new WireError('a security key without an application')
}

/** SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). */
function spki(identifier: Buffer, contents: Buffer): Buffer {
  return encodeDer(TAG.sequence, identifier, encodeDer(TAG.bitString, Buffer.of(0), contents))
}

/** PKCS #8 (RFC 5958), of the contents that each type has there. */
export function pkcs8(type: 'rsa' | 'ed25519' | Curve, contents: Buffer): Buffer {
  const identifier =
    type === 'rsa' ? RSA_ID : type === 'ed25519' ? ED25519_ID : encodeDer(TAG.sequence, EC_ID, type.oid)
  const version = encodeDer(TAG.integer, Buffer.of(0))
  return encodeDer(TAG.sequence, version, identifier, encodeDer(TAG.octetString, contents))
}
