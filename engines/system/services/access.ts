import type { Access, Operation } from '../../engine.ts'
import type { ExplainedRule } from './explained-rule.ts'

/** In the order in which they are looked at. */
export const HOLDER_KINDS = ['policy', 'role', 'group', 'auth_role', 'entity'] as const
export type HolderKind = (typeof HOLDER_KINDS)[number]

/** A block that gives a holder something at a path. */
export interface AccessGrant extends ExplainedRule {
  /** Whether the block has conditions beside capabilities: of parameters, wrapping, or pages. */
  readonly conditional: boolean
  /** How the holder comes by the policy, as `kind:name`: 'group:staff', 'role:ops'; empty: it has it itself. */
  readonly chain: readonly string[]
}

/** One that may do something at a path. */
export interface AccessHolder {
  /** `policy`: whatever token carries it. */
  readonly kind: HolderKind
  /** Of entities and groups; else ''. */
  readonly id: string
  readonly name: string
  /** Sorted. */
  readonly capabilities: readonly string[]
  readonly through: readonly AccessGrant[]
}

export interface AccessQuestion {
  /** Without '/v1/', relative to the namespace. */
  readonly path: string
  /** Only who has this one; undefined: who has any. */
  readonly capability: string | undefined
  /** '' or what the page before ended with. */
  readonly after: string
  /** At most so many holders. */
  readonly limit: number
}

export interface AccessPage {
  readonly holders: readonly AccessHolder[]
  /** Where the next page begins; '': there is none. A page may be empty and yet not be the last. */
  readonly next: string
}

/** Who may do what in the request's namespace. */
export interface AccessService {
  /** Rejects with `invalid_request` for an `after` that no page ended with. */
  who(question: AccessQuestion): Promise<AccessPage>
  /** What the row at a path of this namespace asks of callers; 'token' where there is none, and in namespaces below. */
  accessTo(path: string, operation: Operation): Promise<Access>
  /**
   * Each path of this namespace as its row keeps the name in it, in their order: requests are judged by that spelling too.
   * Undefined where it is the same, and in namespaces below.
   */
  keptPaths(paths: readonly string[]): Promise<readonly (string | undefined)[]>
}
