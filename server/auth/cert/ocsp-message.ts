import { createHash, verify } from 'node:crypto'
import { encodeDer, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import { isInTime, isSignedBy } from './chain.ts'
import { context, contextPrimitive, eachElement, oidOf, Reader, soleElement, timeOf } from './der.ts'

/** Asking whether a certificate was revoked, and reading what is answered (RFC 6960). */

export type OcspStatus = 'good' | 'revoked' | 'unknown'

export interface OcspAnswer {
  readonly status: OcspStatus
  /** Until when it may be relied on. */
  readonly untilMs: number
}

const OID = {
  basicResponse: '1.3.6.1.5.5.7.48.1.1',
  nonce: '1.3.6.1.5.5.7.48.1.2',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const
/** The same two, and SHA-1, encoded. */
const NONCE = encodeDer(TAG.oid, Buffer.from('2b0601050507300102', 'hex'))
const SHA1 = encodeDer(TAG.sequence, encodeDer(TAG.oid, Buffer.from('2b0e03021a', 'hex')), encodeDer(TAG.null))

/** Clocks of others may differ by so much. */
const SKEW_MS = 5 * 60_000
/** How old an answer may be that doesn't say when the next one comes. */
const AGE_MAX_MS = 60 * 60_000

/** How signatures are made that are taken, by their object identifier. */
const HASHES: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
}

/** DER. SHA-1 only names the issuer here, which is what all servers understand; nothing rests on it. */
export function ocspRequest(certificate: Certificate, issuer: Certificate, nonce: Buffer): Buffer {
  const id = encodeDer(
    TAG.sequence,
    SHA1,
    encodeDer(TAG.octetString, digest('sha1', issuer.subject)),
    encodeDer(TAG.octetString, digest('sha1', issuer.publicKeyBits)),
    encodeDer(TAG.integer, certificate.serialBytes),
  )
  const extension = encodeDer(TAG.sequence, NONCE, encodeDer(TAG.octetString, encodeDer(TAG.octetString, nonce)))
  const requests = encodeDer(TAG.sequence, encodeDer(TAG.sequence, id))
  return encodeDer(
    TAG.sequence,
    encodeDer(TAG.sequence, requests, encodeDer(context(2), encodeDer(TAG.sequence, extension))),
  )
}

export interface OcspQuestion {
  readonly certificate: Certificate
  readonly issuer: Certificate
  readonly nonce: Buffer
  /** Who may sign in the issuer's stead, or certify who may. */
  readonly signers: readonly Certificate[]
  readonly nowMs: number
}

/** Throws an Error for anything but an answer to this question, of now, that somebody signed who may. */
export function readOcspReply(bytes: Buffer, question: OcspQuestion): OcspAnswer {
  const reply = soleElement(TAG.sequence, bytes)
  const status = reply.take(TAG.enumerated).body
  if (status.length !== 1 || status[0] !== 0) throw new Error(`the server answers with status ${status[0]}`)
  const wrapped = soleElement(TAG.sequence, reply.take(context(0)).body)
  if (oidOf(wrapped.take(TAG.oid).body) !== OID.basicResponse) throw new EncodingError('the reply is of another kind')
  const basic = soleElement(TAG.sequence, wrapped.take(TAG.octetString).body)
  const data = basic.take(TAG.sequence)
  const algorithm = oidOf(new Reader(basic.take(TAG.sequence).body).take(TAG.oid).body)
  const signature = basic.take(TAG.bitString).body.subarray(1)
  const enclosed = basic.takeIf(context(0))
  const certificates =
    enclosed === undefined
      ? []
      : Array.from(eachElement(soleElement(TAG.sequence, enclosed.body)), ({ whole }) => readCertificate(whole))
  if (!isSigned(data.whole, algorithm, signature, signersOf(certificates, question)))
    throw new Error('the reply is not signed by anybody who may')
  return answerIn(new Reader(data.body), question)
}

/** The issuer, who was named for it, and whom either of them made a certificate for this purpose. */
function signersOf(enclosed: readonly Certificate[], { issuer, signers, nowMs }: OcspQuestion): readonly Certificate[] {
  const delegated = enclosed.filter(
    (certificate) =>
      certificate.extendedKeyUsage?.includes(OID.ocspSigning) === true &&
      isInTime(certificate, nowMs) &&
      [issuer, ...signers.filter(({ isCa }) => isCa)].some(
        (authority) => certificate.issuer.equals(authority.subject) && isSignedBy(certificate, authority),
      ),
  )
  return [issuer, ...signers.filter((signer) => isInTime(signer, nowMs)), ...delegated.slice(0, 5)]
}

function isSigned(data: Buffer, algorithm: string, signature: Buffer, signers: readonly Certificate[]): boolean {
  const hash = HASHES[algorithm]
  if (hash === undefined) return false
  return signers.some(({ x509 }) => {
    try {
      return verify(hash, data, x509.publicKey, signature)
    } catch {
      return false
    }
  })
}

function answerIn(data: Reader, question: OcspQuestion): OcspAnswer {
  data.takeIf(context(0))
  data.any()
  data.take(TAG.generalizedTime)
  const responses = data.take(TAG.sequence).body
  const extensions = data.takeIf(context(1))
  if (extensions !== undefined) checkNonce(extensions.body, question.nonce)
  for (const { body: value } of eachElement(new Reader(responses))) {
    const response = new Reader(value)
    if (isAbout(response.take(TAG.sequence).body, question)) return answerOf(response, question.nowMs)
  }
  throw new Error('the reply is about other certificates')
}

/** Servers that answer from a store give none back; what is given back must be ours. */
function checkNonce(extensions: Buffer, nonce: Buffer): void {
  for (const { body: value } of eachElement(soleElement(TAG.sequence, extensions))) {
    const reader = new Reader(value)
    if (oidOf(reader.take(TAG.oid).body) !== OID.nonce) continue
    reader.takeIf(TAG.boolean)
    const content = reader.take(TAG.octetString).body
    if (!content.equals(encodeDer(TAG.octetString, nonce)) && !content.equals(nonce))
      throw new Error('the reply is to another request')
  }
}

function isAbout(id: Buffer, { certificate, issuer }: OcspQuestion): boolean {
  const reader = new Reader(id)
  const hash = { '1.3.14.3.2.26': 'sha1', '2.16.840.1.101.3.4.2.1': 'sha256' }[
    oidOf(new Reader(reader.take(TAG.sequence).body).take(TAG.oid).body)
  ]
  const nameHash = reader.take(TAG.octetString).body
  const keyHash = reader.take(TAG.octetString).body
  const serial = reader.take(TAG.integer).body
  return (
    hash !== undefined &&
    serial.equals(certificate.serialBytes) &&
    nameHash.equals(digest(hash, issuer.subject)) &&
    keyHash.equals(digest(hash, issuer.publicKeyBits))
  )
}

function answerOf(response: Reader, nowMs: number): OcspAnswer {
  const { tag } = response.any()
  const status = { [contextPrimitive(0)]: 'good', [context(1)]: 'revoked', [contextPrimitive(2)]: 'unknown' }[tag]
  if (status !== 'good' && status !== 'revoked' && status !== 'unknown')
    throw new EncodingError('there is no such status')
  const thisUpdateMs = timeOf(response.take(TAG.generalizedTime))
  const next = response.takeIf(context(0))
  const untilMs =
    next === undefined ? thisUpdateMs + AGE_MAX_MS : timeOf(new Reader(next.body).take(TAG.generalizedTime))
  if (thisUpdateMs > nowMs + SKEW_MS) throw new Error('the reply is of the future')
  if (untilMs < nowMs - SKEW_MS) throw new Error('the reply is too old')
  return { status, untilMs }
}

const digest = (hash: string, bytes: Buffer): Buffer => createHash(hash).update(bytes).digest()
