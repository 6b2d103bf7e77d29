import type { IdentityView } from '../../engines/identity-view.ts'
import type { AccessGrant } from '../../engines/system/services/access.ts'
import type { AskedPath } from '../../engines/system/services/policies.ts'
import { compileAcl } from './acl/acl.ts'
import { fittingRules } from './explain.ts'
import { capabilitiesAt } from './judge.ts'
import { normalPolicyName } from './name.ts'
import { isConditional, type ParsedPolicy } from './policy.ts'

/** What sets of policies give at one path. */

/** The paths are full. */
export interface ReachQuery extends AskedPath {
  readonly identity: IdentityView | undefined
  readonly nowMs: number
  readonly denyAlwaysWins: boolean
}

export interface Reach {
  /** As `sys/capabilities` shows them; never ['deny']. */
  readonly capabilities: readonly string[]
  readonly through: readonly AccessGrant[]
}

/**
 * What a holder may do at the path, by `policies` (as `policyAt` makes them; those that no giver names are ignored) and
 * the chains of `givers` that lead to them. Undefined: nothing.
 */
export function reachOf(
  policies: readonly ParsedPolicy[],
  givers: readonly { readonly policies: readonly string[]; readonly chain: readonly string[] }[],
  { path, keptPath, identity, nowMs, denyAlwaysWins }: ReachQuery,
): Reach | undefined {
  const acl = compileAcl(policies, { identity, nowMs, denyAlwaysWins })
  const capabilities = capabilitiesAt(acl, { path, keptPath }, nowMs)
  if (capabilities[0] === 'deny') return undefined
  const winners = new Set<string | undefined>()
  const deciding = (keptPath === undefined ? [path] : [path, keptPath]).flatMap((spelling) => {
    const query = { operation: 'list', path: spelling, data: {}, nowMs } as const
    const winner = acl.decide(query).rulePath
    if (winners.has(winner)) return []
    winners.add(winner)
    return fittingRules(policies, query, identity).filter((rule) => rule.path === winner)
  })
  const through = deciding.flatMap((rule): AccessGrant[] => {
    const policy = policies.find(({ name }) => name === rule.policy)
    const block = policy?.rules.find(({ line, source }) => line === rule.line && source === rule.source)
    const conditional = block !== undefined && isConditional(block)
    return givers
      .filter((giver) => giver.policies.some((name) => normalPolicyName(name) === rule.policy))
      .map(({ chain }) => ({ ...rule, conditional, chain }))
  })
  return { capabilities, through }
}
