import type { AskedPath } from '../../engines/system/services/policies.ts'
import { rulePath } from './acl/matcher.ts'
import { patternFits, patternOf } from './pattern.ts'
import type { ParsedPolicy } from './policy.ts'

/** The policy with no more than the rules that can have a say at the path in either spelling, whoever asks. Listings ask without the final '/' too. */
export function policyAt(policy: ParsedPolicy, { path, keptPath = path }: AskedPath): ParsedPolicy {
  const rules = policy.rules.filter((rule) => {
    const [first] = rule.parts
    if (rule.parts.some((part) => 'template' in part)) {
      const start = policy.namespacePath + (first !== undefined && 'text' in first ? first.text.replace(/^\//, '') : '')
      return start.includes('+') || path.startsWith(start) || keptPath.startsWith(start)
    }
    const full = rulePath(policy, rule, undefined)
    const pattern = full === undefined ? undefined : patternOf(full)
    return pattern !== undefined && (patternFits(pattern, path, true) || patternFits(pattern, keptPath, true))
  })
  return { ...policy, rules }
}
