import { invalid } from '../../../engines/errors.ts'
import type { MountEntry } from '../../../engines/system/services/mounts.ts'
import type { Namespace } from '../namespace.ts'
import { keptPath } from '../pipeline/target.ts'
import type { QuotaTarget } from '../quotas/rules.ts'

/** What a quota is for whose path lies in a mount of a namespace. Throws `invalid_request` where there is no such mount. */
export async function mountTarget(
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
