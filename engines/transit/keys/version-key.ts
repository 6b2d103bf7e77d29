import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Pair } from '../../../crypto/keys/algorithm.ts'
import { ed25519, ed25519FromSeed, ed25519Point, ed25519Seed } from '../../../crypto/keys/ed25519.ts'
import { isZeroized } from '../../../crypto/zeroize.ts'
import { EgideError, invalid } from '../../errors.ts'
import { refusing } from '../refusal.ts'
import { counted, expanded, extracted, keyOf } from './derivation.ts'
import type { Key, KeyVersion } from './key.ts'
import { keyTypeOf } from './key-types.ts'

const NONCE_KEY_BYTES = 32

/** What a stored version comes to: key objects, made when they are first needed. */
export class VersionKey {
  readonly number: number
  readonly convergentScheme: 1 | 2 | 3
  readonly #derived: boolean
  readonly #isCounted: boolean
  readonly #type: ReturnType<typeof keyTypeOf>
  readonly #stored: KeyVersion
  #secret: KeyObject | undefined
  #hmacKey: KeyObject | undefined
  #extracted: KeyObject | undefined
  #pair: Pair | undefined

  constructor(key: Key, stored: KeyVersion) {
    this.number = stored.number
    this.convergentScheme = stored.convergentScheme ?? 3
    this.#derived = key.derived
    this.#isCounted = key.kdf !== undefined
    this.#type = keyTypeOf(key.type)
    this.#stored = notWiped(stored)
  }

  /** Of symmetric keys: what encrypts in this context; a key that is not derived has one for all. */
  cipherKey(context: Buffer | undefined): KeyObject {
    if (!this.#derived) return this.#own()
    if (this.#isCounted) return keyOf(counted(this.#own(), needed(context)))
    return keyOf(expanded(this.#forContexts(), needed(context), this.#keyBytes()))
  }

  /** As `cipherKey`, with the key that nonces are made with. */
  convergentKeys(given: Buffer | undefined): { readonly cipherKey: KeyObject; readonly nonceKey: KeyObject } {
    const context = needed(given)
    const keyBytes = this.#keyBytes()
    if (this.convergentScheme === 2) return { cipherKey: this.cipherKey(context), nonceKey: createSecretKey(context) }
    const bytes = expanded(this.#forContexts(), context, keyBytes + NONCE_KEY_BYTES)
    const keys = {
      cipherKey: createSecretKey(bytes.subarray(0, keyBytes)),
      nonceKey: createSecretKey(bytes.subarray(keyBytes)),
    }
    bytes.fill(0)
    return keys
  }

  get hmacKey(): KeyObject {
    this.#hmacKey ??= createSecretKey(this.#stored.hmacKey)
    return this.#hmacKey
  }

  /** Of pairs: the pair in this context, and its public key where that is the context's own. */
  pair(context: Buffer | undefined): { readonly pair: Pair; readonly publicKey: Buffer | undefined } {
    if (this.#derived) return this.#derivedPair(needed(context))
    const { algorithm } = this.#type
    if (algorithm.kind !== 'pair') throw new Error(`${this.#type.name} keys are no pairs`)
    const { key, publicKey = Buffer.alloc(0) } = this.#stored
    this.#pair ??= refusing(() => algorithm.open({ privateKey: key.length === 0 ? undefined : key, publicKey }))
    return { pair: this.#pair, publicKey: undefined }
  }

  /** Only Ed25519 keys that are pairs can be derived. */
  #derivedPair(context: Buffer): { readonly pair: Pair; readonly publicKey: Buffer } {
    const seed = expanded(this.#forContexts(), context, 32)
    const bytes = ed25519FromSeed(seed)
    seed.fill(0)
    const pair = ed25519.open(bytes)
    bytes.privateKey?.fill(0)
    return { pair, publicKey: ed25519Point(bytes.publicKey) }
  }

  #own(): KeyObject {
    this.#secret ??= createSecretKey(this.#stored.key)
    return this.#secret
  }

  #forContexts(): KeyObject {
    this.#extracted ??= extracted(this.#type.algorithm.kind === 'pair' ? this.#seedAndPoint() : this.#own())
    return this.#extracted
  }

  /** Ed25519's private key as Go keeps it, and Vault derives from it. */
  #seedAndPoint(): KeyObject {
    const { key, publicKey = Buffer.alloc(0) } = this.#stored
    if (key.length === 0) throw invalid('the key version has no private key to derive from')
    return keyOf(Buffer.concat([ed25519Seed(key), ed25519Point(publicKey)]))
  }

  #keyBytes(): number {
    const { algorithm } = this.#type
    return algorithm.kind === 'symmetric' ? algorithm.keyBytes.usual : 0
  }
}

/** The words are Vault's. */
function needed(context: Buffer | undefined): Buffer {
  if (context !== undefined && context.length > 0) return context
  throw invalid(
    "missing 'context' for key derivation; the key was created using a derived key, which means additional, " +
      'per-request information must be included in order to perform operations with the key',
  )
}

/** Sealing zeroes documents: nothing may be made with what is left of one. */
function notWiped(version: KeyVersion): KeyVersion {
  if (isZeroized(version.hmacKey) || isZeroized(version.key)) throw new EgideError('sealed', 'the vault is sealed')
  return version
}
