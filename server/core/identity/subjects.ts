import type { NamespaceRef } from '../../../engines/engine.ts'
import type { Entity, Group, Pointer } from '../../../engines/identity/documents.ts'
import { entityCodec, pointerCodec, rows } from '../../../engines/identity/documents.ts'
import { entityOf, mergedInto } from '../../../engines/identity/entities.ts'
import { groupsUpwards } from '../../../engines/identity/groups.ts'
import { rolesOfAuthRole, rolesOfEntity, rolesOfGroups } from '../../../engines/identity/roles.ts'
import type { IdentityView } from '../../../engines/identity-view.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Store } from '../../../storage/store.ts'
import type { TokenEntry } from '../../auth/token/service.ts'
import { givenPolicies } from './given.ts'

/** The policies of a token and of its entity: one object for as long as neither of the two changes. */
export interface Subject {
  /** Those of the token and of its entity together. */
  readonly policies: readonly string[]
  /** Those of its entity alone, by its groups and roles too. */
  readonly identityPolicies: readonly string[]
  /** '': none. */
  readonly entityId: string
  /** Undefined: it has no entity. */
  readonly view: IdentityView | undefined
}

/** Entities, and roles of auth mounts, that are kept worked out. */
const KEPT_MAX = 20_000
const NONE: readonly string[] = []

/** Of whoever a token belongs to. */
interface Holder {
  /** '': none. */
  readonly entityId: string
  readonly policies: readonly string[]
  readonly view: IdentityView | undefined
  readonly byToken: WeakMap<TokenEntry, { readonly role: Given; readonly subject: Subject }>
}

/** An entity as requests see it, and what it was worked out of. */
interface Known extends Holder {
  readonly entity: Entity
  readonly epoch: Pointer | undefined
  readonly view: IdentityView
}

/** What the logins under a role of an auth mount are given, besides what the method gives. */
interface Given {
  readonly epoch: Pointer | undefined
  readonly policies: readonly string[]
}
const NOTHING: Given = { epoch: undefined, policies: NONE }

/**
 * The subjects of tokens. A token without entity and auth role costs one look into a map. An entity costs two cached reads
 * more, of the entity and of the row that says whether any group or role changed; an auth role one. So a change by any node
 * holds from the next request.
 */
export class Subjects {
  /** Of the mount `identity/`; undefined: there is none, and tokens with an entity are refused. */
  readonly #store: () => Awaitable<Store | undefined>
  readonly #namespace: NamespaceRef
  readonly #plain = new WeakMap<TokenEntry, Subject>()
  /** By the entity's id, the oldest first. */
  readonly #known = new Map<string, Known>()
  readonly #given = new Map<string, Given>()
  readonly #nobody: Holder = { entityId: '', policies: NONE, view: undefined, byToken: new WeakMap() }

  constructor(store: () => Awaitable<Store | undefined>, namespace: NamespaceRef) {
    this.#store = store
    this.#namespace = namespace
  }

  /** Undefined: the token must be refused, as its entity is disabled or gone. As of the last refresh of the store. */
  of(entry: TokenEntry): Awaitable<Subject | undefined> {
    const { entityId, authRole } = entry
    if (entityId === '' && authRole === undefined) return this.#plainOf(entry)
    const holder = entityId === '' ? this.#nobody : this.#current(entityId)
    const given = authRole === undefined ? NOTHING : this.#givenTo(entry.mountUuid, authRole)
    return holder instanceof Promise || given instanceof Promise
      ? Promise.all([holder, given]).then(([who, role]) => subjectOf(who, role, entry))
      : subjectOf(holder, given, entry)
  }

  /** What an entity has by itself, its groups and roles; undefined: it is disabled or gone. */
  async ofEntity(entityId: string): Promise<Pick<Subject, 'identityPolicies' | 'view'> | undefined> {
    const known = await this.#current(entityId)
    return known && { identityPolicies: known.policies, view: known.view }
  }

  /** Policies that the namespace's roles give to logins under a role of an auth mount. */
  async ofAuthRole(mountUuid: string, role: string): Promise<readonly string[]> {
    return (await this.#givenTo(mountUuid, role)).policies
  }

  #plainOf(entry: TokenEntry): Subject {
    let subject = this.#plain.get(entry)
    if (subject === undefined) {
      subject = { policies: entry.policies, identityPolicies: NONE, entityId: '', view: undefined }
      this.#plain.set(entry, subject)
    }
    return subject
  }

  #current(id: string): Awaitable<Known | undefined> {
    const store = this.#store()
    return store instanceof Promise ? store.then((late) => this.#currentIn(late, id)) : this.#currentIn(store, id)
  }

  #currentIn(store: Store | undefined, id: string): Awaitable<Known | undefined> {
    if (store === undefined) return undefined
    const entity = store.get(rows.entity(id), entityCodec)
    const epoch = store.get(rows.epoch, pointerCodec)
    if (entity === undefined || entity instanceof Promise || epoch instanceof Promise) return this.#workOut(store, id)
    const known = this.#known.get(id)
    return known !== undefined && holds(known, entity, epoch) ? live(known) : this.#workOut(store, id)
  }

  /** The epoch is read before the groups and roles: if those are newer than it, the next request finds it changed. */
  async #workOut(store: Store, id: string): Promise<Known | undefined> {
    const entity = (await entityOf(store, id)) ?? (await mergedInto(store, id))
    if (entity === undefined) return undefined
    const epoch = await store.get(rows.epoch, pointerCodec)
    const kept = this.#known.get(entity.id)
    if (kept !== undefined && holds(kept, entity, epoch)) return live(kept)
    const groups = await groupsUpwards(store, entity.groupIds)
    const roles = [...(await rolesOfEntity(store, entity)), ...(await rolesOfGroups(store, groups))]
    const known: Known = {
      entity,
      entityId: entity.id,
      epoch,
      policies: givenPolicies([entity, ...groups, ...roles]),
      view: viewOf(entity, groups, this.#namespace),
      byToken: new WeakMap(),
    }
    keep(this.#known, entity.id, known)
    return live(known)
  }

  #givenTo(mountUuid: string, role: string): Awaitable<Given> {
    const store = this.#store()
    return store instanceof Promise
      ? store.then((late) => this.#givenIn(late, mountUuid, role))
      : this.#givenIn(store, mountUuid, role)
  }

  #givenIn(store: Store | undefined, mountUuid: string, role: string): Awaitable<Given> {
    if (store === undefined) return NOTHING
    const epoch = store.get(rows.epoch, pointerCodec)
    if (epoch instanceof Promise) return this.#workOutGiven(store, mountUuid, role)
    const known = this.#given.get(`${mountUuid}/${role}`)
    return known?.epoch === epoch && known !== undefined ? known : this.#workOutGiven(store, mountUuid, role)
  }

  /** As `#workOut`. What is given stays the same object while it is the same. */
  async #workOutGiven(store: Store, mountUuid: string, role: string): Promise<Given> {
    const key = `${mountUuid}/${role}`
    const epoch = await store.get(rows.epoch, pointerCodec)
    const policies = givenPolicies(await rolesOfAuthRole(store, { mountUuid, role }))
    const given: Given = { epoch, policies }
    keep(this.#given, key, given)
    return given
  }
}

/** The oldest makes room. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= KEPT_MAX) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}

function holds(known: Known, entity: Entity, epoch: Pointer | undefined): boolean {
  return known.entity === entity && known.epoch === epoch
}

function live(known: Known): Known | undefined {
  return known.entity.disabled ? undefined : known
}

function subjectOf(holder: Holder | undefined, role: Given, entry: TokenEntry): Subject | undefined {
  if (holder === undefined) return undefined
  const known = holder.byToken.get(entry)
  if (known !== undefined && known.role === role) return known.subject
  // Root needs nothing beside it, and stands alone.
  const given = entry.policies.includes('root') ? NONE : joined(holder.policies, role.policies)
  const subject: Subject = {
    policies: joined(entry.policies, given),
    identityPolicies: given,
    entityId: holder.entityId,
    view: holder.view,
  }
  holder.byToken.set(entry, { role, subject })
  return subject
}

/** Both lists, sorted; the first as it is where the other adds nothing. */
function joined(names: readonly string[], more: readonly string[]): readonly string[] {
  return more.some((name) => !names.includes(name)) ? [...new Set([...names, ...more])].sort() : names
}

/** What templates may know of an entity. */
export function viewOf(entity: Entity, groups: readonly Group[], { path }: NamespaceRef): IdentityView {
  return {
    entity: { id: entity.id, name: entity.name, metadata: entity.metadata, aliases: entity.aliases },
    groups: groups.map(({ id, name, metadata }) => ({ id, name, namespacePath: path, metadata })),
  }
}
