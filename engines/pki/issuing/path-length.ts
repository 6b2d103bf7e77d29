import type { Reader } from '../../../storage/store.ts'
import { invalid } from '../../errors.ts'
import type { IssuerDocument } from '../documents.ts'
import { chainCertificates } from '../issuers/find.ts'
import { storedCertificate } from '../x509/certificate.ts'

/** How long paths through an authority may be (RFC 5280, 4.2.1.9): no verifier would take a CA beyond. */

/** What an authority leaves to those below the issuer. */
interface Room {
  /** CAs that may still stand below the issuer. */
  readonly left: number
  /** As the authority's certificate says it. */
  readonly said: number
  readonly isOfIssuer: boolean
}

/** The least that the issuer and the authorities above it leave, as far as the mount knows them. Undefined: no end. */
async function roomBelow(issuer: IssuerDocument, reader: Reader): Promise<Room | undefined> {
  const chain = await chainCertificates(reader, issuer)
  let least: Room | undefined
  let between = 0
  let below: Buffer | undefined
  for (const der of new Set([issuer.certificate, ...chain])) {
    const { issuerDer, pathLength: said, subjectDer } = storedCertificate(der)
    // A chain that an operator wrote may hold others than those that signed.
    if (below !== undefined && !below.equals(subjectDer)) break
    if (said !== undefined) {
      const left = Math.max(said - between, 0)
      if (least === undefined || left < least.left) least = { left, said, isOfIssuer: below === undefined }
    }
    // Those with their issuer's own name count for nothing (6.1.4).
    if (!issuerDer.equals(subjectDer)) between++
    below = issuerDer
  }
  return least
}

/** Throws `invalid_request` where no CA may stand below the issuer. */
export async function refuseWithoutRoom(issuer: IssuerDocument, reader: Reader): Promise<void> {
  refuseNone(await roomBelow(issuer, reader))
}

function refuseNone(room: Room | undefined): void {
  if (room?.left !== 0) return
  const whose = room.isOfIssuer
    ? 'the issuer has a maximum path length of zero'
    : `an authority above the issuer has a maximum path length of ${room.said}`
  throw invalid(`cannot sign a CA certificate: ${whose}`)
}

/**
 * The path length of a CA below the issuer: as asked for, or the longest that there can be, as peers have it. Throws
 * `invalid_request` where none may stand there, or not with so long a path.
 */
export async function pathBelow(
  asked: number | undefined,
  issuer: IssuerDocument,
  reader: Reader,
): Promise<number | undefined> {
  const room = await roomBelow(issuer, reader)
  if (room === undefined) return asked
  refuseNone(room)
  if (asked !== undefined && asked >= room.left) {
    const bound = room.isOfIssuer ? 'that of the issuer' : 'an authority above the issuer allows'
    throw invalid(`requested maximum path length is not shorter than ${bound}`)
  }
  return asked ?? room.left - 1
}
