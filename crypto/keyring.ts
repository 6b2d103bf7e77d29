import { createSecretKey, type KeyObject } from 'node:crypto'
import { type Domain, decrypt, encrypt, KEY_BYTES, termOf } from './aead.ts'
import { ByteReader } from './encoding.ts'
import { EncodingError, TermUnknown } from './errors.ts'
import type { RandomBytes } from './random.ts'
import { zeroize } from './zeroize.ts'

/** One generation of a key. */
export interface Term {
  /** From 1, each term one more than the last. */
  readonly number: number
  readonly key: KeyObject
  /** Milliseconds since the epoch. */
  readonly createdMs: number
}

const VERSION = 1
const HEADER_BYTES = 3
const TERM_BYTES = 12 + KEY_BYTES
/** What the count in the encoding can hold; a rotation a day fills it in 179 years. */
const TERMS_MAX = 65_535

/**
 * Keys by term: the newest encrypts, every one decrypts what it once encrypted. The vault has one, and so has each
 * namespace, with the same term numbers. Immutable: rotation makes a new one.
 */
export class Keyring {
  readonly #terms: ReadonlyMap<number, Term>
  readonly active: Term

  private constructor(terms: ReadonlyMap<number, Term>, active: Term) {
    this.#terms = terms
    this.active = active
  }

  /** A keyring whose only term is `number`: a namespace made late starts at the vault's active term. */
  static create(number: number, createdMs: number, random: RandomBytes): Keyring {
    const term = newTerm(number, createdMs, random)
    return new Keyring(new Map([[number, term]]), term)
  }

  /** With a fresh key for `number`, which must be newer than any it has. */
  withTerm(number: number, createdMs: number, random: RandomBytes): Keyring {
    if (number <= this.active.number) throw new RangeError('a new term must be the newest')
    if (this.#terms.size >= TERMS_MAX) throw new RangeError('the keyring is full')
    const term = newTerm(number, createdMs, random)
    return new Keyring(new Map([...this.#terms, [number, term]]), term)
  }

  get size(): number {
    return this.#terms.size
  }

  has(term: number): boolean {
    return this.#terms.has(term)
  }

  /** Under the active term. */
  encrypt(use: Domain, path: string, plaintext: Uint8Array, random: RandomBytes): Buffer {
    return encrypt(this.active.key, this.active.number, use, path, plaintext, random)
  }

  /** Under the term that the bytes name. Throws TermUnknown or another DecryptFailed. */
  decrypt(use: Domain, path: string, sealed: Uint8Array): Buffer {
    const number = termOf(sealed)
    const term = this.#terms.get(number)
    if (term === undefined) throw new TermUnknown(number)
    return decrypt(term.key, use, path, sealed)
  }

  /** `version(1) | count(2) | (term(4) | created(8) | key(32))...`, in order of terms. The caller zeroes it. */
  encode(): Buffer {
    const bytes = Buffer.alloc(HEADER_BYTES + this.#terms.size * TERM_BYTES)
    bytes[0] = VERSION
    bytes.writeUInt16BE(this.#terms.size, 1)
    let at = HEADER_BYTES
    for (const term of this.#terms.values()) {
      bytes.writeUInt32BE(term.number, at)
      bytes.writeBigUInt64BE(BigInt(term.createdMs), at + 4)
      const key = term.key.export()
      key.copy(bytes, at + 12)
      zeroize(key)
      at += TERM_BYTES
    }
    return bytes
  }

  /** Throws EncodingError for anything that `encode` would not have written. */
  static decode(bytes: Uint8Array): Keyring {
    const reader = new ByteReader(bytes)
    if (reader.uint8() !== VERSION) throw new EncodingError('unknown version of a keyring')
    const terms = new Map<number, Term>()
    let active: Term | undefined
    for (let left = reader.uint16(); left > 0; left--) {
      const number = reader.uint32()
      if (number <= (active?.number ?? 0)) throw new EncodingError('terms out of order')
      active = { number, createdMs: reader.uint53(), key: createSecretKey(reader.take(KEY_BYTES)) }
      terms.set(number, active)
    }
    reader.end()
    if (active === undefined) throw new EncodingError('a keyring without a term')
    return new Keyring(terms, active)
  }
}

function newTerm(number: number, createdMs: number, random: RandomBytes): Term {
  const bytes = random.bytes(KEY_BYTES)
  const key = createSecretKey(bytes)
  zeroize(bytes)
  return { number, key, createdMs }
}
