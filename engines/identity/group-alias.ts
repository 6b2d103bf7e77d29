import type { Tx } from '../../storage/store.ts'
import { type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import { pageFields, pageOf } from '../listing.ts'
import { checkedAliasName, type Group, type GroupAlias, rows } from './documents.ts'
import { groupOf, groupOfAlias, groupOfFactors, newGroup, writeGroup } from './groups.ts'
import {
  AliasReply,
  AUDIT_CLEAR,
  type Context,
  KeyList,
  listedAlias,
  listedWithInfo,
  MadeReply,
  readEach,
  shownGroupAlias,
} from './shown.ts'

/** `identity/group-alias`: https://openbao.org/api-docs/secret/identity/group-alias/ */

const fields = {
  id: field.name({ default: '', description: 'Id of the alias, to change one.' }),
  canonical_id: field.text({ default: '', description: 'Id of its external group; absent: a new one is made.' }),
  mount_accessor: field.text({ default: '', description: 'Accessor of the mount whose logins name the group.' }),
  name: field.text({ default: '', description: 'Name that the auth method has for the group.' }),
}
type AliasRequest = EngineRequest<typeof fields>

const about = { fields, auditClear: AUDIT_CLEAR }

export const groupAlias = route('group-alias', {
  ...about,
  summary: 'Make or change the alias of an external group',
  returns: MadeReply,
  operations: { update: put },
})

export const groupAliases = route('group-alias/id', {
  summary: 'Ids of the aliases of groups',
  fields: pageFields,
  auditClear: AUDIT_CLEAR,
  returns: KeyList,
  operations: { list },
})

export const groupAliasById = route('group-alias/id/:id', {
  ...about,
  summary: 'The alias of an external group',
  returns: AliasReply,
  operations: {
    read,
    update: { handler: put, returns: MadeReply },
    delete: remove,
  },
})

async function put({ fields }: AliasRequest, context: Context): Promise<Reply> {
  if (fields.name === '') throw invalid('missing alias name')
  checkedAliasName(fields.name)
  if (fields.mount_accessor === '') throw invalid('missing mount_accessor')
  const shownAccessor = fields.mount_accessor.slice(0, 100)
  const mount = await context.services.mountOf(fields.mount_accessor)
  if (mount === undefined) throw invalid(`invalid mount accessor "${shownAccessor}"`)
  if (mount.local) throw invalid(`mount accessor "${shownAccessor}" is a local mount`)
  return context.store.transaction(async (tx) => {
    const holder = fields.id === '' ? undefined : await holderOf(tx, fields.id)
    const target = (await wantedGroup(tx, fields.canonical_id)) ?? holder
    const before = holder?.alias
    const taken = await groupOfFactors(tx, fields.mount_accessor, fields.name)
    if (taken !== undefined && taken.alias?.id !== before?.id)
      throw invalid('combination of mount and group alias name is already in use')
    const nowMs = context.clock.now()
    const alias: GroupAlias = {
      id: before?.id ?? context.random.uuid(),
      name: fields.name,
      mountAccessor: fields.mount_accessor,
      createdMs: before?.createdMs ?? nowMs,
      updatedMs: nowMs,
    }
    if (holder !== undefined && holder.id !== target?.id)
      writeGroup(tx, holder, { ...holder, alias: undefined }, context)
    const group = target ?? newGroup(context, 'external')
    writeGroup(tx, target, { ...group, alias }, context)
    return { data: { id: alias.id, canonical_id: group.id } }
  })
}

async function holderOf(tx: Tx, aliasId: string): Promise<Group> {
  const holder = await groupOfAlias(tx, aliasId)
  if (holder === undefined) throw invalid('invalid group alias ID')
  return holder
}

async function wantedGroup(tx: Tx, id: string): Promise<Group | undefined> {
  if (id === '') return undefined
  const wanted = await groupOf(tx, id)
  if (wanted === undefined) throw invalid("invalid group ID given in 'canonical_id'")
  if (wanted.type !== 'external') throw invalid("alias can't be set on an internal group")
  return wanted
}

async function read({ fields }: AliasRequest, context: Context): Promise<Reply> {
  const holder = await groupOfAlias(context.store, fields.id)
  if (holder?.alias === undefined) throw notFound()
  return {
    data: { ...(await shownGroupAlias(holder.alias, holder.id, context)), namespace_id: context.namespace.id },
  }
}

async function remove({ fields }: AliasRequest, context: Context): Promise<undefined> {
  await context.store.transaction(async (tx) => {
    const holder = await groupOfAlias(tx, fields.id)
    if (holder !== undefined) writeGroup(tx, holder, { ...holder, alias: undefined }, context)
  })
}

async function list({ fields }: EngineRequest<typeof pageFields>, context: Context): Promise<Reply> {
  const ids = await context.store.list(rows.groupAliases, pageOf(fields))
  const infos = await readEach(ids, async (id) => {
    const holder = await groupOfAlias(context.store, id)
    if (holder?.alias === undefined) return undefined
    return { key: id, info: await listedAlias(holder.alias, holder.id, {}, context) }
  })
  return listedWithInfo(infos)
}
