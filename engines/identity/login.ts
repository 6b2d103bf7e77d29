import type { Store, Tx } from '../../storage/store.ts'
import type { AuthAlias } from '../engine.ts'
import { invalid } from '../errors.ts'
import { checkedAliasName, type Entity } from './documents.ts'
import { entityOfFactors, type Held, type Means, newAlias, newEntity, withAlias, writeEntity } from './entities.ts'
import { groupOf, groupOfFactors } from './groups.ts'
import { checkedLoginMetadata, isSameMetadata } from './metadata.ts'

export interface IdentityLogin {
  readonly mountAccessor: string
  readonly alias: AuthAlias
  /** Undefined: the method has nothing to say about groups. */
  readonly groupAliases: readonly string[] | undefined
}

/** Groups that a login may name. */
const GROUP_ALIASES_MAX = 2_000

/**
 * The entity of an alias, made if there is none, with what the auth method says of it now. However many log in at once
 * for the first time, one entity is made. A login that brings nothing new only reads.
 */
export async function entityAtLogin(store: Store, login: IdentityLogin, means: Means): Promise<Entity> {
  const name = checkedAliasName(login.alias.name)
  const metadata = checkedLoginMetadata(login.alias.metadata)
  // Passing some over could pass over a group that denies.
  if ((login.groupAliases?.length ?? 0) > GROUP_ALIASES_MAX)
    throw invalid(`a login names at most ${GROUP_ALIASES_MAX} groups`)
  const held = await entityOfFactors(store, login.mountAccessor, name)
  const isKnown = held !== undefined && isSameMetadata(held.alias.metadata, metadata)
  const entity = isKnown ? held.entity : await store.transaction((tx) => broughtUpToDate(tx, login, means))
  return inItsGroups(store, entity, login)
}

async function broughtUpToDate(tx: Tx, login: IdentityLogin, means: Means): Promise<Entity> {
  const { alias, mountAccessor } = login
  const held = await entityOfFactors(tx, mountAccessor, alias.name)
  if (held === undefined) {
    const made = newEntity(means)
    const entity = { ...made, aliases: [{ ...newAlias(means, mountAccessor, alias.name), metadata: alias.metadata }] }
    writeEntity(tx, undefined, entity)
    return entity
  }
  return withMetadata(tx, held, alias.metadata, means.clock.now())
}

function withMetadata(tx: Tx, { entity, alias }: Held, metadata: AuthAlias['metadata'], nowMs: number): Entity {
  if (isSameMetadata(alias.metadata, metadata)) return entity
  const changed = withAlias(entity, alias.id, { ...alias, metadata, updatedMs: nowMs }, nowMs)
  writeEntity(tx, entity, changed)
  return changed
}

/** The entity, in exactly those external groups of this mount that the method names. */
async function inItsGroups(store: Store, entity: Entity, login: IdentityLogin): Promise<Entity> {
  if (login.groupAliases === undefined) return entity
  if ((await groupsNow(store, entity, login)) === undefined) return entity
  return store.transaction(async (tx) => {
    const held = await entityOfFactors(tx, login.mountAccessor, login.alias.name)
    if (held === undefined) return entity
    const groupIds = await groupsNow(tx, held.entity, login)
    if (groupIds === undefined) return held.entity
    const changed = { ...held.entity, groupIds }
    writeEntity(tx, held.entity, changed)
    return changed
  })
}

/** The direct groups as they should be; undefined: they are so already. */
async function groupsNow(
  reader: Pick<Tx, 'get'>,
  { groupIds }: Entity,
  { mountAccessor, groupAliases = [] }: IdentityLogin,
): Promise<readonly string[] | undefined> {
  const named = new Set<string>()
  for (const name of groupAliases) {
    const group = await groupOfFactors(reader, mountAccessor, name)
    if (group?.type === 'external') named.add(group.id)
  }
  const kept: string[] = []
  for (const id of groupIds) {
    const group = await groupOf(reader, id)
    const isTheirs = group?.type === 'external' && group.alias?.mountAccessor === mountAccessor
    if (group !== undefined && (!isTheirs || named.has(id))) kept.push(id)
  }
  const joined = [...named].filter((id) => !kept.includes(id))
  return joined.length === 0 && kept.length === groupIds.length ? undefined : [...kept, ...joined]
}
