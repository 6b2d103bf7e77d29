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
