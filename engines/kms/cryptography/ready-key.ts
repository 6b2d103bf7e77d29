import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Pair } from '../../../crypto/keys/algorithm.ts'
import { isZeroized } from '../../../crypto/zeroize.ts'
import { EgideError } from '../../errors.ts'
import { invalidCiphertext, refused } from '../errors.ts'
import type { Key, KeyVersion } from '../keys/key.ts'
import { specOf } from '../keys/key-specs.ts'

/** A key at work: what its stored document comes to, made when it is first needed and shared as long as the document is. */
export class ReadyKey {
  readonly #key: Key
  readonly #secrets = new Map<number, KeyObject>()
  #pair: Pair | undefined

  constructor(key: Key) {
    this.#key = key
  }

  /** The number of the version that new ciphertexts are made with. */
  get latest(): number {
    return this.#key.versions.length
  }

  /** Of symmetric keys. Throws InvalidCiphertext where there is no such version. */
  secret(number: number): KeyObject {
    const known = this.#secrets.get(number)
    if (known !== undefined) return known
    const version = this.#key.versions[number - 1]
    if (version === undefined) throw invalidCiphertext()
    const made = createSecretKey(notWiped(version).secret)
    this.#secrets.set(number, made)
    return made
  }

  get pair(): Pair {
    this.#pair ??= this.#opened()
    return this.#pair
  }

  #opened(): Pair {
    const { material, name } = specOf(this.#key)
    const version = this.#key.versions.at(-1)
    if (material.kind !== 'pair' || version?.publicKey === undefined) throw new Error(`a ${name} key is no pair`)
    const { secret } = notWiped(version)
    const privateKey = secret.length === 0 ? undefined : secret
    return material.algorithm.open({ privateKey, publicKey: version.publicKey })
  }
}

const ready = new WeakMap<Key, ReadyKey>()

export function readyKey(key: Key): ReadyKey {
  const known = ready.get(key) ?? new ReadyKey(key)
  ready.set(key, known)
  return known
}

/** `method`, of a pair whose usage was checked: it can then be missing only because the private key is. Throws InvalidKeyUsage. */
export function requireMethod<F>(method: F | undefined, { id }: Key): F {
  if (method === undefined) throw refused('InvalidKeyUsage', `of key ${id} only the public key is known`)
  return method
}

/** Sealing zeroes documents: nothing may be made with what is left of one. */
function notWiped(version: KeyVersion): KeyVersion {
  if (isZeroized(version.secret)) throw new EgideError('sealed', 'the vault is sealed')
  return version
}
