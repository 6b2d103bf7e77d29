import type { Operation } from '../../engines/engine.ts'
import type { ListFilter } from './policy.ts'

/** What is asked of a policy set. */
export interface AclQuery {
  readonly operation: Operation
  /** Full API path without `/v1/`, starting with the namespace's path: `secret/data/x`, `team/secret/data/x`. */
  readonly path: string
  /** Body or query fields as sent. Numbers may be JSON.rawJSON values. */
  readonly data: Readonly<Record<string, unknown>>
  /** The wrapping that the caller asked for; absent: none. */
  readonly wrapTtlSeconds?: number | undefined
  readonly nowMs: number
}

export type DecisionReason =
  | 'root'
  | 'granted'
  | 'help' // path-help needs no capability
  | 'no_rule' // no rule fits the path
  | 'denied' // the winning rule says `deny`
  | 'missing_capability' // the winning rule lacks the capability that the operation needs
  | 'wrapping_ttl' // not wrapped, or outside the rule's bounds
  | 'required_parameter'
  | 'denied_parameter'
  | 'parameter_not_allowed'
  | 'pagination_limit'

/** Shared between requests. */
export interface Decision {
  readonly allowed: boolean
  readonly reason: DecisionReason
  /** Whether the winning rule has `sudo`, also when not `allowed`. A route that needs sudo wants both. */
  readonly sudo: boolean
  readonly isRoot: boolean
  /** The winning rule's path as merged ('secret/*', 'secret/+/x'), for explanations. */
  readonly rulePath: string | undefined
  /** Names of the policies that gave the capability, for the audit record. */
  readonly grantingPolicies: readonly string[]
  /** `list` and `scan`: show only the keys that `acl.showsKey` lets through. */
  readonly listFilter: ListFilter | undefined
  /** `list` and `scan`: what the field `limit` must be set to before the engine sees it (0: no limit). */
  readonly listLimit: number | undefined
}

/** Asks whether a listed key may be shown. Paths are relative to the namespace. */
export interface KeyQuery {
  readonly filter: ListFilter
  /** '' or ending in '/'. */
  readonly namespacePath: string
  /** The path that was listed, with its final '/'. */
  readonly path: string
  readonly key: string
  readonly nowMs: number
}

/** A set of policies, compiled. Shared between requests; rules fall away by themselves when they expire. */
export interface Acl {
  /** True when `root` is in the set: everything at and below the root policy's namespace is allowed. */
  readonly isRoot: boolean
  /** Every denial that fits wins, also over closer paths. */
  readonly denyAlwaysWins: boolean
  decide(query: AclQuery): Decision
  /** What `sys/capabilities` answers: sorted names, or ['root'], or ['deny']. */
  capabilities(path: string, nowMs: number): readonly string[]
  /** Whether some rule gives anything at or below `prefix` (ends in '/'): decides which mounts a token may see. */
  reachesBelow(prefix: string, nowMs: number): boolean
  /** `read` (for keys like 'name/', `list`) on the path that the filter makes; `needsSudo` says whether a path is root-protected. */
  showsKey(query: KeyQuery, needsSudo: (path: string) => boolean): boolean
  /** Body of `sys/internal/ui/resultant-acl`. */
  resultant(nowMs: number): Readonly<Record<string, unknown>>
}
