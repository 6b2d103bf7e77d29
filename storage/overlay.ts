import { compareBytes } from './byte-order.ts'
import { nameOf } from './listing.ts'

/** What a transaction's own writes do to one listing. */
export interface Overlay {
  readonly added: ReadonlySet<string>
  /** Names of the listing that may be gone: deleted paths, and levels that lost a path. */
  readonly deletedPaths: readonly string[]
}

/** The writes (null: deleted) as they show in a listing of `prefix`. */
export function overlayOf(
  writes: Iterable<readonly [path: string, deleted: boolean]>,
  prefix: string,
  recursive: boolean,
): Overlay {
  const added = new Set<string>()
  const deletedPaths: string[] = []
  for (const [path, deleted] of writes) {
    if (!path.startsWith(prefix)) continue
    if (deleted) deletedPaths.push(path)
    else added.add(nameOf(prefix, path, recursive))
  }
  return { added, deletedPaths }
}

/** The listing with names taken out and put in, in byte order, cut to the page. */
export function merge(
  names: readonly string[],
  gone: ReadonlySet<string>,
  added: ReadonlySet<string>,
  after: string,
  limit: number,
): string[] {
  const left = new Set(names.filter((name) => !gone.has(name)))
  for (const name of added) if (after === '' || compareBytes(name, after) > 0) left.add(name)
  return [...left].sort(compareBytes).slice(0, limit)
}
