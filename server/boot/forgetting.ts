import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** After sealing, in milliseconds. The last is later than any request that was under way. */
const COLLECTED_AFTER_MS = [1000, 10_000, 100_000]

/**
 * Rids memory of the keys of a vault that was sealed. OpenSSL clears a key with the object that stands for it, and V8 collects
 * objects when new ones need room: on a server that is sealed and has nothing to do, never.
 */
export class Forgetting {
  #timers: readonly NodeJS.Timeout[] = []

  sealed(): void {
    this.opened()
    this.#timers = COLLECTED_AFTER_MS.map((ms) => setTimeout(collectAll, ms).unref())
  }

  /** There are keys again; a collection would hold requests up. */
  opened(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers = []
  }
}

/** V8's own function is there with a flag alone. The inspector has one too, but hangs the processes of `node:cluster`. */
function collectAll(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
}
