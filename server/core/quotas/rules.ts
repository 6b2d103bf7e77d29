import type { LeaseCount, QuotaConfig, QuotaPlace, RateLimit } from '../../../engines/system/services/quotas.ts'
import { json } from '../../../storage/codec.ts'

/** What a quota's path means: a namespace, a mount in it, and a path in that. */
export interface QuotaTarget {
  readonly namespaceId: string
  /** '' or ending in '/'. */
  readonly mountPath: string
  /** Below the mount; '' for all of it. One that ends in '*' is the beginning of many. */
  readonly suffix: string
}

export type Placed<Q extends QuotaPlace> = Q & { readonly target: QuotaTarget }

/** All quotas are one document: a request reads it from the cache, and it tells by itself whether anything changed. */
export interface QuotaTable {
  readonly config: QuotaConfig
  readonly rateLimits: readonly Placed<RateLimit>[]
  readonly leaseCounts: readonly Placed<LeaseCount>[]
}

export const QUOTAS = 'quotas'
export const quotaCodec = json<QuotaTable>()
export const QUOTAS_MAX = 1_000

/** OpenBao's: what opens the vault and tells how it is. */
const EXEMPT = [
  'sys/generate-recovery-token/attempt',
  'sys/generate-recovery-token/update',
  'sys/generate-root/attempt',
  'sys/generate-root/update',
  'sys/health',
  'sys/seal-status',
  'sys/unseal',
]

export const NO_QUOTAS: QuotaTable = {
  config: { exemptPaths: EXEMPT, auditLogging: false, responseHeaders: false },
  rateLimits: [],
  leaseCounts: [],
}

/** Where a request goes: the ids of the namespaces from root down, and the path in the last of them. */
export interface Asked {
  readonly namespaceIds: readonly string[]
  readonly path: string
  /** `path` with the names whose case means nothing as they are kept; absent: it is the path itself. */
  readonly keptPath?: string | undefined
}

/**
 * The one quota that holds for a request: of its path, else of its mount, else of its namespace, else of the nearest
 * namespace above that passes its own on. `role`, in small letters: those for logins under it come before all; undefined:
 * it is not known.
 */
export function bestOf<Q extends QuotaPlace>(
  quotas: readonly Placed<Q>[],
  { namespaceIds, path, keptPath = path }: Asked,
  role: string | undefined,
): Placed<Q> | undefined {
  let best: Placed<Q> | undefined
  let bestRank = -1
  for (const quota of quotas) {
    const rank = rankOf(quota, namespaceIds, keptPath, role)
    if (rank > bestRank) {
      best = quota
      bestRank = rank
    }
  }
  return best
}

/** Higher is closer; -1: it is not for this request. */
function rankOf(
  { target, role: ofRole, inheritable }: Placed<QuotaPlace>,
  namespaceIds: readonly string[],
  path: string,
  role: string | undefined,
): number {
  const depth = namespaceIds.indexOf(target.namespaceId)
  if (depth < 0) return -1
  const isOwn = depth === namespaceIds.length - 1
  if (target.mountPath === '') return isOwn || inheritable ? depth : -1
  if (!isOwn || !`${path}/`.startsWith(target.mountPath)) return -1
  if (ofRole !== '') return isLogin(path) && ofRole.toLowerCase() === role ? ROLE : -1
  if (target.suffix === '') return MOUNT
  const below = path.slice(target.mountPath.length).replace(/\/$/, '')
  const fits = target.suffix.endsWith('*') ? below.startsWith(target.suffix.slice(0, -1)) : below === target.suffix
  return fits ? MOUNT + target.suffix.length : -1
}

const MOUNT = 1_000
const ROLE = 1_000_000

export const isLogin = (path: string): boolean => path.startsWith('auth/') && /\/login(\/|$)/.test(path)

/** Whether one of these is for logins at the mount of this path, so that the login's role has to be known. */
export function asksForRole(quotas: readonly Placed<RateLimit>[], { namespaceIds, path }: Asked): boolean {
  const namespaceId = namespaceIds[namespaceIds.length - 1]
  return (
    isLogin(path) &&
    quotas.some(
      ({ role, target }) => role !== '' && target.namespaceId === namespaceId && path.startsWith(target.mountPath),
    )
  )
}

/** Whether one of these is for paths of the mount, and this one may be another spelling of such a path. */
export function asksForKeptPath(quotas: readonly Placed<QuotaPlace>[], { namespaceIds, path }: Asked): boolean {
  if (path === path.toLowerCase() && !/\s/.test(path)) return false
  const namespaceId = namespaceIds[namespaceIds.length - 1]
  return quotas.some(
    ({ target }) => target.suffix !== '' && target.namespaceId === namespaceId && path.startsWith(target.mountPath),
  )
}

/** Names are whole and stand for all below them too; a `*` at the end also for longer names. */
export function isExempt(paths: readonly string[], path: string): boolean {
  return paths.some((exempt) => {
    if (exempt.endsWith('*')) return path.startsWith(exempt.slice(0, -1))
    if (!path.startsWith(exempt)) return false
    return path.length === exempt.length || exempt.endsWith('/') || path[exempt.length] === '/'
  })
}
