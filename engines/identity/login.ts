import type { Tx } from '../../storage/store.ts'
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

/** The entity of a login, before it and after. */
export interface ResolvedLogin {
  /** Undefined: the alias is new. */
  readonly before: Entity | undefined
  /** `before` itself where the login changes nothing; else it is not written yet. */
  readonly entity: Entity
}

/**
 * The entity of an alias, or a new one, with what the auth method says of it now: its metadata, and exactly those external
 * groups of this mount that the method names. Reads only; `recordLogin` writes. Throws `invalid_request`.
 */
export async function resolveLogin(
  reader: Pick<Tx, 'get'>,
  login: IdentityLogin,
  means: Means,
): Promise<ResolvedLogin> {
  const name = checkedAliasName(login.alias.name)
  const metadata = checkedLoginMetadata(login.alias.metadata)
  // Passing some over could pass over a group that denies.
  if ((login.groupAliases?.length ?? 0) > GROUP_ALIASES_MAX)
    throw invalid(`a login names at most ${GROUP_ALIASES_MAX} groups`)
  const held = await entityOfFactors(reader, login.mountAccessor, name)
  const known = held === undefined ? madeFor(login, name, metadata, means) : withMetadata(held, metadata, means)
  const groupIds = login.groupAliases === undefined ? undefined : await groupsNow(reader, known, login)
  return { before: held?.entity, entity: groupIds === undefined ? known : { ...known, groupIds } }
}

/**
 * Writes what a login changes of its entity, and resolves with that. Of many first logins of one alias at the same time one
 * makes the entity, since they conflict.
 */
export async function recordLogin(tx: Tx, login: IdentityLogin, means: Means): Promise<Entity> {
  const { before, entity } = await resolveLogin(tx, login, means)
  if (entity !== before) writeEntity(tx, before, entity)
  return entity
}

function madeFor(
  { mountAccessor }: IdentityLogin,
  name: string,
  metadata: AuthAlias['metadata'],
  means: Means,
): Entity {
  return { ...newEntity(means), aliases: [{ ...newAlias(means, mountAccessor, name), metadata }] }
}

function withMetadata({ entity, alias }: Held, metadata: AuthAlias['metadata'], { clock }: Means): Entity {
  if (isSameMetadata(alias.metadata, metadata)) return entity
  const nowMs = clock.now()
  return withAlias(entity, alias.id, { ...alias, metadata, updatedMs: nowMs }, nowMs)
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
