import type { Clock, Log, Random } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import type { MountEntry, RemountStatus } from '../../../engines/system/services/mounts.ts'
import { json } from '../../../storage/codec.ts'
import type { Store, Tx } from '../../../storage/store.ts'
import { deleteBelow } from '../delete-below.ts'
import type { NameClaims } from './name-claims.ts'
import { mountPrefix } from './router.ts'
import { changeTable, MOUNT_TABLE, mountTableCodec, refuseTaken, withChange, withoutMount } from './table.ts'

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

export interface DeparturesOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly claims: NameClaims
  /** Ends every lease and token that came from below a path. */
  readonly revokePrefix: (prefix: string) => Promise<void>
  /** What quotas there are of a mount are of its new path from then on. Doing it again changes nothing. */
  readonly moveQuotas: (from: string, to: string) => Promise<void>
}

/**
 * Unmounting and moving take several transactions. The first marks the mount as leaving, which closes it to requests, and
 * writes a row that is due at once: should this process die, the sweeper of any node takes up the rest.
 */
export class Departures {
  readonly #options: DeparturesOptions
  readonly #store: Store

  constructor(options: DeparturesOptions) {
    this.#options = options
    this.#store = options.store
  }

  async beginRemoval(entry: MountEntry): Promise<void> {
    const removal = { path: entry.path, prefix: mountPrefix(entry) }
    await this.#store.transaction(async (tx) => {
      await changeTable(tx, (table) => withChange(table, entry.uuid, { leaving: true }))
      tx.put(REMOVALS + entry.uuid, removal, removalCodec, { expiresAtMs: this.#options.clock.now() })
    })
  }

  async finishRemoval(uuid: string): Promise<void> {
    const removal = await this.#store.get(REMOVALS + uuid, removalCodec)
    if (removal === undefined) return
    await this.#options.revokePrefix(removal.path)
    await this.#store.transaction((tx) => changeTable(tx, (table) => withoutMount(table, uuid)))
    await deleteBelow(this.#store, removal.prefix)
    await this.#store.transaction(async (tx) => tx.delete(REMOVALS + uuid))
  }

  /** Resolves with the move's id. */
  async beginMove(entry: MountEntry, target: string): Promise<string> {
    const id = this.#options.random.uuid()
    const move: Move = { uuid: entry.uuid, sourceMount: entry.path, targetMount: target, status: 'in-progress' }
    await this.#store.transaction(async (tx) => {
      await this.#options.claims.refuseClaimed(tx, target)
      await changeTable(tx, (table) => {
        refuseTaken(withoutMount(table, entry.uuid).mounts, entry.kind, target)
        return withChange(table, entry.uuid, { leaving: true })
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
    // Where a move is taken up that had come further, what lies below the old path is another mount's by now.
    if (!(await this.#isAt(move.uuid, move.targetMount))) await this.#options.revokePrefix(move.sourceMount)
    const status = (await this.#changePath(move)) ? 'success' : 'failure'
    // Still closed to requests: none comes between its new path and its quotas.
    if (status === 'success') await this.#options.moveQuotas(move.sourceMount, move.targetMount)
    await this.#store.transaction(async (tx) => {
      // The sweeper of another process may have been as far: what was done with the mount since stays.
      if ((await tx.get(MOVES + id, moveCodec))?.status !== 'in-progress') return
      await changeTable(tx, (table) => withChange(table, move.uuid, { leaving: false }))
      const expiresAtMs = this.#options.clock.now() + MOVE_KEPT_MS
      tx.put(MOVES + id, { ...move, status }, moveCodec, { expiresAtMs })
    })
  }

  async #isAt(uuid: string, path: string): Promise<boolean> {
    const table = await this.#store.get(MOUNT_TABLE, mountTableCodec)
    return table?.mounts.some((mount) => mount.uuid === uuid && mount.path === path) ?? false
  }

  /** False: the mount is gone, or there is another, or a namespace, at its new path. */
  async #changePath({ uuid, targetMount }: Move): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      let isMoved = false
      if (await isClaimed(this.#options.claims, tx, targetMount)) return false
      await changeTable(tx, (table) => {
        const entry = table.mounts.find((mount) => mount.uuid === uuid)
        isMoved = entry !== undefined && !isTaken(withoutMount(table, uuid).mounts, entry.kind, targetMount)
        return isMoved ? withChange(table, uuid, { path: targetMount }) : table
      })
      return isMoved
    })
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

async function isClaimed(claims: NameClaims, tx: Tx, path: string): Promise<boolean> {
  try {
    await claims.refuseClaimed(tx, path)
    return false
  } catch (error) {
    if (error instanceof EgideError && error.code === 'invalid_request') return true
    throw error
  }
}

function isTaken(mounts: readonly MountEntry[], kind: 'secret' | 'auth', path: string): boolean {
  try {
    refuseTaken(mounts, kind, path)
    return false
  } catch {
    return true
  }
}
