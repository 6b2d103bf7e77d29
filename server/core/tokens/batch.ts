import { TermUnknown } from '../../../crypto/errors.ts'
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
  readonly #suffix: string
  readonly #opened = new Map<string, TokenEntry>()

  /** `suffix`: what the namespace's tokens end in. */
  constructor(cipher: Cipher, suffix = '') {
    this.#cipher = cipher
    this.#suffix = suffix
  }

  seal(entry: TokenEntry): string {
    return BATCH_PREFIX + this.#cipher.seal(DOMAIN, tokenCodec.encode(entry)).toString('base64url') + this.#suffix
  }

  /** The entry, or undefined for anything that was not sealed here. Whether it has expired is for the caller to say. */
  async open(token: string): Promise<TokenEntry | undefined> {
    const known = this.#opened.get(token)
    if (known !== undefined) return known
    if (!token.endsWith(this.#suffix)) return undefined
    const sealed = sealedBytes(token.slice(0, token.length - this.#suffix.length))
    if (sealed === undefined) return undefined
    const entry = await this.#decrypt(sealed)
    if (entry !== undefined) this.#remember(token, entry)
    return entry
  }

  clear(): void {
    this.#opened.clear()
  }

  async #decrypt(sealed: Buffer): Promise<TokenEntry | undefined> {
    const { entry, error } = this.#tryDecrypt(sealed)
    // Another node may have sealed it under a newer key.
    if (!(error instanceof TermUnknown) || this.#cipher.reload === undefined) return entry
    await this.#cipher.reload()
    return this.#tryDecrypt(sealed).entry
  }

  #tryDecrypt(sealed: Buffer): { readonly entry?: TokenEntry; readonly error?: unknown } {
    try {
      return { entry: tokenCodec.decode(this.#cipher.open(DOMAIN, sealed)) }
    } catch (error) {
      return { error }
    }
  }

  #remember(token: string, entry: TokenEntry): void {
    if (this.#opened.size >= REMEMBERED_MAX) this.#opened.clear()
    this.#opened.set(token, entry)
  }
}

/** Bytes have one spelling: a second one would be a second token with the same rights, and another hash in the audit log. */
function sealedBytes(token: string): Buffer | undefined {
  if (!token.startsWith(BATCH_PREFIX) || token.length > TOKEN_MAX_CHARS) return undefined
  const text = token.slice(BATCH_PREFIX.length)
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
