import { refused } from '../errors.ts'

/**
 * What a ciphertext is bound to besides its key: text to text. It is no secret; decrypting needs the same again, in
 * whatever order.
 */
export type EncryptionContext = Readonly<Record<string, string>>

/** AWS's bound, of all that is bound together. */
const BYTES_MAX = 8192

/**
 * One encoding for one context: the number of pairs, then each name and value with its length in front, in the byte order
 * of the names. The empty context and none are the same.
 */
export function encodedContext(context: EncryptionContext): Buffer {
  const pairs = Object.entries(context)
    .map(([name, value]) => [bytesOf(name), bytesOf(value)] as const)
    .toSorted(([a], [b]) => Buffer.compare(a, b))
  const encoded = Buffer.concat([length(pairs.length), ...pairs.flat().flatMap((part) => [length(part.length), part])])
  if (encoded.length > BYTES_MAX) throw refused('Validation', `encryption_context is longer than ${BYTES_MAX} bytes`)
  return encoded
}

/** Half of a surrogate pair has no UTF-8: two texts would be written alike. */
function bytesOf(text: string): Buffer {
  if (!text.isWellFormed()) throw refused('Validation', 'encryption_context is not Unicode text')
  return Buffer.from(text)
}

function length(of: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(of)
  return bytes
}

export const isEmpty = (context: EncryptionContext): boolean => Object.keys(context).length === 0
