import type { EngineContext } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import type { IssuerDocument } from '../documents.ts'
import { momentOf } from '../roles/fields.ts'
import { allowsValue, checkAltNames, checkCommonName } from '../roles/names.ts'
import { policyOf } from '../roles/policies.ts'
import type { Role } from '../roles/role.ts'
import { type KeySpec, keySpec } from '../x509/algorithms.ts'
import type { AltNames } from '../x509/alt-names.ts'
import type { Der } from '../x509/der.ts'
import { certificatePolicies, EXT_KEY_USAGES, type KeyUsageName, written } from '../x509/extensions.ts'
import { perDocument } from '../x509/per-document.ts'
import { EMPTY_SUBJECT, type Subject } from '../x509/subject.ts'
import { asciiName } from './asked-names.ts'
import type { Order } from './issue.ts'
import { type Validity, validity } from './validity.ts'

/** What a caller asks for under a role, in the body or in the request (CSR) that it sends. */
export interface RequestedLeaf {
  readonly commonName: string
  /** As they are to stand in the certificate: also the common name, where it is to stand among them. */
  readonly altNames: AltNames
  readonly serialNumber: string
  readonly userIds: readonly string[]
  readonly ttlSeconds: number
  readonly notAfter: string
  readonly notBefore: string
}

/** The key that a certificate is for. */
export interface LeafKey {
  readonly spec: KeySpec
  readonly spki: Der
}

export interface LeafOrder {
  readonly order: Order
  readonly validity: Validity
  /** For who asked. */
  readonly warnings: readonly string[]
}

const REQUIRE_CN =
  'the common_name field is required, or must be provided in a CSR with "use_csr_common_name" set to true, unless "require_cn" is set to false'

/** The certificate that a role gives for what is requested. Throws `invalid_request` for what the role does not allow. */
export function leafOrder(
  role: Role,
  requested: RequestedLeaf,
  { spec, spki }: LeafKey,
  issuer: IssuerDocument,
  context: Pick<EngineContext, 'clock' | 'mount'>,
): LeafOrder {
  if (requested.commonName === '' && role.requireCn) throw invalid(REQUIRE_CN)
  checkCommonName(asciiName(requested.commonName), role)
  checkAltNames(requested.altNames, role)
  if (requested.serialNumber !== '' && !allowsValue(role.allowedSerialNumbers, requested.serialNumber)) {
    throw invalid(`serial_number ${requested.serialNumber} not allowed by this role`)
  }
  const badId = requested.userIds.find((id) => !allowsValue(role.allowedUserIds, id))
  if (badId !== undefined) throw invalid(`user_id ${badId} is not allowed by this role`)
  const span = leafValidity(role, requested, issuer, context)
  const usages = leafUsages(role.keyUsage, spec)
  const order: Order = {
    subject: subjectFor(role, requested),
    altNames: requested.altNames,
    spki,
    validity: span,
    keyUsages: usages.kept,
    extKeyUsages: purposesOf(role),
    ca: undefined,
    saysNoCa: role.basicConstraintsValidForNonCa,
    enforceHostnames: role.enforceHostnames,
    extensions: role.policyIdentifiers.length === 0 ? [] : [policiesExtension(role.policyIdentifiers)],
    role: role.name,
    signatureBits: role.signatureBits,
    usePss: role.usePss,
    stored: !role.noStore,
  }
  return { order, validity: span, warnings: [...span.warnings, ...usages.warnings] }
}

const policiesExtension = perDocument((identifiers: readonly string[]) =>
  written(certificatePolicies(identifiers.map(policyOf))),
)

function subjectFor(role: Role, requested: RequestedLeaf): Subject {
  return {
    ...EMPTY_SUBJECT,
    commonName: requested.commonName,
    organization: role.organization,
    organizationalUnit: role.organizationalUnit,
    country: role.country,
    locality: role.locality,
    province: role.province,
    streetAddress: role.streetAddress,
    postalCode: role.postalCode,
    serialNumber: requested.serialNumber,
    userIds: requested.userIds,
  }
}

function leafValidity(
  role: Role,
  requested: RequestedLeaf,
  issuer: IssuerDocument,
  { clock, mount }: Pick<EngineContext, 'clock' | 'mount'>,
): Validity {
  const nowMs = clock.now()
  if (isChosen(requested.notBefore, role.notBefore) && role.notBeforeBound === 'forbid')
    throw invalid('not_before is not allowed by this role')
  if (isChosen(requested.notAfter, role.notAfter) && role.notAfterBound === 'forbid')
    throw invalid('not_after is not allowed by this role')
  const maxTtlSeconds =
    role.maxTtlSeconds > 0 ? Math.min(role.maxTtlSeconds, mount.maxLeaseTtlSeconds) : mount.maxLeaseTtlSeconds
  const ttlSeconds = role.ttlSeconds || Math.min(mount.defaultLeaseTtlSeconds, maxTtlSeconds)
  const span = validity(
    {
      ttlSeconds: requested.ttlSeconds,
      // What the role says is no default: it is not the caller's to change.
      notAfter: role.notAfter || requested.notAfter,
      notBefore: role.notBefore || requested.notBefore,
      notBeforeDurationSeconds: role.notBeforeDurationSeconds,
    },
    { ttlSeconds, maxTtlSeconds, issuer },
    nowMs,
  )
  const limitMs = nowMs + Math.min(ttlSeconds, maxTtlSeconds) * 1000
  if (
    isChosen(requested.notAfter, role.notAfter) &&
    role.notAfterBound === 'ttl-limited' &&
    span.notAfterMs > limitMs
  ) {
    throw invalid("not_after is later than the role's ttl allows")
  }
  const lastMs = momentOf(role.notAfterBound)
  if (lastMs !== undefined && span.notAfterMs > lastMs)
    throw invalid(`the certificate would end after ${role.notAfterBound}, which the role's not_after_bound allows`)
  if (
    isChosen(requested.notBefore, role.notBefore) &&
    role.notBeforeBound === 'duration' &&
    span.notBeforeMs < nowMs - role.notBeforeDurationSeconds * 1000
  ) {
    throw invalid("not_before is earlier than the role's not_before_duration allows")
  }
  const warnings = [
    ...passedOver('not_after', requested.notAfter, role.notAfter),
    ...passedOver('not_before', requested.notBefore, role.notBefore),
  ]
  return { ...span, warnings: [...span.warnings, ...warnings] }
}

const isChosen = (asked: string, ofRole: string): boolean => asked !== '' && ofRole === ''

function passedOver(field: string, asked: string, ofRole: string): readonly string[] {
  return asked === '' || ofRole === '' ? [] : [`${field} is passed over: the role says what it is`]
}

/** Usages of a key that makes signatures alone (RFC 9881, 5). */
const SIGNING: ReadonlySet<string> = new Set<KeyUsageName>(['DigitalSignature', 'ContentCommitment', 'CRLSign'])

export interface Usages {
  readonly kept: readonly KeyUsageName[]
  readonly warnings: readonly string[]
}

/**
 * Those that were asked for, or what fits the key. Left out, with a warning, are CertSign, which is a CA's alone
 * (RFC 5280, 4.2.1.9), and what no ML-DSA key does. Where nothing remains it is for `instead`, or else `invalid_request` is
 * thrown: a certificate that names no usage is good for any.
 */
export function leafUsages(
  asked: readonly KeyUsageName[] | undefined,
  spec: KeySpec,
  instead: readonly KeyUsageName[] = [],
): Usages {
  if (asked === undefined) return { kept: fittingUsages(spec), warnings: [] }
  const signsOnly = spec.kind.startsWith('ml-dsa')
  const kept = asked.filter((name) => name !== 'CertSign' && (!signsOnly || SIGNING.has(name)))
  if (kept.length === asked.length) return { kept, warnings: [] }
  const list = asked.filter((name) => !kept.includes(name)).join(', ')
  if (kept.length + instead.length === 0)
    throw invalid(`key usages: the key of this certificate cannot be for ${list} alone`)
  return {
    kept: kept.length === 0 ? instead : kept,
    warnings: [`${list} is left out of the key usages: it is not for the key of this certificate`],
  }
}

/** What a key of this kind is good for (RFC 3279, 8410, 9881): an EC key enciphers no keys, a signature key agrees on none. */
function fittingUsages({ kind }: KeySpec): readonly KeyUsageName[] {
  if (kind === 'rsa') return ['DigitalSignature', 'KeyEncipherment']
  return kind === 'ec' ? ['DigitalSignature', 'KeyAgreement'] : ['DigitalSignature']
}

function purposesOf(role: Role): readonly string[] {
  const names: string[] = []
  if (role.serverFlag) names.push('ServerAuth')
  if (role.clientFlag) names.push('ClientAuth')
  if (role.codeSigningFlag) names.push('CodeSigning')
  if (role.emailProtectionFlag) names.push('EmailProtection')
  if (role.extKeyUsage.length + role.extKeyUsageOids.length === 0) return purposeIds(names)
  return [...new Set([...purposeIds([...names, ...role.extKeyUsage]), ...role.extKeyUsageOids])]
}

export function purposeIds(names: readonly string[]): readonly string[] {
  return names.map((name) => EXT_KEY_USAGES[name] ?? '').filter((id) => id !== '')
}

const RSA_BITS_MIN = 2048

/** Whether a key that was made elsewhere is one that the role takes. Throws `invalid_request`. */
export function checkKey(role: Role, spec: KeySpec): void {
  if (spec.kind === 'rsa' && spec.bits < RSA_BITS_MIN)
    throw invalid(`RSA keys < ${RSA_BITS_MIN} bits are unsafe and not supported`)
  if (role.keyType === 'any') return
  const asked = keySpec(role.keyType, role.keyBits)
  if (spec.kind !== asked.kind) throw invalid(`role requires keys of type ${asked.kind}`)
  if (spec.bits < asked.bits) {
    throw invalid(`role requires a minimum of a ${asked.bits}-bit key, but CSR's key is ${spec.bits} bits`)
  }
}
