import { expect, test } from 'vitest'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore } from '../../storage/sealed-store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'
import { TestClock } from '../../test/harness/rows.ts'
import { NodeLease } from './node-lease.ts'

const HELD_MS = 900

/** Nodes over one store, each with a clock of its own. */
function cluster() {
  const backend = new MemoryBackend()
  const store = createStore({ backend, cipher: testingCipher(), prefix: '' })
  const node = (name: string, aheadMs = 0) => {
    const clock = new TestClock()
    clock.nowMs += aheadMs
    return { clock, lease: new NodeLease({ store, clock, node: name, path: 'lease', heldMs: HELD_MS }) }
  }
  return { backend, node }
}

test('one node has the lease as long as it comes for it, and another when it has not come for the whole time', async () => {
  const { node } = cluster()
  const [a, b] = [node('a'), node('b')]
  const takes = async () => [await a.lease.take(), await b.lease.take()]
  for (let round = 0; round < 5; round++) {
    expect(await takes()).toEqual([true, false])
    for (const { clock } of [a, b]) clock.nowMs += 700
  }
  b.clock.nowMs += 200
  expect(await b.lease.take()).toBe(true)
  expect(await takes()).toEqual([false, true])
})

test('it is not written anew before a third of its time is over', async () => {
  const { backend, node } = cluster()
  const { clock, lease } = node('a')
  const revisions: number[] = []
  for (let at = 0; at <= 600; at += 150) {
    expect(await lease.take()).toBe(true)
    revisions.push(backend.readIndex())
    clock.nowMs += 150
  }
  expect(revisions).toEqual([1, 1, 2, 2, 3])
})

test('a holder whose clock was far ahead does not keep it after its end', async () => {
  const { node } = cluster()
  const [ahead, b] = [node('ahead', 10 * 86_400_000), node('b')]
  expect(await ahead.lease.take()).toBe(true)
  expect(await b.lease.take()).toBe(false)
  b.clock.nowMs += HELD_MS - 1
  expect(await b.lease.take()).toBe(false)
  b.clock.nowMs += 1
  expect(await b.lease.take()).toBe(true)
})
