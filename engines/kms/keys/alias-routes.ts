import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed, pageFields, pageOf } from '../../listing.ts'
import { aliasArn } from '../arn.ts'
import { callOf, keyField } from '../route-fields.ts'
import { aliasesOf, deleteAlias, listAliases, putAlias, readAlias } from './aliases.ts'
import { type Alias, keyIdOf, loadAlias } from './key-store.ts'
import { written } from './metadata.ts'

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
const AliasList = Type.Object({
  keys: Type.Array(Type.String()),
  key_info: Type.Record(Type.String(), AliasReply, { description: 'What is known of each.' }),
})
const auditClear = [...Object.keys(AliasReply.properties), 'after', 'key_info', 'keys', 'limit', 'mode', 'name']

function shownAlias(context: EngineContext, alias: Alias) {
  return {
    alias: alias.name,
    arn: aliasArn(context, alias.name),
    key_id: alias.keyId,
    creation_date: written(alias.createdMs),
    last_updated_date: written(alias.updatedMs),
  }
}

function aliasReply(context: EngineContext, alias: Alias): Reply {
  return { data: shownAlias(context, alias) }
}

/** Names, and beside them what each is. One that has gone meanwhile is left out. */
async function aliasesReply(context: EngineContext, names: readonly string[]): Promise<Reply> {
  const found = await Promise.all(names.map((name) => loadAlias(context.store, name)))
  const aliases = found.filter((alias) => alias !== undefined)
  const info = Object.fromEntries(aliases.map((alias) => [alias.name, shownAlias(context, alias)]))
  return { data: { ...listed(aliases.map(({ name }) => name)).data, key_info: info } }
}

export const aliasList = route('aliases', {
  summary: 'List the aliases of all keys',
  fields: pageFields,
  auditClear,
  operations: {
    list: {
      returns: AliasList,
      handler: async (request: EngineRequest<typeof pageFields>, context) =>
        aliasesReply(context, await listAliases(callOf(request, context), pageOf(request.fields))),
    },
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

const ofKeyFields = { id: keyField, ...pageFields }

export const keyAliasList = route('keys/:id/aliases', {
  summary: 'List the aliases of a key',
  fields: ofKeyFields,
  auditClear,
  operations: {
    list: {
      returns: AliasList,
      handler: async ({ fields }: EngineRequest<typeof ofKeyFields>, context) => {
        const keyId = await keyIdOf(context.store, fields.id, context)
        return aliasesReply(context, await aliasesOf(context.store, keyId, pageOf(fields)))
      },
    },
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
