import Type from 'typebox'
import type { EngineContext, Reply } from '../engine.ts'
import { notFound } from '../errors.ts'
import type { Alias, Entity, Group, GroupAlias } from './documents.ts'
import { groupsUpwards, memberIds } from './groups.ts'
import type { IdentityServices } from './services.ts'

/** How entities, groups and aliases are shown: Vault's names and forms. */

export type Context = EngineContext<IdentityServices>

const Time = Type.String({ format: 'date-time' })
const Metadata = Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()])
const OptionalList = Type.Union([Type.Array(Type.String()), Type.Null()])

export const AliasReply = Type.Object({
  id: Type.String(),
  canonical_id: Type.String(),
  mount_accessor: Type.String(),
  mount_path: Type.Optional(Type.String()),
  mount_type: Type.Optional(Type.String()),
  name: Type.String(),
  metadata: Metadata,
  custom_metadata: Metadata,
  merged_from_canonical_ids: OptionalList,
  local: Type.Boolean(),
  creation_time: Time,
  last_update_time: Time,
  namespace_id: Type.Optional(Type.String()),
})

export const EntityReply = Type.Object({
  id: Type.String(),
  name: Type.String(),
  metadata: Metadata,
  policies: Type.Array(Type.String()),
  disabled: Type.Boolean(),
  aliases: Type.Array(AliasReply),
  direct_group_ids: Type.Array(Type.String()),
  inherited_group_ids: Type.Array(Type.String()),
  group_ids: Type.Array(Type.String()),
  merged_entity_ids: OptionalList,
  namespace_id: Type.String(),
  creation_time: Time,
  last_update_time: Time,
})

export const GroupReply = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: Type.Enum(['internal', 'external']),
  policies: OptionalList,
  metadata: Metadata,
  member_entity_ids: OptionalList,
  member_group_ids: OptionalList,
  parent_group_ids: OptionalList,
  /** Of an external group that has one; else empty. */
  alias: Type.Partial(AliasReply),
  modify_index: Type.Integer(),
  namespace_id: Type.String(),
  creation_time: Time,
  last_update_time: Time,
})

/** Ids or names, and something of each by its id. */
export const KeyList = Type.Object({
  keys: Type.Array(Type.String()),
  key_info: Type.Optional(Type.Record(Type.String(), Type.Any())),
})

/** What was made. */
export const MadeReply = Type.Object({
  id: Type.String(),
  name: Type.Optional(Type.String()),
  canonical_id: Type.Optional(Type.String()),
  aliases: Type.Optional(OptionalList),
})

/** What may stand in the audit log in clear: who was changed, and what it may do. */
export const AUDIT_CLEAR = [
  'id',
  'name',
  'policies',
  'disabled',
  'type',
  'canonical_id',
  'entity_id',
  'mount_accessor',
  'member_entity_ids',
  'member_group_ids',
  'from_entity_ids',
  'to_entity_id',
  'entity_ids',
]

export async function shownEntity(entity: Entity, context: Context): Promise<Reply> {
  const groups = await groupsUpwards(context.store, entity.groupIds)
  const direct = groups.map(({ id }) => id).filter((id) => entity.groupIds.includes(id))
  const inherited = groups.map(({ id }) => id).filter((id) => !entity.groupIds.includes(id))
  return {
    data: {
      id: entity.id,
      name: entity.name,
      metadata: orNull(entity.metadata),
      policies: entity.policies,
      disabled: entity.disabled,
      aliases: await Promise.all(entity.aliases.map((alias) => shownAlias(alias, entity.id, context))),
      direct_group_ids: direct,
      inherited_group_ids: inherited,
      group_ids: [...direct, ...inherited],
      merged_entity_ids: listOrNull(entity.mergedIds),
      namespace_id: context.namespace.id,
      creation_time: timeOf(entity.createdMs),
      last_update_time: timeOf(entity.updatedMs),
    },
  }
}

export async function shownAlias(
  alias: Alias,
  entityId: string,
  context: Context,
): Promise<Readonly<Record<string, unknown>>> {
  return {
    id: alias.id,
    canonical_id: entityId,
    ...(await shownMount(alias.mountAccessor, context)),
    name: alias.name,
    metadata: orNull(alias.metadata),
    custom_metadata: orNull(alias.customMetadata),
    merged_from_canonical_ids: listOrNull(alias.mergedFromIds),
    creation_time: timeOf(alias.createdMs),
    last_update_time: timeOf(alias.updatedMs),
  }
}

export async function shownGroup(group: Group, context: Context): Promise<Reply> {
  return {
    data: {
      id: group.id,
      name: group.name,
      type: group.type,
      policies: listOrNull(group.policies),
      metadata: orNull(group.metadata),
      member_entity_ids: listOrNull(await memberIds(context.store, group)),
      member_group_ids: listOrNull(group.memberGroupIds),
      parent_group_ids: listOrNull(group.parentIds),
      alias: group.alias === undefined ? {} : await shownGroupAlias(group.alias, group.id, context),
      modify_index: group.modifyIndex,
      namespace_id: context.namespace.id,
      creation_time: timeOf(group.createdMs),
      last_update_time: timeOf(group.updatedMs),
    },
  }
}

export async function shownGroupAlias(
  alias: GroupAlias,
  groupId: string,
  context: Context,
): Promise<Readonly<Record<string, unknown>>> {
  return {
    id: alias.id,
    canonical_id: groupId,
    ...(await shownMount(alias.mountAccessor, context)),
    name: alias.name,
    metadata: null,
    custom_metadata: null,
    merged_from_canonical_ids: null,
    creation_time: timeOf(alias.createdMs),
    last_update_time: timeOf(alias.updatedMs),
  }
}

/** A mount that is gone is known by its accessor alone. */
async function shownMount(accessor: string, { services }: Context) {
  const mount = await services.mountOf(accessor)
  return {
    mount_accessor: accessor,
    ...(mount !== undefined && { mount_path: mount.path, mount_type: mount.type }),
    local: mount?.local ?? false,
  }
}

/** Of an alias, as the rows that list show it. */
export async function briefAlias(
  { id, name, mountAccessor }: Pick<Alias, 'id' | 'name' | 'mountAccessor'>,
  context: Context,
): Promise<Readonly<Record<string, unknown>>> {
  const { local: _, ...mount } = await shownMount(mountAccessor, context)
  return { id, name, ...mount }
}

/** Of an alias, as the lists of aliases show it. `holderId`: the entity or group that it is of. */
export async function listedAlias(
  { id, name, mountAccessor }: Pick<Alias, 'id' | 'name' | 'mountAccessor'>,
  holderId: string,
  customMetadata: Readonly<Record<string, string>>,
  context: Context,
): Promise<Readonly<Record<string, unknown>>> {
  return {
    id,
    canonical_id: holderId,
    name,
    ...(await shownMount(mountAccessor, context)),
    metadata: null,
    custom_metadata: orNull(customMetadata),
  }
}

/** Documents of a list that are read at one time. */
const AT_ONCE = 200

/** What `read` says of each id, those of which it says nothing left out; in their order. */
export async function readEach<I, T>(
  ids: readonly I[],
  read: (id: I) => Promise<T | undefined>,
): Promise<readonly T[]> {
  const found: T[] = []
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = await Promise.all(ids.slice(at, at + AT_ONCE).map(read))
    for (const one of some) if (one !== undefined) found.push(one)
  }
  return found
}

/** A list with something of each, under its key; one of nothing is a 404. */
export function listedWithInfo(infos: readonly { readonly key: string; readonly info: object }[]): Reply {
  if (infos.length === 0) throw notFound()
  return {
    data: {
      keys: infos.map(({ key }) => key),
      key_info: Object.fromEntries(infos.map(({ key, info }) => [key, info])),
    },
  }
}

function orNull(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return Object.keys(metadata).length === 0 ? null : metadata
}

function listOrNull(list: readonly string[]): readonly string[] | null {
  return list.length === 0 ? null : list
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}
