import Type, { type Static } from 'typebox'
import type { EngineRequest } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { defaultBits, hashBits, keySpec } from '../x509/algorithms.ts'
import { isOid } from '../x509/der.ts'
import { EXT_KEY_USAGES, KEY_USAGE_NAMES, type KeyUsageName } from '../x509/extensions.ts'
import { HASH_BITS } from '../x509/signature-algorithm.ts'
import { checkedBlocks, parseOther } from './names.ts'
import { checkedPolicies, parsePolicies } from './policies.ts'
import { DEFAULT_ROLE, NOT_AFTER_BOUNDS, NOT_BEFORE_BOUNDS, type Role } from './role.ts'
import { checkTemplates } from './templates.ts'

/** The fields of a role: https://openbao.org/api-docs/secret/pki/#createupdate-role */
export const roleFields = {
  name: field.name({ required: true, description: 'Name of the role' }),
  issuer_ref: field.text({ description: 'Issuer that signs: its id or name, or default. Default default.' }),
  ttl: field.duration({ description: "How long certificates live unless asked for less; 0: the mount's default" }),
  max_ttl: field.duration({ description: "How long certificates live at most; 0: the mount's maximum" }),
  not_before_duration: field.duration({
    description: 'Certificates are valid so much before they are made. Default 30s.',
  }),
  not_after: field.text({ description: 'Certificates end then (RFC 3339), in place of a time to live' }),
  not_before: field.text({ description: 'Certificates begin then (RFC 3339)' }),
  not_before_bound: field.text({ description: 'permit, duration or forbid: how far a caller may choose not_before' }),
  not_after_bound: field.text({
    description:
      'permit, ttl-limited or forbid: how far a caller may choose not_after; or the last moment that a certificate may end at (RFC 3339)',
  }),
  allow_localhost: field.bool({ description: 'localhost and what is below it. Default true.' }),
  allowed_domains: field.list({ description: 'Domains that certificates may be for, as the allow_ fields below say' }),
  allowed_domains_template: field.bool({
    description: 'allowed_domains hold identity templates, filled in for who asks',
  }),
  allow_bare_domains: field.bool({ description: 'The domains themselves' }),
  allow_subdomains: field.bool({ description: 'Names below the domains, wildcards included' }),
  allow_glob_domains: field.bool({ description: 'The domains are patterns, * for any run of characters' }),
  allow_globs_in_identity_templates: field.bool({
    description: 'What is filled in may hold *, which then is a pattern',
  }),
  allow_wildcard_certificates: field.bool({
    description: 'Names with *, which have to be allowed besides. Default true.',
  }),
  allow_any_name: field.bool({ description: 'Any name at all' }),
  enforce_hostnames: field.bool({ description: 'Names have to be host names or e-mail addresses. Default true.' }),
  allow_ip_sans: field.bool({ description: 'IP addresses as alternative names. Default true.' }),
  allowed_ip_sans_cidr: field.bounds({ description: 'Blocks that the addresses have to lie in; none: any address' }),
  allowed_uri_sans: field.list({ description: 'URIs as alternative names, with * for any run of characters' }),
  allowed_uri_sans_template: field.bool({
    description: 'allowed_uri_sans hold identity templates, filled in for who asks',
  }),
  allowed_other_sans: field.list({
    description: 'Other names: <identifier>;UTF8:<pattern>, or * for all, with * in patterns for any run of characters',
  }),
  allowed_serial_numbers: field.list({ description: "Patterns of the subject's serialNumber attribute" }),
  allowed_user_ids: field.list({ description: 'Patterns of user ids in the subject' }),
  server_flag: field.bool({ description: 'Certificates are for servers. Default true.' }),
  client_flag: field.bool({ description: 'Certificates are for clients. Default true.' }),
  code_signing_flag: field.bool({ description: 'Certificates are for signing code' }),
  email_protection_flag: field.bool({ description: 'Certificates are for protecting e-mail' }),
  key_type: field.text({
    description:
      'rsa, ec, ed25519, ml-dsa-44, ml-dsa-65, ml-dsa-87 (or mldsa with key_bits 44, 65, 87), or any for requests. Default rsa.',
  }),
  key_bits: field.int({ description: 'Size of the key; 0: 2048 for rsa, 256 for ec. Means nothing for other types.' }),
  signature_bits: field.int({ description: 'Bits of the hash that is signed, for RSA issuers; 0: 256' }),
  use_pss: field.bool({ description: 'RSA issuers sign with PSS padding' }),
  key_usage: field.list({
    description:
      'Key usages, [] for none. Default DigitalSignature and KeyAgreement, for RSA keys also KeyEncipherment.',
  }),
  ext_key_usage: field.list({ description: 'Extended key usages beside those of the flags' }),
  ext_key_usage_oids: field.list({ description: 'Extended key usages by their identifiers' }),
  use_csr_common_name: field.bool({
    description: 'The common name comes from the request that is signed. Default true.',
  }),
  use_csr_sans: field.bool({
    description:
      'The alternative names come from the request that is signed, other_sans besides from who asks. Default true.',
  }),
  require_cn: field.bool({ description: 'There has to be a common name. Default true.' }),
  cn_validations: field.list({ description: 'email, hostname: what a common name has to be; or disabled' }),
  ou: field.list({ description: 'Organizational units of the subject' }),
  organization: field.list({ description: 'Organizations of the subject' }),
  country: field.list({ description: 'Countries of the subject' }),
  locality: field.list({ description: 'Localities of the subject' }),
  province: field.list({ description: 'Provinces of the subject' }),
  street_address: field.list({ description: 'Street addresses of the subject' }),
  postal_code: field.list({ description: 'Postal codes of the subject' }),
  policy_identifiers: field.any({
    description:
      'Certificate policies: identifiers, or a JSON list of objects with oid, and cps (a URI) or notice (a text)',
    schema: Type.Array(Type.String()),
  }),
  basic_constraints_valid_for_non_ca: field.bool({ description: 'Certificates say that they are no CA' }),
  generate_lease: field.bool({ description: 'Certificates come with a lease, and are revoked with it' }),
  no_store: field.bool({ description: 'Certificates are not kept: they can be neither listed nor revoked by number' }),
  backend: field.text({ deprecated: true, description: 'Means nothing' }),
}
type RoleRequest = EngineRequest<typeof roleFields>
type RoleValues = RoleRequest['fields']

/** Names that peers take for a usage, in any case, with or without a prefix. */
function usages<N extends string>(
  field: string,
  given: readonly string[],
  names: readonly N[],
  prefix: string,
): readonly N[] {
  const known = new Map(names.map((name) => [name.toLowerCase(), name]))
  return given
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const lower = text.toLowerCase()
      const found = known.get(lower) ?? known.get(lower.replace(prefix, ''))
      if (found === undefined) throw invalid(`${field}: unknown usage "${text}"`)
      return found
    })
}

export const keyUsages = (given: readonly string[]): readonly KeyUsageName[] =>
  usages('key_usage', given, KEY_USAGE_NAMES, 'keyusage')
export const extKeyUsages = (given: readonly string[]): readonly string[] =>
  usages('ext_key_usage', given, Object.keys(EXT_KEY_USAGES), 'extkeyusage')

export function checkedOids(field: string, given: readonly string[]): readonly string[] {
  const bad = given.find((text) => !isOid(text))
  if (bad !== undefined) throw invalid(`${field}: "${bad}" is not an object identifier`)
  return given
}

function oneOf<V extends string>(field: string, values: readonly V[], given: string | undefined, kept: V): V {
  if (given === undefined) return kept
  const found = values.find((value) => value === given)
  if (found === undefined) throw invalid(`${field} must be one of ${values.join(', ')}`)
  return found
}

function notAfterBound(given: string): string {
  if (NOT_AFTER_BOUNDS.includes(given) || momentOf(given) !== undefined) return given
  throw invalid(`not_after_bound must be one of ${NOT_AFTER_BOUNDS.join(', ')}, or a time of RFC 3339`)
}

function natural(field: string, value: number | undefined, kept: number): number {
  if (value !== undefined && value < 0) throw invalid(`${field} cannot be negative`)
  return value ?? kept
}

/** RFC 3339, or ''. Throws `invalid_request`. */
export function checkedMoment(field: string, text: string): string {
  if (text !== '' && momentOf(text) === undefined) throw invalid(`${field} is not a time of RFC 3339`)
  return text
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

export function momentOf(text: string): number | undefined {
  const ms = RFC3339.test(text) ? Date.parse(text.toUpperCase()) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

/** What the fields say over what there was. Throws `invalid_request`. */
export function roleOf(fields: RoleValues, before: Role = DEFAULT_ROLE): Role {
  const usage = fields.key_usage === undefined ? before.keyUsage : keyUsages(fields.key_usage)
  const role: Role = {
    name: fields.name,
    issuerRef: fields.issuer_ref === '' ? 'default' : (fields.issuer_ref ?? before.issuerRef),
    ttlSeconds: natural('ttl', fields.ttl, before.ttlSeconds),
    maxTtlSeconds: natural('max_ttl', fields.max_ttl, before.maxTtlSeconds),
    notBeforeDurationSeconds: natural(
      'not_before_duration',
      fields.not_before_duration,
      before.notBeforeDurationSeconds,
    ),
    notAfter: checkedMoment('not_after', fields.not_after ?? before.notAfter),
    notBefore: checkedMoment('not_before', fields.not_before ?? before.notBefore),
    notBeforeBound: oneOf('not_before_bound', NOT_BEFORE_BOUNDS, fields.not_before_bound, before.notBeforeBound),
    notAfterBound: notAfterBound(fields.not_after_bound ?? before.notAfterBound),
    allowLocalhost: fields.allow_localhost ?? before.allowLocalhost,
    allowedDomains: fields.allowed_domains ?? before.allowedDomains,
    allowedDomainsTemplate: fields.allowed_domains_template ?? before.allowedDomainsTemplate,
    allowBareDomains: fields.allow_bare_domains ?? before.allowBareDomains,
    allowSubdomains: fields.allow_subdomains ?? before.allowSubdomains,
    allowGlobDomains: fields.allow_glob_domains ?? before.allowGlobDomains,
    allowWildcardCertificates: fields.allow_wildcard_certificates ?? before.allowWildcardCertificates,
    allowAnyName: fields.allow_any_name ?? before.allowAnyName,
    enforceHostnames: fields.enforce_hostnames ?? before.enforceHostnames,
    allowIpSans: fields.allow_ip_sans ?? before.allowIpSans,
    allowedIpSansCidr: checkedBlocks('allowed_ip_sans_cidr', fields.allowed_ip_sans_cidr ?? before.allowedIpSansCidr),
    allowedUriSans: fields.allowed_uri_sans ?? before.allowedUriSans,
    allowedUriSansTemplate: fields.allowed_uri_sans_template ?? before.allowedUriSansTemplate,
    allowGlobsInTemplates: fields.allow_globs_in_identity_templates ?? before.allowGlobsInTemplates,
    allowedOtherSans: checkedOthers(fields.allowed_other_sans ?? before.allowedOtherSans),
    allowedSerialNumbers: fields.allowed_serial_numbers ?? before.allowedSerialNumbers,
    allowedUserIds: fields.allowed_user_ids ?? before.allowedUserIds,
    serverFlag: fields.server_flag ?? before.serverFlag,
    clientFlag: fields.client_flag ?? before.clientFlag,
    codeSigningFlag: fields.code_signing_flag ?? before.codeSigningFlag,
    emailProtectionFlag: fields.email_protection_flag ?? before.emailProtectionFlag,
    keyType: fields.key_type ?? before.keyType,
    keyBits: fields.key_bits ?? (fields.key_type === undefined ? before.keyBits : 0),
    signatureBits: fields.signature_bits ?? before.signatureBits,
    usePss: fields.use_pss ?? before.usePss,
    ...(usage !== undefined && { keyUsage: usage }),
    extKeyUsage: fields.ext_key_usage === undefined ? before.extKeyUsage : extKeyUsages(fields.ext_key_usage),
    extKeyUsageOids: checkedOids('ext_key_usage_oids', fields.ext_key_usage_oids ?? before.extKeyUsageOids),
    useCsrCommonName: fields.use_csr_common_name ?? before.useCsrCommonName,
    useCsrSans: fields.use_csr_sans ?? before.useCsrSans,
    requireCn: fields.require_cn ?? before.requireCn,
    cnValidations: checkedValidations(fields.cn_validations ?? before.cnValidations),
    organizationalUnit: fields.ou ?? before.organizationalUnit,
    organization: fields.organization ?? before.organization,
    country: fields.country ?? before.country,
    locality: fields.locality ?? before.locality,
    province: fields.province ?? before.province,
    streetAddress: fields.street_address ?? before.streetAddress,
    postalCode: fields.postal_code ?? before.postalCode,
    policyIdentifiers:
      fields.policy_identifiers === undefined
        ? before.policyIdentifiers
        : checkedPolicies(parsePolicies(fields.policy_identifiers)),
    basicConstraintsValidForNonCa: fields.basic_constraints_valid_for_non_ca ?? before.basicConstraintsValidForNonCa,
    generateLease: fields.generate_lease ?? before.generateLease,
    noStore: fields.no_store ?? before.noStore,
  }
  checkKey(role)
  checkTemplates(role)
  if (role.maxTtlSeconds > 0 && role.ttlSeconds > role.maxTtlSeconds) {
    throw invalid('"ttl" value must be less than "max_ttl" value')
  }
  return role.noStore ? { ...role, generateLease: false } : role
}

function checkKey({ keyType, keyBits, signatureBits }: Role): void {
  if (signatureBits !== 0 && !HASH_BITS.some((bits) => bits === signatureBits)) {
    throw invalid(`unsupported hash signature algorithm: ${signatureBits}`)
  }
  if (keyType !== 'any') hashBits(keySpec(keyType, keyBits), signatureBits)
}

function checkedOthers(given: readonly string[]): readonly string[] {
  const bad = given.find((text) => text !== '*' && parseOther(text) === undefined)
  if (bad !== undefined)
    throw invalid(`error parsing allowed_other_sans: expected <identifier>;UTF8:<pattern> or *: ${bad}`)
  return given
}

/** None is not the same as disabled: peers take an empty list for the default. */
function checkedValidations(given: readonly string[]): readonly string[] {
  if (given.length === 0) return DEFAULT_ROLE.cnValidations
  for (const one of given) {
    if (one !== 'email' && one !== 'hostname' && one !== 'disabled') throw invalid(`cn_validations: unknown "${one}"`)
  }
  if (given.includes('disabled') && given.length > 1) throw invalid('cn_validations: disabled stands alone')
  return given
}

const text = () => Type.String()
const list = () => Type.Array(Type.String())
const flag = () => Type.Boolean()
const seconds = () => Type.Integer()

export const RoleReply = Type.Object({
  issuer_ref: text(),
  ttl: seconds(),
  max_ttl: seconds(),
  not_before_duration: seconds(),
  not_after: text(),
  not_before: text(),
  not_before_bound: text(),
  not_after_bound: text(),
  allow_localhost: flag(),
  allowed_domains: list(),
  allowed_domains_template: flag(),
  allow_bare_domains: flag(),
  allow_subdomains: flag(),
  allow_glob_domains: flag(),
  allow_globs_in_identity_templates: flag(),
  allow_wildcard_certificates: flag(),
  allow_any_name: flag(),
  enforce_hostnames: flag(),
  allow_ip_sans: flag(),
  allowed_ip_sans_cidr: list(),
  allowed_uri_sans: list(),
  allowed_uri_sans_template: flag(),
  allowed_other_sans: list(),
  allowed_serial_numbers: list(),
  allowed_user_ids: list(),
  allow_token_displayname: flag(),
  server_flag: flag(),
  client_flag: flag(),
  code_signing_flag: flag(),
  email_protection_flag: flag(),
  key_type: text(),
  key_bits: Type.Integer(),
  signature_bits: Type.Integer(),
  use_pss: flag(),
  key_usage: list(),
  ext_key_usage: list(),
  ext_key_usage_oids: list(),
  use_csr_common_name: flag(),
  use_csr_sans: flag(),
  require_cn: flag(),
  cn_validations: list(),
  ou: list(),
  organization: list(),
  country: list(),
  locality: list(),
  province: list(),
  street_address: list(),
  postal_code: list(),
  policy_identifiers: list(),
  basic_constraints_valid_for_non_ca: flag(),
  generate_lease: flag(),
  no_store: flag(),
})

/** Default key usages, as a reader is shown them. An EC key's certificate leaves out what only RSA keys do. */
export const DEFAULT_KEY_USAGE: readonly string[] = ['DigitalSignature', 'KeyAgreement', 'KeyEncipherment']

export function shownRole(role: Role): Static<typeof RoleReply> {
  const bits = role.keyType === 'any' || role.keyBits !== 0 ? role.keyBits : defaultBits(role.keyType)
  return {
    issuer_ref: role.issuerRef,
    ttl: role.ttlSeconds,
    max_ttl: role.maxTtlSeconds,
    not_before_duration: role.notBeforeDurationSeconds,
    not_after: role.notAfter,
    not_before: role.notBefore,
    not_before_bound: role.notBeforeBound,
    not_after_bound: role.notAfterBound,
    allow_localhost: role.allowLocalhost,
    allowed_domains: [...role.allowedDomains],
    allowed_domains_template: role.allowedDomainsTemplate,
    allow_bare_domains: role.allowBareDomains,
    allow_subdomains: role.allowSubdomains,
    allow_glob_domains: role.allowGlobDomains,
    allow_globs_in_identity_templates: role.allowGlobsInTemplates,
    allow_wildcard_certificates: role.allowWildcardCertificates,
    allow_any_name: role.allowAnyName,
    enforce_hostnames: role.enforceHostnames,
    allow_ip_sans: role.allowIpSans,
    allowed_ip_sans_cidr: [...role.allowedIpSansCidr],
    allowed_uri_sans: [...role.allowedUriSans],
    allowed_uri_sans_template: role.allowedUriSansTemplate,
    allowed_other_sans: [...role.allowedOtherSans],
    allowed_serial_numbers: [...role.allowedSerialNumbers],
    allowed_user_ids: [...role.allowedUserIds],
    allow_token_displayname: false,
    server_flag: role.serverFlag,
    client_flag: role.clientFlag,
    code_signing_flag: role.codeSigningFlag,
    email_protection_flag: role.emailProtectionFlag,
    key_type: role.keyType,
    key_bits: bits,
    signature_bits: role.signatureBits,
    use_pss: role.usePss,
    key_usage: [...(role.keyUsage ?? DEFAULT_KEY_USAGE)],
    ext_key_usage: [...role.extKeyUsage],
    ext_key_usage_oids: [...role.extKeyUsageOids],
    use_csr_common_name: role.useCsrCommonName,
    use_csr_sans: role.useCsrSans,
    require_cn: role.requireCn,
    cn_validations: [...role.cnValidations],
    ou: [...role.organizationalUnit],
    organization: [...role.organization],
    country: [...role.country],
    locality: [...role.locality],
    province: [...role.province],
    street_address: [...role.streetAddress],
    postal_code: [...role.postalCode],
    policy_identifiers: [...role.policyIdentifiers],
    basic_constraints_valid_for_non_ca: role.basicConstraintsValidForNonCa,
    generate_lease: role.generateLease,
    no_store: role.noStore,
  }
}
