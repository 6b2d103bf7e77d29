import { type KeyObject, sign, verify } from 'node:crypto'
import { DecryptFailed } from '../errors.ts'
import type { PairAlgorithm, PairBytes } from './algorithm.ts'
import { signEd25519ph, verifyEd25519ph } from './ed25519-prehashed.ts'
import { KeyRefused } from './errors.ts'
import {
  encodePkcs8,
  importedPair,
  importedPublic,
  privateContents,
  privateKeyOf,
  publicContents,
  publicKeyOf,
} from './pkcs8.ts'

const SEED_BYTES = 32
/** `SEQUENCE { OID 1.3.101.112 }` */
const IDENTIFIER = Buffer.from('300506032b6570', 'hex')
const PROBE = Buffer.from('egide')

/** Ed25519 (RFC 8032): it hashes messages by itself. */
export const ed25519: PairAlgorithm = {
  kind: 'pair',
  name: 'ed25519',
  uses: {
    signing: 'whole',
    encryption: undefined,
    encapsulation: false,
    agreement: false,
    slow: false,
    turnMicros: 200,
  },
  async generate(random) {
    const seed = random.bytes(SEED_BYTES)
    const made = ed25519FromSeed(seed)
    seed.fill(0)
    return made
  },
  importPrivate: (bytes) => importedPair(ofKind(privateKeyOf(bytes)), signsFor),
  importPublic: (bytes) => importedPublic(ofKind(publicKeyOf(bytes))),
  open({ privateKey, publicKey }) {
    const verifying = publicKeyOf(publicKey)
    const signing = privateKey && privateKeyOf(privateKey)
    return {
      ...(signing && {
        sign: (message) => sign(null, message, signing),
        async signRepresentative(hashed) {
          const pkcs8 = signing.export({ format: 'der', type: 'pkcs8' })
          try {
            return await signEd25519ph(ed25519Seed(pkcs8), hashed)
          } finally {
            pkcs8.fill(0)
          }
        },
      }),
      verify: (message, signature) => verify(null, message, verifying, signature),
      verifyRepresentative: (hashed, signature) => verifyEd25519ph(ed25519Point(publicKey), hashed, signature),
    }
  },
}

function ofKind(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType === 'ed25519') return key
  throw new KeyRefused('invalid key type: expected ed25519')
}

function signsFor(privateKey: KeyObject, publicKey: KeyObject): boolean {
  return verify(null, PROBE, publicKey, sign(null, PROBE, privateKey))
}

/** The pair of a 32-byte seed, the private key of RFC 8032. */
export function ed25519FromSeed(seed: Buffer): PairBytes {
  const contents = Buffer.concat([Buffer.of(0x04, SEED_BYTES), seed])
  const pkcs8 = encodePkcs8(IDENTIFIER, contents)
  contents.fill(0)
  return importedPair(privateKeyOf(pkcs8), () => true)
}

/** The seed. A view. */
export function ed25519Seed(pkcs8: Buffer): Buffer {
  const contents = privateContents(pkcs8)
  if (contents.length !== 2 + SEED_BYTES) throw new DecryptFailed()
  return contents.subarray(2)
}

/** The 32 bytes of a public key. A view. */
export const ed25519Point = (spki: Buffer): Buffer => publicContents(spki)
