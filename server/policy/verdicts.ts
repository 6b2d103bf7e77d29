import type { LeastChange } from '../../engines/system/services/policies.ts'
import { compileAcl } from './acl/acl.ts'
import type { Assertion, Claim } from './assertions.ts'
import { explain } from './explain.ts'
import { judge } from './judge.ts'
import type { ParsedPolicy } from './policy.ts'

/** One claim of an assertion that does not hold. */
export interface Broken {
  readonly path: string
  readonly claim: Claim
  readonly expected: 'allowed' | 'refused'
  /** Why it is as it is. */
  readonly message: string
  /** The blocks that decided, as `policy, line n: path`. */
  readonly decidedBy: readonly string[]
  readonly change: LeastChange | undefined
}

/** The claims that do not hold with these policies. `nowMs`: for blocks that expire. */
export function brokenClaims(
  assertion: Assertion,
  policies: readonly ParsedPolicy[],
  { nowMs, denyAlwaysWins }: { readonly nowMs: number; readonly denyAlwaysWins: boolean },
): readonly Broken[] {
  const { identity, paths, allow, deny, parameters: data, wrapTtlSeconds } = assertion
  const acl = compileAcl(policies, { identity, nowMs, denyAlwaysWins })
  const check = (given: string, claim: Claim, expected: Broken['expected']): Broken[] => {
    const operation = claim === 'sudo' ? 'read' : claim
    const lists = operation === 'list' || operation === 'scan'
    const path = lists && !given.endsWith('/') ? `${given}/` : given
    const query = { operation, path, data, wrapTtlSeconds, nowMs } as const
    const decision = judge(acl, query)
    const holds = claim === 'sudo' ? decision.sudo : decision.allowed
    if (holds === (expected === 'allowed')) return []
    const { message, rules, change } = explain({ policies, acl, identity }, query)
    const decidedBy = rules.map((rule) => `${rule.policy}, line ${rule.line}: "${rule.source}"`)
    const isSudo = claim === 'sudo'
    return [
      {
        path: given,
        claim,
        expected,
        message: isSudo ? sudoWords(holds) : message,
        decidedBy,
        change: isSudo ? undefined : change,
      },
    ]
  }
  return paths.flatMap((path) => [
    ...allow.flatMap((claim) => check(path, claim, 'allowed')),
    ...deny.flatMap((claim) => check(path, claim, 'refused')),
  ])
}

const sudoWords = (holds: boolean): string => (holds ? 'the block gives sudo' : 'the block does not give sudo')
