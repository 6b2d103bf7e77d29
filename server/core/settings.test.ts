import { expect, test } from 'vitest'
import type { Log } from '../../engines/engine.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore } from '../../storage/sealed-store.ts'
import type { Store } from '../../storage/store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'
import { ServerSettings } from './settings.ts'
import { VersionHistory } from './version-history.ts'

const cors = { allowedOrigins: ['https://a.example'], allowedHeaders: ['X-A'], allowCredentials: true }

function cluster() {
  const backend = new MemoryBackend()
  const cipher = testingCipher()
  const warnings: string[] = []
  const warn = (_fields: object, message: string) => warnings.push(message)
  const log: Log = { debug: () => undefined, info: () => undefined, warn, error: () => undefined }
  const clock = { ms: 1_000_000, now: () => clock.ms }
  const store = () => createStore({ backend, cipher, prefix: 'sys/' })
  return { backend, clock, log, warnings, store, node: () => new ServerSettings({ clock, log }) }
}

/** Lets the background load end. */
async function settled(node: ServerSettings): Promise<void> {
  await node.refresh()
  await new Promise((resolve) => setImmediate(resolve))
}

test('what is written is in force here at once, and is there after a restart', async () => {
  const { node, store } = cluster()
  const one = node()
  expect(await one.cors()).toBeUndefined()
  await one.open(store())
  await one.writeCors(cors)
  await one.writeUiHeader('X-Frame-Options', ['DENY'])
  expect(await one.cors()).toEqual(cors)
  expect(one.uiHeaders()).toEqual({ 'X-Frame-Options': ['DENY'] })
  const again = node()
  await again.open(store())
  expect(await again.cors()).toEqual(cors)
  expect(again.uiHeaders()).toEqual({ 'X-Frame-Options': ['DENY'] })
  await again.writeCors(undefined)
  expect(await again.cors()).toBeUndefined()
})

test('another node has the origins at once, and the headers of pages within a second of being asked', async () => {
  const { node, store, clock } = cluster()
  const [one, two] = [node(), node()]
  await one.open(store())
  await two.open(store())
  clock.ms += 1000
  await one.writeCors(cors)
  await one.writeUiHeader('X-A', ['b'])
  expect(await two.cors()).toEqual(cors)
  await one.writeCors(undefined)
  await one.writeUiHeader('X-A', ['c'])
  expect(await two.cors()).toBeUndefined()
  clock.ms += 1000
  await expect.poll(() => two.uiHeaders()).toEqual({ 'X-A': ['c'] })
})

test('who asks for origins while they are looked up shares one more look', async () => {
  const { node, store, backend } = cluster()
  const one = node()
  await one.open(store())
  let reads = 0
  backend.readIndex = () => {
    reads++
    return MemoryBackend.prototype.readIndex.call(backend)
  }
  await Promise.all(Array.from({ length: 100 }, () => one.cors()))
  expect(reads).toBeLessThanOrEqual(2)
})

test('asking often reads storage once a second', async () => {
  const { node, store, clock, backend } = cluster()
  const one = node()
  await one.open(store())
  let reads = 0
  const readIndex = backend.readIndex.bind(backend)
  backend.readIndex = () => {
    reads++
    return readIndex()
  }
  for (let n = 0; n < 100; n++) one.uiHeaders()
  expect(reads).toBe(0)
  clock.ms += 1500
  for (let n = 0; n < 100; n++) one.uiHeaders()
  await expect.poll(() => reads).toBeGreaterThan(0)
  expect(reads).toBeLessThanOrEqual(2)
})

test('a storage that fails keeps what was known, and says so', async () => {
  const { node, store, clock, warnings } = cluster()
  const one = node()
  const under = store()
  await one.open(under)
  await one.writeCors(cors)
  await one.writeUiHeader('X-A', ['b'])
  const failing: Store = Object.create(under, {
    refresh: { value: () => Promise.reject(new Error('no')) },
    get: { value: under.get.bind(under) },
  })
  one.close()
  await expect(one.open(failing)).rejects.toThrow('no')
  clock.ms += 5000
  expect(one.uiHeaders()).toEqual({ 'X-A': ['b'] })
  await expect.poll(() => warnings.length).toBeGreaterThan(0)
  expect(await one.cors()).toEqual(cors)
  expect(warnings).toEqual(['the settings could not be read again'])
})

test('sealing leaves what browsers need in force, and refuses changes', async () => {
  const { node, store, clock } = cluster()
  const one = node()
  await one.open(store())
  await one.writeCors(cors)
  one.close()
  clock.ms += 5000
  expect(await one.cors()).toEqual(cors)
  await settled(one)
  expect(await one.cors()).toEqual(cors)
  await expect(one.writeCors(undefined)).rejects.toThrow('sealed')
})

test('headers are one whatever their case, and writers at the same time lose nothing', async () => {
  const { node, store } = cluster()
  const one = node()
  await one.open(store())
  await Promise.all(Array.from({ length: 20 }, (_, n) => one.writeUiHeader(`X-${n}`, [String(n)])))
  expect(Object.keys(one.uiHeaders())).toHaveLength(20)
  await one.writeUiHeader('x-0', ['new', 'newer'])
  await one.writeUiHeader('X-19', [])
  await one.writeUiHeader('X-none', [])
  const headers = await one.readUiHeaders()
  expect(headers['x-0']).toEqual(['new', 'newer'])
  expect(headers['X-0']).toBeUndefined()
  expect(Object.keys(headers)).toHaveLength(19)
})

test('a version is known from the first time it opened the vault', async () => {
  const { clock, store } = cluster()
  const history = new VersionHistory(store().view('versions/'), clock)
  await history.record('0.9.0', '')
  clock.ms += 1000
  await history.record('0.10.0', '2031-01-01T00:00:00Z')
  clock.ms += 1000
  await history.record('0.9.0', '')
  expect(await history.list()).toEqual([
    { version: '0.9.0', firstSeenMs: 1_000_000, buildDate: '' },
    { version: '0.10.0', firstSeenMs: 1_001_000, buildDate: '2031-01-01T00:00:00Z' },
  ])
})
