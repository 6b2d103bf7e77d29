import { expect, test } from 'vitest'
import { ManualClock } from '../testing-clock.ts'
import { DataKey } from './data-key.ts'
import { DecryptKeys, type DecryptLimits } from './decrypt-keys.ts'
import { EncryptKeys, type EncryptLimits } from './encrypt-keys.ts'

/** Keys whose bytes the test can look at, and how many were asked for. */
function source() {
  const bytes: Buffer[] = []
  const make = (wrapped: string): DataKey => {
    const own = Buffer.alloc(32, bytes.length + 1)
    bytes.push(own)
    return new DataKey(wrapped, own)
  }
  const isErased = () => bytes.map((own) => own.every((byte) => byte === 0))
  return { bytes, make, isErased }
}

function encrypting(limits: EncryptLimits) {
  const keys = source()
  const clock = new ManualClock()
  let count = 0
  const cache = new EncryptKeys(async () => keys.make(`key-${++count}`), limits, clock)
  const use = (size = 1) => cache.use(size, undefined, ({ wrapped }) => wrapped)
  return { ...keys, clock, cache, use }
}

test('a key is used for so many messages, and erased when the next one comes', async () => {
  const { use, isErased } = encrypting({ maxMessages: 2 })
  expect([await use(), await use(), await use()]).toEqual(['key-1', 'key-1', 'key-2'])
  expect(isErased()).toEqual([true, false])
})

test('a key is used for so many bytes; a larger message has one of its own', async () => {
  const { use } = encrypting({ maxBytes: 10 })
  expect([await use(4), await use(6), await use(1), await use(100), await use(1)]).toEqual([
    'key-1',
    'key-1',
    'key-2',
    'key-3',
    'key-4',
  ])
})

test('a key that is used for too long is erased, also when nobody asks', async () => {
  const { use, clock, isErased } = encrypting({ ttlMs: 1000 })
  await use()
  await clock.pass(999)
  expect(await use()).toBe('key-1')
  await clock.pass(1)
  expect(isErased()).toEqual([true])
  expect(await use()).toBe('key-2')
})

test('all who need a new key at a time wait for one', async () => {
  const { use, bytes } = encrypting({})
  const all = await Promise.all(Array.from({ length: 50 }, () => use()))
  expect([new Set(all).size, bytes.length]).toEqual([1, 1])
  const few = encrypting({ maxMessages: 3 })
  const many = await Promise.all(Array.from({ length: 30 }, () => few.use()))
  expect([new Set(many).size, few.bytes.length]).toEqual([10, 10])
})

test('a failed call fails all who waited for it, and nobody after', async () => {
  const { make } = source()
  const outcomes = [new Error('away'), make('key')]
  const cache = new EncryptKeys(
    async () => {
      const next = outcomes.shift()
      if (next instanceof DataKey) return next
      throw next
    },
    {},
    new ManualClock(),
  )
  const use = () => cache.use(1, undefined, ({ wrapped }) => wrapped)
  const both = await Promise.allSettled([use(), use()])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await use()).toBe('key')
})

test('an abort ends the waiting of the one who aborts', async () => {
  const { make } = source()
  let give: (key: DataKey) => void = () => {}
  const cache = new EncryptKeys(() => new Promise((resolve) => (give = resolve)), {}, new ManualClock())
  const controller = new AbortController()
  const impatient = cache.use(1, controller.signal, ({ wrapped }) => wrapped)
  const patient = cache.use(1, undefined, ({ wrapped }) => wrapped)
  controller.abort(new Error('enough'))
  await expect(impatient).rejects.toThrow('enough')
  give(make('key'))
  expect(await patient).toBe('key')
})

test('limits that cannot hold are refused', () => {
  const never = async () => expect.unreachable()
  for (const limits of [{ maxMessages: 0 }, { maxMessages: 2 ** 33 }, { maxBytes: 0 }, { ttlMs: Number.NaN }]) {
    expect(() => new EncryptKeys(never, limits, new ManualClock())).toThrow(RangeError)
  }
  for (const limits of [{ maxKeys: 0 }, { ttlMs: -1 }]) {
    expect(() => new DecryptKeys(never, limits, new ManualClock())).toThrow(RangeError)
  }
})

function decrypting(limits: DecryptLimits) {
  const keys = source()
  const clock = new ManualClock()
  const asked: string[] = []
  const fetch = async (wrapped: string) => {
    asked.push(wrapped)
    return keys.make(wrapped)
  }
  const cache = new DecryptKeys(fetch, limits, clock)
  const use = (wrapped: string) => cache.use(wrapped, undefined, (key) => key.wrapped)
  return { ...keys, clock, cache, asked, use }
}

test('the key that was not used for longest goes first, erased', async () => {
  const { use, asked, isErased } = decrypting({ maxKeys: 2 })
  for (const wrapped of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await use(wrapped)).toBe(wrapped)
  expect(asked).toEqual(['a', 'b', 'c', 'b'])
  expect(isErased()).toEqual([false, true, true, false])
})

test('a key is kept so long, used or not; those who need one at a time share a call', async () => {
  const { use, clock, asked, isErased } = decrypting({ ttlMs: 1000 })
  await Promise.all(['a', 'a', 'b', 'a'].map(use))
  expect(asked).toEqual(['a', 'b'])
  await clock.pass(999)
  await use('a')
  await clock.pass(1)
  expect(isErased()).toEqual([true, true])
  await use('a')
  expect(asked).toEqual(['a', 'b', 'a'])
})

test('after the end nothing is left, not even of a key that comes late', async () => {
  const { use, cache, isErased, clock } = decrypting({})
  await use('a')
  const late = use('b')
  cache.close()
  await expect(late).rejects.toMatchObject({ code: 'closed' })
  await expect(use('a')).rejects.toMatchObject({ code: 'closed' })
  expect([isErased(), clock.waiting]).toEqual([[true, true], 0])
  const one = encrypting({})
  await one.use()
  one.cache.close()
  await expect(one.use()).rejects.toMatchObject({ code: 'closed' })
  expect([one.isErased(), one.clock.waiting]).toEqual([[true], 0])
})
