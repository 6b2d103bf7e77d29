import { expect, test } from 'vitest'
import type { Backend } from './backend.ts'
import { StorageError } from './backend.ts'
import { json } from './codec.ts'
import { type Fate, FaultyBackend } from './faulty.ts'
import { MemoryBackend } from './memory/memory.ts'
import { createStore } from './sealed-store.ts'
import type { Cipher, Store } from './store.ts'
import { testingCipher } from './testing-cipher.ts'

const text = json<string>()
const PAIRS = 3
type Told = 'committed' | StorageError['code']

/**
 * Transactions, some at once, that each write both halves of a pair and move a counter; and reads between them. What the
 * caller was told of each, by its number.
 */
async function session(
  store: Store,
  seen: (halves: readonly (string | undefined)[]) => void,
): Promise<Map<number, Told>> {
  const told = new Map<number, Told>()
  const write = async (n: number) => {
    try {
      await store.refresh()
      await store.transaction(async (tx) => {
        const count = Number((await tx.get('count', text)) ?? 0)
        tx.put('count', `${count + 1}`, text)
        tx.put(`done/${n}`, `${n}`, text, { expiresAtMs: n })
        tx.put(`pair/${n % PAIRS}/x`, `${n}`, text)
        tx.put(`pair/${n % PAIRS}/y`, `${n}`, text)
        if (n % 4 === 0) tx.delete(`done/${n - 2}`)
        await tx.list('done/')
      })
      told.set(n, 'committed')
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      told.set(n, error.code)
    }
  }
  const look = async (n: number) => {
    try {
      await store.refresh()
      seen(
        await store.transaction(async (tx) => [
          await tx.get(`pair/${n % PAIRS}/x`, text),
          await tx.get(`pair/${n % PAIRS}/y`, text),
        ]),
      )
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }
  for (let n = 1; n <= 12; n += 3) {
    await Promise.all([write(n), write(n + 1), write(n + 2), look(n)])
    await look(n + 1)
  }
  return told
}

async function verify(inner: Backend, cipher: Cipher, told: ReadonlyMap<number, Told>): Promise<void> {
  const store = createStore({ backend: inner, cipher, prefix: 's/' }) // a process that starts anew
  await store.refresh()
  const count = Number((await store.get('count', text)) ?? 0)
  const committed = [...told.values()].filter((one) => one === 'committed').length
  const unknown = [...told.values()].filter((one) => one === 'unknown').length
  expect(count).toBeGreaterThanOrEqual(committed)
  expect(count).toBeLessThanOrEqual(committed + unknown)
  for (const [n, what] of told) {
    const done = await store.get(`done/${n}`, text)
    const maybeDeleted = told.has(n + 2) && (n + 2) % 4 === 0 && told.get(n + 2) !== 'refused'
    if (what === 'committed' && !maybeDeleted) expect([n, done]).toEqual([n, `${n}`])
    if (what !== 'committed' && what !== 'unknown') expect([n, done]).toEqual([n, undefined])
  }
  for (let pair = 0; pair < PAIRS; pair++) {
    expect(await store.get(`pair/${pair}/x`, text)).toBe(await store.get(`pair/${pair}/y`, text))
  }
}

const fates: Record<Fate, Told> = { refused: 'refused', 'applied, reply lost': 'unknown', unreadable: 'unavailable' }
for (const [fate, code] of Object.entries(fates) as [Fate, Told][]) {
  test(`the nth operation is ${fate}: what was told of each write is true, and no write is torn`, async () => {
    let felt = 0
    for (let nth = 1, fired = true; fired; nth++) {
      const inner = new MemoryBackend()
      const backend = new FaultyBackend(inner, nth, fate)
      const cipher = testingCipher()
      const store = createStore({ backend, cipher, prefix: 's/' })
      const told = await session(store, ([x, y]) => expect(x).toBe(y))
      await verify(inner, cipher, told)
      // The store that met the fault must not go on serving what it believed before it.
      await store.refresh().catch(() => {})
      const fresh = createStore({ backend: inner, cipher, prefix: 's/' })
      for (const path of ['count', 'pair/0/x', 'pair/1/y']) {
        const read = async () => store.get(path, text)
        expect(await read().catch(read)).toBe(await fresh.get(path, text))
      }
      fired = backend.fired
      if ([...told.values()].includes(code)) felt++
    }
    expect(felt).toBeGreaterThan(3)
  })
}

test('who lost the reply and tries again does not write twice, if what it read says so', async () => {
  const inner = new MemoryBackend()
  const store = createStore({
    backend: new FaultyBackend(inner, 1, 'applied, reply lost'),
    cipher: testingCipher(),
    prefix: '',
  })
  const createOnce = async () => {
    await store.refresh()
    return store.transaction(async (tx) => {
      if ((await tx.get('a', text)) !== undefined) return 'there'
      tx.put('a', 'mine', text)
      return 'created'
    })
  }
  await expect(createOnce()).rejects.toMatchObject({ code: 'unknown' })
  expect(await createOnce()).toBe('there')
  expect(inner.readIndex()).toBe(1)
})
