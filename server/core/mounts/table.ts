import type { Random } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import type { MountConfig, MountEntry, NewMount } from '../../../engines/system/services/mounts.ts'
import { json } from '../../../storage/codec.ts'
import type { Tx } from '../../../storage/store.ts'

/** The mount table is one document: a request sees one consistent set of mounts, and one comparison says whether it changed. */
export interface MountTable {
  readonly mounts: readonly MountEntry[]
}

export const mountTableCodec = json<MountTable>()
export const MOUNT_TABLE = 'mounts'
export const EMPTY_TABLE: MountTable = { mounts: [] }

/** Bound of the table, so that the document stays small enough to be rewritten at each change. */
const MOUNTS_MAX = 10_000
const PATH_MAX_CHARS = 1024

export const DEFAULT_MOUNT_CONFIG: MountConfig = {
  defaultLeaseTtlSeconds: 0,
  maxLeaseTtlSeconds: 0,
  auditClearRequest: [],
  auditClearResponse: [],
  listingVisibility: '',
  passthroughRequestHeaders: [],
  allowedResponseHeaders: [],
  tokenType: 'default-service',
}

const RESERVED_PREFIXES = ['audit/', 'auth/', 'sys/', 'cubbyhole/', 'identity/']

/** 'a/b/' from '/a/b', 'a/b/' and the like. Throws on what can't be a mount's path. */
export function canonicalMountPath(raw: string): string {
  const path = raw.replace(/^\/+|\/+$/g, '')
  const parts = path.split('/')
  if (path === '' || path.length > PATH_MAX_CHARS) throw invalid('the mount path must have 1 to 1024 characters')
  for (const part of parts) {
    if (part === '' || part === '.' || part === '..') throw invalid('path cannot contain empty, "." or ".." segments')
    if (part.trim() !== part) throw invalid('path cannot contain whitespace at the ends of a segment')
  }
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\+*]/u.test(path))
    throw invalid('path cannot contain control characters, invisible ones, "\\", "+" or "*"')
  return `${path}/`
}

/** Where a mount is being moved to. A version that knows of no target leaves it behind when it ends the move. */
export const targetOf = ({ leaving, movingTo }: MountEntry): string | undefined => (leaving ? movingTo : undefined)

/** Where a mount is, and where it is being moved to. */
export function placesOf(entry: MountEntry): readonly string[] {
  const target = targetOf(entry)
  return target === undefined ? [entry.path] : [entry.path, target]
}

/** Refuses a path that is taken, holds another mount or lies within one, is one's target, or belongs to the server. */
export function refuseTaken(mounts: readonly MountEntry[], kind: 'secret' | 'auth', path: string): void {
  const reserved = kind === 'secret' && RESERVED_PREFIXES.some((prefix) => path.startsWith(prefix))
  if (reserved) throw invalid(`cannot mount "${path}"`)
  const taken = mounts.flatMap(placesOf).find((place) => place.startsWith(path) || path.startsWith(place))
  if (taken !== undefined) throw invalid(`path is already in use at ${taken}`)
}

export function newMountEntry(mount: NewMount, random: Random): MountEntry {
  return {
    uuid: random.uuid(),
    accessor: `${mount.kind === 'auth' ? 'auth_' : ''}${mount.type}_${random.bytes(4).toString('hex')}`,
    kind: mount.kind,
    path: mount.path,
    type: mount.type,
    description: mount.description,
    options: mount.options,
    config: { ...DEFAULT_MOUNT_CONFIG, ...mount.config },
    local: mount.local,
    sealWrap: mount.sealWrap,
    externalEntropyAccess: mount.externalEntropyAccess,
    leaving: false,
  }
}

export function withMount(table: MountTable, entry: MountEntry): MountTable {
  if (table.mounts.length >= MOUNTS_MAX)
    throw new EgideError('conflict', `a namespace holds at most ${MOUNTS_MAX} mounts`)
  return { mounts: [...table.mounts, entry] }
}

export function withoutMount(table: MountTable, uuid: string): MountTable {
  return { mounts: table.mounts.filter((entry) => entry.uuid !== uuid) }
}

/** A move is over. */
export function withoutTarget(table: MountTable, uuid: string): MountTable {
  return {
    mounts: table.mounts.map((entry) => {
      if (entry.uuid !== uuid) return entry
      const { movingTo: _, ...kept } = entry
      return { ...kept, leaving: false }
    }),
  }
}

export function withChange(table: MountTable, uuid: string, change: Partial<MountEntry>): MountTable {
  return { mounts: table.mounts.map((entry) => (entry.uuid === uuid ? { ...entry, ...change } : entry)) }
}

export async function changeTable(tx: Tx, change: (table: MountTable) => MountTable): Promise<void> {
  tx.put(MOUNT_TABLE, change((await tx.get(MOUNT_TABLE, mountTableCodec)) ?? EMPTY_TABLE), mountTableCodec)
}
