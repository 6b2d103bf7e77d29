import { invalidCiphertext, refused } from '../errors.ts'
import { type EncryptionContext, encodedContext } from './encryption-context.ts'

/**
 * What symmetric keys make: format (1) | key id (16) | key version (4, big endian) | nonce (12) | ciphertext | tag (16).
 * The head names the key and is bound to the rest, as is the encryption context.
 */
export interface CiphertextHead {
  readonly keyId: string
  readonly version: number
}

const FORMAT = 1
const HEAD_BYTES = 21
/** Head, nonce and tag. */
const OVERHEAD_BYTES = HEAD_BYTES + 12 + 16
export const CIPHERTEXT_MAX = 6144

export function encodedHead({ keyId, version }: CiphertextHead): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt8(FORMAT)
  head.write(keyId.replaceAll('-', ''), 1, 'hex')
  head.writeUInt32BE(version, 17)
  return head
}

/** What is authenticated besides the plaintext. */
export function boundTo(head: Buffer, context: EncryptionContext): Buffer {
  return Buffer.concat([head, encodedContext(context)])
}

interface ParsedCiphertext extends CiphertextHead {
  readonly head: Buffer
  /** Nonce, ciphertext and tag. */
  readonly sealed: Buffer
}

/** Throws InvalidCiphertext. */
export function parsedCiphertext(bytes: Buffer): ParsedCiphertext {
  if (bytes.length < OVERHEAD_BYTES || bytes.length > CIPHERTEXT_MAX || bytes[0] !== FORMAT) throw invalidCiphertext()
  const id = bytes.toString('hex', 1, 17)
  const keyId = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-')
  const head = bytes.subarray(0, HEAD_BYTES)
  return { keyId, version: bytes.readUInt32BE(17), head, sealed: bytes.subarray(HEAD_BYTES) }
}

/** The id of the key that opens it, for who has a ciphertext and nothing else. Throws InvalidCiphertext. */
export const keyIdOfCiphertext = (bytes: Buffer): string => parsedCiphertext(bytes).keyId

export function refuseOtherKey(ciphertext: CiphertextHead, keyId: string): void {
  if (ciphertext.keyId !== keyId) throw refused('IncorrectKey', 'the ciphertext was made by another key')
}
