import { document } from '../../storage/codec.ts'
import type { Codec } from '../../storage/store.ts'

/** A certificate of this mount. It stands there before anything is signed, and then without `certificate`. */
export interface CertificateDocument {
  /** What is to be signed; dropped when it is. */
  readonly tbs?: Buffer
  readonly certificate?: Buffer
  readonly issuerId: string
  /** Name and key that signed it, and so the list that it would be revoked on. */
  readonly authority: string
  readonly shard: number
  readonly role: string
  readonly issuedAtMs: number
  readonly notAfterMs: number
  readonly revocation?: Revocation
}

export interface Revocation {
  readonly atMs: number
  /** CRLReason (RFC 5280, 5.3.1). */
  readonly reason: number
}

/** As rows were written before, and as what has both `tbs` and `certificate` still is. */
const BY_NAME = document<CertificateDocument>()

const VERSION = 2
const HEAD_AT = 3
type Holds = 'nothing' | 'tbs' | 'certificate'
const HOLDS: readonly Holds[] = ['nothing', 'tbs', 'certificate']

/** By their places: names would be a quarter of the row. The last two stand there if it was revoked. */
type Head = readonly [
  holds: number,
  issuerId: string,
  authority: string,
  shard: number,
  role: string,
  issuedAtMs: number,
  notAfterMs: number,
  atMs?: number,
  reason?: number,
]

/**
 * Short, since SQLite keeps what of a row is beyond some 1000 bytes on a page of 4 KiB of its own: a certificate with a
 * P-256 key by an RSA-2048 authority stays below.
 *
 * Format: version (1) | length of the head (2, big endian) | head, a list in JSON | what is to be signed, or the certificate.
 */
export const certificateCodec: Codec<CertificateDocument> = {
  encode(value) {
    const { tbs, certificate, revocation } = value
    if (tbs !== undefined && certificate !== undefined) return BY_NAME.encode(value)
    const holds: Holds = tbs !== undefined ? 'tbs' : certificate !== undefined ? 'certificate' : 'nothing'
    const { issuerId, authority, shard, role, issuedAtMs, notAfterMs } = value
    const fields: Head = [HOLDS.indexOf(holds), issuerId, authority, shard, role, issuedAtMs, notAfterMs]
    const head = JSON.stringify(revocation === undefined ? fields : [...fields, revocation.atMs, revocation.reason])
    const headBytes = Buffer.byteLength(head)
    if (headBytes > 0xffff) return BY_NAME.encode(value)
    const held = tbs ?? certificate
    const bytes = Buffer.allocUnsafe(HEAD_AT + headBytes + (held?.length ?? 0))
    bytes[0] = VERSION
    bytes.writeUInt16BE(headBytes, 1)
    bytes.write(head, HEAD_AT)
    if (held !== undefined) bytes.set(held, HEAD_AT + headBytes)
    return bytes
  },
  decode(input) {
    const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
    if (bytes[0] !== VERSION) return BY_NAME.decode(bytes)
    const heldAt = bytes.length < HEAD_AT ? bytes.length + 1 : HEAD_AT + bytes.readUInt16BE(1)
    if (heldAt > bytes.length) throw malformed()
    const [holds, issuerId, authority, shard, role, issuedAtMs, notAfterMs, atMs, reason] = headOf(
      bytes.toString('utf8', HEAD_AT, heldAt),
    )
    const what = HOLDS[holds]
    if (what === undefined || (what === 'nothing' && heldAt < bytes.length)) throw malformed()
    // Of its own: what is cached would keep what it is a part of.
    const held = Buffer.alloc(bytes.length - heldAt)
    bytes.copy(held, 0, heldAt)
    return {
      ...(what !== 'nothing' && { [what]: held }),
      issuerId,
      authority,
      shard,
      role,
      issuedAtMs,
      notAfterMs,
      ...(atMs !== undefined && reason !== undefined && { revocation: { atMs, reason } }),
    }
  },
}

const KINDS: readonly string[] = [
  'number',
  'string',
  'string',
  'number',
  'string',
  'number',
  'number',
  'number',
  'number',
]
const FIELDS = 7

function headOf(text: string): Head {
  let head: unknown
  try {
    head = JSON.parse(text)
  } catch {
    throw malformed() // the parser's own message would quote it
  }
  const isHead = (value: unknown): value is Head =>
    Array.isArray(value) &&
    (value.length === FIELDS || value.length === KINDS.length) &&
    value.every((one, at) => typeof one === KINDS[at])
  if (!isHead(head)) throw malformed()
  return head
}

function malformed(): Error {
  return new Error('these bytes are not an encoded certificate')
}
