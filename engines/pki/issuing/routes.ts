import type { Awaitable } from '../../../storage/backend.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { IssuerDocument } from '../documents.ts'
import { chainCertificates, issuerNamed } from '../issuers/find.ts'
import { leafKey } from '../keys.ts'
import { checkedOids, extKeyUsages, keyUsages } from '../roles/fields.ts'
import { DEFAULT_ROLE, type Role, roleNamed } from '../roles/role.ts'
import { roleFor } from '../roles/templates.ts'
import { keySpec } from '../x509/algorithms.ts'
import { storedCertificate } from '../x509/certificate.ts'
import { type ParsedRequest, parseRequest } from '../x509/csr.ts'
import type { GivenKey } from '../x509/given-key.ts'
import { askedAltNames, nameFields, otherNames, refuseTooMany, withCommonName } from './asked-names.ts'
import {
  type AskedFormat,
  CertificateReply,
  checkFormat,
  formatFields,
  PRIVATE_KEY_TYPES,
  shown,
  storedCertificateText,
} from './formats.ts'
import { issue } from './issue.ts'
import { checkKey, type LeafOrder, leafOrder, type RequestedLeaf } from './leaf.ts'
import { verbatimOrder } from './verbatim.ts'

/** Certificates of a role: https://openbao.org/api-docs/secret/pki/#generate-certificate-and-key */

const leafFields = {
  ...nameFields,
  ...formatFields,
  ttl: field.duration({
    default: 0,
    description: "How long it is valid; 0: as the role says. Not beyond the role's max_ttl.",
  }),
  not_after: field.text({ default: '', description: 'When it ends (RFC 3339), in place of ttl' }),
  not_before: field.text({ default: '', description: 'When it begins (RFC 3339)' }),
  serial_number: field.text({
    default: '',
    description: "The subject's serialNumber attribute; not the certificate's number",
  }),
  user_ids: field.list({ default: [], description: 'User ids of the subject' }),
  remove_roots_from_chain: field.bool({ default: false, description: 'The chain ends before its root' }),
  issuer_ref: field.name({
    default: '',
    description: "Issuer, where the path names one or there is no role; else the role's signs",
  }),
}
const role = field.name({ required: true, description: 'Name of the role' })
const csr = field.text({ required: true, description: 'The request, in PEM' })
const issueFields = {
  ...leafFields,
  role,
  key_type: field.text({ default: '', description: 'Kind of key, where the role takes any' }),
  key_bits: field.int({ default: 0, description: 'Size of the key, where the role takes any' }),
}
const signFields = { ...leafFields, role, csr }
export const verbatimFields = {
  ...leafFields,
  csr,
  role: field.text({ default: '', description: 'Role that gives the ttl, the issuer and whether it is kept' }),
  key_usage: field.list({ description: 'Key usages. Default: those of the request, or else what fits the key.' }),
  ext_key_usage: field.list({ default: [], description: 'Extended key usages. Default: those of the request.' }),
  ext_key_usage_oids: field.list({ default: [], description: 'Extended key usages by their identifiers' }),
  basic_constraints_valid_for_non_ca: field.bool({
    description: 'It says that it is no CA. Default: as its role says.',
  }),
  signature_bits: field.int({ default: 0, description: 'Bits of the hash that is signed, for RSA issuers' }),
  use_pss: field.bool({ default: false, description: 'RSA issuers sign with PSS padding' }),
}
type IssueRequest = EngineRequest<typeof issueFields>
type SignRequest = EngineRequest<typeof signFields>
type VerbatimRequest = EngineRequest<typeof verbatimFields>
type AnyLeafRequest = Pick<IssueRequest, 'caller'> & { readonly fields: { readonly role: string } }
type LeafValues = EngineRequest<typeof leafFields>['fields']

/**
 * Not what callers paste (a request, with a key beside it by mistake), nor certificates: a bundle holds the key. The issuer's
 * says who signed; the chain only repeats it.
 */
const CLEAR = [
  ...Object.keys(nameFields),
  'role',
  'ttl',
  'not_after',
  'not_before',
  'format',
  'private_key_format',
  'issuer_ref',
  'issuing_ca',
  'serial_number',
  'expiration',
  'private_key_type',
]

const issueSpec = {
  summary: 'Make a key and a certificate for it',
  fields: issueFields,
  returns: CertificateReply,
  auditClear: CLEAR,
  operations: { update: issueUnderRole },
}
const signSpec = {
  summary: 'Sign the request of who holds a key already',
  fields: signFields,
  returns: CertificateReply,
  auditClear: CLEAR,
  operations: { update: signUnderRole },
}
const verbatimSpec = {
  summary: 'Sign a request as it stands',
  fields: verbatimFields,
  returns: CertificateReply,
  auditClear: CLEAR,
  operations: { update: signVerbatim },
}

export const leafRoutes: readonly Route[] = [
  route('issue/:role', issueSpec),
  route('issuer/:issuer_ref/issue/:role', issueSpec),
  route('sign/:role', signSpec),
  route('issuer/:issuer_ref/sign/:role', signSpec),
  route('sign-verbatim', verbatimSpec),
  route('sign-verbatim/:role', verbatimSpec),
  route('issuer/:issuer_ref/sign-verbatim', verbatimSpec),
  route('issuer/:issuer_ref/sign-verbatim/:role', verbatimSpec),
]

function knownRole(request: AnyLeafRequest, context: EngineContext): Awaitable<Role> {
  const found = roleNamed(context.store, request.fields.role)
  return found instanceof Promise
    ? found.then((late) => filledRole(late, request, context))
    : filledRole(found, request, context)
}

function filledRole(found: Role | undefined, { fields, caller }: AnyLeafRequest, { namespace }: EngineContext): Role {
  if (found === undefined) throw invalid(`unknown role: ${fields.role}`)
  return roleFor(found, caller, namespace)
}

/**
 * The path's, or else the role's: who signs under a role is not the caller's to say, unless a policy lets them at the paths
 * below an issuer. Without a role, in `sign-verbatim`, the body may say it.
 */
function issuerOf(
  { path, fields }: { readonly path: string; readonly fields: LeafValues },
  ofRole: Role,
  { store }: EngineContext,
): Awaitable<IssuerDocument> {
  const named = isIssuerGiven(path) ? fields.issuer_ref : ''
  return issuerNamed(store, named || ofRole.issuerRef || 'default')
}

const isIssuerGiven = (path: string): boolean => path.startsWith('issuer/') || path === 'sign-verbatim'

/** Told to who names an issuer where it counts for nothing. */
const issuerPassedOver = ({
  path,
  fields,
}: {
  readonly path: string
  readonly fields: LeafValues
}): readonly string[] =>
  fields.issuer_ref === '' || isIssuerGiven(path)
    ? []
    : ['issuer_ref is passed over: the role says who signs, or a path below issuer/REF']

const withWarnings = (answer: Reply, more: readonly string[]): Reply =>
  more.length === 0 ? answer : { ...answer, warnings: [...(answer.warnings ?? []), ...more] }

const KEY_PASSED_OVER = 'key_type and key_bits are passed over: the role has a kind of key of its own'

async function issueUnderRole(request: IssueRequest, context: EngineContext): Promise<Reply> {
  const { fields } = request
  checkFormat(fields)
  const found = await knownRole(request, context)
  const issuer = await issuerOf(request, found, context)
  const requested: RequestedLeaf = {
    commonName: fields.common_name,
    altNames: withCommonName(askedAltNames(fields), fields.common_name, fields.exclude_cn_from_sans),
    serialNumber: fields.serial_number,
    userIds: fields.user_ids,
    ttlSeconds: fields.ttl,
    notAfter: fields.not_after,
    notBefore: fields.not_before,
  }
  const isAny = found.keyType === 'any'
  if (isAny && fields.key_type === '') {
    throw invalid('role key type "any" not allowed for issuing certificates, unless the request names a key_type')
  }
  const spec = keySpec(isAny ? fields.key_type : found.keyType, isAny ? fields.key_bits : found.keyBits)
  const { spki, key } = await leafKey(spec, context)
  try {
    const leaf = leafOrder(found, requested, { spec, spki }, issuer, context)
    const answer = await issuedReply(leaf, issuer, { fields, key, generateLease: found.generateLease }, context)
    const isPassedOver = !isAny && (fields.key_type !== '' || fields.key_bits !== 0)
    return withWarnings(answer, [...issuerPassedOver(request), ...(isPassedOver ? [KEY_PASSED_OVER] : [])])
  } finally {
    key.forget()
  }
}

async function signUnderRole(asked: SignRequest, context: EngineContext): Promise<Reply> {
  const { fields } = asked
  checkFormat(fields)
  const found = await knownRole(asked, context)
  const issuer = await issuerOf(asked, found, context)
  const request = parseRequest(fields.csr)
  checkKey(found, request.spec)
  const requested = requestedLeaf(found, request, fields)
  const leaf = leafOrder(found, requested, request, issuer, context)
  const answer = await issuedReply(leaf, issuer, { fields, generateLease: found.generateLease }, context)
  return withWarnings(answer, [...issuerPassedOver(asked), ...passedOver(found, request, fields)])
}

/** Names that the body gives, where the role takes them from the request that is signed. */
function passedOver(
  { useCsrCommonName, useCsrSans }: Role,
  { subject }: ParsedRequest,
  fields: LeafValues,
): readonly string[] {
  const warnings: string[] = []
  if (useCsrCommonName && subject.commonName !== '' && fields.common_name !== '') {
    warnings.push("common_name is passed over: the role has use_csr_common_name, which takes the request's")
  }
  const lists = [fields.alt_names, fields.ip_sans, fields.uri_sans]
  if (useCsrSans && lists.some((names) => names.length > 0)) {
    warnings.push("alternative names are passed over: the role has use_csr_sans, which takes the request's")
  }
  return warnings
}

/**
 * The role says whether names are taken from the CSR or from the body, which may name others than the CSR. Those of other
 * kinds come from both, as with peers: few programs write them into a CSR.
 */
function requestedLeaf(found: Role, request: ParsedRequest, fields: LeafValues): RequestedLeaf {
  const ofRequest = found.useCsrCommonName ? request.subject.commonName : ''
  const commonName = ofRequest === '' ? fields.common_name : ofRequest
  const { altNames: own } = request
  const altNames = found.useCsrSans ? { ...own, other: [...otherNames(fields), ...own.other] } : askedAltNames(fields)
  refuseTooMany(altNames)
  return {
    commonName,
    altNames: withCommonName(altNames, commonName, fields.exclude_cn_from_sans),
    serialNumber: fields.serial_number || request.subject.serialNumber,
    userIds: fields.user_ids.length > 0 ? fields.user_ids : request.subject.userIds,
    ttlSeconds: fields.ttl,
    notAfter: fields.not_after,
    notBefore: fields.not_before,
  }
}

async function signVerbatim(asked: VerbatimRequest, context: EngineContext): Promise<Reply> {
  const { fields } = asked
  checkFormat(fields)
  const found = fields.role === '' ? DEFAULT_ROLE : await knownRole(asked, context)
  const issuer = await issuerOf(asked, found, context)
  const request = parseRequest(fields.csr)
  checkKey({ ...found, keyType: 'any' }, request.spec)
  const leaf = verbatimOrder(
    found,
    request,
    {
      ttlSeconds: fields.ttl,
      notAfter: fields.not_after,
      notBefore: fields.not_before,
      keyUsages: fields.key_usage && keyUsages(fields.key_usage),
      extKeyUsages: extKeyUsages(fields.ext_key_usage),
      extKeyUsageOids: checkedOids('ext_key_usage_oids', fields.ext_key_usage_oids),
      saysNoCa: fields.basic_constraints_valid_for_non_ca ?? found.basicConstraintsValidForNonCa,
      signatureBits: fields.signature_bits,
      usePss: fields.use_pss,
    },
    issuer,
    context,
  )
  const answer = await issuedReply(leaf, issuer, { fields, generateLease: found.generateLease }, context)
  return withWarnings(answer, [...issuerPassedOver(asked), ...namesPassedOver(fields)])
}

const REQUEST_SAYS = [
  'common_name',
  'alt_names',
  'ip_sans',
  'uri_sans',
  'other_sans',
  'serial_number',
  'user_ids',
] as const

/** Names that the body gives, where all of them are the request's. */
function namesPassedOver(fields: LeafValues): readonly string[] {
  const given = REQUEST_SAYS.filter((name) => fields[name].length > 0)
  return given.map((name) => `${name} is passed over: the request says it`)
}

/** How a certificate is given out. */
interface Handover {
  readonly fields: AskedFormat & Pick<LeafValues, 'remove_roots_from_chain'>
  /** Where it was made here. */
  readonly key?: GivenKey | undefined
  readonly generateLease: boolean
}

/** Issues a certificate, and answers with it. */
export async function issuedReply(
  { order, warnings }: LeafOrder,
  issuer: IssuerDocument,
  { fields, key, generateLease }: Handover,
  context: EngineContext,
): Promise<Reply> {
  const { der, serial } = await issue(order, issuer, context)
  const chain = await chainCertificates(context.store, issuer)
  const kept = fields.remove_roots_from_chain ? chain.filter((one) => !isSelfIssued(one)) : chain
  const data = {
    ...shown({ der, chain: kept, key }, fields),
    // Who signed is told, whether or not the chain shows it.
    issuing_ca: storedCertificateText(issuer.certificate, fields.format),
    ...(key !== undefined && { private_key_type: PRIVATE_KEY_TYPES[key.kind] }),
    serial_number: serial,
    expiration: Math.floor(order.validity.notAfterMs / 1000),
    not_before: Math.floor(order.validity.notBeforeMs / 1000),
  }
  if (!generateLease) return { data, warnings }
  const ttlSeconds = Math.max(1, Math.floor((order.validity.notAfterMs - context.clock.now()) / 1000))
  const lease = { type: 'certificate', ttlSeconds, maxTtlSeconds: ttlSeconds, renewable: false, internal: { serial } }
  return { data, warnings, lease }
}

function isSelfIssued(der: Buffer): boolean {
  const { subjectDer, issuerDer } = storedCertificate(der)
  return subjectDer.equals(issuerDer)
}
