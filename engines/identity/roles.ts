import type { Awaitable } from '../../storage/backend.ts'
import type { Reader, Tx } from '../../storage/store.ts'
import { invalid } from '../errors.ts'
import {
  type AuthRoleMember,
  type Entity,
  type Group,
  type Role,
  roleCodec,
  roleName,
  rolesOfMemberCodec,
  rows,
} from './documents.ts'
import { type Means, point } from './entities.ts'

/** Roles in the store: named sets of policies, and rows that say which of them each member has. */

type Reads = Pick<Reader, 'get'>

/** Members of one kind in a role, and roles of one member. Groups hold more. */
const MEMBERS_MAX = 1_000
const ROLES_OF_MEMBER_MAX = 200

export function newRole({ clock }: Means, name: string): Role {
  const nowMs = clock.now()
  const none = { policies: [], entityIds: [], groupIds: [], authRoles: [] }
  return { name, description: '', ...none, createdMs: nowMs, updatedMs: nowMs }
}

export async function roleNamed(reader: Reads, sent: string): Promise<Role | undefined> {
  const name = roleName(sent)
  return name === undefined ? undefined : reader.get(rows.role(name), roleCodec)
}

/** Writes `after` in the place of `before`, with the rows of who joins and who leaves. Holds from the next request on. */
export async function writeRole(
  tx: Tx,
  before: Role | undefined,
  after: Role | undefined,
  { random }: Means,
): Promise<void> {
  if (after !== undefined) checkMembers(after)
  const row = rows.role((after ?? before)?.name ?? '')
  const earlier = new Set(before === undefined ? [] : memberRows(before))
  const later = new Set(after === undefined ? [] : memberRows(after))
  for (const member of later.difference(earlier)) await join(tx, member, row)
  for (const member of earlier.difference(later)) await leave(tx, member, row)
  if (after !== undefined) tx.put(row, after, roleCodec)
  else tx.delete(row)
  point(tx, rows.epoch, random.uuid())
}

function checkMembers({ entityIds, groupIds, authRoles }: Role): void {
  const kinds = Object.entries({
    member_entity_ids: entityIds,
    member_group_ids: groupIds,
    member_auth_roles: authRoles,
  })
  for (const [field, members] of kinds)
    if (members.length > MEMBERS_MAX) throw invalid(`${field} has more than ${MEMBERS_MAX} members: use groups`)
}

function memberRows({ entityIds, groupIds, authRoles }: Role): string[] {
  return [
    ...entityIds.map(rows.rolesOfEntity),
    ...groupIds.map(rows.rolesOfGroup),
    ...authRoles.map(({ mountUuid, role }) => rows.rolesOfAuthRole(mountUuid, role)),
  ]
}

async function join(tx: Tx, member: string, row: string): Promise<void> {
  const roles = new Set((await tx.get(member, rolesOfMemberCodec))?.rows)
  roles.add(row)
  if (roles.size > ROLES_OF_MEMBER_MAX) throw invalid(`a member has at most ${ROLES_OF_MEMBER_MAX} roles`)
  tx.put(member, { rows: [...roles].sort() }, rolesOfMemberCodec)
}

async function leave(tx: Tx, member: string, row: string): Promise<void> {
  const left = (await tx.get(member, rolesOfMemberCodec))?.rows.filter((one) => one !== row) ?? []
  if (left.length === 0) tx.delete(member)
  else tx.put(member, { rows: left }, rolesOfMemberCodec)
}

/** The roles of an entity itself, of those that became part of it among them. Groups have theirs. */
export function rolesOfEntity(
  reader: Reads,
  { id, mergedIds }: Pick<Entity, 'id' | 'mergedIds'>,
): Promise<readonly Role[]> {
  return rolesAt(reader, [id, ...mergedIds].map(rows.rolesOfEntity))
}

export function rolesOfGroups(reader: Reads, groups: readonly Pick<Group, 'id'>[]): Promise<readonly Role[]> {
  return rolesAt(
    reader,
    groups.map(({ id }) => rows.rolesOfGroup(id)),
  )
}

/** Of the tokens of logins under a role of an auth mount. */
export function rolesOfAuthRole(
  reader: Reads,
  { mountUuid, role }: Pick<AuthRoleMember, 'mountUuid' | 'role'>,
): Promise<readonly Role[]> {
  return rolesAt(reader, [rows.rolesOfAuthRole(mountUuid, role)])
}

async function rolesAt(reader: Reads, members: readonly string[]): Promise<readonly Role[]> {
  const found = await Promise.all(members.map(async (member) => reader.get(member, rolesOfMemberCodec)))
  const names = new Set(found.flatMap((one) => one?.rows ?? []))
  const roles = await Promise.all(
    [...names].map(async (row): Promise<Awaitable<Role | undefined>> => reader.get(row, roleCodec)),
  )
  return roles.filter((role) => role !== undefined)
}
