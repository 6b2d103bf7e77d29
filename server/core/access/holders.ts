import { entityCodec, groupCodec, roleCodec, rows } from '../../../engines/identity/documents.ts'
import { rolesOfAuthRole } from '../../../engines/identity/roles.ts'
import type { IdentityView } from '../../../engines/identity-view.ts'
import type { AccessHolder, HolderKind } from '../../../engines/system/services/access.ts'
import type { Store } from '../../../storage/store.ts'
import type { PolicyStore } from '../../policy/policy-store.ts'
import { type Giver, giversOfEntity, giversOfGroup } from '../identity/given.ts'
import type { Subjects } from '../identity/subjects.ts'
import type { Router } from '../mounts/router.ts'

/** One that may have policies. */
export interface Candidate extends Pick<AccessHolder, 'kind' | 'id' | 'name'> {
  readonly givers: readonly Giver[]
  /** Whom templates speak of; undefined: nobody. */
  readonly view: IdentityView | undefined
}

/** All candidates of one kind, in an order that stays. */
export interface Source {
  readonly kind: HolderKind
  /** Keys strictly after this one, '' for the first; fewer than `limit` only at the end. */
  keys(after: string, limit: number): Promise<readonly string[]>
  /** Undefined: it is gone, or may do nothing. */
  candidate(key: string): Promise<Candidate | undefined>
}

export interface SourcesOptions {
  /** Of the mount `identity/`. */
  readonly store: Store
  readonly router: Router
  readonly policies: PolicyStore
  readonly subjects: Subjects
}

/** Where candidates come from, in the order of HOLDER_KINDS. */
export function sourcesOf(options: SourcesOptions): readonly Source[] {
  return [policies(options), roles(options), groups(options), authRoles(options), entities(options)]
}

function policies({ policies: store }: SourcesOptions): Source {
  let names: readonly string[] | undefined
  return {
    kind: 'policy',
    async keys(after, limit) {
      names ??= await store.names('')
      return names.filter((name) => name > after).slice(0, limit)
    },
    candidate: async (name) => bare('policy', name, [{ policies: [name], chain: [] }]),
  }
}

function roles({ store }: SourcesOptions): Source {
  return {
    kind: 'role',
    keys: (after, limit) => store.list(rows.roles, { after, limit }),
    async candidate(key) {
      const role = await store.get(rows.roles + key, roleCodec)
      return role && bare('role', role.name, [{ policies: role.policies, chain: [] }])
    },
  }
}

function groups({ store }: SourcesOptions): Source {
  return {
    kind: 'group',
    keys: (after, limit) => store.list(rows.groups, { after, limit }),
    async candidate(id) {
      const group = await store.get(rows.group(id), groupCodec)
      return group && { ...bare('group', group.name, await giversOfGroup(store, group)), id }
    },
  }
}

/** By the path of the mount and the name of the role. */
function authRoles({ store, router }: SourcesOptions): Source {
  const mounts = router.mounts
    .flatMap(({ entry: { path, uuid }, engine: { roles }, context }) => (roles ? [{ path, uuid, roles, context }] : []))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  return {
    kind: 'auth_role',
    async keys(after, limit) {
      const keys: string[] = []
      for (const { path, roles, context } of mounts) {
        const isWithin = after.startsWith(path)
        if (keys.length === limit || (!isWithin && path <= after)) continue
        const page = { after: isWithin ? after.slice(path.length) : '', limit: limit - keys.length }
        const names = await roles.names(page, context)
        keys.push(...names.map((name) => path + name))
      }
      return keys
    },
    async candidate(key) {
      const mount = mounts.find(({ path }) => key.startsWith(path))
      if (mount === undefined) return undefined
      const role = await mount.roles.get(key.slice(mount.path.length), mount.context)
      if (role === undefined) return undefined
      const own = [...(role.policies ?? []), ...(role.noDefaultPolicy ? [] : ['default'])]
      const given = await rolesOfAuthRole(store, { mountUuid: mount.uuid, role: role.name })
      const ofRoles = given.map(({ name, policies: ofRole }) => ({ policies: ofRole, chain: [`role:${name}`] }))
      return bare('auth_role', key, [{ policies: own, chain: [] }, ...ofRoles])
    },
  }
}

function entities({ store, subjects }: SourcesOptions): Source {
  return {
    kind: 'entity',
    keys: (after, limit) => store.list(rows.entities, { after, limit }),
    async candidate(id) {
      const entity = await store.get(rows.entity(id), entityCodec)
      // Undefined too for one that is disabled: its tokens are refused.
      const known = entity && (await subjects.ofEntity(id))
      if (entity === undefined || known === undefined) return undefined
      return { kind: 'entity', id, name: entity.name, givers: await giversOfEntity(store, entity), view: known.view }
    },
  }
}

function bare(kind: HolderKind, name: string, givers: readonly Giver[]): Candidate {
  return { kind, id: '', name, givers, view: undefined }
}
