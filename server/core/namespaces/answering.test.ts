import { beforeEach, describe, expect, test, vi } from 'vitest'
import { StorageError } from '../../../storage/backend.ts'
import { type CallOptions, TestNamespace } from '../../../test/core/test-namespace.ts'
import { NamespaceDirectory } from './directory.ts'

/** What is asked about a token or a lease of a namespace below the one that is named. */

let world: TestNamespace
let token = ''
let lease = ''
const SUB: CallOptions = { namespace: 'a/sub/' }
const ABOVE = ['', 'a/', 'a/sub/']
const EVERYTHING = 'path "*" { capabilities = ["read", "update"] }'

beforeEach(async () => {
  world = await TestNamespace.create()
  for (const name of ['a', 'b']) await world.call('update', `sys/namespaces/${name}`)
  await world.call('update', 'sys/namespaces/sub', {}, { namespace: 'a/' })
  await world.call('update', 'sys/mounts/creds', { type: 'creds' }, SUB)
  token = await world.token({ policies: ['default'], ttl: '1h' }, SUB)
  lease = (await world.call('read', 'creds/user', {}, SUB)).leaseId
})

const lives = async (): Promise<boolean> =>
  (await world.call('read', 'auth/token/lookup-self', {}, { ...SUB, token }).catch(() => undefined)) !== undefined

describe('of a token of a namespace below', () => {
  test.each(ABOVE)('"%s" tells what it is, renews it and ends it', async (namespace) => {
    expect(await world.data('update', 'auth/token/lookup', { token }, { namespace })).toMatchObject({
      id: token,
      namespace_path: 'a/sub/',
    })
    expect(await world.data('read', 'auth/token/lookup', { token }, { namespace })).toMatchObject({ id: token })
    expect((await world.call('update', 'auth/token/renew', { token }, { namespace })).auth?.clientToken).toBe(token)
    await world.call('update', 'auth/token/revoke', { token }, { namespace })
    expect(await lives()).toBe(false)
  })

  test('it is ended without its children too', async () => {
    const child = await world.token({ policies: ['default'] }, { ...SUB, token: world.root })
    await world.call('update', 'auth/token/revoke-orphan', { token })
    expect(await lives()).toBe(false)
    expect(await world.data('update', 'auth/token/lookup', { token: child })).toMatchObject({ id: child })
  })

  test('a sibling knows nothing, and ends nothing', async () => {
    const as = { namespace: 'b/' }
    expect(await world.refusal('update', 'auth/token/lookup', { token }, as)).toContain('bad token')
    expect(await world.refusal('update', 'auth/token/renew', { token }, as)).toContain('token not found')
    await world.call('update', 'auth/token/revoke', { token }, as)
    expect(await lives()).toBe(true)
  })
})

describe('of a lease of a namespace below', () => {
  test.each(ABOVE)('"%s" tells what it is, renews it and ends it', async (namespace) => {
    const about = { lease_id: lease }
    expect(await world.data('update', 'sys/leases/lookup', about, { namespace })).toMatchObject({ id: lease })
    for (const [path, data] of [
      ['sys/leases/renew', about],
      ['sys/renew', about],
      [`sys/leases/renew/${lease}`, {}],
      [`sys/renew/${lease}`, {}],
    ] as const) {
      expect((await world.call('update', path, data, { namespace })).leaseId).toBe(lease)
    }
    await world.call('update', 'sys/leases/revoke', { ...about, sync: true }, { namespace })
    expect(world.credentials.out.size).toBe(0)
  })

  test.each(['sys/leases/revoke/', 'sys/revoke/'])('it ends by a path that goes on with its id: %s', async (path) => {
    await world.call('update', `${path}${lease}`, { sync: true }, { namespace: 'a/' })
    expect(world.credentials.out.size).toBe(0)
  })

  test('a sibling knows nothing, and ends nothing', async () => {
    const as = { namespace: 'b/' }
    expect(await world.refusal('update', 'sys/leases/lookup', { lease_id: lease }, as)).toContain('invalid lease')
    await world.call('update', 'sys/leases/revoke', { lease_id: lease, sync: true }, as)
    await world.call('update', `sys/leases/revoke/${lease}`, { sync: true }, as)
    expect(world.credentials.out.size).toBe(1)
  })
})

test('policies have to allow it where the token or lease is', async () => {
  await world.policy(
    'here',
    'path "auth/token/*" { capabilities = ["update"] }\npath "sys/*" { capabilities = ["update"] }',
  )
  await world.policy('everywhere', EVERYTHING)
  const here = { token: await world.token({ policies: ['here'] }) }
  for (const [path, data] of [
    ['auth/token/lookup', { token }],
    ['auth/token/revoke', { token }],
    ['sys/leases/lookup', { lease_id: lease }],
    ['sys/leases/revoke', { lease_id: lease }],
    [`sys/leases/revoke/${lease}`, {}],
  ] as const) {
    expect(await world.refusal('update', path, data, here)).toBe('permission_denied: permission denied')
  }
  expect(world.credentials.out.size).toBe(1)
  expect(await lives()).toBe(true)
  const everywhere = { token: await world.token({ policies: ['everywhere'] }) }
  await world.call('update', 'auth/token/revoke', { token }, everywhere)
  expect(await lives()).toBe(false)
})

test.each(['s.a.', 's.a.b/../c', 'a..', '..', '', `s.a.${'x'.repeat(5000)}`, 'creds/user/x.zzzzzz'])(
  '%j is nobody',
  async (text) => {
    expect(
      await world.refusal('update', 'auth/token/lookup', { token: text, unused: 1 }, { token: 's.a.b..' }),
    ).toContain('denied')
    await world.refusal('update', 'auth/token/renew', { token: `s.${text}` })
    await world.refusal('update', 'sys/leases/lookup', { lease_id: text })
  },
)

test('where storage does not say whose it is, the caller is told that it does not', async () => {
  const failing = vi
    .spyOn(NamespaceDirectory.prototype, 'chainOf')
    .mockRejectedValue(new StorageError('closed', 'closed'))
  try {
    expect(await world.refusal('update', 'auth/token/lookup', { token })).toMatch(/^sealed: /)
    expect(await world.refusal('read', 'auth/token/lookup-self', {}, { token })).toMatch(/^sealed: /)
  } finally {
    failing.mockRestore()
  }
})

test('nothing is answered below a namespace that is locked', async () => {
  await world.call('update', 'sys/namespaces/api-lock/lock/a')
  expect(await world.refusal('update', 'auth/token/revoke', { token })).toContain('"a/" must be unlocked')
  expect(await world.refusal('update', 'sys/leases/revoke', { lease_id: lease })).toContain('"a/" must be unlocked')
})
