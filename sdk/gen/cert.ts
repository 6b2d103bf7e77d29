// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface CertLoginInput {
  /** The role to log in to; absent: the first that the certificate fits. */
  readonly name?: string
}

export interface CertListRolesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface CertListRolesData {
  readonly keys: readonly string[]
}

export interface CertReadRoleInput {
  /** Name of the role; its case does not matter. Required. */
  readonly name: string
}

export interface CertWriteRoleInput {
  /** Name of the role; its case does not matter. Required. */
  readonly name: string
  /** PEM: authorities whose certificates let in, or one certificate that does itself. */
  readonly certificate?: string
  /** Name of the tokens in logs; absent: the name of the role. */
  readonly display_name?: string
  /** One of them must be the common name, a DNS name or an e-mail address. * is any run of characters. Deprecated. */
  readonly allowed_names?: readonly string[]
  /** One of them must be the common name. * is any run of characters. */
  readonly allowed_common_names?: readonly string[]
  /** One of them must be among the DNS names. */
  readonly allowed_dns_sans?: readonly string[]
  /** One of them must be among the e-mail addresses. */
  readonly allowed_email_sans?: readonly string[]
  /** One of them must be among the URIs. */
  readonly allowed_uri_sans?: readonly string[]
  /** One of them must be among the organisational units. */
  readonly allowed_organizational_units?: readonly string[]
  /** Extensions that there must be: OID:text, or hex:OID:DER in hex. * is any run of characters. */
  readonly required_extensions?: readonly string[]
  /** Object identifiers of extensions whose text goes into the metadata of tokens. */
  readonly allowed_metadata_extensions?: readonly string[]
  /** Ask the issuer's OCSP server at each login whether it revoked. */
  readonly ocsp_enabled?: boolean
  /** PEM, or base64 of it: who else may sign OCSP replies, and whom to trust when they are fetched over TLS. */
  readonly ocsp_ca_certificates?: string
  /** URLs to ask in the place of those that the certificate names. */
  readonly ocsp_servers_override?: readonly string[]
  /** Let in where no server can say whether it was revoked. */
  readonly ocsp_fail_open?: boolean
  /** Ask all servers, and let in only if all say that it is good. */
  readonly ocsp_query_all_servers?: boolean
  /** How long a token lives at first; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly token_ttl?: number | string
  /** How long a token lives at most, renewals included; 0: the mount's maximum. Seconds, or a duration such as '1h30m'. */
  readonly token_max_ttl?: number | string
  /** Policies of the tokens. */
  readonly token_policies?: readonly string[]
  /** Addresses and CIDR blocks to log in from and to use tokens from. */
  readonly token_bound_cidrs?: readonly string[]
  /** No token lives longer, whatever renewals and periods say. Seconds, or a duration such as '1h30m'. */
  readonly token_explicit_max_ttl?: number | string
  /** Tokens do not get the default policy unasked. */
  readonly token_no_default_policy?: boolean
  /** How many requests a token is good for; 0: no limit. */
  readonly token_num_uses?: number
  /** Tokens are periodic: each renewal gives this long, without a maximum. Seconds, or a duration such as '1h30m'. */
  readonly token_period?: number | string
  /** service, batch, or default for what the mount is tuned to. */
  readonly token_type?: string
  /** A token may be used only from the address that logged in. */
  readonly token_strictly_bind_ip?: boolean
  /** Older name of token_policies. Deprecated. */
  readonly policies?: readonly string[]
  /** Older name of token_ttl. Seconds, or a duration such as '1h30m'. Deprecated. */
  readonly ttl?: number | string
  /** Older name of token_max_ttl. Seconds, or a duration such as '1h30m'. Deprecated. */
  readonly max_ttl?: number | string
  /** Older name of token_period. Seconds, or a duration such as '1h30m'. Deprecated. */
  readonly period?: number | string
  /** Older name of token_bound_cidrs. Deprecated. */
  readonly bound_cidrs?: readonly string[]
  /** Older name of token_ttl, in seconds. Deprecated. */
  readonly lease?: number
}

export interface CertDeleteRoleInput {
  /** Name of the role; its case does not matter. Required. */
  readonly name: string
}

export interface CertListCrlsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface CertReadCrlInput {
  /** Name of the list; its case does not matter. Required. */
  readonly name: string
}

export interface CertWriteCrlInput {
  /** Name of the list; its case does not matter. Required. */
  readonly name: string
  /** The list, PEM. */
  readonly crl?: string
  /** URL that the list is fetched from, and fetched again about once an hour. */
  readonly url?: string
}

export interface CertDeleteCrlInput {
  /** Name of the list; its case does not matter. Required. */
  readonly name: string
}

export interface CertWriteConfigInput {
  /** Tokens are renewed without showing the certificate of their login. */
  readonly disable_binding?: boolean
  /** What a token's metadata says of the certificate also goes into the alias. */
  readonly enable_identity_alias_metadata?: boolean
  /** OCSP replies that are remembered, 2 to 100000. */
  readonly ocsp_cache_size?: number
  /** Roles that are kept ready, at most 100000; -1: none. */
  readonly role_cache_size?: number
}

const LOGIN: Operation = {
  service: 'Cert',
  rpc: 'Login',
  verb: 'POST',
  path: '{mount}/login',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LIST_ROLES: Operation = {
  service: 'Cert',
  rpc: 'ListRoles',
  verb: 'LIST',
  path: '{mount}/certs',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_ROLE: Operation = {
  service: 'Cert',
  rpc: 'ReadRole',
  verb: 'GET',
  path: '{mount}/certs/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_ROLE: Operation = {
  service: 'Cert',
  rpc: 'WriteRole',
  verb: 'POST',
  path: '{mount}/certs/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE: Operation = {
  service: 'Cert',
  rpc: 'DeleteRole',
  verb: 'DELETE',
  path: '{mount}/certs/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_CRLS: Operation = {
  service: 'Cert',
  rpc: 'ListCrls',
  verb: 'LIST',
  path: '{mount}/crls',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_CRL: Operation = {
  service: 'Cert',
  rpc: 'ReadCrl',
  verb: 'GET',
  path: '{mount}/crls/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_CRL: Operation = {
  service: 'Cert',
  rpc: 'WriteCrl',
  verb: 'POST',
  path: '{mount}/crls/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_CRL: Operation = {
  service: 'Cert',
  rpc: 'DeleteCrl',
  verb: 'DELETE',
  path: '{mount}/crls/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_CONFIG: Operation = {
  service: 'Cert',
  rpc: 'ReadConfig',
  verb: 'GET',
  path: '{mount}/config',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_CONFIG: Operation = {
  service: 'Cert',
  rpc: 'WriteConfig',
  verb: 'POST',
  path: '{mount}/config',
  safe: false,
  answers: 'data',
  shape: 'any',
}

/** Logins with TLS client certificates. */
export class Cert extends Group {
  /** Log in with the certificate of the connection's client. Needs no token. */
  login(input: CertLoginInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(LOGIN, { ...input }, options)
  }

  /** List the roles. */
  listRoles(input: CertListRolesInput = {}, options?: CallOptions): Promise<Reply<CertListRolesData>> {
    return this.ask<CertListRolesData>(LIST_ROLES, { ...input }, options)
  }

  /** Whose certificates let in, and what their tokens are like. */
  readRole(input: string | CertReadRoleInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Whose certificates let in, and what their tokens are like. */
  writeRole(input: string | CertWriteRoleInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Whose certificates let in, and what their tokens are like. */
  deleteRole(input: string | CertDeleteRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List the names of revocation lists. */
  listCrls(input: CertListCrlsInput = {}, options?: CallOptions): Promise<Reply<CertListRolesData>> {
    return this.ask<CertListRolesData>(LIST_CRLS, { ...input }, options)
  }

  /** A list of certificates that let nobody in any more. */
  readCrl(input: string | CertReadCrlInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_CRL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A list of certificates that let nobody in any more. */
  writeCrl(input: string | CertWriteCrlInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_CRL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A list of certificates that let nobody in any more. */
  deleteCrl(input: string | CertDeleteCrlInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_CRL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Settings of the method. */
  readConfig(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_CONFIG, {}, options)
  }

  /** Settings of the method. */
  writeConfig(input: CertWriteConfigInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_CONFIG, { ...input }, options)
  }
}
