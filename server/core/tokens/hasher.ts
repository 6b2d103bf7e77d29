import { hmacSha256 } from '../../../crypto/hmac.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import { Accessors } from './accessors.ts'
import { timePrefixIn } from './token-text.ts'

/** Of the HMAC, where a place stands before it: nobody can find a text for 128 bits, nor two tokens that share them. */
const SHORT_BYTES = 16
const DIGEST_BYTES = 32
/** Entries kept; a token in use is hashed once, not once a request. */
const KNOWN_MAX = 20_000

/**
 * Names tokens by HMAC-SHA256 under a key that only the unsealed store holds, so that neither the database nor a backup
 * of it can be searched for a token. What was hashed lately is remembered in memory until the vault is sealed.
 */
export class TokenHasher {
  readonly accessors: Accessors
  readonly #key: Buffer
  readonly #digest = Buffer.alloc(DIGEST_BYTES)
  readonly #known = new Map<string, string>()

  /** `key` is zeroed by `clear`. */
  constructor(key: Buffer) {
    this.#key = key
    this.accessors = new Accessors(key)
  }

  hash(token: string): string {
    const known = this.#known.get(token)
    if (known !== undefined) return known
    const hash = this.hashOnce(token)
    if (this.#known.size >= KNOWN_MAX) this.#forgetOldest()
    this.#known.set(token, hash)
    return hash
  }

  /** Of a text that nobody has shown yet: what is made anew must not drive out what is in use. */
  hashOnce(token: string): string {
    const place = timePrefixIn(token)
    if (place === '') return hmacSha256(this.#key, token, 'base64url')
    this.#digest.write(hmacSha256(this.#key, token, 'latin1'), 'latin1')
    return place + this.#digest.toString('base64url', 0, SHORT_BYTES)
  }

  forget(token: string): void {
    this.#known.delete(token)
  }

  /** Forgets every text and the key: for the seal. */
  clear(): void {
    this.#known.clear()
    zeroize(this.#key)
  }

  #forgetOldest(): void {
    let spare = KNOWN_MAX / 10
    for (const token of this.#known.keys()) {
      this.#known.delete(token)
      if (--spare <= 0) return
    }
  }
}
