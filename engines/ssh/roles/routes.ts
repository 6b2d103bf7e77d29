import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { listed, pageFields, pageOf } from '../../listing.ts'
import { forgetZeroAddressRole } from '../otp/zero-address.ts'
import { RoleReply, type RoleRequest, roleFields, roleOf, shownRole } from './fields.ts'
import { ROLES, roleCodec, roleNamed } from './role.ts'

const ListReply = Type.Object({
  keys: Type.Array(Type.String()),
  key_info: Type.Record(
    Type.String(),
    Type.Object({ key_type: Type.String(), issuer_ref: Type.Optional(Type.String()) }),
  ),
})

export const roleList = route('roles', {
  summary: 'List the roles',
  fields: pageFields,
  returns: ListReply,
  auditClear: ['keys', 'key_info', 'after', 'limit'],
  operations: { list },
})

export const role = route('roles/:role', {
  summary: 'What certificates or one-time passwords of a role are like',
  fields: roleFields,
  exists: async ({ fields }, { store }) => (await roleNamed(store, fields.role)) !== undefined,
  auditClear: Object.keys(roleFields),
  operations: { create: write, update: write, read: { handler: read, returns: RoleReply }, delete: remove },
})

async function list({ fields }: EngineRequest<typeof pageFields>, { store }: EngineContext): Promise<Reply> {
  const names = await store.list(ROLES, pageOf(fields))
  const info: Record<string, object> = {}
  for (const name of names) {
    const found = await roleNamed(store, name)
    if (found === undefined) continue
    info[name] = { key_type: found.keyType, ...(found.keyType === 'ca' && { issuer_ref: found.issuerRef }) }
  }
  return { data: { ...listed(names).data, key_info: info } }
}

async function read({ fields }: RoleRequest, { store }: EngineContext): Promise<Reply> {
  const found = await roleNamed(store, fields.role)
  if (found === undefined) throw notFound()
  return { data: shownRole(found) }
}

/** A role that is written anew forgets what it said. */
async function write({ fields }: RoleRequest, { store }: EngineContext): Promise<undefined> {
  const made = roleOf(fields)
  await store.transaction((tx) => tx.put(ROLES + fields.role, made, roleCodec))
}

async function remove({ fields }: RoleRequest, { store }: EngineContext): Promise<undefined> {
  await store.transaction(async (tx) => {
    await forgetZeroAddressRole(tx, fields.role)
    tx.delete(ROLES + fields.role)
  })
}
