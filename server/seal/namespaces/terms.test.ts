import { beforeEach, expect, test } from 'vitest'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { TestingVault } from '../testing-vault.ts'

/** Keys of namespaces that not everybody holds: made, lent, rotated, destroyed by one of two processes on one storage. */

let disk: MemoryBackend
let one: TestingVault
let two: TestingVault
const text = Buffer.from('what a tenant keeps')

beforeEach(async () => {
  disk = new MemoryBackend()
  ;({ one, two } = await TestingVault.pair(disk))
})

test('a namespace is nobody’s until its keys are loaded, and again when the last user gives them back', async () => {
  const keys = one.keys
  await keys.createNamespace('a')
  expect(() => keys.cipherFor('a')).toThrow('no such namespace')
  const [first, second] = await Promise.all([keys.loadNamespace('a'), keys.loadNamespace('a')])
  expect(first).toBe(second)
  keys.releaseNamespace('a')
  expect(await keys.loadNamespace('a')).toBe(first)
  keys.releaseNamespace('a')
  keys.releaseNamespace('a')
  await one.manager.tick()
  expect(() => keys.cipherFor('a')).toThrow('no such namespace')
  expect(() => first.seal('p', text)).toThrow('the keys were released')
  await expect(keys.loadNamespace('b')).rejects.toThrow('no such namespace')
  await expect(keys.loadNamespace('../root')).rejects.toThrow('no such namespace')
})

test('the keys of the root namespace stay, whoever gives them back', async () => {
  const keys = one.keys
  const root = keys.cipherFor('root')
  expect(await keys.loadNamespace('root')).toBe(root)
  keys.releaseNamespace('root')
  await one.manager.tick()
  expect(root.open('p', keys.cipherFor('root').seal('p', text))).toEqual(text)
})

test('keys that one process made are the other’s too, and are made once', async () => {
  await Promise.all([one, two].map((vault) => vault.keys.createNamespace('a')))
  const sealed = (await one.keys.loadNamespace('a')).seal('p', text)
  expect((await two.keys.loadNamespace('a')).open('p', sealed)).toEqual(text)
  expect(() => two.keys.cipherFor('root').open('p', sealed)).toThrow()
})

test('a namespace that slept through a rotation gets its term when it wakes, and one that another process holds too', async () => {
  await one.keys.createNamespace('asleep')
  await one.keys.createNamespace('awake')
  const awake = await two.keys.loadNamespace('awake')
  const before = awake.seal('p', text)
  await one.manager.rotateKeyring()
  await two.manager.tick()
  const term = (sealed: Buffer) => sealed.readUInt32BE(1)
  expect([term(before), term(awake.seal('p', text))]).toEqual([1, 2])
  expect(awake.open('p', before)).toEqual(text)
  const asleep = await two.keys.loadNamespace('asleep')
  const late = asleep.seal('p', text)
  expect(term(late)).toBe(2)
  const there = await one.keys.loadNamespace('asleep')
  expect(there.open('p', late)).toEqual(text)
})

test('what is destroyed is destroyed for every process that holds it', async () => {
  await one.keys.createNamespace('a')
  const held = await two.keys.loadNamespace('a')
  await one.keys.destroyNamespace('a')
  await two.manager.tick()
  expect(() => held.seal('p', text)).toThrow('the keys were released')
  for (const vault of [one, two]) await expect(vault.keys.loadNamespace('a')).rejects.toThrow('no such namespace')
})
