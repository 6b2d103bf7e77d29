import type { EngineContext } from '../../engine.ts'
import { isAbandoned } from './authorizations.ts'
import { type Account, acmeRows, type Order, orderCodec } from './documents.ts'
import { isOpen } from './open-orders.ts'

const PAGE = 100

export interface OrdersPage {
  readonly ids: readonly string[]
  /** Where the next page begins; undefined: there is none. */
  readonly last: string | undefined
}

/**
 * The account's orders after the one of this id, '' for the first: a page of them, but for those that came to nothing (RFC
 * 8555, 7.1.2.1). So a page may be empty and another follow.
 */
export async function ordersOf({ id: account }: Account, after: string, context: EngineContext): Promise<OrdersPage> {
  const { store } = context
  const page = await store.list(acmeRows.ordersOf(account), { after, limit: PAGE })
  const ids: string[] = []
  for (const id of page) {
    const order = await store.get(acmeRows.order(id), orderCodec)
    if (order !== undefined && (await isOfUse(order, context))) ids.push(id)
  }
  return { ids, last: page.length < PAGE ? undefined : page.at(-1) }
}

/** Told without a look at its authorizations, of which there may be a hundred to each of a hundred orders. */
async function isOfUse(order: Order, { store, clock }: EngineContext): Promise<boolean> {
  if (order.status === 'processing') return !isAbandoned(order, clock.now())
  if (order.status === 'pending' || order.status === 'ready') return isOpen(store, order, clock.now())
  return order.status === 'valid'
}
