// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface KubernetesLoginInput {
  /** The role to log in to. */
  readonly role?: string
  /** The service account's token. */
  readonly jwt?: string
}

export interface KubernetesReadConfigData {
  readonly kubernetes_host: string
  readonly kubernetes_ca_cert: string
  readonly pem_keys: readonly string[]
  readonly issuer: string
  readonly disable_iss_validation: boolean
  readonly disable_local_ca_jwt: boolean
  readonly token_reviewer_jwt_set: boolean
  readonly use_annotations_as_alias_metadata: boolean
  readonly verify_with_jwks: boolean
  readonly review_ttl: number
}

export interface KubernetesWriteConfigInput {
  /** URL of the API server, or its host and port. */
  readonly kubernetes_host?: string
  /** PEM: who certifies the API server; absent: the pod's own ca.crt, or else the system's authorities. */
  readonly kubernetes_ca_cert?: string
  /** Token to ask the API server with; absent: the pod's own, or else the one that logs in. */
  readonly token_reviewer_jwt?: string
  /** PEM: public keys or certificates that verify tokens. */
  readonly pem_keys?: readonly string[]
  /** What iss must be, where it is looked at. Deprecated. */
  readonly issuer?: string
  /** iss is not looked at. Default true. Deprecated. */
  readonly disable_iss_validation?: boolean
  /** The pod's own token and ca.crt are not used where none are given here. Default false. */
  readonly disable_local_ca_jwt?: boolean
  /** Annotations alias-metadata.vault.hashicorp.com/… of service accounts go into the alias. Default false. */
  readonly use_annotations_as_alias_metadata?: boolean
  /**
   * Verify signatures with the cluster's key set, and let one review count for all new tokens of a service account.
   * Default false.
   */
  readonly verify_with_jwks?: boolean
  /**
   * How long a review counts, at most 300 seconds; 0: for those who wait for it only. Seconds, or a duration such as
   * '1h30m'. Default 10.
   */
  readonly review_ttl?: number | string
}

export interface KubernetesReadRoleInput {
  /** Name of the role; its case does not matter. Required. */
  readonly name: string
}

export interface KubernetesReadRoleData {
  readonly bound_service_account_names: readonly string[]
  readonly bound_service_account_namespaces: readonly string[]
  readonly bound_service_account_namespace_selector: string
  readonly audience?: string
  readonly alias_name_source: string
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

export interface KubernetesWriteRoleInput {
  /** Name of the role; its case does not matter. Required. */
  readonly name: string
  /** Service accounts that let in; * is any run of characters. */
  readonly bound_service_account_names?: readonly string[]
  /** Namespaces that let in; * is any run of characters. */
  readonly bound_service_account_namespaces?: readonly string[]
  /** JSON or YAML: labels of namespaces that let in too. */
  readonly bound_service_account_namespace_selector?: string
  /** What must be among the audiences of tokens. */
  readonly audience?: string
  /** serviceaccount_uid (the default), or serviceaccount_name: namespace/name, which outlives the account. */
  readonly alias_name_source?: string
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

export interface KubernetesDeleteRoleInput {
  /** Name of the role; its case does not matter. Required. */
  readonly name: string
}

export interface KubernetesListRolesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KubernetesListRolesData {
  readonly keys: readonly string[]
}

const LOGIN: Operation = {
  service: 'Kubernetes',
  rpc: 'Login',
  verb: 'POST',
  path: '{mount}/login',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_CONFIG: Operation = {
  service: 'Kubernetes',
  rpc: 'ReadConfig',
  verb: 'GET',
  path: '{mount}/config',
  safe: true,
  answers: 'data',
  shape: { object: { kubernetes_host: 'value', kubernetes_ca_cert: 'value', pem_keys: { list: 'value' }, issuer: 'value', disable_iss_validation: 'value', disable_local_ca_jwt: 'value', token_reviewer_jwt_set: 'value', use_annotations_as_alias_metadata: 'value', verify_with_jwks: 'value', review_ttl: 'value' } },
}

const WRITE_CONFIG: Operation = {
  service: 'Kubernetes',
  rpc: 'WriteConfig',
  verb: 'POST',
  path: '{mount}/config',
  safe: false,
  answers: 'data',
  shape: { object: { kubernetes_host: 'value', kubernetes_ca_cert: 'value', pem_keys: { list: 'value' }, issuer: 'value', disable_iss_validation: 'value', disable_local_ca_jwt: 'value', token_reviewer_jwt_set: 'value', use_annotations_as_alias_metadata: 'value', verify_with_jwks: 'value', review_ttl: 'value' } },
}

const READ_ROLE: Operation = {
  service: 'Kubernetes',
  rpc: 'ReadRole',
  verb: 'GET',
  path: '{mount}/role/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { bound_service_account_names: { list: 'value' }, bound_service_account_namespaces: { list: 'value' }, bound_service_account_namespace_selector: 'value', audience: 'value', alias_name_source: 'value', token_ttl: 'value', token_max_ttl: 'value', token_policies: { list: 'value' }, token_bound_cidrs: { list: 'value' }, token_explicit_max_ttl: 'value', token_no_default_policy: 'value', token_num_uses: 'value', token_period: 'value', token_type: 'value', token_strictly_bind_ip: 'value' } },
}

const WRITE_ROLE: Operation = {
  service: 'Kubernetes',
  rpc: 'WriteRole',
  verb: 'POST',
  path: '{mount}/role/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { bound_service_account_names: { list: 'value' }, bound_service_account_namespaces: { list: 'value' }, bound_service_account_namespace_selector: 'value', audience: 'value', alias_name_source: 'value', token_ttl: 'value', token_max_ttl: 'value', token_policies: { list: 'value' }, token_bound_cidrs: { list: 'value' }, token_explicit_max_ttl: 'value', token_no_default_policy: 'value', token_num_uses: 'value', token_period: 'value', token_type: 'value', token_strictly_bind_ip: 'value' } },
}

const DELETE_ROLE: Operation = {
  service: 'Kubernetes',
  rpc: 'DeleteRole',
  verb: 'DELETE',
  path: '{mount}/role/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_ROLES: Operation = {
  service: 'Kubernetes',
  rpc: 'ListRoles',
  verb: 'LIST',
  path: '{mount}/role',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

/** Logins with tokens of Kubernetes service accounts. */
export class Kubernetes extends Group {
  /** Log in with the token of a service account. Needs no token. */
  login(input: KubernetesLoginInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(LOGIN, { ...input }, options)
  }

  /** Which cluster tokens come from, and how they are verified. */
  readConfig(options?: CallOptions): Promise<Reply<KubernetesReadConfigData>> {
    return this.ask<KubernetesReadConfigData>(READ_CONFIG, {}, options)
  }

  /** Which cluster tokens come from, and how they are verified. */
  writeConfig(input: KubernetesWriteConfigInput = {}, options?: CallOptions): Promise<Reply<KubernetesReadConfigData>> {
    return this.ask<KubernetesReadConfigData>(WRITE_CONFIG, { ...input }, options)
  }

  /** Which service accounts let in, and what they give. */
  readRole(input: string | KubernetesReadRoleInput, options?: CallOptions): Promise<Reply<KubernetesReadRoleData>> {
    return this.ask<KubernetesReadRoleData>(READ_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Which service accounts let in, and what they give. */
  writeRole(input: string | KubernetesWriteRoleInput, options?: CallOptions): Promise<Reply<KubernetesReadRoleData>> {
    return this.ask<KubernetesReadRoleData>(WRITE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Which service accounts let in, and what they give. */
  deleteRole(input: string | KubernetesDeleteRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List the roles. */
  listRoles(input: KubernetesListRolesInput = {}, options?: CallOptions): Promise<Reply<KubernetesListRolesData>> {
    return this.ask<KubernetesListRolesData>(LIST_ROLES, { ...input }, options)
  }
}
