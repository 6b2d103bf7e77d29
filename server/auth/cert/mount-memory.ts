import type { EngineContext } from '../../../engines/engine.ts'

/** What a process remembers for each mount: at most so many entries, the oldest goes first. It is gone with the mount. */
export class MountMemory<T> {
  readonly #mounts = new WeakMap<EngineContext['store'], Map<string, T>>()

  get({ store }: EngineContext, key: string): T | undefined {
    return this.#mounts.get(store)?.get(key)
  }

  set({ store }: EngineContext, key: string, value: T, entriesMax: number): void {
    const entries = this.#mounts.get(store) ?? new Map<string, T>()
    this.#mounts.set(store, entries)
    entries.delete(key)
    if (entriesMax > 0) entries.set(key, value)
    for (const oldest of entries.keys()) {
      if (entries.size <= Math.max(entriesMax, 0)) return
      entries.delete(oldest)
    }
  }
}
