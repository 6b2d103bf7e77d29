import { createPublicKey } from 'node:crypto'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { privateKeyOf, publicKeyOf } from './pkcs8.ts'
import { RsaKeyPool, type RsaPair, type TakenRsaPair } from './rsa-pool.ts'

/** The pool makes real keys on its own thread, so these tests wait for it; they say nothing of how long that takes. */
const WITHIN = { timeout: 50_000, interval: 20 }

/** A thread's module that answers at once, with what is no key. */
const QUICK = `import { parentPort } from 'node:worker_threads'
parentPort.on('message', () => {
  const own = { privateKey: new Uint8Array(8), publicKey: new Uint8Array(8) }
  parentPort.postMessage(own, [own.privateKey.buffer, own.publicKey.buffer])
})`
const quickModule = new URL(`data:text/javascript,${encodeURIComponent(QUICK)}`)

let pool: RsaKeyPool
beforeEach(() => {
  pool = new RsaKeyPool()
})
afterEach(() => pool.empty())

const moduli = (pairs: readonly RsaPair[]) =>
  new Set(pairs.map(({ publicKey }) => publicKeyOf(publicKey).export({ format: 'jwk' }).n))

test('nothing is made before a key was asked for; then some lie ready, and no two are the same', async () => {
  await sleep(50)
  expect(pool.ready(2048)).toBe(0)
  const first = await pool.pair(2048)
  const key = privateKeyOf(first.privateKey)
  expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048)
  expect(createPublicKey(key).equals(publicKeyOf(first.publicKey))).toBe(true)
  const second = await pool.pair(2048)
  expect(moduli([first, second]).size).toBe(2)
  for (const pair of [first, second]) pair.done()
  expect(first.privateKey).toEqual(Buffer.alloc(first.privateKey.length))
  await vi.waitFor(() => expect(pool.ready(2048)).toBeGreaterThan(0), WITHIN)
  expect(pool.ready(4096)).toBe(0)
})

test('of the keys that lie ready two are taken at one time; the next is given out in the turn after one is done', async () => {
  await pool.pair(2048)
  await vi.waitFor(() => expect(pool.ready(2048)).toBeGreaterThan(5), WITHIN)
  const taken: TakenRsaPair[] = []
  for (let n = 0; n < 6; n++) void pool.pair(2048).then((pair) => taken.push(pair))
  for (let turns = 0; turns < 3; turns++) await turn()
  expect(taken).toHaveLength(2)
  taken[0]?.done()
  await Promise.resolve()
  expect(taken).toHaveLength(2)
  await turn()
  expect(taken).toHaveLength(3)
  for (const pair of taken.slice(1)) pair.done()
  await turn()
  expect(taken).toHaveLength(5)
  for (const pair of taken.slice(3)) pair.done()
  await turn()
  expect(taken).toHaveLength(6)
  expect(moduli(taken).size).toBe(6)
})

test('a key for who waits, whom the other thread served meanwhile, is zeroed', async () => {
  const late = { privateKey: Buffer.alloc(8, 1), publicKey: Buffer.alloc(8) }
  const asked = Promise.withResolvers<RsaPair>()
  const quick = new RsaKeyPool(quickModule, () => asked.promise)
  try {
    expect((await quick.pair(2048)).privateKey).not.toBe(late.privateKey)
    asked.resolve(late)
    await turn()
    expect(late.privateKey).toEqual(Buffer.alloc(8))
  } finally {
    quick.empty()
  }
})

test('of a burst all are done before keys are made again', async () => {
  const quick = new RsaKeyPool(quickModule)
  let threads = 0
  const onWorker = () => threads++
  process.on('worker', onWorker)
  try {
    const first = await quick.pair(2048)
    first.done()
    await vi.waitFor(() => expect(quick.ready(2048)).toBe(220), WITHIN)
    expect(threads).toBe(1)
    const taken: TakenRsaPair[] = []
    for (let n = 0; n < 100; n++) void quick.pair(2048).then((pair) => taken.push(pair))
    for (let done = 0; done < 100; done++) {
      await vi.waitFor(() => expect(taken.length).toBeGreaterThan(done), WITHIN)
      expect(threads).toBe(1)
      taken[done]?.done()
    }
    await vi.waitFor(() => expect(quick.ready(2048)).toBe(220), WITHIN)
    expect(threads).toBe(2)
  } finally {
    process.off('worker', onWorker)
    quick.empty()
  }
})

test('all who wait are served, though nothing lies ready, and other sizes are made when they are asked for', async () => {
  const pairs = await Promise.all([...Array.from({ length: 8 }, () => pool.pair(2048)), pool.pair(1024)])
  expect(moduli(pairs).size).toBe(9)
})

test('what lies ready is zeroed and forgotten, and made anew when it is asked for', async () => {
  await pool.pair(2048)
  await vi.waitFor(() => expect(pool.ready(2048)).toBeGreaterThan(2), WITHIN)
  const zeroed = vi.spyOn(Buffer.prototype, 'fill')
  const length = pool.ready(2048)
  pool.empty()
  expect(zeroed.mock.calls.filter(([value]) => value === 0).length).toBeGreaterThanOrEqual(length)
  zeroed.mockRestore()
  expect(pool.ready(2048)).toBe(0)
  await sleep(300)
  expect(pool.ready(2048)).toBe(0)
  await pool.pair(2048)
  await vi.waitFor(() => expect(pool.ready(2048)).toBeGreaterThan(0), WITHIN)
})
