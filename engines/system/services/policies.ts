import type { Access, Operation } from '../../engine.ts'
import type { AccessService } from './access.ts'
import type { ExplainedRule } from './explained-rule.ts'
import type { MountService } from './mounts.ts'
import type { NamespaceService } from './namespaces.ts'

/** What the policy rows of `sys/` need of the server. Everything rejects with an EgideError. */

/** An ACL policy as it is kept. Moments are milliseconds since the epoch. */
export interface PolicyInfo {
  readonly name: string
  /** HCL or JSON, as given; '' for `root`. */
  readonly text: string
  /** Counts the writes, from 1; 0 for policies that are part of the server. */
  readonly version: number
  /** Whether each write must say which version it replaces. */
  readonly casRequired: boolean
  /** From then on the policy does not exist. */
  readonly expiresAtMs: number | undefined
  readonly modifiedMs: number | undefined
  readonly allowSlashesInTemplates: boolean
  readonly allowWildcardsInTemplates: boolean
}

export type PolicyDraft = Omit<PolicyInfo, 'name' | 'version' | 'modifiedMs'>

/** A path of the request's namespace that somebody asks about. */
export interface AskedPath {
  readonly path: string
  /** As its row keeps the name in it; absent: the same. */
  readonly keptPath?: string | undefined
}

/** A request that is only imagined, to be explained. */
export interface ImaginedRequest extends AskedPath {
  readonly operation: Operation
  readonly parameters: Readonly<Record<string, unknown>>
  readonly wrapTtlSeconds: number | undefined
  /** What the path asks of callers, besides a capability. */
  readonly access: Access
}

/** A `path` block to be written, changed or taken out. */
export interface PolicyEdit {
  readonly action: 'add' | 'change' | 'remove'
  readonly policy: string
  /** Of the block there is; undefined: a new one. */
  readonly line: number | undefined
  /** As written in the policy. */
  readonly path: string
  readonly capabilities: readonly string[]
}

/** What would turn a decision. */
export interface LeastChange {
  /** For people: the edits, or what would have to be other in the request. */
  readonly message: string
  readonly edits: readonly PolicyEdit[]
}

export interface Explanation {
  readonly allowed: boolean
  /** One of a closed list of words: 'granted', 'no_rule', 'denied', 'missing_capability', … */
  readonly reason: string
  /** The same for people. */
  readonly message: string
  readonly sudo: boolean
  /** The path is root-protected. */
  readonly needsSudo: boolean
  readonly capabilities: readonly string[]
  /** The path that won, with its wildcards; undefined when none fits, or for root. */
  readonly decidedBy: string | undefined
  /** The blocks for that path: what they say was added up. */
  readonly rules: readonly ExplainedRule[]
  /** Blocks whose path fits too, but less closely: they were not asked. The closest first. */
  readonly overruled: readonly ExplainedRule[]
  /** Undefined: nothing short of other policies, or another token. */
  readonly change: LeastChange | undefined
  /** Names in the set that no policy has, in its order. */
  readonly missingPolicies: readonly string[]
}

/** Whose policies are asked about: names, and the namespace above that they are of, if they are not of the one asked. */
export interface PolicyHolder {
  /** Those of the holder's identity among them. */
  readonly policies: readonly string[]
  /** Whom templates speak of, in the namespace that the policies are of; '' or absent: nobody. */
  readonly entityId?: string
  readonly from?: string | undefined
}

/** The ACL policies of the request's namespace. Names are not case-sensitive. */
export interface PolicyService {
  /** Sorted, below `prefix` ('' or ending in '/') only; without `root` and what can't be assigned. */
  names(prefix: string): Promise<readonly string[]>
  get(name: string): Promise<PolicyInfo | undefined>
  /** `cas`: the version that is replaced; 0: none, or not known to have one; -1: there must be none. */
  put(name: string, draft: PolicyDraft, cas: number | undefined): Promise<void>
  /** Changes what is named, in one step. Rejects with `not_found`. */
  patch(name: string, change: Partial<PolicyDraft>, cas: number | undefined): Promise<void>
  /** Deleting what is not there succeeds. */
  delete(name: string): Promise<void>
  /** Of a set of policies on each path, in their order: sorted names, ['root'] or ['deny']. */
  capabilities(holder: PolicyHolder, paths: readonly AskedPath[]): Promise<readonly (readonly string[])[]>
  /** Whether the set gives anything at or below each path ('secret/'), in their order. */
  reachBelow(holder: PolicyHolder, paths: readonly string[]): Promise<readonly boolean[]>
  /** Everything the set gives, path by path, for user interfaces. */
  resultant(holder: PolicyHolder): Promise<Readonly<Record<string, unknown>>>
  explain(holder: PolicyHolder, request: ImaginedRequest): Promise<Explanation>
}

/** Rules that passwords are made by. */
export interface PasswordPolicyService {
  /** Sorted. */
  names(): Promise<readonly string[]>
  /** The policy's text. */
  get(name: string): Promise<string | undefined>
  /** Rejects what is no password policy, or one that no password can meet. */
  put(name: string, text: string): Promise<void>
  delete(name: string): Promise<void>
  /** A fresh password; undefined when there is no such policy. */
  generate(name: string): Promise<string | undefined>
}

/** Whose policies are asked about, when it is not the caller. */
export interface PolicySubjects {
  /** The policies of a token, those of its identity among them; undefined for what is no valid token. */
  tokenPolicies(token: string): Promise<PolicyHolder | undefined>
  accessorPolicies(accessor: string): Promise<PolicyHolder | undefined>
}

export interface PolicyServices {
  readonly policies: PolicyService
  readonly passwordPolicies: PasswordPolicyService
  readonly policySubjects: PolicySubjects
  readonly access: AccessService
  readonly mounts: MountService
  readonly namespaces: Pick<NamespaceService, 'list' | 'mountBelow'>
}
