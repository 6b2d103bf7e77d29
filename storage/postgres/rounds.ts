import type { ReadCheck, Revision, Transaction } from '../backend.ts'

/** What earlier rounds of a group have written: the revision of each path now, 0 where it was deleted. */
export type Written = ReadonlyMap<string, Revision>

/**
 * How many of the transactions, from `start` on, can be judged against one state: none of them checks what another of
 * them may write. (Several may write one path: the database applies writes in their order.)
 *
 * Of many transactions that read and write one path, the first fills a round. After it the others are known to fail, so
 * they share the next round, however many there are.
 */
export function roundEnd(transactions: readonly Transaction[], start: number, written: Written): number {
  const paths = new Set<string>()
  for (let at = start; at < transactions.length; at++) {
    const transaction = transactions[at]
    if (transaction === undefined || checksAny(transaction, paths)) return at
    if (transaction.reads.some((check) => isStale(check, written))) continue
    for (const { path } of transaction.writes) paths.add(path)
  }
  return transactions.length
}

function checksAny({ reads, lists }: Transaction, paths: ReadonlySet<string>): boolean {
  if (paths.size === 0) return false
  if (reads.some(({ path }) => paths.has(path))) return true
  if (lists.length === 0) return false
  for (const path of paths) if (lists.some(({ prefix }) => path.startsWith(prefix))) return true
  return false
}

/** It failed when the earlier rounds had been applied, whatever others have done to the path since. */
export function isStale({ path, revision }: ReadCheck, written: Written): boolean {
  const now = written.get(path)
  return now !== undefined && now !== revision
}
