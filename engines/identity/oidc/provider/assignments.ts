import Type from 'typebox'
import { type EngineRequest, type Reply, route } from '../../../engine.ts'
import { invalid, notFound } from '../../../errors.ts'
import { field } from '../../../field.ts'
import { pageFields } from '../../../listing.ts'
import type { Context } from '../../shown.ts'
import { ALLOW_ALL, assignmentCodec, providerRows } from './documents.ts'
import { assignmentNamed, clientsIn, distinct, namesWith } from './stored.ts'

/** `identity/oidc/assignment`: https://openbao.org/api-docs/secret/identity/oidc-provider/ */

const IDS_MAX = 10_000
const auditClear = ['entity_ids', 'group_ids', 'keys']

const fields = {
  name: field.name({ required: true, description: 'Name of the assignment.' }),
  entity_ids: field.list({ description: 'Ids of the entities that it names.' }),
  group_ids: field.list({ description: 'Ids of the groups whose members, also through other groups, it names.' }),
}
type AssignmentRequest = EngineRequest<typeof fields>

export const assignment = route('oidc/assignment/:name', {
  summary: 'Who may log in at clients',
  fields,
  auditClear,
  returns: Type.Object({ entity_ids: Type.Array(Type.String()), group_ids: Type.Array(Type.String()) }),
  exists: async ({ fields }, { store }) => (await assignmentNamed(store, fields.name)) !== undefined,
  operations: { read, create: put, update: put, delete: remove },
})

export const assignments = route('oidc/assignment', {
  summary: 'Names of the assignments',
  fields: pageFields,
  auditClear,
  operations: {
    list: async ({ fields }: EngineRequest<typeof pageFields>, { store }: Context): Promise<Reply> => ({
      data: { keys: await namesWith(store, providerRows.assignments, ALLOW_ALL, fields) },
    }),
  },
})

async function read({ fields }: AssignmentRequest, { store }: Context): Promise<Reply> {
  const found = await assignmentNamed(store, fields.name)
  if (found === undefined) throw notFound()
  return { data: { entity_ids: found.entityIds, group_ids: found.groupIds } }
}

async function put({ fields }: AssignmentRequest, { store }: Context): Promise<undefined> {
  if (fields.name === ALLOW_ALL) throw invalid(`modification of assignment "${ALLOW_ALL}" not allowed`)
  const entityIds = idsOf('entity_ids', fields.entity_ids)
  const groupIds = idsOf('group_ids', fields.group_ids)
  await store.transaction(async (tx) => {
    const before = await assignmentNamed(tx, fields.name)
    const after = {
      entityIds: entityIds ?? before?.entityIds ?? [],
      groupIds: groupIds ?? before?.groupIds ?? [],
    }
    tx.put(providerRows.assignment(fields.name), after, assignmentCodec)
  })
}

/** Ids in lower case. */
function idsOf(what: string, ids: readonly string[] | undefined): readonly string[] | undefined {
  if (ids === undefined) return undefined
  if (ids.length > IDS_MAX) throw invalid(`'${what}' has at most ${IDS_MAX} ids`)
  return distinct(ids.map((id) => id.toLowerCase()))
}

async function remove({ fields }: AssignmentRequest, { store }: Context): Promise<undefined> {
  const { name } = fields
  if (name === ALLOW_ALL) throw invalid(`deletion of assignment "${ALLOW_ALL}" not allowed`)
  await store.transaction(async (tx) => {
    const users = (await clientsIn(tx)).filter(({ client }) => client.assignments.includes(name))
    if (users.length > 0) {
      const names = users.map((user) => user.name).join(', ')
      throw invalid(
        `unable to delete assignment "${name}" because it is currently referenced by these clients: ${names}`,
      )
    }
    tx.delete(providerRows.assignment(name))
  })
}
