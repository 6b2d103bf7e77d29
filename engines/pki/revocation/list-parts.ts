import type { Store, Tx } from '../../../storage/store.ts'
import { type ListDocument, type ListPart, listPartCodec, rows } from '../documents.ts'
import type { ShardEntries } from './entries.ts'
import { entriesAtHand, putAtHand } from './lists-at-hand.ts'
import { lengthOf } from './signed-list.ts'

/**
 * The entries of a long list, in rows beside it. What is revoked changes one shard, so the next list has all other parts in
 * common with the one before, and neither is ever one value of megabytes. A row is written once, before the list that
 * names it, under a name that no other list gives: who reads a list finds its own parts or, where the next list has taken
 * its place meanwhile, none.
 */

/** Where a list lies. */
export interface ListPlace {
  readonly authority: string
  /** full, delta, or a shard's number. */
  readonly which: string
}

/** Entries that may be a part. */
export interface Part extends ShardEntries {
  /** Of the row that it lies in; undefined: it is not stored yet. */
  readonly name: string | undefined
}

/** Shorter lists lie in one row. */
const LONG_BYTES = 64 * 1024
/** What is read or written in one go. */
const AT_ONCE_BYTES = 256 * 1024

/** Whether so many entries are stored in parts. */
export const isLong = (entries: readonly Buffer[]): boolean => lengthOf(entries) > LONG_BYTES

const partsPath = ({ authority, which }: ListPlace): string => rows.listParts(authority, which)

/** The parts of a list. Undefined: another one has taken its place. */
export async function entriesOfParts(
  list: ListDocument,
  place: ListPlace,
  store: Store,
): Promise<readonly Buffer[] | undefined> {
  const { parts = [], digest } = list
  const there = entriesAtHand(store, partsPath(place), digest)
  if (there !== undefined) return there
  const found: Buffer[] = []
  for (const group of groupsOf(parts, ({ bytes }) => bytes)) {
    const paths = group.map(({ name }) => partsPath(place) + name)
    // Around the cache: it zeroes what it holds when the vault is sealed, also what is being sent.
    for (const bytes of await store.getThrough(paths, listPartCodec)) {
      if (bytes === undefined) return undefined
      found.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    }
  }
  if (parts.length > 0) putAtHand(store, partsPath(place), digest, found)
  return found
}

/** What the list before has, by shard: to be used again where the mark is the same. */
export async function partsBefore(
  list: ListDocument | undefined,
  place: ListPlace,
  store: Store,
): Promise<ReadonlyMap<number, Part>> {
  if (list?.parts === undefined) return new Map()
  const entries = await entriesOfParts(list, place, store)
  if (entries === undefined) return new Map()
  return new Map(list.parts.map((part, at) => [part.shard, { ...part, entries: entries[at] ?? NONE, isKept: true }]))
}

const NONE = Buffer.alloc(0)

/** What has to be stored for a list in parts. */
export interface StoredParts {
  readonly parts: readonly ListPart[]
  /** In the transaction that puts the list in its place. */
  put(tx: Tx): void
}

/**
 * Names the parts of a list and stores most of those that are new; nobody sees them before the list. `generation`: in no
 * other name.
 */
export async function storeParts(
  parts: readonly Part[],
  generation: string,
  place: ListPlace,
  store: Store,
): Promise<StoredParts> {
  const there = await store.list(partsPath(place))
  const named = parts.map((part) => ({ ...part, name: part.name ?? `${part.shard}-${generation}` }))
  const groups = groupsOf(
    named.filter((_, at) => parts[at]?.name === undefined),
    ({ entries }) => entries.length,
  )
  const last = groups.pop() ?? []
  const putGroup = (tx: Tx, group: readonly { readonly name: string; readonly entries: Buffer }[]): void => {
    for (const { name, entries } of group)
      tx.put(partsPath(place) + name, entries, listPartCodec, { isReadNext: false })
  }
  for (const group of groups) await store.transaction((tx) => putGroup(tx, group))
  const kept = new Set(named.map(({ name }) => name))
  return {
    parts: named.map(({ name, entries, shard, mark }) => ({ name, bytes: entries.length, shard, mark })),
    put(tx) {
      putGroup(tx, last)
      // Those of the list before, and what became of none.
      for (const name of there) if (!kept.has(name)) tx.delete(partsPath(place) + name)
    },
  }
}

/** For who asks next. `digest`: of the list that was put in its place. */
export function keepAtHand(parts: readonly Part[], digest: string, place: ListPlace, store: Store): void {
  if (parts.length === 0) return
  const entries = parts.map((part) => part.entries)
  putAtHand(store, partsPath(place), digest, entries)
}

/** In order; none has more than `AT_ONCE_BYTES` but where a single member has. */
function groupsOf<T>(members: readonly T[], bytesOf: (member: T) => number): T[][] {
  const groups: T[][] = []
  let left = 0
  for (const member of members) {
    const bytes = bytesOf(member)
    if (bytes > left || groups.length === 0) {
      groups.push([])
      left = AT_ONCE_BYTES
    }
    left -= bytes
    groups.at(-1)?.push(member)
  }
  return groups
}
