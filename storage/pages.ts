import type { Store } from './store.ts'

/** Walks over names that may be too many to stand in memory, or to be deleted in one transaction. */

/**
 * The names that `read` gives, page by page, each of at most `limit`: it is `list` or `scan` of a store. Names may be created
 * and deleted meanwhile, by the loop too; one that is created behind the position is not seen.
 */
export async function* namesInPages(
  limit: number,
  read: (page: { readonly after: string; readonly limit: number }) => Promise<readonly string[]>,
): AsyncGenerator<string> {
  let after = ''
  for (;;) {
    const names = await read({ after, limit })
    yield* names
    if (names.length < limit) return
    after = names.at(-1) ?? ''
  }
}

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
