// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface AppRoleLoginInput {
  /** The id of the role. */
  readonly role_id?: string
  /** A secret id of the role, unless the role needs none. */
  readonly secret_id?: string
}

export interface AppRoleListRolesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface AppRoleListRolesData {
  readonly keys: readonly string[]
}

export interface AppRoleReadRoleInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleData {
  readonly bind_secret_id: boolean
  readonly secret_id_bound_cidrs: readonly string[]
  readonly secret_id_num_uses: number
  readonly secret_id_ttl: number
  readonly local_secret_ids: boolean
  readonly policies: readonly string[]
  readonly period?: number
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

export interface AppRoleWriteRoleInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** A login needs a secret id; true unless set. */
  readonly bind_secret_id?: boolean
  /** Older name of secret_id_bound_cidrs. Deprecated. */
  readonly bound_cidr_list?: readonly string[]
  /** Addresses and CIDR blocks to log in from. */
  readonly secret_id_bound_cidrs?: readonly string[]
  /** How many logins a secret id is good for; 0: no limit. */
  readonly secret_id_num_uses?: number
  /** How long a secret id is good for; 0: no limit. Seconds, or a duration such as '1h30m'. */
  readonly secret_id_ttl?: number | string
  /** Secret ids belong to this cluster alone; set when the role is made. */
  readonly local_secret_ids?: boolean
  /** The id to log in with; one is made where none is set. */
  readonly role_id?: string
  /** Older name of token_policies. Deprecated. */
  readonly policies?: readonly string[]
  /** Older name of token_period. Seconds, or a duration such as '1h30m'. Deprecated. */
  readonly period?: number | string
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
}

export interface AppRoleDeleteRoleInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleBindSecretIdInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleBindSecretIdData {
  readonly bind_secret_id: boolean
}

export interface AppRoleWriteRoleBindSecretIdInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** A login needs a secret id; true unless set. */
  readonly bind_secret_id?: boolean
}

export interface AppRoleDeleteRoleBindSecretIdInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleBoundCidrListInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleBoundCidrListData {
  readonly bound_cidr_list: readonly string[]
}

export interface AppRoleWriteRoleBoundCidrListInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** Older name of secret_id_bound_cidrs. Deprecated. */
  readonly bound_cidr_list?: readonly string[]
}

export interface AppRoleDeleteRoleBoundCidrListInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleSecretIdBoundCidrsInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleSecretIdBoundCidrsData {
  readonly secret_id_bound_cidrs: readonly string[]
}

export interface AppRoleWriteRoleSecretIdBoundCidrsInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** Addresses and CIDR blocks to log in from. */
  readonly secret_id_bound_cidrs?: readonly string[]
}

export interface AppRoleDeleteRoleSecretIdBoundCidrsInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleTokenBoundCidrsInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleTokenBoundCidrsData {
  readonly token_bound_cidrs: readonly string[]
}

export interface AppRoleWriteRoleTokenBoundCidrsInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** Addresses and CIDR blocks to log in from and to use tokens from. */
  readonly token_bound_cidrs?: readonly string[]
}

export interface AppRoleDeleteRoleTokenBoundCidrsInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleLocalSecretIdsInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleLocalSecretIdsData {
  readonly local_secret_ids: boolean
}

export interface AppRoleReadRolePeriodInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRolePeriodData {
  readonly token_period: number
  readonly period?: number
}

export interface AppRoleWriteRolePeriodInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** Tokens are periodic: each renewal gives this long, without a maximum. Seconds, or a duration such as '1h30m'. */
  readonly token_period?: number | string
  /** Older name of token_period. Seconds, or a duration such as '1h30m'. Deprecated. */
  readonly period?: number | string
}

export interface AppRoleDeleteRolePeriodInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRolePoliciesInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRolePoliciesData {
  readonly token_policies: readonly string[]
  readonly policies: readonly string[]
}

export interface AppRoleWriteRolePoliciesInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** Policies of the tokens. */
  readonly token_policies?: readonly string[]
  /** Older name of token_policies. Deprecated. */
  readonly policies?: readonly string[]
}

export interface AppRoleDeleteRolePoliciesInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleIdInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleIdData {
  readonly role_id: string
}

export interface AppRoleWriteRoleIdInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** The id to log in with; one is made where none is set. */
  readonly role_id?: string
}

export interface AppRoleReadRoleSecretIdNumUsesInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleSecretIdNumUsesData {
  readonly secret_id_num_uses: number
}

export interface AppRoleWriteRoleSecretIdNumUsesInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** How many logins a secret id is good for; 0: no limit. */
  readonly secret_id_num_uses?: number
}

export interface AppRoleDeleteRoleSecretIdNumUsesInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleSecretIdTtlInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleSecretIdTtlData {
  readonly secret_id_ttl: number
}

export interface AppRoleWriteRoleSecretIdTtlInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** How long a secret id is good for; 0: no limit. Seconds, or a duration such as '1h30m'. */
  readonly secret_id_ttl?: number | string
}

export interface AppRoleDeleteRoleSecretIdTtlInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleTokenTtlInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleTokenTtlData {
  readonly token_ttl: number
}

export interface AppRoleWriteRoleTokenTtlInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** How long a token lives at first; 0: the mount's default. Seconds, or a duration such as '1h30m'. */
  readonly token_ttl?: number | string
}

export interface AppRoleDeleteRoleTokenTtlInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleTokenMaxTtlInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleTokenMaxTtlData {
  readonly token_max_ttl: number
}

export interface AppRoleWriteRoleTokenMaxTtlInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** How long a token lives at most, renewals included; 0: the mount's maximum. Seconds, or a duration such as '1h30m'. */
  readonly token_max_ttl?: number | string
}

export interface AppRoleDeleteRoleTokenMaxTtlInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleTokenNumUsesInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleReadRoleTokenNumUsesData {
  readonly token_num_uses: number
}

export interface AppRoleWriteRoleTokenNumUsesInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** How many requests a token is good for; 0: no limit. */
  readonly token_num_uses?: number
}

export interface AppRoleDeleteRoleTokenNumUsesInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleListSecretIdsInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface AppRoleGenerateSecretIdInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** Metadata of the tokens of its logins: an object, or JSON text of one. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Where logins may come from, within the role's blocks. */
  readonly cidr_list?: readonly string[]
  /** Where tokens may be used from, within the role's blocks. */
  readonly token_bound_cidrs?: readonly string[]
  /** How many logins it is good for, at most the role's; 0: no limit. */
  readonly num_uses?: number
  /** How long it is good for, at most the role's; 0: no limit. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
}

export interface AppRoleGenerateSecretIdData {
  readonly secret_id: string
  readonly secret_id_accessor: string
  readonly secret_id_ttl: number
  readonly secret_id_num_uses: number
}

export interface AppRoleCreateCustomSecretIdInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** Metadata of the tokens of its logins: an object, or JSON text of one. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Where logins may come from, within the role's blocks. */
  readonly cidr_list?: readonly string[]
  /** Where tokens may be used from, within the role's blocks. */
  readonly token_bound_cidrs?: readonly string[]
  /** How many logins it is good for, at most the role's; 0: no limit. */
  readonly num_uses?: number
  /** How long it is good for, at most the role's; 0: no limit. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** The secret id: hard to guess, as nothing else guards the role. Required. */
  readonly secret_id: string
}

export interface AppRoleLookupSecretIdInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** The secret id. Required. */
  readonly secret_id: string
}

export interface AppRoleLookupSecretIdData {
  readonly secret_id_accessor: string
  readonly secret_id_num_uses: number
  readonly secret_id_ttl: number
  readonly creation_time: string
  readonly expiration_time: string
  readonly last_updated_time: string
  readonly metadata: Readonly<Record<string, string>>
  readonly cidr_list: readonly string[]
  readonly token_bound_cidrs: readonly string[]
}

export interface AppRoleDestroySecretIdInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** The secret id. Required. */
  readonly secret_id: string
}

export interface AppRoleDeleteSecretIdInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

export interface AppRoleLookupSecretIdAccessorInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** What names the secret id without being one. Required. */
  readonly secret_id_accessor: string
}

export interface AppRoleDestroySecretIdAccessorInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
  /** What names the secret id without being one. Required. */
  readonly secret_id_accessor: string
}

export interface AppRoleDeleteSecretIdAccessorInput {
  /** Name of the role, which is the same in capitals and small letters. Required. */
  readonly role_name: string
}

const LOGIN: Operation = {
  service: 'AppRole',
  rpc: 'Login',
  verb: 'POST',
  path: '{mount}/login',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LIST_ROLES: Operation = {
  service: 'AppRole',
  rpc: 'ListRoles',
  verb: 'LIST',
  path: '{mount}/role',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_ROLE: Operation = {
  service: 'AppRole',
  rpc: 'ReadRole',
  verb: 'GET',
  path: '{mount}/role/{role_name}',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { bind_secret_id: 'value', secret_id_bound_cidrs: { list: 'value' }, secret_id_num_uses: 'value', secret_id_ttl: 'value', local_secret_ids: 'value', policies: { list: 'value' }, period: 'value', token_ttl: 'value', token_max_ttl: 'value', token_policies: { list: 'value' }, token_bound_cidrs: { list: 'value' }, token_explicit_max_ttl: 'value', token_no_default_policy: 'value', token_num_uses: 'value', token_period: 'value', token_type: 'value', token_strictly_bind_ip: 'value' } },
}

const WRITE_ROLE: Operation = {
  service: 'AppRole',
  rpc: 'WriteRole',
  verb: 'POST',
  path: '{mount}/role/{role_name}',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: { object: { bind_secret_id: 'value', secret_id_bound_cidrs: { list: 'value' }, secret_id_num_uses: 'value', secret_id_ttl: 'value', local_secret_ids: 'value', policies: { list: 'value' }, period: 'value', token_ttl: 'value', token_max_ttl: 'value', token_policies: { list: 'value' }, token_bound_cidrs: { list: 'value' }, token_explicit_max_ttl: 'value', token_no_default_policy: 'value', token_num_uses: 'value', token_period: 'value', token_type: 'value', token_strictly_bind_ip: 'value' } },
}

const DELETE_ROLE: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRole',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_BIND_SECRET_ID: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleBindSecretId',
  verb: 'GET',
  path: '{mount}/role/{role_name}/bind-secret-id',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { bind_secret_id: 'value' } },
}

const WRITE_ROLE_BIND_SECRET_ID: Operation = {
  service: 'AppRole',
  rpc: 'WriteRoleBindSecretId',
  verb: 'POST',
  path: '{mount}/role/{role_name}/bind-secret-id',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_BIND_SECRET_ID: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRoleBindSecretId',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/bind-secret-id',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_BOUND_CIDR_LIST: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleBoundCidrList',
  verb: 'GET',
  path: '{mount}/role/{role_name}/bound-cidr-list',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { bound_cidr_list: { list: 'value' } } },
}

const WRITE_ROLE_BOUND_CIDR_LIST: Operation = {
  service: 'AppRole',
  rpc: 'WriteRoleBoundCidrList',
  verb: 'POST',
  path: '{mount}/role/{role_name}/bound-cidr-list',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_BOUND_CIDR_LIST: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRoleBoundCidrList',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/bound-cidr-list',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_SECRET_ID_BOUND_CIDRS: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleSecretIdBoundCidrs',
  verb: 'GET',
  path: '{mount}/role/{role_name}/secret-id-bound-cidrs',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { secret_id_bound_cidrs: { list: 'value' } } },
}

const WRITE_ROLE_SECRET_ID_BOUND_CIDRS: Operation = {
  service: 'AppRole',
  rpc: 'WriteRoleSecretIdBoundCidrs',
  verb: 'POST',
  path: '{mount}/role/{role_name}/secret-id-bound-cidrs',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_SECRET_ID_BOUND_CIDRS: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRoleSecretIdBoundCidrs',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/secret-id-bound-cidrs',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_TOKEN_BOUND_CIDRS: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleTokenBoundCidrs',
  verb: 'GET',
  path: '{mount}/role/{role_name}/token-bound-cidrs',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { token_bound_cidrs: { list: 'value' } } },
}

const WRITE_ROLE_TOKEN_BOUND_CIDRS: Operation = {
  service: 'AppRole',
  rpc: 'WriteRoleTokenBoundCidrs',
  verb: 'POST',
  path: '{mount}/role/{role_name}/token-bound-cidrs',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_TOKEN_BOUND_CIDRS: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRoleTokenBoundCidrs',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/token-bound-cidrs',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_LOCAL_SECRET_IDS: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleLocalSecretIds',
  verb: 'GET',
  path: '{mount}/role/{role_name}/local-secret-ids',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { local_secret_ids: 'value' } },
}

const READ_ROLE_PERIOD: Operation = {
  service: 'AppRole',
  rpc: 'ReadRolePeriod',
  verb: 'GET',
  path: '{mount}/role/{role_name}/period',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { token_period: 'value', period: 'value' } },
}

const WRITE_ROLE_PERIOD: Operation = {
  service: 'AppRole',
  rpc: 'WriteRolePeriod',
  verb: 'POST',
  path: '{mount}/role/{role_name}/period',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_PERIOD: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRolePeriod',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/period',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_POLICIES: Operation = {
  service: 'AppRole',
  rpc: 'ReadRolePolicies',
  verb: 'GET',
  path: '{mount}/role/{role_name}/policies',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { token_policies: { list: 'value' }, policies: { list: 'value' } } },
}

const WRITE_ROLE_POLICIES: Operation = {
  service: 'AppRole',
  rpc: 'WriteRolePolicies',
  verb: 'POST',
  path: '{mount}/role/{role_name}/policies',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_POLICIES: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRolePolicies',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/policies',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_ID: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleId',
  verb: 'GET',
  path: '{mount}/role/{role_name}/role-id',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { role_id: 'value' } },
}

const WRITE_ROLE_ID: Operation = {
  service: 'AppRole',
  rpc: 'WriteRoleId',
  verb: 'POST',
  path: '{mount}/role/{role_name}/role-id',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_SECRET_ID_NUM_USES: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleSecretIdNumUses',
  verb: 'GET',
  path: '{mount}/role/{role_name}/secret-id-num-uses',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { secret_id_num_uses: 'value' } },
}

const WRITE_ROLE_SECRET_ID_NUM_USES: Operation = {
  service: 'AppRole',
  rpc: 'WriteRoleSecretIdNumUses',
  verb: 'POST',
  path: '{mount}/role/{role_name}/secret-id-num-uses',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_SECRET_ID_NUM_USES: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRoleSecretIdNumUses',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/secret-id-num-uses',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_SECRET_ID_TTL: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleSecretIdTtl',
  verb: 'GET',
  path: '{mount}/role/{role_name}/secret-id-ttl',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { secret_id_ttl: 'value' } },
}

const WRITE_ROLE_SECRET_ID_TTL: Operation = {
  service: 'AppRole',
  rpc: 'WriteRoleSecretIdTtl',
  verb: 'POST',
  path: '{mount}/role/{role_name}/secret-id-ttl',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_SECRET_ID_TTL: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRoleSecretIdTtl',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/secret-id-ttl',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_TOKEN_TTL: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleTokenTtl',
  verb: 'GET',
  path: '{mount}/role/{role_name}/token-ttl',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { token_ttl: 'value' } },
}

const WRITE_ROLE_TOKEN_TTL: Operation = {
  service: 'AppRole',
  rpc: 'WriteRoleTokenTtl',
  verb: 'POST',
  path: '{mount}/role/{role_name}/token-ttl',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_TOKEN_TTL: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRoleTokenTtl',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/token-ttl',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_TOKEN_MAX_TTL: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleTokenMaxTtl',
  verb: 'GET',
  path: '{mount}/role/{role_name}/token-max-ttl',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { token_max_ttl: 'value' } },
}

const WRITE_ROLE_TOKEN_MAX_TTL: Operation = {
  service: 'AppRole',
  rpc: 'WriteRoleTokenMaxTtl',
  verb: 'POST',
  path: '{mount}/role/{role_name}/token-max-ttl',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_TOKEN_MAX_TTL: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRoleTokenMaxTtl',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/token-max-ttl',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE_TOKEN_NUM_USES: Operation = {
  service: 'AppRole',
  rpc: 'ReadRoleTokenNumUses',
  verb: 'GET',
  path: '{mount}/role/{role_name}/token-num-uses',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { token_num_uses: 'value' } },
}

const WRITE_ROLE_TOKEN_NUM_USES: Operation = {
  service: 'AppRole',
  rpc: 'WriteRoleTokenNumUses',
  verb: 'POST',
  path: '{mount}/role/{role_name}/token-num-uses',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE_TOKEN_NUM_USES: Operation = {
  service: 'AppRole',
  rpc: 'DeleteRoleTokenNumUses',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/token-num-uses',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_SECRET_IDS: Operation = {
  service: 'AppRole',
  rpc: 'ListSecretIds',
  verb: 'LIST',
  path: '{mount}/role/{role_name}/secret-id',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const GENERATE_SECRET_ID: Operation = {
  service: 'AppRole',
  rpc: 'GenerateSecretId',
  verb: 'POST',
  path: '{mount}/role/{role_name}/secret-id',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: { object: { secret_id: 'value', secret_id_accessor: 'value', secret_id_ttl: 'value', secret_id_num_uses: 'value' } },
}

const CREATE_CUSTOM_SECRET_ID: Operation = {
  service: 'AppRole',
  rpc: 'CreateCustomSecretId',
  verb: 'POST',
  path: '{mount}/role/{role_name}/custom-secret-id',
  safe: false,
  answers: 'data',
  shape: { object: { secret_id: 'value', secret_id_accessor: 'value', secret_id_ttl: 'value', secret_id_num_uses: 'value' } },
}

const LOOKUP_SECRET_ID: Operation = {
  service: 'AppRole',
  rpc: 'LookupSecretId',
  verb: 'POST',
  path: '{mount}/role/{role_name}/secret-id/lookup',
  safe: true,
  answers: 'data',
  shape: { object: { secret_id_accessor: 'value', secret_id_num_uses: 'value', secret_id_ttl: 'value', creation_time: 'value', expiration_time: 'value', last_updated_time: 'value', metadata: { map: 'value' }, cidr_list: { list: 'value' }, token_bound_cidrs: { list: 'value' } } },
}

const DESTROY_SECRET_ID: Operation = {
  service: 'AppRole',
  rpc: 'DestroySecretId',
  verb: 'POST',
  path: '{mount}/role/{role_name}/secret-id/destroy',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_SECRET_ID: Operation = {
  service: 'AppRole',
  rpc: 'DeleteSecretId',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/secret-id/destroy',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LOOKUP_SECRET_ID_ACCESSOR: Operation = {
  service: 'AppRole',
  rpc: 'LookupSecretIdAccessor',
  verb: 'POST',
  path: '{mount}/role/{role_name}/secret-id-accessor/lookup',
  safe: true,
  answers: 'data',
  shape: { object: { secret_id_accessor: 'value', secret_id_num_uses: 'value', secret_id_ttl: 'value', creation_time: 'value', expiration_time: 'value', last_updated_time: 'value', metadata: { map: 'value' }, cidr_list: { list: 'value' }, token_bound_cidrs: { list: 'value' } } },
}

const DESTROY_SECRET_ID_ACCESSOR: Operation = {
  service: 'AppRole',
  rpc: 'DestroySecretIdAccessor',
  verb: 'POST',
  path: '{mount}/role/{role_name}/secret-id-accessor/destroy',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_SECRET_ID_ACCESSOR: Operation = {
  service: 'AppRole',
  rpc: 'DeleteSecretIdAccessor',
  verb: 'DELETE',
  path: '{mount}/role/{role_name}/secret-id-accessor/destroy',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const TIDY_SECRET_IDS: Operation = {
  service: 'AppRole',
  rpc: 'TidySecretIds',
  verb: 'POST',
  path: '{mount}/tidy/secret-id',
  safe: false,
  answers: 'data',
  shape: 'any',
}

/** Logins of machines with a role id and a secret id. */
export class AppRole extends Group {
  /** Log in as a role. Needs no token. */
  login(input: AppRoleLoginInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(LOGIN, { ...input }, options)
  }

  /** List the roles. */
  listRoles(input: AppRoleListRolesInput = {}, options?: CallOptions): Promise<Reply<AppRoleListRolesData>> {
    return this.ask<AppRoleListRolesData>(LIST_ROLES, { ...input }, options)
  }

  /** What a machine may log in as. */
  readRole(input: string | AppRoleReadRoleInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleData>> {
    return this.ask<AppRoleReadRoleData>(READ_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What a machine may log in as. */
  writeRole(input: string | AppRoleWriteRoleInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleData>> {
    return this.ask<AppRoleReadRoleData>(WRITE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What a machine may log in as. */
  deleteRole(input: string | AppRoleDeleteRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Whether a login needs a secret id. */
  readRoleBindSecretId(input: string | AppRoleReadRoleBindSecretIdInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleBindSecretIdData>> {
    return this.ask<AppRoleReadRoleBindSecretIdData>(READ_ROLE_BIND_SECRET_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Whether a login needs a secret id. */
  writeRoleBindSecretId(input: string | AppRoleWriteRoleBindSecretIdInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_BIND_SECRET_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Whether a login needs a secret id. */
  deleteRoleBindSecretId(input: string | AppRoleDeleteRoleBindSecretIdInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_BIND_SECRET_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Older path of secret-id-bound-cidrs. */
  readRoleBoundCidrList(input: string | AppRoleReadRoleBoundCidrListInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleBoundCidrListData>> {
    return this.ask<AppRoleReadRoleBoundCidrListData>(READ_ROLE_BOUND_CIDR_LIST, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Older path of secret-id-bound-cidrs. */
  writeRoleBoundCidrList(input: string | AppRoleWriteRoleBoundCidrListInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_BOUND_CIDR_LIST, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Older path of secret-id-bound-cidrs. */
  deleteRoleBoundCidrList(input: string | AppRoleDeleteRoleBoundCidrListInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_BOUND_CIDR_LIST, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Where logins may come from. */
  readRoleSecretIdBoundCidrs(input: string | AppRoleReadRoleSecretIdBoundCidrsInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleSecretIdBoundCidrsData>> {
    return this.ask<AppRoleReadRoleSecretIdBoundCidrsData>(READ_ROLE_SECRET_ID_BOUND_CIDRS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Where logins may come from. */
  writeRoleSecretIdBoundCidrs(input: string | AppRoleWriteRoleSecretIdBoundCidrsInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_SECRET_ID_BOUND_CIDRS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Where logins may come from. */
  deleteRoleSecretIdBoundCidrs(input: string | AppRoleDeleteRoleSecretIdBoundCidrsInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_SECRET_ID_BOUND_CIDRS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Where tokens may be used from. */
  readRoleTokenBoundCidrs(input: string | AppRoleReadRoleTokenBoundCidrsInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleTokenBoundCidrsData>> {
    return this.ask<AppRoleReadRoleTokenBoundCidrsData>(READ_ROLE_TOKEN_BOUND_CIDRS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Where tokens may be used from. */
  writeRoleTokenBoundCidrs(input: string | AppRoleWriteRoleTokenBoundCidrsInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_TOKEN_BOUND_CIDRS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Where tokens may be used from. */
  deleteRoleTokenBoundCidrs(input: string | AppRoleDeleteRoleTokenBoundCidrsInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_TOKEN_BOUND_CIDRS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Whether secret ids belong to this cluster alone. */
  readRoleLocalSecretIds(input: string | AppRoleReadRoleLocalSecretIdsInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleLocalSecretIdsData>> {
    return this.ask<AppRoleReadRoleLocalSecretIdsData>(READ_ROLE_LOCAL_SECRET_IDS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long each renewal of a periodic token gives. */
  readRolePeriod(input: string | AppRoleReadRolePeriodInput, options?: CallOptions): Promise<Reply<AppRoleReadRolePeriodData>> {
    return this.ask<AppRoleReadRolePeriodData>(READ_ROLE_PERIOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long each renewal of a periodic token gives. */
  writeRolePeriod(input: string | AppRoleWriteRolePeriodInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_PERIOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long each renewal of a periodic token gives. */
  deleteRolePeriod(input: string | AppRoleDeleteRolePeriodInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_PERIOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Policies of tokens. */
  readRolePolicies(input: string | AppRoleReadRolePoliciesInput, options?: CallOptions): Promise<Reply<AppRoleReadRolePoliciesData>> {
    return this.ask<AppRoleReadRolePoliciesData>(READ_ROLE_POLICIES, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Policies of tokens. */
  writeRolePolicies(input: string | AppRoleWriteRolePoliciesInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_POLICIES, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Policies of tokens. */
  deleteRolePolicies(input: string | AppRoleDeleteRolePoliciesInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_POLICIES, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The id to log in with. */
  readRoleId(input: string | AppRoleReadRoleIdInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleIdData>> {
    return this.ask<AppRoleReadRoleIdData>(READ_ROLE_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The id to log in with. */
  writeRoleId(input: string | AppRoleWriteRoleIdInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How many logins a secret id is good for. */
  readRoleSecretIdNumUses(input: string | AppRoleReadRoleSecretIdNumUsesInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleSecretIdNumUsesData>> {
    return this.ask<AppRoleReadRoleSecretIdNumUsesData>(READ_ROLE_SECRET_ID_NUM_USES, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How many logins a secret id is good for. */
  writeRoleSecretIdNumUses(input: string | AppRoleWriteRoleSecretIdNumUsesInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_SECRET_ID_NUM_USES, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How many logins a secret id is good for. */
  deleteRoleSecretIdNumUses(input: string | AppRoleDeleteRoleSecretIdNumUsesInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_SECRET_ID_NUM_USES, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long a secret id is good for. */
  readRoleSecretIdTtl(input: string | AppRoleReadRoleSecretIdTtlInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleSecretIdTtlData>> {
    return this.ask<AppRoleReadRoleSecretIdTtlData>(READ_ROLE_SECRET_ID_TTL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long a secret id is good for. */
  writeRoleSecretIdTtl(input: string | AppRoleWriteRoleSecretIdTtlInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_SECRET_ID_TTL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long a secret id is good for. */
  deleteRoleSecretIdTtl(input: string | AppRoleDeleteRoleSecretIdTtlInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_SECRET_ID_TTL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long tokens live at first. */
  readRoleTokenTtl(input: string | AppRoleReadRoleTokenTtlInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleTokenTtlData>> {
    return this.ask<AppRoleReadRoleTokenTtlData>(READ_ROLE_TOKEN_TTL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long tokens live at first. */
  writeRoleTokenTtl(input: string | AppRoleWriteRoleTokenTtlInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_TOKEN_TTL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long tokens live at first. */
  deleteRoleTokenTtl(input: string | AppRoleDeleteRoleTokenTtlInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_TOKEN_TTL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long tokens live at most. */
  readRoleTokenMaxTtl(input: string | AppRoleReadRoleTokenMaxTtlInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleTokenMaxTtlData>> {
    return this.ask<AppRoleReadRoleTokenMaxTtlData>(READ_ROLE_TOKEN_MAX_TTL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long tokens live at most. */
  writeRoleTokenMaxTtl(input: string | AppRoleWriteRoleTokenMaxTtlInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_TOKEN_MAX_TTL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How long tokens live at most. */
  deleteRoleTokenMaxTtl(input: string | AppRoleDeleteRoleTokenMaxTtlInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_TOKEN_MAX_TTL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How many requests a token is good for. */
  readRoleTokenNumUses(input: string | AppRoleReadRoleTokenNumUsesInput, options?: CallOptions): Promise<Reply<AppRoleReadRoleTokenNumUsesData>> {
    return this.ask<AppRoleReadRoleTokenNumUsesData>(READ_ROLE_TOKEN_NUM_USES, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How many requests a token is good for. */
  writeRoleTokenNumUses(input: string | AppRoleWriteRoleTokenNumUsesInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE_TOKEN_NUM_USES, typeof input === 'string' ? input : { ...input }, options)
  }

  /** How many requests a token is good for. */
  deleteRoleTokenNumUses(input: string | AppRoleDeleteRoleTokenNumUsesInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE_TOKEN_NUM_USES, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a secret id, and list the accessors of those that there are. */
  listSecretIds(input: string | AppRoleListSecretIdsInput, options?: CallOptions): Promise<Reply<AppRoleListRolesData>> {
    return this.ask<AppRoleListRolesData>(LIST_SECRET_IDS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a secret id, and list the accessors of those that there are. */
  generateSecretId(input: string | AppRoleGenerateSecretIdInput, options?: CallOptions): Promise<Reply<AppRoleGenerateSecretIdData>> {
    return this.ask<AppRoleGenerateSecretIdData>(GENERATE_SECRET_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a secret id of your own choice. */
  createCustomSecretId(input: AppRoleCreateCustomSecretIdInput, options?: CallOptions): Promise<Reply<AppRoleGenerateSecretIdData>> {
    return this.ask<AppRoleGenerateSecretIdData>(CREATE_CUSTOM_SECRET_ID, { ...input }, options)
  }

  /** What there is to know of a secret id. */
  lookupSecretId(input: AppRoleLookupSecretIdInput, options?: CallOptions): Promise<Reply<AppRoleLookupSecretIdData>> {
    return this.ask<AppRoleLookupSecretIdData>(LOOKUP_SECRET_ID, { ...input }, options)
  }

  /** End a secret id. */
  destroySecretId(input: AppRoleDestroySecretIdInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(DESTROY_SECRET_ID, { ...input }, options)
  }

  /** End a secret id. */
  deleteSecretId(input: string | AppRoleDeleteSecretIdInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_SECRET_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What there is to know of the secret id with this accessor. */
  lookupSecretIdAccessor(input: AppRoleLookupSecretIdAccessorInput, options?: CallOptions): Promise<Reply<AppRoleLookupSecretIdData>> {
    return this.ask<AppRoleLookupSecretIdData>(LOOKUP_SECRET_ID_ACCESSOR, { ...input }, options)
  }

  /** End the secret id with this accessor. */
  destroySecretIdAccessor(input: AppRoleDestroySecretIdAccessorInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(DESTROY_SECRET_ID_ACCESSOR, { ...input }, options)
  }

  /** End the secret id with this accessor. */
  deleteSecretIdAccessor(input: string | AppRoleDeleteSecretIdAccessorInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_SECRET_ID_ACCESSOR, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Clear away what is left of secret ids that are gone. It goes on after the answer. Secret ids that expire are
   * cleared away without it.
   */
  tidySecretIds(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(TIDY_SECRET_IDS, {}, options)
  }
}
