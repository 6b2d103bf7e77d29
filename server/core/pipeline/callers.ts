import type { FoundToken, TokenEntry } from '../../auth/token/service.ts'
import type { Decision } from '../../policy/decision.ts'
import type { AuditCaller } from '../audit-port.ts'

/**
 * What engines and the audit log see of a token. One object per token document and decision, both of which are shared
 * between requests, so that whatever is worked out of a caller is worked out once.
 */
export class Callers {
  readonly #known = new WeakMap<TokenEntry, WeakMap<Decision, AuditCaller>>()
  /** Of requests that policy had no say in. */
  readonly #undecided = new WeakMap<TokenEntry, AuditCaller>()

  of(found: FoundToken, decision: Decision | undefined): AuditCaller {
    if (decision === undefined) return kept(this.#undecided, found.entry, () => callerOf(found, undefined))
    const byDecision = kept(this.#known, found.entry, () => new WeakMap<Decision, AuditCaller>())
    return kept(byDecision, decision, () => callerOf(found, decision))
  }
}

function kept<K extends object, V>(map: WeakMap<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function callerOf({ hash, entry, from }: FoundToken, decision: Decision | undefined): AuditCaller {
  const isRoot = entry.policies.includes('root')
  return {
    accessor: entry.accessor,
    displayName: entry.displayName,
    tokenHash: hash,
    policies: entry.policies,
    meta: entry.meta,
    entityId: entry.entityId,
    isRoot,
    type: entry.type,
    path: entry.path,
    ...(from !== undefined && { from }),
    tokenIssueTimeMs: entry.createdMs,
    tokenTtlSeconds: entry.ttlSeconds,
    remainingUses: Math.max(0, entry.numUses),
    identityPolicies: [],
    noDefaultPolicy: !isRoot && !entry.policies.includes('default'),
    policyResults: decision && { allowed: decision.allowed, grantingPolicies: decision.grantingPolicies },
  }
}
