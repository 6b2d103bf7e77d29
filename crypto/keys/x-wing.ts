import {
  createHash,
  createPublicKey,
  decapsulate,
  diffieHellman,
  encapsulate,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { DecryptFailed } from '../errors.ts'
import { encodePkcs8, encodeSpki, privateKeyOf, publicContents, publicKeyOf } from './pkcs8.ts'

/**
 * X-Wing (draft-connolly-cfrg-xwing-kem): a secret of ML-KEM-768 and X25519 together, safe while either of them is. A
 * private key is a seed of 32 bytes.
 */

export const SEED_BYTES = 32
const KEM_PUBLIC_BYTES = 1184
const KEM_CIPHERTEXT_BYTES = 1088
const POINT_BYTES = 32
export const PUBLIC_BYTES = KEM_PUBLIC_BYTES + POINT_BYTES
export const CIPHERTEXT_BYTES = KEM_CIPHERTEXT_BYTES + POINT_BYTES

const KEM_SEED_BYTES = 64
/** `SEQUENCE { OID }` of ML-KEM-768 and of X25519. */
const KEM_IDENTIFIER = Buffer.from('300b0609608648016503040402', 'hex')
const POINT_IDENTIFIER = Buffer.from('300506032b656e', 'hex')
const LABEL = Buffer.from('\\.//^\\', 'latin1')

export interface XWingPublic {
  readonly kem: KeyObject
  readonly point: KeyObject
  readonly pointBytes: Buffer
}

export interface XWingPrivate {
  readonly kem: KeyObject
  readonly point: KeyObject
  readonly publicBytes: Buffer
}

/** `seed` is the private key's 32 bytes; it stays the caller's to zero. */
export function openXWingPrivate(seed: Buffer): XWingPrivate {
  const expanded = createHash('shake256', { outputLength: KEM_SEED_BYTES + POINT_BYTES })
    .update(seed)
    .digest()
  const kemContents = Buffer.concat([Buffer.of(0x80, KEM_SEED_BYTES), expanded.subarray(0, KEM_SEED_BYTES)])
  const pointContents = Buffer.concat([Buffer.of(0x04, POINT_BYTES), expanded.subarray(KEM_SEED_BYTES)])
  const kem = fromContents(KEM_IDENTIFIER, kemContents)
  const point = fromContents(POINT_IDENTIFIER, pointContents)
  for (const secret of [expanded, kemContents, pointContents]) secret.fill(0)
  return { kem: kem.key, point: point.key, publicBytes: Buffer.concat([kem.publicBytes, point.publicBytes]) }
}

function fromContents(identifier: Buffer, contents: Buffer): { key: KeyObject; publicBytes: Buffer } {
  const pkcs8 = encodePkcs8(identifier, contents)
  const key = privateKeyOf(pkcs8)
  pkcs8.fill(0)
  return { key, publicBytes: publicBytesOf(key) }
}

/** `bytes` are PUBLIC_BYTES. Throws KeyRefused when ML-KEM's part is none. */
export function openXWingPublic(bytes: Buffer): XWingPublic {
  const pointBytes = bytes.subarray(KEM_PUBLIC_BYTES)
  return {
    kem: publicKeyOf(encodeSpki(KEM_IDENTIFIER, bytes.subarray(0, KEM_PUBLIC_BYTES))),
    point: publicKeyOf(encodeSpki(POINT_IDENTIFIER, pointBytes)),
    pointBytes,
  }
}

/** A new secret of 32 bytes, which the caller zeroes, and what the holder of the private key gets it from. */
export function encapsulateXWing(to: XWingPublic): { ciphertext: Buffer; sharedSecret: Buffer } {
  const kem = encapsulate(to.kem)
  const own = generateKeyPairSync('x25519')
  const ownPoint = publicContents(own.publicKey.export({ format: 'der', type: 'spki' }))
  const agreed = diffieHellman({ privateKey: own.privateKey, publicKey: to.point })
  const sharedSecret = combined(kem.sharedKey, agreed, ownPoint, to.pointBytes)
  return { ciphertext: Buffer.concat([kem.ciphertext, ownPoint]), sharedSecret }
}

/** Throws DecryptFailed where the length is wrong; a changed ciphertext gives another secret. */
export function decapsulateXWing(own: XWingPrivate, ciphertext: Buffer): Buffer {
  if (ciphertext.length !== CIPHERTEXT_BYTES) throw new DecryptFailed()
  const point = ciphertext.subarray(KEM_CIPHERTEXT_BYTES)
  const shared = decapsulate(own.kem, ciphertext.subarray(0, KEM_CIPHERTEXT_BYTES))
  return combined(shared, agreedWith(own, point), point, own.publicBytes.subarray(KEM_PUBLIC_BYTES))
}

/** A point of small order, of which OpenSSL makes no secret, is an attack. */
function agreedWith(own: XWingPrivate, point: Buffer): Buffer {
  try {
    const publicKey = publicKeyOf(encodeSpki(POINT_IDENTIFIER, point))
    return diffieHellman({ privateKey: own.point, publicKey })
  } catch {
    throw new DecryptFailed()
  }
}

/** Zeroes both secrets. */
function combined(kemSecret: Buffer, agreed: Buffer, point: Buffer, publicPoint: Buffer): Buffer {
  const hash = createHash('sha3-256').update(kemSecret).update(agreed).update(point).update(publicPoint).update(LABEL)
  kemSecret.fill(0)
  agreed.fill(0)
  return hash.digest()
}

function publicBytesOf(key: KeyObject): Buffer {
  return publicContents(createPublicKey(key).export({ format: 'der', type: 'spki' }))
}
