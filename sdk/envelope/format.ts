/**
 * A message on its own: who has it and may decrypt with the transit key can read it, years later, without anything else.
 *
 *     'EGE' | version 1 | length of the wrapped key, 2 bytes, big-endian | wrapped key, ASCII | nonce 12 | ciphertext | tag 16
 *
 * All before the nonce is authenticated with the message. A wrapped key is what transit calls a ciphertext: `vault:v1:…`.
 */

const MAGIC = Buffer.from('EGE\u0001', 'latin1')
const LENGTH_AT = MAGIC.length
const KEY_AT = LENGTH_AT + 2
export const NONCE_BYTES = 12
export const TAG_BYTES = 16
/** Wrapped keys have about 100 characters; what names a longer one is no message. */
const WRAPPED_MAX = 1024

export interface Parts {
  /** All that stands before the nonce. */
  readonly header: Buffer
  readonly wrappedKey: string
  readonly nonce: Buffer
  readonly body: Buffer
  readonly tag: Buffer
}

/** Throws RangeError for what cannot be a wrapped key. */
export function headerOf(wrappedKey: string): Buffer {
  if (!isWrappedKey(wrappedKey)) throw new RangeError('the server gave no wrapped key that a message can hold')
  const header = Buffer.alloc(KEY_AT + wrappedKey.length)
  MAGIC.copy(header)
  header.writeUInt16BE(wrappedKey.length, LENGTH_AT)
  header.write(wrappedKey, KEY_AT, 'latin1')
  return header
}

/** Undefined: it is none. Gives views, no copies. */
export function partsOf(message: Uint8Array): Parts | undefined {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  if (bytes.length < KEY_AT || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined
  const nonceAt = KEY_AT + bytes.readUInt16BE(LENGTH_AT)
  const bodyAt = nonceAt + NONCE_BYTES
  if (bytes.length < bodyAt + TAG_BYTES) return undefined
  const wrappedKey = bytes.toString('latin1', KEY_AT, nonceAt)
  if (!isWrappedKey(wrappedKey)) return undefined
  return {
    header: bytes.subarray(0, nonceAt),
    wrappedKey,
    nonce: bytes.subarray(nonceAt, bodyAt),
    body: bytes.subarray(bodyAt, -TAG_BYTES),
    tag: bytes.subarray(-TAG_BYTES),
  }
}

const isWrappedKey = (text: string): boolean => text.length <= WRAPPED_MAX && /^[!-~]+$/.test(text)
