import type { Tx } from '../../storage/store.ts'
import { type EngineRequest, route } from '../engine.ts'
import { EgideError, invalid } from '../errors.ts'
import { field } from '../field.ts'
import { type Alias, type Entity, rows } from './documents.ts'
import { entityOf, writeEntity } from './entities.ts'
import { secretCodec } from './mfa/documents.ts'
import { AUDIT_CLEAR, type Context } from './shown.ts'

/** `identity/entity/merge`: https://openbao.org/api-docs/secret/identity/entity/#merge-entities */

const fields = {
  from_entity_ids: field.list({ default: [], description: 'Entities that become part of the other.' }),
  to_entity_id: field.text({ default: '', description: 'The entity that stays.' }),
  conflicting_alias_ids_to_keep: field.list({
    default: [],
    description: 'Where both have an alias of one mount: the ids of those that stay.',
  }),
  force: field.bool({ default: false, description: 'For MFA secrets of both: those of the entity that stays win.' }),
}
type MergeRequest = EngineRequest<typeof fields>

/** Entities that one request merges, so that it fits into one transaction. */
const FROM_MAX = 100

export const mergeEntities = route('entity/merge', {
  summary: 'Make several entities one',
  description:
    'Aliases, groups, roles and tokens become those of the entity that stays. Metadata and policies of the others are dropped.',
  fields,
  auditClear: AUDIT_CLEAR,
  operations: { update: merge },
})

async function merge({ fields }: MergeRequest, context: Context): Promise<undefined> {
  const fromIds = [...new Set(fields.from_entity_ids)]
  if (fields.to_entity_id === '') throw invalid('missing entity id to merge to')
  if (fromIds.length === 0) throw invalid('missing entity ids to merge from')
  if (fromIds.includes(fields.to_entity_id)) throw invalid('to_entity_id should not be present in from_entity_ids')
  if (fromIds.length > FROM_MAX) throw invalid(`one request merges at most ${FROM_MAX} entities`)
  const keep = new Set(fields.conflicting_alias_ids_to_keep)
  if (fromIds.length > 1 && keep.size > 1) {
    throw invalid('aliases conflicts cannot be resolved with multiple from entity ids - merge one entity at a time')
  }
  await context.store.transaction(async (tx) => {
    const to = await entityOf(tx, fields.to_entity_id)
    if (to === undefined) throw invalid('entity id to merge to is invalid')
    let merged = to
    const entities = [to]
    for (const id of fromIds) {
      const from = await fromEntity(tx, id)
      entities.push(from)
      const mfaMethodIds = await secretsMoved(tx, from, merged, fields.force)
      // Its rows are deleted; those that lead to what stays of it are written anew.
      writeEntity(tx, from, undefined)
      merged = { ...absorbed(merged, from, keep), mfaMethodIds }
    }
    const clashes = clashing(merged)
    if (clashes.length > 0) throw await clash(clashes, entities, context)
    writeEntity(tx, to, { ...merged, updatedMs: context.clock.now() })
  })
}

async function fromEntity(tx: Tx, id: string): Promise<Entity> {
  const from = await entityOf(tx, id)
  if (from === undefined) throw invalid('entity id to merge from is invalid')
  return from
}

/** Gives the one the MFA secrets of the other, and resolves with the methods that it has secrets of then. */
async function secretsMoved(tx: Tx, from: Entity, to: Entity, isForced: boolean): Promise<readonly string[]> {
  const kept = new Set(to.mfaMethodIds)
  for (const methodId of from.mfaMethodIds ?? []) {
    if (kept.has(methodId) && !isForced)
      throw invalid('both entities have a secret of one MFA method: set force to keep those of to_entity_id')
    const secret = kept.has(methodId) ? undefined : await tx.get(rows.mfaSecret(methodId, from.id), secretCodec)
    if (secret === undefined) continue
    tx.put(rows.mfaSecret(methodId, to.id), secret, secretCodec)
    kept.add(methodId)
  }
  return [...kept]
}

function absorbed(to: Entity, from: Entity, keep: ReadonlySet<string>): Entity {
  const moving = from.aliases.map((alias): Alias => ({ ...alias, mergedFromIds: [...alias.mergedFromIds, from.id] }))
  const isGivenUp = (alias: Alias, others: readonly Alias[]): boolean =>
    !keep.has(alias.id) && others.some((other) => other.mountAccessor === alias.mountAccessor && keep.has(other.id))
  return {
    ...to,
    aliases: [
      ...to.aliases.filter((alias) => !isGivenUp(alias, moving)),
      ...moving.filter((alias) => !isGivenUp(alias, to.aliases)),
    ],
    groupIds: [...new Set([...to.groupIds, ...from.groupIds])],
    mergedIds: [...to.mergedIds, ...from.mergedIds, from.id],
  }
}

function clashing({ aliases }: Entity): readonly Alias[] {
  return aliases.filter((alias) =>
    aliases.some((other) => other.id !== alias.id && other.mountAccessor === alias.mountAccessor),
  )
}

/** Names the aliases also in the message: most command lines show no more of a refusal. */
async function clash(aliases: readonly Alias[], entities: readonly Entity[], context: Context): Promise<EgideError> {
  const data: Readonly<Record<string, unknown>>[] = []
  const names: string[] = []
  for (const { id, name, mountAccessor } of aliases) {
    const entity = entities.find((one) => one.aliases.some((alias) => alias.id === id))
    const mount = await context.services.mountOf(mountAccessor)
    names.push(`${id} of the entity ${entity?.id} at ${mountAccessor}`)
    data.push({
      id,
      alias: name,
      entity: entity?.name,
      entity_id: entity?.id,
      mount: mount?.type,
      mount_path: mount?.path,
      mount_accessor: mountAccessor,
    })
  }
  const message =
    'the entities have aliases of one mount: name in conflicting_alias_ids_to_keep those that are to stay: ' +
    names.join(', ')
  return new EgideError('invalid_request', message, { data })
}
