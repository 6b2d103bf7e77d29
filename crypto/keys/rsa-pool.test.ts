import { createPublicKey } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { privateKeyOf, publicKeyOf } from './pkcs8.ts'
import { RsaKeyPool, type RsaPair } from './rsa-pool.ts'

/** The pool makes real keys on its own thread, so these tests wait for it; they say nothing of how long that takes. */
const WITHIN = { timeout: 50_000, interval: 20 }

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
  expect(first.publicKey.equals((await pool.pair(2048)).publicKey)).toBe(false)
  await vi.waitFor(() => expect(pool.ready(2048)).toBeGreaterThan(5), WITHIN)
  const pairs = await Promise.all(Array.from({ length: 12 }, () => pool.pair(2048)))
  expect(moduli(pairs).size).toBe(12)
  expect(pool.ready(4096)).toBe(0)
}, 60_000)

test('all who wait are served, though nothing lies ready, and other sizes are made when they are asked for', async () => {
  const pairs = await Promise.all([...Array.from({ length: 8 }, () => pool.pair(2048)), pool.pair(1024)])
  expect(moduli(pairs).size).toBe(9)
}, 60_000)

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
}, 60_000)
