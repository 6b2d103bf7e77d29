import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Backend } from './backend.ts'
import { compareBytes } from './byte-order.ts'

const create = (backend: Backend, paths: readonly string[]) =>
  backend.commit([{ reads: [], lists: [], writes: paths.map((path) => ({ path, value: Buffer.from(path) })) }])

const part = fc.constantFrom('a', 'b', 'B', '-', '0', 'é', '\u{ffff}', '\u{1f511}')
const somePath = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

/** What backend.ts promises of `list`, as tests. `fresh` gives a new, empty backend. */
export function listContract(fresh: () => Promise<Backend>): void {
  test('a listing in pages of any size is the listing, in byte order, one level or all', async () => {
    const backend = await fresh()
    const paths = [...new Set(fc.sample(somePath, { seed: 7, numRuns: 300 }))]
    await create(backend, paths)
    for (const prefix of ['', 'a/', 'a/b/', '\u{1f511}/', 'none/']) {
      for (const recursive of [true, false]) {
        const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
        const names = recursive ? below : below.map((name) => name.replace(/\/.*$/s, '/'))
        const expected = [...new Set(names)].sort(compareBytes)
        for (const limit of [1, 2, 3, 1000]) expect(await paged(backend, prefix, recursive, limit)).toEqual(expected)
      }
    }
  })

  test('a level with thousands below it is one name, and does not hide what follows', async () => {
    const backend = await fresh()
    const deep = Array.from({ length: 3000 }, (_, at) => `d/${at}`)
    await create(backend, [...deep, 'c', 'd', 'e/x', 'f'])
    expect(await paged(backend, '', false, 2)).toEqual(['c', 'd', 'd/', 'e/', 'f'])
    expect(await paged(backend, '', false, 10_000)).toEqual(['c', 'd', 'd/', 'e/', 'f'])
  })
}

async function paged(backend: Backend, prefix: string, recursive: boolean, limit: number): Promise<string[]> {
  const names: string[] = []
  for (;;) {
    const page = await backend.list(prefix, { recursive, after: names.at(-1) ?? '', limit })
    expect(page.names.length).toBeLessThanOrEqual(limit)
    names.push(...page.names)
    if (page.names.length < limit) return names
  }
}
