import { invalid } from '../../engines/errors.ts'
import { RESPONSE_WRAPPING } from '../policy/builtin.ts'
import { normalPolicyName } from '../policy/name.ts'

/**
 * The policies of a token as they are kept: normal names, sorted, without repeats. `root` stands alone, since whatever
 * stands beside it adds nothing.
 */
export function canonicalPolicies(names: readonly string[]): readonly string[] {
  const normal = normalPolicies(names)
  return normal.includes('root') ? ['root'] : normal
}

/** As `canonicalPolicies`, with the policy `default`. */
export function policiesWithDefault(names: readonly string[]): readonly string[] {
  return canonicalPolicies([...names, 'default'])
}

/** Names for a list to compare with: as `canonicalPolicies`, but `root` does not swallow the others. */
export function normalPolicies(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(normalPolicyName).filter((name) => name !== ''))].sort()
}

/** Whether both give the same: a token is not renewed where its role has come to give other policies. `default` may come and go, as in Vault. */
export function isSamePolicies(some: readonly string[], others: readonly string[]): boolean {
  const compared = (names: readonly string[]) =>
    JSON.stringify(normalPolicies(names).filter((name) => name !== 'default'))
  return compared(some) === compared(others)
}

/** Throws `invalid_request` for what the server alone gives: who has it could pass its token off as a wrapped answer. */
export function refuseUnassignable(policies: readonly string[]): void {
  if (policies.includes(RESPONSE_WRAPPING)) throw invalid(`cannot assign policy "${RESPONSE_WRAPPING}"`)
}
