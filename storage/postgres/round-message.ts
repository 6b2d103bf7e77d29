import { type Outcome, type ReadCheck, type Revision, StorageError, type Transaction, type Write } from '../backend.ts'
import { pastPrefix } from '../listing.ts'
import type { BindMessage } from './bind-message.ts'
import { isStale, type Round, type Written } from './rounds.ts'

/** PostgreSQL takes messages of up to 1 GiB; paths and numbers need room beside the values. */
const VALUES_MAX_BYTES = 900 * 1024 * 1024
/** A revision that no entry ever has. */
const NEVER = -1
/** Among so many checks the one of a path is looked for. */
const LOOKED_THROUGH_MAX = 16

/** A round as the commit function takes it. */
export interface PackedRound {
  /** Adds its parameters to a message, from `tx_writes` to `steps`. */
  readonly addTo: (message: BindMessage) => void
  /** The path or prefix of each check, in the order in which the function counts them. */
  readonly checked: readonly string[]
  readonly changes: number
}

/** How many parameters `addTo` adds. */
export const ROUND_PARAMETERS = 17

export function packRound({ transactions, steps }: Round, written: Written): PackedRound {
  const [readPath, readRevision]: [string[], number[]] = [[], []]
  const [readerTx, readerRead]: [number[], number[]] = [[], []]
  const [listTx, listFrom, listTo, listSince]: [number[], string[], (string | null)[], number[]] = [[], [], [], []]
  const [writeTx, writePath]: [number[], string[]] = [[], []]
  const writeExisted: (boolean | null)[] = []
  const writeExpires: (number | null)[] = []
  const writeValue: (Uint8Array | null)[] = []
  let bytes = 0
  // Transactions of one kind begin with the same checks: those of the one before are compared, place by place.
  let before: readonly number[] = []
  for (const [at, { reads, lists, writes }] of transactions.entries()) {
    const own: number[] = []
    for (const [place, check] of reads.entries()) {
      const revision = isStale(check, written) ? NEVER : check.revision
      let nth = before[place]
      if (nth === undefined || readPath[nth - 1] !== check.path || readRevision[nth - 1] !== revision) {
        readPath.push(check.path)
        nth = readRevision.push(revision)
      }
      own.push(nth)
      readerTx.push(at + 1)
      readerRead.push(nth)
    }
    before = own
    for (const { prefix, since } of lists) {
      listTx.push(at + 1)
      listFrom.push(prefix)
      listTo.push(prefix === '' ? null : pastPrefix(prefix))
      listSince.push(since)
    }
    for (const { path, value, expiresAtMs } of writes) {
      const step = steps[writeTx.length] ?? 0
      writeTx.push(at + 1)
      writePath.push(path)
      writeExisted.push(step === 0 ? existedBy(reads, path) : null)
      writeExpires.push(expiresAtMs ?? null)
      writeValue.push(value)
      bytes += value?.byteLength ?? 0
    }
  }
  if (bytes > VALUES_MAX_BYTES) throw new StorageError('refused', 'the values of one commit are too large together')
  let nth = 0
  const txWrites = transactions.map(({ writes }) => (writes.length > 0 ? 1 : 0))
  const txNth = txWrites.map((one) => (nth += one))
  const stepCount = steps.reduce((most, step) => Math.max(most, step + 1), 0)
  return {
    checked: [...readPath, ...listFrom],
    changes: writeTx.length,
    addTo: (message) =>
      message
        .integers(txWrites)
        .integers(txNth)
        .texts(readPath)
        .bigints(readRevision)
        .integers(readerTx)
        .integers(readerRead)
        .integers(listTx)
        .texts(listFrom)
        .texts(listTo)
        .bigints(listSince)
        .integers(writeTx)
        .integers(steps)
        .texts(writePath)
        .booleans(writeExisted)
        .bigints(writeExpires)
        .byteas(writeValue)
        .integer(stepCount),
  }
}

/** Whether there is an entry if the transaction's checks hold; null where none of them says. */
function existedBy(reads: readonly ReadCheck[], path: Write['path']): boolean | null {
  if (reads.length > LOOKED_THROUGH_MAX) return null
  for (const check of reads) if (check.path === path) return check.revision > 0
  return null
}

/**
 * What the commit function answered, in text; undefined when it wrote nothing because the group's number is spent. Throws
 * StorageError `refused` when it wrote nothing because the clock says no revision.
 */
export function unpackRound(answer: unknown, checked: readonly string[]): Outcome[] | undefined {
  if (typeof answer !== 'string') return undefined
  if (answer.includes('NULL')) throw new StorageError('refused', 'the clock of the store is damaged')
  const revisions = JSON.parse(`[${answer.slice(1, -1)}]`) as number[]
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
