import { createSecretKey } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemRandom } from '../random.ts'
import { AEADS } from './aeads.ts'
import type { AeadAlgorithm } from './algorithm.ts'
import { type BatchToSeal, SealingThread } from './sealing-thread.ts'

/** A real thread starts, so these tests wait for it; they say nothing of how long that takes. */
const WITHIN = { timeout: 120_000, interval: 5 }

let thread: SealingThread
beforeEach(() => {
  thread = new SealingThread()
})
afterEach(() => {
  thread.end()
  vi.restoreAllMocks()
})

const ready = (): Promise<void> => vi.waitFor(() => expect(thread.hasRoom).toBe(true), WITHIN)

function batchOf({ name, aead, keyBytes }: AeadAlgorithm, texts: readonly string[]): BatchToSeal {
  return {
    algorithm: name,
    key: createSecretKey(systemRandom.bytes(keyBytes.usual)),
    nonces: systemRandom.bytes(texts.length * aead.nonceBytes),
    plaintexts: new Uint8Array(Buffer.concat(texts.map((text) => Buffer.from(text)))),
    lengths: Uint32Array.from(texts, (text) => Buffer.byteLength(text)),
  }
}

const [ANY] = AEADS as [AeadAlgorithm]

test.each(AEADS)('$name: each opens by itself, in order, with the nonces that were given', async (algorithm) => {
  await ready()
  const texts = ['first', '', 'a longer one, of two blocks and some', 'last']
  const batch = batchOf(algorithm, texts)
  const sealed = (await thread.seal(batch)) ?? []
  const { aead } = algorithm
  expect(sealed.map((bytes) => aead.open(batch.key, bytes, undefined).toString())).toEqual(texts)
  expect(Buffer.concat(sealed.map((bytes) => bytes.subarray(0, aead.nonceBytes))).equals(batch.nonces)).toBe(true)
})

test('plaintexts are moved to the thread, not copied', async () => {
  await ready()
  const batch = batchOf(ANY, ['secret'])
  const done = thread.seal(batch)
  expect(batch.plaintexts).toHaveLength(0)
  await done
})

test('it has no room before it is there, nor while sixteen batches lie with it', async () => {
  expect(thread.hasRoom).toBe(false)
  await ready()
  const under = Array.from({ length: 16 }, (_, number) => thread.seal(batchOf(ANY, [String(number)])))
  expect(thread.hasRoom).toBe(false)
  const sealed = await Promise.all(under)
  expect(sealed.every((batch) => batch?.length === 1)).toBe(true)
  expect(thread.hasRoom).toBe(true)
})

test('what it cannot do is told, and what comes after it is done', async () => {
  await ready()
  const unknown = thread.seal({ ...batchOf(ANY, ['a']), algorithm: 'rot13' })
  const wrong = thread.seal({ ...batchOf(ANY, ['a']), key: createSecretKey(Buffer.alloc(5, 1)) })
  const right = thread.seal(batchOf(ANY, ['a']))
  expect(await Promise.all([unknown, wrong])).toEqual([undefined, undefined])
  expect(await right).toHaveLength(1)
})

test('when it ends those that wait are told so, and the next batch has another one', async () => {
  await ready()
  const waits = thread.seal(batchOf(ANY, ['a']))
  thread.end()
  expect(await waits).toBeUndefined()
  expect(await thread.seal(batchOf(ANY, ['a']))).toBeUndefined()
  await ready()
  expect(await thread.seal(batchOf(ANY, ['a']))).toHaveLength(1)
})

test('one that fails is replaced after some time, and before that nobody waits for it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const started = watchThreads()
    expect(thread.hasRoom).toBe(false)
    await arrivedAt(() => thread.hasRoom)
    const waits = thread.seal(batchOf(ANY, ['a']))
    started[0]?.emit('error', new Error('out of memory'))
    expect(await waits).toBeUndefined()
    expect([thread.hasRoom, started.length]).toEqual([false, 1])
    vi.advanceTimersByTime(10_000)
    await arrivedAt(() => thread.hasRoom)
    expect(await thread.seal(batchOf(ANY, ['a']))).toHaveLength(1)
  } finally {
    vi.useRealTimers()
  }
})

test('one that is idle ends', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    expect(thread.hasRoom).toBe(false)
    await arrivedAt(() => thread.hasRoom)
    vi.advanceTimersByTime(9_000)
    expect(await thread.seal(batchOf(ANY, ['a']))).toHaveLength(1)
    vi.advanceTimersByTime(9_000)
    expect(thread.hasRoom).toBe(true)
    const ended = vi.spyOn(Worker.prototype, 'terminate')
    vi.advanceTimersByTime(1_000)
    expect(ended).toHaveBeenCalledOnce()
    expect(thread.hasRoom).toBe(false)
  } finally {
    vi.useRealTimers()
  }
})

/** The threads that are started from now on. */
function watchThreads(): Worker[] {
  const threads: Worker[] = []
  const unref = Worker.prototype.unref
  vi.spyOn(Worker.prototype, 'unref').mockImplementation(function (this: Worker) {
    threads.push(this)
    return unref.call(this)
  })
  return threads
}

/** As `vi.waitFor`, where timers stand still. */
async function arrivedAt(state: () => boolean): Promise<void> {
  while (!state()) await nextTurn()
}
