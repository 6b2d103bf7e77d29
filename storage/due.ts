import type { Backend } from './backend.ts'

/** An entry that is due, and who has to see to it. */
export interface DueEntry<Owner> {
  /** The owner of the longest registered prefix of the path; undefined when there is none. */
  readonly owner: Owner | undefined
  /** Relative to the owner's prefix; the full path when there is no owner. */
  readonly path: string
}

/**
 * Up to `limit` (1 to 10 000) entries whose `expiresAtMs` is at or before `beforeMs`, the earliest first. `owners` maps
 * prefixes of the backend ('' or ending in '/') to whoever deletes or renews what is due below them. An entry stays due
 * until that happens, so an owner that fails has to put off its expiry, or it would be in the way of later ones.
 */
export async function dueEntries<Owner>(
  backend: Backend,
  owners: ReadonlyMap<string, Owner>,
  beforeMs: number,
  limit: number,
): Promise<DueEntry<Owner>[]> {
  const paths = await backend.due(beforeMs, limit)
  return paths.map((path) => ownedBy(path, owners))
}

function ownedBy<Owner>(path: string, owners: ReadonlyMap<string, Owner>): DueEntry<Owner> {
  for (let end = path.lastIndexOf('/') + 1; ; end = path.lastIndexOf('/', end - 2) + 1) {
    const owner = owners.get(path.slice(0, end))
    if (owner !== undefined) return { owner, path: path.slice(end) }
    if (end <= 1) return { owner: undefined, path }
  }
}
