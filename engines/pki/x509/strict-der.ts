import { type DerElement, derElements } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'

const DEPTH_MAX = 32
const CONSTRUCTED = 0x20

/**
 * Throws EncodingError for what is not one value in DER, so that no two readers see two things in the same bytes: lengths
 * that are indefinite or not the shortest, numbers with padding, booleans and bits that are neither, and what comes after.
 */
export function refuseNotDer(bytes: Buffer): void {
  const elements = derElements(bytes)
  if (elements.length !== 1) throw new EncodingError('it does not end where it says')
  for (const element of elements) refuseElement(element, DEPTH_MAX)
}

function refuseElement({ tag, body }: DerElement, depth: number): void {
  if (depth === 0) throw new EncodingError('it is nested too deeply')
  if ((tag & CONSTRUCTED) !== 0) {
    for (const inner of derElements(body)) refuseElement(inner, depth - 1)
    return
  }
  const [first = 0, second = 0] = body
  const isPadded = body.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
  if (tag === 0x01 && (body.length !== 1 || (first !== 0 && first !== 0xff)))
    throw new EncodingError('a boolean that is neither true nor false')
  if ((tag === 0x02 || tag === 0x0a) && (body.length === 0 || isPadded))
    throw new EncodingError('a number that is not the shortest')
  if (tag === 0x03) refuseBits(body)
  if (tag === 0x05 && body.length > 0) throw new EncodingError('a null that holds something')
  if (tag === 0x06) refuseOid(body)
}

function refuseBits(body: Buffer): void {
  const unused = body[0] ?? 8
  const last = body.length > 1 ? (body.at(-1) ?? 0) : 0
  if (unused > 7 || (body.length === 1 && unused > 0) || (last & ((1 << unused) - 1)) !== 0)
    throw new EncodingError('bits that are not there are set')
}

function refuseOid(body: Buffer): void {
  const ends = (body.at(-1) ?? 0x80) < 0x80
  const isPadded = body.some((byte, at) => byte === 0x80 && (at === 0 || (body[at - 1] ?? 0) < 0x80))
  if (!ends || isPadded) throw new EncodingError('an identifier that is not the shortest')
}
