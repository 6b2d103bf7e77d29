import type { CompiledRule } from './compiled-rule.ts'
import type { Matcher } from './matcher.ts'
import type { ParameterRules } from './policy.ts'

/**
 * What a token may do, path by path, for user interfaces: exact paths, and prefixes without their '*'. Paths with '+' are
 * left out, as Vault leaves them out: clients compare these texts with paths as they are.
 */
export function resultantOf(matcher: Matcher<CompiledRule>): Readonly<Record<string, unknown>> {
  return {
    root: false,
    exact_paths: Object.fromEntries([...matcher.exact].sort(byPath).map(([path, rule]) => [path, entryOf(rule)])),
    glob_paths: Object.fromEntries([...matcher.prefixes].sort(byPath).map(([path, { rule }]) => [path, entryOf(rule)])),
  }
}

function byPath([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

function entryOf({ merged, capabilityNames }: CompiledRule): Readonly<Record<string, unknown>> {
  const entry: Record<string, unknown> = { capabilities: capabilityNames }
  if (merged.minWrappingTtlSeconds > 0) entry.min_wrapping_ttl = merged.minWrappingTtlSeconds
  if (merged.maxWrappingTtlSeconds > 0) entry.max_wrapping_ttl = merged.maxWrappingTtlSeconds
  if (isSet(merged.allowedParameters)) entry.allowed_parameters = Object.fromEntries(merged.allowedParameters)
  if (isSet(merged.deniedParameters)) entry.denied_parameters = Object.fromEntries(merged.deniedParameters)
  if (merged.requiredParameters.length > 0) entry.required_parameters = merged.requiredParameters
  return entry
}

function isSet(rules: ParameterRules | undefined): rules is ParameterRules {
  return rules !== undefined && rules.size > 0
}
