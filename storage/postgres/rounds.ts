import type { ReadCheck, Revision, Transaction } from '../backend.ts'

/** What earlier rounds of a group have written: the revision of each path now, 0 where it was deleted. */
export type Written = ReadonlyMap<string, Revision>

/** Transactions that can be judged against one state. */
export interface Round {
  readonly transactions: readonly Transaction[]
  /** Of each write, in their order: how many of the round before it are of the same path. */
  readonly steps: readonly number[]
}

/**
 * As many of the transactions, from `start` on, as can be judged against one state: none of them checks what another of
 * them may write. (Several may write one path: the database applies writes in their order.)
 *
 * Of many transactions that read and write one path, the first fills a round. After it the others are known to fail, so
 * they share the next round, however many there are.
 */
export function roundFrom(transactions: readonly Transaction[], start: number, written: Written): Round {
  const writers = new Map<string, number>()
  const steps: number[] = []
  let end = start
  for (; end < transactions.length; end++) {
    const transaction = transactions[end]
    if (transaction === undefined || checksAny(transaction, writers)) break
    const isLost = transaction.reads.some((check) => isStale(check, written))
    for (const { path } of transaction.writes) {
      const before = isLost ? 0 : (writers.get(path) ?? 0)
      steps.push(before)
      if (!isLost) writers.set(path, before + 1)
    }
  }
  return { transactions: transactions.slice(start, end), steps }
}

function checksAny({ reads, lists }: Transaction, paths: ReadonlyMap<string, unknown>): boolean {
  if (paths.size === 0) return false
  if (reads.some(({ path }) => paths.has(path))) return true
  if (lists.length === 0) return false
  for (const path of paths.keys()) if (lists.some(({ prefix }) => path.startsWith(prefix))) return true
  return false
}

/** It failed when the earlier rounds had been applied, whatever others have done to the path since. */
export function isStale({ path, revision }: ReadCheck, written: Written): boolean {
  const now = written.get(path)
  return now !== undefined && now !== revision
}
