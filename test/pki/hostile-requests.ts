import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  bitString,
  boolean,
  type Der,
  explicit,
  implicit,
  integer,
  NULL,
  octetString,
  oid,
  sequence,
  sequenceOf,
  setOf,
  tagged,
  utf8String,
} from '../../engines/pki/x509/der.ts'
import { pem } from '../../engines/pki/x509/pem.ts'

/** Certificate requests that no honest program makes, correctly signed unless they are to be wrong in just that. */

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const KEY: KeyObject = privateKey
export const SPKI: Der = publicKey.export({ format: 'der', type: 'spki' })

const ID = { san: '2.5.29.17', eku: '2.5.29.37', basicConstraints: '2.5.29.19' } as const

export const name = (commonName: string): Der => sequence(setOf([sequence(oid('2.5.4.3'), utf8String(commonName))]))
export const dns = (text: string): Der => implicit(2, Buffer.from(text, 'latin1'))
export const email = (text: string): Der => implicit(1, Buffer.from(text, 'latin1'))
export const uri = (text: string): Der => implicit(6, Buffer.from(text, 'latin1'))
export const ip = (...bytes: readonly number[]): Der => implicit(7, Buffer.from(bytes))
export const directory = (commonName: string): Der => explicit(4, name(commonName))

export const extension = (id: string, value: Der): Der => sequence(oid(id), octetString(value))
export const san = (...names: readonly Der[]): Der => extension(ID.san, sequence(...names))
export const emptyPurposes = (): Der => extension(ID.eku, sequence())
export const asCa = (): Der => extension(ID.basicConstraints, sequence(boolean(true)))

/** One extensionRequest attribute. */
export const asked = (...extensions: readonly Der[]): Der =>
  sequence(oid('1.2.840.113549.1.9.14'), setOf([sequenceOf(extensions)]))

export interface RequestParts {
  readonly version?: Der
  readonly subject?: Der
  readonly spki?: Der
  readonly attributes?: readonly Der[]
  /** Behind the attributes. */
  readonly more?: Der
  readonly key?: KeyObject
  /** What is done to the whole when it is signed. */
  readonly bent?: (der: Buffer) => Buffer
}

export function request(parts: RequestParts = {}): string {
  const info = sequence(
    parts.version ?? integer(0),
    parts.subject ?? name('www.example.com'),
    parts.spki ?? SPKI,
    tagged(0xa0, Buffer.concat(parts.attributes ?? [])),
    ...(parts.more === undefined ? [] : [parts.more]),
  )
  const signature = sign('sha256', info, parts.key ?? privateKey)
  const der = sequence(info, sequence(oid('1.2.840.10045.4.3.2')), bitString(signature))
  return pem('CERTIFICATE REQUEST', parts.bent === undefined ? der : parts.bent(der))
}

/** An RSA key of exponent 1: the padded hash is its own signature. */
export function requestOfExponentOne(): string {
  const { publicKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const modulus = Buffer.from(String(rsa.export({ format: 'jwk' }).n), 'base64url')
  const key = sequence(tagged(0x02, Buffer.concat([Buffer.of(0), modulus])), integer(1))
  const spki = sequence(sequence(oid('1.2.840.113549.1.1.1'), tagged(0x05, Buffer.alloc(0))), bitString(key))
  const info = sequence(integer(0), name('www.example.com'), spki, tagged(0xa0, Buffer.alloc(0)))
  const digest = sequence(
    sequence(oid('2.16.840.1.101.3.4.2.1'), tagged(0x05, Buffer.alloc(0))),
    octetString(createHash('sha256').update(info).digest()),
  )
  const padding = Buffer.alloc(modulus.length - digest.length - 3, 0xff)
  const signature = Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), digest])
  const algorithm = sequence(oid('1.2.840.113549.1.1.11'), tagged(0x05, Buffer.alloc(0)))
  return pem('CERTIFICATE REQUEST', sequence(info, algorithm, bitString(signature)))
}

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** An RSA key that is written otherwise than RFC 3279, 2.3.1 has it, and whose signature fits. */
export function requestOfRsa(bent: {
  readonly parameters?: Der
  /** Of the modulus' bytes without the zero in front. */
  readonly modulus?: (bytes: Buffer) => Buffer
  readonly behind?: Der
}): string {
  const modulus = Buffer.from(String(RSA.publicKey.export({ format: 'jwk' }).n), 'base64url')
  const written = bent.modulus?.(modulus) ?? Buffer.concat([Buffer.of(0), modulus])
  const key = Buffer.concat([sequence(tagged(0x02, written), integer(65_537)), bent.behind ?? Buffer.alloc(0)])
  const spki = sequence(sequence(oid('1.2.840.113549.1.1.1'), bent.parameters ?? NULL), bitString(key))
  const info = sequence(integer(0), name('www.example.com'), spki, tagged(0xa0, Buffer.alloc(0)))
  const algorithm = sequence(oid('1.2.840.113549.1.1.11'), NULL)
  return pem('CERTIFICATE REQUEST', sequence(info, algorithm, bitString(sign('sha256', info, RSA.privateKey))))
}

/** The key of `request`, its point written in another form of SEC 1, 2.3.3. */
export function pointAs(form: 'compressed' | 'hybrid'): Der {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const [across, up] = [Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
  const parity = (up.at(-1) ?? 0) & 1
  const point = form === 'compressed' ? [Buffer.of(2 | parity), across] : [Buffer.of(6 | parity), across, up]
  return sequence(P256, bitString(Buffer.concat(point)))
}

/** A key whose curve is spelt out rather than named. */
export function requestOfExplicitCurve(): string {
  const explicitly = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' })
  const spki = explicitly.publicKey.export({ format: 'der', type: 'spki' })
  return request({ spki, key: explicitly.privateKey })
}

const P256 = sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'))
/** PKCS #8 of a key whose scalar is 0. */
export const KEY_OF_ZERO: Der = sequence(
  integer(0),
  P256,
  octetString(sequence(integer(1), octetString(Buffer.alloc(32)))),
)

/** Its public key is the point at infinity, under which anybody can sign. */
export function requestOfInfinity(): string {
  const key = createPrivateKey({ key: KEY_OF_ZERO, format: 'der', type: 'pkcs8' })
  return request({ spki: sequence(P256, bitString(Buffer.of(0))), key })
}

/** The first value of this head, with its head replaced and so all that stands around it left as it was. */
export function replaced(der: Buffer, what: Buffer, by: Buffer): Buffer {
  const at = der.indexOf(what)
  if (at < 0) throw new Error('there is nothing to replace')
  return Buffer.concat([der.subarray(0, at), by, der.subarray(at + what.length)])
}
