import { expect, test } from 'vitest'
import { KeysReleased, TermUnknown } from '../crypto/errors.ts'
import { json } from './codec.ts'
import { MemoryBackend } from './memory/memory.ts'
import { createStore } from './sealed-store.ts'
import type { Cipher } from './store.ts'
import { testingCipher } from './testing-cipher.ts'

const text = json<string>()

async function stored() {
  const backend = new MemoryBackend()
  const cipher = testingCipher()
  await createStore({ backend, cipher, prefix: '' }).transaction(async (tx) => tx.put('a', 'value', text))
  return { backend, cipher }
}

/** A cipher that lacks the term until it is loaded anew; `loads` says how often it was, `works` whether that helps. */
function behind(cipher: Cipher, works: boolean) {
  let loads = 0
  const late: Cipher = {
    seal: (path, plaintext) => cipher.seal(path, plaintext),
    open(path, sealed) {
      if (loads === 0 || !works) throw new TermUnknown(2)
      return cipher.open(path, sealed)
    },
    async reload() {
      loads++
    },
  }
  return { late, loads: () => loads }
}

test('what another process sealed by a newer key is read after one load of the keys', async () => {
  const { backend, cipher } = await stored()
  const { late, loads } = behind(cipher, true)
  const store = createStore({ backend, cipher: late, prefix: '' })
  expect(await Promise.all([store.get('a', text), store.get('a', text)])).toEqual(['value', 'value'])
  expect(await store.transaction((tx) => tx.get('a', text))).toBe('value')
  expect(loads()).toBe(1)
  expect(store.stats().cacheEntries).toBe(1)
})

test('what names a key that nobody has is an error, after one load', async () => {
  const { backend, cipher } = await stored()
  const { late, loads } = behind(cipher, false)
  const store = createStore({ backend, cipher: late, prefix: '' })
  await expect(Promise.try(() => store.get('a', text))).rejects.toMatchObject({ code: 'corrupt' })
  expect(loads()).toBe(1)
})

test('a store whose keys were released says that it is sealed, not that the data is damaged', async () => {
  const { backend } = await stored()
  const released = () => {
    throw new KeysReleased()
  }
  const store = createStore({ backend, cipher: { seal: released, open: released }, prefix: '' })
  await expect(Promise.try(() => store.get('a', text))).rejects.toMatchObject({ code: 'closed' })
  await expect(store.transaction(async (tx) => tx.put('b', 'value', text))).rejects.toMatchObject({ code: 'closed' })
  expect(backend.readIndex()).toBe(1)
})

test('what is read next is in the cache as it is written, and gone from it with the next change', async () => {
  const { backend, cipher } = await stored()
  const store = createStore({ backend, cipher, prefix: '' })
  await store.transaction((tx) => {
    tx.put('b', 'first', text, { isReadNext: true })
    tx.put('c', 'other', text)
  })
  expect(store.stats()).toMatchObject({ cacheEntries: 1, cacheMisses: 0 })
  expect(await store.transaction((tx) => tx.get('b', text))).toBe('first')
  expect(store.stats()).toMatchObject({ cacheMisses: 0 })
  await createStore({ backend, cipher, prefix: '' }).transaction((tx) => tx.put('b', 'second', text))
  await store.refresh()
  expect(await store.get('b', text)).toBe('second')
})

test('what is not read soon leaves the cache as it is written, whatever was read of it', async () => {
  const { backend, cipher } = await stored()
  const store = createStore({ backend, cipher, prefix: '' })
  await store.transaction((tx) => tx.put('b', 'first', text, { isReadNext: true }))
  await store.transaction(async (tx) => {
    expect(await tx.get('b', text)).toBe('first')
    tx.put('b', 'second', text, { isReadNext: false })
  })
  expect(store.stats()).toMatchObject({ cacheEntries: 0 })
  expect(await store.get('b', text)).toBe('second')
})
