import type { NamespaceRef } from '../../../engines/engine.ts'
import type { Entity, Group, Pointer } from '../../../engines/identity/documents.ts'
import { entityCodec, pointerCodec, rows } from '../../../engines/identity/documents.ts'
import { entityOf, mergedInto } from '../../../engines/identity/entities.ts'
import { groupsUpwards } from '../../../engines/identity/groups.ts'
import type { IdentityView } from '../../../engines/identity-view.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Store } from '../../../storage/store.ts'
import type { TokenEntry } from '../../auth/token/service.ts'
import { normalPolicyName } from '../../policy/name.ts'

/** What a token may do and for whom: one object for as long as neither the token nor who it belongs to changes. */
export interface Subject {
  /** Of the token and of whom it belongs to. */
  readonly policies: readonly string[]
  /** Those that come of whom it belongs to. */
  readonly identityPolicies: readonly string[]
  /** '' for nobody in particular. */
  readonly entityId: string
  /** Undefined: nobody in particular. */
  readonly view: IdentityView | undefined
}

/** Entities that are kept worked out. */
const KEPT_MAX = 20_000
const NONE: readonly string[] = []
const NOT_GIVEN = new Set(['root', 'response-wrapping', ''])

/** An entity as requests see it, and what it was worked out of. */
interface Known {
  readonly entity: Entity
  readonly epoch: Pointer | undefined
  readonly policies: readonly string[]
  readonly view: IdentityView
  readonly byToken: WeakMap<TokenEntry, Subject>
}

/**
 * Whom tokens belong to. A token without an entity costs one look into a map, one with an entity two cached reads more:
 * of the entity, and of the row that says whether any group changed. So a change by any node holds from the next request.
 */
export class Subjects {
  /** Of the mount `identity/`; undefined: there is none, and tokens with an entity are refused. */
  readonly #store: () => Awaitable<Store | undefined>
  readonly #namespace: NamespaceRef
  readonly #plain = new WeakMap<TokenEntry, Subject>()
  /** By the entity's id, the oldest first. */
  readonly #known = new Map<string, Known>()

  constructor(store: () => Awaitable<Store | undefined>, namespace: NamespaceRef) {
    this.#store = store
    this.#namespace = namespace
  }

  /** Undefined when the token is to be refused: its entity is disabled or gone. True as of the last refresh of the store. */
  of(entry: TokenEntry): Awaitable<Subject | undefined> {
    if (entry.entityId === '') return this.#plainOf(entry)
    const known = this.#current(entry.entityId)
    return known instanceof Promise ? known.then((late) => subjectOf(late, entry)) : subjectOf(known, entry)
  }

  /** What identity gives to an entity; undefined: it is disabled or gone. */
  async ofEntity(entityId: string): Promise<Pick<Subject, 'identityPolicies' | 'view'> | undefined> {
    const known = await this.#current(entityId)
    return known && { identityPolicies: known.policies, view: known.view }
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
    const epoch = store.get(rows.groupsEpoch, pointerCodec)
    if (entity === undefined || entity instanceof Promise || epoch instanceof Promise) return this.#workOut(store, id)
    const known = this.#known.get(id)
    return known !== undefined && holds(known, entity, epoch) ? live(known) : this.#workOut(store, id)
  }

  /** The epoch is read before the groups: if those are newer than it, the next request finds it changed. */
  async #workOut(store: Store, id: string): Promise<Known | undefined> {
    const entity = (await entityOf(store, id)) ?? (await mergedInto(store, id))
    if (entity === undefined) return undefined
    const epoch = await store.get(rows.groupsEpoch, pointerCodec)
    const kept = this.#known.get(entity.id)
    if (kept !== undefined && holds(kept, entity, epoch)) return live(kept)
    const groups = await groupsUpwards(store, entity.groupIds)
    const known: Known = {
      entity,
      epoch,
      policies: policiesOf(entity, groups),
      view: viewOf(entity, groups, this.#namespace),
      byToken: new WeakMap(),
    }
    this.#keep(known)
    return live(known)
  }

  #keep(known: Known): void {
    const { id } = known.entity
    this.#known.delete(id)
    this.#known.set(id, known)
    if (this.#known.size <= KEPT_MAX) return
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest)
      return
    }
  }
}

function holds(known: Known, entity: Entity, epoch: Pointer | undefined): boolean {
  return known.entity === entity && (known.epoch === epoch || entity.groupIds.length === 0)
}

function live(known: Known): Known | undefined {
  return known.entity.disabled ? undefined : known
}

function subjectOf(known: Known | undefined, entry: TokenEntry): Subject | undefined {
  if (known === undefined) return undefined
  let subject = known.byToken.get(entry)
  if (subject === undefined) {
    // Root needs nothing beside it, and stands alone.
    const given = entry.policies.includes('root') ? NONE : known.policies
    const isMore = given.some((name) => !entry.policies.includes(name))
    subject = {
      policies: isMore ? [...new Set([...entry.policies, ...given])].sort() : entry.policies,
      identityPolicies: given,
      entityId: known.entity.id,
      view: known.view,
    }
    known.byToken.set(entry, subject)
  }
  return subject
}

/** What is written was checked when it was written; here nothing but a normal name gets through, and `root` never. */
function policiesOf(entity: Entity, groups: readonly Group[]): readonly string[] {
  const names = [entity, ...groups].flatMap(({ policies }) => policies.map(normalPolicyName))
  return [...new Set(names)].filter((name) => !NOT_GIVEN.has(name)).sort()
}

function viewOf(entity: Entity, groups: readonly Group[], { path }: NamespaceRef): IdentityView {
  return {
    entity: { id: entity.id, name: entity.name, metadata: entity.metadata, aliases: entity.aliases },
    groups: groups.map(({ id, name, metadata }) => ({ id, name, namespacePath: path, metadata })),
  }
}
