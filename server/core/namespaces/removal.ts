import { setImmediate as turn } from 'node:timers/promises'
import type { Backend } from '../../../storage/backend.ts'
import type { UnsealedKeys } from '../../seal/lifecycle.ts'
import { prefixOf } from '../namespace.ts'
import type { NamespaceDirectory } from './directory.ts'

/** Rows deleted in one commit. */
const BATCH = 500

export interface RemovalOptions {
  readonly backend: Backend
  readonly directory: NamespaceDirectory
}

/**
 * Removes a namespace whose departure is written down: its keys first, so that from then on nobody can read what it kept,
 * whatever becomes of the rest; then those below it; then its rows, whose paths are all that is needed; then its name. Each step can be done
 * again, so that any node goes on where another died.
 */
export class Removal {
  readonly #options: RemovalOptions

  constructor(options: RemovalOptions) {
    this.#options = options
  }

  async finish(id: string, keys: UnsealedKeys): Promise<void> {
    const { directory } = this.#options
    if (!(await directory.claimRemoval(id))) return
    await keys.destroyNamespace(id)
    await this.#finishBelow(id, keys)
    await this.#deleteRows(prefixOf(id))
    await directory.finishRemoval(id)
  }

  /** Of one that was sealed: its keys sealed theirs, so that they are unreadable already. */
  async #finishBelow(id: string, keys: UnsealedKeys): Promise<void> {
    const { directory } = this.#options
    for (const { name } of await directory.list(id)) {
      const below = await directory.beginRemoval(id, name, undefined)
      if (below !== undefined) await this.finish(below.id, keys)
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
