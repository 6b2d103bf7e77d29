import type { Revision } from '../backend.ts'
import { textHash } from '../text-hash.ts'

const PLACES = 1024

/**
 * At which revision paths are that a group has come by: of what its transactions have in common, one look tells. Paths
 * whose hashes share a place drive each other out, and the database is asked again. No map, which would have V8 keep the
 * text of each path in the old generation.
 */
export class KnownRevisions {
  readonly #paths = new Array<string | undefined>(PLACES).fill(undefined)
  readonly #revisions = new Array<Revision>(PLACES).fill(0)

  get(path: string): Revision | undefined {
    const place = placeOf(path)
    return this.#paths[place] === path ? this.#revisions[place] : undefined
  }

  set(path: string, revision: Revision): void {
    const place = placeOf(path)
    this.#paths[place] = path
    this.#revisions[place] = revision
  }

  clear(): void {
    this.#paths.fill(undefined)
  }
}

const placeOf = (path: string): number => textHash(path) & (PLACES - 1)
