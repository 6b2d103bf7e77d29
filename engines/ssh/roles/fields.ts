import Type from 'typebox'
import { canonicalCidrs } from '../../cidr.ts'
import { CoercionError, parseIntegerList } from '../../coerce.ts'
import type { EngineRequest } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { templateParts } from '../../identity-template.ts'
import { checkOptions } from '../signing/options.ts'
import { type CaRole, items, type OtpRole, type Role } from './role.ts'

export const roleFields = {
  role: field.nameWithAt({ required: true, description: 'Name of the role.' }),
  key_type: field.text({ default: '', description: 'ca for certificates, otp for one-time passwords' }),
  issuer_ref: field.text({ default: 'default', description: 'Issuer that signs: its id or name, or default' }),
  allow_user_certificates: field.bool({ default: false, description: 'Certificates may be for users' }),
  allow_host_certificates: field.bool({ default: false, description: 'Certificates may be for hosts' }),
  allow_empty_principals: field.bool({
    default: false,
    description: 'Certificates may name no principal at all: they hold for any user or host',
  }),
  default_user: field.text({ default: '', description: 'User of whom a request says nothing' }),
  default_user_template: field.bool({ default: false, description: 'default_user holds identity templates' }),
  allowed_users: field.text({ default: '', description: 'Users, with commas between; * for any, none for none' }),
  allowed_users_template: field.bool({ default: false, description: 'allowed_users holds identity templates' }),
  allowed_domains: field.text({ default: '', description: 'Domains of hosts, with commas between; * for any' }),
  allowed_domains_template: field.bool({ default: false, description: 'allowed_domains holds identity templates' }),
  allow_bare_domains: field.bool({ default: false, description: 'Hosts may be called as the domains themselves' }),
  allow_subdomains: field.bool({ default: false, description: 'Hosts may be called by names below the domains' }),
  allow_commas_in_identity_templates: field.bool({
    default: false,
    description: 'What a template stands for may hold commas, and so be several names',
  }),
  allow_wildcards_in_identity_templates: field.bool({
    default: false,
    description: 'What a template stands for may hold * and ?, and so be a pattern of names of hosts',
  }),
  allow_user_key_ids: field.bool({ default: false, description: 'A caller may choose the key id' }),
  key_id_format: field.text({
    default: '',
    description: 'The key id, with {{token_display_name}}, {{role_name}} and {{public_key_hash}} in it',
  }),
  allowed_critical_options: field.text({
    default: '',
    description: 'Critical options that a caller may set, with commas between; none: any',
  }),
  allowed_extensions: field.text({
    default: '',
    description: 'Extensions that a caller may set, with commas between; * for any, none for none',
  }),
  default_critical_options: field.stringMap({ default: {}, description: 'Critical options where a caller sets none' }),
  default_extensions: field.stringMap({ default: {}, description: 'Extensions where a caller sets none' }),
  default_extensions_template: field.bool({
    default: false,
    description: 'Values of default_extensions hold identity templates',
  }),
  allowed_user_key_lengths: field.map({
    default: {},
    description: 'Types of keys that are signed, each with its sizes: {"rsa": [3072, 4096], "ed25519": 0}',
  }),
  algorithm_signer: field.text({
    default: 'default',
    description: 'How RSA issuers sign: rsa-sha2-256, rsa-sha2-512, or default (rsa-sha2-256)',
  }),
  not_before_duration: field.duration({ default: 30, description: 'Certificates hold so much before they are made' }),
  ttl: field.duration({ default: 0, description: "How long certificates hold unless asked for; 0: the mount's" }),
  max_ttl: field.duration({ default: 0, description: "How long certificates hold at most; 0: the mount's" }),
  cidr_list: field.text({ default: '', description: 'Of otp: addresses and blocks of hosts, with commas between' }),
  exclude_cidr_list: field.text({ default: '', description: 'Of otp: those that are left out of cidr_list' }),
  port: field.int({ default: 22, description: 'Of otp: the port that callers are told' }),
}
export type RoleRequest = EngineRequest<typeof roleFields>
type RoleValues = RoleRequest['fields']

const TEXT_MAX = 65_536

/** Throws `invalid_request`. */
export function roleOf(fields: RoleValues): Role {
  for (const name of LISTS) {
    if (fields[name].length > TEXT_MAX) throw invalid(`${name} is longer than ${TEXT_MAX} characters`)
  }
  switch (fields.key_type.toLowerCase()) {
    case 'otp':
      return otpRole(fields)
    case 'ca':
      return caRole(fields)
    case '':
      throw invalid('missing key type')
    case 'dynamic':
      throw invalid('dynamic key type roles are no longer supported')
    default:
      throw invalid('invalid key type: expected ca or otp')
  }
}

const LISTS = [
  'default_user',
  'allowed_users',
  'allowed_domains',
  'allowed_critical_options',
  'allowed_extensions',
  'key_id_format',
  'cidr_list',
  'exclude_cidr_list',
] as const

function otpRole(fields: RoleValues): OtpRole {
  if (fields.default_user === '') throw invalid('missing default user')
  if (fields.port < 0 || fields.port > 65_535) throw invalid('port must be 1 to 65535')
  return {
    keyType: 'otp',
    defaultUser: fields.default_user,
    allowedUsers: fields.allowed_users,
    cidrs: canonicalCidrs('cidr_list', items(fields.cidr_list)),
    excludedCidrs: canonicalCidrs('exclude_cidr_list', items(fields.exclude_cidr_list)),
    port: fields.port === 0 ? 22 : fields.port,
  }
}

function caRole(fields: RoleValues): CaRole {
  if (!fields.allow_user_certificates && !fields.allow_host_certificates) {
    throw invalid("Either 'allow_user_certificates' or 'allow_host_certificates' must be set to 'true'")
  }
  for (const name of ['ttl', 'max_ttl', 'not_before_duration'] as const) {
    if (fields[name] < 0) throw invalid(`${name} cannot be negative`)
  }
  if (fields.ttl !== 0 && fields.max_ttl !== 0 && fields.ttl > fields.max_ttl) {
    throw invalid('"ttl" value must be less than "max_ttl" when both are specified')
  }
  checkTemplates(fields)
  return {
    keyType: 'ca',
    issuerRef: fields.issuer_ref === '' ? 'default' : fields.issuer_ref,
    allowUserCertificates: fields.allow_user_certificates,
    allowHostCertificates: fields.allow_host_certificates,
    allowEmptyPrincipals: fields.allow_empty_principals,
    defaultUser: fields.default_user,
    defaultUserTemplate: fields.default_user_template,
    allowedUsers: fields.allowed_users,
    allowedUsersTemplate: fields.allowed_users_template,
    allowedDomains: fields.allowed_domains,
    allowedDomainsTemplate: fields.allowed_domains_template,
    allowBareDomains: fields.allow_bare_domains,
    allowSubdomains: fields.allow_subdomains,
    allowCommasInTemplates: fields.allow_commas_in_identity_templates,
    allowWildcardsInTemplates: fields.allow_wildcards_in_identity_templates,
    allowUserKeyIds: fields.allow_user_key_ids,
    keyIdFormat: fields.key_id_format,
    allowedCriticalOptions: fields.allowed_critical_options,
    allowedExtensions: fields.allowed_extensions,
    defaultCriticalOptions: checkOptions('default_critical_options', fields.default_critical_options),
    defaultExtensions: checkOptions('default_extensions', fields.default_extensions),
    defaultExtensionsTemplate: fields.default_extensions_template,
    allowedKeyLengths: keyLengths(fields.allowed_user_key_lengths),
    algorithmSigner: algorithmSigner(fields.algorithm_signer),
    notBeforeSeconds: fields.not_before_duration,
    ttlSeconds: fields.ttl,
    maxTtlSeconds: fields.max_ttl,
  }
}

function checkTemplates(fields: RoleValues): void {
  const texts: readonly (readonly [name: string, isTemplate: boolean, texts: readonly string[]])[] = [
    ['default_user', fields.default_user_template, [fields.default_user]],
    ['allowed_users', fields.allowed_users_template, items(fields.allowed_users)],
    ['allowed_domains', fields.allowed_domains_template, items(fields.allowed_domains)],
    ['default_extensions', fields.default_extensions_template, Object.values(fields.default_extensions)],
  ]
  for (const [name, isTemplate, values] of texts) {
    if (isTemplate && values.some((text) => templateParts(text) === undefined)) {
      throw invalid(`${name}: unbalanced templating braces`)
    }
  }
}

function algorithmSigner(sent: string): CaRole['algorithmSigner'] {
  if (sent === '' || sent === 'default') return 'default'
  if (sent === 'rsa-sha2-256' || sent === 'rsa-sha2-512') return sent
  if (sent === 'ssh-rsa') throw invalid('algorithm_signer: ssh-rsa signs with SHA-1, which is not done here')
  throw invalid('algorithm_signer: expected default, rsa-sha2-256 or rsa-sha2-512')
}

const KEY_NAMES: ReadonlySet<string> = new Set([
  'rsa',
  'ssh-rsa',
  'ec',
  'ecdsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ed25519',
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
])
const SIZES_MAX = 16

function keyLengths(sent: Readonly<Record<string, unknown>>): CaRole['allowedKeyLengths'] {
  return Object.fromEntries(
    Object.entries(sent).map(([name, raw]) => {
      if (!KEY_NAMES.has(name)) throw invalid('allowed_user_key_lengths: unknown type of key')
      return [name, sizesOf(raw)]
    }),
  )
}

function sizesOf(raw: unknown): readonly number[] {
  try {
    const sizes = parseIntegerList(raw)
    if (sizes.length <= SIZES_MAX) return sizes
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error
  }
  throw invalid(`allowed_user_key_lengths: expected a size or at most ${SIZES_MAX} sizes for each type of key`)
}

const text = () => Type.Optional(Type.String())
const flag = () => Type.Optional(Type.Boolean())
const number = () => Type.Optional(Type.Integer())
const texts = () => Type.Optional(Type.Record(Type.String(), Type.String()))

export const RoleReply = Type.Object({
  key_type: Type.String({ description: 'ca or otp, which says what else there is' }),
  issuer_ref: text(),
  allow_user_certificates: flag(),
  allow_host_certificates: flag(),
  allow_empty_principals: flag(),
  default_user: text(),
  default_user_template: flag(),
  allowed_users: text(),
  allowed_users_template: flag(),
  allowed_domains: text(),
  allowed_domains_template: flag(),
  allow_bare_domains: flag(),
  allow_subdomains: flag(),
  allow_commas_in_identity_templates: flag(),
  allow_wildcards_in_identity_templates: flag(),
  allow_user_key_ids: flag(),
  key_id_format: text(),
  allowed_critical_options: text(),
  allowed_extensions: text(),
  default_critical_options: texts(),
  default_extensions: texts(),
  default_extensions_template: flag(),
  allowed_user_key_lengths: Type.Optional(Type.Record(Type.String(), Type.Array(Type.Integer()))),
  algorithm_signer: text(),
  not_before_duration: number(),
  ttl: number(),
  max_ttl: number(),
  cidr_list: text(),
  exclude_cidr_list: text(),
  port: number(),
})

export function shownRole(role: Role): Readonly<Record<string, unknown>> {
  if (role.keyType === 'otp') {
    return {
      key_type: role.keyType,
      default_user: role.defaultUser,
      allowed_users: role.allowedUsers,
      cidr_list: role.cidrs.join(','),
      exclude_cidr_list: role.excludedCidrs.join(','),
      port: role.port,
    }
  }
  return {
    key_type: role.keyType,
    issuer_ref: role.issuerRef,
    allow_user_certificates: role.allowUserCertificates,
    allow_host_certificates: role.allowHostCertificates,
    allow_empty_principals: role.allowEmptyPrincipals,
    default_user: role.defaultUser,
    default_user_template: role.defaultUserTemplate,
    allowed_users: role.allowedUsers,
    allowed_users_template: role.allowedUsersTemplate,
    allowed_domains: role.allowedDomains,
    allowed_domains_template: role.allowedDomainsTemplate,
    allow_bare_domains: role.allowBareDomains,
    allow_subdomains: role.allowSubdomains,
    allow_commas_in_identity_templates: role.allowCommasInTemplates,
    allow_wildcards_in_identity_templates: role.allowWildcardsInTemplates ?? false,
    allow_user_key_ids: role.allowUserKeyIds,
    key_id_format: role.keyIdFormat,
    allowed_critical_options: role.allowedCriticalOptions,
    allowed_extensions: role.allowedExtensions,
    default_critical_options: role.defaultCriticalOptions,
    default_extensions: role.defaultExtensions,
    default_extensions_template: role.defaultExtensionsTemplate,
    allowed_user_key_lengths: role.allowedKeyLengths,
    algorithm_signer: role.algorithmSigner,
    not_before_duration: role.notBeforeSeconds,
    ttl: role.ttlSeconds,
    max_ttl: role.maxTtlSeconds,
  }
}
