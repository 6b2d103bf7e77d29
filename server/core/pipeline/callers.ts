import type { FoundToken } from '../../auth/token/service.ts'
import type { Decision } from '../../policy/decision.ts'
import type { AuditCaller } from '../audit-port.ts'
import type { Subject } from '../identity/subjects.ts'

/**
 * What engines and the audit log see of a token. One object per subject and decision, both of which are shared
 * between requests, so that whatever is worked out of a caller is worked out once.
 */
export class Callers {
  readonly #known = new WeakMap<Subject, WeakMap<Decision, AuditCaller>>()
  /** Of requests that policy had no say in. */
  readonly #undecided = new WeakMap<Subject, AuditCaller>()

  of(found: FoundToken, subject: Subject, decision: Decision | undefined): AuditCaller {
    if (decision === undefined) return kept(this.#undecided, subject, () => callerOf(found, subject, undefined))
    const byDecision = kept(this.#known, subject, () => new WeakMap<Decision, AuditCaller>())
    return kept(byDecision, decision, () => callerOf(found, subject, decision))
  }
}

function kept<K extends object, V>(map: WeakMap<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function callerOf({ hash, entry, from }: FoundToken, subject: Subject, decision: Decision | undefined): AuditCaller {
  const isRoot = entry.policies.includes('root')
  return {
    accessor: entry.accessor,
    displayName: entry.displayName,
    tokenHash: hash,
    policies: entry.policies,
    meta: entry.meta,
    entityId: subject.entityId,
    ...(subject.view !== undefined && { identity: subject.view }),
    isRoot,
    type: entry.type,
    path: entry.path,
    ...(from !== undefined && { from }),
    tokenIssueTimeMs: entry.createdMs,
    tokenTtlSeconds: entry.ttlSeconds,
    remainingUses: Math.max(0, entry.numUses),
    identityPolicies: subject.identityPolicies,
    noDefaultPolicy: !isRoot && !entry.policies.includes('default'),
    policyResults: decision && { allowed: decision.allowed, grantingPolicies: decision.grantingPolicies },
  }
}
