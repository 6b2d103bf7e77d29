import { expect, test } from 'vitest'
import { FaultyBackend } from '../../../storage/faulty.ts'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

async function lease(namespace: TestNamespace, token?: string): Promise<string> {
  const { leaseId } = await namespace.call('read', 'creds/user', {}, token === undefined ? {} : { token })
  return leaseId
}

test('a lease is shown, renewed within its maximum, and ends by itself', async () => {
  const namespace = await TestNamespace.create()
  const id = await lease(namespace)
  expect(id).toMatch(/^creds\/user\/[0-9A-Za-z]{28}$/)
  const start = namespace.clock.now()
  expect(await namespace.data('update', 'sys/leases/lookup', { lease_id: id })).toEqual({
    id,
    path: 'creds/user',
    issue_time: new Date(start).toISOString(),
    expire_time: new Date(start + 600_000).toISOString(),
    last_renewal: null,
    renewable: true,
    ttl: 600,
  })
  namespace.pass(500)
  const renewed = await namespace.call('update', 'sys/leases/renew', { lease_id: id, increment: 1200 })
  expect(renewed).toMatchObject({ leaseId: id, renewable: true, leaseDurationSeconds: 1200, data: null })
  namespace.pass(1000)
  const last = await namespace.call('update', `sys/leases/renew/${id}`, { increment: '2h' })
  expect(last.leaseDurationSeconds).toBe(2100)
  expect(await namespace.data('update', 'sys/leases/lookup', { lease_id: id })).toMatchObject({ ttl: 2100 })
  namespace.pass(2099)
  await namespace.sweep()
  expect(namespace.credentials.out.size).toBe(1)
  namespace.pass(1)
  await namespace.sweep()
  expect(namespace.credentials.out.size).toBe(0)
  expect(await namespace.refusal('update', 'sys/leases/lookup', { lease_id: id })).toBe(
    'invalid_request: invalid lease',
  )
})

test('a renewal in the last second of the maximum keeps the end, and says one second', async () => {
  const namespace = await TestNamespace.create()
  const id = await lease(namespace)
  namespace.pass(500)
  await namespace.call('update', 'sys/leases/renew', { lease_id: id, increment: '2h' })
  namespace.clock.nowMs += 3_099_999
  const last = await namespace.call('update', 'sys/leases/renew', { lease_id: id })
  expect(last).toMatchObject({ renewable: true, leaseDurationSeconds: 1 })
  namespace.clock.nowMs += 1
  expect(await namespace.refusal('update', 'sys/leases/renew', { lease_id: id })).toBe('invalid_request: lease expired')
})

test('what has ended, is being revoked, or was never there is not renewed', async () => {
  const namespace = await TestNamespace.create()
  const id = await lease(namespace)
  namespace.pass(600)
  const renew = (lease_id: string) => namespace.refusal('update', 'sys/leases/renew', { lease_id })
  expect(await renew(id)).toBe('invalid_request: lease expired')
  const other = await lease(namespace)
  expect((await namespace.call('update', 'sys/leases/revoke', { lease_id: other, sync: false })).status).toBe(202)
  expect(await renew(other)).toBe('invalid_request: lease expired')
  await namespace.sweep()
  expect(await renew(other)).toBe('invalid_request: lease not found')
  expect(await renew('creds/user/none')).toBe('invalid_request: lease not found')
  for (const strange of ['/x', 'x/', 'a//b', 'a/../b', '..'])
    expect(await renew(strange)).toBe('invalid_request: invalid lease')
})

test('a lease that is not renewable is refused before the engine is asked', async () => {
  const namespace = await TestNamespace.create()
  namespace.credentials.grant = { renewable: false }
  const id = await lease(namespace)
  expect(await namespace.refusal('update', 'sys/leases/renew', { lease_id: id })).toBe(
    'invalid_request: lease is not renewable',
  )
  expect(namespace.credentials.renewals).toBe(0)
})

test('a lease is revoked by its id, by its path, by the older path, and by a prefix', async () => {
  const namespace = await TestNamespace.create()
  for (const [path, data] of [
    ['sys/leases/revoke', (id: string) => ({ lease_id: id })],
    ['sys/revoke', (id: string) => ({ lease_id: id })],
  ] as const) {
    const id = await lease(namespace)
    expect((await namespace.call('update', path, data(id))).status).toBe(204)
  }
  for (const path of ['sys/leases/revoke/', 'sys/revoke/', 'sys/leases/revoke-prefix/', 'sys/revoke-prefix/']) {
    expect((await namespace.call('update', path + (await lease(namespace)))).status).toBe(204)
  }
  expect(namespace.credentials.out.size).toBe(0)
  for (let i = 0; i < 3; i++) await lease(namespace)
  await namespace.call('update', 'sys/leases/revoke-prefix/cre')
  expect(namespace.credentials.out.size).toBe(3)
  await namespace.call('update', 'sys/leases/revoke-prefix/creds')
  expect(namespace.credentials.out.size).toBe(0)
  expect(await namespace.rows('leases/')).toEqual([])
})

test('tokens without an end go with the prefix that they were made under; the vault’s first root token has none', async () => {
  const namespace = await TestNamespace.create()
  const { root } = namespace
  const child = await namespace.token({ policies: ['root'] })
  const orphan = await namespace.token({ policies: ['root'], no_parent: true })
  const id = `auth/token/create/${namespace.namespace.issued.tokens.hashOf(child)}`
  expect(await namespace.data('update', 'sys/leases/lookup', { lease_id: id })).toMatchObject({
    expire_time: null,
    ttl: 0,
  })
  await namespace.call('update', 'sys/leases/revoke-prefix/auth/token')
  const valid = await Promise.all([root, child, orphan].map((token) => namespace.isValid(token)))
  expect(valid).toEqual([true, false, false])
  expect(await namespace.rows('leases/')).toEqual([])
})

test('leases are listed one level at a time', async () => {
  const namespace = await TestNamespace.create()
  const id = await lease(namespace)
  await namespace.token({ ttl: '1h' })
  expect((await namespace.data('list', 'sys/leases/lookup/')).keys).toEqual(['auth/', 'creds/'])
  expect((await namespace.data('list', 'sys/leases/lookup/creds/')).keys).toEqual(['user/'])
  expect((await namespace.data('list', 'sys/leases/lookup/creds/user/')).keys).toEqual([id.slice('creds/user/'.length)])
  expect(await namespace.refusal('list', 'sys/leases/lookup/nowhere/')).toBe('not_found: ')
})

test('a token’s lease is shown and revoked like any other, and renewed elsewhere', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ ttl: '1h', policies: ['default'] })
  const id = `auth/token/create/${namespace.namespace.issued.tokens.hashOf(token)}`
  expect(await namespace.data('update', 'sys/leases/lookup', { lease_id: id })).toMatchObject({
    id,
    path: 'auth/token/create',
    renewable: true,
    ttl: 3600,
  })
  expect(await namespace.refusal('update', 'sys/leases/renew', { lease_id: id })).toBe(
    'invalid_request: tokens cannot be renewed through this endpoint',
  )
  await namespace.call('update', 'sys/leases/revoke', { lease_id: id })
  expect(await namespace.isValid(token)).toBe(false)
})

test('revoking a prefix of auth/ ends the tokens that came from there', async () => {
  const namespace = await TestNamespace.create()
  const login = await namespace.call('update', 'auth/door/login', {}, { token: undefined })
  const token = await namespace.token({ ttl: '1h' })
  await namespace.call('update', 'sys/leases/revoke-prefix/auth/door')
  expect(await namespace.isValid(login.auth?.clientToken ?? '')).toBe(false)
  expect(await namespace.isValid(token)).toBe(true)
})

test('a lease that can’t be revoked is tried again, longer apart each time, and then left for an operator', async () => {
  const namespace = await TestNamespace.create()
  const { credentials } = namespace
  const id = await lease(namespace)
  credentials.isFailing = true
  expect(await namespace.refusal('update', 'sys/leases/revoke', { lease_id: id })).toBe(
    'invalid_request: failed to revoke lease',
  )
  for (const waitSeconds of [10, 20, 40, 80, 160]) {
    const before = credentials.revocations
    namespace.pass(waitSeconds - 1)
    await namespace.sweep()
    expect(credentials.revocations).toBe(before)
    namespace.pass(1)
    await namespace.sweep()
    expect(credentials.revocations).toBe(before + 1)
  }
  namespace.pass(86_400)
  await namespace.sweep()
  expect(credentials.revocations).toBe(6)
  const accessor = (await namespace.namespace.mounts.at('creds/'))?.accessor ?? ''
  const error = 'the engine failed to revoke it 6 times'
  expect(await namespace.data('read', 'sys/leases', { type: 'irrevocable' })).toEqual({
    lease_count: 1,
    leases: [{ lease_id: id, mount_id: accessor, error }],
  })
  expect(await namespace.data('read', 'sys/leases/count', { type: 'irrevocable' })).toEqual({
    lease_count: 1,
    counts: { [accessor]: 1 },
  })
  expect((await namespace.data('update', 'sys/leases/lookup', { lease_id: id })).revoke_error).toBe(error)
  credentials.isFailing = false
  await namespace.call('update', 'sys/leases/revoke', { lease_id: id })
  expect(credentials.out.size).toBe(0)
  expect(await namespace.rows('leases/')).toEqual([])
})

test('forcing forgets what can’t be revoked; without it all others go and the failure is told', async () => {
  const namespace = await TestNamespace.create()
  for (let i = 0; i < 3; i++) await lease(namespace)
  namespace.credentials.isFailing = true
  expect(await namespace.refusal('update', 'sys/leases/revoke-prefix/creds')).toBe(
    'invalid_request: 3 leases were not revoked: failed to revoke lease',
  )
  expect(await namespace.rows('leases/id/')).toHaveLength(3)
  await namespace.call('update', 'sys/leases/revoke-force/creds')
  expect(await namespace.rows('leases/')).toEqual([])
  expect(namespace.credentials.out.size).toBe(3)
})

test('a token ends although a lease of its can’t be revoked; the lease is tried again by itself', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ policies: ['root'], ttl: '1h' })
  await lease(namespace, token)
  namespace.credentials.isFailing = true
  await namespace.call('update', 'auth/token/revoke', { token })
  expect(await namespace.isValid(token)).toBe(false)
  namespace.credentials.isFailing = false
  namespace.pass(10)
  await namespace.sweep()
  expect(namespace.credentials.out.size).toBe(0)
  expect(await namespace.rows('leases/')).toEqual([])
})

test('a secret whose token is revoked while it is made is taken back', async () => {
  const namespace = await TestNamespace.create()
  for (let round = 0; round < 10; round++) {
    const token = await namespace.token({ policies: ['root'], ttl: '1h' })
    await Promise.allSettled([
      ...Array.from({ length: 4 }, () => lease(namespace, token)),
      namespace.call('update', 'auth/token/revoke', { token }),
      ...Array.from({ length: 4 }, () => lease(namespace, token)),
    ])
    await namespace.sweep()
    expect(namespace.credentials.out.size).toBe(0)
  }
})

test('a secret whose lease can’t be stored is taken back', async () => {
  for (let nth = 1, fired = true; fired; nth++) {
    const backend = new MemoryBackend()
    const before = await TestNamespace.create({ backend })
    const { cipher, clock, credentials, root } = before
    const faulty = new FaultyBackend(backend, nth, 'refused')
    const outcome = await TestNamespace.over({ backend: faulty, cipher, clock }, credentials)
      .then((cut) => cut.call('read', 'creds/user', {}, { token: root }))
      .then(
        () => 'given',
        () => 'refused',
      )
    fired = faulty.fired
    expect(credentials.out.size).toBe(outcome === 'given' ? 1 : 0)
  }
})

test('a renewal and a revocation at one time: the lease does not outlive the secret', async () => {
  const namespace = await TestNamespace.create()
  for (let round = 0; round < 20; round++) {
    const id = await lease(namespace)
    await Promise.allSettled([
      namespace.call('update', 'sys/leases/renew', { lease_id: id }),
      namespace.call('update', 'sys/leases/revoke', { lease_id: id }),
      namespace.call('update', 'sys/leases/renew', { lease_id: id }),
    ])
    expect(await namespace.rows('leases/')).toEqual([])
    expect(namespace.credentials.out.size).toBe(0)
  }
})

test('tidying removes the lease rows of tokens that are gone', async () => {
  const namespace = await TestNamespace.create()
  const id = await lease(namespace)
  await namespace.token({ ttl: '1h' })
  const before = await namespace.rows('')
  const codec = { encode: () => Buffer.from('{}'), decode: () => ({}) }
  await namespace.namespace.store.transaction(async (tx) => tx.put('leases/id/auth/token/create/ghost', {}, codec))
  const { warnings } = await namespace.call('update', 'sys/leases/tidy')
  expect(warnings).toEqual(['Tidy operation finished: 1 stale rows removed.'])
  expect(await namespace.rows('')).toEqual(before)
  expect(before).toContain(`leases/id/${id}`)
})

test('while a lease is being revoked it can’t be renewed', async () => {
  const namespace = await TestNamespace.create()
  const id = await lease(namespace)
  let renewal = ''
  namespace.credentials.whileRevoking = async () => {
    renewal = await namespace.refusal('update', 'sys/leases/renew', { lease_id: id })
  }
  await namespace.call('update', 'sys/leases/revoke', { lease_id: id })
  expect(renewal).toBe('invalid_request: lease expired')
})

test('a request whose token is revoked while its secret is made gets nothing', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ policies: ['root'], ttl: '1h' })
  namespace.credentials.whileMaking = () => namespace.call('update', 'auth/token/revoke', { token })
  expect(await namespace.refusal('read', 'creds/user', {}, { token })).toBe('permission_denied: permission denied')
  await namespace.sweep()
  expect(namespace.credentials.out.size).toBe(0)
})

test('a lease given to a batch token ends with the token’s time, renewed or not, and with the token’s parent', async () => {
  const namespace = await TestNamespace.create()
  await namespace.policy('users', 'path "creds/*" { capabilities = ["read"] }')
  const parent = await namespace.token({ policies: ['root'], ttl: '1h' })
  const batch = { type: 'batch', policies: ['users'], ttl: '5m' }
  const token = await namespace.token(batch, { token: parent })
  const first = await namespace.call('read', 'creds/user', {}, { token })
  expect(first.leaseDurationSeconds).toBe(300)
  namespace.pass(100)
  const renewed = await namespace.call('update', 'sys/leases/renew', { lease_id: first.leaseId, increment: 3000 })
  expect(renewed.leaseDurationSeconds).toBe(200)
  namespace.pass(200)
  await namespace.sweep()
  expect(namespace.credentials.out.size).toBe(0)

  const second = await namespace.token(batch, { token: parent })
  await lease(namespace, second)
  expect(namespace.credentials.out.size).toBe(1)
  await namespace.call('update', 'auth/token/revoke', { token: parent })
  expect(namespace.credentials.out.size).toBe(0)
})

test("a token's last use gives no secret that would end with it", async () => {
  const namespace = await TestNamespace.create()
  await namespace.policy('creds', 'path "creds/*" { capabilities = ["read"] }')
  const token = await namespace.token({ policies: ['creds'], num_uses: 2 })
  expect(await lease(namespace, token)).toMatch(/^creds/)
  for (const options of [{}, { wrapTtlSeconds: 60 }]) {
    const last = await namespace.token({ policies: ['creds'], num_uses: 1 })
    expect(await namespace.refusal('read', 'creds/user', {}, { token: last, ...options })).toBe(
      'invalid_request: Secret cannot be returned; token had one use left, so leased credentials were immediately revoked.',
    )
    expect(await namespace.isValid(last)).toBe(false)
  }
  expect(namespace.credentials.out.size).toBe(1)
})
