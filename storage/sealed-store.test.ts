import { expect, test } from 'vitest'
import { StorageError } from './backend.ts'
import { document, json } from './codec.ts'
import { MemoryBackend } from './memory/memory.ts'
import { createStore, type SealedStore } from './sealed-store.ts'
import { testingCipher } from './testing-cipher.ts'

interface Counter {
  readonly n: number
}
const counter = json<Counter>()

function fresh() {
  const backend = new MemoryBackend()
  const cipher = testingCipher()
  return { backend, cipher, store: createStore({ backend, cipher, prefix: 'ns/' }) }
}

test('a transaction sees its own writes, and others see them when it has committed', async () => {
  const { store } = fresh()
  await store.transaction(async (tx) => {
    tx.put('a/x', { n: 1 }, counter, { expiresAtMs: 5 })
    tx.put('a/b/y', { n: 2 }, counter)
    expect(await tx.get('a/x', counter)).toEqual({ n: 1 })
    expect(await tx.list('a/')).toEqual(['b/', 'x'])
    expect(await store.get('a/x', counter)).toBeUndefined()
    tx.delete('a/b/y')
    expect(await tx.list('a/')).toEqual(['x'])
  })
  expect(await store.entry('a/x', counter)).toEqual({ value: { n: 1 }, revision: 1, expiresAtMs: 5 })
  expect(await store.scan('')).toEqual(['a/x'])
})

test('a transaction that throws writes nothing', async () => {
  const { store, backend } = fresh()
  const failing = store.transaction(async (tx) => {
    tx.put('a', { n: 1 }, counter)
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(backend.readIndex()).toBe(0)
})

test('increments from many at once all count', async () => {
  const { store } = fresh()
  const increment = () =>
    store.transaction(async (tx) => tx.put('c', { n: ((await tx.get('c', counter))?.n ?? 0) + 1 }, counter))
  await Promise.all(Array.from({ length: 200 }, increment))
  expect(await store.get('c', counter)).toEqual({ n: 200 })
})

test('a view reaches nothing outside its prefix', async () => {
  const { store } = fresh()
  await store.transaction(async (tx) => tx.put('other/x', { n: 1 }, counter))
  const view = store.view('mine/')
  for (const path of ['../other/x', '/other/x', 'a//b', '..', 'a/..', '', 'a/']) {
    await expect(Promise.try(() => view.get(path, counter))).rejects.toThrow(StorageError)
    await expect(view.transaction(async (tx) => tx.put(path, { n: 1 }, counter))).rejects.toThrow(StorageError)
  }
  expect(await view.scan('')).toEqual([])
})

test('what is read through is what get answers, in the order asked, and nothing of it is kept', async () => {
  const { store } = fresh()
  const view = store.view('many/')
  const paths = Array.from({ length: 250 }, (_, n) => `row/${n}`)
  await view.transaction((tx) => {
    for (const [n, path] of paths.entries()) if (n % 50 !== 7) tx.put(path, { n }, counter)
  })
  const before = store.stats().cacheEntries
  const expected = paths.map((_, n) => (n % 50 === 7 ? undefined : { n }))
  expect(await view.getThrough(paths, counter)).toEqual(expected)
  expect(await view.getThrough(paths.toReversed(), counter)).toEqual(expected.toReversed())
  expect(await view.getThrough([], counter)).toEqual([])
  expect(store.stats().cacheEntries).toBe(before)
  await view.transaction((tx) => tx.put('row/7', { n: 70 }, counter))
  expect(await view.getThrough(['row/7', 'row/8'], counter)).toEqual([{ n: 70 }, { n: 8 }])
  for (const path of ['../other/x', '/a', 'a//b', '']) {
    await expect(view.getThrough(['row/1', path], counter)).rejects.toThrow(StorageError)
  }
  store.wipe()
  await expect(view.getThrough(['row/1'], counter)).rejects.toThrow('sealed')
})

test('what is stored holds no plaintext', async () => {
  const { store, backend } = fresh()
  await store.transaction(async (tx) => {
    tx.put('a', { key: Buffer.from('canary-bytes'), text: 'canary-text' }, document())
  })
  const [entry] = backend.get(['ns/a'])
  expect(Buffer.from(entry?.value ?? []).toString('latin1')).not.toContain('canary')
})

test.each([
  ['json', json],
  ['document', document],
] as const)(
  'what a newer version stored as %s can be read, deleted and put anew, but not rewritten',
  async (_, codecOf) => {
    const { store, backend, cipher } = fresh()
    const older = codecOf<Counter>()
    const newer = codecOf<Counter & { readonly more: string }>(1)
    const rewrite = (by: SealedStore) =>
      by.transaction(async (tx) => tx.put('a', { n: ((await tx.get('a', older))?.n ?? 0) + 1 }, older))
    await store.transaction(async (tx) => tx.put('a', { n: 1, more: 'm' }, newer, { expiresAtMs: 9 }))
    const refusal = { code: 'newer', message: expect.stringContaining('a newer version') }
    // As the cache has it of the write, and as the backend gives it.
    for (const by of [store, createStore({ backend, cipher, prefix: 'ns/' })]) {
      expect(await by.entry('a', older)).toEqual({ value: { n: 1, more: 'm' }, revision: 1, expiresAtMs: 9 })
      await expect(rewrite(by)).rejects.toMatchObject(refusal)
      expect(await by.get('a', newer)).toEqual({ n: 1, more: 'm' })
    }
    await store.transaction(async (tx) => tx.put('a', { ...(await tx.get('a', newer)), n: 2, more: 'm' }, newer))
    await expect(rewrite(store)).rejects.toMatchObject(refusal)
    // What does not rest on what was there replaces it.
    await store.transaction(async (tx) => tx.put('a', { n: 3 }, older))
    await rewrite(store)
    expect(await store.get('a', older)).toEqual({ n: 4 })
    await store.transaction(async (tx) => {
      await tx.get('a', older)
      tx.delete('a')
    })
    expect(await store.get('a', older)).toBeUndefined()
  },
)
