import type { Awaitable } from '../../storage/backend.ts'
import type { Reader, Tx } from '../../storage/store.ts'
import type { Clock, Random } from '../engine.ts'
import { invalid } from '../errors.ts'
import { type Alias, type Entity, entityCodec, isId, isName, type Pointer, pointerCodec, rows } from './documents.ts'

/** Entities in the store: found by what leads to them, and written with all that does. */

/** What making something new takes; an engine's context has it. */
export interface Means {
  readonly clock: Clock
  readonly random: Random
}

type Reads = Pick<Reader, 'get'>

/** Aliases of one entity, and groups that it is in itself. */
const ALIASES_MAX = 200
const GROUPS_MAX = 2_000

export function newEntity({ clock, random }: Means, name?: string): Entity {
  const id = random.uuid()
  const nowMs = clock.now()
  return {
    id,
    name: name ?? `entity_${id.slice(0, 8)}${random.bytes(2).toString('hex')}`,
    metadata: {},
    policies: [],
    disabled: false,
    aliases: [],
    groupIds: [],
    mergedIds: [],
    createdMs: nowMs,
    updatedMs: nowMs,
  }
}

export function newAlias({ clock, random }: Means, mountAccessor: string, name: string): Alias {
  const nowMs = clock.now()
  return {
    id: random.uuid(),
    name,
    mountAccessor,
    metadata: {},
    customMetadata: {},
    mergedFromIds: [],
    createdMs: nowMs,
    updatedMs: nowMs,
  }
}

/**
 * Writes `after` in the place of `before`, with every row that leads to it; undefined: there is none. MFA secrets that it
 * no longer has are deleted.
 */
export function writeEntity(tx: Tx, before: Entity | undefined, after: Entity | undefined): void {
  if (after !== undefined && after.aliases.length > ALIASES_MAX)
    throw invalid(`an entity has at most ${ALIASES_MAX} aliases`)
  if (after !== undefined && after.groupIds.length > GROUPS_MAX)
    throw invalid(`an entity is in at most ${GROUPS_MAX} groups itself`)
  const mfaMethods = new Set(after?.mfaMethodIds)
  for (const methodId of before?.mfaMethodIds ?? []) {
    if (before !== undefined && !mfaMethods.has(methodId)) tx.delete(rows.mfaSecret(methodId, before.id))
  }
  const earlier = before === undefined ? [] : leading(before)
  const later = after === undefined ? [] : leading(after)
  const kept = new Set(later)
  for (const path of earlier) if (!kept.has(path)) tx.delete(path)
  const there = new Set(earlier)
  if (after !== undefined) for (const path of later) if (!there.has(path)) point(tx, path, after.id)
  if (after !== undefined) tx.put(rows.entity(after.id), after, entityCodec)
  else if (before !== undefined) tx.delete(rows.entity(before.id))
}

export function point(tx: Tx, path: string, id: string): void {
  tx.put(path, { id }, pointerCodec)
}

/** The rows that lead to an entity. */
function leading({ id, name, aliases, groupIds, mergedIds }: Entity): string[] {
  return [
    rows.entityName(name),
    ...aliases.flatMap((alias) => [rows.alias(alias.id), rows.factors(alias.mountAccessor, alias.name)]),
    ...groupIds.map((groupId) => rows.member(groupId, id)),
    ...mergedIds.map(rows.merged),
  ]
}

export function entityOf(reader: Reads, id: string): Awaitable<Entity | undefined> {
  return isId(id) ? reader.get(rows.entity(id), entityCodec) : undefined
}

export async function entityNamed(reader: Reads, name: string): Promise<Entity | undefined> {
  return isName(name) ? pointedTo(reader, rows.entityName(name)) : undefined
}

/** With the alias itself. */
export interface Held {
  readonly entity: Entity
  readonly alias: Alias
}

export async function entityOfAlias(reader: Reads, aliasId: string): Promise<Held | undefined> {
  const entity = isId(aliasId) ? await pointedTo(reader, rows.alias(aliasId)) : undefined
  const alias = entity?.aliases.find(({ id }) => id === aliasId)
  return entity === undefined || alias === undefined ? undefined : { entity, alias }
}

export async function entityOfFactors(reader: Reads, accessor: string, name: string): Promise<Held | undefined> {
  if (!isAccessor(accessor)) return undefined
  const entity = await pointedTo(reader, rows.factors(accessor, name))
  const alias = entity?.aliases.find(({ mountAccessor }) => mountAccessor === accessor)
  return entity === undefined || alias === undefined ? undefined : { entity, alias }
}

/** The entity that another became part of. */
export async function mergedInto(reader: Reads, id: string): Promise<Entity | undefined> {
  return isId(id) ? pointedTo(reader, rows.merged(id)) : undefined
}

async function pointedTo(reader: Reads, path: string): Promise<Entity | undefined> {
  const pointer: Pointer | undefined = await reader.get(path, pointerCodec)
  return pointer === undefined ? undefined : reader.get(rows.entity(pointer.id), entityCodec)
}

export function isAccessor(text: string): boolean {
  return /^[\w-]{1,256}$/.test(text)
}

/** The entity with one of its aliases in another form; undefined: without it. */
export function withAlias(entity: Entity, id: string, alias: Alias | undefined, nowMs: number): Entity {
  const others = entity.aliases.filter((one) => one.id !== id)
  return { ...entity, aliases: alias === undefined ? others : [...others, alias], updatedMs: nowMs }
}
