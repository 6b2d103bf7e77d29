import type { ListCheck, Outcome, ReadCheck, Transaction, Write } from '../backend.ts'

/** Stands in no path: `checkTransactions` sees to it. */
const BETWEEN = '\0'

/**
 * A group of transactions on its way to the writer's thread. Values are laid end to end in one buffer that moves rather
 * than being copied: a structured clone of many small Buffers would copy the whole pool that each is cut from.
 */
export interface GroupMessage {
  /**
   * Every path and prefix, in the order of the transactions: reads, lists, writes. A NUL is in none of them and stands
   * between each two: one text costs a fraction of what many cost on their way.
   */
  readonly texts: string
  /**
   * Per transaction: how many reads, lists and writes; then each read's revision, each list's `since`, each write's
   * length (-1: deletes) and expiry (NaN: none).
   */
  readonly numbers: Float64Array<ArrayBuffer>
  readonly values: Uint8Array<ArrayBuffer>
}

export function packGroup(transactions: readonly Transaction[]): GroupMessage {
  const { numberCount, byteCount } = sizeOf(transactions)
  const texts: string[] = []
  const numbers = new Float64Array(numberCount)
  const values = new Uint8Array(byteCount)
  let at = 0
  let end = 0
  for (const { reads, lists, writes } of transactions) {
    numbers[at++] = reads.length
    numbers[at++] = lists.length
    numbers[at++] = writes.length
    for (const { path, revision } of reads) {
      texts.push(path)
      numbers[at++] = revision
    }
    for (const { prefix, since } of lists) {
      texts.push(prefix)
      numbers[at++] = since
    }
    for (const { path, value, expiresAtMs } of writes) {
      texts.push(path)
      numbers[at++] = value === null ? -1 : value.byteLength
      numbers[at++] = expiresAtMs ?? Number.NaN
      if (value === null) continue
      values.set(value, end)
      end += value.byteLength
    }
  }
  return { texts: texts.join(BETWEEN), numbers, values }
}

function sizeOf(transactions: readonly Transaction[]): { numberCount: number; byteCount: number } {
  let numberCount = 0
  let byteCount = 0
  for (const { reads, lists, writes } of transactions) {
    numberCount += 3 + reads.length + lists.length + 2 * writes.length
    for (const { value } of writes) byteCount += value?.byteLength ?? 0
  }
  return { numberCount, byteCount }
}

/** What was packed; the values are views of the message's buffer. */
export function unpackGroup({ texts, numbers, values }: GroupMessage): Transaction[] {
  const transactions: Transaction[] = []
  const paths = texts.split(BETWEEN)
  let at = 0
  let textAt = 0
  let valueAt = 0
  const number = () => numbers[at++] ?? 0
  const text = () => paths[textAt++] ?? ''
  while (at < numbers.length) {
    const [readCount, listCount, writeCount] = [number(), number(), number()]
    const reads: ReadCheck[] = []
    for (let left = readCount; left > 0; left--) reads.push({ path: text(), revision: number() })
    const lists: ListCheck[] = []
    for (let left = listCount; left > 0; left--) lists.push({ prefix: text(), since: number() })
    const writes: Write[] = []
    for (let left = writeCount; left > 0; left--) {
      const length = number()
      const expiry = number()
      const value = length < 0 ? null : values.subarray(valueAt, valueAt + length)
      valueAt += Math.max(0, length)
      writes.push({ path: text(), value, expiresAtMs: Number.isNaN(expiry) ? undefined : expiry })
    }
    transactions.push({ reads, lists, writes })
  }
  return transactions
}

/** An outcome as it travels back: the revision, or the path in conflict. */
export type PackedOutcome = number | string

export function packOutcome(outcome: Outcome): PackedOutcome {
  return outcome.kind === 'committed' ? outcome.revision : outcome.path
}

export function unpackOutcome(packed: PackedOutcome): Outcome {
  return typeof packed === 'number' ? { kind: 'committed', revision: packed } : { kind: 'conflict', path: packed }
}
