import Type from 'typebox'
import { EncodingError } from '../../crypto/errors.ts'
import { type EngineContext, type EngineRequest, type RawReply, type Reply, type Route, route } from '../engine.ts'
import { invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import { listed, pageFields, pageOf } from '../listing.ts'
import { cacheable, certificateReply, entityTag } from './caching.ts'
import { type CertificateDocument, certificateCodec, expiryCodec, moment, rows } from './documents.ts'
import { chainCertificates, findIssuer } from './issuers/find.ts'
import { CONDITIONAL_HEADERS, issuersChanged, unlessUnmodified } from './modified.ts'
import { specOf } from './x509/algorithms.ts'
import { parseAltNames } from './x509/alt-names.ts'
import { type ParsedCertificate, storedCertificate } from './x509/certificate.ts'
import { EXTENSION } from './x509/extensions.ts'
import { certificatePem } from './x509/pem.ts'
import { canonicalSerial } from './x509/serial.ts'
import { nameText } from './x509/subject.ts'

/** Certificates that were issued: https://openbao.org/api-docs/secret/pki/#read-certificate */

const serialFields = {
  serial: field.text({ required: true, description: 'Number of the certificate, or ca, ca_chain' }),
}

const CertificateReply = Type.Object({
  certificate: Type.String(),
  issuer_id: Type.Optional(Type.String()),
  ca_chain: Type.Optional(Type.String()),
  revocation_time: Type.Integer({ description: 'When it was revoked, in Unix seconds; 0: it is not.' }),
  revocation_time_rfc3339: Type.String(),
})
const CLEAR = ['serial', ...Object.keys(CertificateReply.properties)]

const raw = (pattern: string, summary: string, render: (context: EngineContext) => Promise<RawReply>): Route =>
  route(pattern, {
    summary,
    fields: {},
    access: 'none',
    headers: CONDITIONAL_HEADERS,
    operations: {
      read: async (request: EngineRequest, context) => {
        const changed = await issuersChanged(context.store)
        return unlessUnmodified(request, changed, { raw: await render(context) }, context)
      },
    },
  })

const rawCertificate = (pattern: string, form: 'der' | 'pem'): Route =>
  route(pattern, {
    summary: form === 'der' ? 'A certificate in DER' : 'A certificate in PEM',
    fields: serialFields,
    access: 'none',
    headers: CONDITIONAL_HEADERS,
    operations: {
      read: async (request, context) => {
        const changed = await certificateChanged(request.fields.serial, context)
        const { der } = await issued(request.fields.serial, context)
        return unlessUnmodified(request, changed, { raw: rawOf(der, form) }, context)
      },
    },
  })

const expiringFields = {
  within: field.duration({ default: 30 * 86_400, query: true, description: 'How far ahead to look. Default 30 days.' }),
  name: field.text({ default: '', query: true, description: 'Only certificates with this name' }),
  issuer: field.text({ default: '', query: true, description: 'Only of this issuer: its id or name, or default' }),
  role: field.text({ default: '', query: true, description: 'Only of this role' }),
  limit: field.int({ default: 1_000, query: true, description: 'At most so many' }),
  after: field.text({ default: '', query: true, description: 'Go on after this `next`' }),
}

export const certificateRoutes: readonly Route[] = [
  raw('ca', "The default issuer's certificate in DER", async (context) =>
    rawOf((await defaultChain(context))[0], 'der'),
  ),
  raw('ca/pem', "The default issuer's certificate in PEM", async (context) =>
    rawOf((await defaultChain(context))[0], 'pem'),
  ),
  raw('ca_chain', "The default issuer's chain in PEM", async (context) => rawChain(await defaultChain(context))),
  route('cert/ca_chain', {
    summary: "The default issuer's chain",
    fields: {},
    access: 'none',
    returns: CertificateReply,
    auditClear: CLEAR,
    headers: CONDITIONAL_HEADERS,
    operations: { read: readChain },
  }),
  route('cert/:serial', {
    summary: 'A certificate, and whether it is revoked',
    fields: serialFields,
    access: 'none',
    returns: CertificateReply,
    auditClear: CLEAR,
    headers: CONDITIONAL_HEADERS,
    operations: { read },
  }),
  rawCertificate('cert/:serial/raw', 'der'),
  rawCertificate('cert/:serial/raw/pem', 'pem'),
  route('certs', {
    summary: 'List the numbers of the certificates',
    fields: pageFields,
    auditClear: ['keys', 'after', 'limit'],
    operations: { list: async ({ fields }, { store }) => listed(await store.list(rows.certificates, pageOf(fields))) },
  }),
  route('certs/detailed', {
    summary: 'List the certificates with what they are for',
    fields: pageFields,
    auditClear: ['keys', 'key_info', 'after', 'limit'],
    operations: { list: detailed },
  }),
  route('certs/revoked', {
    summary: 'List the numbers of the revoked certificates',
    fields: pageFields,
    auditClear: ['keys', 'after', 'limit'],
    operations: { list: revokedList },
  }),
  route('certs/expiring', {
    summary: 'Certificates that end soon, the first to end first',
    fields: expiringFields,
    auditClear: [...Object.keys(expiringFields), 'certificates', 'next'],
    operations: { read: expiring },
  }),
]

async function defaultChain({ store }: EngineContext): Promise<readonly Buffer[]> {
  const issuer = await findIssuer(store, 'default')
  return issuer === undefined ? [] : chainCertificates(store, issuer)
}

/** Nothing at all where there is no CA, as peers have it. */
function rawOf(der: Buffer | undefined, form: 'der' | 'pem'): RawReply {
  if (der === undefined) return { status: 204, contentType: 'application/pkix-cert', body: '' }
  return certificateReply(der, form)
}

function rawChain(chain: readonly Buffer[]): RawReply {
  const raw = {
    status: 200,
    contentType: 'application/pem-certificate-chain',
    body: chain.map(certificatePem).join('\n'),
  }
  return cacheable(raw, entityTag(Buffer.concat(chain), 'chain'))
}

async function readChain(request: EngineRequest, context: EngineContext): Promise<Reply> {
  const changed = await issuersChanged(context.store)
  const chain = await defaultChain(context)
  if (chain.length === 0) throw notFound()
  const certificates = chain.map(certificatePem).join('\n')
  // Both, as peers have it: what was written for their older versions looks for the root in `certificate`.
  const data = { certificate: certificates, ca_chain: certificates, revocation_time: 0, revocation_time_rfc3339: '' }
  return unlessUnmodified(request, changed, { data }, context)
}

/** Those of others than issuers are not dated: they may be revoked. */
async function certificateChanged(serial: string, { store }: EngineContext): Promise<number | undefined> {
  return serial === 'ca' ? issuersChanged(store) : undefined
}

async function issued(
  serial: string,
  context: EngineContext,
): Promise<{ readonly der: Buffer; readonly document: CertificateDocument | undefined }> {
  if (serial === 'ca') {
    const [der] = await defaultChain(context)
    if (der === undefined) throw notFound()
    return { der, document: undefined }
  }
  const document = await context.store.get(rows.certificate(canonicalSerial(serial)), certificateCodec)
  if (document?.certificate === undefined) throw notFound()
  return { der: document.certificate, document }
}

async function read(request: EngineRequest<typeof serialFields>, context: EngineContext): Promise<Reply> {
  const changed = await certificateChanged(request.fields.serial, context)
  const { der, document } = await issued(request.fields.serial, context)
  const atMs = document?.revocation?.atMs ?? 0
  const data = {
    certificate: certificatePem(der),
    ...(document && { issuer_id: document.issuerId }),
    revocation_time: Math.floor(atMs / 1000),
    revocation_time_rfc3339: atMs === 0 ? '' : new Date(atMs).toISOString(),
  }
  return unlessUnmodified(request, changed, { data }, context)
}

async function detailed({ fields }: EngineRequest<typeof pageFields>, { store }: EngineContext): Promise<Reply> {
  const serials = await store.list(rows.certificates, pageOf(fields))
  if (serials.length === 0) throw notFound()
  const info: Record<string, object> = {}
  for (const serial of serials) {
    const der = (await store.get(rows.certificate(serial), certificateCodec))?.certificate
    if (der === undefined) continue
    info[serial] = detailsOf(der)
  }
  return { data: { keys: serials, key_info: info } }
}

/** As many as peers show. */
const SHOWN_NAMES_MAX = 5
const ED25519_BITS = 256

function detailsOf(der: Buffer): object {
  const certificate = storedCertificate(der)
  const { subject, issuerDer, publicKey, notBeforeMs, notAfterMs } = certificate
  const { kind, bits } = specOf(publicKey)
  return {
    common_name: subject.commonName,
    dns_names: dnsNamesOf(certificate).slice(0, SHOWN_NAMES_MAX),
    issuer: nameText(issuerDer),
    key_type: kind,
    key_bits: kind === 'ed25519' ? ED25519_BITS : bits,
    not_before: new Date(notBeforeMs).toISOString(),
    not_after: new Date(notAfterMs).toISOString(),
  }
}

/** None of a certificate that was made elsewhere and whose names cannot be read. */
function dnsNamesOf({ extensions }: ParsedCertificate): readonly string[] {
  const altNames = extensions.find(({ id }) => id === EXTENSION.altNames)?.value
  if (altNames === undefined) return []
  try {
    return parseAltNames(altNames).names.dns
  } catch (error) {
    if (error instanceof EncodingError) return []
    throw error
  }
}

async function revokedList({ fields }: EngineRequest<typeof pageFields>, { store }: EngineContext): Promise<Reply> {
  const serials: string[] = []
  for (const path of await store.scan(rows.authorities)) serials.push(path.slice(path.lastIndexOf('/') + 1))
  const { after, limit } = fields
  const sorted = serials.sort().filter((serial) => serial > after)
  return listed(limit > 0 ? sorted.slice(0, limit) : sorted)
}

const LIMIT_MAX = 10_000
/** Certificates that one request looks at, whatever it is to show of them. */
const LOOKED_MAX = 20_000

/** From the index by expiry. `next` says where to go on, also where nothing was found among so many. */
async function expiring(
  { fields }: EngineRequest<typeof expiringFields>,
  { store, clock }: EngineContext,
): Promise<Reply> {
  if (fields.within < 0) throw invalid('within cannot be negative')
  if (fields.limit < 1 || fields.limit > LIMIT_MAX) throw invalid(`limit must be 1 to ${LIMIT_MAX}`)
  const issuer = fields.issuer === '' ? undefined : await findIssuer(store, fields.issuer)
  if (fields.issuer !== '' && issuer === undefined)
    throw invalid(`unable to find PKI issuer for reference: ${fields.issuer}`)
  const nowMs = clock.now()
  const end = moment(nowMs + fields.within * 1000)
  const found: object[] = []
  let after = fields.after === '' ? moment(nowMs) : fields.after
  let looked = 0
  for (;;) {
    const page = await store.list(rows.expiries, { after, limit: fields.limit })
    for (const key of page) {
      if (key > end) return { data: { certificates: found, next: '' } }
      if (found.length === fields.limit || looked === LOOKED_MAX) return { data: { certificates: found, next: after } }
      after = key
      looked++
      const entry = await store.get(rows.expiries + key, expiryCodec)
      if (entry === undefined) continue
      if (issuer !== undefined && entry.issuerId !== issuer.id) continue
      if (fields.role !== '' && entry.role !== fields.role) continue
      if (fields.name !== '' && entry.commonName !== fields.name && !entry.names.includes(fields.name)) continue
      const at = key.indexOf('-')
      found.push({
        serial_number: key.slice(at + 1),
        not_after: new Date(Number(key.slice(0, at))).toISOString(),
        common_name: entry.commonName,
        names: entry.names,
        issuer_id: entry.issuerId,
        role: entry.role,
      })
    }
    if (page.length < fields.limit) return { data: { certificates: found, next: '' } }
  }
}
