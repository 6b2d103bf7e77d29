import { normalPolicyName } from '../policy/name.ts'

/**
 * The policies of a token as they are kept: normal names, sorted, without repeats. `root` stands alone, since whatever
 * stands beside it adds nothing.
 */
export function canonicalPolicies(names: readonly string[], addDefault: boolean): readonly string[] {
  const normal = new Set(names.map(normalPolicyName).filter((name) => name !== ''))
  if (normal.has('root')) return ['root']
  if (addDefault) normal.add('default')
  return [...normal].sort()
}

/** Names for a list to compare with: as `canonicalPolicies`, but `root` does not swallow the others. */
export function normalPolicies(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(normalPolicyName).filter((name) => name !== ''))].sort()
}

/** `*` stands for any run of characters, also none. */
export function matchesGlob(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  const first = parts[0] ?? ''
  if (parts.length === 1) return pattern === text
  const last = parts[parts.length - 1] ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let from = first.length
  const end = text.length - last.length
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}

export function matchesAnyGlob(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, text))
}
