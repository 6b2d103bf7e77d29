import { expect, test } from 'vitest'
import { CHANGES_KEPT, type Revision } from './backend.ts'
import { json } from './codec.ts'
import { MemoryBackend } from './memory/memory.ts'
import { createStore } from './sealed-store.ts'
import type { FeedStep } from './store.ts'
import { testingCipher } from './testing-cipher.ts'

const text = json<string>()

function fresh() {
  const backend = new MemoryBackend()
  const cipher = testingCipher()
  const store = createStore({ backend, cipher, prefix: 'ns/' })
  const write = (...paths: string[]) =>
    store.transaction(async (tx) => {
      for (const path of paths) tx.put(path, 'x', text)
    })
  /** Commits past this process's timeline, as another process does. */
  const byOther = (...paths: string[]) =>
    backend.commit([{ reads: [], lists: [], writes: paths.map((path) => ({ path, value: Buffer.from('x') })) }])
  return { backend, store, write, byOther }
}

/** What is under way has come as far as it can. */
const settled = async () => {
  for (let n = 0; n < 10; n++) await new Promise(setImmediate)
}

/** The next look at what changed is answered when what this returns is called, as a backend across a network may. */
function holdLook(backend: MemoryBackend): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = (since: Revision) => {
    backend.changes = MemoryBackend.prototype.changes
    const changes = backend.changes(since)
    return promise.then(() => changes)
  }
  backend.changes = look as unknown as MemoryBackend['changes']
  return resolve
}

const follow = (from: ReturnType<typeof fresh>, prefix: string, after?: Revision) => {
  const stop = new AbortController()
  const steps = from.store.view('m/').follow(prefix, { after, signal: stop.signal })[Symbol.asyncIterator]()
  return { stop, next: async () => told((await steps.next()).value), end: () => steps.return?.(undefined) }
}

/** 'a/x@3 …3': the paths with their revisions, and up to where. */
const told = (step: FeedStep | undefined) =>
  step === undefined
    ? 'ended'
    : step.kind === 'resync'
      ? `resync …${step.revision}`
      : `${step.changes.map(({ path, revision }) => `${path}@${revision} `).join('')}…${step.revision}`

test('changes below the prefix are told in their order, with the revision of each, and no others', async () => {
  const from = fresh()
  await from.write('m/a/before')
  const { next, end } = follow(from, 'a/')
  expect(await next()).toBe('…1')
  await from.write('m/a/y', 'm/b/x')
  await from.write('other')
  await from.store.transaction(async (tx) => tx.delete('m/a/before'))
  await from.write('m/a/x')
  const steps = [await next()]
  while (!steps.at(-1)?.endsWith('…5')) steps.push(await next())
  expect(steps.join(' ').replace(/…\d /g, '')).toBe('a/y@2 a/before@4 a/x@5 …5')
  await end()
})

test('a commit of another process is told after a poll, and not looked for while nobody follows', async () => {
  const from = fresh()
  const reads: string[] = []
  from.backend.readIndex = () => {
    reads.push('readIndex')
    return MemoryBackend.prototype.readIndex.call(from.backend)
  }
  await from.store.pollChanges()
  expect(reads).toEqual([])
  const { next, end } = follow(from, '')
  expect(await next()).toBe('…0')
  await from.byOther('ns/m/theirs')
  await from.store.pollChanges()
  expect(await next()).toBe('theirs@1 …1')
  await end()
  reads.length = 0
  await from.store.pollChanges()
  expect(reads).toEqual([])
})

test('who begins at a revision is told what came after it, once', async () => {
  const from = fresh()
  await from.write('m/one')
  const other = follow(from, '')
  expect(await other.next()).toBe('…1')
  await from.write('m/two')
  await from.write('m/two')
  const late = follow(from, '', 1)
  expect(await late.next()).toBe('two@3 …3')
  await from.write('m/three')
  expect(await late.next()).toBe('three@4 …4')
  await Promise.all([other.end(), late.end()])
})

test('who begins too far back, or ahead of the store, starts anew', async () => {
  const from = fresh()
  for (let at = 0; at < 3; at++) {
    await from.byOther(...Array.from({ length: CHANGES_KEPT }, (_, n) => `ns/m/${n}`))
  }
  for (const after of [0, 99]) {
    const { next, end } = follow(from, '', after)
    expect([await next(), await next()]).toEqual(['resync …3', '…3'])
    await end()
  }
})

test('who does not ask is told to start anew, and costs a bounded memory', async () => {
  const from = fresh()
  const { next, end } = follow(from, '')
  expect(await next()).toBe('…0')
  for (let at = 0; at < 3; at++) await from.write(...Array.from({ length: 500 }, (_, n) => `m/${at}/${n}`))
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(await next()).toBe('resync …3')
  await from.write('m/x')
  expect(await next()).toBe('x@4 …4')
  await end()
})

test('a path that changes again is told once', async () => {
  const from = fresh()
  const { next, end } = follow(from, '')
  await next()
  await from.write('m/x')
  await from.write('m/x', 'm/y')
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(await next()).toBe('x@2 y@2 …2')
  await end()
})

test('a look at what changed that a later one overtakes tells nothing twice, and nothing after what came later', async () => {
  const from = fresh()
  const { next, end } = follow(from, '')
  await next()
  const release = holdLook(from.backend)
  await from.write('m/a')
  await settled()
  await from.write('m/b')
  await settled()
  release()
  await settled()
  await from.write('m/c')
  const steps: string[] = []
  while (!steps.at(-1)?.includes('c@3')) steps.push(await next())
  expect(steps.join('').replace(/…\d/g, '')).toBe('a@1 b@2 c@3 ')
  await end()
})

test('what is written while it is looked up what was missed is told as it was written last', async () => {
  const from = fresh()
  const other = follow(from, '')
  await other.next()
  for (let n = 0; n < 2; n++) await from.write('m/x')
  await settled()
  const release = holdLook(from.backend)
  const late = follow(from, '', 1)
  const first = late.next()
  await settled()
  await from.write('m/x')
  await settled()
  release()
  expect(await first).toBe('x@3 …3')
  await Promise.all([other.end(), late.end()])
})

test('a call is answered though nothing changed; the signal ends it, and sealing fails it', async () => {
  const from = fresh()
  const one = follow(from, '')
  const two = follow(from, '')
  expect([await one.next(), await two.next()]).toEqual(['…0', '…0'])
  const called = one.next()
  from.store.callFollowers()
  expect(await called).toBe('…0')
  const ended = one.next()
  one.stop.abort()
  expect(await ended).toBe('ended')
  await two.next()
  const failed = two.next()
  from.store.wipe()
  await expect(failed).rejects.toMatchObject({ code: 'closed' })
})

test('what can be read after a step is at least as new as the step', async () => {
  const from = fresh()
  const view = from.store.view('m/')
  expect(await view.get('a', text)).toBeUndefined()
  const { next, end } = follow(from, '')
  await next()
  // The other peer of the same store, with caches of its own.
  const peer = createStore({ backend: from.backend, cipher: testingCipher(), prefix: 'ns/' })
  await peer.transaction(async (tx) => tx.put('m/a', 'x', text))
  expect(await next()).toBe('a@1 …1')
  await expect(Promise.try(() => view.get('a', text))).rejects.toMatchObject({ code: 'corrupt' }) // sealed by another key, but not absent
  await end()
})

test('a store that can not be read for a while loses nothing', async () => {
  const from = fresh()
  const { next, end } = follow(from, '')
  await next()
  from.backend.changes = () => {
    throw new Error('unreadable')
  }
  await from.write('m/a')
  await new Promise(setImmediate)
  from.backend.changes = MemoryBackend.prototype.changes
  await from.store.pollChanges()
  expect(await next()).toBe('a@1 …1')
  await end()
})

test('a store that was put back has all start anew, and tells what is written from there on', async () => {
  const from = fresh()
  await from.write('m/kept')
  const { next, end } = follow(from, '')
  expect(await next()).toBe('…1')
  await from.write('m/lost')
  expect(await next()).toBe('lost@2 …2')
  // As after a restore: the clock is where it was, and goes on from there.
  const { readIndex, changes } = MemoryBackend.prototype
  from.backend.readIndex = () => readIndex.call(from.backend) - 1
  from.backend.changes = (since) => {
    const found = changes.call(from.backend, since + 1)
    return {
      ...found,
      revision: found.revision - 1,
      revisions: 'revisions' in found ? found.revisions.map((r) => r - 1) : [],
    }
  }
  await from.store.pollChanges()
  expect(await next()).toBe('resync …1')
  await from.byOther('ns/m/new')
  await from.store.pollChanges()
  expect(await next()).toBe('new@2 …2')
  await end()
})
