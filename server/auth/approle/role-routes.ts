import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../../engines/engine.ts'
import { invalid, notFound } from '../../../engines/errors.ts'
import { listed, pageFields, pageOf } from '../../../engines/listing.ts'
import type { Tx } from '../../../storage/store.ts'
import { type Hasher, hasherOf } from './hasher.ts'
import { ROLES, roleCodec, roleIdCodec, roleIdPath, roleNameOf, storedRole } from './role.ts'
import {
  type Changed,
  changedRole,
  type RoleChange,
  roleFields,
  roleName,
  shownFields,
  shownRole,
} from './role-fields.ts'
import { deleteSecretIds } from './secret-id.ts'

const fields = { role_name: roleName, ...roleFields }
type RoleRequest = EngineRequest<typeof fields>

const { role_id: _id, bound_cidr_list: _older, ...shownHere } = shownFields

/** Everything about a role but its id, which is half of what logs in. */
export const ROLE_CLEAR = ['role_name', ...Object.keys(roleFields).filter((name) => name !== 'role_id')]

export const roles = route('role', {
  summary: 'List the roles',
  fields: pageFields,
  operations: {
    list: async ({ fields: page }, { store }: EngineContext) => listed(await store.list(ROLES, pageOf(page))),
  },
})

export const role = route('role/:role_name', {
  summary: 'What a machine may log in as',
  fields,
  exists: async (request, { store }) => (await storedRole(store, roleNameOf(request))) !== undefined,
  auditClear: ROLE_CLEAR,
  returns: Type.Object(shownHere),
  operations: { create: write, update: write, read, delete: remove },
})

async function read(request: RoleRequest, { store }: EngineContext): Promise<Reply> {
  const found = await storedRole(store, roleNameOf(request))
  if (found === undefined) throw notFound()
  return { data: shownRole(found) }
}

async function write(request: RoleRequest, context: EngineContext): Promise<Reply | undefined> {
  const name = roleNameOf(request)
  const hasher = await hasherOf(context)
  const { warnings } = await context.store.transaction((tx) => putChanged(tx, name, request.fields, hasher, context))
  return warnings.length === 0 ? undefined : { warnings }
}

/** Writes the role as `change` makes it, and finds it by its id from then on. */
export async function putChanged(
  tx: Tx,
  name: string,
  change: RoleChange,
  hasher: Hasher,
  context: EngineContext,
): Promise<Changed> {
  const before = await storedRole(tx, name)
  const changed = changedRole(name, change, before, context)
  const { role: after } = changed
  if (after.roleId !== before?.roleId) {
    const path = roleIdPath(hasher, after.roleId)
    if ((await tx.get(path, roleIdCodec)) !== undefined) throw invalid('role_id already in use')
    if (before !== undefined) tx.delete(roleIdPath(hasher, before.roleId))
    tx.put(path, { name }, roleIdCodec)
  }
  tx.put(ROLES + name, after, roleCodec)
  return changed
}

/** With the role's row nothing logs in any more; its secret ids are cleared away after that, or by a later tidy. */
async function remove(request: RoleRequest, context: EngineContext): Promise<undefined> {
  const { store } = context
  const name = roleNameOf(request)
  const hasher = await hasherOf(context)
  const gone = await store.transaction(async (tx) => {
    const found = await storedRole(tx, name)
    if (found === undefined) return undefined
    tx.delete(roleIdPath(hasher, found.roleId))
    tx.delete(ROLES + name)
    return found
  })
  if (gone !== undefined) await deleteSecretIds(store, gone.uid)
}
