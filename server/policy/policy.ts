import type { TemplatePart } from '../../engines/identity-template.ts'

/** What a parsed ACL policy is. Nothing here depends on where policies are kept or who is asking. */

/** Capabilities as bits: a rule holds their union. `deny` stands alone. */
export const CAN = {
  deny: 1,
  create: 2,
  read: 4,
  update: 8,
  delete: 16,
  list: 32,
  sudo: 64,
  patch: 128,
  scan: 256,
} as const

/** A value of a parameter list: what HCL and JSON can write. */
export type ParameterValue =
  | string
  | number
  | boolean
  | null
  | readonly ParameterValue[]
  | { readonly [key: string]: ParameterValue }

/** Parameter name (lower case, or '*') to the values meant; no values: any value. */
export type ParameterRules = ReadonlyMap<string, readonly ParameterValue[]>

/** What a rule asks of a request beside its capability. */
export interface RuleConditions {
  readonly allowedParameters: ParameterRules | undefined
  readonly deniedParameters: ParameterRules | undefined
  readonly requiredParameters: readonly string[]
  /** Seconds; 0 is no bound. */
  readonly minWrappingTtlSeconds: number
  readonly maxWrappingTtlSeconds: number
  /** Most keys a list may ask for at once; 0 is no bound. */
  readonly paginationLimit: number
  readonly listFilter: ListFilter | undefined
}

/** One `path` block. */
export interface PathRule extends RuleConditions {
  /** As written, for messages and explanations. */
  readonly source: string
  readonly line: number
  readonly parts: readonly TemplatePart[]
  /** Union of `CAN` bits; exactly `CAN.deny` when the rule denies. */
  readonly capabilities: number
  /** The rule holds up to and including this moment. Milliseconds since the epoch. */
  readonly expiresAtMs: number | undefined
}

/** Whether what is sent with a request matters to a rule. */
export function boundsParameters(
  rule: Pick<RuleConditions, 'requiredParameters' | 'allowedParameters' | 'deniedParameters'>,
): boolean {
  return (
    rule.requiredParameters.length > 0 ||
    (rule.allowedParameters?.size ?? 0) > 0 ||
    (rule.deniedParameters?.size ?? 0) > 0
  )
}

/** Whether a rule demands more than a capability. */
export function isConditional(rule: RuleConditions): boolean {
  return (
    boundsParameters(rule) ||
    rule.minWrappingTtlSeconds > 0 ||
    rule.maxWrappingTtlSeconds > 0 ||
    rule.paginationLimit > 0 ||
    rule.listFilter !== undefined
  )
}

/** A compiled `list_scan_response_keys_filter_path`. */
export interface ListFilter {
  readonly source: string
  /** The path whose access decides whether `key`, listed at `path`, is shown. */
  pathOf(path: string, key: string): string
}

export interface ParsedPolicy {
  /** Lower case. `root` and only `root` is the policy that may do everything. */
  readonly name: string
  /** Namespace its paths are relative to: '' or ending in '/'. */
  readonly namespacePath: string
  readonly rules: readonly PathRule[]
  /** Whether some path has a `{{template}}`. */
  readonly templated: boolean
  /** The whole policy holds up to and including this moment. */
  readonly expiresAtMs: number | undefined
  readonly allowSlashesInTemplates: boolean
  readonly allowWildcardsInTemplates: boolean
}

/** Bad policy text: what is wrong, and where. `line` and `column` count from 1; 0 when the fault has no place. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly line: number
  readonly column: number
  constructor(message: string, position: { readonly line: number; readonly column: number } = { line: 0, column: 0 }) {
    super(position.line > 0 ? `line ${position.line}: ${message}` : message)
    this.line = position.line
    this.column = position.column
  }
}
