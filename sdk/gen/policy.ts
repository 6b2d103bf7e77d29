// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { Json, JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface PolicyListAclPoliciesData {
  readonly keys: readonly string[]
  readonly policies: readonly string[]
}

export interface PolicyReadAclPolicyInput {
  /** Name of the policy. Case does not matter. Required. */
  readonly name: string
}

export interface PolicyReadAclPolicyData {
  readonly name: string
  readonly version: number
  readonly cas_required: boolean
  readonly allow_slashes_in_identity_templates: boolean
  readonly allow_wildcards_in_identity_templates: boolean
  readonly expiration?: string
  readonly modified?: string
  readonly policy: string
}

export interface PolicyListAclPoliciesBelowInput {
  /** Name of the policy. Case does not matter. Required. */
  readonly name: string
}

export interface PolicyWriteAclPolicyInput {
  /** Name of the policy. Case does not matter. Required. */
  readonly name: string
  /** The rules, as HCL or JSON, or that in base64. */
  readonly policy?: string
  /** When the policy ends. Not together with ttl. RFC 3339, or seconds since the epoch. */
  readonly expiration?: string
  /** How long from now on the policy holds. Not together with expiration. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** Write only if this is the present version; -1: only if there is no such policy. */
  readonly cas?: number
  /** Whether later writes must give cas. Default false. */
  readonly cas_required?: boolean
  /** Whether what a template stands for may hold '/', and so reach other levels. Default false. */
  readonly allow_slashes_in_identity_templates?: boolean
  /** Whether what a template stands for may hold '*' or '+'. Default false. */
  readonly allow_wildcards_in_identity_templates?: boolean
}

export interface PolicyPatchAclPolicyInput {
  /** Name of the policy. Case does not matter. Required. */
  readonly name: string
  /** The rules, as HCL or JSON, or that in base64. */
  readonly policy?: string
  /** When the policy ends. Not together with ttl. RFC 3339, or seconds since the epoch. */
  readonly expiration?: string
  /** How long from now on the policy holds. Not together with expiration. Seconds, or a duration such as '1h30m'. */
  readonly ttl?: number | string
  /** Write only if this is the present version; -1: only if there is no such policy. */
  readonly cas?: number
  /** Whether later writes must give cas. Default false. */
  readonly cas_required?: boolean
  /** Whether what a template stands for may hold '/', and so reach other levels. Default false. */
  readonly allow_slashes_in_identity_templates?: boolean
  /** Whether what a template stands for may hold '*' or '+'. Default false. */
  readonly allow_wildcards_in_identity_templates?: boolean
}

export interface PolicyDeleteAclPolicyInput {
  /** Name of the policy. Case does not matter. Required. */
  readonly name: string
}

export interface PolicyListAclPoliciesDetailedData {
  readonly keys: readonly string[]
  readonly key_info: Readonly<Record<string, {
    readonly name: string
    readonly version: number
    readonly cas_required: boolean
    readonly allow_slashes_in_identity_templates: boolean
    readonly allow_wildcards_in_identity_templates: boolean
    readonly expiration?: string
    readonly modified?: string
    readonly policy: string
  }>>
}

export interface PolicyListAclPoliciesDetailedBelowInput {
  /** List only names below this one. */
  readonly name: string
}

export interface PolicyListPasswordPoliciesData {
  readonly keys: readonly string[]
}

export interface PolicyReadPasswordPolicyInput {
  /** Name of the password policy. Required. */
  readonly name: string
}

export interface PolicyReadPasswordPolicyData {
  readonly policy: string
}

export interface PolicyWritePasswordPolicyInput {
  /** Name of the password policy. Required. */
  readonly name: string
  /** Length and rules, as HCL or JSON, or that in base64. */
  readonly policy?: string
}

export interface PolicyDeletePasswordPolicyInput {
  /** Name of the password policy. Required. */
  readonly name: string
}

export interface PolicyGeneratePasswordInput {
  /** Name of the password policy. Required. */
  readonly name: string
}

export interface PolicyGeneratePasswordData {
  readonly password: string
}

export interface PolicyCapabilitiesInput {
  /** Paths to ask about. */
  readonly paths?: readonly string[]
  /** Use 'paths' instead. Deprecated. */
  readonly path?: readonly string[]
  /** Token whose capabilities are asked. */
  readonly token?: string
}

export interface PolicyCapabilitiesSelfInput {
  /** Paths to ask about. */
  readonly paths?: readonly string[]
  /** Use 'paths' instead. Deprecated. */
  readonly path?: readonly string[]
  /** Not looked at: it is always the calling token. Deprecated. */
  readonly token?: string
}

export interface PolicyCapabilitiesAccessorInput {
  /** Paths to ask about. */
  readonly paths?: readonly string[]
  /** Use 'paths' instead. Deprecated. */
  readonly path?: readonly string[]
  /** Accessor of the token whose capabilities are asked. */
  readonly accessor?: string
}

export interface PolicyExplainInput {
  /** Path of the request, without '/v1/'. Required. */
  readonly path: string
  /** What would be done there. One of create, read, update, patch, delete, list, scan. Default read. */
  readonly operation?: "create" | "read" | "update" | "patch" | "delete" | "list" | "scan"
  /** Parameters of the request. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Lifetime of the wrapping that would be asked for. Seconds, or a duration such as '1h30m'. */
  readonly wrap_ttl?: number | string
  /** Token that would make the request. */
  readonly token?: string
  /** Accessor of that token. */
  readonly accessor?: string
  /** Names of policies to ask as if a token had them. */
  readonly policies?: readonly string[]
}

export interface PolicyExplainData {
  readonly allowed: boolean
  readonly reason: string
  readonly message: string
  readonly sudo: boolean
  /** The path is root-protected: it wants sudo besides. */
  readonly needs_sudo: boolean
  readonly capabilities: readonly string[]
  readonly decided_by?: string
  readonly rules: readonly {
    readonly policy: string
    readonly line: number
    /** The path as written in the policy. */
    readonly source: string
    /** The path with its templates filled in. */
    readonly path: string
    readonly capabilities: readonly string[]
    readonly expiration?: string
  }[]
  readonly overruled: readonly {
    readonly policy: string
    readonly line: number
    /** The path as written in the policy. */
    readonly source: string
    /** The path with its templates filled in. */
    readonly path: string
    readonly capabilities: readonly string[]
    readonly expiration?: string
  }[]
  /** The least that would turn it. */
  readonly change?: {
    readonly message: string
    readonly edits: readonly {
      readonly action: "add" | "change" | "remove"
      readonly policy: string
      /** Of the block there is. */
      readonly line?: number
      readonly path: string
      readonly capabilities: readonly string[]
    }[]
  }
  readonly missing_policies: readonly string[]
}

export interface PolicyExplainSelfInput {
  /** Path of the request, without '/v1/'. Required. */
  readonly path: string
  /** What would be done there. One of create, read, update, patch, delete, list, scan. Default read. */
  readonly operation?: "create" | "read" | "update" | "patch" | "delete" | "list" | "scan"
  /** Parameters of the request. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Lifetime of the wrapping that would be asked for. Seconds, or a duration such as '1h30m'. */
  readonly wrap_ttl?: number | string
}

export interface PolicyWhoInput {
  /** Path, without '/v1/'. Required. */
  readonly path: string
  /** Only who has this one; absent: who has any. One of create, read, update, patch, delete, list, scan, sudo. */
  readonly capability?: "create" | "read" | "update" | "patch" | "delete" | "list" | "scan" | "sudo"
  /** What the page before said as 'next'. */
  readonly after?: string
  /** At most so many holders, 1 to 1000. Default 100. */
  readonly limit?: number
}

export interface PolicyWhoData {
  readonly holders: readonly {
    readonly kind: "policy" | "role" | "group" | "auth_role" | "entity"
    /** Of entities and groups. */
    readonly id: string
    readonly name: string
    readonly capabilities: readonly string[]
    readonly through: readonly {
      readonly policy: string
      readonly line: number
      /** The path as written in the policy. */
      readonly source: string
      readonly path: string
      readonly capabilities: readonly string[]
      /** The block has conditions beside capabilities. */
      readonly conditional: boolean
      /** How the holder comes by the policy, as group:NAME and role:NAME; empty: it has it itself. */
      readonly chain: readonly string[]
      readonly expiration?: string
    }[]
  }[]
  /** Empty: this was the last page. Else what the next one takes as 'after'. */
  readonly next: string
  readonly not_seen: readonly string[]
}

export interface PolicyReadResultantAclData {
  readonly root: boolean
  readonly exact_paths: Readonly<Record<string, Json>>
  readonly glob_paths: Readonly<Record<string, Json>>
}

export interface PolicyListRolesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface PolicyReadRoleInput {
  /** Name of the role: letters, digits and _ . - in any case. Required. */
  readonly name: string
}

export interface PolicyReadRoleData {
  readonly name: string
  readonly description: string
  readonly policies: readonly string[]
  readonly member_entity_ids: readonly string[]
  readonly member_group_ids: readonly string[]
  readonly member_auth_roles: readonly {
    /** As auth/approle/ci; the accessor in the place of a mount that is gone. */
    readonly path: string
    readonly mount_accessor: string
    readonly role: string
  }[]
  readonly creation_time: string
  readonly last_update_time: string
}

export interface PolicyWriteRoleInput {
  /** Name of the role: letters, digits and _ . - in any case. Required. */
  readonly name: string
  /** What the role is for. */
  readonly description?: string
  /** What the members may do, by names of policies. Never root. */
  readonly policies?: readonly string[]
  /** Ids of the entities that have it. */
  readonly member_entity_ids?: readonly string[]
  /** Ids of the groups whose members have it, those in groups within too. */
  readonly member_group_ids?: readonly string[]
  /**
   * Roles or users of auth methods, as auth/approle/ci or ACCESSOR/ci: the tokens of their logins have it, those
   * tokens' children do not.
   */
  readonly member_auth_roles?: readonly string[]
}

export interface PolicyDeleteRoleInput {
  /** Name of the role: letters, digits and _ . - in any case. Required. */
  readonly name: string
}

const LIST_ACL_POLICIES: Operation = {
  service: 'Policy',
  rpc: 'ListAclPolicies',
  verb: 'LIST',
  path: 'sys/policies/acl',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, policies: { list: 'value' } } },
}

const READ_ACL_POLICY: Operation = {
  service: 'Policy',
  rpc: 'ReadAclPolicy',
  verb: 'GET',
  path: 'sys/policies/acl/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', version: 'value', cas_required: 'value', allow_slashes_in_identity_templates: 'value', allow_wildcards_in_identity_templates: 'value', expiration: 'value', modified: 'value', policy: 'value' } },
}

const LIST_ACL_POLICIES_BELOW: Operation = {
  service: 'Policy',
  rpc: 'ListAclPoliciesBelow',
  verb: 'LIST',
  path: 'sys/policies/acl/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, policies: { list: 'value' } } },
}

const WRITE_ACL_POLICY: Operation = {
  service: 'Policy',
  rpc: 'WriteAclPolicy',
  verb: 'POST',
  path: 'sys/policies/acl/{name=**}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const PATCH_ACL_POLICY: Operation = {
  service: 'Policy',
  rpc: 'PatchAclPolicy',
  verb: 'PATCH',
  path: 'sys/policies/acl/{name=**}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_ACL_POLICY: Operation = {
  service: 'Policy',
  rpc: 'DeleteAclPolicy',
  verb: 'DELETE',
  path: 'sys/policies/acl/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_ACL_POLICIES_DETAILED: Operation = {
  service: 'Policy',
  rpc: 'ListAclPoliciesDetailed',
  verb: 'LIST',
  path: 'sys/policies/detailed/acl',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { name: 'value', version: 'value', cas_required: 'value', allow_slashes_in_identity_templates: 'value', allow_wildcards_in_identity_templates: 'value', expiration: 'value', modified: 'value', policy: 'value' } } } } },
}

const LIST_ACL_POLICIES_DETAILED_BELOW: Operation = {
  service: 'Policy',
  rpc: 'ListAclPoliciesDetailedBelow',
  verb: 'LIST',
  path: 'sys/policies/detailed/acl/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { name: 'value', version: 'value', cas_required: 'value', allow_slashes_in_identity_templates: 'value', allow_wildcards_in_identity_templates: 'value', expiration: 'value', modified: 'value', policy: 'value' } } } } },
}

const LIST_PASSWORD_POLICIES: Operation = {
  service: 'Policy',
  rpc: 'ListPasswordPolicies',
  verb: 'LIST',
  path: 'sys/policies/password',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_PASSWORD_POLICY: Operation = {
  service: 'Policy',
  rpc: 'ReadPasswordPolicy',
  verb: 'GET',
  path: 'sys/policies/password/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { policy: 'value' } },
}

const WRITE_PASSWORD_POLICY: Operation = {
  service: 'Policy',
  rpc: 'WritePasswordPolicy',
  verb: 'POST',
  path: 'sys/policies/password/{name=**}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const DELETE_PASSWORD_POLICY: Operation = {
  service: 'Policy',
  rpc: 'DeletePasswordPolicy',
  verb: 'DELETE',
  path: 'sys/policies/password/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const GENERATE_PASSWORD: Operation = {
  service: 'Policy',
  rpc: 'GeneratePassword',
  verb: 'GET',
  path: 'sys/policies/password/{name=**}/generate',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { password: 'value' } },
}

const CAPABILITIES: Operation = {
  service: 'Policy',
  rpc: 'Capabilities',
  verb: 'POST',
  path: 'sys/capabilities',
  safe: true,
  answers: 'data',
  shape: { map: { list: 'value' } },
}

const CAPABILITIES_SELF: Operation = {
  service: 'Policy',
  rpc: 'CapabilitiesSelf',
  verb: 'POST',
  path: 'sys/capabilities-self',
  safe: true,
  answers: 'data',
  shape: { map: { list: 'value' } },
}

const CAPABILITIES_ACCESSOR: Operation = {
  service: 'Policy',
  rpc: 'CapabilitiesAccessor',
  verb: 'POST',
  path: 'sys/capabilities-accessor',
  safe: true,
  answers: 'data',
  shape: { map: { list: 'value' } },
}

const EXPLAIN: Operation = {
  service: 'Policy',
  rpc: 'Explain',
  verb: 'POST',
  path: 'sys/policies/explain',
  safe: true,
  answers: 'data',
  shape: { object: { allowed: 'value', reason: 'value', message: 'value', sudo: 'value', needs_sudo: 'value', capabilities: { list: 'value' }, decided_by: 'value', rules: { list: { object: { policy: 'value', line: 'value', source: 'value', path: 'value', capabilities: { list: 'value' }, expiration: 'value' } } }, overruled: { list: { object: { policy: 'value', line: 'value', source: 'value', path: 'value', capabilities: { list: 'value' }, expiration: 'value' } } }, change: { object: { message: 'value', edits: { list: { object: { action: 'value', policy: 'value', line: 'value', path: 'value', capabilities: { list: 'value' } } } } } }, missing_policies: { list: 'value' } } },
}

const EXPLAIN_SELF: Operation = {
  service: 'Policy',
  rpc: 'ExplainSelf',
  verb: 'POST',
  path: 'sys/policies/explain-self',
  safe: true,
  answers: 'data',
  shape: { object: { allowed: 'value', reason: 'value', message: 'value', sudo: 'value', needs_sudo: 'value', capabilities: { list: 'value' }, decided_by: 'value', rules: { list: { object: { policy: 'value', line: 'value', source: 'value', path: 'value', capabilities: { list: 'value' }, expiration: 'value' } } }, overruled: { list: { object: { policy: 'value', line: 'value', source: 'value', path: 'value', capabilities: { list: 'value' }, expiration: 'value' } } }, change: { object: { message: 'value', edits: { list: { object: { action: 'value', policy: 'value', line: 'value', path: 'value', capabilities: { list: 'value' } } } } } }, missing_policies: { list: 'value' } } },
}

const WHO: Operation = {
  service: 'Policy',
  rpc: 'Who',
  verb: 'POST',
  path: 'sys/policies/who',
  safe: true,
  answers: 'data',
  shape: { object: { holders: { list: { object: { kind: 'value', id: 'value', name: 'value', capabilities: { list: 'value' }, through: { list: { object: { policy: 'value', line: 'value', source: 'value', path: 'value', capabilities: { list: 'value' }, conditional: 'value', chain: { list: 'value' }, expiration: 'value' } } } } } }, next: 'value', not_seen: { list: 'value' } } },
}

const READ_RESULTANT_ACL: Operation = {
  service: 'Policy',
  rpc: 'ReadResultantAcl',
  verb: 'GET',
  path: 'sys/internal/ui/resultant-acl',
  safe: true,
  answers: 'data',
  shape: { object: { root: 'value', exact_paths: { map: 'any' }, glob_paths: { map: 'any' } } },
}

const LIST_ROLES: Operation = {
  service: 'Policy',
  rpc: 'ListRoles',
  verb: 'LIST',
  path: 'sys/roles',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_ROLE: Operation = {
  service: 'Policy',
  rpc: 'ReadRole',
  verb: 'GET',
  path: 'sys/roles/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', description: 'value', policies: { list: 'value' }, member_entity_ids: { list: 'value' }, member_group_ids: { list: 'value' }, member_auth_roles: { list: { object: { path: 'value', mount_accessor: 'value', role: 'value' } } }, creation_time: 'value', last_update_time: 'value' } },
}

const WRITE_ROLE: Operation = {
  service: 'Policy',
  rpc: 'WriteRole',
  verb: 'POST',
  path: 'sys/roles/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', description: 'value', policies: { list: 'value' }, member_entity_ids: { list: 'value' }, member_group_ids: { list: 'value' }, member_auth_roles: { list: { object: { path: 'value', mount_accessor: 'value', role: 'value' } } }, creation_time: 'value', last_update_time: 'value' } },
}

const DELETE_ROLE: Operation = {
  service: 'Policy',
  rpc: 'DeleteRole',
  verb: 'DELETE',
  path: 'sys/roles/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

/** Policies: what tokens may do, and why. */
export class Policy extends Group {
  /** Names of the ACL policies. */
  listAclPolicies(options?: CallOptions): Promise<Reply<PolicyListAclPoliciesData>> {
    return this.ask<PolicyListAclPoliciesData>(LIST_ACL_POLICIES, {}, options)
  }

  /** Read an ACL policy. Every path that the policy names, and what tokens that carry it may do there. */
  readAclPolicy(input: string | PolicyReadAclPolicyInput, options?: CallOptions): Promise<Reply<PolicyReadAclPolicyData>> {
    return this.ask<PolicyReadAclPolicyData>(READ_ACL_POLICY, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Names of the ACL policies below a folder. Every path that the policy names, and what tokens that carry it may do
   * there.
   */
  listAclPoliciesBelow(input: string | PolicyListAclPoliciesBelowInput, options?: CallOptions): Promise<Reply<PolicyListAclPoliciesData>> {
    return this.ask<PolicyListAclPoliciesData>(LIST_ACL_POLICIES_BELOW, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Write or replace an ACL policy. Every path that the policy names, and what tokens that carry it may do there. */
  writeAclPolicy(input: string | PolicyWriteAclPolicyInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_ACL_POLICY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Change some of an ACL policy. Every path that the policy names, and what tokens that carry it may do there. */
  patchAclPolicy(input: string | PolicyPatchAclPolicyInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(PATCH_ACL_POLICY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Delete an ACL policy. Every path that the policy names, and what tokens that carry it may do there. */
  deleteAclPolicy(input: string | PolicyDeleteAclPolicyInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ACL_POLICY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** The ACL policies, with what there is to know of each. */
  listAclPoliciesDetailed(options?: CallOptions): Promise<Reply<PolicyListAclPoliciesDetailedData>> {
    return this.ask<PolicyListAclPoliciesDetailedData>(LIST_ACL_POLICIES_DETAILED, {}, options)
  }

  /** The ACL policies below a folder, with what there is to know of each. */
  listAclPoliciesDetailedBelow(input: string | PolicyListAclPoliciesDetailedBelowInput, options?: CallOptions): Promise<Reply<PolicyListAclPoliciesDetailedData>> {
    return this.ask<PolicyListAclPoliciesDetailedData>(LIST_ACL_POLICIES_DETAILED_BELOW, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Names of the password policies. */
  listPasswordPolicies(options?: CallOptions): Promise<Reply<PolicyListPasswordPoliciesData>> {
    return this.ask<PolicyListPasswordPoliciesData>(LIST_PASSWORD_POLICIES, {}, options)
  }

  /** Read a password policy. */
  readPasswordPolicy(input: string | PolicyReadPasswordPolicyInput, options?: CallOptions): Promise<Reply<PolicyReadPasswordPolicyData>> {
    return this.ask<PolicyReadPasswordPolicyData>(READ_PASSWORD_POLICY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Write or replace a password policy. */
  writePasswordPolicy(input: string | PolicyWritePasswordPolicyInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(WRITE_PASSWORD_POLICY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Delete a password policy. */
  deletePasswordPolicy(input: string | PolicyDeletePasswordPolicyInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_PASSWORD_POLICY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a password. */
  generatePassword(input: string | PolicyGeneratePasswordInput, options?: CallOptions): Promise<Reply<PolicyGeneratePasswordData>> {
    return this.ask<PolicyGeneratePasswordData>(GENERATE_PASSWORD, typeof input === 'string' ? input : { ...input }, options)
  }

  /** What a token may do at given paths. */
  capabilities(input: PolicyCapabilitiesInput = {}, options?: CallOptions): Promise<Reply<Readonly<Record<string, readonly string[]>>>> {
    return this.ask<Readonly<Record<string, readonly string[]>>>(CAPABILITIES, { ...input }, options)
  }

  /** What the calling token may do at given paths. */
  capabilitiesSelf(input: PolicyCapabilitiesSelfInput = {}, options?: CallOptions): Promise<Reply<Readonly<Record<string, readonly string[]>>>> {
    return this.ask<Readonly<Record<string, readonly string[]>>>(CAPABILITIES_SELF, { ...input }, options)
  }

  /** What the token of an accessor may do at given paths. */
  capabilitiesAccessor(input: PolicyCapabilitiesAccessorInput = {}, options?: CallOptions): Promise<Reply<Readonly<Record<string, readonly string[]>>>> {
    return this.ask<Readonly<Record<string, readonly string[]>>>(CAPABILITIES_ACCESSOR, { ...input }, options)
  }

  /**
   * Why a token may, or may not, make a request. Ask about a token, the accessor of one, or a list of policies.
   * Nothing else happens.
   */
  explain(input: PolicyExplainInput, options?: CallOptions): Promise<Reply<PolicyExplainData>> {
    return this.ask<PolicyExplainData>(EXPLAIN, { ...input }, options)
  }

  /** Why the calling token may, or may not, make a request. */
  explainSelf(input: PolicyExplainSelfInput, options?: CallOptions): Promise<Reply<PolicyExplainData>> {
    return this.ask<PolicyExplainData>(EXPLAIN_SELF, { ...input }, options)
  }

  /**
   * Who may do what at a path, and through what. Looks at policies, roles, groups, roles of auth methods and entities,
   * so many at a time: a page can be empty and yet have a next one. Nothing else happens.
   */
  who(input: PolicyWhoInput, options?: CallOptions): Promise<Reply<PolicyWhoData>> {
    return this.ask<PolicyWhoData>(WHO, { ...input }, options)
  }

  /** Everything that the calling token may do, path by path. */
  readResultantAcl(options?: CallOptions): Promise<Reply<PolicyReadResultantAclData>> {
    return this.ask<PolicyReadResultantAclData>(READ_RESULTANT_ACL, {}, options)
  }

  /** List the roles. */
  listRoles(input: PolicyListRolesInput = {}, options?: CallOptions): Promise<Reply<PolicyListPasswordPoliciesData>> {
    return this.ask<PolicyListPasswordPoliciesData>(LIST_ROLES, { ...input }, options)
  }

  /**
   * A role: a named set of policies, and who has them. A write changes what it names and leaves the rest. It holds
   * from the next request on, on every node.
   */
  readRole(input: string | PolicyReadRoleInput, options?: CallOptions): Promise<Reply<PolicyReadRoleData>> {
    return this.ask<PolicyReadRoleData>(READ_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Change a role. A write changes what it names and leaves the rest. It holds from the next request on, on every
   * node.
   */
  writeRole(input: string | PolicyWriteRoleInput, options?: CallOptions): Promise<Reply<PolicyReadRoleData>> {
    return this.ask<PolicyReadRoleData>(WRITE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * A role: a named set of policies, and who has them. A write changes what it names and leaves the rest. It holds
   * from the next request on, on every node.
   */
  deleteRole(input: string | PolicyDeleteRoleInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ROLE, typeof input === 'string' ? input : { ...input }, options)
  }
}
