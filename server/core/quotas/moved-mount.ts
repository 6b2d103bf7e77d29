import type { QuotaPlace } from '../../../engines/system/services/quotas.ts'
import type { Tx } from '../../../storage/store.ts'
import { ROOT_NAMESPACE_ID } from '../../seal/lifecycle.ts'
import { type Placed, QUOTAS, quotaCodec } from './rules.ts'

/** The quotas of a mount of root, and of paths in it, go along when it moves; else a move would lift them. `tx`: of root's store. */
export async function moveQuotas(tx: Tx, from: string, to: string): Promise<void> {
  const table = await tx.get(QUOTAS, quotaCodec)
  if (table === undefined) return
  const { rateLimits, leaseCounts } = table
  const moved = { rateLimits: movedOf(rateLimits, from, to), leaseCounts: movedOf(leaseCounts, from, to) }
  tx.put(QUOTAS, { ...table, ...moved }, quotaCodec)
}

function movedOf<Q extends QuotaPlace>(quotas: readonly Placed<Q>[], from: string, to: string): readonly Placed<Q>[] {
  return quotas.map((quota) => {
    const { target, path } = quota
    if (target.namespaceId !== ROOT_NAMESPACE_ID || target.mountPath !== from) return quota
    return { ...quota, path: to + path.slice(from.length), target: { ...target, mountPath: to } }
  })
}
