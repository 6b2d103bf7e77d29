import type { Reader } from '../../../storage/store.ts'
import { type Entity, type Pointer, pointerCodec } from '../documents.ts'
import { groupsUpwards } from '../groups.ts'
import { type Enforcement, enforcementsIn, mfaRows } from './documents.ts'

/** Which enforcements a login is subject to. */

/** The mount where a login is made. */
export interface LoginMount {
  readonly accessor: string
  readonly type: string
}

type Reads = Pick<Reader, 'get' | 'list'>

const NONE: readonly Enforcement[] = []

/** What was read of a namespace's enforcements, for as long as the row that says whether they changed is the same. */
const known = new WeakMap<Pointer, readonly Enforcement[]>()

/**
 * Those that fit a login of `entity` at `mount`, in the order of their names; undefined: somebody without an entity. All of
 * them have to be satisfied. Where there are no enforcements it costs one cached read.
 */
export async function enforcementsOn(
  reader: Reads,
  mount: LoginMount,
  entity: Entity | undefined,
): Promise<readonly Enforcement[]> {
  const all = await current(reader)
  if (all.length === 0) return NONE
  const fitting = new Set(all.filter((one) => fits(one, mount, entity)))
  const byGroup = all.filter((one) => one.groupIds.length > 0 && !fitting.has(one))
  if (entity !== undefined && entity.groupIds.length > 0 && byGroup.length > 0) {
    const groupIds = new Set((await groupsUpwards(reader, entity.groupIds)).map(({ id }) => id))
    for (const one of byGroup) if (one.groupIds.some((id) => groupIds.has(id))) fitting.add(one)
  }
  return all.filter((one) => fitting.has(one))
}

/** Those of a namespace above, which hold for logins at mounts of a type; what else they name is of their own namespace. */
export async function enforcementsOfType(reader: Reads, mountType: string): Promise<readonly Enforcement[]> {
  const all = await current(reader)
  return all.length === 0 ? NONE : all.filter(({ mountTypes }) => mountTypes.includes(mountType))
}

/** The row is read before the enforcements: if those are newer than it, the next login finds it changed. */
async function current(reader: Reads): Promise<readonly Enforcement[]> {
  const epoch = await reader.get(mfaRows.epoch, pointerCodec)
  if (epoch === undefined) return NONE
  const kept = known.get(epoch)
  if (kept !== undefined) return kept
  const read = await enforcementsIn(reader)
  known.set(epoch, read)
  return read
}

function fits({ entityIds, mountAccessors, mountTypes }: Enforcement, mount: LoginMount, entity: Entity | undefined) {
  return (
    mountAccessors.includes(mount.accessor) ||
    mountTypes.includes(mount.type) ||
    (entity !== undefined && (entityIds.includes(entity.id) || entity.mergedIds.some((id) => entityIds.includes(id))))
  )
}
