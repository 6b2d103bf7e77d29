import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { headerOf, NONCE_BYTES, type Parts, TAG_BYTES } from './format.ts'

const KEY_BYTES = 32
// Never defaulted: Node.js would take a tag cut to 4 bytes.
const GCM = { authTagLength: TAG_BYTES }

/** A key that encrypts messages, with the form of it that goes along with them. Holds the bytes until it is erased. */
export class DataKey {
  readonly wrapped: string
  readonly #bytes: Buffer
  #erased = false

  /** Takes the bytes over. Throws RangeError when they are no key. */
  constructor(wrapped: string, bytes: Buffer) {
    if (bytes.length !== KEY_BYTES) throw new RangeError('the server gave no key of 256 bits')
    this.wrapped = wrapped
    this.#bytes = bytes
  }

  /** As the server gives it: in base64. That text is a string, which only the garbage collector forgets. */
  static fromBase64(wrapped: string, text: string): DataKey {
    // Not Buffer.from, whose bytes lie in a block that many share and that lives on.
    const bytes = Buffer.alloc(KEY_BYTES)
    bytes.write(text, 'base64')
    return new DataKey(wrapped, KEY_TEXT.test(text) ? bytes : Buffer.alloc(0))
  }

  /** A whole message: header, nonce, ciphertext and tag. Throws when the key is erased. */
  encrypt(plaintext: Uint8Array, associated: Uint8Array): Buffer {
    this.#check()
    const header = headerOf(this.wrapped)
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#bytes, nonce, GCM)
    // The header says how long it is, so no other header and other associated data read the same.
    cipher.setAAD(Buffer.concat([header, associated]))
    const body = cipher.update(plaintext)
    cipher.final()
    return Buffer.concat([header, nonce, body, cipher.getAuthTag()])
  }

  /** Undefined: the message or its associated data are not what was encrypted. */
  decrypt({ header, nonce, body, tag }: Parts, associated: Uint8Array): Buffer | undefined {
    this.#check()
    const decipher = createDecipheriv('aes-256-gcm', this.#bytes, nonce, GCM)
    decipher.setAAD(Buffer.concat([header, associated]))
    decipher.setAuthTag(tag)
    const plaintext = decipher.update(body)
    try {
      decipher.final()
      return plaintext
    } catch {
      plaintext.fill(0)
      return undefined
    }
  }

  /** Zeroes the key, which is of no use from then on. */
  erase(): void {
    this.#erased = true
    this.#bytes.fill(0)
  }

  /** Zeros are a key too: whoever used one that is gone would encrypt for everybody. */
  #check(): void {
    if (this.#erased) throw new Error('the key is erased')
  }
}

/** 32 bytes in base64. */
const KEY_TEXT = /^[A-Za-z0-9+/]{43}=$/
