import type { Store } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { ipBytes } from '../x509/alt-names.ts'
import { Problem } from './problem.ts'

/**
 * Whoever reaches the directory may make an account, and orders with it, which are rows that stay. So the accounts that one
 * address makes in an hour and the orders that one account makes are counted, in memory and for each process: nobody's
 * refusal costs a row.
 */

const WINDOW_MS = 3_600_000
/** Of addresses and of accounts that are remembered, the newest. */
const REMEMBERED_MAX = 10_000
/** Who has many addresses may make so many times the accounts that one may. */
const ALL_TIMES = 100

interface Count {
  readonly sinceMs: number
  made: number
}

interface Counts {
  readonly all: { accounts: Count }
  readonly accounts: Map<string, Count>
  readonly orders: Map<string, Count>
}
const mounts = new WeakMap<Store, Counts>()

function countsOf({ store, clock }: EngineContext): Counts {
  const known = mounts.get(store)
  if (known !== undefined) return known
  const all = { accounts: { sinceMs: clock.now(), made: 0 } }
  const made: Counts = { all, accounts: new Map(), orders: new Map() }
  mounts.set(store, made)
  return made
}

/** Counts one more account of an address. Throws Problem `rateLimited`. `limit` 0: any number. */
export function countAccount(remoteAddress: string, limit: number, context: EngineContext): void {
  if (limit === 0) return
  const nowMs = context.clock.now()
  const counts = countsOf(context)
  const address = networkOf(remoteAddress)
  const own = current(counts.accounts.get(address), nowMs)
  const all = current(counts.all.accounts, nowMs)
  refuseAbove(limit, own, 'accounts', nowMs)
  refuseAbove(limit * ALL_TIMES, all, 'accounts', nowMs)
  own.made++
  all.made++
  counts.all.accounts = all
  remember(counts.accounts, address, own)
}

/** Counts one more order that an account tries to make. Throws Problem `rateLimited`. `limit` 0: any number. */
export function countOrder(accountId: string, limit: number, context: EngineContext): void {
  if (limit === 0) return
  const nowMs = context.clock.now()
  const { orders } = countsOf(context)
  const own = current(orders.get(accountId), nowMs)
  refuseAbove(limit, own, 'orders', nowMs)
  own.made++
  remember(orders, accountId, own)
}

/** Written anew, it is the newest. */
function remember(counts: Map<string, Count>, key: string, count: Count): void {
  counts.delete(key)
  counts.set(key, count)
  if (counts.size <= REMEMBERED_MAX) return
  for (const oldest of counts.keys()) {
    counts.delete(oldest)
    return
  }
}

function current(count: Count | undefined, nowMs: number): Count {
  return count !== undefined && nowMs - count.sinceMs < WINDOW_MS ? count : { sinceMs: nowMs, made: 0 }
}

function refuseAbove(limit: number, { made, sinceMs }: Count, what: string, nowMs: number): void {
  if (made >= limit) throw rateLimited(`too many new ${what}`, sinceMs + WINDOW_MS - nowMs)
}

/** `waitMs`: after which it may be tried again. */
export function rateLimited(detail: string, waitMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new Problem('rateLimited', `${detail}: try again in ${seconds} seconds`, {
    headers: { 'retry-after': String(seconds) },
  })
}

/** Of IPv6 the network of 64 bits, which is what one subscriber has. */
function networkOf(address: string): string {
  const plain = address.split('%')[0]?.replace(/^::ffff:(?=[\d.]+$)/i, '') ?? ''
  if (!plain.includes(':')) return plain
  return ipBytes(plain).subarray(0, 8).toString('hex')
}
