import type { Awaitable } from '../../storage/backend.ts'
import type { Reader, Store, Tx } from '../../storage/store.ts'
import { invalid } from '../errors.ts'
import { entityCodec, type Group, groupCodec, isId, isName, pointerCodec, rows } from './documents.ts'
import { entityOf, isAccessor, type Means, point, writeEntity } from './entities.ts'

/** Groups in the store. */

type Reads = Pick<Reader, 'get'>

/** Members that one request adds and removes, so that it fits into one transaction. */
const MEMBER_CHANGES_MAX = 5_000
/** Groups in a group, and groups above one in all. */
const MEMBER_GROUPS_MAX = 1_000
/** Members of a group that is deleted are let go so many at a time. */
const LEAVING_AT_ONCE = 1_000

export function newGroup({ clock, random }: Means, type: Group['type'], name?: string): Group {
  const id = random.uuid()
  const nowMs = clock.now()
  return {
    id,
    name: name ?? `group_${id.slice(0, 8)}${random.bytes(2).toString('hex')}`,
    type,
    policies: [],
    metadata: {},
    memberGroupIds: [],
    parentIds: [],
    alias: undefined,
    createdMs: nowMs,
    updatedMs: nowMs,
    modifyIndex: 0,
  }
}

/** Writes `after` in the place of `before`, with the rows that lead to it. */
export function writeGroup(
  tx: Tx,
  before: Group | undefined,
  after: Group | undefined,
  { random, clock }: Means,
): void {
  const earlier = before === undefined ? [] : leading(before)
  const later = after === undefined ? [] : leading(after)
  for (const path of earlier) if (!later.includes(path)) tx.delete(path)
  if (after !== undefined) {
    for (const path of later) if (!earlier.includes(path)) point(tx, path, after.id)
    const written = { ...after, updatedMs: clock.now(), modifyIndex: after.modifyIndex + 1 }
    tx.put(rows.group(after.id), written, groupCodec)
  } else if (before !== undefined) tx.delete(rows.group(before.id))
  point(tx, rows.epoch, random.uuid())
}

function leading({ name, alias }: Group): string[] {
  const own = [rows.groupName(name)]
  if (alias === undefined) return own
  return [...own, rows.groupAlias(alias.id), rows.groupFactors(alias.mountAccessor, alias.name)]
}

export function groupOf(reader: Reads, id: string): Awaitable<Group | undefined> {
  return isId(id) ? reader.get(rows.group(id), groupCodec) : undefined
}

export async function groupNamed(reader: Reads, name: string): Promise<Group | undefined> {
  return isName(name) ? pointedTo(reader, rows.groupName(name)) : undefined
}

export async function groupOfAlias(reader: Reads, aliasId: string): Promise<Group | undefined> {
  return isId(aliasId) ? pointedTo(reader, rows.groupAlias(aliasId)) : undefined
}

export async function groupOfFactors(reader: Reads, accessor: string, name: string): Promise<Group | undefined> {
  return isAccessor(accessor) ? pointedTo(reader, rows.groupFactors(accessor, name)) : undefined
}

async function pointedTo(reader: Reads, path: string): Promise<Group | undefined> {
  const pointer = await reader.get(path, pointerCodec)
  return pointer === undefined ? undefined : reader.get(rows.group(pointer.id), groupCodec)
}

/** These groups and all that they are in, each once. Ids of groups that are gone are passed over. */
export async function groupsUpwards(reader: Reads, ids: readonly string[]): Promise<readonly Group[]> {
  const found = new Map<string, Group>()
  const waiting = [...ids]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue
    const group = await groupOf(reader, id)
    if (group === undefined) continue
    found.set(id, group)
    waiting.push(...group.parentIds)
  }
  return [...found.values()]
}

export function memberIds(reader: Pick<Reader, 'list'>, { id }: Group): Promise<string[]> {
  return reader.list(rows.members(id))
}

/** Makes these, and nobody else, the members of a group. Refuses an id that no entity has. */
export async function setMembers(tx: Tx, group: Group, wanted: readonly string[]): Promise<void> {
  const now = new Set(await memberIds(tx, group))
  const next = new Set(wanted)
  const joining = [...next].filter((id) => !now.has(id))
  const leaving = [...now].filter((id) => !next.has(id))
  if (joining.length + leaving.length > MEMBER_CHANGES_MAX)
    throw invalid(`one request adds and removes at most ${MEMBER_CHANGES_MAX} members`)
  for (const id of joining) {
    const entity = await entityOf(tx, id)
    if (entity === undefined) throw invalid(`entity ID "${shown(id)}" does not exist`)
    writeEntity(tx, entity, { ...entity, groupIds: [...entity.groupIds, group.id] })
  }
  for (const id of leaving) await leave(tx, group.id, id)
}

async function leave(tx: Tx, groupId: string, entityId: string): Promise<void> {
  const entity = await tx.get(rows.entity(entityId), entityCodec)
  if (entity === undefined) tx.delete(rows.member(groupId, entityId))
  else writeEntity(tx, entity, { ...entity, groupIds: entity.groupIds.filter((id) => id !== groupId) })
}

/** The group with these, and no others, in it. Refuses a circle. The group itself is for the caller to write. */
export async function withMemberGroups(tx: Tx, group: Group, wanted: readonly string[], means: Means): Promise<Group> {
  const next = [...new Set(wanted)]
  if (next.length > MEMBER_GROUPS_MAX) throw invalid(`a group has at most ${MEMBER_GROUPS_MAX} groups in it`)
  const above = new Set((await groupsUpwards(tx, [group.id, ...group.parentIds])).map(({ id }) => id))
  if (above.size > MEMBER_GROUPS_MAX) throw invalid(`a group lies in at most ${MEMBER_GROUPS_MAX} groups`)
  for (const id of next) {
    const member = await groupOf(tx, id)
    if (member === undefined) throw invalid(`group ID "${shown(id)}" does not exist`)
    if (id === group.id || above.has(id))
      throw invalid(`cyclic group membership: "${shown(id)}" holds the group already`)
    if (!member.parentIds.includes(group.id))
      writeGroup(tx, member, { ...member, parentIds: [...member.parentIds, group.id] }, means)
  }
  for (const id of group.memberGroupIds) if (!next.includes(id)) await takeOut(tx, group.id, id, means)
  return { ...group, memberGroupIds: next }
}

async function takeOut(tx: Tx, parentId: string, id: string, means: Means): Promise<void> {
  const member = await groupOf(tx, id)
  if (member === undefined) return
  writeGroup(tx, member, { ...member, parentIds: member.parentIds.filter((one) => one !== parentId) }, means)
}

/** From when this resolves the group gives nobody anything. Undefined id: there is nothing to do. */
export async function deleteGroup(
  store: Store,
  find: (tx: Tx) => Awaitable<Group | undefined>,
  means: Means,
): Promise<void> {
  const group = await store.transaction(async (tx) => {
    const found = await find(tx)
    if (found === undefined) return undefined
    writeGroup(tx, found, undefined, means)
    for (const id of found.memberGroupIds) await takeOut(tx, found.id, id, means)
    for (const id of found.parentIds) {
      const parent = await groupOf(tx, id)
      if (parent === undefined) continue
      const memberGroupIds = parent.memberGroupIds.filter((one) => one !== found.id)
      writeGroup(tx, parent, { ...parent, memberGroupIds }, means)
    }
    return found
  })
  if (group === undefined) return
  // What a crash leaves of these rows leads nowhere: ids are never given twice.
  for (;;) {
    const ids = await store.list(rows.members(group.id), { limit: LEAVING_AT_ONCE })
    if (ids.length === 0) return
    await store.transaction(async (tx) => {
      for (const id of ids) await leave(tx, group.id, id)
    })
  }
}

function shown(id: string): string {
  return id.slice(0, 100)
}
