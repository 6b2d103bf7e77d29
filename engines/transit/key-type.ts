import type { KeyObject } from 'node:crypto'
import type { Random } from '../engine.ts'

/** What is encrypted or decrypted, beside the text itself. */
export interface Circumstances {
  /** What a derived key is derived for; undefined: none was given. */
  readonly context: Buffer | undefined
  /** Bound to the ciphertext, not part of it; undefined: none. */
  readonly associatedData: Buffer | undefined
}

/** One version of a symmetric key, ready for use. Both methods throw `invalid_request` where a context is missing. */
export interface SymmetricKey {
  readonly convergent: boolean
  /** What encrypts in this context; a key that is not derived has one for all. */
  cipherKey(context: Buffer | undefined): KeyObject
  /** As `cipherKey`, with the key that nonces are made with. */
  convergentKeys(context: Buffer | undefined): { readonly cipherKey: KeyObject; readonly nonceKey: KeyObject }
}

/** A type of keys: one file each, and one line in key-types.ts. */
export interface KeyType {
  readonly name: string
  readonly supports: {
    readonly encryption: boolean
    readonly decryption: boolean
    readonly signing: boolean
    readonly derivation: boolean
  }
  /** Secret bytes of a new version. */
  generate(random: Random): Buffer
  encrypt(key: SymmetricKey, plaintext: Buffer, circumstances: Circumstances, random: Random): Buffer
  /** Throws `invalid_request`, always the same, when `sealed` was not made by `encrypt` with the same key and circumstances. */
  decrypt(key: SymmetricKey, sealed: Buffer, circumstances: Circumstances): Buffer
}
