import type { Reader, Tx } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { type Authorization, acmeRows, type Order, PENDING_ORDERS_MAX, textCodec } from './documents.ts'
import { rateLimited } from './rate-limits.ts'

/**
 * Orders of an account that wait for their proofs or their request. Each has a row besides its own, which goes when the
 * certificate is made, one of its names is not proven, or the order expires: they are counted by these rows alone, since who
 * has many orders of many names may ask for another as often as they like.
 */

export function putOpen(tx: Tx, { accountId, id, expiresMs }: Pick<Order, 'accountId' | 'id' | 'expiresMs'>): void {
  tx.put(acmeRows.openOrder(accountId, id), '', textCodec, { expiresAtMs: expiresMs })
}

export function dropOpen(tx: Tx, { accountId, id }: Pick<Order, 'accountId' | 'id'>): void {
  tx.delete(acmeRows.openOrder(accountId, id))
}

/** Whether it can still be carried out, of one that waits. */
export async function isOpen(reader: Reader, { accountId, id, expiresMs }: Order, nowMs: number): Promise<boolean> {
  return nowMs < expiresMs && (await reader.get(acmeRows.openOrder(accountId, id), textCodec)) !== undefined
}

/** With an authorization that can't become valid any more its order ends. */
export function dropOpenOf(tx: Tx, { accountId, orderId }: Pick<Authorization, 'accountId' | 'orderId'>): void {
  if (orderId !== undefined) dropOpen(tx, { accountId, id: orderId })
}

/** How long who has too many open orders is to wait at most: they may be carried out before they expire. */
const WAIT_MAX_MS = 3_600_000

/** Within the transaction that makes an order. Throws Problem `rateLimited`. `limit` 0: any number. */
export async function refuseTooManyOpen(
  tx: Tx,
  accountId: string,
  limit: number,
  { clock }: Pick<EngineContext, 'clock'>,
): Promise<void> {
  if (limit === 0) return
  const prefix = acmeRows.openOrders(accountId)
  const ids = await tx.list(prefix, { limit: PENDING_ORDERS_MAX })
  if (ids.length < limit) return
  const nowMs = clock.now()
  let [open, earliestMs] = [0, nowMs + WAIT_MAX_MS]
  for (const id of ids) {
    // Rows that are past their time stay until they are swept.
    const expiresMs = (await tx.entry(prefix + id, textCodec))?.expiresAtMs ?? 0
    if (expiresMs <= nowMs) continue
    open++
    earliestMs = Math.min(earliestMs, expiresMs)
  }
  if (open >= limit) throw rateLimited(`${limit} orders of the account are not carried out yet`, earliestMs - nowMs)
}
