import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { encodeDer, TAG } from '../../../crypto/der.ts'
import { KeysBusy } from '../../../crypto/keys/errors.ts'
import { generateKeyObjects } from '../../../crypto/keys/generate.ts'
import { isAtInfinity, spkiOf } from '../../../crypto/keys/pkcs8.ts'
import { limitSlowWork } from '../../../crypto/keys/slow-work.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import type { Random } from '../../engine.ts'
import { EgideError, invalid } from '../../errors.ts'
import type { RsaKeys, TakenRsaKey } from '../../rsa-keys.ts'
import { CURVES, ED25519, ecdsaName, pkcs8, publicKeyOf, RSA, reading } from './public-key.ts'
import { string, uint32, WireError, WireReader } from './wire.ts'

/** Private keys: made, read from what OpenSSH and OpenSSL write, and written as they do. */

export interface KeySpec {
  readonly type: 'rsa' | 'ecdsa' | 'ed25519'
  /** 0 of Ed25519. */
  readonly bits: number
}

const RSA_BITS: readonly number[] = [2048, 3072, 4096]
/** Of RSA keys that are made elsewhere. */
const RSA_BITS_MIN = 2048
const RSA_BITS_MAX = 8192
const TEXT_MAX = 32_768

/**
 * What `key_type` and `key_bits` ask for: an algorithm (rsa, ec, ed25519) or OpenSSH's name of one. `preferred` are the
 * sizes that stand in for 0, the best first. Throws `invalid_request`.
 */
export function keySpec(type: string, bits: number, preferred: readonly number[] = []): KeySpec {
  const named = CURVES.find((curve) => ecdsaName(curve) === type)
  if (named !== undefined) {
    if (bits !== 0 && bits !== named.bits) throw invalid(`key_bits is not valid for key type ${type}`)
    return { type: 'ecdsa', bits: named.bits }
  }
  const sized = (spec: 'rsa' | 'ecdsa', sizes: readonly number[], usual: number): KeySpec => {
    const best = preferred.includes(usual) ? usual : (preferred.find((size) => sizes.includes(size)) ?? usual)
    const chosen = bits === 0 ? best : bits
    if (!sizes.includes(chosen)) throw invalid(`unsupported key_bits for ${type}: expected ${sizes.join(', ')}`)
    return { type: spec, bits: chosen }
  }
  if (type === 'rsa' || type === RSA) return sized('rsa', RSA_BITS, 4096)
  if (type === 'ec' || type === 'ecdsa')
    return sized(
      'ecdsa',
      CURVES.map((curve) => curve.bits),
      256,
    )
  if (type === 'ed25519' || type === ED25519) return { type: 'ed25519', bits: 0 }
  throw invalid('unknown key_type: expected rsa, ec, ed25519, or the name that OpenSSH has for one')
}

/** Off the event loop; RSA keys come from `ready`, where there is one. Throws `unavailable` where too many wait already. */
export async function generateKey({ type, bits }: KeySpec, ready?: RsaKeys): Promise<KeyObject> {
  if (type === 'ed25519') return (await generateKeyObjects('ed25519')).privateKey
  if (type === 'ecdsa') {
    return (await generateKeyObjects('ec', { namedCurve: CURVES.find((curve) => curve.bits === bits)?.openssl }))
      .privateKey
  }
  try {
    if (ready !== undefined) return keyOf(await ready.pair(bits))
    return (await limitSlowWork(() => generateKeyObjects('rsa', { modulusLength: bits }))).privateKey
  } catch (error) {
    throw error instanceof KeysBusy ? new EgideError('unavailable', error.message) : error
  }
}

function keyOf({ privateKey, done }: TakenRsaKey): KeyObject {
  try {
    return createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
  } finally {
    done()
  }
}

/** Throws `invalid_request` for all but one unencrypted RSA, ECDSA or Ed25519 key. */
export function parsePrivateKey(text: string): KeyObject {
  if (text.length > TEXT_MAX) throw invalid(`private_key is longer than ${TEXT_MAX} characters`)
  const own = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END OPENSSH PRIVATE KEY-----/.exec(text)
  const key = own === null ? fromPem(text) : fromOpenSsh(Buffer.from(own[1] ?? '', 'base64'))
  checkKind(key)
  return key
}

function fromPem(text: string): KeyObject {
  try {
    return createPrivateKey({ key: text, format: 'pem' })
  } catch {
    throw invalid('private_key is not an unencrypted private key in PEM, of OpenSSH or OpenSSL')
  }
}

function checkKind(key: KeyObject): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'ed25519') return
  if (type === 'ec' && CURVES.some(({ openssl }) => openssl === details?.namedCurve)) {
    if (isAtInfinity(spkiOf(key))) throw invalid('the public key of private_key is the point at infinity')
    return
  }
  const bits = details?.modulusLength ?? 0
  if (type === 'rsa' && bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX) return
  throw invalid(
    `private_key is not RSA of ${RSA_BITS_MIN} to ${RSA_BITS_MAX} bits, ECDSA on P-256, P-384 or P-521, or Ed25519`,
  )
}

const MAGIC = Buffer.from('openssh-key-v1\0')

/** OpenSSH's own container (its PROTOCOL.key), with one key and no passphrase. */
function fromOpenSsh(bytes: Buffer): KeyObject {
  let der: Buffer | undefined
  try {
    return reading('private_key', () => {
      if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new WireError('not a container of OpenSSH')
      const reader = new WireReader(bytes.subarray(MAGIC.length))
      if (reader.text() !== 'none' || reader.text() !== 'none') throw new WireError('it is encrypted')
      reader.string()
      if (reader.uint32() !== 1) throw new WireError('not exactly one key')
      const publicBlob = reader.string()
      const inner = new WireReader(reader.string())
      reader.end()
      const [check, again] = [inner.uint32(), inner.uint32()]
      if (check !== again) throw new WireError('its check numbers differ')
      der = contentsOf(inner)
      const key = imported(der)
      inner.string()
      if (inner.rest().some((byte, at) => byte !== at + 1)) throw new WireError('its padding is wrong')
      checkKind(key)
      if (!publicKeyOf(createPublicKey(key)).blob.equals(publicBlob)) throw new WireError('its halves do not match')
      return key
    })
  } finally {
    zeroize(bytes, der)
  }
}

function imported(der: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  } catch {
    throw new WireError('its numbers are no key')
  }
}

/** PKCS #8 of the key that comes next: the numbers are the same, in another order. */
function contentsOf(reader: WireReader): Buffer {
  const type = reader.text()
  if (type === ED25519) {
    reader.string()
    const both = reader.string()
    if (both.length !== 64) throw new WireError('not an Ed25519 key')
    return pkcs8('ed25519', encodeDer(TAG.octetString, both.subarray(0, 32)))
  }
  if (type === RSA) return rsaContents(reader)
  const curve = CURVES.find((one) => ecdsaName(one) === type)
  if (curve === undefined) throw new WireError('not RSA, ECDSA or Ed25519')
  reader.string()
  const point = reader.string()
  const secret = reader.positive()
  const digits = secret.subarray(secret[0] === 0 ? 1 : 0)
  if (digits.length > curve.coordinateBytes) throw new WireError('not a key of its curve')
  const whole = Buffer.concat([Buffer.alloc(curve.coordinateBytes - digits.length), digits])
  const publicPart = encodeDer(CONTEXT_1, encodeDer(TAG.bitString, Buffer.of(0), point))
  // ECPrivateKey (RFC 5915)
  const contents = [encodeDer(TAG.integer, Buffer.of(1)), encodeDer(TAG.octetString, whole), publicPart]
  const encoded = pkcs8(curve, encodeDer(TAG.sequence, ...contents))
  zeroize(whole, ...contents)
  return encoded
}

/** `[1]`, constructed. */
const CONTEXT_1 = 0xa1

/** RSAPrivateKey (RFC 8017, A.1.2). The two exponents that OpenSSH leaves out are worked out. */
function rsaContents(reader: WireReader): Buffer {
  const [n, e, d, inverse, p, q] = Array.from({ length: 6 }, () => reader.positive())
  if (!n || !e || !d || !inverse || !p || !q) throw new WireError('not an RSA key')
  const less = (prime: Buffer): bigint => numberOf(prime) - 1n
  if (less(p) <= 0n || less(q) <= 0n) throw new WireError('not an RSA key')
  const exponents = [p, q].map((prime) => bytesOf(numberOf(d) % less(prime)))
  const integers = [Buffer.of(0), n, e, d, p, q, ...exponents, inverse].map((bytes) => encodeDer(TAG.integer, bytes))
  const encoded = pkcs8('rsa', encodeDer(TAG.sequence, ...integers))
  zeroize(...exponents, ...integers)
  return encoded
}

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)

/** As DER and SSH write a number that is not negative. */
function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  return Buffer.from(Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even, 'hex')
}

/** As ssh-keygen and OpenSSL write them: RSA and ECDSA in the forms of their own standards, Ed25519 in OpenSSH's. */
export function privateKeyText(key: KeyObject, random: Random): string {
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString()
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString()
  const jwk = key.export({ format: 'jwk' })
  const [seed, publicHalf] = [jwk.d, jwk.x].map((text) => Buffer.from(text ?? '', 'base64url'))
  if (seed === undefined || publicHalf === undefined) throw new Error('an Ed25519 key has two halves')
  const { blob } = publicKeyOf(createPublicKey(key))
  const check = random.bytes(4)
  const both = Buffer.concat([seed, publicHalf])
  const inner = Buffer.concat([check, check, blob, string(both), string('')])
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, at) => at + 1))
  const whole = Buffer.concat([
    MAGIC,
    string('none'),
    string('none'),
    string(''),
    uint32(1),
    string(blob),
    string(Buffer.concat([inner, padding])),
  ])
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? []
  zeroize(seed, both, inner, whole)
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}
