import { invalid } from '../../../engines/errors.ts'
import { matchesAnyGlob } from '../../../engines/glob.ts'
import { canonicalPolicies, policiesWithDefault, refuseUnassignable } from '../policy-names.ts'
import type { TokenRole } from './role.ts'

interface Asked {
  readonly policies: readonly string[]
  readonly no_default_policy: boolean
}

/**
 * Which policies a new token gets. Without a role that says otherwise they are a subset of the parent's, unless the
 * caller has sudo. `parent` is undefined where the parent is of a namespace above: its names are those of other policies,
 * so that nothing is handed down, and only who has sudo is let so far. Throws `invalid_request`.
 */
export function requestedPolicies(
  asked: Asked,
  parent: readonly string[] | undefined,
  role: TokenRole | undefined,
  sudo: boolean,
): readonly string[] {
  const addDefault = !asked.no_default_policy && role?.noDefaultPolicy !== true
  const policies =
    role !== undefined && restrictsPolicies(role)
      ? underRole(asked, parent ?? [], role)
      : free(asked, parent, sudo, addDefault)
  // A role that leaves it out means that nobody gets it unasked: its own list, the request or the parent may name it.
  const kept = asked.no_default_policy ? policies.filter((name) => name !== 'default') : policies
  refuseUnassignable(kept)
  return kept
}

function free(
  asked: Asked,
  parent: readonly string[] | undefined,
  sudo: boolean,
  addDefault: boolean,
): readonly string[] {
  const asAsked = addDefault ? policiesWithDefault(asked.policies) : canonicalPolicies(asked.policies)
  if (parent === undefined) return asAsked
  if (asked.policies.length === 0) return canonicalPolicies(parent)
  if (sudo) return asAsked
  const given = canonicalPolicies(asked.policies)
  if (!isSubset(given, canonicalPolicies(parent))) throw invalid('child policies must be subset of parent')
  return addDefault && parent.includes('default') ? policiesWithDefault(given) : given
}

function restrictsPolicies(role: TokenRole): boolean {
  return (
    role.allowedPolicies.length + role.allowedPoliciesGlob.length > 0 ||
    role.disallowedPolicies.length + role.disallowedPoliciesGlob.length > 0
  )
}

/** A role with lists decides for itself: what it allows may well be more than the parent has. */
function underRole(asked: Asked, parent: readonly string[], role: TokenRole): readonly string[] {
  const addDefault = !asked.no_default_policy && !role.noDefaultPolicy && !isDisallowed('default', role)
  const policies = allowedByRole(asked, parent, role, addDefault)
  for (const name of policies) {
    if (isDisallowed(name, role)) throw invalid(`token policy "${name}" is disallowed by this role`)
  }
  return policies
}

function allowedByRole(
  asked: Asked,
  parent: readonly string[],
  role: TokenRole,
  addDefault: boolean,
): readonly string[] {
  const canonical = addDefault ? policiesWithDefault : canonicalPolicies
  const given = asked.policies.length === 0 ? [] : canonical(asked.policies)
  const lists = role.allowedPolicies.length + role.allowedPoliciesGlob.length > 0
  if (!lists) return given.length === 0 ? canonical(parent) : given
  if (given.length === 0) return canonical(role.allowedPolicies)
  const allowed = addDefault ? [...role.allowedPolicies, 'default'] : role.allowedPolicies
  if (!given.every((name) => allowed.includes(name) || matchesAnyGlob(role.allowedPoliciesGlob, name))) {
    throw invalid("token policies must be subset of the role's allowed policies")
  }
  return given
}

function isDisallowed(name: string, role: TokenRole): boolean {
  return role.disallowedPolicies.includes(name) || matchesAnyGlob(role.disallowedPoliciesGlob, name)
}

function isSubset(names: readonly string[], of: readonly string[]): boolean {
  return of.includes('root') || names.every((name) => of.includes(name))
}
