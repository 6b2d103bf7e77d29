import { invalid } from '../../../engines/errors.ts'
import type { MountEntry } from '../../../engines/system/services/mounts.ts'
import { ROOT_NAMESPACE_ID, type UnsealedKeys } from '../../seal/lifecycle.ts'
import type { Namespace } from '../namespace.ts'
import { keptPath } from '../pipeline/target.ts'
import type { Arriving, QuotasOptions } from '../quotas/quotas.ts'
import type { Asked, QuotaTarget } from '../quotas/rules.ts'
import { idOf, type NamespaceDirectory, type Resolved } from './directory.ts'
import type { OpenNamespaces } from './open-namespaces.ts'
import { sealedBy } from './unavailable.ts'

/** Where quotas, and the requests that they bound, lie among the namespaces of an open vault. */
export function quotaPlaces(
  directory: NamespaceDirectory,
  open: OpenNamespaces,
  keys: UnsealedKeys,
): Pick<QuotasOptions, 'asked' | 'targetOf' | 'keptPathOf' | 'roleOf'> {
  /** What `ask` says of a request and its path there; undefined where the namespace is sealed. */
  async function inNamespaceOf(
    request: Arriving,
    ask: (namespace: Namespace, path: string) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const found = await directory.resolve(request.namespace, request.path)
    const chain = found?.chain ?? []
    if (sealedBy(keys, chain) !== undefined) return undefined
    return open.use(chain, (namespace) => ask(namespace, found?.path ?? request.path))
  }

  return {
    asked(namespace, path) {
      const found = directory.resolve(namespace, path)
      // What goes nowhere is root's to refuse.
      return found instanceof Promise ? found.then(askedOf, () => undefined) : askedOf(found)
    },

    async targetOf(path, role) {
      const whole = path === '' || path.endsWith('/') ? path : `${path}/`
      const found = await directory.resolve('', whole)
      const chain = found?.chain ?? []
      const rest = found?.path ?? whole
      const namespaceId = idOf(chain)
      if (rest === '') {
        if (role !== '') throw invalid('a quota for a role needs the path of an auth method')
        return { namespaceId, mountPath: '', suffix: '' }
      }
      const refusal = sealedBy(keys, chain)
      if (refusal !== undefined) throw refusal
      return open.use(chain, async (namespace) => ({ namespaceId, ...(await mountTarget(namespace, rest, role)) }))
    },

    keptPathOf: (request) => inNamespaceOf(request, async ({ mounts }, path) => keptPath(path, await mounts.router())),
    roleOf: (login) => inNamespaceOf(login, ({ mounts }, path) => mounts.loginRole(path, login)),
  }
}

function askedOf(found: Resolved | undefined): Asked | undefined {
  return found && { namespaceIds: [ROOT_NAMESPACE_ID, ...found.chain.map(({ id }) => id)], path: found.path }
}

/** What a quota is for whose path lies in a mount of a namespace. Throws `invalid_request` where there is no such mount. */
async function mountTarget(
  { mounts }: Namespace,
  path: string,
  role: string,
): Promise<Omit<QuotaTarget, 'namespaceId'>> {
  const mount = await mounts.holding(path)
  if (mount === undefined) throw invalid(`invalid mount path "${path}"`)
  const suffix = keptPath(path, await mounts.router())
    .slice(mount.path.length)
    .replace(/\/$/, '')
  if (role !== '') refuseRole(mount, suffix, mounts.knowsLoginRoles(mount))
  return { mountPath: mount.path, suffix }
}

function refuseRole({ kind, path }: MountEntry, suffix: string, knowsLoginRoles: boolean): void {
  if (suffix !== '') throw invalid('Quotas cannot contain both a path suffix and a role')
  if (kind !== 'auth')
    throw invalid(
      `Mount path "${path}" is not a valid auth method and therefore unsuitable for use with role-based quotas`,
    )
  if (!knowsLoginRoles) throw invalid(`Mount path "${path}" does not support use with role-based quotas`)
}
