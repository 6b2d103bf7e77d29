import type { Backend } from '../../storage/backend.ts'

/** A node that stands still before a commit, as one whose process is stopped there. */
export interface PausedNode {
  /** For MountedOptions. */
  readonly through: (backend: Backend) => Backend
  /** Resolves when it stands. */
  readonly met: Promise<void>
  goOn(): void
}

/** Stands still before its nth commit, and those after it, that write a path which ends in `end`. */
export function pausedBefore(nth: number, end: string): PausedNode {
  const met = Promise.withResolvers<void>()
  const on = Promise.withResolvers<void>()
  let commits = 0
  const through = (backend: Backend): Backend =>
    new Proxy<Backend>(backend, {
      get(inner, name) {
        const found: unknown = Reflect.get(inner, name)
        if (name !== 'commit') return typeof found === 'function' ? found.bind(inner) : found
        return async (...[transactions]: Parameters<Backend['commit']>) => {
          const isCounted = transactions.some(({ writes }) => writes.some(({ path }) => path.endsWith(end)))
          if (isCounted && ++commits >= nth) {
            met.resolve()
            await on.promise
          }
          return inner.commit(transactions)
        }
      },
    })
  return { through, met: met.promise, goOn: () => on.resolve() }
}
