import type { Store } from '../../storage/store.ts'

/** Rows deleted in one transaction. */
const BATCH = 500

/** Deletes every row below `prefix` ('': all of the view), in as many transactions as it takes. */
export async function deleteBelow(store: Store, prefix: string): Promise<void> {
  for (;;) {
    const names = await store.scan(prefix, { limit: BATCH })
    if (names.length === 0) return
    await store.transaction(async (tx) => {
      for (const name of names) tx.delete(prefix + name)
    })
    if (names.length < BATCH) return
  }
}
