// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { Json, JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface JwtReadConfigData {
  readonly oidc_discovery_url: string
  readonly oidc_discovery_ca_pem: string
  readonly oidc_client_id: string
  readonly oidc_response_mode: string
  readonly oidc_response_types: readonly string[]
  readonly jwks_url: string
  readonly jwks_ca_pem: string
  readonly jwks_pairs: readonly {
    readonly jwks_url: string
    readonly jwks_ca_pem: string
  }[]
  readonly jwt_validation_pubkeys: readonly string[]
  readonly jwt_supported_algs: readonly string[]
  readonly bound_issuer: string
  readonly default_role: string
  readonly provider_config: Readonly<Record<string, string>>
  readonly override_allowed_server_names: readonly string[]
  readonly namespace_in_state: boolean
  /** Whether the keys can be had just now */
  readonly status: "valid" | "invalid"
}

export interface JwtWriteConfigInput {
  /** Issuer of the provider, without /.well-known/openid-configuration: it says where its keys are. */
  readonly oidc_discovery_url?: string
  /** PEM certificates to trust for it; none: the system's. */
  readonly oidc_discovery_ca_pem?: string
  /** What the provider knows this server as. */
  readonly oidc_client_id?: string
  /** Secret of the client; it is not shown again. */
  readonly oidc_client_secret?: string
  /** query (the default) or form_post. */
  readonly oidc_response_mode?: string
  /** code (the default) or id_token, which needs form_post. */
  readonly oidc_response_types?: readonly string[]
  /** Where a JSON Web Key Set is fetched from. */
  readonly jwks_url?: string
  /** PEM certificates to trust for it; none: the system's. */
  readonly jwks_ca_pem?: string
  /** Several key sets: a list of objects with jwks_url and jwks_ca_pem. */
  readonly jwks_pairs?: readonly {
    readonly jwks_url: string
    readonly jwks_ca_pem?: string
  }[]
  /** Public keys in PEM form. */
  readonly jwt_validation_pubkeys?: readonly string[]
  /** Algorithms to accept; none: RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA. */
  readonly jwt_supported_algs?: readonly string[]
  /** What a token's iss must be. */
  readonly bound_issuer?: string
  /** Role of logins that name none. */
  readonly default_role?: string
  /** Of providers that send groups as text: {"provider": "secureauth"} or {"provider": "ibmisam"}. */
  readonly provider_config?: Readonly<Record<string, unknown>>
  /** Names to accept in the provider's certificate in the place of the URL's host. */
  readonly override_allowed_server_names?: readonly string[]
  /** The namespace goes with the state, and not in the redirect URI; true unless it was set before. */
  readonly namespace_in_state?: boolean
  /** Take the configuration though the provider cannot be asked just now. Default false. */
  readonly skip_jwks_validation?: boolean
}

export interface JwtReadRoleInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly name: string
}

export interface JwtReadRoleData {
  readonly role_type: string
  readonly expiration_leeway: number
  readonly not_before_leeway: number
  readonly clock_skew_leeway: number
  readonly bound_audiences: readonly string[]
  readonly bound_subject: string
  readonly bound_claims_type: string
  readonly bound_claims: Readonly<Record<string, Json>>
  readonly claim_mappings: Readonly<Record<string, string>>
  readonly user_claim: string
  readonly user_claim_json_pointer: boolean
  readonly groups_claim: string
  readonly oidc_scopes: readonly string[]
  readonly allowed_redirect_uris: readonly string[]
  readonly callback_mode: string
  readonly poll_interval?: number
  readonly verbose_oidc_logging: boolean
  readonly max_age: number
  readonly oidc_disable_confirmation: boolean
  readonly token_ttl: number
  readonly token_max_ttl: number
  readonly token_policies: readonly string[]
  readonly token_bound_cidrs: readonly string[]
  readonly token_explicit_max_ttl: number
  readonly token_no_default_policy: boolean
  readonly token_num_uses: number
  readonly token_period: number
  readonly token_type: string
  readonly token_strictly_bind_ip: boolean
}

export interface JwtWriteRoleInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly name: string
  /** oidc (the default): people log in at the provider; jwt: tokens are sent. */
  readonly role_type?: string
  /** What a token without exp lives: seconds, 0 the default, below 0 none (150) Seconds, or a duration such as '1h30m'. */
  readonly expiration_leeway?: number | string
  /**
   * How long before exp one without iat and nbf holds: seconds, 0 the default, below 0 none (150) Seconds, or a
   * duration such as '1h30m'.
   */
  readonly not_before_leeway?: number | string
  /** How far clocks may be apart: seconds, 0 the default, below 0 none (60) Seconds, or a duration such as '1h30m'. */
  readonly clock_skew_leeway?: number | string
  /** What sub must be. */
  readonly bound_subject?: string
  /** One of them must be in aud. */
  readonly bound_audiences?: readonly string[]
  /** string (the default), or glob: * is any run of characters. */
  readonly bound_claims_type?: string
  /** Claims by name or JSON pointer, and the value or values of which one must be there. */
  readonly bound_claims?: Readonly<Record<string, unknown>>
  /** Claims by name or JSON pointer that become metadata, and the metadata's names. */
  readonly claim_mappings?: Readonly<Record<string, string>>
  /** The claim that says who it is. */
  readonly user_claim?: string
  /** user_claim is a JSON pointer. */
  readonly user_claim_json_pointer?: boolean
  /** The claim, by name or JSON pointer, that says which groups they are in. */
  readonly groups_claim?: string
  /** Scopes to ask for beside openid. */
  readonly oidc_scopes?: readonly string[]
  /** Where the provider may send people back to; the port of those on this machine does not matter. */
  readonly allowed_redirect_uris?: readonly string[]
  /**
   * client (the default): back to the command that logs in; direct: to this server, which the command polls; device:
   * nowhere, the provider shows a page to enter a code at.
   */
  readonly callback_mode?: string
  /** Seconds between polls; 0: what the provider says, or 5. */
  readonly poll_interval?: number
  /** Log the names of the claims that come, at debug level; never their values. */
  readonly verbose_oidc_logging?: boolean
  /** How long ago the provider may have asked who it is; 0: however long. Seconds, or a duration such as '1h30m'. */
  readonly max_age?: number | string
  /** In direct mode, log in without the page that asks whether the login is theirs. */
  readonly oidc_disable_confirmation?: boolean
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
  /** Older name of token_num_uses. Deprecated. */
  readonly num_uses?: number
}

export interface JwtDeleteRoleInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly name: string
}

export interface JwtListRolesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface JwtListRolesData {
  readonly keys: readonly string[]
}

export interface JwtLoginInput {
  /** The role to log in to; none: the mount's default role. */
  readonly role?: string
  /** The signed token. */
  readonly jwt?: string
}

export interface JwtOidcAuthUrlInput {
  /** The role to log in to; none: the mount's default role. */
  readonly role?: string
  /** Where the provider sends people back to; not in the device flow. */
  readonly redirect_uri?: string
  /** A secret of the client, which it shows again to get the token; needed in direct and device mode. */
  readonly client_nonce?: string
}

export interface JwtOidcAuthUrlData {
  /** Page to open in a browser; empty where the role or the redirect URI is not allowed */
  readonly auth_url: string
  /** What to poll with, in direct and device mode */
  readonly state?: string
  /** Seconds between polls */
  readonly poll_interval?: string
  /** To be entered at the page, in the device flow */
  readonly user_code?: string
}

export interface JwtOidcCallbackInput {
  /** What the provider was sent, given back. */
  readonly state?: string
  /** What the provider gives tokens for. */
  readonly code?: string
  /** The provider, as RFC 9207 has it. */
  readonly iss?: string
  /** What the client gave when it began. */
  readonly client_nonce?: string
  /** The nonce of the ID token, for clients that send it. */
  readonly nonce?: string
  /** They said that the login is theirs. */
  readonly confirmation?: string
  /** Why the provider let nobody in. */
  readonly error?: string
  /** The same in words; it is not read. */
  readonly error_description?: string
  /** The same as a page; it is not read. */
  readonly error_uri?: string
}

export interface JwtOidcPostInput {
  /** What the provider was sent, given back. */
  readonly state?: string
  /** What the provider gives tokens for. */
  readonly code?: string
  /** The provider, as RFC 9207 has it. */
  readonly iss?: string
  /** Of a provider that posts it. */
  readonly id_token?: string
  /** What the client gave when it began. */
  readonly client_nonce?: string
  /** The nonce of the ID token, for clients that send it. */
  readonly nonce?: string
  /** They said that the login is theirs. */
  readonly confirmation?: string
  /** Why the provider let nobody in. */
  readonly error?: string
  /** The same in words; it is not read. */
  readonly error_description?: string
  /** The same as a page; it is not read. */
  readonly error_uri?: string
}

export interface JwtOidcPollInput {
  /** What the login was begun with. */
  readonly state?: string
  /** What the client gave when it began. */
  readonly client_nonce?: string
}

export interface JwtReadCelRoleInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly name: string
}

export interface JwtReadCelRoleData {
  readonly name: string
  readonly cel_program: Readonly<Record<string, Json>>
  readonly message: string
  readonly expiration_leeway: number
  readonly not_before_leeway: number
  readonly clock_skew_leeway: number
  readonly bound_audiences: readonly string[]
}

export interface JwtWriteCelRoleInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly name: string
  /** The program: {"variables": [{"name": …, "expression": …}], "expression": …}; it makes a pb.Auth. */
  readonly cel_program?: {
    readonly variables?: readonly {
    readonly name: string
    readonly expression: string
  }[]
    readonly expression?: string
  }
  /** What callers are told of a login that fails, whatever the cause. */
  readonly message?: string
  /** What a token without exp lives: seconds, 0 the default, below 0 none (150) Seconds, or a duration such as '1h30m'. */
  readonly expiration_leeway?: number | string
  /**
   * How long before exp one without iat and nbf holds: seconds, 0 the default, below 0 none (150) Seconds, or a
   * duration such as '1h30m'.
   */
  readonly not_before_leeway?: number | string
  /** How far clocks may be apart: seconds, 0 the default, below 0 none (60) Seconds, or a duration such as '1h30m'. */
  readonly clock_skew_leeway?: number | string
  /** One of them must be in aud. */
  readonly bound_audiences?: readonly string[]
}

export interface JwtPatchCelRoleInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly name: string
  /** The program: {"variables": [{"name": …, "expression": …}], "expression": …}; it makes a pb.Auth. */
  readonly cel_program?: {
    readonly variables?: readonly {
    readonly name: string
    readonly expression: string
  }[]
    readonly expression?: string
  }
  /** What callers are told of a login that fails, whatever the cause. */
  readonly message?: string
  /** What a token without exp lives: seconds, 0 the default, below 0 none (150) Seconds, or a duration such as '1h30m'. */
  readonly expiration_leeway?: number | string
  /**
   * How long before exp one without iat and nbf holds: seconds, 0 the default, below 0 none (150) Seconds, or a
   * duration such as '1h30m'.
   */
  readonly not_before_leeway?: number | string
  /** How far clocks may be apart: seconds, 0 the default, below 0 none (60) Seconds, or a duration such as '1h30m'. */
  readonly clock_skew_leeway?: number | string
  /** One of them must be in aud. */
  readonly bound_audiences?: readonly string[]
}

export interface JwtDeleteCelRoleInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly name: string
}

export interface JwtListCelRolesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface JwtCelLoginInput {
  /** The role to log in to; none: the mount's default role. */
  readonly role?: string
  /** The signed token. */
  readonly jwt?: string
}

const READ_CONFIG: Operation = {
  service: 'Jwt',
  rpc: 'ReadConfig',
  verb: 'GET',
  path: '{mount}/config',
  safe: true,
  answers: 'data',
  shape: { object: { oidc_discovery_url: 'value', oidc_discovery_ca_pem: 'value', oidc_client_id: 'value', oidc_response_mode: 'value', oidc_response_types: { list: 'value' }, jwks_url: 'value', jwks_ca_pem: 'value', jwks_pairs: { list: { object: { jwks_url: 'value', jwks_ca_pem: 'value' } } }, jwt_validation_pubkeys: { list: 'value' }, jwt_supported_algs: { list: 'value' }, bound_issuer: 'value', default_role: 'value', provider_config: { map: 'value' }, override_allowed_server_names: { list: 'value' }, namespace_in_state: 'value', status: 'value' } },
}

const WRITE_CONFIG: Operation = {
  service: 'Jwt',
  rpc: 'WriteConfig',
  verb: 'POST',
  path: '{mount}/config',
  safe: false,
  answers: 'data',
  shape: { object: { oidc_discovery_url: 'value', oidc_discovery_ca_pem: 'value', oidc_client_id: 'value', oidc_response_mode: 'value', oidc_response_types: { list: 'value' }, jwks_url: 'value', jwks_ca_pem: 'value', jwks_pairs: { list: { object: { jwks_url: 'value', jwks_ca_pem: 'value' } } }, jwt_validation_pubkeys: { list: 'value' }, jwt_supported_algs: { list: 'value' }, bound_issuer: 'value', default_role: 'value', provider_config: { map: 'value' }, override_allowed_server_names: { list: 'value' }, namespace_in_state: 'value', status: 'value' } },
}

const READ_ROLE: Operation = {
  service: 'Jwt',
  rpc: 'ReadRole',
  verb: 'GET',
  path: '{mount}/role/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { role_type: 'value', expiration_leeway: 'value', not_before_leeway: 'value', clock_skew_leeway: 'value', bound_audiences: { list: 'value' }, bound_subject: 'value', bound_claims_type: 'value', bound_claims: { map: 'any' }, claim_mappings: { map: 'value' }, user_claim: 'value', user_claim_json_pointer: 'value', groups_claim: 'value', oidc_scopes: { list: 'value' }, allowed_redirect_uris: { list: 'value' }, callback_mode: 'value', poll_interval: 'value', verbose_oidc_logging: 'value', max_age: 'value', oidc_disable_confirmation: 'value', token_ttl: 'value', token_max_ttl: 'value', token_policies: { list: 'value' }, token_bound_cidrs: { list: 'value' }, token_explicit_max_ttl: 'value', token_no_default_policy: 'value', token_num_uses: 'value', token_period: 'value', token_type: 'value', token_strictly_bind_ip: 'value' } },
}

const WRITE_ROLE: Operation = {
  service: 'Jwt',
  rpc: 'WriteRole',
  verb: 'POST',
  path: '{mount}/role/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { role_type: 'value', expiration_leeway: 'value', not_before_leeway: 'value', clock_skew_leeway: 'value', bound_audiences: { list: 'value' }, bound_subject: 'value', bound_claims_type: 'value', bound_claims: { map: 'any' }, claim_mappings: { map: 'value' }, user_claim: 'value', user_claim_json_pointer: 'value', groups_claim: 'value', oidc_scopes: { list: 'value' }, allowed_redirect_uris: { list: 'value' }, callback_mode: 'value', poll_interval: 'value', verbose_oidc_logging: 'value', max_age: 'value', oidc_disable_confirmation: 'value', token_ttl: 'value', token_max_ttl: 'value', token_policies: { list: 'value' }, token_bound_cidrs: { list: 'value' }, token_explicit_max_ttl: 'value', token_no_default_policy: 'value', token_num_uses: 'value', token_period: 'value', token_type: 'value', token_strictly_bind_ip: 'value' } },
}

const DELETE_ROLE: Operation = {
  service: 'Jwt',
  rpc: 'DeleteRole',
  verb: 'DELETE',
  path: '{mount}/role/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_ROLES: Operation = {
  service: 'Jwt',
  rpc: 'ListRoles',
  verb: 'LIST',
  path: '{mount}/role',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const LOGIN: Operation = {
  service: 'Jwt',
  rpc: 'Login',
  verb: 'POST',
  path: '{mount}/login',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const OIDC_AUTH_URL: Operation = {
  service: 'Jwt',
  rpc: 'OidcAuthUrl',
  verb: 'POST',
  path: '{mount}/oidc/auth_url',
  safe: false,
  answers: 'data',
  shape: { object: { auth_url: 'value', state: 'value', poll_interval: 'value', user_code: 'value' } },
}

const OIDC_CALLBACK: Operation = {
  service: 'Jwt',
  rpc: 'OidcCallback',
  verb: 'GET',
  path: '{mount}/oidc/callback',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const OIDC_POST: Operation = {
  service: 'Jwt',
  rpc: 'OidcPost',
  verb: 'POST',
  path: '{mount}/oidc/callback',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const OIDC_POLL: Operation = {
  service: 'Jwt',
  rpc: 'OidcPoll',
  verb: 'POST',
  path: '{mount}/oidc/poll',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_CEL_ROLE: Operation = {
  service: 'Jwt',
  rpc: 'ReadCelRole',
  verb: 'GET',
  path: '{mount}/cel/role/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', cel_program: { map: 'any' }, message: 'value', expiration_leeway: 'value', not_before_leeway: 'value', clock_skew_leeway: 'value', bound_audiences: { list: 'value' } } },
}

const WRITE_CEL_ROLE: Operation = {
  service: 'Jwt',
  rpc: 'WriteCelRole',
  verb: 'POST',
  path: '{mount}/cel/role/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', cel_program: { map: 'any' }, message: 'value', expiration_leeway: 'value', not_before_leeway: 'value', clock_skew_leeway: 'value', bound_audiences: { list: 'value' } } },
}

const PATCH_CEL_ROLE: Operation = {
  service: 'Jwt',
  rpc: 'PatchCelRole',
  verb: 'PATCH',
  path: '{mount}/cel/role/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', cel_program: { map: 'any' }, message: 'value', expiration_leeway: 'value', not_before_leeway: 'value', clock_skew_leeway: 'value', bound_audiences: { list: 'value' } } },
}

const DELETE_CEL_ROLE: Operation = {
  service: 'Jwt',
  rpc: 'DeleteCelRole',
  verb: 'DELETE',
  path: '{mount}/cel/role/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_CEL_ROLES: Operation = {
  service: 'Jwt',
  rpc: 'ListCelRoles',
  verb: 'LIST',
  path: '{mount}/cel/role',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const CEL_LOGIN: Operation = {
  service: 'Jwt',
  rpc: 'CelLogin',
  verb: 'POST',
  path: '{mount}/cel/login',
  safe: false,
  answers: 'data',
  shape: 'any',
}

/** Logins with signed tokens and at OpenID providers. */
export class Jwt extends Group {
  /** Whose tokens the mount believes. */
  readConfig(options?: CallOptions): Promise<Reply<JwtReadConfigData>> {
    return this.ask<JwtReadConfigData>(READ_CONFIG, {}, options)
  }

  /** Whose tokens the mount believes. */
  writeConfig(input: JwtWriteConfigInput = {}, options?: CallOptions): Promise<Reply<JwtReadConfigData>> {
    return this.ask<JwtReadConfigData>(WRITE_CONFIG, { ...input }, options)
  }

  /** Which tokens let in, and what they give. */
  readRole(input: string | JwtReadRoleInput, options?: CallOptions): Promise<Reply<JwtReadRoleData>> {
    return this.ask<JwtReadRoleData>(READ_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Which tokens let in, and what they give. */
  writeRole(input: string | JwtWriteRoleInput, options?: CallOptions): Promise<Reply<JwtReadRoleData>> {
    return this.ask<JwtReadRoleData>(WRITE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Which tokens let in, and what they give. */
  deleteRole(input: string | JwtDeleteRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List the roles. */
  listRoles(input: JwtListRolesInput = {}, options?: CallOptions): Promise<Reply<JwtListRolesData>> {
    return this.ask<JwtListRolesData>(LIST_ROLES, { ...input }, options)
  }

  /** Log in with a signed token. Needs no token. */
  login(input: JwtLoginInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(LOGIN, { ...input }, options)
  }

  /** Begin a login at the provider. Needs no token. */
  oidcAuthUrl(input: JwtOidcAuthUrlInput = {}, options?: CallOptions): Promise<Reply<JwtOidcAuthUrlData>> {
    return this.ask<JwtOidcAuthUrlData>(OIDC_AUTH_URL, { ...input }, options)
  }

  /** End a login at the provider, with what it sent people back with. Needs no token. */
  oidcCallback(input: JwtOidcCallbackInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(OIDC_CALLBACK, { ...input }, options)
  }

  /** Take what a provider posts. Needs no token. */
  oidcPost(input: JwtOidcPostInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(OIDC_POST, { ...input }, options)
  }

  /** Get the token of a login in direct or device mode, once they have logged in at the provider. Needs no token. */
  oidcPoll(input: JwtOidcPollInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(OIDC_POLL, { ...input }, options)
  }

  /** A program that decides which tokens let in, and what they give. */
  readCelRole(input: string | JwtReadCelRoleInput, options?: CallOptions): Promise<Reply<JwtReadCelRoleData>> {
    return this.ask<JwtReadCelRoleData>(READ_CEL_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A program that decides which tokens let in, and what they give. */
  writeCelRole(input: string | JwtWriteCelRoleInput, options?: CallOptions): Promise<Reply<JwtReadCelRoleData>> {
    return this.ask<JwtReadCelRoleData>(WRITE_CEL_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Change parts of such a program. */
  patchCelRole(input: string | JwtPatchCelRoleInput, options?: CallOptions): Promise<Reply<JwtReadCelRoleData>> {
    return this.ask<JwtReadCelRoleData>(PATCH_CEL_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A program that decides which tokens let in, and what they give. */
  deleteCelRole(input: string | JwtDeleteCelRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_CEL_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List the roles with programs. */
  listCelRoles(input: JwtListCelRolesInput = {}, options?: CallOptions): Promise<Reply<JwtListRolesData>> {
    return this.ask<JwtListRolesData>(LIST_CEL_ROLES, { ...input }, options)
  }

  /** Log in with a signed token, by a role whose program decides. Needs no token. */
  celLogin(input: JwtCelLoginInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(CEL_LOGIN, { ...input }, options)
  }
}
