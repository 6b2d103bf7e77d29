import type { Store } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { ipBytes } from '../x509/alt-names.ts'
import { Problem } from './problem.ts'

/**
 * Whoever reaches the directory may make an account, which is a row that stays. So the accounts that one address makes in
 * an hour are counted, in memory and for each process: nobody's refusal costs a row.
 */

const WINDOW_MS = 3_600_000
/** Addresses that are remembered, the newest. */
const ADDRESSES_MAX = 10_000
/** Who has many addresses may make so many times what one may. */
const ALL_TIMES = 100

interface Count {
  readonly sinceMs: number
  made: number
}
interface Counts {
  all: Count
  readonly byAddress: Map<string, Count>
}
const mounts = new WeakMap<Store, Counts>()

/** Counts one more account. Throws Problem `rateLimited`. `limit` 0: any number. */
export function countAccount(remoteAddress: string, limit: number, { store, clock }: EngineContext): void {
  if (limit === 0) return
  const nowMs = clock.now()
  const counts = mounts.get(store) ?? { all: { sinceMs: nowMs, made: 0 }, byAddress: new Map() }
  mounts.set(store, counts)
  const address = networkOf(remoteAddress)
  const own = current(counts.byAddress.get(address), nowMs)
  const all = current(counts.all, nowMs)
  refuseAbove(limit, own, nowMs)
  refuseAbove(limit * ALL_TIMES, all, nowMs)
  own.made++
  all.made++
  counts.all = all
  // Written anew, it is the newest.
  counts.byAddress.delete(address)
  counts.byAddress.set(address, own)
  if (counts.byAddress.size <= ADDRESSES_MAX) return
  for (const oldest of counts.byAddress.keys()) {
    counts.byAddress.delete(oldest)
    return
  }
}

function current(count: Count | undefined, nowMs: number): Count {
  return count !== undefined && nowMs - count.sinceMs < WINDOW_MS ? count : { sinceMs: nowMs, made: 0 }
}

function refuseAbove(limit: number, { made, sinceMs }: Count, nowMs: number): void {
  if (made < limit) return
  const seconds = Math.max(1, Math.ceil((sinceMs + WINDOW_MS - nowMs) / 1000))
  throw new Problem('rateLimited', `too many new accounts: try again in ${seconds} seconds`, {
    headers: { 'retry-after': String(seconds) },
  })
}

/** Of IPv6 the network of 64 bits, which is what one subscriber has. */
function networkOf(address: string): string {
  const plain = address.split('%')[0]?.replace(/^::ffff:(?=[\d.]+$)/i, '') ?? ''
  if (!plain.includes(':')) return plain
  return ipBytes(plain).subarray(0, 8).toString('hex')
}
