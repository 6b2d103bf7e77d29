import { decapsulate, encapsulate, type KeyObject } from 'node:crypto'
import { DecryptFailed } from '../errors.ts'
import type { PairAlgorithm } from './algorithm.ts'
import { KeyRefused } from './errors.ts'
import { generatePair, importedPair, importedPublic, privateKeyOf, publicKeyOf } from './pkcs8.ts'

/** ML-KEM (FIPS 203): two sides agree on a 32-byte secret that a quantum computer does not find. */
function mlKem(name: string, ciphertextBytes: number): PairAlgorithm {
  const ofKind = (key: KeyObject): KeyObject => {
    if (key.asymmetricKeyType === name) return key
    throw new KeyRefused(`invalid key type: expected ${name}`)
  }
  return {
    kind: 'pair',
    name,
    uses: {
      signing: undefined,
      encryption: undefined,
      encapsulation: true,
      agreement: false,
      slow: false,
      turnMicros: 200,
    },
    generate: () => generatePair(name),
    importPrivate: (bytes) => importedPair(ofKind(privateKeyOf(bytes)), holds),
    importPublic: (bytes) => importedPublic(ofKind(publicKeyOf(bytes))),
    open(pair) {
      const publicKey = publicKeyOf(pair.publicKey)
      const privateKey = pair.privateKey && privateKeyOf(pair.privateKey)
      return {
        encapsulate() {
          const { ciphertext, sharedKey } = encapsulate(publicKey)
          return { ciphertext, sharedSecret: sharedKey }
        },
        ...(privateKey && {
          decapsulate(ciphertext) {
            if (ciphertext.length !== ciphertextBytes) throw new DecryptFailed()
            return decapsulate(privateKey, ciphertext)
          },
        }),
      }
    },
  }
}

function holds(privateKey: KeyObject, publicKey: KeyObject): boolean {
  const { ciphertext, sharedKey } = encapsulate(publicKey)
  return decapsulate(privateKey, ciphertext).equals(sharedKey)
}

export const mlKem768 = mlKem('ml-kem-768', 1088)
export const mlKem1024 = mlKem('ml-kem-1024', 1568)
