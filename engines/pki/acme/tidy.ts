import { namesInPages } from '../../../storage/pages.ts'
import type { Tx } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { certificateCodec, rows } from '../documents.ts'
import { type Account, accountCodec, acmeRows, type Order, orderCodec } from './documents.ts'
import { dropOpen } from './open-orders.ts'

/** Of ACME, what is of no use any more: orders that ended, and accounts without any. */

export interface AcmeTidied {
  readonly accounts: number
  readonly accountsRevoked: number
  readonly accountsDeleted: number
  readonly ordersDeleted: number
}
export const NOTHING_TIDIED: AcmeTidied = { accounts: 0, accountsRevoked: 0, accountsDeleted: 0, ordersDeleted: 0 }

export interface AcmeBuffers {
  /** Seconds. */
  readonly safety_buffer: number
  readonly acme_account_safety_buffer: number
  readonly page_size: number
}

/** Calls `goOn` after each account, and ends when it says no. */
export async function tidyAcme(
  buffers: AcmeBuffers,
  context: EngineContext,
  goOn: (done: AcmeTidied) => Promise<boolean>,
): Promise<void> {
  const { store } = context
  let done = NOTHING_TIDIED
  const accounts = namesInPages(buffers.page_size, async (page) => {
    await store.refresh()
    return store.list(acmeRows.accounts, page)
  })
  for await (const id of accounts) {
    const orders = await tidyOrders(id, buffers, context)
    const outcome = orders.left > 0 ? 'kept' : await tidyAccount(id, buffers, context)
    done = {
      accounts: done.accounts + 1,
      accountsRevoked: done.accountsRevoked + (outcome === 'revoked' ? 1 : 0),
      accountsDeleted: done.accountsDeleted + (outcome === 'deleted' ? 1 : 0),
      ordersDeleted: done.ordersDeleted + orders.deleted,
    }
    if (!(await goOn(done))) return
  }
}

async function tidyOrders(
  accountId: string,
  { safety_buffer: bufferSeconds, page_size: limit }: AcmeBuffers,
  { store, clock }: EngineContext,
): Promise<{ readonly deleted: number; readonly left: number }> {
  const prefix = acmeRows.ordersOf(accountId)
  let [deleted, left] = [0, 0]
  for await (const id of namesInPages(limit, (page) => store.list(prefix, page))) {
    const isDeleted = await store.transaction(async (tx) => {
      const order = await tx.get(acmeRows.order(id), orderCodec)
      if (order !== undefined && (await endOf(tx, order)) > clock.now() - bufferSeconds * 1000) return false
      for (const one of order?.authorizations ?? []) tx.delete(acmeRows.authorization(one))
      tx.delete(acmeRows.order(id))
      tx.delete(prefix + id)
      dropOpen(tx, { accountId, id })
      return true
    })
    if (isDeleted) deleted++
    else left++
  }
  return { deleted, left }
}

/** When an order is of no use any more, in milliseconds since the epoch: one with a certificate is for as long as that lives. */
async function endOf(tx: Tx, { serial, expiresMs }: Order): Promise<number> {
  const record = serial === '' ? undefined : await tx.get(rows.certificate(serial), certificateCodec)
  return Math.max(expiresMs, record?.notAfterMs ?? 0)
}

/** An account that orders nothing is ended, and one that ended long ago is forgotten. */
function tidyAccount(
  id: string,
  { acme_account_safety_buffer: bufferSeconds }: AcmeBuffers,
  { store, clock }: EngineContext,
): Promise<'kept' | 'revoked' | 'deleted'> {
  return store.transaction(async (tx) => {
    const account = await tx.get(acmeRows.account(id), accountCodec)
    const nowMs = clock.now()
    const hasOrders = (await tx.list(acmeRows.ordersOf(id), { limit: 1 })).length > 0
    if (account === undefined || hasOrders || nowMs - sinceMs(account) <= bufferSeconds * 1000) return 'kept'
    if (account.status === 'valid') {
      tx.put(acmeRows.account(id), { ...account, status: 'revoked', endedMs: nowMs }, accountCodec)
      return 'revoked'
    }
    tx.delete(acmeRows.account(id))
    tx.delete(acmeRows.accountOf(account.thumbprint))
    return 'deleted'
  })
}

function sinceMs({ createdMs, endedMs }: Account): number {
  return endedMs ?? createdMs
}
