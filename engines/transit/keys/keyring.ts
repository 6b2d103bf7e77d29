import { type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Encapsulated, Pair, SignatureOptions } from '../../../crypto/keys/algorithm.ts'
import { type HashName, hmac } from '../../../crypto/keys/hash.ts'
import type { Random } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { asRefusal, refusing } from '../refusal.ts'
import type { Versioned } from '../wire-form.ts'
import { type Circumstances, openConvergent, refuseNonce, sealConvergent } from './convergence.ts'
import { type Key, versionOf } from './key.ts'
import { refuseSoftDeleted } from './key-store.ts'
import { type KeyType, keyTypeOf } from './key-types.ts'
import { VersionKey } from './version-key.ts'

export interface Signed extends Versioned {
  /** Of a derived key: that of the context. */
  readonly publicKey: Buffer | undefined
}

export interface PlainSealing {
  readonly version: number
  /** Its name. */
  readonly algorithm: string
  readonly nonceBytes: number
  readonly key: KeyObject
}

/**
 * A key at work: what its stored document comes to, made once and shared by requests as long as the document is. Here is
 * decided which version an operation may use, and whether the key is meant for it. Methods throw `invalid_request`.
 */
export class Keyring {
  readonly #key: Key
  readonly #type: KeyType
  readonly #versions = new Map<number, VersionKey>()

  constructor(key: Key) {
    this.#key = key
    this.#type = keyTypeOf(key.type)
  }

  get type(): KeyType {
    return this.#type
  }

  /** Whether its signatures take so long that many at once would starve others. */
  get isSlow(): boolean {
    const { algorithm } = this.#type
    return algorithm.kind === 'pair' && algorithm.uses.slow
  }

  /** `asked` is the version, 0 the latest. */
  encrypt(asked: number, plaintext: Buffer, circumstances: Circumstances, random: Random): Versioned {
    if (!this.#type.supports.encryption) throw this.#notFor('message encryption')
    this.#checkBinding(circumstances)
    const version = this.#chosen(asked, 'encryption')
    return { version: version.number, bytes: refusing(() => this.#seal(version, plaintext, circumstances, random)) }
  }

  /** What its latest version encrypts with, where that takes a plaintext and nothing else; undefined: it takes more, or nothing. */
  get plainSealing(): PlainSealing | undefined {
    const { algorithm } = this.#type
    const { softDeleted, derived, convergent, latest } = this.#key
    if (softDeleted || derived || convergent || algorithm.kind !== 'symmetric' || algorithm.aead === undefined) {
      return undefined
    }
    const { name, aead } = algorithm
    return {
      version: latest,
      algorithm: name,
      nonceBytes: aead.nonceBytes,
      key: this.#version(latest).cipherKey(undefined),
    }
  }

  #seal(version: VersionKey, plaintext: Buffer, circumstances: Circumstances, random: Random): Buffer {
    const { algorithm } = this.#type
    if (algorithm.kind === 'symmetric' && algorithm.aead !== undefined) {
      const { aead } = algorithm
      if (this.#key.convergent) return sealConvergent(aead, version, plaintext, circumstances)
      refuseNonce(circumstances)
      const { context, associatedData } = circumstances
      return aead.seal(version.cipherKey(context), random.bytes(aead.nonceBytes), plaintext, associatedData)
    }
    refuseNonce(circumstances)
    const { pair } = version.pair(undefined)
    return used(pair.encrypt)(plaintext, circumstances.associatedData)
  }

  /** The caller may zero what it gets. */
  decrypt({ version: number, bytes }: Versioned, circumstances: Circumstances): Buffer {
    if (!this.#type.supports.encryption) throw this.#notFor('message decryption')
    this.#checkBinding(circumstances)
    const version = this.#named(number, 'ciphertext')
    return refusing(() => this.#open(version, bytes, circumstances))
  }

  #open(version: VersionKey, sealed: Buffer, circumstances: Circumstances): Buffer {
    const { algorithm } = this.#type
    if (algorithm.kind === 'symmetric' && algorithm.aead !== undefined) {
      const { aead } = algorithm
      if (this.#key.convergent) return openConvergent(aead, version, sealed, circumstances)
      refuseNonce(circumstances)
      return aead.open(version.cipherKey(circumstances.context), sealed, circumstances.associatedData)
    }
    refuseNonce(circumstances)
    const { pair } = version.pair(undefined)
    return used(pair.decrypt, 'decryption')(sealed, circumstances.associatedData)
  }

  refuseUnlessSigning(use: 'message signing' | 'message verification'): void {
    if (!this.#type.supports.signing) throw this.#notFor(use)
  }

  sign(
    asked: number,
    input: Buffer,
    context: Buffer | undefined,
    how: SignatureOptions,
    random: Random,
  ): Signed | Promise<Signed> {
    this.refuseUnlessSigning('message signing')
    const version = this.#chosen(asked, 'signing')
    const { pair, publicKey } = version.pair(context)
    const signature = refusing(() => used(pair.sign, 'signing')(input, how, random))
    const signed = (bytes: Buffer): Signed => ({ version: version.number, bytes, publicKey })
    if (!(signature instanceof Promise)) return signed(signature)
    return signature.then(signed, (error: unknown) => {
      throw asRefusal(error)
    })
  }

  verify(
    { version: number, bytes }: Versioned,
    input: Buffer,
    context: Buffer | undefined,
    how: SignatureOptions,
  ): boolean | Promise<boolean> {
    this.refuseUnlessSigning('message verification')
    const { pair } = this.#named(number, 'signature').pair(context)
    return refusing(() => used(pair.verify)(input, bytes, how))
  }

  /** What `hmac` would refuse whatever the input. */
  refuseHmacBy(asked: number): void {
    this.#chosen(asked, 'HMAC')
  }

  hmac(asked: number, hash: HashName, input: Buffer): Versioned {
    const version = this.#chosen(asked, 'HMAC')
    return { version: version.number, bytes: hmac(hash, version.hmacKey, input) }
  }

  verifyHmac({ version: number, bytes }: Versioned, hash: HashName, input: Buffer): boolean {
    const made = hmac(hash, this.#named(number, 'HMAC').hmacKey, input)
    return made.length === bytes.length && timingSafeEqual(made, bytes)
  }

  encapsulate(asked: number): Encapsulated & { readonly version: number } {
    if (!this.#type.supports.encapsulation) throw this.#notFor('encapsulation')
    const version = this.#chosen(asked, 'encapsulation')
    const { pair } = version.pair(undefined)
    return { ...used(pair.encapsulate)(), version: version.number }
  }

  /** The caller may zero what it gets. */
  decapsulate({ version: number, bytes }: Versioned): Buffer {
    if (!this.#type.supports.encapsulation) throw this.#notFor('decapsulation')
    const { pair } = this.#named(number, 'ciphertext').pair(undefined)
    return refusing(() => used(pair.decapsulate, 'decapsulation')(bytes))
  }

  /** The version's pair, for what is done with it elsewhere. `asked` is the version, 0 the latest. */
  pair(asked: number, use: string): Pair {
    return this.#chosen(asked, use).pair(undefined).pair
  }

  /** The public key in this context, as its algorithm writes points. Of derived keys alone. */
  derivedPublicKey(number: number, context: Buffer): Buffer | undefined {
    return this.#version(number).pair(context).publicKey
  }

  #chosen(asked: number, use: string): VersionKey {
    refuseSoftDeleted(this.#key)
    const { latest, minEncryption } = this.#key
    if (asked === 0) return this.#version(latest)
    if (asked < 0) throw invalid(`requested version for ${use} is negative`)
    if (asked > latest) throw invalid(`requested version for ${use} is higher than the latest key version`)
    if (asked < minEncryption) {
      throw invalid(`requested version for ${use} is less than the minimum encryption key version`)
    }
    return this.#version(asked)
  }

  /** The version that a ciphertext or signature names. */
  #named(number: number, what: string): VersionKey {
    refuseSoftDeleted(this.#key)
    if (number > this.#key.latest) throw invalid(`invalid ${what}: version is too new`)
    if (number < this.#key.minDecryption) throw tooOld()
    return this.#version(number)
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

  #checkBinding({ associatedData }: Circumstances): void {
    if (associatedData !== undefined && !this.#type.supports.associatedData) {
      throw invalid(`'associated_data' provided for non-AEAD cipher suite ${this.#type.name}`)
    }
  }

  #notFor(use: string): Error {
    return invalid(`${use} not supported for key type ${this.#type.name}`)
  }
}

/** The words are Vault's: clients match on them. */
function tooOld(): Error {
  return invalid('ciphertext or signature version is disallowed by policy (too old)')
}

/** What a pair can do; what its type can is missing only where the private key is. */
function used<F>(method: F | undefined, use = ''): F {
  if (method === undefined) throw invalid(`requested version for ${use} does not contain a private part`)
  return method
}
