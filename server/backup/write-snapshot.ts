import type { KeyObject } from 'node:crypto'
import type { Entry } from '../../storage/backend.ts'
import {
  encodeEntries,
  encodeMeta,
  encodeTotals,
  entriesName,
  META,
  type Meta,
  SIGNATURE,
  SUMS,
  sha256,
  signSums,
  sumLine,
  TOTALS,
} from './format.ts'
import { archiveEnd, memberHeader, padding } from './tar.ts'

/** The pieces of a snapshot's archive, not compressed yet. Holds one batch, and a line for each batch before it. */
export async function* writeSnapshot(
  meta: Meta,
  batches: AsyncIterable<readonly Entry[]>,
  key: KeyObject,
): AsyncGenerator<Buffer, void> {
  const sums: string[] = []
  const member = function* (name: string, body: Buffer): Generator<Buffer, void> {
    sums.push(sumLine(sha256(body), name))
    yield memberHeader(name, body.length, meta.createdMs)
    yield body
    yield padding(body.length)
  }
  yield* member(META, encodeMeta(meta))
  const totals = { entries: 0, bytes: 0 }
  let nth = 0
  for await (const batch of batches) {
    totals.entries += batch.length
    for (const { path, value } of batch) totals.bytes += Buffer.byteLength(path) + value.byteLength
    yield* member(entriesName(++nth), encodeEntries(batch))
  }
  yield* member(TOTALS, encodeTotals(totals))
  const list = Buffer.from(sums.join(''))
  yield* member(SUMS, list)
  yield* member(SIGNATURE, signSums(list, key))
  yield archiveEnd()
}
