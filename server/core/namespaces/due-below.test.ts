import { expect, test } from 'vitest'
import { TestNamespace, type TestNamespaceOptions } from '../../../test/core/test-namespace.ts'

/** What is due in namespaces whose own shares are not everywhere, or nowhere. */

const SEAL = 'seal "shamir" {\n  shares = 3\n  threshold = 2\n}'

interface Tenant {
  readonly id: string
  readonly namespace: string
}

async function tenant(world: TestNamespace, name: string, body: object = {}): Promise<Tenant> {
  const { id } = await world.data('update', `sys/namespaces/${name}`, body)
  world.keys.unseal(String(id))
  const namespace = `${name}/`
  await world.call('update', 'sys/mounts/creds', { type: 'creds' }, { namespace })
  return { id: String(id), namespace }
}

const sealable = (world: TestNamespace, name: string) => tenant(world, name, { seal: SEAL })

/** A lease that is due ten minutes later. */
async function lease(world: TestNamespace, { namespace }: Tenant): Promise<string> {
  return String((await world.data('read', 'creds/user', {}, { namespace })).user)
}

/** Another process on what `world` has, in which no namespace is unsealed. */
async function beside(
  { backend, cipher, clock, credentials, root }: TestNamespace,
  options: TestNamespaceOptions = {},
): Promise<TestNamespace> {
  const other = await TestNamespace.over({ ...options, backend, cipher, clock }, credentials)
  other.root = root
  return other
}

test('what is due in a sealed namespace waits without a word, holds up nobody, and is ended once it is unsealed', async () => {
  const world = await TestNamespace.create()
  const sealed = await sealable(world, 'sealed')
  const open = await tenant(world, 'open')
  const waiting = await lease(world, sealed)
  await world.keys.forgetNamespace(sealed.id)
  const value = Buffer.from('x')
  const paths = Array.from({ length: 12_000 }, (_, n) => `ns/${sealed.id}/leases/id/${n}`)
  const write = async (change: (path: string) => { path: string; value: Buffer | null; expiresAtMs?: number }) => {
    for (let at = 0; at < paths.length; at += 1000)
      await world.backend.commit([{ reads: [], lists: [], writes: paths.slice(at, at + 1000).map(change) }])
  }
  await write((path) => ({ path, value, expiresAtMs: 1 }))
  await lease(world, open)
  world.pass(601)
  for (let round = 0; round < 3; round++) await world.sweep()
  expect([...world.credentials.out]).toEqual([waiting])
  expect(world.logged).toEqual([])
  await write((path) => ({ path, value: null }))
  world.keys.unseal(sealed.id)
  await world.sweep()
  expect(world.credentials.out.size).toBe(0)
  expect(world.logged).toEqual([])
})

test('a process that has a namespace unsealed ends what is due in it, whoever ends all the rest', async () => {
  const one = await TestNamespace.create({ process: 'one' })
  const sealed = await sealable(one, 'sealed')
  const open = await tenant(one, 'open')
  const two = await beside(one, { process: 'two' })
  await lease(one, open)
  one.pass(5)
  const later = await lease(one, open)
  const behindShares = await lease(one, sealed)
  await one.keys.forgetNamespace(sealed.id)
  one.pass(596)
  await one.sweep() // which takes the lease for what anybody can end
  expect([...one.credentials.out]).toEqual([later, behindShares])
  one.pass(5)
  await two.sweep()
  expect([...one.credentials.out]).toEqual([later, behindShares])
  two.keys.unseal(sealed.id)
  await two.sweep()
  expect([...one.credentials.out]).toEqual([later])
  await one.sweep()
  expect(one.credentials.out.size).toBe(0)
  expect([...one.logged, ...two.logged]).toEqual([])
})

test('of processes that have a namespace unsealed one ends what is due in it, until it seals it', async () => {
  const one = await TestNamespace.create({ process: 'one' })
  const sealed = await sealable(one, 'sealed')
  const two = await beside(one, { process: 'two' })
  two.keys.unseal(sealed.id)
  await lease(one, sealed)
  one.pass(5)
  const later = await lease(one, sealed)
  one.pass(596)
  await one.sweep()
  expect([...one.credentials.out]).toEqual([later])
  one.pass(5)
  await two.sweep()
  expect([...one.credentials.out]).toEqual([later])
  await one.keys.forgetNamespace(sealed.id)
  await one.sweep()
  expect([...one.credentials.out]).toEqual([later])
  one.pass(10)
  await two.sweep()
  expect(one.credentials.out.size).toBe(0)
  expect([...one.logged, ...two.logged]).toEqual([])
})

test('one that is sealed while what is due in it is ended is passed over from then on, without a word', async () => {
  const world = await TestNamespace.create()
  const sealed = await sealable(world, 'sealed')
  for (let n = 0; n < 40; n++) await lease(world, sealed)
  world.pass(601)
  let revoking = 0
  world.credentials.whileRevoking = async () => {
    if (++revoking === 5) void world.keys.forgetNamespace(sealed.id)
  }
  await world.sweep()
  await world.sweep()
  expect(world.credentials.out.size).toBeGreaterThan(0)
  expect(world.logged).toEqual([])
  world.credentials.whileRevoking = async () => undefined
  world.keys.unseal(sealed.id)
  await world.sweep()
  expect(world.credentials.out.size).toBe(0)
})

test('recurring work of engines rests while the namespace is sealed, without a word, and catches up', async () => {
  const world = await TestNamespace.create()
  const sealed = await sealable(world, 'sealed')
  const as = { namespace: sealed.namespace }
  await world.call('update', 'sys/mounts/transit', { type: 'transit' }, as)
  await world.call('update', 'transit/keys/k', { auto_rotate_period: '1h' }, as)
  const version = async () => (await world.data('read', 'transit/keys/k', {}, as)).latest_version
  expect(await version()).toBe(1)
  await world.keys.forgetNamespace(sealed.id)
  for (let round = 0; round < 4; round++) {
    world.pass(3600)
    await world.sweep()
    await world.namespaces.closeIdle()
  }
  expect(await world.refusal('read', 'transit/keys/k', {}, as)).toBe('sealed: namespace is sealed')
  expect(world.logged).toEqual([])
  world.keys.unseal(sealed.id)
  await world.sweep()
  await expect.poll(version).toBe(2)
  expect(world.logged).toEqual([])
})
