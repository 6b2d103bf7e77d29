import { createECDH, diffieHellman, type KeyObject, sign, verify } from 'node:crypto'
import { encodeDer, TAG } from '../der.ts'
import type { PairAlgorithm, SignatureOptions } from './algorithm.ts'
import { type Curve, scalarOf, signHash, verifyHash } from './ecdsa-prehashed.ts'
import { InputRefused, KeyRefused } from './errors.ts'
import { opensslHash } from './hash.ts'
import {
  algorithmIdentifier,
  generatePair,
  importedPair,
  importedPublic,
  isAtInfinity,
  privateKeyOf,
  publicKeyOf,
  spkiOf,
} from './pkcs8.ts'

/** ECDSA (FIPS 186-5) and ECDH (NIST SP 800-56A) over NIST's curves, and ECDSA over secp256k1 (SEC 2). */

const CURVES = {
  'P-256': { openssl: 'prime256v1', name: 'ecdsa-p256', scalarBytes: 32, oid: '06082a8648ce3d030107', turnMicros: 150 },
  'P-384': { openssl: 'secp384r1', name: 'ecdsa-p384', scalarBytes: 48, oid: '06052b81040022', turnMicros: 1000 },
  'P-521': { openssl: 'secp521r1', name: 'ecdsa-p521', scalarBytes: 66, oid: '06052b81040023', turnMicros: 2000 },
  secp256k1: { openssl: 'secp256k1', name: 'ecdsa-secp256k1', scalarBytes: 32, oid: '06052b8104000a', turnMicros: 500 },
} as const

/** The identifier of public keys on any curve (RFC 5480). */
const EC_PUBLIC_KEY = Buffer.from('06072a8648ce3d0201', 'hex')
const PROBE = Buffer.from('egide')
/** A hash in place of a message has the length of one. */
const HASH_LENGTHS: ReadonlySet<number> = new Set([20, 28, 32, 48, 64])

function ecdsa(curve: Curve): PairAlgorithm {
  const { openssl, name, scalarBytes, oid, turnMicros } = CURVES[curve]
  const named = encodeDer(TAG.sequence, EC_PUBLIC_KEY, Buffer.from(oid, 'hex'))
  const ofKind = (key: KeyObject): KeyObject => {
    if (key.asymmetricKeyType !== 'ec') throw new KeyRefused(`invalid key type: expected ${name}`)
    if (key.asymmetricKeyDetails?.namedCurve !== openssl) throw new KeyRefused(`invalid curve: expected ${curve}`)
    // OpenSSL also takes a curve that is spelled out, which RFC 5480 section 2.1.1 forbids.
    const spki = spkiOf(key)
    if (!algorithmIdentifier(spki).equals(named)) throw new KeyRefused(`invalid curve: expected ${curve} by its name`)
    if (isAtInfinity(spki)) throw new KeyRefused('the public key is the point at infinity')
    return key
  }
  return {
    kind: 'pair',
    name,
    uses: { signing: 'hashed', encryption: undefined, encapsulation: false, agreement: true, slow: false, turnMicros },
    generate: () => generatePair('ec', { namedCurve: openssl }),
    importPrivate: (bytes) => importedPair(inRange(openssl, ofKind(privateKeyOf(bytes))), signsFor),
    importPublic: (bytes) => importedPublic(ofKind(publicKeyOf(bytes))),
    open({ privateKey, publicKey }) {
      const verifying = publicKeyOf(publicKey)
      const signing = privateKey && privateKeyOf(privateKey)
      return {
        ...(signing && {
          sign(message, how, random) {
            if (!isPrehashed(how)) return sign(hashOf(how), message, { key: signing, ...encodingOf(how) })
            checkHash(message)
            return signHash(curve, signing, message, how.encoding, random)
          },
          agree: (peer) => diffieHellman({ privateKey: signing, publicKey: ofKind(peer) }),
        }),
        verify(message, signature, how) {
          // Of DER, OpenSSL takes only what it would write itself: no longer forms, nothing after the end.
          if (how.encoding === 'p1363' && signature.length !== 2 * scalarBytes) return false
          if (!isPrehashed(how)) return verify(hashOf(how), message, { key: verifying, ...encodingOf(how) }, signature)
          checkHash(message)
          return verifyHash(curve, publicKey, message, signature, how.encoding)
        },
      }
    },
  }
}

const isPrehashed = ({ prehashed, hash }: SignatureOptions): boolean => prehashed || hash === 'none'

const hashOf = ({ hash }: SignatureOptions): string => opensslHash(hash === 'none' ? 'sha2-256' : hash)

const encodingOf = ({ encoding }: SignatureOptions) =>
  ({ dsaEncoding: encoding === 'der' ? 'der' : 'ieee-p1363' }) as const

function checkHash(hash: Buffer): void {
  if (!HASH_LENGTHS.has(hash.length)) throw new InputRefused('prehashed input has not the length of a hash')
}

/** The key, whose scalar is more than 0 and less than the curve's order (SEC 1, 3.2.1): OpenSSL reads any. */
function inRange(curve: string, key: KeyObject): KeyObject {
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' })
  try {
    createECDH(curve).setPrivateKey(scalarOf(pkcs8))
    return key
  } catch {
    throw new KeyRefused('the private key is not in the range of the curve')
  } finally {
    pkcs8.fill(0)
  }
}

function signsFor(privateKey: KeyObject, publicKey: KeyObject): boolean {
  return verify('sha256', PROBE, publicKey, sign('sha256', PROBE, privateKey))
}

export const ecdsaP256 = ecdsa('P-256')
export const ecdsaP384 = ecdsa('P-384')
export const ecdsaP521 = ecdsa('P-521')
export const ecdsaSecp256k1 = ecdsa('secp256k1')
