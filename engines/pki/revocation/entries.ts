import { setImmediate } from 'node:timers/promises'
import { derHead } from '../../../crypto/der.ts'
import type { Reader, Store } from '../../../storage/store.ts'
import { markCodec, type Revocation, revokedCodec, rows, shardCodec } from '../documents.ts'
import { type Der, enumerated, sequence, time, unsigned } from '../x509/der.ts'
import { EXTENSION, extensionsDer } from '../x509/extensions.ts'
import { hexSerial, serialBytes } from '../x509/serial.ts'

/** What lists of revoked certificates hold: the rows of revocations, and what is kept of them by shard. */

/** Revoked since the last complete list. */
export function pendingEntries(authority: string, store: Store): Promise<Buffer> {
  return entriesBelow(rows.pending(authority), NOTHING, store)
}

/** Entries of one shard. */
export interface ShardEntries {
  readonly shard: number
  /** Of the shard, when they were read: what was revoked since may be missing. */
  readonly mark: string
  readonly entries: Buffer
  /** Whether a row holds them. */
  readonly isKept: boolean
}

/** Of all shards; of `known`, where they are as of another mark, only what is new is read. Others are served in between. */
export async function allEntries<Known extends ShardEntries>(
  authority: string,
  known: ReadonlyMap<number, Known>,
  store: Store,
): Promise<readonly (Known | ShardEntries)[]> {
  const found: (Known | ShardEntries)[] = []
  for (const name of await store.list(rows.shards(authority))) {
    const shard = Number(name.slice(0, -1))
    const [mark, there] = [await shardMark(authority, shard, store), known.get(shard)]
    if (there?.mark === mark) found.push(there)
    else {
      found.push(await readShard(authority, shard, mark, there, store))
      await setImmediate()
    }
  }
  return found
}

/** Those of one shard: as they were kept, with what was revoked in it since. */
export async function shardEntries(authority: string, shard: number, store: Store): Promise<ShardEntries> {
  const read = await readShard(authority, shard, await shardMark(authority, shard, store), undefined, store)
  await keepShards(authority, [read], store)
  return read
}

async function shardMark(authority: string, shard: number, reader: Reader): Promise<string> {
  return (await reader.get(rows.shardMark(authority, shard), markCodec)) ?? ''
}

async function readShard(
  authority: string,
  shard: number,
  mark: string,
  known: ShardEntries | undefined,
  store: Store,
): Promise<ShardEntries> {
  const [kept] = await store.getThrough([rows.shard(authority, shard)], shardCodec)
  if (kept?.mark === mark) return { shard, mark, entries: kept.entries, isKept: true }
  const before = known ?? kept
  const entries = await entriesBelow(rows.revokedIn(authority, shard), before?.entries ?? NOTHING, store)
  return { shard, mark, entries, isKept: false }
}

/** Has the next list read no more of these shards than what is new. */
export async function keepShards(authority: string, shards: readonly ShardEntries[], store: Store): Promise<void> {
  const fresh = shards.filter(({ isKept }) => !isKept)
  if (fresh.length === 0) return
  await store.transaction(async (tx) => {
    for (const { shard, mark, entries } of fresh) {
      // What was revoked while it was read may be missing: then it is not kept.
      if ((await shardMark(authority, shard, tx)) === mark)
        tx.put(rows.shard(authority, shard), { mark, entries }, shardCodec, { isReadNext: false })
    }
  })
}

/** Entries that are listed, read and encoded in one go. */
const PAGE = 200

/** Of the rows below `prefix`, in the order of their numbers. Those of `known` are not read again: a revocation stays what it is. */
async function entriesBelow(prefix: string, known: Buffer, store: Store): Promise<Buffer> {
  const before = new KnownEntries(known)
  const pages: Buffer[] = []
  let [after, isLast] = ['', false]
  while (!isLast) {
    const serials = await store.list(prefix, { after, limit: PAGE })
    pages.push(await encoded(prefix, serials, before, store))
    after = serials.at(-1) ?? ''
    isLast = serials.length < PAGE
    if (!isLast) await setImmediate()
  }
  return Buffer.concat(pages)
}

async function encoded(prefix: string, serials: readonly string[], known: KnownEntries, store: Store): Promise<Buffer> {
  const there = serials.map((serial) => known.take(serial))
  const unknown = serials.filter((_, at) => there[at] === undefined)
  const read = await store.getThrough(
    unknown.map((serial) => prefix + serial),
    revokedCodec,
  )
  const made = unknown.map((serial, at) => {
    const revoked = read[at]
    return revoked === undefined ? NOTHING : entry(serial, revoked)
  })
  let next = 0
  return Buffer.concat(there.map((one) => one ?? made[next++] ?? NOTHING))
}

const NOTHING = Buffer.alloc(0)

/** Goes along what `entriesBelow` put together, which is in order, and so never takes more than one entry apart. */
class KnownEntries {
  readonly #entries: Buffer
  #at = 0

  constructor(entries: Buffer) {
    this.#entries = entries
  }

  /** The entry of a number, which has to be above that of the call before. */
  take(wanted: string): Der | undefined {
    while (this.#at < this.#entries.length) {
      const { bodyAt, end } = derHead(this.#entries, this.#at, this.#entries.length)
      const number = derHead(this.#entries, bodyAt, end)
      const serial = hexSerial(this.#entries.subarray(number.bodyAt, number.end))
      if (serial > wanted) return undefined
      const found = this.#entries.subarray(this.#at, end)
      this.#at = end
      if (serial === wanted) return found
    }
    return undefined
  }
}

/** An entry of a list; times are cut to the second. */
export function entry(serial: string, { atMs, reason }: Revocation): Der {
  const number = unsigned(serialBytes(serial))
  // An unspecified reason is left out (RFC 5280, 5.3.1).
  if (reason === 0) return sequence(number, time(atMs))
  return sequence(number, time(atMs), REASON_EXTENSIONS[reason] ?? reasonExtensions(reason))
}

function reasonExtensions(reason: number): Der {
  return extensionsDer([{ id: EXTENSION.crlReason, critical: false, value: enumerated(reason) }])
}

/** By the reason (RFC 5280, 5.3.1): a hundred thousand entries have few. */
const REASON_EXTENSIONS: readonly Der[] = Array.from({ length: 11 }, (_, reason) => reasonExtensions(reason))
