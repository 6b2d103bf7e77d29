import type { Store } from '../../../storage/store.ts'
import { lengthOf } from './signed-list.ts'

/** The entries of lists that were read or made last, so that all who are sent a list share them. What they hold is public. */

/** Of one list; there is one for each place that lists have. */
interface AtHand {
  readonly digest: string
  readonly bytes: number
  /** As long as anybody is being sent the list, or the collector has not come by. */
  readonly entries: WeakRef<readonly Buffer[]>
}

/** By the mount, and the path below which the list's parts lie. */
const known = new WeakMap<Store, Map<string, AtHand>>()

/** Of all mounts together. */
const HELD_MAX_BYTES = 16 * 1024 * 1024

/** What stays though nobody is being sent it: what was asked for last, newest first. */
let held: readonly { readonly atHand: AtHand; readonly entries: readonly Buffer[] }[] = []

export function putAtHand(store: Store, path: string, digest: string, entries: readonly Buffer[]): void {
  const lists = known.get(store) ?? new Map<string, AtHand>()
  known.set(store, lists)
  const before = lists.get(path)
  const atHand = { digest, bytes: lengthOf(entries), entries: new WeakRef(entries) }
  lists.set(path, atHand)
  hold(atHand, entries, before)
}

/** Undefined: they have to be read. */
export function entriesAtHand(store: Store, path: string, digest: string): readonly Buffer[] | undefined {
  const atHand = known.get(store)?.get(path)
  const entries = atHand?.digest === digest ? atHand.entries.deref() : undefined
  if (atHand !== undefined && entries !== undefined) hold(atHand, entries, atHand)
  return entries
}

/** In the place of `before`, and of what was not asked for for longest. */
function hold(atHand: AtHand, entries: readonly Buffer[], before: AtHand | undefined): void {
  if (held[0]?.atHand === atHand) return
  let left = HELD_MAX_BYTES
  held = [{ atHand, entries }, ...held.filter((one) => one.atHand !== before)].filter((one) => {
    left -= one.atHand.bytes
    return left >= 0
  })
}
