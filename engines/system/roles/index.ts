import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed, pageFields, pageOf } from '../../listing.ts'
import type { RoleInfo, RoleServices } from '../services/roles.ts'

/** `sys/roles`: named sets of policies, and who has them. */

type Context = EngineContext<RoleServices>

const fields = {
  name: field.text({
    anyCase: true,
    required: true,
    description: 'Name of the role: letters, digits and _ . - in any case.',
  }),
  description: field.text({ description: 'What the role is for.' }),
  policies: field.list({ description: 'What the members may do, by names of policies. Never root.' }),
  member_entity_ids: field.list({ description: 'Ids of the entities that have it.' }),
  member_group_ids: field.list({ description: 'Ids of the groups whose members have it, those in groups within too.' }),
  member_auth_roles: field.list({
    description:
      "Roles or users of auth methods, as auth/approle/ci or ACCESSOR/ci: the tokens of their logins have it, those tokens' children do not.",
  }),
}
type RoleRequest = EngineRequest<typeof fields>

const texts = Type.Array(Type.String())
const RoleReply = Type.Object({
  name: Type.String(),
  description: Type.String(),
  policies: texts,
  member_entity_ids: texts,
  member_group_ids: texts,
  member_auth_roles: Type.Array(
    Type.Object({
      path: Type.String({ description: 'As auth/approle/ci; the accessor in the place of a mount that is gone.' }),
      mount_accessor: Type.String(),
      role: Type.String(),
    }),
  ),
  creation_time: Type.String({ format: 'date-time' }),
  last_update_time: Type.String({ format: 'date-time' }),
})
const AUDIT_CLEAR = [...Object.keys(fields), 'keys', 'creation_time', 'last_update_time']

const roles = route('roles', {
  summary: 'List the roles',
  fields: pageFields,
  auditClear: AUDIT_CLEAR,
  returns: Type.Object({ keys: texts }),
  operations: {
    list: async ({ fields: page }, { services }: Context) => listed(await services.roles.names(pageOf(page))),
  },
})

const role = route('roles/:name', {
  summary: 'A role: a named set of policies, and who has them',
  description: 'A write changes what it names and leaves the rest. It holds from the next request on, on every node.',
  fields,
  exists: async (request, { services }: Context) => (await services.roles.get(request.fields.name)) !== undefined,
  auditClear: AUDIT_CLEAR,
  returns: RoleReply,
  operations: {
    read,
    create: { handler: write, summary: 'Make a role' },
    update: { handler: write, summary: 'Change a role' },
    delete: async ({ fields: { name } }, { services }: Context) => services.roles.delete(name) as Promise<undefined>,
  },
})

export const roleRoutes: readonly Route<RoleServices>[] = [roles, role]

async function read({ fields: { name } }: RoleRequest, { services }: Context): Promise<Reply> {
  const found = await services.roles.get(name)
  if (found === undefined) throw notFound()
  return { data: dataOf(found) }
}

async function write({ fields: sent }: RoleRequest, { services }: Context): Promise<undefined> {
  await services.roles.put(sent.name, {
    description: sent.description,
    policies: sent.policies,
    entityIds: sent.member_entity_ids,
    groupIds: sent.member_group_ids,
    authRoles: sent.member_auth_roles,
  })
}

function dataOf(info: RoleInfo): Readonly<Record<string, unknown>> {
  return {
    name: info.name,
    description: info.description,
    policies: info.policies,
    member_entity_ids: info.entityIds,
    member_group_ids: info.groupIds,
    member_auth_roles: info.authRoles.map(({ path, mountAccessor, role: name }) => ({
      path,
      mount_accessor: mountAccessor,
      role: name,
    })),
    creation_time: new Date(info.createdMs).toISOString(),
    last_update_time: new Date(info.updatedMs).toISOString(),
  }
}
