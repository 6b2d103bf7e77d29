import type { Clock, Random } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import { type AuthRoleMember, type Role, roleName, rows } from '../../../engines/identity/documents.ts'
import { entityOf, mergedInto } from '../../../engines/identity/entities.ts'
import { groupOf } from '../../../engines/identity/groups.ts'
import { assignable } from '../../../engines/identity/policies.ts'
import { newRole, roleNamed, writeRole } from '../../../engines/identity/roles.ts'
import type { AuthRoleRef, RoleChange, RoleInfo, RoleService } from '../../../engines/system/services/roles.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Page, Reader, Store } from '../../../storage/store.ts'
import { normalPolicies } from '../../auth/policy-names.ts'
import type { MountManager } from '../mounts/mount-manager.ts'
import type { LiveMount, Router } from '../mounts/router.ts'

export interface NamespaceRolesOptions {
  /** Of the mount `identity/`; undefined: there is none. */
  readonly store: () => Awaitable<Store | undefined>
  readonly mounts: MountManager
  readonly clock: Clock
  readonly random: Random
}

const DESCRIPTION_MAX_CHARS = 2_000

/** The roles of one namespace, kept with its identities. */
export class NamespaceRoles implements RoleService {
  readonly #options: NamespaceRolesOptions

  constructor(options: NamespaceRolesOptions) {
    this.#options = options
  }

  async names(page: Page): Promise<readonly string[]> {
    return (await this.#store()).list(rows.roles, page)
  }

  async get(name: string): Promise<RoleInfo | undefined> {
    const store = await this.#store()
    const role = await roleNamed(store, name)
    if (role === undefined) return undefined
    const router = await this.#options.mounts.router()
    return {
      name: role.name,
      description: role.description,
      policies: role.policies,
      entityIds: await present(role.entityIds, async (id) => (await liveEntity(store, id))?.id),
      groupIds: await present(role.groupIds, async (id) => (await groupOf(store, id))?.id),
      authRoles: role.authRoles.map((member) => refOf(member, router)),
      createdMs: role.createdMs,
      updatedMs: role.updatedMs,
    }
  }

  async put(sent: string, change: RoleChange): Promise<void> {
    const name = roleName(sent)
    if (name === undefined) throw invalid('the name of a role has 1 to 128 letters, digits and _ . - in between')
    if ((change.description?.length ?? 0) > DESCRIPTION_MAX_CHARS)
      throw invalid(`description has more than ${DESCRIPTION_MAX_CHARS} characters`)
    const policies = change.policies && assignable(change.policies, { normalPolicies })
    const authRoles = change.authRoles && (await this.#authRoles(change.authRoles))
    const store = await this.#store()
    await store.transaction(async (tx) => {
      const before = await roleNamed(tx, name)
      const base = before ?? newRole(this.#options, name)
      const after: Role = {
        ...base,
        description: change.description ?? base.description,
        policies: policies ?? base.policies,
        entityIds: change.entityIds ? await entityIds(tx, change.entityIds) : base.entityIds,
        groupIds: change.groupIds ? await groupIds(tx, change.groupIds) : base.groupIds,
        authRoles: authRoles ?? base.authRoles,
        updatedMs: this.#options.clock.now(),
      }
      await writeRole(tx, before, after, this.#options)
    })
  }

  async delete(name: string): Promise<void> {
    const store = await this.#store()
    await store.transaction(async (tx) => {
      const before = await roleNamed(tx, name)
      if (before !== undefined) await writeRole(tx, before, undefined, this.#options)
    })
  }

  async #authRoles(sent: readonly string[]): Promise<readonly AuthRoleMember[]> {
    const router = await this.#options.mounts.router()
    const members = new Map<string, AuthRoleMember>()
    for (const text of sent) {
      const member = await authRoleMember(text, router)
      members.set(`${member.mountUuid}/${member.role}`, member)
    }
    return [...members.values()]
  }

  async #store(): Promise<Store> {
    const store = await this.#options.store()
    if (store === undefined) throw new EgideError('unavailable', 'identity is not mounted')
    return store
  }
}

type Reads = Pick<Reader, 'get'>

/** Also by the id of one that became part of it. */
async function liveEntity(reader: Reads, id: string) {
  return (await entityOf(reader, id)) ?? (await mergedInto(reader, id))
}

async function present(
  ids: readonly string[],
  find: (id: string) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const found = await Promise.all(ids.map(find))
  return [...new Set(found.filter((id) => id !== undefined))]
}

async function entityIds(reader: Reads, sent: readonly string[]): Promise<readonly string[]> {
  return members(sent, 'entity', async (id) => (await liveEntity(reader, id))?.id)
}

async function groupIds(reader: Reads, sent: readonly string[]): Promise<readonly string[]> {
  return members(sent, 'group', async (id) => (await groupOf(reader, id))?.id)
}

async function members(
  sent: readonly string[],
  kind: string,
  find: (id: string) => Promise<string | undefined>,
): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const id of sent) {
    const known = await find(id)
    if (known === undefined) throw invalid(`${kind} ID "${id.slice(0, 100)}" does not exist`)
    found.add(known)
  }
  return [...found]
}

/** A role that is not there is refused: whoever may make one of its name later should not find it has rights. */
async function authRoleMember(text: string, router: Router): Promise<AuthRoleMember> {
  const { mount, path } = routeOf(text, router) ?? {}
  const roles = mount?.engine.roles
  if (mount === undefined || roles === undefined || path === undefined || path === '')
    throw invalid(`"${text.slice(0, 100)}" names no auth method that has roles, and one of them: auth/approle/ROLE`)
  const found = await roles.get(path, mount.context)
  if (found === undefined) throw invalid(`"${text.slice(0, 100)}": there is no such role`)
  return { mountUuid: mount.entry.uuid, mountAccessor: mount.entry.accessor, role: found.name }
}

function routeOf(text: string, router: Router): { readonly mount: LiveMount; readonly path: string } | undefined {
  if (text.startsWith('auth/')) return router.route(text)
  const slash = text.indexOf('/')
  const mount = router.mounts.find(({ entry }) => slash > 0 && entry.accessor === text.slice(0, slash))
  return mount && { mount, path: text.slice(slash + 1) }
}

function refOf({ mountUuid, mountAccessor, role }: AuthRoleMember, router: Router): AuthRoleRef {
  const mount = router.mounts.find(({ entry }) => entry.uuid === mountUuid)
  return { path: `${mount?.entry.path ?? `${mountAccessor}/`}${role}`, mountAccessor, role }
}
