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

/** The mount that every namespace keeps its identities at. */
const MOUNT = 'identity/'

export interface IdentityOptions {
  readonly namespace: NamespaceRef
  readonly mounts: MountManager
  readonly mfaAbove: MethodsAbove
  readonly clock: Clock
  readonly random: Random
}

/** The entity of a login, as the login leaves it; not written yet. */
export interface LoginIdentity {
  /** The view of `identity/`. */
  readonly store: Store
  readonly entity: Entity
  /** The name that the method knows the entity by. */
  readonly aliasName: string
  /** The entity before the login. Undefined: the alias is new. `entity` itself where the login changes nothing. */
  readonly before: Entity | undefined
  /**
   * Writes what the login changes, in the transaction that makes the token. Resolves with the entity as it is then, which is
   * another one where the alias was made or moved meanwhile. Throws `permission_denied` where it is disabled.
   */
  readonly record: (tx: Tx) => Promise<Entity>
}

/** The identities of one namespace, as logins and requests see them. */
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

  /** The services that the engine `identity` has of the server. */
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

  /** Undefined: the login has no alias, and so no entity. Throws `permission_denied` for a disabled entity. Writes nothing. */
  async ofLogin(
    mountAccessor: string,
    alias: AuthAlias | undefined,
    groupAliases: readonly string[] | undefined,
  ): Promise<LoginIdentity | undefined> {
    const store = alias === undefined ? undefined : await this.store()
    if (alias === undefined || store === undefined) return undefined
    const login = { mountAccessor, alias, groupAliases }
    const { before, entity } = await resolveLogin(store, login, this.#options)
    if (entity.disabled) throw denied()
    const record = async (tx: Tx): Promise<Entity> => {
      const recorded = await recordLogin(await this.view(tx), login, this.#options)
      if (recorded.disabled) throw denied()
      return recorded
    }
    return { store, entity, aliasName: alias.name, before, record }
  }

  /** The entity of an alias at a mount. Throws `permission_denied` when there is none, or it is disabled. */
  async ofAlias(tx: Tx, mountAccessor: string, aliasName: string): Promise<Entity> {
    const held = await entityOfFactors(await this.view(tx), mountAccessor, aliasName)
    if (held === undefined || held.entity.disabled) throw denied()
    return held.entity
  }

  /** The entity of this id, or the one that it was merged into. */
  async entity(id: string): Promise<Entity | undefined> {
    const store = await this.store()
    return store && ((await entityOf(store, id)) ?? mergedInto(store, id))
  }

  async countEntities(): Promise<number> {
    const store = await this.store()
    return store === undefined ? 0 : (await store.list(rows.entities)).length
  }

  /** A token's `auth`, with the policies that its entity and the role of its login give it. */
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
