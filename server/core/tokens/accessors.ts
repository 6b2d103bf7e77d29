import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto'
import { TIME_PREFIX_CHARS } from '../time-prefix.ts'

/** One block of AES. */
const BLOCK_BYTES = 16
const BLOCK_CHARS = 22
const NAME = new RegExp(`^[0-9A-Za-z]{${TIME_PREFIX_CHARS}}[\\w-]{${BLOCK_CHARS}}$`)
const ALGORITHM = 'aes-256-ecb'

/**
 * Whether a token's hash is of the short form, `<place><128 bits of HMAC>`, whose accessor follows from it. A longer one is
 * of a token whose text was chosen, or that an earlier version made: its accessor was drawn, and has a row of its own.
 */
export const isShort = (hash: string): boolean => hash.length === TIME_PREFIX_CHARS + BLOCK_CHARS

/**
 * Accessors of tokens with short hashes: the hash's block under AES, a permutation that only the unsealed vault can take
 * either way. So an accessor needs no row, and tells nothing of the hash, as little as the hash of it.
 */
export class Accessors {
  /** Blocks don't depend on one another, so that one of each serves for all: making one costs more than its work. */
  readonly #sealing: ReturnType<typeof createCipheriv>
  readonly #opening: ReturnType<typeof createDecipheriv>

  /** `tokenKey`: that of the namespace's hashes. */
  constructor(tokenKey: Uint8Array) {
    const bytes = Buffer.from(hkdfSync('sha256', tokenKey, '', 'egide accessors of tokens', 32))
    const key = createSecretKey(bytes)
    bytes.fill(0)
    this.#sealing = createCipheriv(ALGORITHM, key, null).setAutoPadding(false)
    this.#opening = createDecipheriv(ALGORITHM, key, null).setAutoPadding(false)
  }

  /** Of a short hash. */
  of(hash: string): string {
    return (
      hash.slice(0, TIME_PREFIX_CHARS) +
      this.#sealing.update(hash.slice(TIME_PREFIX_CHARS), 'base64url').toString('base64url')
    )
  }

  /** Of short hashes, in their order. */
  ofAll(hashes: readonly string[]): string[] {
    const plain = Buffer.alloc(hashes.length * BLOCK_BYTES)
    for (const [at, hash] of hashes.entries()) plain.write(hash.slice(TIME_PREFIX_CHARS), at * BLOCK_BYTES, 'base64url')
    const sealed = this.#sealing.update(plain)
    return hashes.map((hash, at) => {
      const block = sealed.subarray(at * BLOCK_BYTES, (at + 1) * BLOCK_BYTES)
      return hash.slice(0, TIME_PREFIX_CHARS) + block.toString('base64url')
    })
  }

  /** The hash that an accessor would be of; undefined for what can't be the accessor of a short hash. */
  hashOf(accessor: string): string | undefined {
    if (!NAME.test(accessor)) return undefined
    const block = Buffer.from(accessor.slice(TIME_PREFIX_CHARS), 'base64url')
    const plain = this.#opening.update(block)
    return accessor.slice(0, TIME_PREFIX_CHARS) + plain.toString('base64url')
  }
}
