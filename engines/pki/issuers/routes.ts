import Type, { type Static } from 'typebox'
import type { Reader } from '../../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { pageFields, pageOf } from '../../listing.ts'
import { certificateReply } from '../caching.ts'
import {
  type IssuerDocument,
  issuerCodec,
  issuersConfigCodec,
  NOT_AFTER_BEHAVIOURS,
  rows,
  USAGES,
  type Usage,
} from '../documents.ts'
import { checkedUrls } from '../issuing/urls.ts'
import { CONDITIONAL_HEADERS, issuersChange, issuersChanged, unlessUnmodified } from '../modified.ts'
import { storedCertificate } from '../x509/certificate.ts'
import { certificatePem } from '../x509/pem.ts'
import {
  allIssuers,
  allowedUsage,
  chainCertificates,
  checkedName,
  findIssuer,
  firstUsage,
  issuersConfig,
  putIssuers,
} from './find.ts'
import { checkedRevocationAlgorithm, revocationAlgorithmName } from './revocation-algorithm.ts'

/** Issuers: https://openbao.org/api-docs/secret/pki/#managing-keys-and-issuers */

const refField = field.name({ required: true, description: 'Issuer: its id or name, or default' })
const readFields = { issuer_ref: refField }
const writeFields = {
  issuer_ref: refField,
  issuer_name: field.text({ description: 'Name of the issuer' }),
  leaf_not_after_behavior: field.text({
    description: 'What happens to certificates that would outlive the issuer: err, truncate or permit',
  }),
  manual_chain: field.list({ description: 'Issuers of the chain, this one first, in place of those that are found' }),
  usage: field.list({ description: 'read-only, issuing-certificates, crl-signing, ocsp-signing' }),
  revocation_signature_algorithm: field.text({
    description: 'How lists and OCSP answers are signed, by Go name; empty: as fits the key',
  }),
  issuing_certificates: field.list({ description: 'URLs of the issuer, in certificates' }),
  crl_distribution_points: field.list({
    description: 'URLs of the list of revoked certificates; {{crl_shard}} for its shard',
  }),
  delta_crl_distribution_points: field.list({ description: 'URLs of the delta list' }),
  ocsp_servers: field.list({ description: 'URLs of OCSP responders' }),
  enable_aia_url_templating: field.bool({ description: 'The URLs hold {{issuer_id}}, {{cluster_path}} and the like' }),
}
type WriteRequest = EngineRequest<typeof writeFields>

export const IssuerReply = Type.Object({
  ca_chain: Type.Array(Type.String()),
  certificate: Type.String(),
  crl_distribution_points: Type.Array(Type.String()),
  delta_crl_distribution_points: Type.Array(Type.String()),
  enable_aia_url_templating: Type.Boolean(),
  issuer_id: Type.String(),
  issuer_name: Type.String(),
  issuing_certificates: Type.Array(Type.String()),
  key_id: Type.String(),
  leaf_not_after_behavior: Type.String(),
  manual_chain: Type.Union([Type.Array(Type.String()), Type.Null()]),
  ocsp_servers: Type.Array(Type.String()),
  revocation_signature_algorithm: Type.String(),
  revoked: Type.Boolean(),
  usage: Type.String(),
  revocation_time: Type.Optional(Type.Integer()),
  revocation_time_rfc3339: Type.Optional(Type.String()),
})
export const ISSUER_CLEAR = [...Object.keys(IssuerReply.properties), ...Object.keys(writeFields)]

const raw = (pattern: string, summary: string, form: 'der' | 'pem') =>
  route(pattern, {
    summary,
    fields: readFields,
    access: 'none',
    headers: CONDITIONAL_HEADERS,
    operations: {
      read: async (request, context) => {
        const changed = await issuersChanged(context.store)
        const { certificate } = await readable(request.fields.issuer_ref, context)
        const reply = certificateReply(certificate, form)
        // So that several, one after the other, are a file of them.
        const ended = form === 'pem' ? { ...reply, body: `${certificatePem(certificate)}\n` } : reply
        return unlessUnmodified(request, changed, { raw: ended }, context)
      },
    },
  })

export const issuerRoutes: readonly Route[] = [
  route('issuers', {
    summary: 'List the issuers',
    fields: pageFields,
    access: 'none',
    auditClear: ['keys', 'key_info', 'after', 'limit'],
    operations: { list },
  }),
  route('issuer/:issuer_ref', {
    summary: 'Read, change and remove an issuer',
    fields: writeFields,
    returns: IssuerReply,
    auditClear: ISSUER_CLEAR,
    operations: { read, update: write, patch: write, delete: remove },
  }),
  raw('issuer/:issuer_ref/pem', "An issuer's certificate in PEM", 'pem'),
  raw('issuer/:issuer_ref/der', "An issuer's certificate in DER", 'der'),
  route('issuer/:issuer_ref/json', {
    summary: "An issuer's certificate and chain",
    fields: readFields,
    access: 'none',
    auditClear: ISSUER_CLEAR,
    headers: CONDITIONAL_HEADERS,
    operations: { read: json },
  }),
]

async function list({ fields }: EngineRequest<typeof pageFields>, { store }: EngineContext): Promise<Reply> {
  const ids = await store.list(rows.issuers, pageOf(fields))
  if (ids.length === 0) throw notFound()
  const { default: byDefault } = await issuersConfig(store)
  const info: Record<string, object> = {}
  for (const id of ids) {
    const issuer = await store.get(rows.issuer(id), issuerCodec)
    if (issuer === undefined) continue
    const { serial } = storedCertificate(issuer.certificate)
    info[id] = { issuer_name: issuer.name, key_id: issuer.keyId, serial_number: serial, is_default: id === byDefault }
  }
  return { data: { keys: ids, key_info: info } }
}

async function readable(ref: string, { store }: EngineContext): Promise<IssuerDocument> {
  const found = await findIssuer(store, ref)
  if (found === undefined) throw notFound(`unable to find PKI issuer for reference: ${ref}`)
  return found
}

async function read({ fields }: WriteRequest, context: EngineContext): Promise<Reply> {
  return { data: await shownIssuer(await readable(fields.issuer_ref, context), context) }
}

export async function shownIssuer(
  issuer: IssuerDocument,
  { store }: { readonly store: Reader },
): Promise<Static<typeof IssuerReply>> {
  const { urls } = issuer
  return {
    ca_chain: (await chainCertificates(store, issuer)).map((der) => `${certificatePem(der)}\n`),
    certificate: `${certificatePem(issuer.certificate)}\n`,
    crl_distribution_points: [...urls.crlDistributionPoints],
    delta_crl_distribution_points: [...urls.deltaCrlDistributionPoints],
    enable_aia_url_templating: urls.templating,
    issuer_id: issuer.id,
    issuer_name: issuer.name,
    issuing_certificates: [...urls.issuingCertificates],
    key_id: issuer.keyId,
    leaf_not_after_behavior: issuer.leafNotAfter,
    manual_chain: issuer.manualChain.length === 0 ? null : [...issuer.manualChain],
    ocsp_servers: [...urls.ocspServers],
    revocation_signature_algorithm: revocationAlgorithmName(issuer),
    revoked: issuer.revokedAtMs > 0,
    usage: [...allowedUsage(issuer)].sort().join(','),
    ...(issuer.revokedAtMs > 0 && {
      revocation_time: Math.floor(issuer.revokedAtMs / 1000),
      revocation_time_rfc3339: new Date(issuer.revokedAtMs).toISOString(),
    }),
  }
}

async function json(request: EngineRequest<typeof readFields>, context: EngineContext): Promise<Reply> {
  const changed = await issuersChanged(context.store)
  const issuer = await readable(request.fields.issuer_ref, context)
  const { ca_chain, certificate, issuer_id, issuer_name } = await shownIssuer(issuer, context)
  return unlessUnmodified(request, changed, { data: { ca_chain, certificate, issuer_id, issuer_name } }, context)
}

async function write(request: WriteRequest, context: EngineContext): Promise<Reply> {
  const { fields, operation } = request
  const changed = await context.store.transaction(async (tx) => {
    const before = await findIssuer(tx, fields.issuer_ref)
    if (before === undefined) throw notFound(`unable to find PKI issuer for reference: ${fields.issuer_ref}`)
    const all = await allIssuers(tx)
    // A change of the whole forgets what it does not name, as peers have it; PATCH keeps it.
    const after = changedIssuer(fields, before, all, operation === 'patch')
    putIssuers(
      tx,
      all.map((one) => (one.id === after.id ? after : one)),
      new Set([after.id]),
    )
    await issuersChange(tx, context.clock)
    return after.id
  })
  return { data: await shownIssuer(await readable(changed, context), context) }
}

function changedIssuer(
  fields: WriteRequest['fields'],
  before: IssuerDocument,
  all: readonly IssuerDocument[],
  keeps: boolean,
): IssuerDocument {
  const or = <T>(value: T | undefined, kept: T, fallback: T): T => value ?? (keeps ? kept : fallback)
  const templating = or(fields.enable_aia_url_templating, before.urls.templating, false)
  const urls = (
    name: 'issuing_certificates' | 'crl_distribution_points' | 'delta_crl_distribution_points' | 'ocsp_servers',
    kept: readonly string[],
  ) => checkedUrls(name, or(fields[name], kept, []), templating)
  const behaviour = or<string>(fields.leaf_not_after_behavior, before.leafNotAfter, 'err')
  const leafNotAfter = NOT_AFTER_BEHAVIOURS.find((one) => one === behaviour)
  if (leafNotAfter === undefined) throw invalid('leaf_not_after_behavior must be err, truncate or permit')
  const usage = or<readonly string[]>(fields.usage, allowedUsage(before), firstUsage(before))
  const algorithm = or(fields.revocation_signature_algorithm, before.revocationSignature, '')
  return {
    ...before,
    name: checkedName('issuer', or(fields.issuer_name, before.name, ''), all, before.id),
    leafNotAfter,
    manualChain: manualChain(or(fields.manual_chain, before.manualChain, []), before, all),
    usage: checkedUsage(usage, before),
    revocationSignature: checkedRevocationAlgorithm(algorithm, before),
    urls: {
      issuingCertificates: urls('issuing_certificates', before.urls.issuingCertificates),
      crlDistributionPoints: urls('crl_distribution_points', before.urls.crlDistributionPoints),
      deltaCrlDistributionPoints: urls('delta_crl_distribution_points', before.urls.deltaCrlDistributionPoints),
      ocspServers: urls('ocsp_servers', before.urls.ocspServers),
      templating,
    },
  }
}

function checkedUsage(given: readonly string[], { keyId, certificate, revokedAtMs }: IssuerDocument): readonly Usage[] {
  const names = new Set<Usage>(['read-only'])
  for (const one of given) {
    const found = USAGES.find((usage) => usage === one)
    if (found === undefined) throw invalid(`unable to parse usages: unknown name for usage: ${one}`)
    names.add(found)
  }
  if (names.has('issuing-certificates') && keyId === '')
    throw invalid('the issuer has no key here: it cannot issue certificates')
  if (names.has('issuing-certificates') && revokedAtMs > 0)
    throw invalid('usage: the issuer was revoked, and issues no certificates any more')
  const usage = USAGES.filter((one) => names.has(one))
  if (allowedUsage({ usage, certificate, revokedAtMs }).length < usage.length)
    throw invalid("the issuer's certificate does not allow to sign lists of revoked certificates")
  return usage
}

/** As ids, the issuer itself first. Throws `invalid_request` for what is not here. */
function manualChain(refs: readonly string[], own: IssuerDocument, all: readonly IssuerDocument[]): readonly string[] {
  const ids = refs.map((ref) => {
    const found = all.find(({ id, name }) => id === ref || (name !== '' && name === ref))
    if (found === undefined) throw invalid(`unable to find PKI issuer for reference: ${ref}`)
    return found.id
  })
  if (ids.length > 0 && ids[0] !== own.id) throw invalid('manual_chain has to begin with the issuer itself')
  return ids
}

async function remove({ fields }: WriteRequest, { store, clock }: EngineContext): Promise<Reply | undefined> {
  return store.transaction(async (tx) => {
    const found = await findIssuer(tx, fields.issuer_ref)
    if (found === undefined) return undefined
    const all = await allIssuers(tx)
    tx.delete(rows.issuer(found.id))
    putIssuers(
      tx,
      all.filter(({ id }) => id !== found.id),
      new Set(),
    )
    await issuersChange(tx, clock)
    const config = await issuersConfig(tx)
    if (config.default !== found.id) return undefined
    tx.put(rows.issuersConfig, { ...config, default: '' }, issuersConfigCodec)
    return {
      warnings: [
        `Deleted issuer ${found.id} (via issuer_ref ${fields.issuer_ref}); this was configured as the default issuer. Operations without an explicit issuer will not work until a new default is configured.`,
      ],
    }
  })
}
