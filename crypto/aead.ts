import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { DecryptFailed } from './errors.ts'
import type { RandomBytes } from './random.ts'

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. Sealed bytes are
 * `version(1) | term(4) | nonce(12) | ciphertext | tag(16)`.
 */

const VERSION = 1
const TERM_AT = 1
const NONCE_AT = 5
const NONCE_BYTES = 12
const BODY_AT = NONCE_AT + NONCE_BYTES
const TAG_BYTES = 16
/** What sealing adds to a plaintext. */
export const OVERHEAD_BYTES = BODY_AT + TAG_BYTES
export const KEY_BYTES = 32

const ALGORITHM = 'aes-256-gcm'
/** Never defaulted: Node would take a tag cut to 4 bytes. */
const GCM = { authTagLength: TAG_BYTES } as const

/** What OpenSSL wrote is given back at once when it is longer than this; below, that costs as much as it spares. */
const FREED_BYTES = 2048

/** What a key is used for. Bound into every ciphertext, so that bytes sealed for one use never open in another. */
export interface Domain {
  readonly prefix: Buffer
}

/** `label` holds no NUL: the NUL after it keeps label and path apart. */
export function domain(label: string): Domain {
  return { prefix: Buffer.from(`${label}\0`, 'latin1') }
}

/**
 * Label, NUL, version, term, path: the first NUL ends the label, the next five bytes are fixed, the rest is the path, so
 * no two different inputs give the same bytes.
 */
function associatedData(use: Domain, header: Buffer, path: string): Buffer {
  const fixed = use.prefix.length + NONCE_AT
  const data = Buffer.allocUnsafe(fixed + Buffer.byteLength(path))
  use.prefix.copy(data)
  header.copy(data, use.prefix.length, 0, NONCE_AT)
  data.write(path, fixed)
  return data
}

/** `path` is bound: whoever can write to the database can neither move nor swap what is sealed. */
export function encrypt(
  key: KeyObject,
  term: number,
  use: Domain,
  path: string,
  plaintext: Uint8Array,
  random: RandomBytes,
): Buffer {
  // Lone surrogates all become U+FFFD in UTF-8: two paths would share one encoding.
  if (!path.isWellFormed()) throw new TypeError('a path must be well-formed Unicode')
  const sealed = Buffer.allocUnsafe(OVERHEAD_BYTES + plaintext.length)
  sealed[0] = VERSION
  sealed.writeUInt32BE(term, TERM_AT)
  const nonce = random.bytes(NONCE_BYTES)
  sealed.set(nonce, NONCE_AT)
  const cipher = createCipheriv(ALGORITHM, key, nonce, GCM)
  cipher.setAAD(associatedData(use, sealed, path))
  const body = cipher.update(plaintext)
  sealed.set(body, BODY_AT)
  // What lies outside V8's heap has it go through all that lives, once it is 64 MiB.
  if (body.length > FREED_BYTES && body.length === body.buffer.byteLength) body.buffer.transfer(0)
  cipher.final() // empty for GCM, but the tag exists only after it
  sealed.set(cipher.getAuthTag(), sealed.length - TAG_BYTES)
  return sealed
}

/** The term that sealed bytes name, which says nothing about whether they are genuine. */
export function termOf(sealed: Uint8Array): number {
  if (sealed.length < OVERHEAD_BYTES || sealed[0] !== VERSION) throw new DecryptFailed()
  return viewOf(sealed).readUInt32BE(TERM_AT)
}

/** Throws DecryptFailed, always the same. The caller zeroes the plaintext when it is key material. */
export function decrypt(key: KeyObject, use: Domain, path: string, sealed: Uint8Array): Buffer {
  if (sealed.length < OVERHEAD_BYTES || sealed[0] !== VERSION || !path.isWellFormed()) throw new DecryptFailed()
  const bytes = viewOf(sealed)
  const tagAt = bytes.length - TAG_BYTES
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(NONCE_AT, BODY_AT), GCM)
  decipher.setAAD(associatedData(use, bytes, path))
  decipher.setAuthTag(bytes.subarray(tagAt))
  const plaintext = decipher.update(bytes.subarray(BODY_AT, tagAt))
  try {
    decipher.final()
    return plaintext
  } catch {
    plaintext.fill(0) // what an attacker made of it must not linger, whoever holds a reference
    throw new DecryptFailed()
  }
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
