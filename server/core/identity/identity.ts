import type { AuthAlias, Clock, IssuedAuth, NamespaceRef, Random } from '../../../engines/engine.ts'
import { denied } from '../../../engines/errors.ts'
import { entityAtLogin } from '../../../engines/identity/login.ts'
import type { IdentityServices } from '../../../engines/identity/services.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Store } from '../../../storage/store.ts'
import { normalPolicies } from '../../auth/policy-names.ts'
import type { MountManager } from '../mounts/mount-manager.ts'
import { NamespaceRoles } from './roles.ts'
import { Subjects } from './subjects.ts'

/** Where every namespace keeps who is who. */
const MOUNT = 'identity/'

export interface IdentityOptions {
  readonly namespace: NamespaceRef
  readonly mounts: MountManager
  readonly clock: Clock
  readonly random: Random
}

/** Who is who in one namespace, as logins and requests see it. */
export class NamespaceIdentity {
  readonly subjects: Subjects
  readonly roles: NamespaceRoles
  readonly #options: IdentityOptions

  constructor(options: IdentityOptions) {
    this.#options = options
    const { namespace, ...means } = options
    this.subjects = new Subjects(() => this.store(), namespace)
    this.roles = new NamespaceRoles({ store: () => this.store(), ...means })
  }

  /** What the engine `identity` gets of the server. */
  services(apiAddress: () => string): IdentityServices {
    const { mounts } = this.#options
    return {
      async mountOf(accessor) {
        return (await mounts.all()).find((entry) => entry.accessor === accessor && !entry.leaving)
      },
      apiAddress,
      normalPolicies,
    }
  }

  /** Whom a login belongs to: '' for nobody in particular. Refuses a disabled one. */
  async entityAtLogin(
    mountAccessor: string,
    alias: AuthAlias | undefined,
    groupAliases: readonly string[] | undefined,
  ): Promise<string> {
    const store = alias === undefined ? undefined : await this.store()
    if (alias === undefined || store === undefined) return ''
    const entity = await entityAtLogin(store, { mountAccessor, alias, groupAliases }, this.#options)
    if (entity.disabled) throw denied()
    return entity.id
  }

  /** A token's `auth` with what its entity and the role of its login give it. */
  async shown(auth: IssuedAuth): Promise<IssuedAuth> {
    const { entityId, madeUnder, tokenPolicies } = auth
    if (tokenPolicies.includes('root')) return auth
    const ofEntity = entityId === '' ? undefined : await this.subjects.ofEntity(entityId)
    const ofRole = madeUnder && (await this.subjects.ofAuthRole(madeUnder.mountUuid, madeUnder.role))
    // An answer that was wrapped meanwhile has some already.
    const given = [...auth.identityPolicies, ...(ofEntity?.identityPolicies ?? []), ...(ofRole ?? [])]
    const identityPolicies = [...new Set(given)].sort()
    if (identityPolicies.length === 0) return auth
    return { ...auth, policies: [...new Set([...tokenPolicies, ...identityPolicies])].sort(), identityPolicies }
  }

  /** Of the mount `identity/`; undefined: there is none. */
  store(): Awaitable<Store | undefined> {
    const router = this.#options.mounts.router()
    return router instanceof Promise
      ? router.then((late) => late.route(MOUNT)?.mount.context.store)
      : router.route(MOUNT)?.mount.context.store
  }
}
