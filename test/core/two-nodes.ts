import type { Backend } from '../../storage/backend.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { TestNamespace, type TestNamespaceOptions } from './test-namespace.ts'

/** A node that can be paused before a read or a commit, as one whose process is stopped there. */
export interface PausedNode {
  readonly world: TestNamespace
  /** Before its nth read or commit from here on, `other` runs. False from `met`: there were fewer. */
  readonly before: (nth: number, other: () => Promise<unknown>) => { readonly met: boolean }
}

const COUNTED: ReadonlySet<string | symbol> = new Set(['get', 'list', 'commit'])

/** Two nodes on one storage, opened, with the first one's root token in both. `options`: of each. */
export async function twoNodes(
  options: Pick<TestNamespaceOptions, 'engines'> = {},
): Promise<[first: PausedNode, second: TestNamespace]> {
  const shared = new MemoryBackend()
  let left = 0
  let run: () => Promise<unknown> = async () => {}
  const paused: Backend = new Proxy<Backend>(shared, {
    get(backend, name) {
      const found: unknown = Reflect.get(backend, name)
      if (typeof found !== 'function') return found
      if (!COUNTED.has(name)) return found.bind(backend)
      return async (...given: unknown[]) => {
        if (--left === 0) await run()
        return found.apply(backend, given)
      }
    },
  })
  const world = await TestNamespace.create({ ...options, backend: paused })
  const { cipher, clock, credentials } = world
  const second = await TestNamespace.over({ ...options, backend: shared, cipher, clock }, credentials)
  await second.namespace.open()
  second.root = world.root
  const before = (nth: number, other: () => Promise<unknown>) => {
    const told = { met: false }
    left = nth
    run = async () => {
      told.met = true
      await other()
    }
    return told
  }
  return [{ world, before }, second]
}
