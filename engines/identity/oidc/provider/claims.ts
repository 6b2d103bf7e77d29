import type { Reader } from '../../../../storage/store.ts'
import type { Entity } from '../../documents.ts'
import { groupsUpwards } from '../../groups.ts'
import { claimsOf } from '../template.ts'
import { ALLOW_ALL, type Client, type Provider, providerRows, scopeCodec } from './documents.ts'
import { Refusal, textOf } from './oauth.ts'
import { OPENID } from './scopes.ts'
import { assignmentNamed } from './stored.ts'

/** Who may log in at a client, and what it learns of them. */

type Reads = Pick<Reader, 'get'>

const SCOPE_MAX_CHARS = 4096

/** The scopes of a request that the provider has, each once; others mean nothing. Throws Refusal without `openid`. */
export function scopesOf(raw: unknown, provider: Provider): readonly string[] {
  const asked = new Set(textOf(raw, 'scope', SCOPE_MAX_CHARS).split(' '))
  if (!asked.has(OPENID)) throw new Refusal('invalid_request', `scope parameter must contain the "${OPENID}" value`)
  return provider.scopes.filter((scope) => asked.has(scope))
}

/** As a token response says it: what of it was given. */
export function scopeText(scopes: readonly string[]): string {
  return [OPENID, ...scopes].join(' ')
}

/** Whether the entity is one of those that the client is for. A disabled one is nowhere. */
export async function isAssigned(reader: Reads, entity: Entity, { assignments }: Client): Promise<boolean> {
  if (entity.disabled) return false
  if (assignments.includes(ALLOW_ALL)) return true
  const groups = await groupsUpwards(reader, entity.groupIds)
  const groupIds = new Set(groups.map(({ id }) => id))
  for (const name of assignments) {
    const assignment = await assignmentNamed(reader, name)
    if (assignment === undefined) continue
    if (assignment.entityIds.includes(entity.id) || assignment.groupIds.some((id) => groupIds.has(id))) return true
  }
  return false
}

/** The claims of all these scopes. Throws Refusal where two of them have the same one. */
export async function claimsOfScopes(
  reader: Reads,
  scopes: readonly string[],
  entity: Entity,
  nowMs: number,
): Promise<Readonly<Record<string, unknown>>> {
  const groups = await groupsUpwards(reader, entity.groupIds)
  const claims = new Map<string, unknown>()
  for (const name of scopes) {
    const scope = await reader.get(providerRows.scope(name), scopeCodec)
    for (const [claim, value] of Object.entries(claimsOf(scope?.template ?? '', { entity, groups, nowMs }))) {
      if (claims.has(claim)) {
        throw new Refusal('invalid_request', `two of the scopes have the same top-level claim "${claim.slice(0, 100)}"`)
      }
      claims.set(claim, value)
    }
  }
  return Object.fromEntries(claims)
}
