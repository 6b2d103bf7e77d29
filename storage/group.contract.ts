import { expect, test } from 'vitest'
import type { Backend, Outcome, ReadCheck, Transaction, Write } from './backend.ts'

const put = (path: string, text = path, expiresAtMs?: number): Write => ({
  path,
  value: Buffer.from(text),
  expiresAtMs,
})
const remove = (path: string): Write => ({ path, value: null })
const transaction = (writes: Write[], reads: ReadCheck[] = []): Transaction => ({ reads, lists: [], writes })
const committed = (revision: number): Outcome => ({ kind: 'committed', revision })
const conflict = (path: string): Outcome => ({ kind: 'conflict', path })

/** What backend.ts promises of transactions of one group that meet, as tests. `fresh` gives a new, empty backend. */
export function groupContract(fresh: () => Promise<Backend>): void {
  test('of transactions that share checks each is told the first of its own that fails', async () => {
    const backend = await fresh()
    await backend.commit([transaction([put('a'), put('b'), put('c')])])
    const [a, b, c] = ['a', 'b', 'c'].map((path) => ({ path, revision: 0 })) as [ReadCheck, ReadCheck, ReadCheck]
    const none = { path: 'none', revision: 0 }
    const group = [[none, c, b], [none, a, b], [b, a], [none, none], [none, none, a], []]
    expect(await backend.commit(group.map((reads, at) => transaction([put(`new/${at}`)], reads)))).toEqual([
      conflict('c'),
      conflict('a'),
      conflict('b'),
      committed(2),
      conflict('a'),
      committed(3),
    ])
    expect(await backend.changes(1)).toMatchObject({ paths: ['new/3', 'new/5'], revisions: [2, 3] })
  })

  test('of those that write one path each writes to what the one before left', async () => {
    const backend = await fresh()
    const group = [
      transaction([remove('a'), put('b')]),
      transaction([put('a', '1', 5)]),
      transaction([put('a', 'never')], [{ path: 'none', revision: 7 }]),
      transaction([put('a', '2'), remove('b')]),
      transaction([remove('a')]),
      transaction([put('a', '3')]),
    ]
    const outcomes = [committed(1), committed(2), conflict('none'), committed(3), committed(4), committed(5)]
    expect(await backend.commit(group)).toEqual(outcomes)
    const [a, b] = await backend.get(['a', 'b'])
    expect({ ...a, value: Buffer.from(a?.value ?? []).toString() }).toEqual({
      path: 'a',
      revision: 5,
      expiresAtMs: undefined,
      value: '3',
    })
    expect(b).toBeUndefined()
    expect(await backend.changes(3)).toMatchObject({ paths: ['a'], revisions: [5] })
    // Its creation by the last of them is one that a listing of before has not seen.
    const since = (revision: number): Transaction => ({
      ...transaction([]),
      lists: [{ prefix: '', since: revision }],
    })
    expect(await backend.commit([since(4), since(5)])).toEqual([conflict(''), committed(5)])
  })

  test('a path that was checked, created, replaced and deleted in turn is what the last of them left', async () => {
    const backend = await fresh()
    const at = (path: string, revision: number) => [{ path, revision }]
    expect(await backend.commit([transaction([put('a', '1')], at('a', 0))])).toEqual([committed(1)])
    expect(await backend.commit([transaction([put('a', '2', 9)], at('a', 1))])).toEqual([committed(2)])
    expect((await backend.get(['a']))[0]).toMatchObject({ revision: 2, expiresAtMs: 9, value: Buffer.from('2') })
    expect(await backend.commit([transaction([remove('a')], at('a', 2)), transaction([remove('none')])])).toEqual([
      committed(3),
      committed(4),
    ])
    expect(await backend.get(['a'])).toEqual([undefined])
    expect(await backend.commit([transaction([put('a'), put('b')], at('a', 0))])).toEqual([committed(5)])
    expect((await backend.get(['a', 'b'])).map((entry) => entry?.revision)).toEqual([5, 5])
  })
}
