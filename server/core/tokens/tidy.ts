import { namesInPages } from '../../../storage/pages.ts'
import type { Store, Tx } from '../../../storage/store.ts'
import { idOfRow, leaseCodec, leaseRows, tokenLeaseCodec } from '../leases/rows.ts'
import { accessorCodec, revokingCodec, tokenCodec, tokenRows } from './entry.ts'

const PAGE = 500

/**
 * Removes what names a token or a lease that is not there. Revoking leaves none of it; a database that was repaired or
 * restored in part may hold some. Resolves with how many rows went.
 */
export async function tidyTokens(store: Store): Promise<number> {
  return (
    (await removeRows(store, tokenRows.accessors, isStaleAccessor)) +
    (await removeRows(store, tokenRows.parents, isStaleChild)) +
    (await removeRows(store, leaseRows.tokens, isStaleTokenLease))
  )
}

/** Walks the rows in pages and deletes those that `isStale` in one transaction each, so that no row goes that is in use by then. */
async function removeRows(
  store: Store,
  prefix: string,
  isStale: (tx: Tx, name: string) => Promise<boolean>,
): Promise<number> {
  let removed = 0
  for await (const name of namesInPages(PAGE, (page) => store.scan(prefix, page))) {
    const isGone = await store.transaction(async (tx) => {
      const stale = await isStale(tx, name)
      if (stale) tx.delete(prefix + name)
      return stale
    })
    if (isGone) removed++
  }
  return removed
}

async function isStaleAccessor(tx: Tx, name: string): Promise<boolean> {
  const row = await tx.get(tokenRows.accessor(name), accessorCodec)
  if (row === undefined) return false
  const token = await tx.get(tokenRows.token(row.hash), tokenCodec)
  return token?.accessor !== name
}

async function isStaleChild(tx: Tx, name: string): Promise<boolean> {
  const [, child = ''] = name.split('/')
  if ((await tx.get(tokenRows.token(child), tokenCodec)) !== undefined) return false
  // It is being revoked, and finds its way by this row.
  return (await tx.get(tokenRows.revoking(child), revokingCodec)) === undefined
}

async function isStaleTokenLease(tx: Tx, name: string): Promise<boolean> {
  const [hash = '', lease = ''] = name.split('/')
  if ((await tx.get(leaseRows.tokens + name, tokenLeaseCodec)) === undefined || hash === '') return false
  return (await tx.get(leaseRows.lease(idOfRow(lease)), leaseCodec)) === undefined
}
