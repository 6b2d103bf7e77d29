import { createSecretKey, type KeyObject } from 'node:crypto'
import { EgideError, invalid } from '../errors.ts'
import { versionPrefix } from './ciphertext.ts'
import { extracted, firstBlock, keyOf, secondBlock } from './derivation.ts'
import type { Key, KeyVersion } from './key.ts'
import type { SymmetricKey } from './key-type.ts'

/** What a stored version comes to. */
export class VersionKey implements SymmetricKey {
  readonly number: number
  readonly convergent: boolean
  /** What its ciphertexts begin with. */
  readonly prefix: string
  readonly #derived: boolean
  readonly #secret: KeyObject
  #extracted: KeyObject | undefined

  constructor(key: Key, version: KeyVersion) {
    this.number = version.number
    this.convergent = key.convergent
    this.prefix = versionPrefix(version.number)
    this.#derived = key.derived
    this.#secret = createSecretKey(notWiped(version.key))
  }

  cipherKey(context: Buffer | undefined): KeyObject {
    return this.#derived ? keyOf(firstBlock(this.#forContexts(), needed(context))) : this.#secret
  }

  convergentKeys(given: Buffer | undefined): { readonly cipherKey: KeyObject; readonly nonceKey: KeyObject } {
    const context = needed(given)
    const first = firstBlock(this.#forContexts(), context)
    const nonceKey = keyOf(secondBlock(this.#forContexts(), first, context))
    return { cipherKey: keyOf(first), nonceKey }
  }

  #forContexts(): KeyObject {
    this.#extracted ??= extracted(this.#secret)
    return this.#extracted
  }
}

/** The words are Vault's. */
function needed(context: Buffer | undefined): Buffer {
  if (context !== undefined) return context
  throw invalid(
    "missing 'context' for key derivation; the key was created using a derived key, which means additional, " +
      'per-request information must be included in order to perform operations with the key',
  )
}

/** Sealing zeroes documents: nothing may be encrypted with what is left of one. */
function notWiped(bytes: Buffer): Buffer {
  if (bytes.every((byte) => byte === 0)) throw new EgideError('sealed', 'the vault is sealed')
  return bytes
}
