import type { Clock, Log, Random } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import type { MountEntry, RemountStatus } from '../../../engines/system/services/mounts.ts'
import { json } from '../../../storage/codec.ts'
import { deleteBelow } from '../../../storage/pages.ts'
import type { Store, Tx } from '../../../storage/store.ts'
import type { MayRevoke } from '../tokens/revoker.ts'
import type { NameClaims } from './name-claims.ts'
import { mountPrefix } from './router.ts'
import {
  changeTable,
  EMPTY_TABLE,
  MOUNT_TABLE,
  type MountTable,
  mountTableCodec,
  refuseTaken,
  targetOf,
  withChange,
  withoutMount,
  withoutTarget,
} from './table.ts'

/** How long the outcome of a move can be asked for. */
const MOVE_KEPT_MS = 24 * 3600 * 1000

interface Removal {
  readonly path: string
  readonly prefix: string
}
interface Move extends RemountStatus {
  readonly uuid: string
}
const removalCodec = json<Removal>()
const moveCodec = json<Move>()

/** Prefixes of the rows below, in the namespace's store. */
export const REMOVALS = 'removals/'
export const MOVES = 'remounts/'

export type RevokePrefix = (prefix: string, mayRevoke: MayRevoke) => Promise<void>

export interface MountTransitionsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly claims: NameClaims
  /** Ends every lease and token that came from below a path, each for as long as `mayRevoke` says so in the transaction. */
  readonly revokePrefix: RevokePrefix
  /** Moves the quotas of a mount to its new path. Idempotent. */
  readonly moveQuotas: (from: string, to: string) => Promise<void>
}

/**
 * Unmounts and moves mounts, which takes several transactions each. The first marks the mount as leaving, which closes it to requests, and
 * writes a row that is due at once: should this process die, the sweeper of any node takes up the rest.
 *
 * A process that was only paused may go on after another has finished, when there may be other mounts and leases at the same
 * path. So each transaction first checks that this mount is still at the path that it is to leave.
 */
export class MountTransitions {
  readonly #options: MountTransitionsOptions
  readonly #store: Store

  constructor(options: MountTransitionsOptions) {
    this.#options = options
    this.#store = options.store
  }

  /** False: the mount is gone. Throws `invalid_request` when it is being moved. */
  async beginRemoval({ uuid }: MountEntry): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const entry = await mountIn(tx, uuid)
      if (entry === undefined) return false
      const target = targetOf(entry)
      if (target !== undefined) throw invalid(`"${entry.path}" is being moved to "${target}"`)
      await changeTable(tx, (table) => withChange(table, uuid, { leaving: true }))
      const removal = { path: entry.path, prefix: mountPrefix(entry) }
      tx.put(REMOVALS + uuid, removal, removalCodec, { expiresAtMs: this.#options.clock.now() })
      return true
    })
  }

  async finishRemoval(uuid: string): Promise<void> {
    const removal = await this.#store.get(REMOVALS + uuid, removalCodec)
    if (removal === undefined) return
    await this.#options.revokePrefix(removal.path, (tx) => isAt(tx, uuid, removal.path))
    await this.#store.transaction((tx) => changeTable(tx, (table) => withoutMount(table, uuid)))
    await deleteBelow(this.#store, removal.prefix)
    await this.#store.transaction(async (tx) => tx.delete(REMOVALS + uuid))
  }

  /** Resolves with the move's id. Throws `invalid_request` when the mount is leaving already. */
  async beginMove({ uuid, path }: MountEntry, target: string): Promise<string> {
    const id = this.#options.random.uuid()
    const move: Move = { uuid, sourceMount: path, targetMount: target, status: 'in-progress' }
    await this.#store.transaction(async (tx) => {
      const entry = await mountIn(tx, uuid)
      if (entry?.path !== path || entry.leaving) throw invalid(`no matching mount at "${path}"`)
      await this.#options.claims.refuseClaimed(tx, target)
      await changeTable(tx, (table) => {
        refuseTaken(withoutMount(table, uuid).mounts, entry.kind, target)
        return withChange(table, uuid, { leaving: true, movingTo: target })
      })
      tx.put(MOVES + id, move, moveCodec, { expiresAtMs: this.#options.clock.now() })
    })
    return id
  }

  async finishMove(id: string): Promise<void> {
    const move = await this.#store.get(MOVES + id, moveCodec)
    if (move === undefined) return
    if (move.status !== 'in-progress') {
      await this.#store.transaction(async (tx) => tx.delete(MOVES + id))
      return
    }
    const { uuid, sourceMount, targetMount } = move
    await this.#options.revokePrefix(sourceMount, (tx) => isAt(tx, uuid, sourceMount))
    const status = await this.#changePath(id, move)
    if (status === undefined) return
    // Still closed to requests: none comes between its new path and its quotas.
    if (status === 'success') await this.#options.moveQuotas(sourceMount, targetMount)
    await this.#store.transaction(async (tx) => {
      if (!(await isUnderWay(tx, id))) return
      await changeTable(tx, (table) => withoutTarget(table, uuid))
      const expiresAtMs = this.#options.clock.now() + MOVE_KEPT_MS
      tx.put(MOVES + id, { ...move, status }, moveCodec, { expiresAtMs })
    })
  }

  /**
   * `failure`: the mount is gone, or there is another, or a namespace, at its new path, which only a node of a version that
   * reserved none lets happen. Undefined: another process has ended the move.
   */
  async #changePath(id: string, { uuid, targetMount }: Move): Promise<'success' | 'failure' | undefined> {
    return this.#store.transaction(async (tx) => {
      if (!(await isUnderWay(tx, id))) return undefined
      const entry = await mountIn(tx, uuid)
      if (entry === undefined || (await this.#isRefused(tx, entry, targetMount))) return 'failure'
      await changeTable(tx, (table) => withChange(table, uuid, { path: targetMount }))
      return 'success'
    })
  }

  async #isRefused(tx: Tx, { uuid, kind }: MountEntry, path: string): Promise<boolean> {
    try {
      await this.#options.claims.refuseClaimed(tx, path)
      refuseTaken(withoutMount(await tableIn(tx), uuid).mounts, kind, path)
      return false
    } catch (error) {
      if (error instanceof EgideError && error.code === 'invalid_request') return true
      throw error
    }
  }

  async moveStatus(id: string): Promise<RemountStatus | undefined> {
    return this.#store.get(MOVES + id, moveCodec)
  }

  /** Takes up the work that a due row stands for. */
  async resume(row: string): Promise<void> {
    if (row.startsWith(REMOVALS)) await this.finishRemoval(row.slice(REMOVALS.length))
    else if (row.startsWith(MOVES)) await this.finishMove(row.slice(MOVES.length))
  }
}

async function tableIn(tx: Tx): Promise<MountTable> {
  return (await tx.get(MOUNT_TABLE, mountTableCodec)) ?? EMPTY_TABLE
}

async function mountIn(tx: Tx, uuid: string): Promise<MountEntry | undefined> {
  return (await tableIn(tx)).mounts.find((mount) => mount.uuid === uuid)
}

async function isAt(tx: Tx, uuid: string, path: string): Promise<boolean> {
  return (await mountIn(tx, uuid))?.path === path
}

async function isUnderWay(tx: Tx, id: string): Promise<boolean> {
  return (await tx.get(MOVES + id, moveCodec))?.status === 'in-progress'
}
