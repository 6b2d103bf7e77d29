import {
  constants,
  type KeyObject,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { derElement, TAG } from '../der.ts'
import { DecryptFailed, EncodingError } from '../errors.ts'
import type { RandomBytes } from '../random.ts'
import type { PairAlgorithm, SignatureOptions } from './algorithm.ts'
import { InputRefused, KeyRefused } from './errors.ts'
import { type HashName, hashBytes, opensslHash } from './hash.ts'
import {
  algorithmIdentifier,
  encodePkcs8,
  encodeSpki,
  generatePair,
  importedPair,
  importedPublic,
  privateContents,
  privateKeyOf,
  publicContents,
  publicKeyOf,
  spkiOf,
} from './pkcs8.ts'
import { encodePkcs1, encodePss, pkcs1Input, pssSaltMax, verifyPss } from './rsa-encoding.ts'
import { signAside } from './sign-aside.ts'
import { limitSlowWork } from './slow-work.ts'

/** RSA (RFC 8017): OAEP, PSS, PKCS #1 v1.5. */

const PROBE = Buffer.from('egide')
/** Two hashes and two bytes (RFC 8017 section 7.1.1). */
const OAEP_OVERHEAD_BYTES = { sha1: 42, sha256: 66 } as const
const RAW = { padding: constants.RSA_NO_PADDING } as const
/** `SEQUENCE { OID 1.2.840.113549.1.1.1, NULL }`, and the OID of keys that are marked as being for PSS. */
const IDENTIFIER = Buffer.from('300d06092a864886f70d0101010500', 'hex')
const PSS_OID = Buffer.from('06092a864886f70d01010a', 'hex')

/** A decryption; signing goes aside. */
const TURN_MICROS = { 2048: 600, 3072: 1500, 4096: 2600 } as const

function rsa(bits: 2048 | 3072 | 4096): PairAlgorithm {
  const modulusBytes = bits / 8
  const name = `rsa-${bits}`
  const ofKind = (key: KeyObject): KeyObject => {
    if (key.asymmetricKeyType !== 'rsa') throw new KeyRefused(`invalid key type: expected ${name}`)
    const found = key.asymmetricKeyDetails?.modulusLength
    if (found !== bits) throw new KeyRefused(`invalid key size: expected ${bits} bits, got ${found}`)
    const fault = exponentFault(key.asymmetricKeyDetails?.publicExponent ?? 0n) ?? modulusFault(spkiOf(key))
    if (fault !== undefined) throw new KeyRefused(fault)
    return key
  }
  return {
    kind: 'pair',
    name,
    uses: {
      signing: 'hashed',
      encryption: 'plain',
      encapsulation: false,
      agreement: false,
      slow: false,
      turnMicros: TURN_MICROS[bits],
    },
    generate: () => limitSlowWork(() => generatePair('rsa', { modulusLength: bits })),
    importPrivate: (bytes) => importedPair(ofKind(privateKeyOf(unmarked(bytes, privateContents, encodePkcs8))), holds),
    importPublic: (bytes) => importedPublic(ofKind(publicKeyOf(unmarked(bytes, publicContents, encodeSpki)))),
    open(pair) {
      const publicKey = publicKeyOf(pair.publicKey)
      const privateKey = pair.privateKey && privateKeyOf(pair.privateKey)
      return {
        ...(privateKey && {
          sign(message, how, random) {
            if (isPrehashed(how)) return signHash(privateKey, modulusBytes, message, how, random)
            return signAside(hashOf(how), message, { key: privateKey, ...paddingOf(how, modulusBytes) })
          },
          decrypt: (ciphertext, _bound, oaepHash = 'sha256') => decryptOaep(privateKey, ciphertext, oaepHash),
        }),
        verify(message, signature, how) {
          if (signature.length !== modulusBytes) return false
          if (isPrehashed(how)) return verifyHash(publicKey, modulusBytes, message, signature, how)
          return verify(hashOf(how), message, { key: publicKey, ...paddingOf(how, modulusBytes) }, signature)
        },
        encrypt(plaintext, _bound, oaepHash = 'sha256') {
          const longest = modulusBytes - OAEP_OVERHEAD_BYTES[oaepHash]
          if (plaintext.length > longest) {
            throw new InputRefused(`plaintext is longer than the ${longest} bytes of ${name}`)
          }
          return encryptOaep(publicKey, plaintext, oaepHash)
        },
      }
    },
  }
}

/**
 * What is wrong with a public exponent; undefined: nothing. Of an exponent of 1 anybody could make a signature, and one that is
 * large makes each verification slow.
 */
export function exponentFault(exponent: bigint): string | undefined {
  return exponent < 3n || exponent % 2n === 0n || exponent > 0x7fff_ffffn
    ? 'the public exponent of an RSA key has to be odd, 3 or more, and below 2^31'
    : undefined
}

/** Modulo an even number OpenSSL reads keys, and does not compute. */
function modulusFault(spki: Buffer): string | undefined {
  const [modulus] = derElement(publicContents(spki), TAG.sequence).members
  return ((modulus?.body.at(-1) ?? 0) & 1) === 0 ? 'the modulus of an RSA key has to be odd' : undefined
}

/** RSAES-OAEP with MGF1 of the same hash. Throws DecryptFailed. */
export function decryptOaep(key: KeyObject, ciphertext: Buffer, oaepHash: string): Buffer {
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, ciphertext)
  } catch {
    throw new DecryptFailed()
  }
}

/** RSAES-OAEP with MGF1 of the same hash. Throws for a plaintext longer than the modulus less two hashes and two bytes. */
export function encryptOaep(key: KeyObject, plaintext: Buffer, oaepHash: string): Buffer {
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, plaintext)
}

/** A key that is marked as being for PSS is the same key without the mark. */
function unmarked(
  der: Buffer,
  contentsOf: (der: Buffer) => Buffer,
  encode: (identifier: Buffer, contents: Buffer) => Buffer,
): Buffer {
  try {
    return algorithmIdentifier(der).includes(PSS_OID) ? encode(IDENTIFIER, contentsOf(der)) : der
  } catch (error) {
    if (error instanceof EncodingError) throw new KeyRefused('the key is not DER of a known kind')
    throw error
  }
}

function holds(privateKey: KeyObject, publicKey: KeyObject): boolean {
  return verify('sha256', PROBE, publicKey, sign('sha256', PROBE, privateKey))
}

const isPrehashed = ({ prehashed, hash }: SignatureOptions): boolean => prehashed || hash === 'none'

function paddingOf(how: SignatureOptions, modulusBytes: number) {
  if (how.padding === 'pkcs1v15') return { padding: constants.RSA_PKCS1_PADDING }
  const salt = saltBytes(how, namedHash(how), modulusBytes)
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt ?? constants.RSA_PSS_SALTLEN_AUTO }
}

/** Undefined: as much as fits, or any. */
function saltBytes({ salt }: SignatureOptions, hash: HashName, modulusBytes: number): number | undefined {
  if (salt === 'auto') return undefined
  if (salt === 'hash') return hashBytes(hash)
  if (salt < 0 || salt > pssSaltMax(modulusBytes, hash))
    throw new InputRefused(`requested salt length ${salt} is invalid`)
  return salt
}

function namedHash({ hash }: SignatureOptions): HashName {
  if (hash === 'none') throw new InputRefused('without a hash algorithm only PKCS #1 v1.5 signatures can be made')
  return hash
}

const hashOf = (how: SignatureOptions): string => opensslHash(namedHash(how))

function checkHash(hash: HashName | 'none', hashed: Buffer): void {
  if (hash !== 'none' && hashed.length !== hashBytes(hash)) {
    throw new InputRefused(`prehashed input has not the length of a ${hash} hash`)
  }
}

function signHash(
  key: KeyObject,
  modulusBytes: number,
  hashed: Buffer,
  how: SignatureOptions,
  random: RandomBytes,
): Buffer {
  checkHash(how.hash, hashed)
  return privateEncrypt({ key, ...RAW }, encodedToSign(modulusBytes, hashed, how, random))
}

function encodedToSign(modulusBytes: number, hashed: Buffer, how: SignatureOptions, random: RandomBytes): Buffer {
  if (how.padding === 'pkcs1v15') return pkcs1Encoded(modulusBytes, hashed, how)
  const hash = namedHash(how)
  const salt = saltBytes(how, hash, modulusBytes) ?? pssSaltMax(modulusBytes, hash)
  return encodePss(modulusBytes, hash, hashed, salt, random)
}

function pkcs1Encoded(modulusBytes: number, hashed: Buffer, { hash }: SignatureOptions): Buffer {
  const encoded = encodePkcs1(modulusBytes, pkcs1Input(hash, hashed))
  if (encoded === undefined) throw new InputRefused('input is longer than the key can sign')
  return encoded
}

function verifyHash(
  key: KeyObject,
  modulusBytes: number,
  hashed: Buffer,
  signature: Buffer,
  how: SignatureOptions,
): boolean {
  checkHash(how.hash, hashed)
  const encoded = recovered(key, signature)
  if (encoded === undefined) return false
  // Compared whole, as it must have been made: nothing is parsed that an attacker could shape.
  if (how.padding === 'pkcs1v15') return timingSafeEqual(encoded, pkcs1Encoded(modulusBytes, hashed, how))
  const hash = namedHash(how)
  return verifyPss(encoded, hash, hashed, saltBytes(how, hash, modulusBytes))
}

/** Undefined: the number is no less than the modulus. */
function recovered(key: KeyObject, signature: Buffer): Buffer | undefined {
  try {
    return publicDecrypt({ key, ...RAW }, signature)
  } catch {
    return undefined
  }
}

export const rsa2048 = rsa(2048)
export const rsa3072 = rsa(3072)
export const rsa4096 = rsa(4096)
