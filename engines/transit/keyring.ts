import type { Random } from '../engine.ts'
import { invalid } from '../errors.ts'
import { parseCiphertext } from './ciphertext.ts'
import { type Key, versionOf } from './key.ts'
import type { Circumstances, KeyType } from './key-type.ts'
import { keyTypeOf } from './key-types.ts'
import { VersionKey } from './version-key.ts'

export interface Encrypted {
  readonly ciphertext: string
  readonly version: number
}

/** A key at work: what its stored document comes to, made once and shared by requests as long as the document is. */
export class Keyring {
  readonly #key: Key
  readonly #type: KeyType
  readonly #versions = new Map<number, VersionKey>()

  private constructor(key: Key) {
    this.#key = key
    this.#type = keyTypeOf(key.type)
  }

  /** Documents are never changed, so what was made of one holds as long as it does. */
  static of(key: Key): Keyring {
    const known = keyrings.get(key)
    if (known !== undefined) return known
    const made = new Keyring(key)
    keyrings.set(key, made)
    return made
  }

  /** `asked` is the version, 0 the latest. Throws `invalid_request`. */
  encrypt(asked: number, plaintext: Buffer, circumstances: Circumstances, random: Random): Encrypted {
    const version = this.#version(asked === 0 ? this.#key.latest : this.#encrypting(asked))
    const sealed = this.#type.encrypt(version, plaintext, circumstances, random)
    return { ciphertext: version.prefix + sealed.toString('base64'), version: version.number }
  }

  /** Throws `invalid_request`. The caller may zero what it gets. */
  decrypt(ciphertext: string, circumstances: Circumstances): Buffer {
    const { version, sealed } = parseCiphertext(ciphertext)
    if (version > this.#key.latest) throw invalid('invalid ciphertext: version is too new')
    if (version < this.#key.minDecryption) throw tooOld()
    return this.#type.decrypt(this.#version(version), sealed, circumstances)
  }

  #encrypting(asked: number): number {
    if (asked < 0) throw invalid('requested version for encryption is negative')
    if (asked > this.#key.latest) {
      throw invalid('requested version for encryption is higher than the latest key version')
    }
    if (asked < this.#key.minEncryption) {
      throw invalid('requested version for encryption is less than the minimum encryption key version')
    }
    return asked
  }

  #version(number: number): VersionKey {
    const known = this.#versions.get(number)
    if (known !== undefined) return known
    const stored = versionOf(this.#key, number)
    if (stored === undefined) throw tooOld()
    const made = new VersionKey(this.#key, stored)
    this.#versions.set(number, made)
    return made
  }
}

const keyrings = new WeakMap<Key, Keyring>()

/** The words are Vault's: clients match on them. */
function tooOld(): Error {
  return invalid('ciphertext or signature version is disallowed by policy (too old)')
}
