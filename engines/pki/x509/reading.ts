import { type DerElement, derElement, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { isOid } from './der.ts'

/**
 * Values of DER that are read on the way of a request: certificate requests and what OCSP is asked. What is read here has been
 * through `refuseNotDer`. Each function throws EncodingError for what is not of its kind.
 */

const BOOLEAN = 0x01
const OID = 0x06

/** The members of a SEQUENCE. */
export function membersOf(element: DerElement | undefined): readonly DerElement[] {
  if (element?.tag !== TAG.sequence) throw new EncodingError('a sequence is missing')
  return element.members
}

/** What a BIT STRING of whole bytes holds. */
export function wholeBytes(element: DerElement | undefined): Buffer {
  if (element?.tag !== TAG.bitString || element.body[0] !== 0) throw new EncodingError('a string of bits is missing')
  return element.body.subarray(1)
}

export function octets(element: DerElement | undefined): Buffer {
  if (element?.tag !== TAG.octetString) throw new EncodingError('a string of octets is missing')
  return element.body
}

export function isTrue(element: DerElement | undefined): boolean {
  return element?.tag === BOOLEAN && element.body[0] === 0xff
}

/** Identifiers that were read, most of which come again. */
const texts = new Map<string, string>()
const TEXTS_MAX = 1_000

/** An OBJECT IDENTIFIER in dotted decimal. */
export function oidText(element: DerElement | undefined): string {
  if (element?.tag !== OID || element.body.length === 0) throw new EncodingError('an identifier is missing')
  const key = element.body.toString('latin1')
  const known = texts.get(key)
  if (known !== undefined) return known
  const made = dotted(element.body)
  if (texts.size < TEXTS_MAX) texts.set(key, made)
  return made
}

/** Longer ones name nothing, and take long to write out. */
const OID_BYTES_MAX = 128

function dotted(body: Buffer): string {
  if (body.length > OID_BYTES_MAX) throw new EncodingError('an identifier is too long')
  const arcs: bigint[] = []
  let arc = 0n
  for (const byte of body) {
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    if (byte >= 0x80) continue
    arcs.push(arc)
    arc = 0n
  }
  const [first = 0n, ...rest] = arcs
  const root = first < 80n ? first / 40n : 2n
  const text = [root, first - root * 40n, ...rest].join('.')
  // What is read may be written again.
  if (!isOid(text)) throw new EncodingError('an identifier is too long')
  return text
}

/** The members of what stands in an extension as one SEQUENCE. */
export function sequenceIn(value: Buffer): readonly DerElement[] {
  return derElement(value, TAG.sequence).members
}
