import type { Entity, Group } from '../../../engines/identity/documents.ts'
import { groupOf } from '../../../engines/identity/groups.ts'
import { rolesOfEntity, rolesOfGroups } from '../../../engines/identity/roles.ts'
import type { Reader } from '../../../storage/store.ts'
import { normalPolicyName } from '../../policy/name.ts'

/** What identity gives, and through what. */

const NOT_GIVEN = new Set(['root', 'response-wrapping', ''])

/** What is written was checked when it was written; here nothing but a normal name gets through, and `root` never. */
export function givenPolicies(givers: readonly { readonly policies: readonly string[] }[]): readonly string[] {
  const names = givers.flatMap(({ policies }) => policies.map(normalPolicyName))
  return [...new Set(names)].filter((name) => !NOT_GIVEN.has(name)).sort()
}

/** Policies, and how whoever has them comes by them: 'group:staff', 'role:ops'; empty: by itself. */
export interface Giver {
  readonly policies: readonly string[]
  readonly chain: readonly string[]
}

type Reads = Pick<Reader, 'get'>

/** All that gives an entity policies: itself, its groups and those they are in, and the roles of them all. */
export async function giversOfEntity(reader: Reads, entity: Entity): Promise<readonly Giver[]> {
  const roles = await rolesOfEntity(reader, entity)
  const ofRoles = roles.map(({ name, policies }) => ({ policies, chain: [`role:${name}`] }))
  return [{ policies: entity.policies, chain: [] }, ...ofRoles, ...(await giversUpwards(reader, entity.groupIds, []))]
}

/** As `giversOfEntity`, of whoever is in a group. */
export async function giversOfGroup(reader: Reads, group: Group): Promise<readonly Giver[]> {
  const roles = await rolesOfGroups(reader, [group])
  const ofRoles = roles.map(({ name, policies }) => ({ policies, chain: [`role:${name}`] }))
  return [
    { policies: group.policies, chain: [] },
    ...ofRoles,
    ...(await giversUpwards(reader, group.parentIds, [group.id])),
  ]
}

/** Each group once, by its shortest chain. */
async function giversUpwards(
  reader: Reads,
  ids: readonly string[],
  known: readonly string[],
): Promise<readonly Giver[]> {
  const seen = new Set(known)
  const givers: Giver[] = []
  let level = ids.map((id) => ({ id, chain: [] as readonly string[] }))
  while (level.length > 0) {
    const above: typeof level = []
    for (const { id, chain } of level) {
      if (seen.has(id)) continue
      seen.add(id)
      const group = await groupOf(reader, id)
      if (group === undefined) continue
      const here = [...chain, `group:${group.name}`]
      givers.push({ policies: group.policies, chain: here })
      for (const { name, policies } of await rolesOfGroups(reader, [group]))
        givers.push({ policies, chain: [...here, `role:${name}`] })
      above.push(...group.parentIds.map((parent) => ({ id: parent, chain: here })))
    }
    level = above
  }
  return givers
}
