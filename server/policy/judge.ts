import type { AskedPath } from '../../engines/system/services/policies.ts'
import type { Acl, AclQuery, Decision } from './decision.ts'

/** What becomes of a request: 'a/b/' reaches the row of 'a/b', so that a rule that denies 'a/b' must deny it too. */
export function judge(acl: Acl, query: AclQuery): Decision {
  const { path, operation } = query
  const asked = acl.decide(query)
  const lists = operation === 'list' || operation === 'scan'
  if (!path.endsWith('/') || lists || !asked.allowed) return asked
  const bare = acl.decide({ ...query, path: path.slice(0, -1) })
  return bare.allowed ? asked : bare
}

/** The path whose rule decides a request: its own, unless another spelling that it stands for is refused. */
export function decidingPath(acl: Acl, query: AclQuery, keptPath: string | undefined, needsSudo: boolean): string {
  if (!acl.decide(query).allowed) return query.path
  if (!judge(acl, query).allowed) return query.path.slice(0, -1)
  if (keptPath === undefined || acl.isRoot) return query.path
  const kept = { ...query, path: keptPath }
  const { reason, allowed, sudo } = judge(acl, kept)
  if (reason === 'no_rule' || (allowed && (sudo || !needsSudo))) return query.path
  return decidingPath(acl, kept, undefined, needsSudo)
}

/** Sorted names, or ['root'], or ['deny']: as `Acl.capabilities`, without what another spelling of the path is refused. */
export function capabilitiesAt(acl: Acl, { path, keptPath }: AskedPath, nowMs: number): readonly string[] {
  if (acl.isRoot) return acl.capabilities(path, nowMs)
  const asSent = capabilitiesOf(acl, path, nowMs)
  return keptPath === undefined || !hasRule(acl, keptPath, nowMs)
    ? asSent
    : inBoth(asSent, capabilitiesOf(acl, keptPath, nowMs))
}

function capabilitiesOf(acl: Acl, path: string, nowMs: number): readonly string[] {
  const capabilities = acl.capabilities(path, nowMs)
  const bare = path.slice(0, -1)
  if (!path.endsWith('/') || !hasRule(acl, bare, nowMs)) return capabilities
  return inBoth(capabilities, [...acl.capabilities(bare, nowMs), 'list', 'scan'])
}

function inBoth(some: readonly string[], others: readonly string[]): readonly string[] {
  const both = some.filter((name) => others.includes(name))
  return both.length === 0 ? ['deny'] : both
}

function hasRule(acl: Acl, path: string, nowMs: number): boolean {
  const operation = path.endsWith('/') ? 'list' : 'read'
  return acl.decide({ operation, path, data: {}, nowMs }).reason !== 'no_rule'
}
