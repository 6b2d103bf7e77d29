import { setImmediate as turn } from 'node:timers/promises'
import type { Log } from '../../../engines/engine.ts'
import type { Backend } from '../../../storage/backend.ts'
import type { UnsealedKeys } from '../../seal/lifecycle.ts'
import { claimRow } from '../mounts/name-claims.ts'
import { prefixOf } from '../namespace.ts'
import type { NamespaceDirectory } from './directory.ts'

/** Rows deleted in one commit. */
const BATCH = 500

export interface RemovalOptions {
  readonly backend: Backend
  readonly directory: NamespaceDirectory
  readonly keys: UnsealedKeys
  readonly log: Log
}

/**
 * Removes a namespace whose departure is written down: its keys first, so that from then on nobody can read what it kept,
 * whatever becomes of the rest; then those below it; then its rows, whose paths are all that is needed; then its name. Each step can be done
 * again, so that any node goes on where another died.
 */
export class Removal {
  readonly #options: RemovalOptions
  readonly #underWay = new Map<string, Promise<void>>()
  #isClosed = false

  constructor(options: RemovalOptions) {
    this.#options = options
  }

  /** As `finish`, for nobody who waits: what fails is taken up by a later sweep. */
  finishInBackground(id: string): void {
    this.finish(id).catch((error: unknown) => {
      if (!this.#isClosed) this.#options.log.warn({ namespace: id, err: error }, 'a removal goes on later')
    })
  }

  /** One at a time for each namespace. */
  finish(id: string): Promise<void> {
    const known = this.#underWay.get(id)
    if (known !== undefined) return known
    const finishing = this.#finish(id).finally(() => this.#underWay.delete(id))
    this.#underWay.set(id, finishing)
    return finishing
  }

  /** What fails from here on does so because the vault is closing, and is not told. */
  close(): void {
    this.#isClosed = true
  }

  async #finish(id: string): Promise<void> {
    const { directory, keys } = this.#options
    const place = await directory.claimRemoval(id)
    if (place === undefined) return
    await keys.destroyNamespace(id)
    await this.#finishBelow(id)
    await this.#deleteRows(prefixOf(id))
    await this.deleteRow(prefixOf(place.parentId) + claimRow(place.name, id))
    await directory.finishRemoval(id)
  }

  /** Of one that was sealed: its keys sealed theirs, so that they are unreadable already. */
  async #finishBelow(id: string): Promise<void> {
    const { directory } = this.#options
    for (const { name } of await directory.list(id)) {
      const below = await directory.beginRemoval(id, name, undefined)
      if (below !== undefined) await this.finish(below.id)
    }
  }

  /** Removes one row of a namespace that is on its way out, by its full path. */
  async deleteRow(path: string): Promise<void> {
    await this.#options.backend.commit([{ reads: [], lists: [], writes: [{ path, value: null }] }])
  }

  async #deleteRows(prefix: string): Promise<void> {
    const { backend } = this.#options
    for (;;) {
      const { names } = await backend.list(prefix, { recursive: true, after: '', limit: BATCH })
      if (names.length === 0) return
      const writes = names.map((name) => ({ path: prefix + name, value: null }))
      await backend.commit([{ reads: [], lists: [], writes }])
      await turn()
    }
  }
}
