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
  path: 'identity/entity/name/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', metadata: { map: 'value' }, policies: { list: 'value' }, disabled: 'value', aliases: { list: { object: { id: 'value', canonical_id: 'value', mount_accessor: 'value', mount_path: 'value', mount_type: 'value', name: 'value', metadata: { map: 'value' }, custom_metadata: { map: 'value' }, merged_from_canonical_ids: { list: 'value' }, local: 'value', creation_time: 'value', last_update_time: 'value', namespace_id: 'value' } } }, direct_group_ids: { list: 'value' }, inherited_group_ids: { list: 'value' }, group_ids: { list: 'value' }, merged_entity_ids: { list: 'value' }, namespace_id: 'value', creation_time: 'value', last_update_time: 'value' } },
}

const WRITE_ENTITY_BY_NAME: Operation = {
  service: 'Identity',
  rpc: 'WriteEntityByName',
  verb: 'POST',
  path: 'identity/entity/name/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const DELETE_ENTITY_BY_NAME: Operation = {
  service: 'Identity',
  rpc: 'DeleteEntityByName',
  verb: 'DELETE',
  path: 'identity/entity/name/{name}',
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
  path: 'identity/group/name/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', type: 'value', policies: { list: 'value' }, metadata: { map: 'value' }, member_entity_ids: { list: 'value' }, member_group_ids: { list: 'value' }, parent_group_ids: { list: 'value' }, alias: { object: { id: 'value', canonical_id: 'value', mount_accessor: 'value', mount_path: 'value', mount_type: 'value', name: 'value', metadata: { map: 'value' }, custom_metadata: { map: 'value' }, merged_from_canonical_ids: { list: 'value' }, local: 'value', creation_time: 'value', last_update_time: 'value', namespace_id: 'value' } }, modify_index: 'value', namespace_id: 'value', creation_time: 'value', last_update_time: 'value' } },
}

const WRITE_GROUP_BY_NAME: Operation = {
  service: 'Identity',
  rpc: 'WriteGroupByName',
  verb: 'POST',
  path: 'identity/group/name/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { id: 'value', name: 'value', canonical_id: 'value', aliases: { list: 'value' } } },
}

const DELETE_GROUP_BY_NAME: Operation = {
  service: 'Identity',
  rpc: 'DeleteGroupByName',
  verb: 'DELETE',
  path: 'identity/group/name/{name}',
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
