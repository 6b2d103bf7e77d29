// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { Json, JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface IdentityEntityInput {
  /** Id of the entity. */
  readonly id?: string
  /** Name of the entity; absent: one is made up. */
  readonly name?: string
  /** What is to be known of the entity, for templates and logs. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Policies that all its tokens have, beside their own. */
  readonly policies?: readonly string[]
  /** Whether its tokens are refused. */
  readonly disabled?: boolean
}

export interface IdentityEntityData {
  readonly id: string
  readonly name?: string
  readonly canonical_id?: string
  readonly aliases: readonly string[]
}

export interface IdentityListEntitiesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityListEntitiesData {
  readonly keys: readonly string[]
  readonly key_info: Readonly<Record<string, Json>>
}

export interface IdentityReadEntityByIdInput {
  /** Id of the entity. */
  readonly id: string
}

export interface IdentityReadEntityByIdData {
  readonly id: string
  readonly name: string
  readonly metadata: Readonly<Record<string, string>>
  readonly policies: readonly string[]
  readonly disabled: boolean
  readonly aliases: readonly {
    readonly id: string
    readonly canonical_id: string
    readonly mount_accessor: string
    readonly mount_path?: string
    readonly mount_type?: string
    readonly name: string
    readonly metadata: Readonly<Record<string, string>>
    readonly custom_metadata: Readonly<Record<string, string>>
    readonly merged_from_canonical_ids: readonly string[]
    readonly local: boolean
    readonly creation_time: string
    readonly last_update_time: string
    readonly namespace_id?: string
  }[]
  readonly direct_group_ids: readonly string[]
  readonly inherited_group_ids: readonly string[]
  readonly group_ids: readonly string[]
  readonly merged_entity_ids: readonly string[]
  readonly namespace_id: string
  readonly creation_time: string
  readonly last_update_time: string
}

export interface IdentityWriteEntityByIdInput {
  /** Id of the entity. */
  readonly id: string
  /** Name of the entity; absent: one is made up. */
  readonly name?: string
  /** What is to be known of the entity, for templates and logs. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Policies that all its tokens have, beside their own. */
  readonly policies?: readonly string[]
  /** Whether its tokens are refused. */
  readonly disabled?: boolean
}

export interface IdentityDeleteEntityByIdInput {
  /** Id of the entity. */
  readonly id: string
}

export interface IdentityListEntityNamesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadEntityByNameInput {
  /** Name of the entity; absent: one is made up. */
  readonly name: string
}

export interface IdentityWriteEntityByNameInput {
  /** Name of the entity; absent: one is made up. */
  readonly name: string
  /** Id of the entity. */
  readonly id?: string
  /** What is to be known of the entity, for templates and logs. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Policies that all its tokens have, beside their own. */
  readonly policies?: readonly string[]
  /** Whether its tokens are refused. */
  readonly disabled?: boolean
}

export interface IdentityDeleteEntityByNameInput {
  /** Name of the entity; absent: one is made up. */
  readonly name: string
}

export interface IdentityDeleteEntitiesInput {
  /** Ids of the entities. */
  readonly entity_ids?: readonly string[]
}

export interface IdentityMergeEntitiesInput {
  /** Entities that become part of the other. */
  readonly from_entity_ids?: readonly string[]
  /** The entity that stays. */
  readonly to_entity_id?: string
  /** Where both have an alias of one mount: the ids of those that stay. */
  readonly conflicting_alias_ids_to_keep?: readonly string[]
  /** For MFA secrets of both: those of the entity that stays win. Default false. */
  readonly force?: boolean
}

export interface IdentityEntityAliasInput {
  /** Id of the alias, to change one. */
  readonly id?: string
  /** Id of its entity; absent: a new one is made. */
  readonly canonical_id?: string
  /** Older name of canonical_id. Deprecated. */
  readonly entity_id?: string
  /** Accessor of the mount where it logs in. */
  readonly mount_accessor?: string
  /** Name that it logs in by. */
  readonly name?: string
  /** What is to be known of the alias, for templates. */
  readonly custom_metadata?: Readonly<Record<string, string>>
}

export interface IdentityListEntityAliasesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadEntityAliasByIdInput {
  /** Id of the alias, to change one. */
  readonly id: string
}

export interface IdentityReadEntityAliasByIdData {
  readonly id: string
  readonly canonical_id: string
  readonly mount_accessor: string
  readonly mount_path?: string
  readonly mount_type?: string
  readonly name: string
  readonly metadata: Readonly<Record<string, string>>
  readonly custom_metadata: Readonly<Record<string, string>>
  readonly merged_from_canonical_ids: readonly string[]
  readonly local: boolean
  readonly creation_time: string
  readonly last_update_time: string
  readonly namespace_id?: string
}

export interface IdentityWriteEntityAliasByIdInput {
  /** Id of the alias, to change one. */
  readonly id: string
  /** Id of its entity; absent: a new one is made. */
  readonly canonical_id?: string
  /** Older name of canonical_id. Deprecated. */
  readonly entity_id?: string
  /** Accessor of the mount where it logs in. */
  readonly mount_accessor?: string
  /** Name that it logs in by. */
  readonly name?: string
  /** What is to be known of the alias, for templates. */
  readonly custom_metadata?: Readonly<Record<string, string>>
}

export interface IdentityDeleteEntityAliasByIdInput {
  /** Id of the alias, to change one. */
  readonly id: string
}

export interface IdentityGroupInput {
  /** Id of the group. */
  readonly id?: string
  /** Name of the group; absent: one is made up. */
  readonly name?: string
  /**
   * 'internal', or 'external': its members are who the auth method of its alias says. Never changes. One of internal,
   * external.
   */
  readonly type?: "internal" | "external"
  /** What is to be known of the group, for templates. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Policies of all members, and of the members of groups in it. */
  readonly policies?: readonly string[]
  /** Ids of the entities in it. */
  readonly member_entity_ids?: readonly string[]
  /** Ids of the groups in it. */
  readonly member_group_ids?: readonly string[]
}

export interface IdentityListGroupsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadGroupByIdInput {
  /** Id of the group. */
  readonly id: string
}

export interface IdentityReadGroupByIdData {
  readonly id: string
  readonly name: string
  readonly type: "internal" | "external"
  readonly policies: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  readonly member_entity_ids: readonly string[]
  readonly member_group_ids: readonly string[]
  readonly parent_group_ids: readonly string[]
  readonly alias: {
    readonly id?: string
    readonly canonical_id?: string
    readonly mount_accessor?: string
    readonly mount_path?: string
    readonly mount_type?: string
    readonly name?: string
    readonly metadata: Readonly<Record<string, string>>
    readonly custom_metadata: Readonly<Record<string, string>>
    readonly merged_from_canonical_ids: readonly string[]
    readonly local?: boolean
    readonly creation_time?: string
    readonly last_update_time?: string
    readonly namespace_id?: string
  }
  readonly modify_index: number
  readonly namespace_id: string
  readonly creation_time: string
  readonly last_update_time: string
}

export interface IdentityWriteGroupByIdInput {
  /** Id of the group. */
  readonly id: string
  /** Name of the group; absent: one is made up. */
  readonly name?: string
  /**
   * 'internal', or 'external': its members are who the auth method of its alias says. Never changes. One of internal,
   * external.
   */
  readonly type?: "internal" | "external"
  /** What is to be known of the group, for templates. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Policies of all members, and of the members of groups in it. */
  readonly policies?: readonly string[]
  /** Ids of the entities in it. */
  readonly member_entity_ids?: readonly string[]
  /** Ids of the groups in it. */
  readonly member_group_ids?: readonly string[]
}

export interface IdentityDeleteGroupByIdInput {
  /** Id of the group. */
  readonly id: string
}

export interface IdentityListGroupNamesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadGroupByNameInput {
  /** Name of the group; absent: one is made up. */
  readonly name: string
}

export interface IdentityWriteGroupByNameInput {
  /** Name of the group; absent: one is made up. */
  readonly name: string
  /** Id of the group. */
  readonly id?: string
  /**
   * 'internal', or 'external': its members are who the auth method of its alias says. Never changes. One of internal,
   * external.
   */
  readonly type?: "internal" | "external"
  /** What is to be known of the group, for templates. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Policies of all members, and of the members of groups in it. */
  readonly policies?: readonly string[]
  /** Ids of the entities in it. */
  readonly member_entity_ids?: readonly string[]
  /** Ids of the groups in it. */
  readonly member_group_ids?: readonly string[]
}

export interface IdentityDeleteGroupByNameInput {
  /** Name of the group; absent: one is made up. */
  readonly name: string
}

export interface IdentityGroupAliasInput {
  /** Id of the alias, to change one. */
  readonly id?: string
  /** Id of its external group; absent: a new one is made. */
  readonly canonical_id?: string
  /** Accessor of the mount whose logins name the group. */
  readonly mount_accessor?: string
  /** Name that the auth method has for the group. */
  readonly name?: string
}

export interface IdentityListGroupAliasesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadGroupAliasByIdInput {
  /** Id of the alias, to change one. */
  readonly id: string
}

export interface IdentityWriteGroupAliasByIdInput {
  /** Id of the alias, to change one. */
  readonly id: string
  /** Id of its external group; absent: a new one is made. */
  readonly canonical_id?: string
  /** Accessor of the mount whose logins name the group. */
  readonly mount_accessor?: string
  /** Name that the auth method has for the group. */
  readonly name?: string
}

export interface IdentityDeleteGroupAliasByIdInput {
  /** Id of the alias, to change one. */
  readonly id: string
}

export interface IdentityLookupEntityInput {
  /** Look for the one with this id. */
  readonly id?: string
  /** Look for the one with this name. */
  readonly name?: string
  /** Look for the one whose alias this is. */
  readonly alias_id?: string
  /** Look for the one with this alias, together with alias_mount_accessor. */
  readonly alias_name?: string
  /** Accessor of the mount of alias_name. */
  readonly alias_mount_accessor?: string
}

export interface IdentityLookupGroupInput {
  /** Look for the one with this id. */
  readonly id?: string
  /** Look for the one with this name. */
  readonly name?: string
  /** Look for the one whose alias this is. */
  readonly alias_id?: string
  /** Look for the one with this alias, together with alias_mount_accessor. */
  readonly alias_name?: string
  /** Accessor of the mount of alias_name. */
  readonly alias_mount_accessor?: string
}

export interface IdentityListMfaMethodsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadMfaMethodInput {
  /** Id of the method. Required. */
  readonly method_id: string
}

export interface IdentityReadMfaMethodData {
  readonly id: string
  readonly name: string
  readonly namespace_id: string
  readonly namespace_path: string
  readonly type: string
  readonly issuer?: string
  /** Seconds. */
  readonly period?: number
  readonly digits?: number
  readonly skew?: number
  /** Bytes. */
  readonly key_size?: number
  /** Pixels. */
  readonly qr_size?: number
  readonly algorithm?: string
  readonly max_validation_attempts?: number
  readonly api_hostname?: string
  readonly pushinfo?: string
  readonly use_passcode?: boolean
  readonly username_format?: string
  /** Empty: methods are of no mount. */
  readonly mount_accessor?: string
  readonly org_name?: string
  readonly base_url?: string
  readonly primary_email?: boolean
  readonly use_signature?: boolean
  readonly idp_url?: string
  readonly org_alias?: string
  readonly admin_url?: string
  readonly authenticator_url?: string
}

export interface IdentityListTotpMethodsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityCreateTotpMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id?: string
  /** A name that stands for the id. */
  readonly method_name?: string
  /** Who gives the secrets out, as authenticators show it. */
  readonly issuer?: string
  /** How long a code is good for. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly period?: number | string
  /** Bytes of a secret. Default 20. */
  readonly key_size?: number
  /** Pixels of the QR code in each direction; 0: none. Default 200. */
  readonly qr_size?: number
  /** SHA1, SHA256 or SHA512. Default SHA1. */
  readonly algorithm?: string
  /** Of a code: 6 or 8. Default 6. */
  readonly digits?: number
  /** How many periods a clock may be off: 0 or 1. Default 1. */
  readonly skew?: number
  /** Codes that may be wrong in a row; 0: 5. Default 0. */
  readonly max_validation_attempts?: number
}

export interface IdentityCreateTotpMethodData {
  readonly method_id: string
}

export interface IdentityReadTotpMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
}

export interface IdentityReadTotpMethodData {
  readonly id: string
  readonly name: string
  readonly namespace_id: string
  readonly namespace_path: string
  readonly type: string
  readonly issuer: string
  /** Seconds. */
  readonly period: number
  readonly digits: number
  readonly skew: number
  /** Bytes. */
  readonly key_size: number
  /** Pixels. */
  readonly qr_size: number
  readonly algorithm: string
  readonly max_validation_attempts: number
}

export interface IdentityWriteTotpMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
  /** A name that stands for the id. */
  readonly method_name?: string
  /** Who gives the secrets out, as authenticators show it. */
  readonly issuer?: string
  /** How long a code is good for. Seconds, or a duration such as '1h30m'. Default 30. */
  readonly period?: number | string
  /** Bytes of a secret. Default 20. */
  readonly key_size?: number
  /** Pixels of the QR code in each direction; 0: none. Default 200. */
  readonly qr_size?: number
  /** SHA1, SHA256 or SHA512. Default SHA1. */
  readonly algorithm?: string
  /** Of a code: 6 or 8. Default 6. */
  readonly digits?: number
  /** How many periods a clock may be off: 0 or 1. Default 1. */
  readonly skew?: number
  /** Codes that may be wrong in a row; 0: 5. Default 0. */
  readonly max_validation_attempts?: number
}

export interface IdentityDeleteTotpMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
}

export interface IdentityListDuoMethodsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityCreateDuoMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id?: string
  /** A name that stands for the id. */
  readonly method_name?: string
  /** Host name of Duo's API. */
  readonly api_hostname?: string
  /** Integration key of the application at Duo. */
  readonly integration_key?: string
  /** Secret key of the application at Duo. */
  readonly secret_key?: string
  /** Names and values that a push shows, as in a query. */
  readonly push_info?: string
  /** Whether people are asked for a passcode. Default false. */
  readonly use_passcode?: boolean
  /** Who is asked: a text with templates such as {{identity.entity.name}}; absent: the name of the entity. */
  readonly username_format?: string
}

export interface IdentityReadDuoMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
}

export interface IdentityReadDuoMethodData {
  readonly id: string
  readonly name: string
  readonly namespace_id: string
  readonly namespace_path: string
  readonly type: string
  readonly api_hostname: string
  readonly pushinfo: string
  readonly use_passcode: boolean
  readonly username_format: string
  /** Empty: methods are of no mount. */
  readonly mount_accessor: string
}

export interface IdentityWriteDuoMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
  /** A name that stands for the id. */
  readonly method_name?: string
  /** Host name of Duo's API. */
  readonly api_hostname?: string
  /** Integration key of the application at Duo. */
  readonly integration_key?: string
  /** Secret key of the application at Duo. */
  readonly secret_key?: string
  /** Names and values that a push shows, as in a query. */
  readonly push_info?: string
  /** Whether people are asked for a passcode. Default false. */
  readonly use_passcode?: boolean
  /** Who is asked: a text with templates such as {{identity.entity.name}}; absent: the name of the entity. */
  readonly username_format?: string
}

export interface IdentityDeleteDuoMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
}

export interface IdentityListOktaMethodsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityCreateOktaMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id?: string
  /** A name that stands for the id. */
  readonly method_name?: string
  /** Name of the organisation at Okta. */
  readonly org_name?: string
  /** Token for Okta's API. */
  readonly api_token?: string
  /** Domain of the organisation; okta.com unless said. */
  readonly base_url?: string
  /** False stands for the base_url oktapreview.com. Deprecated. */
  readonly production?: boolean
  /** Whether names are e-mail addresses, and not logins. Default false. */
  readonly primary_email?: boolean
  /** Who is asked: a text with templates such as {{identity.entity.name}}; absent: the name of the entity. */
  readonly username_format?: string
}

export interface IdentityReadOktaMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
}

export interface IdentityReadOktaMethodData {
  readonly id: string
  readonly name: string
  readonly namespace_id: string
  readonly namespace_path: string
  readonly type: string
  readonly org_name: string
  readonly base_url: string
  readonly primary_email: boolean
  readonly username_format: string
  /** Empty: methods are of no mount. */
  readonly mount_accessor: string
}

export interface IdentityWriteOktaMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
  /** A name that stands for the id. */
  readonly method_name?: string
  /** Name of the organisation at Okta. */
  readonly org_name?: string
  /** Token for Okta's API. */
  readonly api_token?: string
  /** Domain of the organisation; okta.com unless said. */
  readonly base_url?: string
  /** False stands for the base_url oktapreview.com. Deprecated. */
  readonly production?: boolean
  /** Whether names are e-mail addresses, and not logins. Default false. */
  readonly primary_email?: boolean
  /** Who is asked: a text with templates such as {{identity.entity.name}}; absent: the name of the entity. */
  readonly username_format?: string
}

export interface IdentityDeleteOktaMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
}

export interface IdentityListPingIdMethodsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityCreatePingIdMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id?: string
  /** A name that stands for the id. */
  readonly method_name?: string
  /** The settings file that PingID gives out, in base64. */
  readonly settings_file_base64?: string
  /** Who is asked: a text with templates such as {{identity.entity.name}}; absent: the name of the entity. */
  readonly username_format?: string
}

export interface IdentityReadPingIdMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
}

export interface IdentityReadPingIdMethodData {
  readonly id: string
  readonly name: string
  readonly namespace_id: string
  readonly namespace_path: string
  readonly type: string
  readonly use_signature: boolean
  readonly idp_url: string
  readonly org_alias: string
  readonly admin_url: string
  readonly authenticator_url: string
  readonly username_format: string
  /** Empty: methods are of no mount. */
  readonly mount_accessor: string
}

export interface IdentityWritePingIdMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
  /** A name that stands for the id. */
  readonly method_name?: string
  /** The settings file that PingID gives out, in base64. */
  readonly settings_file_base64?: string
  /** Who is asked: a text with templates such as {{identity.entity.name}}; absent: the name of the entity. */
  readonly username_format?: string
}

export interface IdentityDeletePingIdMethodInput {
  /** Id of the method, to change one; absent: a new one is made. */
  readonly method_id: string
}

export interface IdentityGenerateTotpSecretInput {
  /** Id of the method. */
  readonly method_id?: string
}

export interface IdentityGenerateTotpSecretData {
  /** For an authenticator. It holds the secret. */
  readonly url: string
  /** The same as a QR code: a PNG in base64. */
  readonly barcode?: string
}

export interface IdentityGenerateTotpSecretForInput {
  /** Id of the method. */
  readonly method_id?: string
  /** Id of the entity. */
  readonly entity_id?: string
}

export interface IdentityDestroyTotpSecretOfInput {
  /** Id of the method. */
  readonly method_id?: string
  /** Id of the entity. */
  readonly entity_id?: string
}

export interface IdentityReadLoginEnforcementInput {
  /** Name of the enforcement. Required. */
  readonly name: string
}

export interface IdentityReadLoginEnforcementData {
  readonly id: string
  readonly name: string
  readonly namespace_id: string
  readonly namespace_path: string
  readonly mfa_method_ids: readonly string[]
  readonly auth_method_accessors: readonly string[]
  readonly auth_method_types: readonly string[]
  readonly identity_group_ids: readonly string[]
  readonly identity_entity_ids: readonly string[]
}

export interface IdentityWriteLoginEnforcementInput {
  /** Name of the enforcement. Required. */
  readonly name: string
  /** Methods, any one of which is enough. */
  readonly mfa_method_ids?: readonly string[]
  /** Logins at auth mounts with these accessors need one. */
  readonly auth_method_accessors?: readonly string[]
  /** Logins at auth mounts of these types need one. */
  readonly auth_method_types?: readonly string[]
  /** Logins of members of these groups need one. */
  readonly identity_group_ids?: readonly string[]
  /** Logins of these entities need one. */
  readonly identity_entity_ids?: readonly string[]
}

export interface IdentityDeleteLoginEnforcementInput {
  /** Name of the enforcement. Required. */
  readonly name: string
}

export interface IdentityListLoginEnforcementsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadOidcConfigData {
  readonly issuer: string
}

export interface IdentityWriteOidcConfigInput {
  /** Scheme, host and port that tokens name as their issuer; '': the server's own. */
  readonly issuer?: string
}

export interface IdentityReadOidcKeyInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface IdentityReadOidcKeyData {
  /** Seconds. */
  readonly rotation_period: number
  /** Seconds. */
  readonly verification_ttl: number
  readonly algorithm: string
  readonly allowed_client_ids: readonly string[]
}

export interface IdentityWriteOidcKeyInput {
  /** Name of the key. Required. */
  readonly name: string
  /** How often the key is replaced; a day unless said. At least a minute. Seconds, or a duration such as '1h30m'. */
  readonly rotation_period?: number | string
  /**
   * How long a public key is published after it is replaced; a day unless said. At most ten periods. Seconds, or a
   * duration such as '1h30m'.
   */
  readonly verification_ttl?: number | string
  /** How it signs; RS256 unless said. One of RS256, RS384, RS512, ES256, ES384, ES512, EdDSA. */
  readonly algorithm?: "RS256" | "RS384" | "RS512" | "ES256" | "ES384" | "ES512" | "EdDSA"
  /** Client ids of roles that may use it; '*': all. */
  readonly allowed_client_ids?: readonly string[]
}

export interface IdentityDeleteOidcKeyInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface IdentityListOidcKeysInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityListOidcKeysData {
  readonly keys: readonly string[]
}

export interface IdentityRotateOidcKeyInput {
  /** Name of the key. Required. */
  readonly name: string
  /** How long the replaced key is still published; absent: as its key says. Seconds, or a duration such as '1h30m'. */
  readonly verification_ttl?: number | string
}

export interface IdentityReadOidcRoleInput {
  /** Name of the role. Required. */
  readonly name: string
}

export interface IdentityReadOidcRoleData {
  readonly client_id: string
  readonly key: string
  readonly template: string
  /** Seconds. */
  readonly ttl: number
}

export interface IdentityWriteOidcRoleInput {
  /** Name of the role. Required. */
  readonly name: string
  /** Name of the key that signs its tokens. */
  readonly key?: string
  /** More claims: JSON with templates, or that in base64. */
  readonly template?: string
  /** Audience of its tokens; one is made up unless said. */
  readonly client_id?: string
  /** How long a token lives; a day unless said. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
}

export interface IdentityDeleteOidcRoleInput {
  /** Name of the role. Required. */
  readonly name: string
}

export interface IdentityListOidcRolesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadOidcTokenInput {
  /** Name of the role. Required. */
  readonly name: string
}

export interface IdentityReadOidcTokenData {
  readonly token: string
  readonly client_id: string
  readonly ttl: number
}

export interface IdentityIntrospectOidcTokenInput {
  /** The identity token. Required. */
  readonly token: string
  /** The audience that it must have, where one is given. */
  readonly client_id?: string
}

export interface IdentityReadOidcAssignmentInput {
  /** Name of the assignment. Required. */
  readonly name: string
}

export interface IdentityReadOidcAssignmentData {
  readonly entity_ids: readonly string[]
  readonly group_ids: readonly string[]
}

export interface IdentityWriteOidcAssignmentInput {
  /** Name of the assignment. Required. */
  readonly name: string
  /** Ids of the entities that it names. */
  readonly entity_ids?: readonly string[]
  /** Ids of the groups whose members, also through other groups, it names. */
  readonly group_ids?: readonly string[]
}

export interface IdentityDeleteOidcAssignmentInput {
  /** Name of the assignment. Required. */
  readonly name: string
}

export interface IdentityListOidcAssignmentsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadOidcScopeInput {
  /** Name of the scope. Required. */
  readonly name: string
}

export interface IdentityReadOidcScopeData {
  readonly template: string
  readonly description: string
}

export interface IdentityWriteOidcScopeInput {
  /** Name of the scope. Required. */
  readonly name: string
  /** The claims: JSON with templates, or that in base64. */
  readonly template?: string
  /** What the scope is for. */
  readonly description?: string
}

export interface IdentityDeleteOidcScopeInput {
  /** Name of the scope. Required. */
  readonly name: string
}

export interface IdentityListOidcScopesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadOidcClientInput {
  /** Name of the client. Required. */
  readonly name: string
}

export interface IdentityReadOidcClientData {
  readonly redirect_uris: readonly string[]
  readonly assignments: readonly string[]
  readonly key: string
  /** Seconds. */
  readonly id_token_ttl: number
  /** Seconds. */
  readonly access_token_ttl: number
  readonly client_type: string
  readonly client_id: string
  readonly client_secret?: string
  readonly authorization_code: boolean
  readonly client_credentials: boolean
}

export interface IdentityWriteOidcClientInput {
  /** Name of the client. Required. */
  readonly name: string
  /** Where people may be sent back to, exactly; of loopback addresses the port does not matter. */
  readonly redirect_uris?: readonly string[]
  /** Assignments that say who may log in; 'allow_all': every entity. */
  readonly assignments?: readonly string[]
  /** Key that signs its ID tokens, 'default' unless said. It stays. */
  readonly key?: string
  /** How long an ID token is good; a day unless said. Seconds, or a duration such as '1h30m'. */
  readonly id_token_ttl?: number | string
  /** How long an access token is good; a day unless said. Seconds, or a duration such as '1h30m'. */
  readonly access_token_ttl?: number | string
  /** Whether it can keep a secret; 'confidential' unless said. It stays. One of confidential, public. */
  readonly client_type?: "confidential" | "public"
  /** Whether it may have people log in; true unless said. */
  readonly authorization_code?: boolean
  /** Whether it may have tokens of its own; false unless said. */
  readonly client_credentials?: boolean
}

export interface IdentityDeleteOidcClientInput {
  /** Name of the client. Required. */
  readonly name: string
}

export interface IdentityListOidcClientsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface IdentityReadOidcProviderInput {
  /** Name of the provider. Required. */
  readonly name: string
}

export interface IdentityReadOidcProviderData {
  readonly issuer: string
  readonly allowed_client_ids: readonly string[]
  readonly scopes_supported: readonly string[]
}

export interface IdentityWriteOidcProviderInput {
  /** Name of the provider. Required. */
  readonly name: string
  /** Scheme, host and port that its tokens name as their issuer; '': the server's own. */
  readonly issuer?: string
  /** Ids of the clients that may use it; '*': all. */
  readonly allowed_client_ids?: readonly string[]
  /** Scopes that clients may ask for, beside openid. */
  readonly scopes_supported?: readonly string[]
}

export interface IdentityDeleteOidcProviderInput {
  /** Name of the provider. Required. */
  readonly name: string
}

export interface IdentityListOidcProvidersInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
  /** Only those that this client may use. */
  readonly allowed_client_id?: string
}

export interface IdentityReadOidcProviderConfigurationInput {
  /** Name of the provider. Required. */
  readonly name: string
}

export interface IdentityReadOidcProviderPublicKeysInput {
  /** Name of the provider. Required. */
  readonly name: string
}

export interface IdentityReadOidcAuthorizationInput {
  /** Name of the provider. Required. */
  readonly name: string
  /** Id of the client. */
  readonly client_id?: string
  /** Scopes, with spaces between them; 'openid' is one of them. */
  readonly scope?: string
  /** Where the answer goes: one of those that the client has. */
  readonly redirect_uri?: string
  /** What is asked for: 'code'. */
  readonly response_type?: string
  /** Given back as it is. */
  readonly state?: string
  /** Stands in the ID token. */
  readonly nonce?: string
  /** How many seconds ago the login may have been. */
  readonly max_age?: number
  /** What the code is bound to (RFC 7636); a public client must have one. */
  readonly code_challenge?: string
  /** How it was made of its verifier: 'S256' or 'plain'; 'plain' unless said. */
  readonly code_challenge_method?: string
}

export interface IdentityWriteOidcAuthorizationInput {
  /** Name of the provider. Required. */
  readonly name: string
  /** Id of the client. */
  readonly client_id?: string
  /** Scopes, with spaces between them; 'openid' is one of them. */
  readonly scope?: string
  /** Where the answer goes: one of those that the client has. */
  readonly redirect_uri?: string
  /** What is asked for: 'code'. */
  readonly response_type?: string
  /** Given back as it is. */
  readonly state?: string
  /** Stands in the ID token. */
  readonly nonce?: string
  /** How many seconds ago the login may have been. */
  readonly max_age?: number
  /** What the code is bound to (RFC 7636); a public client must have one. */
  readonly code_challenge?: string
  /** How it was made of its verifier: 'S256' or 'plain'; 'plain' unless said. */
  readonly code_challenge_method?: string
}

export interface IdentityExchangeOidcCodeInput {
  /** Name of the provider. Required. */
  readonly name: string
  /** What is exchanged: 'authorization_code', or 'client_credentials'. */
  readonly grant_type?: string
  /** The code that the authorization endpoint gave. */
  readonly code?: string
  /** Where the code went. */
  readonly redirect_uri?: string
  /** What the challenge of the code was made of. */
  readonly code_verifier?: string
  /** Scopes of a client's own token, with spaces between them; 'openid' is one of them. */
  readonly scope?: string
  /** Id of the client, if it is not in the header Authorization. */
  readonly client_id?: string
  /** Secret of the client, if it is not in the header Authorization. */
  readonly client_secret?: string
}

export interface IdentityReadOidcUserinfoInput {
  /** Name of the provider. Required. */
  readonly name: string
}

export interface IdentityWriteOidcUserinfoInput {
  /** Name of the provider. Required. */
  readonly name: string
}

const ENTITY: Operation = {
  service: 'Identity',
  rpc: 'Entity',
  verb: 'POST',
  path: 'identity/entity',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const LIST_ENTITIES: Operation = {
  service: 'Identity',
  rpc: 'ListEntities',
  verb: 'LIST',
  path: 'identity/entity/id',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const READ_ENTITY_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'ReadEntityById',
  verb: 'GET',
  path: 'identity/entity/id/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', metadata: { map: 'value' }, policies: { list: 'value' }, disabled: 'value', aliases: { list: { object: { id: 'value', canonical_id: 'value', mount_accessor: 'value', mount_path: 'value', mount_type: 'value', name: 'value', metadata: { map: 'value' }, custom_metadata: { map: 'value' }, merged_from_canonical_ids: { list: 'value' }, local: 'value', creation_time: 'value', last_update_time: 'value', namespace_id: 'value' } } }, direct_group_ids: { list: 'value' }, inherited_group_ids: { list: 'value' }, group_ids: { list: 'value' }, merged_entity_ids: { list: 'value' }, namespace_id: 'value', creation_time: 'value', last_update_time: 'value' } },
}

const WRITE_ENTITY_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'WriteEntityById',
  verb: 'POST',
  path: 'identity/entity/id/{id}',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const DELETE_ENTITY_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'DeleteEntityById',
  verb: 'DELETE',
  path: 'identity/entity/id/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_ENTITY_NAMES: Operation = {
  service: 'Identity',
  rpc: 'ListEntityNames',
  verb: 'LIST',
  path: 'identity/entity/name',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const READ_ENTITY_BY_NAME: Operation = {
  service: 'Identity',
  rpc: 'ReadEntityByName',
  verb: 'GET',
  path: 'identity/entity/name/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', metadata: { map: 'value' }, policies: { list: 'value' }, disabled: 'value', aliases: { list: { object: { id: 'value', canonical_id: 'value', mount_accessor: 'value', mount_path: 'value', mount_type: 'value', name: 'value', metadata: { map: 'value' }, custom_metadata: { map: 'value' }, merged_from_canonical_ids: { list: 'value' }, local: 'value', creation_time: 'value', last_update_time: 'value', namespace_id: 'value' } } }, direct_group_ids: { list: 'value' }, inherited_group_ids: { list: 'value' }, group_ids: { list: 'value' }, merged_entity_ids: { list: 'value' }, namespace_id: 'value', creation_time: 'value', last_update_time: 'value' } },
}

const WRITE_ENTITY_BY_NAME: Operation = {
  service: 'Identity',
  rpc: 'WriteEntityByName',
  verb: 'POST',
  path: 'identity/entity/name/{name=**}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const DELETE_ENTITY_BY_NAME: Operation = {
  service: 'Identity',
  rpc: 'DeleteEntityByName',
  verb: 'DELETE',
  path: 'identity/entity/name/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const DELETE_ENTITIES: Operation = {
  service: 'Identity',
  rpc: 'DeleteEntities',
  verb: 'POST',
  path: 'identity/entity/batch-delete',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const MERGE_ENTITIES: Operation = {
  service: 'Identity',
  rpc: 'MergeEntities',
  verb: 'POST',
  path: 'identity/entity/merge',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const ENTITY_ALIAS: Operation = {
  service: 'Identity',
  rpc: 'EntityAlias',
  verb: 'POST',
  path: 'identity/entity-alias',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const LIST_ENTITY_ALIASES: Operation = {
  service: 'Identity',
  rpc: 'ListEntityAliases',
  verb: 'LIST',
  path: 'identity/entity-alias/id',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const READ_ENTITY_ALIAS_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'ReadEntityAliasById',
  verb: 'GET',
  path: 'identity/entity-alias/id/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', canonical_id: 'value', mount_accessor: 'value', mount_path: 'value', mount_type: 'value', name: 'value', metadata: { map: 'value' }, custom_metadata: { map: 'value' }, merged_from_canonical_ids: { list: 'value' }, local: 'value', creation_time: 'value', last_update_time: 'value', namespace_id: 'value' } },
}

const WRITE_ENTITY_ALIAS_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'WriteEntityAliasById',
  verb: 'POST',
  path: 'identity/entity-alias/id/{id}',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const DELETE_ENTITY_ALIAS_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'DeleteEntityAliasById',
  verb: 'DELETE',
  path: 'identity/entity-alias/id/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const GROUP: Operation = {
  service: 'Identity',
  rpc: 'Group',
  verb: 'POST',
  path: 'identity/group',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const LIST_GROUPS: Operation = {
  service: 'Identity',
  rpc: 'ListGroups',
  verb: 'LIST',
  path: 'identity/group/id',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const READ_GROUP_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'ReadGroupById',
  verb: 'GET',
  path: 'identity/group/id/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', type: 'value', policies: { list: 'value' }, metadata: { map: 'value' }, member_entity_ids: { list: 'value' }, member_group_ids: { list: 'value' }, parent_group_ids: { list: 'value' }, alias: { object: { id: 'value', canonical_id: 'value', mount_accessor: 'value', mount_path: 'value', mount_type: 'value', name: 'value', metadata: { map: 'value' }, custom_metadata: { map: 'value' }, merged_from_canonical_ids: { list: 'value' }, local: 'value', creation_time: 'value', last_update_time: 'value', namespace_id: 'value' } }, modify_index: 'value', namespace_id: 'value', creation_time: 'value', last_update_time: 'value' } },
}

const WRITE_GROUP_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'WriteGroupById',
  verb: 'POST',
  path: 'identity/group/id/{id}',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const DELETE_GROUP_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'DeleteGroupById',
  verb: 'DELETE',
  path: 'identity/group/id/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_GROUP_NAMES: Operation = {
  service: 'Identity',
  rpc: 'ListGroupNames',
  verb: 'LIST',
  path: 'identity/group/name',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const READ_GROUP_BY_NAME: Operation = {
  service: 'Identity',
  rpc: 'ReadGroupByName',
  verb: 'GET',
  path: 'identity/group/name/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', type: 'value', policies: { list: 'value' }, metadata: { map: 'value' }, member_entity_ids: { list: 'value' }, member_group_ids: { list: 'value' }, parent_group_ids: { list: 'value' }, alias: { object: { id: 'value', canonical_id: 'value', mount_accessor: 'value', mount_path: 'value', mount_type: 'value', name: 'value', metadata: { map: 'value' }, custom_metadata: { map: 'value' }, merged_from_canonical_ids: { list: 'value' }, local: 'value', creation_time: 'value', last_update_time: 'value', namespace_id: 'value' } }, modify_index: 'value', namespace_id: 'value', creation_time: 'value', last_update_time: 'value' } },
}

const WRITE_GROUP_BY_NAME: Operation = {
  service: 'Identity',
  rpc: 'WriteGroupByName',
  verb: 'POST',
  path: 'identity/group/name/{name=**}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const DELETE_GROUP_BY_NAME: Operation = {
  service: 'Identity',
  rpc: 'DeleteGroupByName',
  verb: 'DELETE',
  path: 'identity/group/name/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const GROUP_ALIAS: Operation = {
  service: 'Identity',
  rpc: 'GroupAlias',
  verb: 'POST',
  path: 'identity/group-alias',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const LIST_GROUP_ALIASES: Operation = {
  service: 'Identity',
  rpc: 'ListGroupAliases',
  verb: 'LIST',
  path: 'identity/group-alias/id',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const READ_GROUP_ALIAS_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'ReadGroupAliasById',
  verb: 'GET',
  path: 'identity/group-alias/id/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', canonical_id: 'value', mount_accessor: 'value', mount_path: 'value', mount_type: 'value', name: 'value', metadata: { map: 'value' }, custom_metadata: { map: 'value' }, merged_from_canonical_ids: { list: 'value' }, local: 'value', creation_time: 'value', last_update_time: 'value', namespace_id: 'value' } },
}

const WRITE_GROUP_ALIAS_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'WriteGroupAliasById',
  verb: 'POST',
  path: 'identity/group-alias/id/{id}',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const DELETE_GROUP_ALIAS_BY_ID: Operation = {
  service: 'Identity',
  rpc: 'DeleteGroupAliasById',
  verb: 'DELETE',
  path: 'identity/group-alias/id/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LOOKUP_ENTITY: Operation = {
  service: 'Identity',
  rpc: 'LookupEntity',
  verb: 'POST',
  path: 'identity/lookup/entity',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', metadata: { map: 'value' }, policies: { list: 'value' }, disabled: 'value', aliases: { list: { object: { id: 'value', canonical_id: 'value', mount_accessor: 'value', mount_path: 'value', mount_type: 'value', name: 'value', metadata: { map: 'value' }, custom_metadata: { map: 'value' }, merged_from_canonical_ids: { list: 'value' }, local: 'value', creation_time: 'value', last_update_time: 'value', namespace_id: 'value' } } }, direct_group_ids: { list: 'value' }, inherited_group_ids: { list: 'value' }, group_ids: { list: 'value' }, merged_entity_ids: { list: 'value' }, namespace_id: 'value', creation_time: 'value', last_update_time: 'value' } },
}

const LOOKUP_GROUP: Operation = {
  service: 'Identity',
  rpc: 'LookupGroup',
  verb: 'POST',
  path: 'identity/lookup/group',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', type: 'value', policies: { list: 'value' }, metadata: { map: 'value' }, member_entity_ids: { list: 'value' }, member_group_ids: { list: 'value' }, parent_group_ids: { list: 'value' }, alias: { object: { id: 'value', canonical_id: 'value', mount_accessor: 'value', mount_path: 'value', mount_type: 'value', name: 'value', metadata: { map: 'value' }, custom_metadata: { map: 'value' }, merged_from_canonical_ids: { list: 'value' }, local: 'value', creation_time: 'value', last_update_time: 'value', namespace_id: 'value' } }, modify_index: 'value', namespace_id: 'value', creation_time: 'value', last_update_time: 'value' } },
}

const LIST_MFA_METHODS: Operation = {
  service: 'Identity',
  rpc: 'ListMfaMethods',
  verb: 'LIST',
  path: 'identity/mfa/method',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const READ_MFA_METHOD: Operation = {
  service: 'Identity',
  rpc: 'ReadMfaMethod',
  verb: 'GET',
  path: 'identity/mfa/method/{method_id}',
  sole: 'method_id',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', namespace_id: 'value', namespace_path: 'value', type: 'value', issuer: 'value', period: 'value', digits: 'value', skew: 'value', key_size: 'value', qr_size: 'value', algorithm: 'value', max_validation_attempts: 'value', api_hostname: 'value', pushinfo: 'value', use_passcode: 'value', username_format: 'value', mount_accessor: 'value', org_name: 'value', base_url: 'value', primary_email: 'value', use_signature: 'value', idp_url: 'value', org_alias: 'value', admin_url: 'value', authenticator_url: 'value' } },
}

const LIST_TOTP_METHODS: Operation = {
  service: 'Identity',
  rpc: 'ListTotpMethods',
  verb: 'LIST',
  path: 'identity/mfa/method/totp',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const CREATE_TOTP_METHOD: Operation = {
  service: 'Identity',
  rpc: 'CreateTotpMethod',
  verb: 'POST',
  path: 'identity/mfa/method/totp',
  safe: false,
  answers: 'data',
  shape: { object: { method_id: 'value' } },
}

const READ_TOTP_METHOD: Operation = {
  service: 'Identity',
  rpc: 'ReadTotpMethod',
  verb: 'GET',
  path: 'identity/mfa/method/totp/{method_id}',
  sole: 'method_id',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', namespace_id: 'value', namespace_path: 'value', type: 'value', issuer: 'value', period: 'value', digits: 'value', skew: 'value', key_size: 'value', qr_size: 'value', algorithm: 'value', max_validation_attempts: 'value' } },
}

const WRITE_TOTP_METHOD: Operation = {
  service: 'Identity',
  rpc: 'WriteTotpMethod',
  verb: 'POST',
  path: 'identity/mfa/method/totp/{method_id}',
  sole: 'method_id',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_TOTP_METHOD: Operation = {
  service: 'Identity',
  rpc: 'DeleteTotpMethod',
  verb: 'DELETE',
  path: 'identity/mfa/method/totp/{method_id}',
  sole: 'method_id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_DUO_METHODS: Operation = {
  service: 'Identity',
  rpc: 'ListDuoMethods',
  verb: 'LIST',
  path: 'identity/mfa/method/duo',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const CREATE_DUO_METHOD: Operation = {
  service: 'Identity',
  rpc: 'CreateDuoMethod',
  verb: 'POST',
  path: 'identity/mfa/method/duo',
  safe: false,
  answers: 'data',
  shape: { object: { method_id: 'value' } },
}

const READ_DUO_METHOD: Operation = {
  service: 'Identity',
  rpc: 'ReadDuoMethod',
  verb: 'GET',
  path: 'identity/mfa/method/duo/{method_id}',
  sole: 'method_id',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', namespace_id: 'value', namespace_path: 'value', type: 'value', api_hostname: 'value', pushinfo: 'value', use_passcode: 'value', username_format: 'value', mount_accessor: 'value' } },
}

const WRITE_DUO_METHOD: Operation = {
  service: 'Identity',
  rpc: 'WriteDuoMethod',
  verb: 'POST',
  path: 'identity/mfa/method/duo/{method_id}',
  sole: 'method_id',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_DUO_METHOD: Operation = {
  service: 'Identity',
  rpc: 'DeleteDuoMethod',
  verb: 'DELETE',
  path: 'identity/mfa/method/duo/{method_id}',
  sole: 'method_id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_OKTA_METHODS: Operation = {
  service: 'Identity',
  rpc: 'ListOktaMethods',
  verb: 'LIST',
  path: 'identity/mfa/method/okta',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const CREATE_OKTA_METHOD: Operation = {
  service: 'Identity',
  rpc: 'CreateOktaMethod',
  verb: 'POST',
  path: 'identity/mfa/method/okta',
  safe: false,
  answers: 'data',
  shape: { object: { method_id: 'value' } },
}

const READ_OKTA_METHOD: Operation = {
  service: 'Identity',
  rpc: 'ReadOktaMethod',
  verb: 'GET',
  path: 'identity/mfa/method/okta/{method_id}',
  sole: 'method_id',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', namespace_id: 'value', namespace_path: 'value', type: 'value', org_name: 'value', base_url: 'value', primary_email: 'value', username_format: 'value', mount_accessor: 'value' } },
}

const WRITE_OKTA_METHOD: Operation = {
  service: 'Identity',
  rpc: 'WriteOktaMethod',
  verb: 'POST',
  path: 'identity/mfa/method/okta/{method_id}',
  sole: 'method_id',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_OKTA_METHOD: Operation = {
  service: 'Identity',
  rpc: 'DeleteOktaMethod',
  verb: 'DELETE',
  path: 'identity/mfa/method/okta/{method_id}',
  sole: 'method_id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_PING_ID_METHODS: Operation = {
  service: 'Identity',
  rpc: 'ListPingIdMethods',
  verb: 'LIST',
  path: 'identity/mfa/method/pingid',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const CREATE_PING_ID_METHOD: Operation = {
  service: 'Identity',
  rpc: 'CreatePingIdMethod',
  verb: 'POST',
  path: 'identity/mfa/method/pingid',
  safe: false,
  answers: 'data',
  shape: { object: { method_id: 'value' } },
}

const READ_PING_ID_METHOD: Operation = {
  service: 'Identity',
  rpc: 'ReadPingIdMethod',
  verb: 'GET',
  path: 'identity/mfa/method/pingid/{method_id}',
  sole: 'method_id',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', namespace_id: 'value', namespace_path: 'value', type: 'value', use_signature: 'value', idp_url: 'value', org_alias: 'value', admin_url: 'value', authenticator_url: 'value', username_format: 'value', mount_accessor: 'value' } },
}

const WRITE_PING_ID_METHOD: Operation = {
  service: 'Identity',
  rpc: 'WritePingIdMethod',
  verb: 'POST',
  path: 'identity/mfa/method/pingid/{method_id}',
  sole: 'method_id',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_PING_ID_METHOD: Operation = {
  service: 'Identity',
  rpc: 'DeletePingIdMethod',
  verb: 'DELETE',
  path: 'identity/mfa/method/pingid/{method_id}',
  sole: 'method_id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const GENERATE_TOTP_SECRET: Operation = {
  service: 'Identity',
  rpc: 'GenerateTotpSecret',
  verb: 'POST',
  path: 'identity/mfa/method/totp/generate',
  safe: false,
  answers: 'data',
  shape: { object: { url: 'value', barcode: 'value' } },
}

const GENERATE_TOTP_SECRET_FOR: Operation = {
  service: 'Identity',
  rpc: 'GenerateTotpSecretFor',
  verb: 'POST',
  path: 'identity/mfa/method/totp/admin-generate',
  safe: false,
  answers: 'data',
  shape: { object: { url: 'value', barcode: 'value' } },
}

const DESTROY_TOTP_SECRET_OF: Operation = {
  service: 'Identity',
  rpc: 'DestroyTotpSecretOf',
  verb: 'POST',
  path: 'identity/mfa/method/totp/admin-destroy',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_LOGIN_ENFORCEMENT: Operation = {
  service: 'Identity',
  rpc: 'ReadLoginEnforcement',
  verb: 'GET',
  path: 'identity/mfa/login-enforcement/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', namespace_id: 'value', namespace_path: 'value', mfa_method_ids: { list: 'value' }, auth_method_accessors: { list: 'value' }, auth_method_types: { list: 'value' }, identity_group_ids: { list: 'value' }, identity_entity_ids: { list: 'value' } } },
}

const WRITE_LOGIN_ENFORCEMENT: Operation = {
  service: 'Identity',
  rpc: 'WriteLoginEnforcement',
  verb: 'POST',
  path: 'identity/mfa/login-enforcement/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', namespace_id: 'value', namespace_path: 'value', mfa_method_ids: { list: 'value' }, auth_method_accessors: { list: 'value' }, auth_method_types: { list: 'value' }, identity_group_ids: { list: 'value' }, identity_entity_ids: { list: 'value' } } },
}

const DELETE_LOGIN_ENFORCEMENT: Operation = {
  service: 'Identity',
  rpc: 'DeleteLoginEnforcement',
  verb: 'DELETE',
  path: 'identity/mfa/login-enforcement/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_LOGIN_ENFORCEMENTS: Operation = {
  service: 'Identity',
  rpc: 'ListLoginEnforcements',
  verb: 'LIST',
  path: 'identity/mfa/login-enforcement',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const READ_OIDC_CONFIG: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcConfig',
  verb: 'GET',
  path: 'identity/oidc/config',
  safe: true,
  answers: 'data',
  shape: { object: { issuer: 'value' } },
}

const WRITE_OIDC_CONFIG: Operation = {
  service: 'Identity',
  rpc: 'WriteOidcConfig',
  verb: 'POST',
  path: 'identity/oidc/config',
  safe: false,
  answers: 'data',
  shape: { object: { issuer: 'value' } },
}

const READ_OIDC_KEY: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcKey',
  verb: 'GET',
  path: 'identity/oidc/key/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { rotation_period: 'value', verification_ttl: 'value', algorithm: 'value', allowed_client_ids: { list: 'value' } } },
}

const WRITE_OIDC_KEY: Operation = {
  service: 'Identity',
  rpc: 'WriteOidcKey',
  verb: 'POST',
  path: 'identity/oidc/key/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { rotation_period: 'value', verification_ttl: 'value', algorithm: 'value', allowed_client_ids: { list: 'value' } } },
}

const DELETE_OIDC_KEY: Operation = {
  service: 'Identity',
  rpc: 'DeleteOidcKey',
  verb: 'DELETE',
  path: 'identity/oidc/key/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_OIDC_KEYS: Operation = {
  service: 'Identity',
  rpc: 'ListOidcKeys',
  verb: 'LIST',
  path: 'identity/oidc/key',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const ROTATE_OIDC_KEY: Operation = {
  service: 'Identity',
  rpc: 'RotateOidcKey',
  verb: 'POST',
  path: 'identity/oidc/key/{name}/rotate',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_OIDC_ROLE: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcRole',
  verb: 'GET',
  path: 'identity/oidc/role/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { client_id: 'value', key: 'value', template: 'value', ttl: 'value' } },
}

const WRITE_OIDC_ROLE: Operation = {
  service: 'Identity',
  rpc: 'WriteOidcRole',
  verb: 'POST',
  path: 'identity/oidc/role/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { client_id: 'value', key: 'value', template: 'value', ttl: 'value' } },
}

const DELETE_OIDC_ROLE: Operation = {
  service: 'Identity',
  rpc: 'DeleteOidcRole',
  verb: 'DELETE',
  path: 'identity/oidc/role/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_OIDC_ROLES: Operation = {
  service: 'Identity',
  rpc: 'ListOidcRoles',
  verb: 'LIST',
  path: 'identity/oidc/role',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_OIDC_TOKEN: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcToken',
  verb: 'GET',
  path: 'identity/oidc/token/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { token: 'value', client_id: 'value', ttl: 'value' } },
}

const INTROSPECT_OIDC_TOKEN: Operation = {
  service: 'Identity',
  rpc: 'IntrospectOidcToken',
  verb: 'POST',
  path: 'identity/oidc/introspect',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_OIDC_CONFIGURATION: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcConfiguration',
  verb: 'GET',
  path: 'identity/oidc/.well-known/openid-configuration',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_OIDC_PUBLIC_KEYS: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcPublicKeys',
  verb: 'GET',
  path: 'identity/oidc/.well-known/keys',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_OIDC_ASSIGNMENT: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcAssignment',
  verb: 'GET',
  path: 'identity/oidc/assignment/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { entity_ids: { list: 'value' }, group_ids: { list: 'value' } } },
}

const WRITE_OIDC_ASSIGNMENT: Operation = {
  service: 'Identity',
  rpc: 'WriteOidcAssignment',
  verb: 'POST',
  path: 'identity/oidc/assignment/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { entity_ids: { list: 'value' }, group_ids: { list: 'value' } } },
}

const DELETE_OIDC_ASSIGNMENT: Operation = {
  service: 'Identity',
  rpc: 'DeleteOidcAssignment',
  verb: 'DELETE',
  path: 'identity/oidc/assignment/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_OIDC_ASSIGNMENTS: Operation = {
  service: 'Identity',
  rpc: 'ListOidcAssignments',
  verb: 'LIST',
  path: 'identity/oidc/assignment',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_OIDC_SCOPE: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcScope',
  verb: 'GET',
  path: 'identity/oidc/scope/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { template: 'value', description: 'value' } },
}

const WRITE_OIDC_SCOPE: Operation = {
  service: 'Identity',
  rpc: 'WriteOidcScope',
  verb: 'POST',
  path: 'identity/oidc/scope/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { template: 'value', description: 'value' } },
}

const DELETE_OIDC_SCOPE: Operation = {
  service: 'Identity',
  rpc: 'DeleteOidcScope',
  verb: 'DELETE',
  path: 'identity/oidc/scope/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_OIDC_SCOPES: Operation = {
  service: 'Identity',
  rpc: 'ListOidcScopes',
  verb: 'LIST',
  path: 'identity/oidc/scope',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_OIDC_CLIENT: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcClient',
  verb: 'GET',
  path: 'identity/oidc/client/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { redirect_uris: { list: 'value' }, assignments: { list: 'value' }, key: 'value', id_token_ttl: 'value', access_token_ttl: 'value', client_type: 'value', client_id: 'value', client_secret: 'value', authorization_code: 'value', client_credentials: 'value' } },
}

const WRITE_OIDC_CLIENT: Operation = {
  service: 'Identity',
  rpc: 'WriteOidcClient',
  verb: 'POST',
  path: 'identity/oidc/client/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { redirect_uris: { list: 'value' }, assignments: { list: 'value' }, key: 'value', id_token_ttl: 'value', access_token_ttl: 'value', client_type: 'value', client_id: 'value', client_secret: 'value', authorization_code: 'value', client_credentials: 'value' } },
}

const DELETE_OIDC_CLIENT: Operation = {
  service: 'Identity',
  rpc: 'DeleteOidcClient',
  verb: 'DELETE',
  path: 'identity/oidc/client/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_OIDC_CLIENTS: Operation = {
  service: 'Identity',
  rpc: 'ListOidcClients',
  verb: 'LIST',
  path: 'identity/oidc/client',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const READ_OIDC_PROVIDER: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcProvider',
  verb: 'GET',
  path: 'identity/oidc/provider/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { issuer: 'value', allowed_client_ids: { list: 'value' }, scopes_supported: { list: 'value' } } },
}

const WRITE_OIDC_PROVIDER: Operation = {
  service: 'Identity',
  rpc: 'WriteOidcProvider',
  verb: 'POST',
  path: 'identity/oidc/provider/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { issuer: 'value', allowed_client_ids: { list: 'value' }, scopes_supported: { list: 'value' } } },
}

const DELETE_OIDC_PROVIDER: Operation = {
  service: 'Identity',
  rpc: 'DeleteOidcProvider',
  verb: 'DELETE',
  path: 'identity/oidc/provider/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_OIDC_PROVIDERS: Operation = {
  service: 'Identity',
  rpc: 'ListOidcProviders',
  verb: 'LIST',
  path: 'identity/oidc/provider',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: 'any' } } },
}

const READ_OIDC_PROVIDER_CONFIGURATION: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcProviderConfiguration',
  verb: 'GET',
  path: 'identity/oidc/provider/{name}/.well-known/openid-configuration',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_OIDC_PROVIDER_PUBLIC_KEYS: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcProviderPublicKeys',
  verb: 'GET',
  path: 'identity/oidc/provider/{name}/.well-known/keys',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const READ_OIDC_AUTHORIZATION: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcAuthorization',
  verb: 'GET',
  path: 'identity/oidc/provider/{name}/authorize',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_OIDC_AUTHORIZATION: Operation = {
  service: 'Identity',
  rpc: 'WriteOidcAuthorization',
  verb: 'POST',
  path: 'identity/oidc/provider/{name}/authorize',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const EXCHANGE_OIDC_CODE: Operation = {
  service: 'Identity',
  rpc: 'ExchangeOidcCode',
  verb: 'POST',
  path: 'identity/oidc/provider/{name}/token',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const READ_OIDC_USERINFO: Operation = {
  service: 'Identity',
  rpc: 'ReadOidcUserinfo',
  verb: 'GET',
  path: 'identity/oidc/provider/{name}/userinfo',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const WRITE_OIDC_USERINFO: Operation = {
  service: 'Identity',
  rpc: 'WriteOidcUserinfo',
  verb: 'POST',
  path: 'identity/oidc/provider/{name}/userinfo',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

/** Who logs in, whatever way they come: entities, groups, and what they are given. */
export class Identity extends Group {
  /** Make or change an entity. */
  entity(input: IdentityEntityInput = {}, options?: CallOptions): Promise<Reply<IdentityEntityData>> {
    return this.ask<IdentityEntityData>(ENTITY, { ...input }, options)
  }

  /** Ids of the entities. */
  listEntities(input: IdentityListEntitiesInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_ENTITIES, { ...input }, options)
  }

  /** An entity, by its id. */
  readEntityById(input: string | IdentityReadEntityByIdInput, options?: CallOptions): Promise<Reply<IdentityReadEntityByIdData>> {
    return this.ask<IdentityReadEntityByIdData>(READ_ENTITY_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An entity, by its id. */
  writeEntityById(input: string | IdentityWriteEntityByIdInput, options?: CallOptions): Promise<Reply<IdentityEntityData>> {
    return this.ask<IdentityEntityData>(WRITE_ENTITY_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An entity, by its id. */
  deleteEntityById(input: string | IdentityDeleteEntityByIdInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ENTITY_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the entities. */
  listEntityNames(input: IdentityListEntityNamesInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_ENTITY_NAMES, { ...input }, options)
  }

  /** An entity, by its name. */
  readEntityByName(input: string | IdentityReadEntityByNameInput, options?: CallOptions): Promise<Reply<IdentityReadEntityByIdData>> {
    return this.ask<IdentityReadEntityByIdData>(READ_ENTITY_BY_NAME, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An entity, by its name. */
  writeEntityByName(input: string | IdentityWriteEntityByNameInput, options?: CallOptions): Promise<Reply<IdentityEntityData>> {
    return this.ask<IdentityEntityData>(WRITE_ENTITY_BY_NAME, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An entity, by its name. */
  deleteEntityByName(input: string | IdentityDeleteEntityByNameInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ENTITY_BY_NAME, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Delete several entities. */
  deleteEntities(input: IdentityDeleteEntitiesInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(DELETE_ENTITIES, { ...input }, options)
  }

  /**
   * Make several entities one. Aliases, groups, roles and tokens become those of the entity that stays. Metadata and
   * policies of the others are dropped.
   */
  mergeEntities(input: IdentityMergeEntitiesInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(MERGE_ENTITIES, { ...input }, options)
  }

  /** Make or change an alias of an entity. */
  entityAlias(input: IdentityEntityAliasInput = {}, options?: CallOptions): Promise<Reply<IdentityEntityData>> {
    return this.ask<IdentityEntityData>(ENTITY_ALIAS, { ...input }, options)
  }

  /** Ids of the aliases of entities. */
  listEntityAliases(input: IdentityListEntityAliasesInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_ENTITY_ALIASES, { ...input }, options)
  }

  /** An alias of an entity. */
  readEntityAliasById(input: string | IdentityReadEntityAliasByIdInput, options?: CallOptions): Promise<Reply<IdentityReadEntityAliasByIdData>> {
    return this.ask<IdentityReadEntityAliasByIdData>(READ_ENTITY_ALIAS_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An alias of an entity. */
  writeEntityAliasById(input: string | IdentityWriteEntityAliasByIdInput, options?: CallOptions): Promise<Reply<IdentityEntityData>> {
    return this.ask<IdentityEntityData>(WRITE_ENTITY_ALIAS_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An alias of an entity. */
  deleteEntityAliasById(input: string | IdentityDeleteEntityAliasByIdInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ENTITY_ALIAS_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make or change a group. */
  group(input: IdentityGroupInput = {}, options?: CallOptions): Promise<Reply<IdentityEntityData>> {
    return this.ask<IdentityEntityData>(GROUP, { ...input }, options)
  }

  /** Ids of the groups. */
  listGroups(input: IdentityListGroupsInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_GROUPS, { ...input }, options)
  }

  /** A group, by its id. */
  readGroupById(input: string | IdentityReadGroupByIdInput, options?: CallOptions): Promise<Reply<IdentityReadGroupByIdData>> {
    return this.ask<IdentityReadGroupByIdData>(READ_GROUP_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A group, by its id. */
  writeGroupById(input: string | IdentityWriteGroupByIdInput, options?: CallOptions): Promise<Reply<IdentityEntityData>> {
    return this.ask<IdentityEntityData>(WRITE_GROUP_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A group, by its id. */
  deleteGroupById(input: string | IdentityDeleteGroupByIdInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_GROUP_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the groups. */
  listGroupNames(input: IdentityListGroupNamesInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_GROUP_NAMES, { ...input }, options)
  }

  /** A group, by its name. */
  readGroupByName(input: string | IdentityReadGroupByNameInput, options?: CallOptions): Promise<Reply<IdentityReadGroupByIdData>> {
    return this.ask<IdentityReadGroupByIdData>(READ_GROUP_BY_NAME, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A group, by its name. */
  writeGroupByName(input: string | IdentityWriteGroupByNameInput, options?: CallOptions): Promise<Reply<IdentityEntityData>> {
    return this.ask<IdentityEntityData>(WRITE_GROUP_BY_NAME, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A group, by its name. */
  deleteGroupByName(input: string | IdentityDeleteGroupByNameInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_GROUP_BY_NAME, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make or change the alias of an external group. */
  groupAlias(input: IdentityGroupAliasInput = {}, options?: CallOptions): Promise<Reply<IdentityEntityData>> {
    return this.ask<IdentityEntityData>(GROUP_ALIAS, { ...input }, options)
  }

  /** Ids of the aliases of groups. */
  listGroupAliases(input: IdentityListGroupAliasesInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_GROUP_ALIASES, { ...input }, options)
  }

  /** The alias of an external group. */
  readGroupAliasById(input: string | IdentityReadGroupAliasByIdInput, options?: CallOptions): Promise<Reply<IdentityReadEntityAliasByIdData>> {
    return this.ask<IdentityReadEntityAliasByIdData>(READ_GROUP_ALIAS_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The alias of an external group. */
  writeGroupAliasById(input: string | IdentityWriteGroupAliasByIdInput, options?: CallOptions): Promise<Reply<IdentityEntityData>> {
    return this.ask<IdentityEntityData>(WRITE_GROUP_ALIAS_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The alias of an external group. */
  deleteGroupAliasById(input: string | IdentityDeleteGroupAliasByIdInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_GROUP_ALIAS_BY_ID, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Find an entity. */
  lookupEntity(input: IdentityLookupEntityInput = {}, options?: CallOptions): Promise<Reply<IdentityReadEntityByIdData>> {
    return this.ask<IdentityReadEntityByIdData>(LOOKUP_ENTITY, { ...input }, options)
  }

  /** Find a group. */
  lookupGroup(input: IdentityLookupGroupInput = {}, options?: CallOptions): Promise<Reply<IdentityReadGroupByIdData>> {
    return this.ask<IdentityReadGroupByIdData>(LOOKUP_GROUP, { ...input }, options)
  }

  /** MFA methods of all kinds. */
  listMfaMethods(input: IdentityListMfaMethodsInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_MFA_METHODS, { ...input }, options)
  }

  /** An MFA method of any kind. */
  readMfaMethod(input: string | IdentityReadMfaMethodInput, options?: CallOptions): Promise<Reply<IdentityReadMfaMethodData>> {
    return this.ask<IdentityReadMfaMethodData>(READ_MFA_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** MFA methods of the kind TOTP. */
  listTotpMethods(input: IdentityListTotpMethodsInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_TOTP_METHODS, { ...input }, options)
  }

  /** MFA methods of the kind TOTP. */
  createTotpMethod(input: IdentityCreateTotpMethodInput = {}, options?: CallOptions): Promise<Reply<IdentityCreateTotpMethodData>> {
    return this.ask<IdentityCreateTotpMethodData>(CREATE_TOTP_METHOD, { ...input }, options)
  }

  /** An MFA method of the kind TOTP. */
  readTotpMethod(input: string | IdentityReadTotpMethodInput, options?: CallOptions): Promise<Reply<IdentityReadTotpMethodData>> {
    return this.ask<IdentityReadTotpMethodData>(READ_TOTP_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An MFA method of the kind TOTP. */
  writeTotpMethod(input: string | IdentityWriteTotpMethodInput, options?: CallOptions): Promise<Reply<Json>> {
    return this.ask<Json>(WRITE_TOTP_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An MFA method of the kind TOTP. */
  deleteTotpMethod(input: string | IdentityDeleteTotpMethodInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_TOTP_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** MFA methods of the kind Duo. */
  listDuoMethods(input: IdentityListDuoMethodsInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_DUO_METHODS, { ...input }, options)
  }

  /** MFA methods of the kind Duo. */
  createDuoMethod(input: IdentityCreateDuoMethodInput = {}, options?: CallOptions): Promise<Reply<IdentityCreateTotpMethodData>> {
    return this.ask<IdentityCreateTotpMethodData>(CREATE_DUO_METHOD, { ...input }, options)
  }

  /** An MFA method of the kind Duo. */
  readDuoMethod(input: string | IdentityReadDuoMethodInput, options?: CallOptions): Promise<Reply<IdentityReadDuoMethodData>> {
    return this.ask<IdentityReadDuoMethodData>(READ_DUO_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An MFA method of the kind Duo. */
  writeDuoMethod(input: string | IdentityWriteDuoMethodInput, options?: CallOptions): Promise<Reply<Json>> {
    return this.ask<Json>(WRITE_DUO_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An MFA method of the kind Duo. */
  deleteDuoMethod(input: string | IdentityDeleteDuoMethodInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_DUO_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** MFA methods of the kind Okta. */
  listOktaMethods(input: IdentityListOktaMethodsInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_OKTA_METHODS, { ...input }, options)
  }

  /** MFA methods of the kind Okta. */
  createOktaMethod(input: IdentityCreateOktaMethodInput = {}, options?: CallOptions): Promise<Reply<IdentityCreateTotpMethodData>> {
    return this.ask<IdentityCreateTotpMethodData>(CREATE_OKTA_METHOD, { ...input }, options)
  }

  /** An MFA method of the kind Okta. */
  readOktaMethod(input: string | IdentityReadOktaMethodInput, options?: CallOptions): Promise<Reply<IdentityReadOktaMethodData>> {
    return this.ask<IdentityReadOktaMethodData>(READ_OKTA_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An MFA method of the kind Okta. */
  writeOktaMethod(input: string | IdentityWriteOktaMethodInput, options?: CallOptions): Promise<Reply<Json>> {
    return this.ask<Json>(WRITE_OKTA_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An MFA method of the kind Okta. */
  deleteOktaMethod(input: string | IdentityDeleteOktaMethodInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_OKTA_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** MFA methods of the kind PingID. */
  listPingIdMethods(input: IdentityListPingIdMethodsInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_PING_ID_METHODS, { ...input }, options)
  }

  /** MFA methods of the kind PingID. */
  createPingIdMethod(input: IdentityCreatePingIdMethodInput = {}, options?: CallOptions): Promise<Reply<IdentityCreateTotpMethodData>> {
    return this.ask<IdentityCreateTotpMethodData>(CREATE_PING_ID_METHOD, { ...input }, options)
  }

  /** An MFA method of the kind PingID. */
  readPingIdMethod(input: string | IdentityReadPingIdMethodInput, options?: CallOptions): Promise<Reply<IdentityReadPingIdMethodData>> {
    return this.ask<IdentityReadPingIdMethodData>(READ_PING_ID_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An MFA method of the kind PingID. */
  writePingIdMethod(input: string | IdentityWritePingIdMethodInput, options?: CallOptions): Promise<Reply<Json>> {
    return this.ask<Json>(WRITE_PING_ID_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An MFA method of the kind PingID. */
  deletePingIdMethod(input: string | IdentityDeletePingIdMethodInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_PING_ID_METHOD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a TOTP secret for the entity of the calling token. */
  generateTotpSecret(input: IdentityGenerateTotpSecretInput = {}, options?: CallOptions): Promise<Reply<IdentityGenerateTotpSecretData>> {
    return this.ask<IdentityGenerateTotpSecretData>(GENERATE_TOTP_SECRET, { ...input }, options)
  }

  /** Make a TOTP secret for an entity. */
  generateTotpSecretFor(input: IdentityGenerateTotpSecretForInput = {}, options?: CallOptions): Promise<Reply<IdentityGenerateTotpSecretData>> {
    return this.ask<IdentityGenerateTotpSecretData>(GENERATE_TOTP_SECRET_FOR, { ...input }, options)
  }

  /** Delete the TOTP secret of an entity. */
  destroyTotpSecretOf(input: IdentityDestroyTotpSecretOfInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(DESTROY_TOTP_SECRET_OF, { ...input }, options)
  }

  /** Which logins need a second factor. */
  readLoginEnforcement(input: string | IdentityReadLoginEnforcementInput, options?: CallOptions): Promise<Reply<IdentityReadLoginEnforcementData>> {
    return this.ask<IdentityReadLoginEnforcementData>(READ_LOGIN_ENFORCEMENT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Which logins need a second factor. */
  writeLoginEnforcement(input: string | IdentityWriteLoginEnforcementInput, options?: CallOptions): Promise<Reply<IdentityReadLoginEnforcementData>> {
    return this.ask<IdentityReadLoginEnforcementData>(WRITE_LOGIN_ENFORCEMENT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Which logins need a second factor. */
  deleteLoginEnforcement(input: string | IdentityDeleteLoginEnforcementInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_LOGIN_ENFORCEMENT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the enforcements of MFA at logins. */
  listLoginEnforcements(input: IdentityListLoginEnforcementsInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_LOGIN_ENFORCEMENTS, { ...input }, options)
  }

  /** Who identity tokens say that they are from. */
  readOidcConfig(options?: CallOptions): Promise<Reply<IdentityReadOidcConfigData>> {
    return this.ask<IdentityReadOidcConfigData>(READ_OIDC_CONFIG, {}, options)
  }

  /** Who identity tokens say that they are from. */
  writeOidcConfig(input: IdentityWriteOidcConfigInput = {}, options?: CallOptions): Promise<Reply<IdentityReadOidcConfigData>> {
    return this.ask<IdentityReadOidcConfigData>(WRITE_OIDC_CONFIG, { ...input }, options)
  }

  /** A key that signs identity tokens. */
  readOidcKey(input: string | IdentityReadOidcKeyInput, options?: CallOptions): Promise<Reply<IdentityReadOidcKeyData>> {
    return this.ask<IdentityReadOidcKeyData>(READ_OIDC_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A key that signs identity tokens. */
  writeOidcKey(input: string | IdentityWriteOidcKeyInput, options?: CallOptions): Promise<Reply<IdentityReadOidcKeyData>> {
    return this.ask<IdentityReadOidcKeyData>(WRITE_OIDC_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A key that signs identity tokens. */
  deleteOidcKey(input: string | IdentityDeleteOidcKeyInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_OIDC_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the keys that sign identity tokens. */
  listOidcKeys(input: IdentityListOidcKeysInput = {}, options?: CallOptions): Promise<Reply<IdentityListOidcKeysData>> {
    return this.ask<IdentityListOidcKeysData>(LIST_OIDC_KEYS, { ...input }, options)
  }

  /** Replace a key that signs identity tokens. */
  rotateOidcKey(input: string | IdentityRotateOidcKeyInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(ROTATE_OIDC_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A kind of identity token. */
  readOidcRole(input: string | IdentityReadOidcRoleInput, options?: CallOptions): Promise<Reply<IdentityReadOidcRoleData>> {
    return this.ask<IdentityReadOidcRoleData>(READ_OIDC_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A kind of identity token. */
  writeOidcRole(input: string | IdentityWriteOidcRoleInput, options?: CallOptions): Promise<Reply<IdentityReadOidcRoleData>> {
    return this.ask<IdentityReadOidcRoleData>(WRITE_OIDC_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A kind of identity token. */
  deleteOidcRole(input: string | IdentityDeleteOidcRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_OIDC_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the kinds of identity tokens. */
  listOidcRoles(input: IdentityListOidcRolesInput = {}, options?: CallOptions): Promise<Reply<IdentityListOidcKeysData>> {
    return this.ask<IdentityListOidcKeysData>(LIST_OIDC_ROLES, { ...input }, options)
  }

  /** An identity token for the calling entity. */
  readOidcToken(input: string | IdentityReadOidcTokenInput, options?: CallOptions): Promise<Reply<IdentityReadOidcTokenData>> {
    return this.ask<IdentityReadOidcTokenData>(READ_OIDC_TOKEN, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Whether an identity token is good. */
  introspectOidcToken(input: IdentityIntrospectOidcTokenInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(INTROSPECT_OIDC_TOKEN, { ...input }, options)
  }

  /** What whoever verifies identity tokens has to know. Needs no token. */
  readOidcConfiguration(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_OIDC_CONFIGURATION, {}, options)
  }

  /** The public keys that identity tokens are verified with. Needs no token. */
  readOidcPublicKeys(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_OIDC_PUBLIC_KEYS, {}, options)
  }

  /** Who may log in at clients. */
  readOidcAssignment(input: string | IdentityReadOidcAssignmentInput, options?: CallOptions): Promise<Reply<IdentityReadOidcAssignmentData>> {
    return this.ask<IdentityReadOidcAssignmentData>(READ_OIDC_ASSIGNMENT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Who may log in at clients. */
  writeOidcAssignment(input: string | IdentityWriteOidcAssignmentInput, options?: CallOptions): Promise<Reply<IdentityReadOidcAssignmentData>> {
    return this.ask<IdentityReadOidcAssignmentData>(WRITE_OIDC_ASSIGNMENT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Who may log in at clients. */
  deleteOidcAssignment(input: string | IdentityDeleteOidcAssignmentInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_OIDC_ASSIGNMENT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the assignments. */
  listOidcAssignments(input: IdentityListOidcAssignmentsInput = {}, options?: CallOptions): Promise<Reply<IdentityListOidcKeysData>> {
    return this.ask<IdentityListOidcKeysData>(LIST_OIDC_ASSIGNMENTS, { ...input }, options)
  }

  /** Claims that clients may ask for. */
  readOidcScope(input: string | IdentityReadOidcScopeInput, options?: CallOptions): Promise<Reply<IdentityReadOidcScopeData>> {
    return this.ask<IdentityReadOidcScopeData>(READ_OIDC_SCOPE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Claims that clients may ask for. */
  writeOidcScope(input: string | IdentityWriteOidcScopeInput, options?: CallOptions): Promise<Reply<IdentityReadOidcScopeData>> {
    return this.ask<IdentityReadOidcScopeData>(WRITE_OIDC_SCOPE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Claims that clients may ask for. */
  deleteOidcScope(input: string | IdentityDeleteOidcScopeInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_OIDC_SCOPE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the scopes. */
  listOidcScopes(input: IdentityListOidcScopesInput = {}, options?: CallOptions): Promise<Reply<IdentityListOidcKeysData>> {
    return this.ask<IdentityListOidcKeysData>(LIST_OIDC_SCOPES, { ...input }, options)
  }

  /** An application that people log in at. */
  readOidcClient(input: string | IdentityReadOidcClientInput, options?: CallOptions): Promise<Reply<IdentityReadOidcClientData>> {
    return this.ask<IdentityReadOidcClientData>(READ_OIDC_CLIENT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An application that people log in at. */
  writeOidcClient(input: string | IdentityWriteOidcClientInput, options?: CallOptions): Promise<Reply<IdentityReadOidcClientData>> {
    return this.ask<IdentityReadOidcClientData>(WRITE_OIDC_CLIENT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An application that people log in at. */
  deleteOidcClient(input: string | IdentityDeleteOidcClientInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_OIDC_CLIENT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the applications that people log in at. */
  listOidcClients(input: IdentityListOidcClientsInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_OIDC_CLIENTS, { ...input }, options)
  }

  /** An OpenID provider: an address where clients have people log in. */
  readOidcProvider(input: string | IdentityReadOidcProviderInput, options?: CallOptions): Promise<Reply<IdentityReadOidcProviderData>> {
    return this.ask<IdentityReadOidcProviderData>(READ_OIDC_PROVIDER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An OpenID provider: an address where clients have people log in. */
  writeOidcProvider(input: string | IdentityWriteOidcProviderInput, options?: CallOptions): Promise<Reply<IdentityReadOidcProviderData>> {
    return this.ask<IdentityReadOidcProviderData>(WRITE_OIDC_PROVIDER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** An OpenID provider: an address where clients have people log in. */
  deleteOidcProvider(input: string | IdentityDeleteOidcProviderInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_OIDC_PROVIDER, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the OpenID providers. */
  listOidcProviders(input: IdentityListOidcProvidersInput = {}, options?: CallOptions): Promise<Reply<IdentityListEntitiesData>> {
    return this.ask<IdentityListEntitiesData>(LIST_OIDC_PROVIDERS, { ...input }, options)
  }

  /** What clients have to know of a provider. Needs no token. */
  readOidcProviderConfiguration(input: string | IdentityReadOidcProviderConfigurationInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_OIDC_PROVIDER_CONFIGURATION, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The public keys that a provider's tokens are verified with. Needs no token. */
  readOidcProviderPublicKeys(input: string | IdentityReadOidcProviderPublicKeysInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_OIDC_PROVIDER_PUBLIC_KEYS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A code that tells a client who has logged in. */
  readOidcAuthorization(input: string | IdentityReadOidcAuthorizationInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_OIDC_AUTHORIZATION, typeof input === 'string' ? input : { ...input }, options)
  }

  /** A code that tells a client who has logged in. */
  writeOidcAuthorization(input: string | IdentityWriteOidcAuthorizationInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_OIDC_AUTHORIZATION, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Exchange a code for tokens. Needs no token. */
  exchangeOidcCode(input: string | IdentityExchangeOidcCodeInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(EXCHANGE_OIDC_CODE, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Claims of who logged in, for the access token of the login. Needs no token. */
  readOidcUserinfo(input: string | IdentityReadOidcUserinfoInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(READ_OIDC_USERINFO, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Claims of who logged in, for the access token of the login. Needs no token. */
  writeOidcUserinfo(input: string | IdentityWriteOidcUserinfoInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_OIDC_USERINFO, typeof input === 'string' ? input : { ...input }, options)
  }
}
