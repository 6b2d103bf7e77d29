import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { IssuerDocument } from '../documents.ts'
import type { Signer } from '../x509/algorithms.ts'
import { storedCertificate } from '../x509/certificate.ts'
import { bitString, type Der, explicit, integer, sequenceOpening, time } from '../x509/der.ts'
import { type Extension, extensionsDer } from '../x509/extensions.ts'

/** What a list says, and who signs it. */
export interface ListContents {
  readonly issuer: IssuerDocument
  readonly signer: Signer
  readonly thisUpdateMs: number
  readonly nextUpdateMs: number
  /** The members of `revokedCertificates`, one part after the other. */
  readonly entries: readonly Buffer[]
  readonly extensions: readonly Extension[]
}

/** What stands before the entries and behind them. */
export interface SignedList {
  readonly head: Der
  readonly tail: Der
  /** SHA-256 of what is signed and the signature, in hexadecimal. */
  readonly digest: string
}

/** A CertificateList of version 2 (RFC 5280, 5.1), which is never whole in memory: a long one takes megabytes. */
export async function signedList(contents: ListContents): Promise<SignedList> {
  const { issuer, signer, thisUpdateMs, nextUpdateMs, entries, extensions } = contents
  const entriesLength = lengthOf(entries)
  const fields = Buffer.concat([
    integer(1),
    signer.algorithm,
    storedCertificate(issuer.certificate).subjectDer,
    time(thisUpdateMs),
    time(nextUpdateMs),
    // An empty list is left out (RFC 5280, 5.1.2.6).
    ...(entriesLength === 0 ? [] : [sequenceOpening(entriesLength)]),
  ])
  const rest = explicit(0, extensionsDer(extensions))
  const opening = sequenceOpening(fields.length + entriesLength + rest.length)
  const tbs = [opening, fields, ...entries, rest]
  const signature = await signer.signParts(tbs)
  const tail = Buffer.concat([rest, signer.algorithm, bitString(signature)])
  const whole = sequenceOpening(opening.length + fields.length + entriesLength + tail.length)
  return { head: Buffer.concat([whole, opening, fields]), tail, digest: await digestOf([...tbs, signature]) }
}

async function digestOf(parts: readonly Buffer[]): Promise<string> {
  const hash = createHash('sha256')
  for (const part of parts) {
    hash.update(part)
    // Of a part that is short, others wait less than for a turn.
    if (part.length > YIELDING_BYTES) await setImmediate()
  }
  return hash.digest('hex')
}

const YIELDING_BYTES = 16 * 1024

export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}
