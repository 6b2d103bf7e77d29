import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { DecryptFailed, EncodingError } from '../errors.ts'
import { openWith, sealWith } from './aes-gcm.ts'
import type { PairAlgorithm, PairBytes } from './algorithm.ts'
import { KeyRefused } from './errors.ts'
import { algorithmIdentifier, encodePkcs8, encodeSpki, privateContents, publicContents } from './pkcs8.ts'
import {
  CIPHERTEXT_BYTES,
  decapsulateXWing,
  encapsulateXWing,
  openXWingPrivate,
  openXWingPublic,
  PUBLIC_BYTES,
  SEED_BYTES,
} from './x-wing.ts'

/**
 * Encryption to a public key that holds while either X25519 or ML-KEM-768 does: HPKE (RFC 9180, base mode, one message)
 * with X-Wing, HKDF-SHA-256 and AES-256-GCM. A ciphertext is what X-Wing sends | ciphertext | tag.
 */
export const x25519MlKem768: PairAlgorithm = {
  kind: 'pair',
  name: 'x25519-ml-kem-768',
  uses: {
    signing: undefined,
    encryption: 'bound',
    encapsulation: false,
    agreement: false,
    slow: false,
    turnMicros: 500,
  },
  async generate(random) {
    const seed = random.bytes(SEED_BYTES)
    const made = pairOf(seed)
    seed.fill(0)
    return made
  },
  importPrivate(bytes) {
    const seed = contentsOf(bytes, privateContents)
    if (seed.length !== SEED_BYTES) throw new KeyRefused(`the private key has not the ${SEED_BYTES} bytes of a seed`)
    return pairOf(seed)
  },
  importPublic(bytes) {
    const publicBytes = contentsOf(bytes, publicContents)
    if (publicBytes.length !== PUBLIC_BYTES) throw new KeyRefused(`the public key has not ${PUBLIC_BYTES} bytes`)
    openXWingPublic(publicBytes)
    return { privateKey: undefined, publicKey: encodeSpki(IDENTIFIER, publicBytes) }
  },
  open({ privateKey, publicKey }) {
    const to = openXWingPublic(publicContents(publicKey))
    const own = privateKey && openXWingPrivate(privateContents(privateKey))
    return {
      encrypt(plaintext, associatedData) {
        const { ciphertext, sharedSecret } = encapsulateXWing(to)
        const { key, nonce } = schedule(sharedSecret)
        return sealWith('aes-256-gcm', key, nonce, plaintext, associatedData, ciphertext)
      },
      ...(own && {
        decrypt(sealed, associatedData) {
          if (sealed.length < CIPHERTEXT_BYTES) throw new DecryptFailed()
          const { key, nonce } = schedule(decapsulateXWing(own, sealed.subarray(0, CIPHERTEXT_BYTES)))
          return openWith('aes-256-gcm', key, nonce, sealed.subarray(CIPHERTEXT_BYTES), associatedData)
        },
      }),
    }
  },
}

/** `SEQUENCE { OID 1.3.6.1.4.1.62253.25722 }`, X-Wing's own. */
const IDENTIFIER = Buffer.from('300d060b2b0601040183e62d81c87a', 'hex')

function pairOf(seed: Buffer): PairBytes {
  return {
    privateKey: encodePkcs8(IDENTIFIER, seed),
    publicKey: encodeSpki(IDENTIFIER, openXWingPrivate(seed).publicBytes),
  }
}

function contentsOf(der: Buffer, contents: (der: Buffer) => Buffer): Buffer {
  try {
    if (algorithmIdentifier(der).equals(IDENTIFIER)) return contents(der)
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error
  }
  throw new KeyRefused('invalid key type: expected x25519-ml-kem-768')
}

const NOTHING = Buffer.alloc(0)
/** X-Wing, HKDF-SHA-256, AES-256-GCM (section 7.1 and the registry of HPKE). */
const SUITE = Buffer.concat([Buffer.from('HPKE'), Buffer.from('647a00010002', 'hex')])
const VERSION = Buffer.from('HPKE-v1')
const ZERO_SALT = createSecretKey(Buffer.alloc(32))
const MODE_BASE = Buffer.of(0)
const CONTEXT = Buffer.concat([
  MODE_BASE,
  extract(ZERO_SALT, 'psk_id_hash', NOTHING),
  extract(ZERO_SALT, 'info_hash', NOTHING),
])

/** Section 5.1, for the first and only message. Zeroes the secret. */
function schedule(sharedSecret: Buffer) {
  const salt = createSecretKey(sharedSecret)
  sharedSecret.fill(0)
  const secret = extract(salt, 'secret', NOTHING)
  const prk = createSecretKey(secret)
  secret.fill(0)
  const keyBytes = expand(prk, 'key', 32)
  const key = createSecretKey(keyBytes)
  keyBytes.fill(0)
  return { key, nonce: expand(prk, 'base_nonce', 12) }
}

/** LabeledExtract of section 4. */
function extract(salt: KeyObject, label: string, input: Buffer): Buffer {
  return createHmac('sha256', salt).update(VERSION).update(SUITE).update(label).update(input).digest()
}

/** LabeledExpand of section 4, of at most 32 bytes: one block of HKDF. */
function expand(prk: KeyObject, label: string, bytes: number): Buffer {
  const hash = createHmac('sha256', prk).update(Buffer.of(0, bytes)).update(VERSION).update(SUITE).update(label)
  return hash.update(CONTEXT).update(Buffer.of(1)).digest().subarray(0, bytes)
}
