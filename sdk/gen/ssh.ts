// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { RawBody, Reply } from '../reply.ts'

export interface SshReadCaData {
  readonly issuer_id: string
  readonly issuer_name: string
  /** As a line of OpenSSH */
  readonly public_key: string
}

export interface SshWriteCaInput {
  /** Name of the issuer. */
  readonly issuer_name?: string
  /** A private key, unencrypted, of OpenSSH or in PEM. */
  readonly private_key?: string
  /** The public key that goes with private_key. */
  readonly public_key?: string
  /** Make the keys. Default where none are given. */
  readonly generate_signing_key?: boolean
  /** Of a new key: rsa, ec, ed25519, or its name in OpenSSH. Default ssh-rsa. */
  readonly key_type?: string
  /** Of a new key: 2048, 3072 or 4096 of rsa, 256, 384 or 521 of ec. Default 0. */
  readonly key_bits?: number
}

export interface SshReadIssuersConfigData {
  readonly default: string
}

export interface SshWriteIssuersConfigInput {
  /** Id or name of the default issuer. */
  readonly default?: string
}

export interface SshListIssuersInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface SshListIssuersData {
  readonly keys: readonly string[]
  readonly key_info: Readonly<Record<string, {
    readonly issuer_name: string
    readonly is_default: boolean
    readonly public_key: string
  }>>
}

export interface SshImportIssuerInput {
  /** Name of the issuer. */
  readonly issuer_name?: string
  /** A private key, unencrypted, of OpenSSH or in PEM. */
  readonly private_key?: string
  /** The public key that goes with private_key. */
  readonly public_key?: string
  /** Make the keys. Default where none are given. */
  readonly generate_signing_key?: boolean
  /** Of a new key: rsa, ec, ed25519, or its name in OpenSSH. Default ssh-rsa. */
  readonly key_type?: string
  /** Of a new key: 2048, 3072 or 4096 of rsa, 256, 384 or 521 of ec. Default 0. */
  readonly key_bits?: number
  /** It is the default issuer from now on. */
  readonly set_default?: boolean
}

export interface SshImportNamedIssuerInput {
  /** Name of the issuer. */
  readonly issuer_name: string
  /** A private key, unencrypted, of OpenSSH or in PEM. */
  readonly private_key?: string
  /** The public key that goes with private_key. */
  readonly public_key?: string
  /** Make the keys. Default where none are given. */
  readonly generate_signing_key?: boolean
  /** Of a new key: rsa, ec, ed25519, or its name in OpenSSH. Default ssh-rsa. */
  readonly key_type?: string
  /** Of a new key: 2048, 3072 or 4096 of rsa, 256, 384 or 521 of ec. Default 0. */
  readonly key_bits?: number
  /** It is the default issuer from now on. */
  readonly set_default?: boolean
}

export interface SshReadIssuerInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
}

export interface SshWriteIssuerInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
  /** Name of the issuer. */
  readonly issuer_name?: string
}

export interface SshDeleteIssuerInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
}

export interface SshReadIssuerPublicKeyInput {
  /** Issuer: its id or name, or default. Required. */
  readonly issuer_ref: string
}

export interface SshListRolesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface SshListRolesData {
  readonly keys: readonly string[]
  readonly key_info: Readonly<Record<string, {
    readonly key_type: string
    readonly issuer_ref?: string
  }>>
}

export interface SshReadRoleInput {
  /** Name of the role. Required. */
  readonly role: string
}

export interface SshReadRoleData {
  /** ca or otp, which says what else there is */
  readonly key_type: string
  readonly issuer_ref?: string
  readonly allow_user_certificates?: boolean
  readonly allow_host_certificates?: boolean
  readonly allow_empty_principals?: boolean
  readonly default_user?: string
  readonly default_user_template?: boolean
  readonly allowed_users?: string
  readonly allowed_users_template?: boolean
  readonly allowed_domains?: string
  readonly allowed_domains_template?: boolean
  readonly allow_bare_domains?: boolean
  readonly allow_subdomains?: boolean
  readonly allow_commas_in_identity_templates?: boolean
  readonly allow_wildcards_in_identity_templates?: boolean
  readonly allow_user_key_ids?: boolean
  readonly key_id_format?: string
  readonly allowed_critical_options?: string
  readonly allowed_extensions?: string
  readonly default_critical_options: Readonly<Record<string, string>>
  readonly default_extensions: Readonly<Record<string, string>>
  readonly default_extensions_template?: boolean
  readonly allowed_user_key_lengths: Readonly<Record<string, readonly number[]>>
  readonly algorithm_signer?: string
  readonly not_before_duration?: number
  readonly ttl?: number
  readonly max_ttl?: number
  readonly cidr_list?: string
  readonly exclude_cidr_list?: string
  readonly port?: number
}

export interface SshWriteRoleInput {
  /** Name of the role. Required. */
  readonly role: string
  /** ca for certificates, otp for one-time passwords. */
  readonly key_type?: string
  /** Issuer that signs: its id or name, or default. */
  readonly issuer_ref?: string
  /** Certificates may be for users. Default false. */
  readonly allow_user_certificates?: boolean
  /** Certificates may be for hosts. Default false. */
  readonly allow_host_certificates?: boolean
  /** Certificates may name no principal at all: they hold for any user or host. Default false. */
  readonly allow_empty_principals?: boolean
  /** User of whom a request says nothing. */
  readonly default_user?: string
  /** default_user holds identity templates. */
  readonly default_user_template?: boolean
  /** Users, with commas between; * for any, none for none. */
  readonly allowed_users?: string
  /** allowed_users holds identity templates. Default false. */
  readonly allowed_users_template?: boolean
  /** Domains of hosts, with commas between; * for any. */
  readonly allowed_domains?: string
  /** allowed_domains holds identity templates. Default false. */
  readonly allowed_domains_template?: boolean
  /** Hosts may be called as the domains themselves. Default false. */
  readonly allow_bare_domains?: boolean
  /** Hosts may be called by names below the domains. Default false. */
  readonly allow_subdomains?: boolean
  /** What a template stands for may hold commas, and so be several names. Default false. */
  readonly allow_commas_in_identity_templates?: boolean
  /** What a template stands for may hold * and ?, and so be a pattern of names of hosts. Default false. */
  readonly allow_wildcards_in_identity_templates?: boolean
  /** A caller may choose the key id. Default false. */
  readonly allow_user_key_ids?: boolean
  /** The key id, with {{token_display_name}}, {{role_name}} and {{public_key_hash}} in it. */
  readonly key_id_format?: string
  /** Critical options that a caller may set, with commas between; none: any. */
  readonly allowed_critical_options?: string
  /** Extensions that a caller may set, with commas between; * for any, none for none. */
  readonly allowed_extensions?: string
  /** Critical options where a caller sets none. */
  readonly default_critical_options?: Readonly<Record<string, string>>
  /** Extensions where a caller sets none. */
  readonly default_extensions?: Readonly<Record<string, string>>
  /** Values of default_extensions hold identity templates. */
  readonly default_extensions_template?: boolean
  /** Types of keys that are signed, each with its sizes: {"rsa": [3072, 4096], "ed25519": 0}. */
  readonly allowed_user_key_lengths?: Readonly<Record<string, unknown>>
  /** How RSA issuers sign: rsa-sha2-256, rsa-sha2-512, or default (rsa-sha2-256) */
  readonly algorithm_signer?: string
  /** Certificates hold so much before they are made. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly not_before_duration?: number | string
  /** How long certificates hold unless asked for; 0: the mount's. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly ttl?: number | string
  /** How long certificates hold at most; 0: the mount's. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly max_ttl?: number | string
  /** Of otp: addresses and blocks of hosts, with commas between. */
  readonly cidr_list?: string
  /** Of otp: those that are left out of cidr_list. */
  readonly exclude_cidr_list?: string
  /** Of otp: the port that callers are told. Default 22. */
  readonly port?: number
}

export interface SshDeleteRoleInput {
  /** Name of the role. Required. */
  readonly role: string
}

export interface SshSignInput {
  /** Role that says what the certificate may be like. Required. */
  readonly role: string
  /** How long the certificate holds; the role's, then the mount's. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** Users or hosts, with commas between; the role's default_user. */
  readonly valid_principals?: string
  /** user or host. Default user. */
  readonly cert_type?: string
  /** What sshd logs; made by the role where it is not given. */
  readonly key_id?: string
  /** Critical options; the role's where none are given. */
  readonly critical_options?: Readonly<Record<string, string>>
  /** Extensions; the role's where none are given. */
  readonly extensions?: Readonly<Record<string, string>>
  /** The key to be signed, as OpenSSH writes public keys. */
  readonly public_key?: string
}

export interface SshSignData {
  /** Hexadecimal */
  readonly serial_number: string
  /** The certificate, as a line of OpenSSH */
  readonly signed_key: string
  readonly issuer_id: string
}

export interface SshIssueInput {
  /** Role that says what the certificate may be like. Required. */
  readonly role: string
  /** How long the certificate holds; the role's, then the mount's. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** Users or hosts, with commas between; the role's default_user. */
  readonly valid_principals?: string
  /** user or host. Default user. */
  readonly cert_type?: string
  /** What sshd logs; made by the role where it is not given. */
  readonly key_id?: string
  /** Critical options; the role's where none are given. */
  readonly critical_options?: Readonly<Record<string, string>>
  /** Extensions; the role's where none are given. */
  readonly extensions?: Readonly<Record<string, string>>
  /** rsa, ec or ed25519. Default rsa. */
  readonly key_type?: string
  /** Size of the key; 0: 4096 of rsa, 256 of ec, or what the role allows. Default 0. */
  readonly key_bits?: number
}

export interface SshIssueData {
  /** Hexadecimal */
  readonly serial_number: string
  /** The certificate, as a line of OpenSSH */
  readonly signed_key: string
  readonly issuer_id: string
  /** It is given once and kept nowhere */
  readonly private_key: string
  readonly private_key_type: string
}

export interface SshCreateOtpInput {
  /** Role of type otp. Required. */
  readonly role: string
  /** Address of the host. */
  readonly ip?: string
  /** User at the host; the role's default_user. */
  readonly username?: string
}

export interface SshCreateOtpData {
  /** The password */
  readonly key: string
  readonly key_type: string
  readonly username: string
  readonly ip: string
  readonly port: number
}

export interface SshVerifyOtpInput {
  /** The password, or verify-echo-request. */
  readonly otp?: string
}

export interface SshVerifyOtpData {
  readonly username?: string
  readonly ip?: string
  readonly role_name?: string
  /** The answer to verify-echo-request */
  readonly message?: string
}

export interface SshLookupRolesInput {
  /** Address of a host. */
  readonly ip?: string
}

export interface SshLookupRolesData {
  readonly roles: readonly string[]
}

export interface SshWriteZeroAddressInput {
  /** Names of roles. */
  readonly roles?: readonly string[]
}

export interface SshTidyDynamicKeysData {
  readonly message: string
}

const READ_CA: Operation = {
  service: 'Ssh',
  rpc: 'ReadCa',
  verb: 'GET',
  path: '{mount}/config/ca',
  safe: true,
  answers: 'data',
  shape: { object: { issuer_id: 'value', issuer_name: 'value', public_key: 'value' } },
}

const WRITE_CA: Operation = {
  service: 'Ssh',
  rpc: 'WriteCa',
  verb: 'POST',
  path: '{mount}/config/ca',
  safe: false,
  answers: 'data',
  shape: { object: { issuer_id: 'value', issuer_name: 'value', public_key: 'value' } },
}

const DELETE_CA: Operation = {
  service: 'Ssh',
  rpc: 'DeleteCa',
  verb: 'DELETE',
  path: '{mount}/config/ca',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ISSUERS_CONFIG: Operation = {
  service: 'Ssh',
  rpc: 'ReadIssuersConfig',
  verb: 'GET',
  path: '{mount}/config/issuers',
  safe: true,
  answers: 'data',
  shape: { object: { default: 'value' } },
}

const WRITE_ISSUERS_CONFIG: Operation = {
  service: 'Ssh',
  rpc: 'WriteIssuersConfig',
  verb: 'POST',
  path: '{mount}/config/issuers',
  safe: false,
  answers: 'data',
  shape: { object: { default: 'value' } },
}

const LIST_ISSUERS: Operation = {
  service: 'Ssh',
  rpc: 'ListIssuers',
  verb: 'LIST',
  path: '{mount}/issuers',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { issuer_name: 'value', is_default: 'value', public_key: 'value' } } } } },
}

const IMPORT_ISSUER: Operation = {
  service: 'Ssh',
  rpc: 'ImportIssuer',
  verb: 'POST',
  path: '{mount}/issuers/import',
  safe: false,
  answers: 'data',
  shape: { object: { issuer_id: 'value', issuer_name: 'value', public_key: 'value' } },
}

const IMPORT_NAMED_ISSUER: Operation = {
  service: 'Ssh',
  rpc: 'ImportNamedIssuer',
  verb: 'POST',
  path: '{mount}/issuers/import/{issuer_name}',
  sole: 'issuer_name',
  safe: false,
  answers: 'data',
  shape: { object: { issuer_id: 'value', issuer_name: 'value', public_key: 'value' } },
}

const READ_ISSUER: Operation = {
  service: 'Ssh',
  rpc: 'ReadIssuer',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}',
  sole: 'issuer_ref',
  safe: true,
  answers: 'data',
  shape: { object: { issuer_id: 'value', issuer_name: 'value', public_key: 'value' } },
}

const WRITE_ISSUER: Operation = {
  service: 'Ssh',
  rpc: 'WriteIssuer',
  verb: 'POST',
  path: '{mount}/issuer/{issuer_ref}',
  sole: 'issuer_ref',
  safe: false,
  answers: 'data',
  shape: { object: { issuer_id: 'value', issuer_name: 'value', public_key: 'value' } },
}

const DELETE_ISSUER: Operation = {
  service: 'Ssh',
  rpc: 'DeleteIssuer',
  verb: 'DELETE',
  path: '{mount}/issuer/{issuer_ref}',
  sole: 'issuer_ref',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ISSUER_PUBLIC_KEY: Operation = {
  service: 'Ssh',
  rpc: 'ReadIssuerPublicKey',
  verb: 'GET',
  path: '{mount}/issuer/{issuer_ref}/public_key',
  sole: 'issuer_ref',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const READ_PUBLIC_KEY: Operation = {
  service: 'Ssh',
  rpc: 'ReadPublicKey',
  verb: 'GET',
  path: '{mount}/public_key',
  safe: true,
  answers: 'raw',
  shape: 'any',
}

const LIST_ROLES: Operation = {
  service: 'Ssh',
  rpc: 'ListRoles',
  verb: 'LIST',
  path: '{mount}/roles',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { key_type: 'value', issuer_ref: 'value' } } } } },
}

const READ_ROLE: Operation = {
  service: 'Ssh',
  rpc: 'ReadRole',
  verb: 'GET',
  path: '{mount}/roles/{role}',
  sole: 'role',
  safe: true,
  answers: 'data',
  shape: { object: { key_type: 'value', issuer_ref: 'value', allow_user_certificates: 'value', allow_host_certificates: 'value', allow_empty_principals: 'value', default_user: 'value', default_user_template: 'value', allowed_users: 'value', allowed_users_template: 'value', allowed_domains: 'value', allowed_domains_template: 'value', allow_bare_domains: 'value', allow_subdomains: 'value', allow_commas_in_identity_templates: 'value', allow_wildcards_in_identity_templates: 'value', allow_user_key_ids: 'value', key_id_format: 'value', allowed_critical_options: 'value', allowed_extensions: 'value', default_critical_options: { map: 'value' }, default_extensions: { map: 'value' }, default_extensions_template: 'value', allowed_user_key_lengths: { map: { list: 'value' } }, algorithm_signer: 'value', not_before_duration: 'value', ttl: 'value', max_ttl: 'value', cidr_list: 'value', exclude_cidr_list: 'value', port: 'value' } },
}

const WRITE_ROLE: Operation = {
  service: 'Ssh',
  rpc: 'WriteRole',
  verb: 'POST',
  path: '{mount}/roles/{role}',
  sole: 'role',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE: Operation = {
  service: 'Ssh',
  rpc: 'DeleteRole',
  verb: 'DELETE',
  path: '{mount}/roles/{role}',
  sole: 'role',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const SIGN: Operation = {
  service: 'Ssh',
  rpc: 'Sign',
  verb: 'POST',
  path: '{mount}/sign/{role}',
  sole: 'role',
  safe: false,
  answers: 'data',
  shape: { object: { serial_number: 'value', signed_key: 'value', issuer_id: 'value' } },
}

const ISSUE: Operation = {
  service: 'Ssh',
  rpc: 'Issue',
  verb: 'POST',
  path: '{mount}/issue/{role}',
  sole: 'role',
  safe: false,
  answers: 'data',
  shape: { object: { serial_number: 'value', signed_key: 'value', issuer_id: 'value', private_key: 'value', private_key_type: 'value' } },
}

const CREATE_OTP: Operation = {
  service: 'Ssh',
  rpc: 'CreateOtp',
  verb: 'POST',
  path: '{mount}/creds/{role}',
  sole: 'role',
  safe: false,
  answers: 'data',
  shape: { object: { key: 'value', key_type: 'value', username: 'value', ip: 'value', port: 'value' } },
}

const VERIFY_OTP: Operation = {
  service: 'Ssh',
  rpc: 'VerifyOtp',
  verb: 'POST',
  path: '{mount}/verify',
  safe: false,
  answers: 'data',
  shape: { object: { username: 'value', ip: 'value', role_name: 'value', message: 'value' } },
}

const LOOKUP_ROLES: Operation = {
  service: 'Ssh',
  rpc: 'LookupRoles',
  verb: 'POST',
  path: '{mount}/lookup',
  safe: true,
  answers: 'data',
  shape: { object: { roles: { list: 'value' } } },
}

const READ_ZERO_ADDRESS: Operation = {
  service: 'Ssh',
  rpc: 'ReadZeroAddress',
  verb: 'GET',
  path: '{mount}/config/zeroaddress',
  safe: true,
  answers: 'data',
  shape: { object: { roles: { list: 'value' } } },
}

const WRITE_ZERO_ADDRESS: Operation = {
  service: 'Ssh',
  rpc: 'WriteZeroAddress',
  verb: 'POST',
  path: '{mount}/config/zeroaddress',
  safe: false,
  answers: 'data',
  shape: { object: { roles: { list: 'value' } } },
}

const DELETE_ZERO_ADDRESS: Operation = {
  service: 'Ssh',
  rpc: 'DeleteZeroAddress',
  verb: 'DELETE',
  path: '{mount}/config/zeroaddress',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const TIDY_DYNAMIC_KEYS: Operation = {
  service: 'Ssh',
  rpc: 'TidyDynamicKeys',
  verb: 'DELETE',
  path: '{mount}/tidy/dynamic-keys',
  safe: true,
  answers: 'data',
  shape: { object: { message: 'value' } },
}

/** Logins over SSH: signed keys of users and hosts, and one-time passwords. */
export class Ssh extends Group {
  /** The default issuer: make, import, read, and remove it with all others. */
  readCa(options?: CallOptions): Promise<Reply<SshReadCaData>> {
    return this.ask<SshReadCaData>(READ_CA, {}, options)
  }

  /** The default issuer: make, import, read, and remove it with all others. */
  writeCa(input: SshWriteCaInput = {}, options?: CallOptions): Promise<Reply<SshReadCaData>> {
    return this.ask<SshReadCaData>(WRITE_CA, { ...input }, options)
  }

  /** The default issuer: make, import, read, and remove it with all others. */
  deleteCa(options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_CA, {}, options)
  }

  /** Which issuer is the default. */
  readIssuersConfig(options?: CallOptions): Promise<Reply<SshReadIssuersConfigData>> {
    return this.ask<SshReadIssuersConfigData>(READ_ISSUERS_CONFIG, {}, options)
  }

  /** Which issuer is the default. */
  writeIssuersConfig(input: SshWriteIssuersConfigInput = {}, options?: CallOptions): Promise<Reply<SshReadIssuersConfigData>> {
    return this.ask<SshReadIssuersConfigData>(WRITE_ISSUERS_CONFIG, { ...input }, options)
  }

  /** List the issuers. */
  listIssuers(input: SshListIssuersInput = {}, options?: CallOptions): Promise<Reply<SshListIssuersData>> {
    return this.ask<SshListIssuersData>(LIST_ISSUERS, { ...input }, options)
  }

  /** Make or import an issuer. */
  importIssuer(input: SshImportIssuerInput = {}, options?: CallOptions): Promise<Reply<SshReadCaData>> {
    return this.ask<SshReadCaData>(IMPORT_ISSUER, { ...input }, options)
  }

  /** Make or import an issuer. */
  importNamedIssuer(input: string | SshImportNamedIssuerInput, options?: CallOptions): Promise<Reply<SshReadCaData>> {
    return this.ask<SshReadCaData>(IMPORT_NAMED_ISSUER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, rename and remove an issuer. */
  readIssuer(input: string | SshReadIssuerInput, options?: CallOptions): Promise<Reply<SshReadCaData>> {
    return this.ask<SshReadCaData>(READ_ISSUER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, rename and remove an issuer. */
  writeIssuer(input: string | SshWriteIssuerInput, options?: CallOptions): Promise<Reply<SshReadCaData>> {
    return this.ask<SshReadCaData>(WRITE_ISSUER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, rename and remove an issuer. */
  deleteIssuer(input: string | SshDeleteIssuerInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ISSUER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The public key of an issuer. Needs no token. */
  readIssuerPublicKey(input: string | SshReadIssuerPublicKeyInput, options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_ISSUER_PUBLIC_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The public key of the default issuer. Needs no token. */
  readPublicKey(options?: CallOptions): Promise<Reply<RawBody>> {
    return this.ask<RawBody>(READ_PUBLIC_KEY, {}, options)
  }

  /** List the roles. */
  listRoles(input: SshListRolesInput = {}, options?: CallOptions): Promise<Reply<SshListRolesData>> {
    return this.ask<SshListRolesData>(LIST_ROLES, { ...input }, options)
  }

  /** What certificates or one-time passwords of a role are like. */
  readRole(input: string | SshReadRoleInput, options?: CallOptions): Promise<Reply<SshReadRoleData>> {
    return this.ask<SshReadRoleData>(READ_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What certificates or one-time passwords of a role are like. */
  writeRole(input: string | SshWriteRoleInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What certificates or one-time passwords of a role are like. */
  deleteRole(input: string | SshDeleteRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Sign a public key. */
  sign(input: string | SshSignInput, options?: CallOptions): Promise<Reply<SshSignData>> {
    return this.ask<SshSignData>(SIGN, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a key pair and sign it. */
  issue(input: string | SshIssueInput, options?: CallOptions): Promise<Reply<SshIssueData>> {
    return this.ask<SshIssueData>(ISSUE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a one-time password. */
  createOtp(input: string | SshCreateOtpInput, options?: CallOptions): Promise<Reply<SshCreateOtpData>> {
    return this.ask<SshCreateOtpData>(CREATE_OTP, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Use up a one-time password: what hosts ask when somebody logs in. Needs no token. */
  verifyOtp(input: SshVerifyOtpInput = {}, options?: CallOptions): Promise<Reply<SshVerifyOtpData>> {
    return this.ask<SshVerifyOtpData>(VERIFY_OTP, { ...input }, options)
  }

  /** Roles that give one-time passwords for an address. */
  lookupRoles(input: SshLookupRolesInput = {}, options?: CallOptions): Promise<Reply<SshLookupRolesData>> {
    return this.ask<SshLookupRolesData>(LOOKUP_ROLES, { ...input }, options)
  }

  /** Roles that give one-time passwords for any address. */
  readZeroAddress(options?: CallOptions): Promise<Reply<SshLookupRolesData>> {
    return this.ask<SshLookupRolesData>(READ_ZERO_ADDRESS, {}, options)
  }

  /** Roles that give one-time passwords for any address. */
  writeZeroAddress(input: SshWriteZeroAddressInput = {}, options?: CallOptions): Promise<Reply<SshLookupRolesData>> {
    return this.ask<SshLookupRolesData>(WRITE_ZERO_ADDRESS, { ...input }, options)
  }

  /** Roles that give one-time passwords for any address. */
  deleteZeroAddress(options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ZERO_ADDRESS, {}, options)
  }

  /** Remove what older versions of Vault left: there is nothing here. */
  tidyDynamicKeys(options?: CallOptions): Promise<Reply<SshTidyDynamicKeysData>> {
    return this.ask<SshTidyDynamicKeysData>(TIDY_DYNAMIC_KEYS, {}, options)
  }
}
