import type { Clock, Log } from '../../../engines/engine.ts'
import { ROOT_NAMESPACE_ID, type UnsealedKeys } from '../../seal/lifecycle.ts'
import type { SweptOwner } from '../leases/sweeper.ts'
import type { Namespace } from '../namespace.ts'
import { NodeLease } from '../node-lease.ts'
import { PERIODIC_ROW } from '../recurring-below.ts'
import type { Chain, NamespaceDirectory } from './directory.ts'
import type { OpenNamespaces } from './open-namespaces.ts'
import { namespaceRows } from './record.ts'
import type { Removal } from './removal.ts'
import { sealedBy } from './unavailable.ts'

export interface DueBelowParts {
  readonly root: Namespace
  readonly directory: NamespaceDirectory
  readonly open: OpenNamespaces
  readonly removal: Removal
  readonly keys: Pick<UnsealedKeys, 'isUnsealed' | 'hasUnsealed'>
  readonly clock: Clock
  readonly log: Log
  /** This process among those that share the storage; undefined: it is alone. */
  readonly process: string | undefined
}

/** How long a process that ends what is due may pause before another goes on with it. */
const HELD_MS = 15_000
/** Recurring work of so many namespaces may be under way beside what is due. */
const RECURRING_MAX = 8

const OWN_ROWS = /^ns\/([^/]+)\/(.+)$/

/**
 * What is due in root and all namespaces below it. One process at a time sees to it, by a lease in root; but what shares
 * of their own seal can only be seen to where those were given, which may be anywhere: each such namespace has a lease of
 * its own, for which only processes come into question that have it unsealed.
 */
export class DueBelow implements SweptOwner {
  readonly #parts: DueBelowParts
  readonly #leases = new WeakMap<Namespace, NodeLease>()
  #recurring = 0

  constructor(parts: DueBelowParts) {
    this.#parts = parts
  }

  refresh(): Promise<void> {
    return this.#parts.root.store.refresh()
  }

  async mine(paths: readonly string[]): Promise<readonly string[] | undefined> {
    const isCommonMine = await this.#mayRun(this.#parts.root)
    if (!isCommonMine && !this.#parts.keys.hasUnsealed()) return undefined
    const known = new Map<string, boolean>()
    const mine: string[] = []
    for (const path of paths) {
      const id = namespaceOf(path)
      let isMine = known.get(id)
      if (isMine === undefined) {
        isMine = await this.#isMine(id, isCommonMine)
        known.set(id, isMine)
      }
      if (isMine) mine.push(path)
    }
    return mine
  }

  async #isMine(id: string, isCommonMine: boolean): Promise<boolean> {
    try {
      const chain = id === '' || id === ROOT_NAMESPACE_ID ? [] : ((await this.#parts.directory.chainOf(id)) ?? [])
      if (sealedBy(this.#parts.keys, chain) !== undefined) return false
      if (!chain.some(({ hasSeal }) => hasSeal === true)) return isCommonMine
      return await this.#parts.open.use(chain, (namespace) => this.#mayRun(namespace))
    } catch {
      // Whatever it is, settling the rows meets it too, and puts each of them off.
      return true
    }
  }

  async #mayRun(namespace: Namespace): Promise<boolean> {
    const { process, clock } = this.#parts
    if (process === undefined) return true
    const known = this.#leases.get(namespace)
    if (known !== undefined) return known.take()
    const path = 'sweep/lease'
    const lease = new NodeLease({ store: namespace.store, clock, node: process, path, heldMs: HELD_MS })
    this.#leases.set(namespace, lease)
    return lease.take()
  }

  async settle(path: string): Promise<void> {
    const { root, directory, removal } = this.#parts
    const id = namespaceOf(path)
    const row = path.slice(`ns/${id}/`.length)
    if (id === ROOT_NAMESPACE_ID) {
      const isDeparture = row.startsWith(namespaceRows.departures)
      return isDeparture ? removal.finish(row.slice(namespaceRows.departures.length)) : root.due.settle(row)
    }
    const chain = id === '' ? undefined : await directory.chainOf(id)
    if (chain !== undefined && chain.length > 0) {
      return row === PERIODIC_ROW ? this.#runRecurring(chain) : this.#within(chain, ({ due }) => due.settle(row))
    }
    if (id === '' || !(await directory.isDeparting(id))) throw new Error('the row lies in no namespace')
    // Nobody can read it any more, and it would stand in the way of what is due elsewhere.
    await removal.deleteRow(path)
  }

  /** Does nothing when the namespace is sealed before it is done: what is left to do is due until it is unsealed. */
  async #within(chain: Chain, work: (namespace: Namespace) => Promise<void>): Promise<void> {
    try {
      await this.#parts.open.use(chain, work)
    } catch (error) {
      if (sealedBy(this.#parts.keys, chain) === undefined) throw error
    }
  }

  /** A few at a time go on beside what is due, which must not wait for them. */
  async #runRecurring(chain: Chain): Promise<void> {
    const run = this.#within(chain, (namespace) => namespace.runPeriodicDue())
      .catch((error: unknown) => this.#parts.log.warn({ err: error }, 'periodic work of a namespace failed'))
      .finally(() => this.#recurring--)
    if (++this.#recurring > RECURRING_MAX) await run
  }
}

/** '': it lies in none. */
const namespaceOf = (path: string): string => OWN_ROWS.exec(path)?.[1] ?? ''
