import { type KeyObject, sign, verify } from 'node:crypto'
import type { Pair, PairAlgorithm } from './algorithm.ts'
import { KeyRefused } from './errors.ts'
import { type MlDsaName, signMu, verifyMu } from './ml-dsa-external-mu.ts'
import { generatePair, importedPair, importedPublic, privateKeyOf, publicKeyOf } from './pkcs8.ts'
import { signAside, signLongAside } from './sign-aside.ts'
import { limitSlowWork } from './slow-work.ts'

/** Signatures that a quantum computer does not forge: ML-DSA (FIPS 204) and SLH-DSA (FIPS 205), with an empty context. */

const PROBE = Buffer.from('egide')

/** What a signature costs, as `uses` of an algorithm says it. */
type Cost = Pick<PairAlgorithm['uses'], 'slow' | 'turnMicros'>

/** Milliseconds a signature. */
const QUICK: Cost = { slow: false, turnMicros: 500 }
/** Tenths of a second: few at a time, so that others keep their threads. */
const SLOW: Cost = { slow: true, turnMicros: 1000 }

function postQuantum(name: string, cost: Cost): PairAlgorithm {
  const { slow } = cost
  const withMu = isMlDsa(name) ? representatives(name) : () => undefined
  const ofKind = (key: KeyObject): KeyObject => {
    if (key.asymmetricKeyType === name) return key
    throw new KeyRefused(`invalid key type: expected ${name}`)
  }
  const signatureOf = (message: Buffer, key: KeyObject): Promise<Buffer> =>
    slow ? limitSlowWork(() => signLongAside(null, message, key)) : signAside(null, message, key)
  return {
    kind: 'pair',
    name,
    uses: {
      signing: 'whole',
      encryption: undefined,
      encapsulation: false,
      agreement: false,
      ...cost,
    },
    generate: () => (slow ? limitSlowWork(() => generatePair(name)) : generatePair(name)),
    importPrivate: (bytes) => importedPair(ofKind(privateKeyOf(bytes)), holds),
    importPublic: (bytes) => importedPublic(ofKind(publicKeyOf(bytes))),
    open({ privateKey, publicKey }) {
      const verifying = publicKeyOf(publicKey)
      const signing = privateKey && privateKeyOf(privateKey)
      return {
        ...(signing && { sign: (message) => signatureOf(message, signing) }),
        verify: (message, signature) => verify(null, message, verifying, signature),
        ...withMu(signing, publicKey),
      }
    },
  }
}

const isMlDsa = (name: string): name is MlDsaName => name.startsWith('ml-dsa-')

/** Of ML-DSA: with mu in place of a message. */
const representatives =
  (name: MlDsaName) =>
  (signing: KeyObject | undefined, publicKey: Buffer): Pick<Pair, 'signRepresentative' | 'verifyRepresentative'> => ({
    ...(signing && {
      async signRepresentative(mu, random) {
        const pkcs8 = signing.export({ format: 'der', type: 'pkcs8' })
        try {
          return await signMu(name, pkcs8, mu, random)
        } finally {
          pkcs8.fill(0)
        }
      },
    }),
    verifyRepresentative: (mu, signature) => verifyMu(name, publicKey, mu, signature),
  })

function holds(privateKey: KeyObject, publicKey: KeyObject): boolean {
  return verify(null, PROBE, publicKey, sign(null, PROBE, privateKey))
}

/** Some milliseconds a signature of 2 to 5 kilobytes. */
export const mlDsa44 = postQuantum('ml-dsa-44', QUICK)
export const mlDsa65 = postQuantum('ml-dsa-65', QUICK)
export const mlDsa87 = postQuantum('ml-dsa-87', QUICK)

/** The sets with small signatures (8 to 30 kilobytes), each of which takes some tenths of a second to make. */
export const slhDsa128s = postQuantum('slh-dsa-sha2-128s', SLOW)
export const slhDsa192s = postQuantum('slh-dsa-sha2-192s', SLOW)
export const slhDsa256s = postQuantum('slh-dsa-sha2-256s', SLOW)
