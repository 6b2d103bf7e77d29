/** A `path` block that had to do with a decision. */
export interface ExplainedRule {
  readonly policy: string
  /** Counts from 1. */
  readonly line: number
  /** The path as written in the policy, templates and all. */
  readonly source: string
  /** The path with its templates filled in. */
  readonly path: string
  /** Sorted. */
  readonly capabilities: readonly string[]
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number | undefined
}
