import type { Tx } from '../../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { listed, pageFields, pageOf } from '../../listing.ts'
import { findIssuer } from '../issuers/find.ts'
import { RoleReply, roleFields, roleOf, shownRole } from './fields.ts'
import { ROLES, type Role, roleCodec, roleNamed } from './role.ts'

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
  return store.transaction((tx) => put(tx, roleOf(fields), fields))
}

async function put(tx: Tx, made: Role, fields: RoleRequest['fields']): Promise<Reply> {
  tx.put(ROLES + fields.name, made, roleCodec)
  return { data: shownRole(made), warnings: [...(await issuerWarnings(made, tx)), ...leaseWarnings(made, fields)] }
}

/** A role may be written before its issuer is there. */
async function issuerWarnings({ issuerRef }: Role, tx: Tx): Promise<readonly string[]> {
  if ((await findIssuer(tx, issuerRef)) !== undefined) return []
  return issuerRef === 'default'
    ? ['the role is of the default issuer, but there is none yet: config/issuers names it']
    : [`the role is of the issuer ${issuerRef}, but none has that name or id`]
}

function leaseWarnings({ noStore }: Role, fields: RoleRequest['fields']): readonly string[] {
  return noStore && fields.generate_lease === true
    ? ['no_store and generate_lease exclude each other: no_store counts, since what is not kept cannot be revoked']
    : []
}

async function patch({ fields }: RoleRequest, { store }: EngineContext): Promise<Reply> {
  return store.transaction(async (tx) => {
    const before = await roleNamed(tx, fields.name)
    if (before === undefined) throw notFound('unable to fetch role entry to patch')
    return put(tx, roleOf(fields, before), fields)
  })
}

async function remove({ fields }: RoleRequest, { store }: EngineContext): Promise<undefined> {
  await store.transaction((tx) => tx.delete(ROLES + fields.name))
}
