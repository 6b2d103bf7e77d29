import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { listed, pageFields, pageOf } from '../../listing.ts'
import { RoleReply, roleFields, roleOf, shownRole } from './fields.ts'
import { ROLES, roleCodec, roleNamed } from './role.ts'

type RoleRequest = EngineRequest<typeof roleFields>

const CLEAR = [...Object.keys(roleFields), ...Object.keys(RoleReply.properties)]

export const roleList = route('roles', {
  summary: 'List the roles',
  fields: pageFields,
  auditClear: ['keys', 'after', 'limit'],
  operations: { list: async ({ fields }, { store }) => listed(await store.list(ROLES, pageOf(fields))) },
})

export const role = route('roles/:name', {
  summary: 'What certificates of a role are like',
  fields: roleFields,
  exists: async ({ fields }, { store }) => (await roleNamed(store, fields.name)) !== undefined,
  returns: RoleReply,
  auditClear: CLEAR,
  operations: { create: write, update: write, patch, read, delete: remove },
})

async function read({ fields }: RoleRequest, { store }: EngineContext): Promise<Reply> {
  const found = await roleNamed(store, fields.name)
  if (found === undefined) throw notFound()
  return { data: shownRole(found) }
}

/** A role that is written anew forgets what it said; only PATCH keeps what is not named. */
async function write({ fields }: RoleRequest, { store }: EngineContext): Promise<Reply> {
  const made = roleOf(fields)
  await store.transaction((tx) => tx.put(ROLES + fields.name, made, roleCodec))
  return { data: shownRole(made) }
}

async function patch({ fields }: RoleRequest, { store }: EngineContext): Promise<Reply> {
  return store.transaction(async (tx) => {
    const before = await roleNamed(tx, fields.name)
    if (before === undefined) throw notFound('unable to fetch role entry to patch')
    const made = roleOf(fields, before)
    tx.put(ROLES + fields.name, made, roleCodec)
    return { data: shownRole(made) }
  })
}

async function remove({ fields }: RoleRequest, { store }: EngineContext): Promise<undefined> {
  await store.transaction((tx) => tx.delete(ROLES + fields.name))
}
