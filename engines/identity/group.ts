import type { Awaitable } from '../../storage/backend.ts'
import type { Tx } from '../../storage/store.ts'
import { type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import { pageFields, pageOf } from '../listing.ts'
import { checkedName, type Group, groupCodec, type Pointer, pointerCodec, rows } from './documents.ts'
import {
  deleteGroup,
  groupNamed,
  groupOf,
  memberIds,
  newGroup,
  setMembers,
  withMemberGroups,
  writeGroup,
} from './groups.ts'
import { checkedMetadata } from './metadata.ts'
import { assignable } from './policies.ts'
import {
  AUDIT_CLEAR,
  briefAlias,
  type Context,
  GroupReply,
  KeyList,
  listedWithInfo,
  MadeReply,
  readEach,
  shownGroup,
} from './shown.ts'

/** `identity/group`: https://openbao.org/api-docs/secret/identity/group/ */

const fields = {
  id: field.name({ default: '', description: 'Id of the group.' }),
  name: field.text({ anyCase: true, default: '', description: 'Name of the group; absent: one is made up.' }),
  type: field.oneOf(['internal', 'external'])({
    description: "'internal', or 'external': its members are who the auth method of its alias says. Never changes.",
  }),
  metadata: field.stringMap({ description: 'What is to be known of the group, for templates.' }),
  policies: field.list({ description: 'Policies of all members, and of the members of groups in it.' }),
  member_entity_ids: field.list({ description: 'Ids of the entities in it.' }),
  member_group_ids: field.list({ description: 'Ids of the groups in it.' }),
}
type GroupRequest = EngineRequest<typeof fields>

const about = { fields, auditClear: AUDIT_CLEAR }

export const group = route('group', {
  ...about,
  summary: 'Make or change a group',
  returns: MadeReply,
  operations: { update: put },
})

export const groups = route('group/id', {
  summary: 'Ids of the groups',
  fields: pageFields,
  auditClear: AUDIT_CLEAR,
  returns: KeyList,
  operations: { list: (request, context: Context) => list(request, context, 'id') },
})

export const groupById = route('group/id/:id', {
  ...about,
  summary: 'A group, by its id',
  returns: GroupReply,
  operations: {
    read: async ({ fields }: GroupRequest, context: Context) => shown(await groupOf(context.store, fields.id), context),
    update: { handler: put, returns: MadeReply },
    delete: ({ fields }: GroupRequest, context: Context) => remove(context, (tx) => groupOf(tx, fields.id)),
  },
})

export const groupNames = route('group/name', {
  summary: 'Names of the groups',
  fields: pageFields,
  auditClear: AUDIT_CLEAR,
  returns: KeyList,
  operations: { list: (request, context: Context) => list(request, context, 'name') },
})

export const groupByName = route('group/name/:name*', {
  ...about,
  summary: 'A group, by its name',
  returns: GroupReply,
  closingSlash: false,
  operations: {
    read: async ({ fields }: GroupRequest, context: Context) =>
      shown(await groupNamed(context.store, fields.name), context),
    update: { handler: put, returns: MadeReply },
    delete: ({ fields }: GroupRequest, context: Context) => remove(context, (tx) => groupNamed(tx, fields.name)),
  },
})

/** The group that is meant by id, or else by name, is changed; none: a new one is made. */
async function put({ fields }: GroupRequest, context: Context): Promise<Reply | undefined> {
  const wantedName = fields.name === '' ? undefined : checkedName(fields.name)
  const metadata = fields.metadata && checkedMetadata('metadata', fields.metadata)
  const policies = fields.policies && assignable(fields.policies, context.services)
  return context.store.transaction(async (tx) => {
    const before = await findExisting(tx, fields.id, wantedName)
    const base = before ?? newGroup(context, fields.type ?? 'internal', wantedName)
    if (fields.type !== undefined && fields.type !== base.type) throw invalid('group type cannot be changed')
    refuseGivenMembers(fields, base)
    const named: Group = {
      ...base,
      name: wantedName ?? base.name,
      metadata: metadata ?? base.metadata,
      policies: policies ?? base.policies,
    }
    if (fields.member_entity_ids !== undefined) await setMembers(tx, named, fields.member_entity_ids)
    const after =
      fields.member_group_ids === undefined
        ? named
        : await withMemberGroups(tx, named, fields.member_group_ids, context)
    writeGroup(tx, before, after, context)
    return before === undefined ? { data: { id: after.id, name: after.name } } : undefined
  })
}

async function findExisting(tx: Tx, id: string, name: string | undefined): Promise<Group | undefined> {
  const named = name === undefined ? undefined : await groupNamed(tx, name)
  if (id === '') return named
  const found = await groupOf(tx, id)
  if (found === undefined) throw invalid('invalid group ID')
  if (named !== undefined && named.id !== found.id) throw invalid('group name is already in use')
  return found
}

/** Who is in an external group is for its auth method to say. */
function refuseGivenMembers(fields: GroupRequest['fields'], { type }: Group): void {
  if (type !== 'external') return
  if ((fields.member_entity_ids?.length ?? 0) > 0)
    throw invalid("member entities can't be set manually for external groups")
  if ((fields.member_group_ids?.length ?? 0) > 0) throw invalid("member groups can't be set for external groups")
}

async function shown(found: Group | undefined, context: Context): Promise<Reply> {
  if (found === undefined) throw notFound()
  return shownGroup(found, context)
}

async function remove(context: Context, find: (tx: Tx) => Awaitable<Group | undefined>): Promise<undefined> {
  await deleteGroup(context.store, find, context)
}

async function list({ fields }: EngineRequest<typeof pageFields>, context: Context, by: 'id' | 'name'): Promise<Reply> {
  const { store } = context
  const names = await store.list(by === 'id' ? rows.groups : rows.groupNames, pageOf(fields))
  const found = await readEach(names, async (row) => {
    const pointer: Pointer | undefined =
      by === 'id' ? { id: row } : await store.get(rows.groupNames + row, pointerCodec)
    return pointer && store.get(rows.group(pointer.id), groupCodec)
  })
  const infos = await readEach(found, async (one) => ({ key: one[by], info: await infoOf(one, context) }))
  return listedWithInfo(infos)
}

async function infoOf(one: Group, context: Context): Promise<object> {
  return {
    name: one.name,
    num_member_entities: (await memberIds(context.store, one)).length,
    num_parent_groups: one.parentIds.length,
    ...(one.alias !== undefined && { alias: await briefAlias(one.alias, context) }),
  }
}
