import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Log } from '../../../engines/engine.ts'
import type { Namespace } from '../namespace.ts'
import type { Chain } from './directory.ts'
import type { NamespaceRecord } from './record.ts'

export interface OpenNamespacesOptions {
  readonly clock: Clock
  readonly log: Log
  readonly root: Namespace
  /** Opens one below `above` (the nearest first, root last). */
  readonly open: (record: NamespaceRecord, above: readonly Namespace[]) => Promise<Namespace>
  /** Whether what one was opened with is still of use. */
  readonly isUsable: (namespace: Namespace) => boolean
  /** Told when one is closed: what it was opened with is not needed any more. */
  readonly onClosed: (id: string) => void
  /** How many are kept open that nobody uses. Default 256. */
  readonly keptMax?: number
}

const KEPT_MAX = 256
/** One that nobody used for so long is closed. */
const IDLE_MS = 5 * 60_000
/** Requests under way in one that is closed may take so long to end. */
const WIPED_MAX_MS = 5_000

interface Opened {
  readonly id: string
  readonly namespace: Namespace
  readonly parent: Opened | undefined
  /** Requests and jobs at work on it, and namespaces open below it. */
  holds: number
  usedMs: number
  isClosed: boolean
}

/**
 * Namespaces open on first use, and as few of them stay open as are in use: what one has decrypted is wiped when it is
 * closed. One is open only while all above it are, since tokens from there may be used in it.
 */
export class OpenNamespaces {
  readonly #options: OpenNamespacesOptions
  /** Least recently used first. */
  readonly #opened = new Map<string, Opened>()
  readonly #opening = new Map<string, Promise<Opened>>()

  constructor(options: OpenNamespacesOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#opened.size
  }

  /** Runs `work` on the last of the chain, which stays open meanwhile. */
  async use<T>(chain: Chain, work: (namespace: Namespace) => Promise<T>): Promise<T> {
    const record = chain[chain.length - 1]
    if (record === undefined) return work(this.#options.root)
    const held = await this.#hold(chain, record)
    try {
      return await work(held.namespace)
    } finally {
      this.#release(held)
    }
  }

  /**
   * Closes one, whoever uses it: it is sealed or deleted. Resolves when nothing is left of what it had decrypted,
   * or a request in it that does not end has been waited for long enough.
   */
  async close(id: string): Promise<void> {
    await this.#opening.get(id)?.catch(() => {}) // what it opens is of use to nobody
    const opened = this.#opened.get(id)
    if (opened === undefined) return
    await this.#close(opened)
    const isWiped = await Promise.race([
      opened.namespace.wiped.then(() => true),
      sleep(WIPED_MAX_MS, false, { ref: false }),
    ])
    if (!isWiped)
      this.#options.log.warn({ namespace: id }, 'a namespace is closed, but a request in it has not ended yet')
  }

  /** Closes those that nobody used for a while. */
  async closeIdle(): Promise<void> {
    const before = this.#options.clock.now() - IDLE_MS
    for (const opened of [...this.#opened.values()]) {
      if (isUnused(opened) && opened.usedMs <= before) await this.#close(opened)
    }
  }

  /** Closes all, at once and whoever uses them. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#opened.values()].map((opened) => this.#close(opened)))
  }

  async #hold(chain: Chain, record: NamespaceRecord): Promise<Opened> {
    for (;;) {
      const opened = this.#opened.get(record.id) ?? (await this.#open(chain, record))
      // It may have been closed between its opening and now.
      if (opened.isClosed) continue
      if (!this.#options.isUsable(opened.namespace)) {
        await this.#close(opened)
        continue
      }
      opened.holds++
      opened.usedMs = this.#options.clock.now()
      this.#opened.delete(opened.id)
      this.#opened.set(opened.id, opened)
      return opened
    }
  }

  #release(opened: Opened): void {
    opened.holds--
    if (opened.holds === 0 && this.#opened.size > (this.#options.keptMax ?? KEPT_MAX)) this.#trim()
  }

  #open(chain: Chain, record: NamespaceRecord): Promise<Opened> {
    const known = this.#opening.get(record.id)
    if (known !== undefined) return known
    const opening = this.#openNow(chain, record).finally(() => this.#opening.delete(record.id))
    this.#opening.set(record.id, opening)
    return opening
  }

  async #openNow(chain: Chain, record: NamespaceRecord): Promise<Opened> {
    const { root, open, clock } = this.#options
    const rest = chain.slice(0, -1)
    const above = rest[rest.length - 1]
    // A hold that lasts as long as this one is open.
    const parent = above && (await this.#hold(rest, above))
    try {
      const namespaces: Namespace[] = []
      for (let at = parent; at !== undefined; at = at.parent) namespaces.push(at.namespace)
      const namespace = await open(record, [...namespaces, root])
      const opened = { id: record.id, namespace, parent, holds: 0, usedMs: clock.now(), isClosed: false }
      this.#opened.set(record.id, opened)
      this.#trim(opened)
      return opened
    } catch (error) {
      if (parent !== undefined) this.#release(parent)
      throw error
    }
  }

  /** Closes the least recently used beyond the bound. `fresh`: is about to be used. */
  #trim(fresh?: Opened): void {
    const { keptMax = KEPT_MAX, log } = this.#options
    for (const opened of this.#opened.values()) {
      if (this.#opened.size <= keptMax) return
      if (opened === fresh || !isUnused(opened)) continue
      this.#close(opened).catch((error: unknown) => log.warn({ err: error }, 'a namespace was not closed cleanly'))
    }
  }

  async #close(opened: Opened): Promise<void> {
    if (opened.isClosed) return
    opened.isClosed = true
    this.#opened.delete(opened.id)
    try {
      await opened.namespace.close()
    } finally {
      this.#options.onClosed(opened.id)
      if (opened.parent !== undefined) this.#release(opened.parent)
    }
  }
}

function isUnused({ holds, namespace }: Opened): boolean {
  return holds === 0 && namespace.isIdle
}
