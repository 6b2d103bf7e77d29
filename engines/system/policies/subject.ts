import type { Caller } from '../../engine.ts'
import { denied, invalid } from '../../errors.ts'
import type { PolicyHolder, PolicyServices } from '../services/policies.ts'

/** Whose policies a row speaks of. */

export function ownPolicies(caller: Caller | undefined): PolicyHolder {
  if (caller === undefined) throw denied()
  const { policies, identityPolicies, entityId, from } = caller
  return { policies: identityPolicies.length === 0 ? policies : allOf(policies, identityPolicies), entityId, from }
}

/** As requests have them, so that what is compiled for those serves here. */
function allOf(policies: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...policies, ...more])].sort()
}

export async function policiesOfToken(token: string, { policySubjects }: PolicyServices): Promise<PolicyHolder> {
  const policies = await policySubjects.tokenPolicies(token)
  if (policies === undefined) throw invalid('invalid token')
  return policies
}

export async function policiesOfAccessor(accessor: string, { policySubjects }: PolicyServices): Promise<PolicyHolder> {
  const policies = await policySubjects.accessorPolicies(accessor)
  if (policies === undefined) throw invalid('invalid accessor')
  return policies
}
