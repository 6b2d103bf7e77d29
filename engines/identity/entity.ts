import type { Tx } from '../../storage/store.ts'
import { type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import { pageFields, pageOf } from '../listing.ts'
import { checkedName, type Entity, entityCodec, type Pointer, pointerCodec, rows } from './documents.ts'
import { entityNamed, entityOf, newEntity, writeEntity } from './entities.ts'
import { checkedMetadata } from './metadata.ts'
import { assignable } from './policies.ts'
import {
  AUDIT_CLEAR,
  briefAlias,
  type Context,
  EntityReply,
  KeyList,
  listedWithInfo,
  MadeReply,
  readEach,
  shownEntity,
} from './shown.ts'

/** `identity/entity`: https://openbao.org/api-docs/secret/identity/entity/ */

const id = field.name({ default: '', description: 'Id of the entity.' })
const name = field.text({ anyCase: true, default: '', description: 'Name of the entity; absent: one is made up.' })
const aboutEntity = {
  metadata: field.stringMap({ description: 'What is to be known of the entity, for templates and logs.' }),
  policies: field.list({ description: 'Policies that all its tokens have, beside their own.' }),
  disabled: field.bool({ description: 'Whether its tokens are refused.' }),
}
const fields = { id, name, ...aboutEntity }
type EntityRequest = EngineRequest<typeof fields>

const about = { fields, auditClear: AUDIT_CLEAR }

export const entity = route('entity', {
  ...about,
  summary: 'Make or change an entity',
  returns: MadeReply,
  operations: { update: put },
})

export const entities = route('entity/id', {
  summary: 'Ids of the entities',
  fields: pageFields,
  auditClear: AUDIT_CLEAR,
  returns: KeyList,
  operations: { list: (request, context: Context) => list(request, context, 'id') },
})

export const entityById = route('entity/id/:id', {
  ...about,
  summary: 'An entity, by its id',
  returns: EntityReply,
  operations: {
    read: async ({ fields }: EntityRequest, context: Context) =>
      shown(await entityOf(context.store, fields.id), context),
    update: { handler: put, returns: MadeReply },
    delete: ({ fields }: EntityRequest, context: Context) => remove(context, async (tx) => entityOf(tx, fields.id)),
  },
})

export const entityNames = route('entity/name', {
  summary: 'Names of the entities',
  fields: pageFields,
  auditClear: AUDIT_CLEAR,
  returns: KeyList,
  operations: { list: (request, context: Context) => list(request, context, 'name') },
})

export const entityByName = route('entity/name/:name*', {
  ...about,
  summary: 'An entity, by its name',
  returns: EntityReply,
  closingSlash: false,
  operations: {
    read: async ({ fields }: EntityRequest, context: Context) =>
      shown(await entityNamed(context.store, fields.name), context),
    update: { handler: put, returns: MadeReply },
    delete: ({ fields }: EntityRequest, context: Context) => remove(context, (tx) => entityNamed(tx, fields.name)),
  },
})

const deleteFields = { entity_ids: field.list({ default: [], description: 'Ids of the entities.' }) }

/** Entities that one request deletes, so that it fits into one transaction. */
const DELETED_MAX = 500

export const batchDelete = route('entity/batch-delete', {
  summary: 'Delete several entities',
  fields: deleteFields,
  auditClear: AUDIT_CLEAR,
  operations: {
    update: async ({ fields }: EngineRequest<typeof deleteFields>, { store }: Context): Promise<undefined> => {
      const ids = new Set(fields.entity_ids)
      if (ids.size === 0) throw invalid('missing entity ids to delete')
      if (ids.size > DELETED_MAX) throw invalid(`one request deletes at most ${DELETED_MAX} entities`)
      await store.transaction(async (tx) => {
        for (const one of ids) writeEntity(tx, await entityOf(tx, one), undefined)
      })
    },
  },
})

/** Whoever is meant by id, or else by name, is changed; nobody: a new one is made. */
async function put({ fields }: EntityRequest, context: Context): Promise<Reply | undefined> {
  const wantedName = fields.name === '' ? undefined : checkedName(fields.name)
  const metadata = fields.metadata && checkedMetadata('metadata', fields.metadata)
  const policies = fields.policies && assignable(fields.policies, context.services)
  return context.store.transaction(async (tx) => {
    const before = await findExisting(tx, fields.id, wantedName)
    const base = before ?? newEntity(context, wantedName)
    const after: Entity = {
      ...base,
      name: wantedName ?? base.name,
      metadata: metadata ?? base.metadata,
      policies: policies ?? base.policies,
      disabled: fields.disabled ?? base.disabled,
      updatedMs: context.clock.now(),
    }
    writeEntity(tx, before, after)
    return before === undefined ? { data: { id: after.id, name: after.name, aliases: null } } : undefined
  })
}

async function findExisting(tx: Tx, byId: string, byName: string | undefined): Promise<Entity | undefined> {
  const named = byName === undefined ? undefined : await entityNamed(tx, byName)
  if (byId === '') return named
  const found = await entityOf(tx, byId)
  if (found === undefined) throw invalid('entity not found from id')
  if (named !== undefined && named.id !== found.id) throw invalid('entity name is already in use')
  return found
}

async function shown(found: Entity | undefined, context: Context): Promise<Reply> {
  if (found === undefined) throw notFound()
  return shownEntity(found, context)
}

async function remove({ store }: Context, find: (tx: Tx) => Promise<Entity | undefined>): Promise<undefined> {
  await store.transaction(async (tx) => writeEntity(tx, await find(tx), undefined))
}

async function list({ fields }: EngineRequest<typeof pageFields>, context: Context, by: 'id' | 'name'): Promise<Reply> {
  const { store } = context
  const names = await store.list(by === 'id' ? rows.entities : rows.entityNames, pageOf(fields))
  const found = await readEach(names, async (row) => {
    const pointer: Pointer | undefined =
      by === 'id' ? { id: row } : await store.get(rows.entityNames + row, pointerCodec)
    return pointer && store.get(rows.entity(pointer.id), entityCodec)
  })
  const infos = found.map(async (one) => ({
    key: one[by],
    info: {
      name: one.name,
      ...(one.aliases.length > 0 && {
        aliases: await Promise.all(one.aliases.map((alias) => briefAlias(alias, context))),
      }),
    },
  }))
  return listedWithInfo(await Promise.all(infos))
}
