import { type Outcome, type Revision, StorageError, type Transaction } from '../backend.ts'
import { pastPrefix } from '../listing.ts'
import { isStale, type Written } from './rounds.ts'

/** PostgreSQL takes messages of up to 1 GiB; paths and numbers need room beside the values. */
const VALUES_MAX_BYTES = 900 * 1024 * 1024
/** A revision that no entry ever has. */
const NEVER = -1

/** The parameters of the commit function that describe a round of transactions, in its order, from `tx_writes` on. */
export function packRound(transactions: readonly Transaction[], written: Written): unknown[] {
  const [readTx, readPath, readRevision]: [number[], string[], number[]] = [[], [], []]
  const [listTx, listFrom, listTo, listSince]: [number[], string[], (string | null)[], number[]] = [[], [], [], []]
  const [writeTx, writePath, writeFrom, writeLength]: [number[], string[], number[], number[]] = [[], [], [], []]
  const writeExpires: (number | null)[] = []
  const values: Uint8Array[] = []
  let end = 1 // the first byte of a bytea is its byte 1
  for (const [at, { reads, lists, writes }] of transactions.entries()) {
    for (const check of reads) {
      readTx.push(at + 1)
      readPath.push(check.path)
      readRevision.push(isStale(check, written) ? NEVER : check.revision)
    }
    for (const { prefix, since } of lists) {
      listTx.push(at + 1)
      listFrom.push(prefix)
      listTo.push(prefix === '' ? null : pastPrefix(prefix))
      listSince.push(since)
    }
    for (const { path, value, expiresAtMs } of writes) {
      writeTx.push(at + 1)
      writePath.push(path)
      writeFrom.push(end)
      writeLength.push(value === null ? -1 : value.byteLength)
      writeExpires.push(expiresAtMs ?? null)
      if (value === null) continue
      values.push(value)
      end += value.byteLength
    }
  }
  if (end > VALUES_MAX_BYTES) throw new StorageError('refused', 'the values of one commit are too large together')
  const hasWrites = transactions.map(({ writes }) => (writes.length > 0 ? 1 : 0))
  return [
    numbers(hasWrites),
    ...[numbers(readTx), readPath, numbers(readRevision)],
    ...[numbers(listTx), listFrom, listTo, numbers(listSince)],
    ...[numbers(writeTx), writePath, numbers(writeFrom), numbers(writeLength), numbers(writeExpires)],
    Buffer.concat(values),
  ]
}

/** PostgreSQL's form of an array; pg would quote each number. */
function numbers(values: readonly (number | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`
}

/** What the commit function answered, in text; undefined when it wrote nothing because the group's number is spent. */
export function unpackRound(answer: unknown, transactions: readonly Transaction[]): Outcome[] | undefined {
  if (typeof answer !== 'string') return undefined
  const revisions = JSON.parse(`[${answer.slice(1, -1)}]`) as number[]
  const checked = [
    ...transactions.flatMap(({ reads }) => reads.map(({ path }) => path)),
    ...transactions.flatMap(({ lists }) => lists.map(({ prefix }) => prefix)),
  ]
  return revisions.map((revision) => {
    if (revision >= 0) return { kind: 'committed', revision }
    return { kind: 'conflict', path: checked[-revision - 1] ?? '' }
  })
}

/** Adds what the round has written. */
export function noteWritten(
  transactions: readonly Transaction[],
  outcomes: readonly Outcome[],
  written: Map<string, Revision>,
): void {
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome.kind === 'conflict') continue
    for (const { path, value } of transactions[at]?.writes ?? [])
      written.set(path, value === null ? 0 : outcome.revision)
  }
}
