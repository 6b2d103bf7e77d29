import type { Tx } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { currentOrder } from './authorizations.ts'
import { acmeRows, type Order, orderCodec, PENDING_ORDERS_MAX, textCodec } from './documents.ts'
import { rateLimited } from './rate-limits.ts'

/**
 * Orders of an account that wait for their proofs or their request. Each has a row besides its own, which goes when the
 * certificate is made or the order expires, so that they are counted without reading all that an account ever ordered.
 */

export function putOpen(tx: Tx, { accountId, id, expiresMs }: Order): void {
  tx.put(acmeRows.openOrder(accountId, id), '', textCodec, { expiresAtMs: expiresMs })
}

export function dropOpen(tx: Tx, { accountId, id }: Pick<Order, 'accountId' | 'id'>): void {
  tx.delete(acmeRows.openOrder(accountId, id))
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
    const order = await tx.get(acmeRows.order(id), orderCodec)
    const status = order && (await currentOrder(order, { store: tx, clock })).status
    if (order === undefined || (status !== 'pending' && status !== 'ready')) {
      // What was not proven ends an order without anybody writing to it.
      dropOpen(tx, { accountId, id })
      continue
    }
    open++
    earliestMs = Math.min(earliestMs, order.expiresMs)
  }
  if (open >= limit) throw rateLimited(`${limit} orders of the account are not carried out yet`, earliestMs - nowMs)
}
