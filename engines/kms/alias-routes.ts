import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { notFound } from '../errors.ts'
import { field } from '../field.ts'
import { listed, pageFields, pageOf } from '../listing.ts'
import { aliasesOf, deleteAlias, listAliases, putAlias, readAlias } from './aliases.ts'
import { aliasArn } from './arn.ts'
import { type Alias, keyIdOf, loadAlias } from './key-store.ts'
import { written } from './metadata.ts'
import { callOf, keyField } from './route-fields.ts'

/** Rows of aliases. One is made below its key, so that the path names both. */

const aliasField = field.text({
  required: true,
  description: 'Up to 250 letters, digits, "_", "-", and "/" within. Unique in the mount.',
})

const AliasReply = Type.Object({
  alias: Type.String(),
  arn: Type.String(),
  key_id: Type.String(),
  creation_date: Type.String({ format: 'date-time' }),
  last_updated_date: Type.String({ format: 'date-time' }),
})
const auditClear = [...Object.keys(AliasReply.properties), 'after', 'keys', 'limit', 'mode', 'name']

function aliasReply(context: EngineContext, alias: Alias): Reply {
  return {
    data: {
      alias: alias.name,
      arn: aliasArn(context, alias.name),
      key_id: alias.keyId,
      creation_date: written(alias.createdMs),
      last_updated_date: written(alias.updatedMs),
    },
  }
}

export const aliasList = route('aliases', {
  summary: 'List the aliases of all keys',
  fields: pageFields,
  auditClear,
  operations: {
    list: async (request: EngineRequest<typeof pageFields>, context) =>
      listed(await listAliases(callOf(request, context), pageOf(request.fields))),
  },
})

const nameFields = { name: aliasField }

export const aliasRow = route('aliases/:name*', {
  summary: 'Read and remove an alias',
  fields: nameFields,
  returns: AliasReply,
  auditClear,
  operations: {
    read: async (request: EngineRequest<typeof nameFields>, context) =>
      aliasReply(context, await readAlias(callOf(request, context), request.fields.name)),
    delete: async (request: EngineRequest<typeof nameFields>, context) => {
      await deleteAlias(callOf(request, context), request.fields.name)
      return undefined
    },
  },
})

const ofKeyFields = { id: keyField }

export const keyAliasList = route('keys/:id/aliases', {
  summary: 'List the aliases of a key',
  fields: ofKeyFields,
  auditClear,
  operations: {
    list: async ({ fields }: EngineRequest<typeof ofKeyFields>, context) =>
      listed(await aliasesOf(context.store, await keyIdOf(context.store, fields.id, context))),
  },
})

const putFields = {
  id: keyField,
  name: aliasField,
  mode: field.oneOf(['put', 'create', 'move'])({
    default: 'put',
    description: 'create: refused where there is such an alias; move: refused where there is none.',
  }),
}

export const keyAlias = route('keys/:id/aliases/:name*', {
  summary: 'Give a key an alias, or move one here from another key',
  description: 'A new alias is a `create`, one that is there an `update`, whichever key it is of.',
  fields: putFields,
  exists: async ({ fields }, { store }) => (await loadAlias(store, fields.name)) !== undefined,
  returns: AliasReply,
  auditClear,
  operations: { create: put, update: put, delete: remove },
})

async function put(request: EngineRequest<typeof putFields>, context: EngineContext): Promise<Reply> {
  const { id, name, mode } = request.fields
  return aliasReply(context, await putAlias(callOf(request, context), id, name, mode))
}

async function remove(request: EngineRequest<typeof putFields>, context: EngineContext): Promise<undefined> {
  const { id, name } = request.fields
  const call = callOf(request, context)
  const { keyId } = await readAlias(call, name)
  if (keyId !== (await keyIdOf(context.store, id, context))) throw notFound()
  await deleteAlias(call, name)
}
