import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '../../storage/store.ts'
import { type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import { pageFields, pageOf } from '../listing.ts'
import { type Alias, checkedAliasName, type Entity, rows } from './documents.ts'
import {
  entityOf,
  entityOfAlias,
  entityOfFactors,
  type Held,
  newAlias,
  newEntity,
  withAlias,
  writeEntity,
} from './entities.ts'
import { checkedMetadata } from './metadata.ts'
import {
  AliasReply,
  AUDIT_CLEAR,
  type Context,
  KeyList,
  listedAlias,
  listedWithInfo,
  MadeReply,
  readEach,
  shownAlias,
} from './shown.ts'

/** `identity/entity-alias`: https://openbao.org/api-docs/secret/identity/entity-alias/ */

const fields = {
  id: field.name({ default: '', description: 'Id of the alias, to change one.' }),
  canonical_id: field.text({ default: '', description: 'Id of its entity; absent: a new one is made.' }),
  entity_id: field.text({ default: '', deprecated: true, description: 'Older name of canonical_id.' }),
  mount_accessor: field.text({ default: '', description: 'Accessor of the mount where it logs in.' }),
  name: field.text({ default: '', description: 'Name that it logs in by.' }),
  custom_metadata: field.stringMap({ description: 'What is to be known of the alias, for templates.' }),
}
type AliasRequest = EngineRequest<typeof fields>

const about = { fields, auditClear: AUDIT_CLEAR }

export const entityAlias = route('entity-alias', {
  ...about,
  summary: 'Make or change an alias of an entity',
  returns: MadeReply,
  operations: { update: put },
})

export const entityAliases = route('entity-alias/id', {
  summary: 'Ids of the aliases of entities',
  fields: pageFields,
  auditClear: AUDIT_CLEAR,
  returns: KeyList,
  operations: { list },
})

export const entityAliasById = route('entity-alias/id/:id', {
  ...about,
  summary: 'An alias of an entity',
  returns: AliasReply,
  operations: {
    read,
    update: { handler: put, returns: MadeReply },
    delete: remove,
  },
})

/** What is asked for, with what holds already in the place of what is not said. */
interface Wanted {
  readonly name: string
  readonly accessor: string
  readonly entityId: string | undefined
  readonly customMetadata: Readonly<Record<string, string>> | undefined
}

async function put({ fields }: AliasRequest, context: Context): Promise<Reply | undefined> {
  const customMetadata = fields.custom_metadata && checkedMetadata('custom_metadata', fields.custom_metadata)
  const entityId = fields.canonical_id || fields.entity_id || undefined
  if (fields.id === '' && (fields.mount_accessor === '' || fields.name === ''))
    throw invalid("'id' or 'mount_accessor' and 'name' must be provided")
  if (fields.name !== '') checkedAliasName(fields.name)
  if (fields.mount_accessor !== '' && (await context.services.mountOf(fields.mount_accessor)) === undefined)
    throw invalid(`invalid mount accessor "${fields.mount_accessor.slice(0, 100)}"`)
  return context.store.transaction(async (tx) => {
    const held = await findExisting(tx, fields)
    if (held === undefined) {
      return make(tx, { name: fields.name, accessor: fields.mount_accessor, entityId, customMetadata }, context)
    }
    const name = fields.name || held.alias.name
    return change(
      tx,
      held,
      { name, accessor: fields.mount_accessor || held.alias.mountAccessor, entityId, customMetadata },
      context,
    )
  })
}

async function findExisting(tx: Tx, fields: AliasRequest['fields']): Promise<Held | undefined> {
  if (fields.id === '') return entityOfFactors(tx, fields.mount_accessor, fields.name)
  const held = await entityOfAlias(tx, fields.id)
  if (held === undefined) throw invalid('invalid alias ID provided')
  return held
}

async function make(tx: Tx, wanted: Wanted, context: Context): Promise<Reply> {
  const before = wanted.entityId === undefined ? undefined : await entityOf(tx, wanted.entityId)
  if (wanted.entityId !== undefined && before === undefined) throw invalid('invalid canonical ID')
  const entity = before ?? newEntity(context)
  if (hasAliasAt(entity, wanted.accessor)) throw invalid('Alias already exists for requested entity and mount accessor')
  const fresh = newAlias(context, wanted.accessor, wanted.name)
  const alias: Alias = { ...fresh, customMetadata: wanted.customMetadata ?? {} }
  writeEntity(tx, before, withAlias(entity, alias.id, alias, context.clock.now()))
  return { data: { id: alias.id, canonical_id: entity.id } }
}

/** Nothing, as in peers, where all is already as it is wanted. */
async function change(tx: Tx, { entity, alias }: Held, wanted: Wanted, { clock }: Context): Promise<Reply | undefined> {
  const target = wanted.entityId === undefined ? entity : await entityOf(tx, wanted.entityId)
  if (target === undefined) throw invalid("given 'canonical_id' is not associated with an entity")
  const isMoving = target.id !== entity.id
  if ((isMoving || wanted.accessor !== alias.mountAccessor) && hasAliasAt(target, wanted.accessor))
    throw invalid('Alias cannot be updated as the entity already has an alias for this mount')
  const taken = await entityOfFactors(tx, wanted.accessor, wanted.name)
  if (taken !== undefined && taken.alias.id !== alias.id)
    throw invalid('alias with combination of mount accessor and name already exists')
  const customMetadata = wanted.customMetadata ?? alias.customMetadata
  const isSame = wanted.name === alias.name && wanted.accessor === alias.mountAccessor
  if (isSame && !isMoving && isDeepStrictEqual(customMetadata, alias.customMetadata)) return undefined
  const nowMs = clock.now()
  const changed: Alias = {
    ...alias,
    name: wanted.name,
    mountAccessor: wanted.accessor,
    customMetadata,
    updatedMs: nowMs,
  }
  if (isMoving) writeEntity(tx, entity, withAlias(entity, alias.id, undefined, nowMs))
  writeEntity(tx, target, withAlias(target, alias.id, changed, nowMs))
  return { data: { id: alias.id, canonical_id: target.id } }
}

function hasAliasAt({ aliases }: Entity, accessor: string): boolean {
  return aliases.some(({ mountAccessor }) => mountAccessor === accessor)
}

async function read({ fields }: AliasRequest, context: Context): Promise<Reply> {
  const held = await entityOfAlias(context.store, fields.id)
  if (held === undefined) throw notFound()
  return {
    data: { ...(await shownAlias(held.alias, held.entity.id, context)), namespace_id: context.namespace.id },
  }
}

async function remove({ fields }: AliasRequest, { store, clock }: Context): Promise<undefined> {
  await store.transaction(async (tx) => {
    const held = await entityOfAlias(tx, fields.id)
    if (held !== undefined) writeEntity(tx, held.entity, withAlias(held.entity, fields.id, undefined, clock.now()))
  })
}

async function list({ fields }: EngineRequest<typeof pageFields>, context: Context): Promise<Reply> {
  const ids = await context.store.list(rows.aliases, pageOf(fields))
  const found = await readEach(ids, (id) => entityOfAlias(context.store, id))
  const infos = found.map(async ({ entity, alias }) => ({
    key: alias.id,
    info: await listedAlias(alias, entity.id, alias.customMetadata, context),
  }))
  return listedWithInfo(await Promise.all(infos))
}
