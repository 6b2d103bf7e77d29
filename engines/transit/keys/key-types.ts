import type { Algorithm, SymmetricAlgorithm } from '../../../crypto/keys/algorithm.ts'
import { ALGORITHMS } from '../../../crypto/keys/algorithms.ts'
import { invalid } from '../../errors.ts'
import { COUNTED_BYTES } from './derivation.ts'

/** A type of keys: an algorithm of crypto/keys, and what it can do here. */
export interface KeyType {
  readonly name: string
  readonly algorithm: Algorithm
  readonly supports: {
    readonly encryption: boolean
    readonly signing: boolean
    /** Keys of their own for contexts. */
    readonly derivation: boolean
    /** The same ciphertext for the same plaintext. */
    readonly convergence: boolean
    readonly associatedData: boolean
    readonly encapsulation: boolean
    readonly agreement: boolean
  }
}

const types: readonly KeyType[] = ALGORITHMS.map((algorithm) => ({
  name: algorithm.name,
  algorithm,
  supports: supportsOf(algorithm),
}))
const byName: ReadonlyMap<string, KeyType> = new Map(types.map((type) => [type.name, type]))

function supportsOf(algorithm: Algorithm): KeyType['supports'] {
  if (algorithm.kind === 'symmetric') {
    const seals = algorithm.aead !== undefined
    return {
      encryption: seals,
      signing: false,
      derivation: seals,
      convergence: seals,
      associatedData: seals,
      encapsulation: false,
      agreement: false,
    }
  }
  const { signing, encryption, encapsulation, agreement } = algorithm.uses
  return {
    encryption: encryption !== undefined,
    signing: signing !== undefined,
    derivation: algorithm.name === 'ed25519',
    convergence: false,
    associatedData: encryption === 'bound',
    encapsulation,
    agreement,
  }
}

export const DEFAULT_KEY_TYPE = 'aes256-gcm96'

/** The type that a caller names. */
export function askedKeyType(name: string): KeyType {
  const type = byName.get(name)
  if (type !== undefined) return type
  throw invalid(`unknown key type: type must be one of ${[...byName.keys()].join(', ')}`)
}

/** The type that a stored key names. */
export function keyTypeOf(name: string): KeyType {
  const type = byName.get(name)
  if (type === undefined) throw new Error(`no key type ${name}`)
  return type
}

/** How many bytes keys of a type may have where whoever makes one chooses; undefined: all have the same. */
export function chosenKeyBytes({ algorithm }: KeyType): SymmetricAlgorithm['keyBytes'] | undefined {
  if (algorithm.kind === 'pair' || algorithm.keyBytes.min === algorithm.keyBytes.max) return undefined
  return algorithm.keyBytes
}

/** Whether a context can make a key of the type by `hmac-sha256-counter`: it makes symmetric ones of one length. */
export const canBeCounted = ({ algorithm }: KeyType): boolean =>
  algorithm.kind === 'symmetric' && algorithm.keyBytes.usual === COUNTED_BYTES

/** Throws `invalid_request` where keys of the type can't be derived or convergent. */
export function refuseDerivation({ name, supports }: KeyType, derived: boolean, convergent: boolean): void {
  if (derived && !supports.derivation) {
    throw invalid(`key derivation and convergent encryption not supported for keys of type ${name}`)
  }
  if (convergent && !supports.convergence) {
    throw invalid(`convergent encryption not supported for keys of type ${name}`)
  }
}
