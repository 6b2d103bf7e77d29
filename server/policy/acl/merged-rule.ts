import { mergeValues } from '../parse.ts'
import { CAN, type ParameterRules, type ParameterValue, type PathRule, type RuleConditions } from '../policy.ts'

/** A path's rules from all policies of a set, added up as Vault does. */
export interface MergedRule extends RuleConditions {
  /** The path as in a policy, templates filled in. */
  readonly path: string
  /** Union of `CAN` bits; exactly `CAN.deny` when one of the rules denies. */
  readonly capabilities: number
  /** What each policy gave, in the order in which they were added. */
  readonly grants: readonly { readonly policy: string; readonly capabilities: number }[]
}

export function firstRule(path: string, rule: PathRule, policy: string): MergedRule {
  if (rule.capabilities === CAN.deny) return denial(path, policy)
  return {
    path,
    capabilities: rule.capabilities,
    allowedParameters: rule.allowedParameters,
    deniedParameters: rule.deniedParameters,
    requiredParameters: rule.requiredParameters,
    minWrappingTtlSeconds: rule.minWrappingTtlSeconds,
    maxWrappingTtlSeconds: rule.maxWrappingTtlSeconds,
    paginationLimit: rule.paginationLimit,
    listFilter: rule.listFilter,
    grants: [{ policy, capabilities: rule.capabilities }],
  }
}

/** Adds another rule for the same path. A denial wins over everything before and after it. */
export function addRule(merged: MergedRule, rule: PathRule, policy: string): MergedRule {
  if (merged.capabilities === CAN.deny) return merged
  if (rule.capabilities === CAN.deny) return denial(merged.path, policy)
  return {
    path: merged.path,
    capabilities: merged.capabilities | rule.capabilities,
    allowedParameters: mergeParameters(merged.allowedParameters, rule.allowedParameters),
    deniedParameters: mergeParameters(merged.deniedParameters, rule.deniedParameters),
    requiredParameters: [...new Set([...merged.requiredParameters, ...rule.requiredParameters])],
    // The shorter of two bounds, of either kind: what lives less long is safer.
    minWrappingTtlSeconds: leastSet(merged.minWrappingTtlSeconds, rule.minWrappingTtlSeconds),
    maxWrappingTtlSeconds: leastSet(merged.maxWrappingTtlSeconds, rule.maxWrappingTtlSeconds),
    paginationLimit: leastSet(merged.paginationLimit, rule.paginationLimit),
    listFilter: merged.listFilter ?? rule.listFilter,
    grants: [...merged.grants, { policy, capabilities: rule.capabilities }],
  }
}

function denial(path: string, policy: string): MergedRule {
  return {
    path,
    capabilities: CAN.deny,
    allowedParameters: undefined,
    deniedParameters: undefined,
    requiredParameters: [],
    minWrappingTtlSeconds: 0,
    maxWrappingTtlSeconds: 0,
    paginationLimit: 0,
    listFilter: undefined,
    grants: [{ policy, capabilities: CAN.deny }],
  }
}

/** A bound of 0 or less is none. */
function leastSet(one: number, other: number): number {
  if (one <= 0) return Math.max(other, 0)
  return other <= 0 ? one : Math.min(one, other)
}

function mergeParameters(
  earlier: ParameterRules | undefined,
  later: ParameterRules | undefined,
): ParameterRules | undefined {
  if (later === undefined || later.size === 0) return earlier
  const merged = new Map<string, readonly ParameterValue[]>(earlier)
  for (const [name, values] of later) merged.set(name, mergeValues(merged.get(name), values))
  return merged
}
