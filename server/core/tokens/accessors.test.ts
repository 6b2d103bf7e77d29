import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { json } from '../../../storage/codec.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import type { TokenEntry } from '../../auth/token/service.ts'
import { tokenKeyOf } from '../namespace-keys.ts'
import { Accessors, isShort } from './accessors.ts'

const OF_ANOTHER = new Accessors(Buffer.alloc(32, 1))

test('an accessor leads back to its hash, under its own key alone', () => {
  const accessors = new Accessors(Buffer.alloc(32))
  const hash = fc
    .tuple(fc.stringMatching(/^[0-9A-Za-z]{4}$/), fc.uint8Array({ minLength: 16, maxLength: 16 }))
    .map(([place, block]) => place + Buffer.from(block).toString('base64url'))
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 5 }), (hashes) => {
      const made = accessors.ofAll(hashes)
      expect(hashes.map((one) => accessors.of(one))).toEqual(made)
      expect(hashes.every(isShort)).toBe(true)
      expect(made.map((accessor) => accessors.hashOf(accessor))).toEqual(hashes)
      for (const [at, accessor] of made.entries()) {
        expect(accessor).toMatch(/^[0-9A-Za-z]{4}[\w-]{22}$/)
        expect(accessor).not.toBe(hashes[at])
        expect(OF_ANOTHER.hashOf(accessor)).not.toBe(hashes[at])
      }
    }),
  )
})

test('a token that is drawn has no row for its accessor, and is found by it', async () => {
  const namespace = await TestNamespace.create()
  const { auth } = await namespace.call('update', 'auth/token/create', { policies: ['default'], ttl: '1h' })
  const { accessor = '', clientToken = '' } = auth ?? {}
  expect(clientToken).toMatch(/^s\.[0-9A-Za-z]{28}$/)
  expect(await namespace.rows('tokens/accessor/')).toEqual([])
  expect((await namespace.data('list', 'auth/token/accessors')).keys).toContain(accessor)
  expect(await namespace.data('update', 'auth/token/lookup-accessor', { accessor })).toMatchObject({ accessor })
})

test('what is nearly an accessor finds nothing', async () => {
  const namespace = await TestNamespace.create()
  const { auth } = await namespace.call('update', 'auth/token/create', { policies: ['default'], ttl: '1h' })
  const accessor = auth?.accessor ?? ''
  const last = accessor.at(-1) ?? ''
  // Base64url of 16 bytes ends in four bits that say nothing.
  const unsaid = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
    .filter((one) => one !== last)
    .map((one) => accessor.slice(0, -1) + one)
  const wrong = [
    ...unsaid,
    accessor.slice(1),
    `${accessor}A`,
    accessor.toLowerCase(),
    accessor.toUpperCase(),
    ` ${accessor}`,
    `${accessor.slice(0, 3)}${accessor[3] === 'a' ? 'b' : 'a'}${accessor.slice(4)}`,
    namespace.namespace.issued.tokens.hashOf(auth?.clientToken ?? ''),
    `${accessor}.other`,
  ]
  for (const one of wrong.filter((text) => text !== accessor)) {
    expect(await namespace.refusal('update', 'auth/token/lookup-accessor', { accessor: one }), one).toBe(
      'invalid_request: invalid accessor',
    )
  }
})

test('a chosen token has a long hash and an accessor with a row, and ends as others do', async () => {
  const namespace = await TestNamespace.create()
  for (const id of ['chosen-by-hand', 'e'.repeat(26), 'e'.repeat(30)]) {
    const { auth } = await namespace.call('update', 'auth/token/create', { id, policies: ['default'], ttl: '1h' })
    const accessor = auth?.accessor ?? ''
    expect(await namespace.data('update', 'auth/token/lookup-accessor', { accessor })).toMatchObject({ accessor })
    expect((await namespace.data('list', 'auth/token/accessors')).keys).toContain(accessor)
    await namespace.call('update', 'auth/token/revoke-accessor', { accessor })
    expect(await namespace.isValid(id)).toBe(false)
    expect((await namespace.data('list', 'auth/token/accessors')).keys).not.toContain(accessor)
  }
  expect(await namespace.rows('tokens/accessor/')).toEqual([])
})

/** What a token of an earlier version left in the store, as that wrote it: 24 characters, 256 bits of hash, a drawn accessor. */
async function earlier(namespace: TestNamespace, letter: string, parent = '') {
  const { store, mounts } = namespace.namespace
  const token = `s.${letter.repeat(24)}`
  const accessor = letter.toUpperCase().repeat(24)
  const key = await tokenKeyOf(store, { bytes: () => Buffer.alloc(32), uuid: () => '' })
  const hash = createHmac('sha256', key).update(token).digest('base64url')
  const nowMs = namespace.clock.now()
  const entry: TokenEntry = {
    accessor,
    parent,
    policies: ['root'],
    path: 'auth/token/create',
    meta: null,
    displayName: 'token',
    numUses: 0,
    createdMs: nowMs,
    ttlSeconds: 3600,
    explicitMaxTtlSeconds: 0,
    maxTtlSeconds: 0,
    periodSeconds: 0,
    renewable: true,
    type: 'service',
    boundCidrs: [],
    entityId: '',
    role: '',
    mountUuid: (await mounts.at('auth/token/'))?.uuid ?? '',
    internal: {},
    expiresAtMs: nowMs + 3600_000,
    lastRenewalMs: 0,
  }
  await store.transaction((tx) => {
    tx.put(`tokens/id/${hash}`, entry, json(), { expiresAtMs: entry.expiresAtMs })
    tx.put(`tokens/accessor/${accessor}`, { hash }, json())
    tx.put(`leases/id/auth/token/create/${hash}`, {}, json())
    if (parent !== '') tx.put(`tokens/parent/${parent}/${hash}`, {}, json())
  })
  return { token, accessor, hash, lease: `auth/token/create/${hash}` }
}

test('tokens of an earlier version are looked up, listed, renewed and given secrets as ever', async () => {
  const namespace = await TestNamespace.create()
  const { token, accessor, hash, lease } = await earlier(namespace, 'e')
  const as = { token }
  expect(await namespace.data('read', 'auth/token/lookup-self', {}, as)).toMatchObject({ accessor, ttl: 3600 })
  expect(await namespace.data('update', 'auth/token/lookup-accessor', { accessor })).toMatchObject({ accessor })
  expect((await namespace.data('list', 'auth/token/accessors')).keys).toContain(accessor)
  expect((await namespace.data('list', 'sys/leases/lookup/auth/token/create/')).keys).toContain(hash)
  expect(await namespace.data('update', 'sys/leases/lookup', { lease_id: lease })).toMatchObject({ id: lease })
  const { auth } = await namespace.call('update', 'auth/token/renew-self', { increment: '2h' }, as)
  expect(auth?.leaseDurationSeconds).toBe(7200)
  await namespace.call('read', 'creds/user', {}, as)
  const child = await namespace.token({ policies: ['default'] }, as)
  await namespace.call('update', 'auth/token/revoke', { token })
  expect([await namespace.isValid(token), await namespace.isValid(child)]).toEqual([false, false])
  expect(namespace.credentials.out.size).toBe(0)
})

const ways: Record<string, (namespace: TestNamespace, of: Awaited<ReturnType<typeof earlier>>) => Promise<unknown>> = {
  'by accessor': (namespace, { accessor }) => namespace.call('update', 'auth/token/revoke-accessor', { accessor }),
  'by lease': (namespace, { lease }) => namespace.call('update', 'sys/leases/revoke', { lease_id: lease }),
  'by prefix': (namespace) => namespace.call('update', 'sys/leases/revoke-prefix/auth/token/create'),
  'as expired': async (namespace) => {
    namespace.pass(3601)
    await namespace.sweep()
  },
}
for (const [way, end] of Object.entries(ways)) {
  test(`a token of an earlier version and its child end ${way}, and leave no row`, async () => {
    const namespace = await TestNamespace.create()
    const before = await namespace.rows('')
    const parent = await earlier(namespace, 'p')
    const child = await earlier(namespace, 'q', parent.hash)
    await end(namespace, parent)
    expect([await namespace.isValid(parent.token), await namespace.isValid(child.token)]).toEqual([false, false])
    expect(await namespace.rows('')).toEqual(before)
  })
}
