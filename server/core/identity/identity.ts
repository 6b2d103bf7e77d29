import type { AuthAlias, Clock, IssuedAuth, NamespaceRef, Random } from '../../../engines/engine.ts'
import { denied } from '../../../engines/errors.ts'
import { type Entity, rows } from '../../../engines/identity/documents.ts'
import { entityOf, entityOfFactors, mergedInto } from '../../../engines/identity/entities.ts'
import { recordLogin, resolveLogin } from '../../../engines/identity/login.ts'
import type { IdentityServices, MethodsAbove } from '../../../engines/identity/services.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Store, Tx } from '../../../storage/store.ts'
import { TxView } from '../../../storage/tx-view.ts'
import { normalPolicies } from '../../auth/policy-names.ts'
import type { MountManager } from '../mounts/mount-manager.ts'
import { mountPrefix } from '../mounts/router.ts'
import { NamespaceRoles } from './roles.ts'
import { Subjects } from './subjects.ts'

/** Where every namespace keeps who is who. */
const MOUNT = 'identity/'

export interface IdentityOptions {
  readonly namespace: NamespaceRef
  readonly mounts: MountManager
  readonly mfaAbove: MethodsAbove
  readonly clock: Clock
  readonly random: Random
}

/** Who logs in, as the login leaves them. */
export interface Arrived {
  /** Of `identity/`. */
  readonly store: Store
  readonly entity: Entity
  /** By which the method knows them. */
  readonly aliasName: string
  /** Undefined: nobody came this way before. `entity` itself where the login brings nothing new. */
  readonly before: Entity | undefined
  /**
   * Writes what the login brings, in the transaction of the namespace that makes the token. Resolves with the entity as it is
   * then: another where one was made meanwhile, or the alias leads there. Throws `permission_denied` where it is disabled.
   */
  readonly settle: (tx: Tx) => Promise<Entity>
}

/** Who is who in one namespace, as logins and requests see it. */
export class NamespaceIdentity {
  readonly subjects: Subjects
  readonly roles: NamespaceRoles
  readonly #options: IdentityOptions

  constructor(options: IdentityOptions) {
    this.#options = options
    const { namespace, mfaAbove: _, ...means } = options
    this.subjects = new Subjects(() => this.store(), namespace)
    this.roles = new NamespaceRoles({ store: () => this.store(), ...means })
  }

  /** What the engine `identity` gets of the server. */
  services(apiAddress: () => string): IdentityServices {
    const { mounts, mfaAbove } = this.#options
    return {
      async mountOf(accessor) {
        return (await mounts.all()).find((entry) => entry.accessor === accessor && !entry.leaving)
      },
      async authMounts() {
        return (await mounts.all()).filter(({ path, leaving }) => path.startsWith('auth/') && !leaving)
      },
      apiAddress,
      mfaAbove,
      normalPolicies,
    }
  }

  /** Whom a login belongs to; undefined for nobody in particular. Refuses a disabled one. Writes nothing yet. */
  async arrived(
    mountAccessor: string,
    alias: AuthAlias | undefined,
    groupAliases: readonly string[] | undefined,
  ): Promise<Arrived | undefined> {
    const store = alias === undefined ? undefined : await this.store()
    if (alias === undefined || store === undefined) return undefined
    const login = { mountAccessor, alias, groupAliases }
    const { before, entity } = await resolveLogin(store, login, this.#options)
    if (entity.disabled) throw denied()
    const settle = async (tx: Tx): Promise<Entity> => {
      const settled = await recordLogin(await this.view(tx), login, this.#options)
      if (settled.disabled) throw denied()
      return settled
    }
    return { store, entity, aliasName: alias.name, before, settle }
  }

  /** Whom an alias of a mount leads to, in a transaction. Throws `permission_denied` for nobody and for a disabled one. */
  async behind(tx: Tx, mountAccessor: string, aliasName: string): Promise<Entity> {
    const held = await entityOfFactors(await this.view(tx), mountAccessor, aliasName)
    if (held === undefined || held.entity.disabled) throw denied()
    return held.entity
  }

  /** The entity of this id, or that it became part of. */
  async entity(id: string): Promise<Entity | undefined> {
    const store = await this.store()
    return store && ((await entityOf(store, id)) ?? mergedInto(store, id))
  }

  async countEntities(): Promise<number> {
    const store = await this.store()
    return store === undefined ? 0 : (await store.list(rows.entities)).length
  }

  /** A token's `auth` with what its entity and the role of its login give it. */
  async shown(auth: IssuedAuth): Promise<IssuedAuth> {
    const { entityId, madeUnder, tokenPolicies } = auth
    if (tokenPolicies.includes('root')) return auth
    const ofEntity = entityId === '' ? undefined : await this.subjects.ofEntity(entityId)
    const ofRole = madeUnder && (await this.subjects.ofAuthRole(madeUnder.mountUuid, madeUnder.role))
    // An answer that was wrapped meanwhile has some already.
    const given = [...auth.identityPolicies, ...(ofEntity?.identityPolicies ?? []), ...(ofRole ?? [])]
    if (given.length === 0) return auth
    const identityPolicies = [...new Set(given)].sort()
    return { ...auth, policies: [...new Set([...tokenPolicies, ...identityPolicies])].sort(), identityPolicies }
  }

  /** A transaction of the namespace's store, as the rows of `identity/` see it. */
  async view(tx: Tx): Promise<Tx> {
    const mount = (await this.#options.mounts.router()).route(MOUNT)?.mount
    if (mount === undefined) throw denied()
    return new TxView(tx, mountPrefix(mount.entry))
  }

  /** The rows of `identity/`; undefined before the namespace has its mounts. */
  store(): Awaitable<Store | undefined> {
    const router = this.#options.mounts.router()
    return router instanceof Promise
      ? router.then((late) => late.route(MOUNT)?.mount.context.store)
      : router.route(MOUNT)?.mount.context.store
  }
}
