import type { NamespaceRef } from '../../../engines/engine.ts'
import type { QuotaPlace } from '../../../engines/system/services/quotas.ts'
import type { Placed, QuotaTable } from './rules.ts'

/** The quotas once a mount of a namespace has moved: its own, and those of paths in it, go along. A move would lift them else. */
export function withMovedMount(table: QuotaTable, { id, path }: NamespaceRef, from: string, to: string): QuotaTable {
  const moved = <Q extends QuotaPlace>(quota: Placed<Q>): Placed<Q> => {
    const { target } = quota
    if (target.namespaceId !== id || target.mountPath !== from) return quota
    const rest = quota.path.slice(path.length + from.length)
    return { ...quota, path: path + to + rest, target: { ...target, mountPath: to } }
  }
  return { ...table, rateLimits: table.rateLimits.map(moved), leaseCounts: table.leaseCounts.map(moved) }
}
