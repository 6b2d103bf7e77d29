import type { Access, Operation } from '../../engines/engine.ts'
import type { IdentityView } from '../../engines/identity-view.ts'
import type { ExplainedRule } from '../../engines/system/services/explained-rule.ts'
import type { Explanation } from '../../engines/system/services/policies.ts'
import { capabilityNames } from './acl/compiled-rule.ts'
import { filledRule } from './acl/matcher.ts'
import type { Acl, AclQuery, Decision, DecisionReason } from './decision.ts'
import { decidingPath } from './judge.ts'
import { leastChange } from './least-change.ts'
import { byPriority, type Pattern, patternFits, patternOf } from './pattern.ts'
import type { ParsedPolicy } from './policy.ts'
import { policyAt } from './policy-at.ts'
import { isExpired } from './policy-record.ts'

/** Overruled blocks that are told, at most. */
const OVERRULED_MAX = 100

/** Policies and what was compiled of them. */
export interface PoliciesInForce {
  readonly policies: readonly ParsedPolicy[]
  readonly acl: Acl
  /** Whom their templates speak of; undefined: nobody. */
  readonly identity?: IdentityView | undefined
}

/** What the server knows of the path that is asked about. */
export interface AskedRow {
  /** What the path asks of callers, besides a capability. Default: a token. */
  readonly access?: Access | undefined
  /** The path as its row keeps the name in it, where that is another. */
  readonly keptPath?: string | undefined
}

/** Which blocks decided a request, and which would have had a say had those not been there. */
export function explain(
  { policies, acl, identity }: PoliciesInForce,
  asked: AclQuery,
  { access = 'token', keptPath }: AskedRow = {},
): Omit<Explanation, 'missingPolicies'> {
  const needsSudo = access === 'sudo'
  const query = { ...asked, path: decidingPath(acl, asked, keptPath, needsSudo) }
  const decision = acl.decide(query)
  const outcome = outcomeOf(decision, query.operation, acl.denyAlwaysWins, access)
  const fitting = acl.isRoot ? [] : fittingRules(policies, query, identity)
  const winner = decision.rulePath
  return {
    ...outcome,
    sudo: decision.sudo,
    needsSudo,
    capabilities: acl.capabilities(query.path, query.nowMs),
    decidedBy: winner,
    rules: fitting.filter(({ path }) => path === winner),
    overruled: closestFirst(fitting.filter(({ path }) => path !== winner)).slice(0, OVERRULED_MAX),
    change:
      access === 'none'
        ? undefined
        : leastChange({
            // What can't fit has no say, however much it is.
            policies: policies.map((policy) => policyAt(policy, query)),
            query,
            identity,
            acl,
            decision,
            needsSudo,
            fitting,
          }),
  }
}

/** The blocks that hold now and whose path fits, in the order of the policies. */
export function fittingRules(
  policies: readonly ParsedPolicy[],
  { operation, path, nowMs }: Pick<AclQuery, 'operation' | 'path' | 'nowMs'>,
  identity: IdentityView | undefined,
): ExplainedRule[] {
  const listing = operation === 'list' || operation === 'scan'
  return policies.flatMap((policy) =>
    policy.rules.flatMap((rule) => {
      if (isExpired(policy, nowMs) || isExpired(rule, nowMs)) return []
      const filled = filledRule(policy, rule, identity)
      const pattern = filled === undefined ? undefined : patternOf(filled.path)
      if (filled === undefined || pattern === undefined || !patternFits(pattern, path, listing)) return []
      return {
        policy: policy.name,
        line: rule.line,
        source: rule.source,
        path: filled.path,
        capabilities: capabilityNames(filled.rule.capabilities),
        expiresAtMs: rule.expiresAtMs ?? policy.expiresAtMs,
      }
    }),
  )
}

function closestFirst(rules: readonly ExplainedRule[]): ExplainedRule[] {
  const patterns = new Map(rules.map(({ path }) => [path, patternOf(path) as Pattern]))
  const wild = byPriority([...patterns.values()].filter(({ kind }) => kind !== 'exact'))
  const rank = (rule: ExplainedRule): number => {
    const pattern = patterns.get(rule.path) as Pattern
    return pattern.kind === 'exact' ? wild.length : wild.indexOf(pattern)
  }
  return rules
    .map((rule) => ({ rule, rank: rank(rule) }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ rule }) => rule)
}

const MESSAGES: Readonly<Record<DecisionReason, (operation: Operation, path: string) => string>> = {
  root: () => 'the root policy allows everything',
  granted: (operation, path) => `"${path}" gives ${operation}`,
  help: () => 'help needs no capability',
  no_rule: () => 'no path of these policies fits, and what is not given is refused',
  denied: (_, path) => `"${path}" denies, and a denial wins over whatever else is given for the same path`,
  missing_capability: (operation, path) => `"${path}" is the closest path that fits, and does not give ${operation}`,
  wrapping_ttl: (_, path) => `"${path}" asks for a wrapped response, with a lifetime within its bounds`,
  required_parameter: (_, path) => `"${path}" requires a parameter that is not there`,
  denied_parameter: (_, path) => `"${path}" denies one of the parameters, or the value of one`,
  parameter_not_allowed: (_, path) => `"${path}" does not allow one of the parameters, or the value of one`,
  pagination_limit: (_, path) => `"${path}" bounds how many keys a listing may ask for`,
}

function messageOf({ reason, rulePath: path }: Decision, operation: Operation, denyAlwaysWins: boolean): string {
  if (denyAlwaysWins && reason === 'denied') return `"${path}" denies, and here every denial that fits wins`
  return MESSAGES[reason](operation, path ?? '')
}

/** What becomes of the request, and why. */
function outcomeOf(
  decision: Decision,
  operation: Operation,
  denyAlwaysWins: boolean,
  access: Access,
): Pick<Explanation, 'allowed' | 'reason' | 'message'> {
  if (access === 'none')
    return { allowed: true, reason: 'open', message: 'nobody has to log in for this, and policies are not asked' }
  const { allowed, reason, sudo, rulePath: path = '' } = decision
  if (allowed && access === 'sudo' && !sudo)
    return {
      allowed: false,
      reason: 'missing_sudo',
      message: `"${path}" gives ${operation}, but this is root-protected and wants sudo too, which it does not give`,
    }
  return { allowed, reason, message: messageOf(decision, operation, denyAlwaysWins) }
}
