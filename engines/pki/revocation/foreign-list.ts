import { setImmediate } from 'node:timers/promises'
import { type DerElement, derElement, derElements, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { isSigned, specOf } from '../x509/algorithms.ts'
import type { ParsedCertificate } from '../x509/certificate.ts'
import { oid } from '../x509/der.ts'
import { EXTENSION } from '../x509/extensions.ts'
import { hexSerial, SERIAL_BYTES_MAX } from '../x509/serial.ts'
import { type Algorithm, algorithmIn } from '../x509/signature-algorithm.ts'
import { refuseNotDer } from '../x509/strict-der.ts'

/** A list of revoked certificates that somebody hands in (RFC 5280, 5.1), taken apart as far as it is to be put together anew. */
export interface ForeignList {
  readonly issuerDer: Buffer
  readonly tbs: Buffer
  readonly algorithm: Algorithm
  readonly signature: Buffer
  readonly entries: readonly ForeignEntry[]
}

export interface ForeignEntry {
  readonly serial: string
  readonly atMs: number
  /** CRLReason; 0 where it says nothing. */
  readonly reason: number
}

const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18
const ENUMERATED = 0x0a
/** CRLReason (RFC 5280, 5.3.1). */
const REMOVE_FROM_CRL = 8
const UNUSED_REASON = 7
const LAST_REASON = 10

/** Throws EncodingError, saying what is wrong, for what is no list or holds entries that say more than can be kept. */
export async function parseForeignList(der: Buffer): Promise<ForeignList> {
  const [tbs, algorithm, signature] = membersOf(derElement(der, TAG.sequence))
  if (tbs === undefined || algorithm === undefined || signature?.tag !== TAG.bitString)
    throw new EncodingError('not a list of revoked certificates')
  const [version, inner, issuer, thisUpdate, ...rest] = membersOf(tbs)
  if (version?.tag !== TAG.integer || !version.body.equals(Buffer.of(1)))
    throw new EncodingError('not a list of version 2')
  if (inner === undefined || !inner.whole.equals(algorithm.whole))
    throw new EncodingError('it names two algorithms of its signature')
  if (issuer?.tag !== TAG.sequence || thisUpdate === undefined)
    throw new EncodingError('it lacks its issuer or its time')
  momentOf(thisUpdate)
  const revoked = rest.find(({ tag }) => tag === TAG.sequence)
  for (const part of [inner, issuer, thisUpdate, signature, ...rest]) if (part !== revoked) refuseNotDer(part.whole)
  return {
    issuerDer: issuer.whole,
    tbs: tbs.whole,
    algorithm: algorithmIn(algorithm),
    signature: signature.body.subarray(1),
    entries: revoked === undefined ? [] : await entriesOf(derElements(revoked.body)),
  }
}

/** Entries that are read in one go: others wait for so long. */
const AT_ONCE = 1_000

async function entriesOf(elements: readonly DerElement[]): Promise<readonly ForeignEntry[]> {
  const entries: ForeignEntry[] = []
  for (const element of elements) {
    refuseNotDer(element.whole)
    entries.push(entryOf(element))
    if (entries.length % AT_ONCE === 0) await setImmediate()
  }
  return entries
}

/** Whether the issuer's own key signed it, under the issuer's name. */
export function isListOf({ issuerDer, algorithm, tbs, signature }: ForeignList, issuer: ParsedCertificate): boolean {
  const { subjectDer, publicKey } = issuer
  return issuerDer.equals(subjectDer) && isSigned(algorithm, tbs, signature, publicKey, specOf(publicKey).kind)
}

function membersOf(element: DerElement | undefined): readonly DerElement[] {
  if (element?.tag !== TAG.sequence) throw new EncodingError('not a list of revoked certificates')
  return derElements(element.body)
}

function entryOf(element: DerElement): ForeignEntry {
  const [serial, at, extensions] = membersOf(element)
  if (serial?.tag !== TAG.integer || at === undefined) throw new EncodingError('an entry lacks its number or its time')
  if ((serial.body[0] ?? 0) >= 0x80 || serial.body.length > SERIAL_BYTES_MAX + 1)
    throw new EncodingError('the number of an entry is negative or too long')
  return {
    serial: hexSerial(serial.body),
    atMs: momentOf(at),
    reason: extensions === undefined ? 0 : reasonOf(extensions),
  }
}

const REASON_ID = oid(EXTENSION.crlReason)

/** What is critical changes what the entry says, as whose certificate it is: it cannot be left out. */
function reasonOf(extensions: DerElement): number {
  let reason = 0
  for (const extension of membersOf(extensions)) {
    const [id, ...rest] = membersOf(extension)
    const value = rest.at(-1)
    if (id === undefined || value?.tag !== TAG.octetString) throw new EncodingError('an extension lacks its value')
    if (rest.length > 1) throw new EncodingError('an entry has a critical extension')
    if (!id.whole.equals(REASON_ID)) continue
    reason = derElement(value.body, ENUMERATED).body[0] ?? 0
    if (reason === REMOVE_FROM_CRL) throw new EncodingError('an entry takes a revocation back')
    if (reason > LAST_REASON || reason === UNUSED_REASON)
      throw new EncodingError('an entry has a reason that there is none of')
  }
  return reason
}

const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/

/** RFC 5280, 5.1.2.4: to the second, in UTC. */
function momentOf({ tag, body }: DerElement): number {
  const text = body.toString('latin1')
  const found = tag === UTC_TIME ? UTC.exec(text) : tag === GENERALIZED_TIME ? GENERALIZED.exec(text) : null
  const [year = Number.NaN, month = 0, ...rest] = (found ?? []).slice(1).map(Number)
  const full = tag === UTC_TIME ? year + (year < 50 ? 2000 : 1900) : year
  const ms = Date.UTC(full, month - 1, ...rest)
  if (Number.isNaN(ms)) throw new EncodingError('a time that is none')
  return ms
}
