import type { Awaitable } from '../../../storage/backend.ts'
import { encoded } from '../../../storage/codec.ts'
import type { Tx } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { EgideError, invalid } from '../../errors.ts'
import {
  type CertificateDocument,
  certificateCodec,
  type ExpiryDocument,
  expiryCodec,
  type IssuerDocument,
  keyCodec,
  NO_URLS,
  rows,
  type UrlsDocument,
} from '../documents.ts'
import { allowedUsage, authorityOf } from '../issuers/find.ts'
import { keySigner } from '../keys.ts'
import type { Signer } from '../x509/algorithms.ts'
import { type AltNames, countOf } from '../x509/alt-names.ts'
import { type CertificateTemplate, signed, storedCertificate, toBeSigned } from '../x509/certificate.ts'
import type { Der } from '../x509/der.ts'
import {
  altNamesExtension,
  authorityInfo,
  authorityKeyIdentifier,
  basicConstraints,
  distributionPoints,
  EXTENSION,
  type Extension,
  extKeyUsage,
  type KeyUsageName,
  keyIdOf,
  keyUsage,
  subjectKeyIdentifier,
  written,
} from '../x509/extensions.ts'
import { perDocument } from '../x509/per-document.ts'
import { hexSerial, newClusteredSerial } from '../x509/serial.ts'
import { type Subject, subjectDer } from '../x509/subject.ts'
import { refuseOutside } from './constraints.ts'
import { lint } from './lint.ts'
import { pathBelow } from './path-length.ts'
import { urlsFor } from './urls.ts'
import type { Validity } from './validity.ts'

/** How many lists an authority's revocations are spread over. Fixed, since a certificate keeps its shard. */
export const SHARDS = 128

/** The list that a certificate of this number is revoked on. */
export function shardOf(serial: Buffer): number {
  return (serial[1] ?? 0) % SHARDS
}

/** A certificate to be made, every decision about it taken. */
export interface Order {
  readonly subject: Subject
  /** As it is to stand there, where it is not written from `subject`. */
  readonly subjectDer?: Der
  readonly altNames: AltNames
  readonly spki: Der
  readonly validity: Pick<Validity, 'notBeforeMs' | 'notAfterMs'>
  readonly keyUsages: readonly KeyUsageName[]
  /** Identifiers; none: the extension is left out. */
  readonly extKeyUsages: readonly string[]
  readonly ca: { readonly pathLength: number | undefined } | undefined
  /** Says that it is no CA, rather than nothing. */
  readonly saysNoCa: boolean
  readonly enforceHostnames: boolean
  /** It does not say where lists and issuers are. */
  readonly omitsUrls?: boolean
  readonly subjectKeyId?: Buffer
  /** Besides those that follow from the rest. */
  readonly extensions: readonly Extension[]
  readonly role: string
  readonly signatureBits: number
  readonly usePss: boolean
  /** Kept, so that it can be read, listed and revoked. */
  readonly stored: boolean
}

export interface Issued {
  readonly der: Buffer
  readonly serial: string
}

/** What is recorded with a certificate that is kept, each part in the transaction that says the same of the certificate. */
export interface Alongside {
  /** That it is going to be signed. What it throws, with nothing written, is why it is not. */
  begin(tx: Tx): Awaitable<void>
  /** That it is signed. What it throws keeps the certificate from being recorded or given out. */
  end(tx: Tx, serial: string): Awaitable<void>
}

/** Signs with an issuer of the mount. What is going to be signed is written before, and the certificate before it is given out. */
export async function issue(
  asked: Order,
  issuer: IssuerDocument,
  context: EngineContext,
  alongside?: Alongside,
): Promise<Issued> {
  const { store, random, clock } = context
  refuseUnusable(issuer)
  const key = issuer.keyId === '' ? undefined : await store.get(rows.key(issuer.keyId), keyCodec)
  if (key === undefined) throw invalid('unable to use issuer: it has no key here')
  const ca = storedCertificate(issuer.certificate)
  if (!ca.isCa) throw invalid('the issuer is no CA')
  const order =
    asked.ca === undefined
      ? asked
      : { ...asked, ca: { pathLength: await pathBelow(asked.ca.pathLength, issuer, store) } }
  const serial = newClusteredSerial(random, store)
  const shard = shardOf(serial)
  const urls = order.omitsUrls === true ? NO_URLS : await urlsFor(store, issuer, shard)
  const template = templateOf(order, serial, ca.keyId, urlExtensions(urls))
  refuseFaults(order, template)
  await refuseOutside(template, order.ca !== undefined, issuer, store)
  const signer = keySigner(key, order.signatureBits, order.usePss)
  const tbs = toBeSigned(template, ca.subjectDer, signer.algorithm)
  const document: CertificateDocument = {
    tbs,
    issuerId: issuer.id,
    authority: authorityOf(ca),
    shard,
    role: order.role,
    issuedAtMs: clock.now(),
    notAfterMs: template.notAfterMs,
  }
  return signRecorded({ order, serial: hexSerial(serial), document, signer, alongside }, context)
}

/** Says where the issuer, its lists and its responders are. */
export function urlExtensions(urls: UrlsDocument): readonly Extension[] {
  // What templates came to was made for one certificate.
  return urls.templating ? madeUrlExtensions(urls) : storedUrlExtensions(urls)
}

const storedUrlExtensions = perDocument((urls: UrlsDocument) => madeUrlExtensions(urls).map(written))

function madeUrlExtensions(urls: UrlsDocument): readonly Extension[] {
  const points = (id: string, list: readonly string[]): Extension[] =>
    list.length === 0 ? [] : [distributionPoints(id, list)]
  return [
    ...(urls.issuingCertificates.length + urls.ocspServers.length === 0 ? [] : [authorityInfo(urls)]),
    ...points(EXTENSION.crlDistributionPoints, urls.crlDistributionPoints),
    ...points(EXTENSION.freshestCrl, urls.deltaCrlDistributionPoints),
  ]
}

/** Throws `invalid_request` for an issuer that may not sign certificates, as one that was revoked. */
export function refuseUnusable(issuer: IssuerDocument): void {
  const usage = allowedUsage(issuer)
  if (usage.includes('issuing-certificates')) return
  throw invalid(`requested usage issuing-certificates for issuer but only had usage ${usage.join(',')}`)
}

/** A certificate that is about to be signed. */
interface Signing {
  readonly order: Pick<Order, 'stored' | 'subject' | 'altNames' | 'role'>
  /** In hexadecimal. */
  readonly serial: string
  /** As it is recorded before it is signed, with its `tbs`. */
  readonly document: CertificateDocument
  readonly signer: Signer
  readonly alongside?: Alongside | undefined
}

/** Records what is to be signed, signs it, and records the certificate. What the order says is not stored is only signed. */
export async function signRecorded(
  { order, serial, document, signer, alongside }: Signing,
  { store }: Pick<EngineContext, 'store'>,
): Promise<Issued> {
  const { tbs } = document
  if (tbs === undefined) throw new EgideError('internal', 'there is nothing to sign')
  if (!order.stored) return { der: await signed(tbs, signer), serial }
  const intent = certificateCodec.encode(document)
  await store.transaction(async (tx) => {
    await alongside?.begin(tx)
    tx.put(rows.certificate(serial), intent, encoded, { isReadNext: true })
    tx.put(rows.expiry(document.notAfterMs, serial), expiryOf(order, document), expiryCodec)
  })
  const der = await signed(tbs, signer)
  await store.transaction(async (tx) => {
    const now = await tx.get(rows.certificate(serial), encoded)
    // It may have been revoked by its number meanwhile.
    const { tbs: _, ...kept } =
      now === undefined || Buffer.compare(now, intent) === 0 ? document : certificateCodec.decode(now)
    tx.put(rows.certificate(serial), { ...kept, certificate: der }, certificateCodec, { isReadNext: false })
    await alongside?.end(tx, serial)
  })
  return { der, serial }
}

function expiryOf(
  { subject, altNames, role }: Pick<Order, 'subject' | 'altNames' | 'role'>,
  { issuerId }: CertificateDocument,
): ExpiryDocument {
  const names = [...altNames.dns, ...altNames.email, ...altNames.ip, ...altNames.uri]
  return { issuerId, role, commonName: subject.commonName, names }
}

/** `authorityKeyId`: of who signs. `more`: what depends on who signs. */
export function templateOf(
  order: Order,
  serial: Buffer,
  authorityKeyId: Buffer,
  more: readonly Extension[],
): CertificateTemplate {
  const subject = order.subjectDer ?? subjectDer(order.subject)
  const extensions: Extension[] = []
  if (order.keyUsages.length > 0) extensions.push(keyUsage(order.keyUsages))
  if (order.extKeyUsages.length > 0) extensions.push(extKeyUsage(order.extKeyUsages))
  if (order.ca !== undefined) extensions.push(basicConstraints(true, order.ca.pathLength))
  else if (order.saysNoCa) extensions.push(basicConstraints(false))
  extensions.push(
    subjectKeyIdentifier(order.subjectKeyId ?? keyIdOf(order.spki)),
    authorityKeyIdentifier(authorityKeyId),
  )
  if (countOf(order.altNames) > 0) extensions.push(altNamesExtension(order.altNames, subject.length === 2))
  extensions.push(...more, ...order.extensions)
  return { serial, ...order.validity, subject, spki: order.spki, extensions }
}

/** As `issue` would for the names of this order, before anything is spent on it. Throws `invalid_request`. */
export async function refuseNamesOutside(
  order: Order,
  issuer: IssuerDocument,
  { store }: EngineContext,
): Promise<void> {
  const subject = order.subjectDer ?? subjectDer(order.subject)
  const extensions = countOf(order.altNames) > 0 ? [altNamesExtension(order.altNames, false)] : []
  await refuseOutside({ subject, extensions }, order.ca !== undefined, issuer, store)
}

export function refuseFaults(order: Order, template: CertificateTemplate): void {
  const fault = lint({
    template,
    subject: order.subject,
    altNames: order.altNames,
    isCa: order.ca !== undefined,
    enforceHostnames: order.enforceHostnames,
  })
  if (fault !== undefined) throw invalid(`the certificate would not be valid: ${fault}`)
}
