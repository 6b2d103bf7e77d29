// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface UserpassLoginInput {
  /** Name of the user, which is the same in capitals and small letters. Required. */
  readonly username: string
  /** Their password. */
  readonly password?: string
}

export interface UserpassListUsersInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface UserpassListUsersData {
  readonly keys: readonly string[]
}

export interface UserpassReadUserInput {
  /** Name of the user, which is the same in capitals and small letters. Required. */
  readonly username: string
}

export interface UserpassReadUserData {
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
  readonly policies: readonly string[]
  readonly ttl?: number
  readonly max_ttl?: number
  readonly bound_cidrs: readonly string[]
}

export interface UserpassWriteUserInput {
  /** Name of the user, which is the same in capitals and small letters. Required. */
  readonly username: string
  /** Their password. */
  readonly password?: string
  /** In the place of a password, a bcrypt hash of it. It gives way to one of Argon2id at the first login. */
  readonly password_hash?: string
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
  /** Older name of token_bound_cidrs. Deprecated. */
  readonly bound_cidrs?: readonly string[]
}

export interface UserpassDeleteUserInput {
  /** Name of the user, which is the same in capitals and small letters. Required. */
  readonly username: string
}

export interface UserpassChangePasswordInput {
  /** Name of the user, which is the same in capitals and small letters. Required. */
  readonly username: string
  /** Their password. */
  readonly password?: string
  /** In the place of a password, a bcrypt hash of it. It gives way to one of Argon2id at the first login. */
  readonly password_hash?: string
}

export interface UserpassChangePoliciesInput {
  /** Name of the user, which is the same in capitals and small letters. Required. */
  readonly username: string
  /** Policies of the tokens. */
  readonly token_policies?: readonly string[]
  /** Older name of token_policies. Deprecated. */
  readonly policies?: readonly string[]
}

const LOGIN: Operation = {
  service: 'Userpass',
  rpc: 'Login',
  verb: 'POST',
  path: '{mount}/login/{username}',
  sole: 'username',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LIST_USERS: Operation = {
  service: 'Userpass',
  rpc: 'ListUsers',
  verb: 'LIST',
  path: '{mount}/users',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_USER: Operation = {
  service: 'Userpass',
  rpc: 'ReadUser',
  verb: 'GET',
  path: '{mount}/users/{username}',
  sole: 'username',
  safe: true,
  answers: 'data',
  shape: { object: { token_ttl: 'value', token_max_ttl: 'value', token_policies: { list: 'value' }, token_bound_cidrs: { list: 'value' }, token_explicit_max_ttl: 'value', token_no_default_policy: 'value', token_num_uses: 'value', token_period: 'value', token_type: 'value', token_strictly_bind_ip: 'value', policies: { list: 'value' }, ttl: 'value', max_ttl: 'value', bound_cidrs: { list: 'value' } } },
}

const WRITE_USER: Operation = {
  service: 'Userpass',
  rpc: 'WriteUser',
  verb: 'POST',
  path: '{mount}/users/{username}',
  sole: 'username',
  safe: false,
  answers: 'data',
  shape: { object: { token_ttl: 'value', token_max_ttl: 'value', token_policies: { list: 'value' }, token_bound_cidrs: { list: 'value' }, token_explicit_max_ttl: 'value', token_no_default_policy: 'value', token_num_uses: 'value', token_period: 'value', token_type: 'value', token_strictly_bind_ip: 'value', policies: { list: 'value' }, ttl: 'value', max_ttl: 'value', bound_cidrs: { list: 'value' } } },
}

const DELETE_USER: Operation = {
  service: 'Userpass',
  rpc: 'DeleteUser',
  verb: 'DELETE',
  path: '{mount}/users/{username}',
  sole: 'username',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const CHANGE_PASSWORD: Operation = {
  service: 'Userpass',
  rpc: 'ChangePassword',
  verb: 'POST',
  path: '{mount}/users/{username}/password',
  sole: 'username',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const CHANGE_POLICIES: Operation = {
  service: 'Userpass',
  rpc: 'ChangePolicies',
  verb: 'POST',
  path: '{mount}/users/{username}/policies',
  sole: 'username',
  safe: false,
  answers: 'data',
  shape: 'any',
}

/** Logins of people with a name and a password. */
export class Userpass extends Group {
  /** Log in with a name and a password. Needs no token. */
  login(input: string | UserpassLoginInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(LOGIN, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List the users. */
  listUsers(input: UserpassListUsersInput = {}, options?: CallOptions): Promise<Reply<UserpassListUsersData>> {
    return this.ask<UserpassListUsersData>(LIST_USERS, { ...input }, options)
  }

  /** Who may log in, and what their tokens are like. */
  readUser(input: string | UserpassReadUserInput, options?: CallOptions): Promise<Reply<UserpassReadUserData>> {
    return this.ask<UserpassReadUserData>(READ_USER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Who may log in, and what their tokens are like. */
  writeUser(input: string | UserpassWriteUserInput, options?: CallOptions): Promise<Reply<UserpassReadUserData>> {
    return this.ask<UserpassReadUserData>(WRITE_USER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Who may log in, and what their tokens are like. */
  deleteUser(input: string | UserpassDeleteUserInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_USER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Give a user a new password. */
  changePassword(input: string | UserpassChangePasswordInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(CHANGE_PASSWORD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Give a user other policies. */
  changePolicies(input: string | UserpassChangePoliciesInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(CHANGE_POLICIES, typeof input === 'string' ? input : { ...input }, options)
  }
}
