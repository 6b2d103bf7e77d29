import type { Cipher } from '../../../storage/store.ts'
import type { TokenEntry } from '../../auth/token/service.ts'
import { tokenCodec } from './entry.ts'

export const BATCH_PREFIX = 'b.'
/** Longer tokens are refused before anything is computed over them. */
const TOKEN_MAX_CHARS = 16_384
const DOMAIN = 'token/batch'
const REMEMBERED_MAX = 1_000

/**
 * Batch tokens carry their own entry, sealed by the namespace's key: making and checking one writes nothing, and
 * nothing can revoke one before its time but its parent's end.
 */
export class BatchTokens {
  readonly #cipher: Cipher
  readonly #opened = new Map<string, TokenEntry>()

  constructor(cipher: Cipher) {
    this.#cipher = cipher
  }

  seal(entry: TokenEntry): string {
    return BATCH_PREFIX + this.#cipher.seal(DOMAIN, tokenCodec.encode(entry)).toString('base64url')
  }

  /** The entry, or undefined for anything that was not sealed here. Whether it has expired is for the caller to say. */
  open(token: string): TokenEntry | undefined {
    const known = this.#opened.get(token)
    if (known !== undefined) return known
    if (token.length > TOKEN_MAX_CHARS) return undefined
    const entry = this.#decrypt(token)
    if (entry !== undefined) this.#remember(token, entry)
    return entry
  }

  clear(): void {
    this.#opened.clear()
  }

  #decrypt(token: string): TokenEntry | undefined {
    try {
      return tokenCodec.decode(this.#cipher.open(DOMAIN, Buffer.from(token.slice(BATCH_PREFIX.length), 'base64url')))
    } catch {
      return undefined
    }
  }

  #remember(token: string, entry: TokenEntry): void {
    if (this.#opened.size >= REMEMBERED_MAX) this.#opened.clear()
    this.#opened.set(token, entry)
  }
}
