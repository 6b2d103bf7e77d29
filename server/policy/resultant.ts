import type { CompiledRule } from './acl/compiled-rule.ts'
import type { Matcher } from './acl/matcher.ts'
import type { Denials } from './denials.ts'
import type { ParameterRules } from './policy.ts'

/**
 * What a token may do, path by path, for user interfaces: exact paths, and prefixes without their '*'. Paths with '+' are
 * left out, as Vault leaves them out: clients compare these texts with paths as they are. What a denial overrules whole is shown
 * as denied.
 */
export function resultantOf(
  matcher: Matcher<CompiledRule>,
  denials: Denials | undefined,
): Readonly<Record<string, unknown>> {
  const exact = [...matcher.exact].map(([path, rule]) => [path, denials?.over(path, false) ?? rule] as const)
  const globs = [...matcher.prefixes].map(
    ([path, { rule }]) => [path, denials?.coverBelow(path) === true ? undefined : rule] as const,
  )
  return {
    root: false,
    exact_paths: Object.fromEntries(exact.sort(byPath).map(([path, rule]) => [path, entryOf(rule)])),
    glob_paths: Object.fromEntries(
      globs.sort(byPath).map(([path, rule]) => [path, rule === undefined ? DENIED : entryOf(rule)]),
    ),
  }
}

const DENIED = { capabilities: ['deny'] }

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
