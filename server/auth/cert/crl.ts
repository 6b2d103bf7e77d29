import { TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { context, eachElement, integerOf, Reader, soleElement, timeOf } from './der.ts'

/** What is kept of a certificate revocation list (RFC 5280, 5). */
export interface RevocationList {
  /** Decimal. */
  readonly serials: readonly string[]
  /** When the next one is due; undefined: it doesn't say. */
  readonly nextUpdateMs: number | undefined
}

/** Numbers in one list. */
const SERIALS_MAX = 200_000

/** Reads a list: DER, or the text of PEM. Nobody's signature is looked at. Throws an Error for what is none. */
export function readRevocationList(source: Buffer | string): RevocationList {
  const list = soleElement(TAG.sequence, typeof source === 'string' ? derOf(source) : source)
  const tbs = new Reader(list.take(TAG.sequence).body)
  list.take(TAG.sequence)
  list.take(TAG.bitString)
  list.end()
  tbs.takeIf(TAG.integer)
  tbs.take(TAG.sequence)
  tbs.take(TAG.sequence)
  timeOf(tbs.any())
  const hasNext = tbs.next === TAG.utcTime || tbs.next === TAG.generalizedTime
  const nextUpdateMs = hasNext ? timeOf(tbs.any()) : undefined
  const entries = tbs.takeIf(TAG.sequence)
  tbs.takeIf(context(0))
  tbs.end()
  return { serials: entries === undefined ? [] : serialsOf(entries.body), nextUpdateMs }
}

function serialsOf(entries: Buffer): readonly string[] {
  const serials: string[] = []
  for (const { tag, body: value } of eachElement(new Reader(entries))) {
    if (tag !== TAG.sequence) throw new EncodingError('an entry is none')
    if (serials.length === SERIALS_MAX) throw new Error(`more than ${SERIALS_MAX} numbers`)
    serials.push(integerOf(new Reader(value).take(TAG.integer).body))
  }
  return serials
}

function derOf(text: string): Buffer {
  const base64 = /^\s*-----BEGIN (?:X509 )?CRL-----([A-Za-z0-9+/=\s]+)-----END (?:X509 )?CRL-----\s*$/.exec(text)?.[1]
  if (base64 === undefined) throw new Error('not PEM')
  return Buffer.from(base64, 'base64')
}
