import type { Log } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import {
  type Backend,
  type Entry,
  type ListCheck,
  type Revision,
  StorageError,
  type Write,
} from '../../../storage/backend.ts'
import { Watch } from '../../../storage/watch.ts'
import { SEAL_PATHS } from '../paths.ts'
import { decodeSealConfig, type SealConfig } from '../seal-config.ts'

/** What was read of some paths, to be checked when what follows from it is committed. */
export type Seen = ReadonlyMap<string, Entry | undefined>

export interface KeyChange {
  readonly seen: Seen
  readonly lists?: readonly ListCheck[]
  readonly writes: readonly Write[]
  /**
   * What to do when nobody can say whether it was applied: `revert` writes back what was seen as soon as storage answers
   * again, because nobody ever got the shares that would open what was written. `adopt` leaves it.
   */
  readonly whenUnknown: 'revert' | 'adopt'
}

const GET_MAX = 1000
const LIST_MAX = 10_000

/** The seal's own entries, in transactions that are whole whatever fails. */
export class KeyStorage {
  readonly #backend: Backend
  readonly #log: Log
  #unsettled: KeyChange | undefined

  constructor(backend: Backend, log: Log) {
    this.#backend = backend
    this.#log = log
  }

  /** Of the entries that tell a process that has the vault open to look at the keys anew. */
  watch(): Watch {
    return new Watch(this.#backend, [SEAL_PATHS.epoch, SEAL_PATHS.sealOrder, SEAL_PATHS.restored])
  }

  /** Every process that has the vault open seals it before it serves another request. `order` is different each time. */
  async orderSeal(order: Uint8Array): Promise<void> {
    await this.#backend.commit([{ reads: [], lists: [], writes: [{ path: SEAL_PATHS.sealOrder, value: order }] }])
  }

  async get(paths: readonly string[]): Promise<Seen> {
    const seen = new Map<string, Entry | undefined>()
    for (let at = 0; at < paths.length; at += GET_MAX) {
      const some = paths.slice(at, at + GET_MAX)
      const entries = await this.#backend.get(some)
      some.forEach((path, index) => {
        seen.set(path, entries[index])
      })
    }
    return seen
  }

  /** Undefined: there is no vault. Throws EgideError `unavailable` where there is a part of one. */
  async config(): Promise<SealConfig | undefined> {
    const seen = await this.get([SEAL_PATHS.config, SEAL_PATHS.restoring])
    if (seen.get(SEAL_PATHS.restoring) !== undefined)
      throw new EgideError('unavailable', 'a restore into this storage was not finished: run it again')
    const stored = seen.get(SEAL_PATHS.config)
    return stored === undefined ? undefined : decodeSealConfig(stored.value)
  }

  /** Names one level below, whole, and the check that none has come or gone since. */
  async list(prefix: string): Promise<{ names: string[]; check: ListCheck }> {
    const names: string[] = []
    let since: number | undefined
    for (let after = ''; ; ) {
      const page = await this.#backend.list(prefix, { recursive: false, after, limit: LIST_MAX })
      names.push(...page.names)
      since ??= page.revision
      const last = page.names.at(-1)
      if (page.names.length < LIST_MAX || last === undefined) return { names, check: { prefix, since } }
      after = last
    }
  }

  /** The revision: durable. Undefined: what was seen has changed meanwhile, and nothing was written. */
  async commit(change: KeyChange): Promise<Revision | undefined> {
    const reads = [...change.seen].map(([path, entry]) => ({ path, revision: entry?.revision ?? 0 }))
    try {
      const [outcome] = await this.#backend.commit([{ reads, lists: change.lists ?? [], writes: change.writes }])
      return outcome?.kind === 'committed' ? outcome.revision : undefined
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'unknown') throw error
      const revision = await this.#revisionOf(change)
      if (revision !== undefined) return revision
      // It may yet arrive.
      if (change.whenUnknown === 'revert') this.#unsettled = change
      throw error
    }
  }

  /** Ends what a lost reply left open. Call it before any change of keys. */
  async settle(): Promise<void> {
    const change = this.#unsettled
    if (change === undefined) return
    const now = await this.get(change.writes.map((write) => write.path))
    if (appliedAt(change, now) !== undefined) {
      const before = change.writes.map(({ path }) => ({ path, value: change.seen.get(path)?.value ?? null }))
      if ((await this.commit({ seen: now, writes: before, whenUnknown: 'adopt' })) === undefined) return
      this.#log.warn({}, 'took back a change of keys whose outcome was unknown')
    }
    this.#unsettled = undefined
  }

  /** Deletes everything in the store but one path. Only for what an unfinished initialisation left. */
  async wipeAllBut(kept: string): Promise<void> {
    for (;;) {
      const { names } = await this.#backend.list('', { recursive: true, after: '', limit: GET_MAX })
      const writes = names.filter((path) => path !== kept).map((path) => ({ path, value: null }))
      if (writes.length === 0) return
      await this.#backend.commit([{ reads: [], lists: [], writes }])
    }
  }

  async #revisionOf(change: KeyChange): Promise<Revision | undefined> {
    try {
      return appliedAt(change, await this.get(change.writes.map((write) => write.path)))
    } catch (error) {
      if (change.whenUnknown === 'revert') this.#unsettled = change
      this.#log.error({ err: error }, 'a change of keys has an unknown outcome')
      throw new EgideError('unavailable', 'storage failed; whether the keys were changed is not known', {
        cause: error,
      })
    }
  }
}

/** The revision of the change, if it was applied. Sealed values hold a fresh nonce: equal bytes are those of this change. */
function appliedAt(change: KeyChange, now: Seen): Revision | undefined {
  let revision: Revision | undefined
  for (const { path, value } of change.writes) {
    const entry = now.get(path)
    if (value === null ? entry !== undefined : entry === undefined || Buffer.compare(entry.value, value) !== 0) return
    revision ??= entry?.revision
  }
  return revision
}
