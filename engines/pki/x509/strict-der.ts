import { type DerHead, derHead } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'

const DEPTH_MAX = 32
const CONSTRUCTED = 0x20

/**
 * Throws EncodingError for what is not one value in DER, so that no two readers see two things in the same bytes: lengths
 * that are indefinite or not the shortest, numbers with padding, booleans and bits that are neither, and what comes after.
 * It cuts nothing out of the bytes, since it goes over each element of what is handed in.
 */
export function refuseNotDer(bytes: Buffer): void {
  if (bytes.length === 0) throw new EncodingError('it does not end where it says')
  const head = derHead(bytes, 0, bytes.length)
  if (head.end !== bytes.length) throw new EncodingError('it does not end where it says')
  refuseElement(bytes, head, DEPTH_MAX)
}

function refuseElements(bytes: Buffer, from: number, to: number, depth: number): void {
  for (let at = from; at < to; ) {
    const head = derHead(bytes, at, to)
    refuseElement(bytes, head, depth)
    at = head.end
  }
}

function refuseElement(bytes: Buffer, { tag, bodyAt, end }: DerHead, depth: number): void {
  if (depth === 0) throw new EncodingError('it is nested too deeply')
  if ((tag & CONSTRUCTED) !== 0) {
    refuseElements(bytes, bodyAt, end, depth - 1)
    return
  }
  const length = end - bodyAt
  const first = length > 0 ? (bytes[bodyAt] ?? 0) : 0
  const second = length > 1 ? (bytes[bodyAt + 1] ?? 0) : 0
  const isPadded = length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
  if (tag === 0x01 && (length !== 1 || (first !== 0 && first !== 0xff)))
    throw new EncodingError('a boolean that is neither true nor false')
  if ((tag === 0x02 || tag === 0x0a) && (length === 0 || isPadded))
    throw new EncodingError('a number that is not the shortest')
  if (tag === 0x03) refuseBits(bytes, bodyAt, end)
  if (tag === 0x05 && length > 0) throw new EncodingError('a null that holds something')
  if (tag === 0x06) refuseOid(bytes, bodyAt, end)
}

function refuseBits(bytes: Buffer, from: number, to: number): void {
  const unused = to > from ? (bytes[from] ?? 8) : 8
  const last = to - from > 1 ? (bytes[to - 1] ?? 0) : 0
  if (unused > 7 || (to - from === 1 && unused > 0) || (last & ((1 << unused) - 1)) !== 0)
    throw new EncodingError('bits that are not there are set')
}

function refuseOid(bytes: Buffer, from: number, to: number): void {
  let before = 0
  let isPadded = false
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    // The first byte of a number, which holds no more than that another follows.
    if (byte === 0x80 && before < 0x80) isPadded = true
    before = byte
  }
  if (from === to || before >= 0x80 || isPadded) throw new EncodingError('an identifier that is not the shortest')
}
