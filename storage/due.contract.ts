import { expect, test } from 'vitest'
import type { Backend, DuePosition, Write } from './backend.ts'

const put = (path: string, expiresAtMs?: number): Write => ({ path, value: Buffer.from(path), expiresAtMs })
const remove = (path: string): Write => ({ path, value: null })
const write = (backend: Backend, ...writes: Write[]) => backend.commit([{ reads: [], lists: [], writes }])
const at = (path: string, expiresAtMs: number): DuePosition => ({ expiresAtMs, path })

/** What backend.ts promises of `due`, as tests. `fresh` gives a new, empty backend. */
export function dueContract(fresh: () => Promise<Backend>): void {
  test('what is due comes earliest first, up to the moment asked for', async () => {
    const backend = await fresh()
    await write(backend, put('c', 3), put('b', 1), put('a', 3), put('never'), put('d', 4))
    expect(await backend.due(0, 10)).toEqual([])
    expect(await backend.due(3, 10)).toEqual([at('b', 1), at('a', 3), at('c', 3)])
    expect(await backend.due(9, 2)).toEqual([at('b', 1), at('a', 3)])
    await write(backend, put('b', 9), remove('a'), put('c'))
    expect(await backend.due(9, 10)).toEqual([at('d', 4), at('b', 9)])
  })

  test('what is due goes on behind any place, also one where nothing is any more', async () => {
    const backend = await fresh()
    // Sorted otherwise as UTF-16.
    const [wide, high] = ['\u{ffff}', '\u{1f511}']
    await write(backend, put('c', 4), put('a', -1), put('b', 3), put(high, 3), put(wide, 3))
    const all = [at('a', -1), at('b', 3), at(wide, 3), at(high, 3), at('c', 4)]
    expect(await backend.due(4, 10)).toEqual(all)
    for (const [n, place] of all.entries()) {
      expect(await backend.due(4, 10, place)).toEqual(all.slice(n + 1))
      expect(await backend.due(3, 1, place)).toEqual(all.slice(n + 1, 4).slice(0, 1))
    }
    for (const place of [at('aa', 3), at('', 3), at('z', 2)])
      expect(await backend.due(4, 10, place)).toEqual(all.slice(1))
    await write(backend, remove('b'))
    expect(await backend.due(4, 10, at('b', 3))).toEqual(all.slice(2))
    expect(await backend.due(4, 10, at('', 5))).toEqual([])
  })
}
