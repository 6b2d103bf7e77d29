// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface AuthReadLockedUsersInput {
  /** Only those of the mount with this accessor. */
  readonly mount_accessor?: string
}

export interface AuthReadLockedUsersData {
  readonly by_namespace: readonly {
    readonly namespace_id: string
    readonly namespace_path: string
    readonly counts: number
    readonly mount_accessors: readonly {
      readonly mount_accessor: string
      readonly counts: number
      readonly alias_identifiers: readonly string[]
    }[]
  }[]
  readonly total: number
}

export interface AuthUnlockUserInput {
  /** Accessor of the mount. Required. */
  readonly mount_accessor: string
  /** Name of the user. Required. */
  readonly alias_identifier: string
}

export interface AuthValidateMfaInput {
  /** Id of the login, from its MFA requirement. */
  readonly mfa_request_id?: string
  /** By the id or the name of a method, a list with a passcode; an empty one for methods without. */
  readonly mfa_payload?: Readonly<Record<string, unknown>>
}

export type AuthReadMethodsData = Readonly<Record<string, {
  readonly type: string
  readonly description: string
  readonly accessor: string
  readonly uuid: string
  readonly local: boolean
  readonly seal_wrap: boolean
  readonly external_entropy_access: boolean
  readonly options: Readonly<Record<string, string>>
  readonly plugin_version: string
  readonly running_plugin_version: string
  readonly running_sha256: string
  readonly deprecation_status: string
  readonly config: {
    /** Seconds; 0: the server's. */
    readonly default_lease_ttl: number
    /** Seconds; 0: the server's. */
    readonly max_lease_ttl: number
    readonly force_no_cache: boolean
    readonly audit_non_hmac_request_keys: readonly string[]
    readonly audit_non_hmac_response_keys: readonly string[]
    readonly listing_visibility?: string
    readonly passthrough_request_headers: readonly string[]
    readonly allowed_response_headers: readonly string[]
    readonly token_type?: string
    readonly user_lockout_config?: {
      readonly user_lockout_threshold: number
      readonly user_lockout_duration: number
      readonly user_lockout_counter_reset_duration: number
      readonly user_lockout_disable: boolean
    }
  }
}>>

export interface AuthReadMethodInput {
  /** Where it is mounted. Required. */
  readonly path: string
}

export interface AuthReadMethodData {
  readonly type: string
  readonly description: string
  readonly accessor: string
  readonly uuid: string
  readonly local: boolean
  readonly seal_wrap: boolean
  readonly external_entropy_access: boolean
  readonly options: Readonly<Record<string, string>>
  readonly plugin_version: string
  readonly running_plugin_version: string
  readonly running_sha256: string
  readonly deprecation_status: string
  readonly config: {
    /** Seconds; 0: the server's. */
    readonly default_lease_ttl: number
    /** Seconds; 0: the server's. */
    readonly max_lease_ttl: number
    readonly force_no_cache: boolean
    readonly audit_non_hmac_request_keys: readonly string[]
    readonly audit_non_hmac_response_keys: readonly string[]
    readonly listing_visibility?: string
    readonly passthrough_request_headers: readonly string[]
    readonly allowed_response_headers: readonly string[]
    readonly token_type?: string
    readonly user_lockout_config?: {
      readonly user_lockout_threshold: number
      readonly user_lockout_duration: number
      readonly user_lockout_counter_reset_duration: number
      readonly user_lockout_disable: boolean
    }
  }
}

export interface AuthEnableInput {
  /** Where it is mounted. Required. */
  readonly path: string
  /** Type of the engine, such as kv, kv-v2 or transit. */
  readonly type?: string
  /** What the mount is for. */
  readonly description?: string
  /**
   * default_lease_ttl, max_lease_ttl, audit_non_hmac_request_keys, audit_non_hmac_response_keys, listing_visibility,
   * passthrough_request_headers, allowed_response_headers and, of auth methods, token_type.
   */
  readonly config?: Readonly<Record<string, unknown>>
  /** Options of the engine, such as version for kv. */
  readonly options?: Readonly<Record<string, string>>
  /** Kept and shown: every mount belongs to this one installation. Default false. */
  readonly local?: boolean
  /** Kept and shown: all that is stored is sealed. Default false. */
  readonly seal_wrap?: boolean
  /** Kept and shown. Default false. */
  readonly external_entropy_access?: boolean
  /** Type of the engine, where type is 'plugin'. */
  readonly plugin_name?: string
  /** Engines are part of the server: only the empty version exists. */
  readonly plugin_version?: string
}

export interface AuthDisableInput {
  /** Where it is mounted. Required. */
  readonly path: string
}

export interface AuthReadTuningInput {
  /** Where it is mounted. Required. */
  readonly path: string
}

export interface AuthReadTuningData {
  readonly description: string
  /** Seconds, in force. */
  readonly default_lease_ttl: number
  /** Seconds, in force. */
  readonly max_lease_ttl: number
  readonly force_no_cache: boolean
  readonly audit_non_hmac_request_keys: readonly string[]
  readonly audit_non_hmac_response_keys: readonly string[]
  readonly listing_visibility?: string
  readonly passthrough_request_headers: readonly string[]
  readonly allowed_response_headers: readonly string[]
  readonly token_type?: string
  readonly options: Readonly<Record<string, string>>
  readonly external_entropy_access?: boolean
  readonly user_lockout_threshold?: number
  readonly user_lockout_duration?: number
  readonly user_lockout_counter_reset_duration?: number
  readonly user_lockout_disable?: boolean
}

export interface AuthWriteTuningInput {
  /** Where it is mounted. Required. */
  readonly path: string
  /** A duration, or 'system' for the server's default. */
  readonly default_lease_ttl?: string
  /** A duration, or 'system' for the server's maximum. */
  readonly max_lease_ttl?: string
  /** What the mount is for. */
  readonly description?: string
  /** Names that stand in clear in the audit log of requests. */
  readonly audit_non_hmac_request_keys?: readonly string[]
  /** Names that stand in clear in the audit log of replies. */
  readonly audit_non_hmac_response_keys?: readonly string[]
  /** 'unauth' shows the mount to anybody, 'hidden' or '' does not. */
  readonly listing_visibility?: string
  /** Request headers that the engine gets. */
  readonly passthrough_request_headers?: readonly string[]
  /** Response headers that the engine may set. */
  readonly allowed_response_headers?: readonly string[]
  /** Of auth methods: which tokens they make; service, batch, default-service or default-batch. */
  readonly token_type?: string
  /** Changes of the engine's options; an empty value removes one. */
  readonly options?: Readonly<Record<string, string>>
  /** Engines are part of the server: only the empty version exists. */
  readonly plugin_version?: string
  /** When users are locked out: lockout_threshold, lockout_duration, lockout_counter_reset_duration, lockout_disable. */
  readonly user_lockout_config?: Readonly<Record<string, unknown>>
}

const READ_LOCKED_USERS: Operation = {
  service: 'Auth',
  rpc: 'ReadLockedUsers',
  verb: 'GET',
  path: 'sys/locked-users',
  safe: true,
  answers: 'data',
  shape: { object: { by_namespace: { list: { object: { namespace_id: 'value', namespace_path: 'value', counts: 'value', mount_accessors: { list: { object: { mount_accessor: 'value', counts: 'value', alias_identifiers: { list: 'value' } } } } } } }, total: 'value' } },
}

const UNLOCK_USER: Operation = {
  service: 'Auth',
  rpc: 'UnlockUser',
  verb: 'POST',
  path: 'sys/locked-users/{mount_accessor}/unlock/{alias_identifier}',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const VALIDATE_MFA: Operation = {
  service: 'Auth',
  rpc: 'ValidateMfa',
  verb: 'POST',
  path: 'sys/mfa/validate',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_METHODS: Operation = {
  service: 'Auth',
  rpc: 'ReadMethods',
  verb: 'GET',
  path: 'sys/auth',
  safe: true,
  answers: 'data',
  shape: { map: { object: { type: 'value', description: 'value', accessor: 'value', uuid: 'value', local: 'value', seal_wrap: 'value', external_entropy_access: 'value', options: { map: 'value' }, plugin_version: 'value', running_plugin_version: 'value', running_sha256: 'value', deprecation_status: 'value', config: { object: { default_lease_ttl: 'value', max_lease_ttl: 'value', force_no_cache: 'value', audit_non_hmac_request_keys: { list: 'value' }, audit_non_hmac_response_keys: { list: 'value' }, listing_visibility: 'value', passthrough_request_headers: { list: 'value' }, allowed_response_headers: { list: 'value' }, token_type: 'value', user_lockout_config: { object: { user_lockout_threshold: 'value', user_lockout_duration: 'value', user_lockout_counter_reset_duration: 'value', user_lockout_disable: 'value' } } } } } } },
}

const READ_METHOD: Operation = {
  service: 'Auth',
  rpc: 'ReadMethod',
  verb: 'GET',
  path: 'sys/auth/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { type: 'value', description: 'value', accessor: 'value', uuid: 'value', local: 'value', seal_wrap: 'value', external_entropy_access: 'value', options: { map: 'value' }, plugin_version: 'value', running_plugin_version: 'value', running_sha256: 'value', deprecation_status: 'value', config: { object: { default_lease_ttl: 'value', max_lease_ttl: 'value', force_no_cache: 'value', audit_non_hmac_request_keys: { list: 'value' }, audit_non_hmac_response_keys: { list: 'value' }, listing_visibility: 'value', passthrough_request_headers: { list: 'value' }, allowed_response_headers: { list: 'value' }, token_type: 'value', user_lockout_config: { object: { user_lockout_threshold: 'value', user_lockout_duration: 'value', user_lockout_counter_reset_duration: 'value', user_lockout_disable: 'value' } } } } } },
}

const ENABLE: Operation = {
  service: 'Auth',
  rpc: 'Enable',
  verb: 'POST',
  path: 'sys/auth/{path=**}',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { type: 'value', description: 'value', accessor: 'value', uuid: 'value', local: 'value', seal_wrap: 'value', external_entropy_access: 'value', options: { map: 'value' }, plugin_version: 'value', running_plugin_version: 'value', running_sha256: 'value', deprecation_status: 'value', config: { object: { default_lease_ttl: 'value', max_lease_ttl: 'value', force_no_cache: 'value', audit_non_hmac_request_keys: { list: 'value' }, audit_non_hmac_response_keys: { list: 'value' }, listing_visibility: 'value', passthrough_request_headers: { list: 'value' }, allowed_response_headers: { list: 'value' }, token_type: 'value', user_lockout_config: { object: { user_lockout_threshold: 'value', user_lockout_duration: 'value', user_lockout_counter_reset_duration: 'value', user_lockout_disable: 'value' } } } } } },
}

const DISABLE: Operation = {
  service: 'Auth',
  rpc: 'Disable',
  verb: 'DELETE',
  path: 'sys/auth/{path=**}',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_TUNING: Operation = {
  service: 'Auth',
  rpc: 'ReadTuning',
  verb: 'GET',
  path: 'sys/auth/{path=**}/tune',
  sole: 'path',
  safe: true,
  answers: 'data',
  shape: { object: { description: 'value', default_lease_ttl: 'value', max_lease_ttl: 'value', force_no_cache: 'value', audit_non_hmac_request_keys: { list: 'value' }, audit_non_hmac_response_keys: { list: 'value' }, listing_visibility: 'value', passthrough_request_headers: { list: 'value' }, allowed_response_headers: { list: 'value' }, token_type: 'value', options: { map: 'value' }, external_entropy_access: 'value', user_lockout_threshold: 'value', user_lockout_duration: 'value', user_lockout_counter_reset_duration: 'value', user_lockout_disable: 'value' } },
}

const WRITE_TUNING: Operation = {
  service: 'Auth',
  rpc: 'WriteTuning',
  verb: 'POST',
  path: 'sys/auth/{path=**}/tune',
  sole: 'path',
  safe: false,
  answers: 'data',
  shape: { object: { description: 'value', default_lease_ttl: 'value', max_lease_ttl: 'value', force_no_cache: 'value', audit_non_hmac_request_keys: { list: 'value' }, audit_non_hmac_response_keys: { list: 'value' }, listing_visibility: 'value', passthrough_request_headers: { list: 'value' }, allowed_response_headers: { list: 'value' }, token_type: 'value', options: { map: 'value' }, external_entropy_access: 'value', user_lockout_threshold: 'value', user_lockout_duration: 'value', user_lockout_counter_reset_duration: 'value', user_lockout_disable: 'value' } },
}

/** Auth methods: where they are mounted and how they are tuned. */
export class Auth extends Group {
  /** Which users are locked out. */
  readLockedUsers(input: AuthReadLockedUsersInput = {}, options?: CallOptions): Promise<Reply<AuthReadLockedUsersData>> {
    return this.ask<AuthReadLockedUsersData>(READ_LOCKED_USERS, { ...input }, options)
  }

  /** Let a user who is locked out log in again. */
  unlockUser(input: AuthUnlockUserInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(UNLOCK_USER, { ...input }, options)
  }

  /** Show the second factor that a login waits for. Needs no token. */
  validateMfa(input: AuthValidateMfaInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(VALIDATE_MFA, { ...input }, options)
  }

  /** The auth methods that are mounted. */
  readMethods(options?: CallOptions): Promise<Reply<AuthReadMethodsData>> {
    return this.ask<AuthReadMethodsData>(READ_METHODS, {}, options)
  }

  /**
   * Mount, show or unmount one of the auth methods. Unmounting revokes all that was given out below the path, and
   * deletes all that was stored there. Needs sudo.
   */
  readMethod(input: string | AuthReadMethodInput, options?: CallOptions): Promise<Reply<AuthReadMethodData>> {
    return this.ask<AuthReadMethodData>(READ_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Mount, show or unmount one of the auth methods. Unmounting revokes all that was given out below the path, and
   * deletes all that was stored there. Needs sudo.
   */
  enable(input: string | AuthEnableInput, options?: CallOptions): Promise<Reply<AuthReadMethodData>> {
    return this.ask<AuthReadMethodData>(ENABLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Mount, show or unmount one of the auth methods. Unmounting revokes all that was given out below the path, and
   * deletes all that was stored there. Needs sudo.
   */
  disable(input: string | AuthDisableInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DISABLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Settings of a mount. Needs sudo. */
  readTuning(input: string | AuthReadTuningInput, options?: CallOptions): Promise<Reply<AuthReadTuningData>> {
    return this.ask<AuthReadTuningData>(READ_TUNING, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Settings of a mount. Needs sudo. */
  writeTuning(input: string | AuthWriteTuningInput, options?: CallOptions): Promise<Reply<AuthReadTuningData>> {
    return this.ask<AuthReadTuningData>(WRITE_TUNING, typeof input === 'string' ? input : { ...input }, options)
  }
}
