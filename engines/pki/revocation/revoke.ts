import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { Tx } from '../../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import {
  type CertificateDocument,
  certificateCodec,
  expiryCodec,
  issuerCodec,
  markCodec,
  type Revocation,
  revokedCodec,
  rows,
} from '../documents.ts'
import { allIssuers, allowedUsage, authorityOf, findIssuer, isSignedBy } from '../issuers/find.ts'
import { ISSUER_CLEAR, IssuerReply, shownIssuer } from '../issuers/routes.ts'
import { shardOf } from '../issuing/issue.ts'
import { issuersChange } from '../modified.ts'
import { spkiOf } from '../x509/algorithms.ts'
import { type ParsedCertificate, parseCertificate, storedCertificate } from '../x509/certificate.ts'
import { onlyBlock } from '../x509/pem.ts'
import { canonicalSerial, serialBytes } from '../x509/serial.ts'
import { revocationConfig } from './config.ts'

/** Reasons of RFC 5280, 5.3.1 that a caller may give. 7 is none, 6 and 8 take a revocation back, which is not done here. */
export const REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const

const revokeFields = {
  serial_number: field.text({
    default: '',
    description: 'Number of the certificate, in hexadecimal with colons or hyphens',
  }),
  certificate: field.text({ default: '', description: 'The certificate, in PEM, in place of its number' }),
}
const withKeyFields = {
  ...revokeFields,
  private_key: field.text({ required: true, description: "The certificate's key, in PEM: who holds it may revoke" }),
}
const CLEAR = ['serial_number', 'revocation_time', 'revocation_time_rfc3339', 'state']

export const revokeRoutes: readonly Route[] = [
  route('revoke', {
    summary: 'Revoke a certificate',
    fields: revokeFields,
    auditClear: CLEAR,
    operations: {
      update: async ({ fields }, context) => {
        const target = await named(fields, context)
        return answer(target.serial, await revoke(target, REASONS.unspecified, context))
      },
    },
  }),
  route('revoke-with-key', {
    summary: 'Revoke a certificate by proving to hold its key',
    fields: withKeyFields,
    auditClear: CLEAR,
    operations: { update: revokeWithKey },
  }),
  route('issuer/:issuer_ref/revoke', {
    summary: 'Revoke an issuer: nothing is signed by it any more',
    fields: { issuer_ref: field.name({ required: true, description: 'Issuer: its id or name, or default' }) },
    returns: IssuerReply,
    auditClear: ISSUER_CLEAR,
    operations: { update: revokeIssuer },
  }),
]

/** That a certificate has ended by itself is no failure, as with peers: who revokes all that there is need not look. */
function answer(serial: string, revocation: Revocation | undefined): Reply {
  if (revocation === undefined) {
    const how = 'allow_expired_cert_revocation of config/crl has such ones revoked'
    return { warnings: [`certificate with serial ${serial} already expired; it is put on no list: ${how}`] }
  }
  const { atMs } = revocation
  const rfc3339 = new Date(atMs).toISOString()
  return { data: { revocation_time: Math.floor(atMs / 1000), revocation_time_rfc3339: rfc3339, state: 'revoked' } }
}

/** Which certificate it is, and what is known of one that was never kept. */
export interface Named {
  readonly serial: string
  readonly unkept: CertificateDocument | undefined
}

/** Throws `invalid_request` for what is none of this mount. */
export async function named(
  fields: { readonly serial_number: string; readonly certificate: string },
  { store, clock }: EngineContext,
): Promise<Named> {
  if (fields.serial_number !== '' && fields.certificate !== '')
    throw invalid('Must provide either the certificate or the serial to revoke; not both.')
  if (fields.certificate === '') {
    if (fields.serial_number === '') throw invalid('The serial number or certificate to revoke must be provided.')
    return { serial: canonicalSerial(fields.serial_number), unkept: undefined }
  }
  const certificate = parseCertificate(onlyBlock(fields.certificate, ['CERTIFICATE'], 'certificate'))
  return { serial: certificate.serial, unkept: await ownCertificate(certificate, { store, clock }) }
}

/** A certificate that an issuer of this mount signed, though it was not kept. Throws `invalid_request` for a stranger's. */
export async function ownCertificate(
  certificate: ParsedCertificate,
  { store, clock }: Pick<EngineContext, 'store' | 'clock'>,
): Promise<CertificateDocument> {
  for (const issuer of await allIssuers(store)) {
    const parent = storedCertificate(issuer.certificate)
    if (!isSignedBy(certificate, parent)) continue
    return {
      certificate: certificate.der,
      issuerId: issuer.id,
      authority: authorityOf(parent),
      shard: shardOf(serialBytes(certificate.serial)),
      role: '',
      issuedAtMs: clock.now(),
      notAfterMs: certificate.notAfterMs,
    }
  }
  throw invalid('no issuer of this mount signed the certificate')
}

/**
 * Durable when it resolves, and on every list and in every OCSP answer from then on. Revoking again changes nothing.
 * Undefined, with nothing done, for a certificate that has expired, unless the mount's settings have such ones revoked.
 */
export async function revoke(
  { serial, unkept }: Named,
  reason: number,
  { store, clock, random }: EngineContext,
): Promise<Revocation | undefined> {
  const config = await revocationConfig(store)
  const mark = random.uuid()
  return store.transaction(async (tx) => {
    const document = (await tx.get(rows.certificate(serial), certificateCodec)) ?? unkept
    if (document === undefined) throw invalid(`certificate with serial ${serial} not found.`)
    if (document.revocation !== undefined) return document.revocation
    await refuseIssuers(tx, serial)
    const nowMs = clock.now()
    if (document.notAfterMs < nowMs && !config.allow_expired_cert_revocation) return undefined
    const revocation = { atMs: nowMs, reason }
    tx.put(rows.certificate(serial), { ...document, revocation }, certificateCodec)
    if (document === unkept) putExpiry(tx, serial, document)
    putRevoked(tx, { serial, document, revocation }, { mark, isDelta: config.enable_delta })
    return revocation
  })
}

interface Revoked {
  readonly serial: string
  readonly document: Pick<CertificateDocument, 'authority' | 'shard' | 'notAfterMs'>
  readonly revocation: Revocation
}

/** Puts it on the list of its authority. `mark` tells that the list has changed; `isDelta`: it goes on the delta list too. */
function putRevoked(
  tx: Tx,
  { serial, document, revocation }: Revoked,
  { mark, isDelta }: { readonly mark: string; readonly isDelta: boolean },
): void {
  const { authority, shard, notAfterMs } = document
  const row = { ...revocation, notAfterMs }
  tx.put(rows.revoked(authority, shard, serial), row, revokedCodec)
  if (isDelta) tx.put(rows.pending(authority) + serial, row, revokedCodec)
  // Written without being read, so that revocations do not wait for each other.
  tx.put(rows.shardMark(authority, shard), mark, markCodec)
  tx.put(rows.mark(authority), mark, markCodec)
}

/** Of one that was not kept before: tidying goes by when certificates end. */
function putExpiry(tx: Tx, serial: string, { certificate, issuerId, role, notAfterMs }: CertificateDocument): void {
  const commonName = certificate === undefined ? '' : storedCertificate(certificate).subject.commonName
  tx.put(rows.expiry(notAfterMs, serial), { issuerId, role, commonName, names: [] }, expiryCodec)
}

/** An issuer goes by its own path, since its certificates have to be thought of. */
async function refuseIssuers(tx: Tx, serial: string): Promise<void> {
  for (const { id, certificate } of await allIssuers(tx)) {
    if (storedCertificate(certificate).serial === serial) {
      throw invalid(`adding issuer (id: ${id}) to its own CRL is not allowed; use issuer/${id}/revoke`)
    }
  }
}

async function revokeWithKey({ fields }: EngineRequest<typeof withKeyFields>, context: EngineContext): Promise<Reply> {
  const target = await named(fields, context)
  const document = (await context.store.get(rows.certificate(target.serial), certificateCodec)) ?? target.unkept
  if (document?.certificate === undefined) throw invalid(`certificate with serial ${target.serial} not found.`)
  if (!storedCertificate(document.certificate).spki.equals(publicHalf(fields.private_key))) {
    throw invalid('provided key does not match the certificate')
  }
  return answer(target.serial, await revoke(target, REASONS.unspecified, context))
}

function publicHalf(text: string): Buffer {
  try {
    return spkiOf(createPublicKey(createPrivateKey(text)))
  } catch {
    throw invalid('private_key is no key in PEM')
  }
}

const ON_NO_LIST =
  'no other issuer of this mount signed this one: it stands on no list here, and whoever trusts it has to be told'

/** Its own certificate goes on the list of who signed it, where that is here. */
async function revokeIssuer(
  { fields }: EngineRequest<{ issuer_ref: typeof revokeFields.serial_number }>,
  context: EngineContext,
): Promise<Reply> {
  const { store, clock, random } = context
  const mark = random.uuid()
  const config = await revocationConfig(store)
  return store.transaction(async (tx) => {
    const issuer = await findIssuer(tx, fields.issuer_ref)
    if (issuer === undefined) throw notFound(`unable to find PKI issuer for reference: ${fields.issuer_ref}`)
    const atMs = issuer.revokedAtMs || clock.now()
    const certificate = storedCertificate(issuer.certificate)
    const changed = { ...issuer, revokedAtMs: atMs, usage: allowedUsage({ ...issuer, revokedAtMs: atMs }) }
    tx.put(rows.issuer(issuer.id), changed, issuerCodec)
    await issuersChange(tx, clock)
    const parent = (await allIssuers(tx)).find(
      (one) => one.id !== issuer.id && isSignedBy(certificate, storedCertificate(one.certificate)),
    )
    if (parent !== undefined && issuer.revokedAtMs === 0) {
      const authority = authorityOf(storedCertificate(parent.certificate))
      const kept = await tx.get(rows.certificate(certificate.serial), certificateCodec)
      const shard = kept?.shard ?? shardOf(serialBytes(certificate.serial))
      const document: CertificateDocument = kept ?? {
        certificate: issuer.certificate,
        issuerId: parent.id,
        authority,
        shard,
        role: '',
        issuedAtMs: atMs,
        notAfterMs: certificate.notAfterMs,
      }
      // What stands on a list stays as it is.
      const revocation = kept?.revocation ?? { atMs, reason: REASONS.unspecified }
      tx.put(rows.certificate(certificate.serial), { ...document, revocation }, certificateCodec)
      if (kept === undefined) putExpiry(tx, certificate.serial, document)
      const revoked = { serial: certificate.serial, document: { ...document, authority }, revocation }
      putRevoked(tx, revoked, { mark, isDelta: config.enable_delta })
    }
    return { data: await shownIssuer(changed, { store: tx }), warnings: parent === undefined ? [ON_NO_LIST] : [] }
  })
}
