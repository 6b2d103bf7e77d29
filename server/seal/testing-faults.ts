import type { Backend } from '../../storage/backend.ts'
import { type Fate, FaultyBackend } from '../../storage/faulty.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'

/** Storage that fails while keys change. */

export const FATES: readonly Fate[] = ['refused', 'applied, reply lost', 'unreadable']
/** Calls `session` with a backend whose nth operation fails, for every n, until none failed. At least one must have. */
export async function everyFault(fate: Fate, session: (faulty: (disk: Backend) => FaultyBackend) => Promise<void>) {
  let nth = 1
  for (let fired = true; fired; nth++) {
    let backend: FaultyBackend | undefined
    await session((disk) => {
      backend = new FaultyBackend(disk, nth, fate)
      return backend
    })
    fired = backend?.fired ?? false
    if (nth > 500) throw new Error('the session never ends without a fault')
  }
  if (nth === 2) throw new Error('the session met no fault')
}

export async function copyOf(disk: MemoryBackend): Promise<MemoryBackend> {
  const copy = new MemoryBackend()
  const { names } = disk.list('', { recursive: true, after: '', limit: 1000 })
  const writes = disk
    .get(names)
    .flatMap((entry) => (entry === undefined ? [] : [{ path: entry.path, value: entry.value }]))
  await copy.commit([{ reads: [], lists: [], writes }])
  return copy
}

/** A backend that is put in place of another while a vault uses it. */
export class Switched implements Backend {
  #inner: Backend

  constructor(inner: Backend) {
    this.#inner = inner
  }

  use(inner: Backend): void {
    this.#inner = inner
  }

  readIndex: Backend['readIndex'] = () => this.#inner.readIndex()
  get: Backend['get'] = (paths) => this.#inner.get(paths)
  list: Backend['list'] = (prefix, page) => this.#inner.list(prefix, page)
  commit: Backend['commit'] = (transactions) => this.#inner.commit(transactions)
  changes: Backend['changes'] = (since) => this.#inner.changes(since)
  due: Backend['due'] = (beforeMs, limit, after) => this.#inner.due(beforeMs, limit, after)
  snapshot: Backend['snapshot'] = () => this.#inner.snapshot()
  replace: Backend['replace'] = (batches) => this.#inner.replace(batches)
  close: Backend['close'] = () => this.#inner.close()
}
