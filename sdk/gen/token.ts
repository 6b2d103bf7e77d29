// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface TokenCreateInput {
  /** The token itself; needs sudo. */
  readonly id?: string
  /** Name in logs, behind 'token-'. */
  readonly display_name?: string
  /** Policies; absent: the parent's. */
  readonly policies?: readonly string[]
  /** Leave the default policy out. */
  readonly no_default_policy?: boolean
  /** Make an orphan; needs sudo. Default false. */
  readonly no_parent?: boolean
  /** Shown in logs and look-ups. */
  readonly meta?: Readonly<Record<string, string>>
  /** How many requests it is good for; 0: no limit. Default 0. */
  readonly num_uses?: number
  /** Lifetime, until renewed. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** Older name of ttl. Seconds, or a duration such as '1h30m'. Deprecated. */
  readonly lease?: number | string
  /** It never lives longer, whatever renewals say. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly explicit_max_ttl?: number | string
  /** Each renewal gives this long, without a maximum; needs sudo. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly period?: number | string
  /** It can be renewed. Default true. */
  readonly renewable?: boolean
  /** service or batch. */
  readonly type?: string
  /** Entity alias, where the role allows it. */
  readonly entity_alias?: string
}

export interface TokenCreateOrphanInput {
  /** The token itself; needs sudo. */
  readonly id?: string
  /** Name in logs, behind 'token-'. */
  readonly display_name?: string
  /** Policies; absent: the parent's. */
  readonly policies?: readonly string[]
  /** Leave the default policy out. */
  readonly no_default_policy?: boolean
  /** Make an orphan; needs sudo. Default false. */
  readonly no_parent?: boolean
  /** Shown in logs and look-ups. */
  readonly meta?: Readonly<Record<string, string>>
  /** How many requests it is good for; 0: no limit. Default 0. */
  readonly num_uses?: number
  /** Lifetime, until renewed. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** Older name of ttl. Seconds, or a duration such as '1h30m'. Deprecated. */
  readonly lease?: number | string
  /** It never lives longer, whatever renewals say. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly explicit_max_ttl?: number | string
  /** Each renewal gives this long, without a maximum; needs sudo. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly period?: number | string
  /** It can be renewed. Default true. */
  readonly renewable?: boolean
  /** service or batch. */
  readonly type?: string
  /** Entity alias, where the role allows it. */
  readonly entity_alias?: string
}

export interface TokenCreateUnderRoleInput {
  /** Name of the role. Required. */
  readonly role_name: string
  /** The token itself; needs sudo. */
  readonly id?: string
  /** Name in logs, behind 'token-'. */
  readonly display_name?: string
  /** Policies; absent: the parent's. */
  readonly policies?: readonly string[]
  /** Leave the default policy out. */
  readonly no_default_policy?: boolean
  /** Make an orphan; needs sudo. Default false. */
  readonly no_parent?: boolean
  /** Shown in logs and look-ups. */
  readonly meta?: Readonly<Record<string, string>>
  /** How many requests it is good for; 0: no limit. Default 0. */
  readonly num_uses?: number
  /** Lifetime, until renewed. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** Older name of ttl. Seconds, or a duration such as '1h30m'. Deprecated. */
  readonly lease?: number | string
  /** It never lives longer, whatever renewals say. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly explicit_max_ttl?: number | string
  /** Each renewal gives this long, without a maximum; needs sudo. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly period?: number | string
  /** It can be renewed. Default true. */
  readonly renewable?: boolean
  /** service or batch. */
  readonly type?: string
  /** Entity alias, where the role allows it. */
  readonly entity_alias?: string
}

export interface TokenLookupInput {
  /** The token; absent: the calling one. */
  readonly token?: string
}

export interface TokenLookupAccessorInput {
  /** Accessor of the token. */
  readonly accessor?: string
}

export interface TokenListAccessorsData {
  readonly keys: readonly string[]
}

export interface TokenRenewInput {
  /** The token. */
  readonly token?: string
  /** How long it shall live from now; 0: its usual time. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly increment?: number | string
}

export interface TokenRenewSelfInput {
  /** Not used: it is always the calling token. */
  readonly token?: string
  /** How long it shall live from now; 0: its usual time. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly increment?: number | string
}

export interface TokenRenewAccessorInput {
  /** Accessor of the token. */
  readonly accessor?: string
  /** How long it shall live from now; 0: its usual time. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly increment?: number | string
}

export interface TokenRevokeInput {
  /** The token. */
  readonly token?: string
}

export interface TokenRevokeAccessorInput {
  /** Accessor of the token. */
  readonly accessor?: string
}

export interface TokenRevokeOrphanInput {
  /** The token. */
  readonly token?: string
}

export interface TokenReadRoleInput {
  /** Name of the role. Required. */
  readonly role_name: string
}

export interface TokenWriteRoleInput {
  /** Name of the role. Required. */
  readonly role_name: string
  /** Policies that tokens of this role may have. */
  readonly allowed_policies?: readonly string[]
  /** As allowed_policies, with * for any run of characters. */
  readonly allowed_policies_glob?: readonly string[]
  /** Policies that tokens of this role may not have. */
  readonly disallowed_policies?: readonly string[]
  /** As disallowed_policies, with * for any run of characters. */
  readonly disallowed_policies_glob?: readonly string[]
  /** Tokens have no parent. Default false. */
  readonly orphan?: boolean
  /** Tokens can be renewed. Default true. */
  readonly renewable?: boolean
  /** Ends the path of tokens, so that one revision of a role's tokens can be revoked by prefix. */
  readonly path_suffix?: string
  /** Entity aliases that tokens may be made for, with * for any run of characters. */
  readonly allowed_entity_aliases?: readonly string[]
  /** service, batch, default-service or default-batch. */
  readonly token_type?: string
  /** Tokens do not get the default policy unasked. */
  readonly token_no_default_policy?: boolean
  /** How many requests a token is good for; 0: no limit. Default 0. */
  readonly token_num_uses?: number
  /** Tokens are periodic: each renewal gives this long, without a maximum. Seconds, or a duration such as '1h30m'. */
  readonly token_period?: number | string
  /** No token lives longer, whatever renewals say. Seconds, or a duration such as '1h30m'. */
  readonly token_explicit_max_ttl?: number | string
  /** Addresses and CIDR blocks that tokens may be used from. */
  readonly token_bound_cidrs?: readonly string[]
  /** Older name of token_period. Seconds, or a duration such as '1h30m'. Deprecated. */
  readonly period?: number | string
  /** Older name of token_explicit_max_ttl. Seconds, or a duration such as '1h30m'. Deprecated. */
  readonly explicit_max_ttl?: number | string
  /** Older name of token_bound_cidrs. Deprecated. */
  readonly bound_cidrs?: readonly string[]
}

export interface TokenDeleteRoleInput {
  /** Name of the role. Required. */
  readonly role_name: string
}

const CREATE: Operation = {
  service: 'Token',
  rpc: 'Create',
  verb: 'POST',
  path: 'auth/token/create',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const CREATE_ORPHAN: Operation = {
  service: 'Token',
  rpc: 'CreateOrphan',
  verb: 'POST',
  path: 'auth/token/create-orphan',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const CREATE_UNDER_ROLE: Operation = {
  service: 'Token',
  rpc: 'CreateUnderRole',
  verb: 'POST',
  path: 'auth/token/create/{role_name}',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LOOKUP: Operation = {
  service: 'Token',
  rpc: 'Lookup',
  verb: 'POST',
  path: 'auth/token/lookup',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LOOKUP_SELF: Operation = {
  service: 'Token',
  rpc: 'LookupSelf',
  verb: 'GET',
  path: 'auth/token/lookup-self',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LOOKUP_ACCESSOR: Operation = {
  service: 'Token',
  rpc: 'LookupAccessor',
  verb: 'POST',
  path: 'auth/token/lookup-accessor',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_ACCESSORS: Operation = {
  service: 'Token',
  rpc: 'ListAccessors',
  verb: 'LIST',
  path: 'auth/token/accessors',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const RENEW: Operation = {
  service: 'Token',
  rpc: 'Renew',
  verb: 'POST',
  path: 'auth/token/renew',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const RENEW_SELF: Operation = {
  service: 'Token',
  rpc: 'RenewSelf',
  verb: 'POST',
  path: 'auth/token/renew-self',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const RENEW_ACCESSOR: Operation = {
  service: 'Token',
  rpc: 'RenewAccessor',
  verb: 'POST',
  path: 'auth/token/renew-accessor',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REVOKE: Operation = {
  service: 'Token',
  rpc: 'Revoke',
  verb: 'POST',
  path: 'auth/token/revoke',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REVOKE_SELF: Operation = {
  service: 'Token',
  rpc: 'RevokeSelf',
  verb: 'POST',
  path: 'auth/token/revoke-self',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REVOKE_ACCESSOR: Operation = {
  service: 'Token',
  rpc: 'RevokeAccessor',
  verb: 'POST',
  path: 'auth/token/revoke-accessor',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REVOKE_ORPHAN: Operation = {
  service: 'Token',
  rpc: 'RevokeOrphan',
  verb: 'POST',
  path: 'auth/token/revoke-orphan',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const TIDY: Operation = {
  service: 'Token',
  rpc: 'Tidy',
  verb: 'POST',
  path: 'auth/token/tidy',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_ROLE: Operation = {
  service: 'Token',
  rpc: 'ReadRole',
  verb: 'GET',
  path: 'auth/token/roles/{role_name}',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_ROLE: Operation = {
  service: 'Token',
  rpc: 'WriteRole',
  verb: 'POST',
  path: 'auth/token/roles/{role_name}',
  sole: 'role_name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ROLE: Operation = {
  service: 'Token',
  rpc: 'DeleteRole',
  verb: 'DELETE',
  path: 'auth/token/roles/{role_name}',
  sole: 'role_name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_ROLES: Operation = {
  service: 'Token',
  rpc: 'ListRoles',
  verb: 'LIST',
  path: 'auth/token/roles',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

/** Tokens: making, looking up, renewing and revoking them. */
export class Token extends Group {
  /** Make a token under the calling one. */
  create(input: TokenCreateInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(CREATE, { ...input }, options)
  }

  /** Make a token without a parent. */
  createOrphan(input: TokenCreateOrphanInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(CREATE_ORPHAN, { ...input }, options)
  }

  /** Make a token under a role. */
  createUnderRole(input: string | TokenCreateUnderRoleInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(CREATE_UNDER_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What a token is and may do. */
  lookup(input: TokenLookupInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(LOOKUP, { ...input }, options)
  }

  /** What the calling token is and may do. */
  lookupSelf(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(LOOKUP_SELF, {}, options)
  }

  /** What the accessor's token is and may do, without the token itself. */
  lookupAccessor(input: TokenLookupAccessorInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(LOOKUP_ACCESSOR, { ...input }, options)
  }

  /** List the accessors of all tokens. Needs sudo. */
  listAccessors(options?: CallOptions): Promise<Reply<TokenListAccessorsData>> {
    return this.ask<TokenListAccessorsData>(LIST_ACCESSORS, {}, options)
  }

  /** Extend the life of a token. */
  renew(input: TokenRenewInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(RENEW, { ...input }, options)
  }

  /** Extend the life of the calling token. */
  renewSelf(input: TokenRenewSelfInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(RENEW_SELF, { ...input }, options)
  }

  /** Extend the life of the accessor's token. */
  renewAccessor(input: TokenRenewAccessorInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(RENEW_ACCESSOR, { ...input }, options)
  }

  /** Revoke a token and all its children. */
  revoke(input: TokenRevokeInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REVOKE, { ...input }, options)
  }

  /** Revoke the calling token and all its children. */
  revokeSelf(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REVOKE_SELF, {}, options)
  }

  /** Revoke the accessor's token and all its children. */
  revokeAccessor(input: TokenRevokeAccessorInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REVOKE_ACCESSOR, { ...input }, options)
  }

  /** Revoke a token and leave its children as orphans. Needs sudo. */
  revokeOrphan(input: TokenRevokeOrphanInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REVOKE_ORPHAN, { ...input }, options)
  }

  /** Remove rows that belong to no token. */
  tidy(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(TIDY, {}, options)
  }

  /** What tokens made under the role are like. */
  readRole(input: string | TokenReadRoleInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What tokens made under the role are like. */
  writeRole(input: string | TokenWriteRoleInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What tokens made under the role are like. */
  deleteRole(input: string | TokenDeleteRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List the token roles. */
  listRoles(options?: CallOptions): Promise<Reply<TokenListAccessorsData>> {
    return this.ask<TokenListAccessorsData>(LIST_ROLES, {}, options)
  }
}
