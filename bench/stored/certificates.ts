import { createHash } from 'node:crypto'
import {
  type CertificateDocument,
  certificateCodec,
  expiryCodec,
  markCodec,
  revokedCodec,
  rows,
} from '../../engines/pki/documents.ts'
import { authorityOf, findIssuer } from '../../engines/pki/issuers/find.ts'
import { SHARDS, shardOf } from '../../engines/pki/issuing/issue.ts'
import { storedCertificate } from '../../engines/pki/x509/certificate.ts'
import { hexSerial, serialBytes } from '../../engines/pki/x509/serial.ts'
import { systemClock } from '../../server/boot/runtime.ts'
import { mountPrefix } from '../../server/core/mounts/router.ts'
import type { Server } from '../../test/harness/server.ts'
import { inParts, withOpenVault } from './open-vault.ts'

const SERIAL_BYTES = 20
/** Superseded (RFC 5280, 5.3.1). */
const REASON = 4

/** What is stored: the first of them revoked. */
export interface Stored {
  readonly certificates: number
  readonly revoked: number
}

/** The serial number of a stored certificate: spread as numbers are that are drawn by lot. */
export function serialOfStored(nth: number): string {
  const serial = createHash('sha256').update(`certificate ${nth}`).digest().subarray(0, SERIAL_BYTES)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return hexSerial(serial)
}

/** The list that it is revoked on. */
export const shardOfStored = (nth: number): number => shardOf(serialBytes(serialOfStored(nth)))

/**
 * Stores certificates of the mount `pki/` in the vault of a server that is stopped: copies of `template`, which that mount
 * issued, each with a number of its own, so that their signatures are worth nothing. What revokes them or tells their
 * status does not look at signatures.
 */
export async function storeCertificates(
  stopped: Server,
  template: { readonly der: Buffer; readonly serial: string },
  { certificates, revoked }: Stored,
): Promise<void> {
  const at = template.der.indexOf(serialBytes(template.serial))
  if (at < 0) throw new Error('a certificate without its number')
  const { notAfterMs, subject } = storedCertificate(template.der)
  await withOpenVault(stopped, async (root) => {
    const mount = await root.mounts.at('pki/')
    if (mount === undefined) throw new Error('there is no mount for certificates')
    const store = root.store.view(mountPrefix(mount))
    const issuer = await findIssuer(store, 'default')
    if (issuer === undefined) throw new Error('there is no issuer')
    const authority = authorityOf(storedCertificate(issuer.certificate))
    const nowMs = systemClock.now()
    const expiry = { issuerId: issuer.id, role: 'p256', commonName: subject.commonName, names: [subject.commonName] }
    const revocation = { atMs: nowMs, reason: REASON }
    await inParts(certificates, (first, count) =>
      store.transaction(async (tx) => {
        for (let nth = first; nth < first + count; nth++) {
          const serial = serialOfStored(nth)
          const bytes = serialBytes(serial)
          const certificate = Buffer.from(template.der)
          bytes.copy(certificate, at)
          const document: CertificateDocument = {
            certificate,
            issuerId: issuer.id,
            authority,
            shard: shardOf(bytes),
            role: expiry.role,
            issuedAtMs: nowMs,
            notAfterMs,
            ...(nth < revoked && { revocation }),
          }
          tx.put(rows.certificate(serial), document, certificateCodec)
          tx.put(rows.expiry(notAfterMs, serial), expiry, expiryCodec)
          if (nth < revoked) {
            tx.put(rows.revoked(authority, document.shard, serial), { ...revocation, notAfterMs }, revokedCodec)
          }
        }
      }),
    )
    // As revocations leave them: lists that were made before are not in force.
    await store.transaction(async (tx) => {
      for (let shard = 0; shard < SHARDS; shard++) tx.put(rows.shardMark(authority, shard), 'stored', markCodec)
      tx.put(rows.mark(authority), 'stored', markCodec)
    })
  })
}
