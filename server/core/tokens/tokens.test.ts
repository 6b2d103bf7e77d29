import { expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

const DENIED = 'permission_denied: permission denied'

test('of many concurrent requests with a token of N uses exactly N pass', async () => {
  const namespace = await TestNamespace.create()
  for (const uses of [1, 2, 7]) {
    const token = await namespace.token({ policies: ['default'], num_uses: uses })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 25 }, () => namespace.call('read', 'auth/token/lookup-self', {}, { token })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(uses)
    expect(await namespace.isValid(token)).toBe(false)
    expect(await namespace.rows('tokens/id/')).not.toContain(namespace.namespace.issued.tokens.hashOf(token))
  }
})

test('a refused request takes a use too', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ policies: ['default'], num_uses: 2 })
  expect(await namespace.refusal('read', 'sys/mounts', {}, { token })).toBe(DENIED)
  await namespace.call('read', 'auth/token/lookup-self', {}, { token })
  expect(await namespace.refusal('read', 'auth/token/lookup-self', {}, { token })).toBe(DENIED)
})

test('a token that was spent by a request which never ended is removed by the sweeper', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ policies: ['root'], num_uses: 1 })
  const hash = namespace.namespace.issued.tokens.hashOf(token)
  await namespace.namespace.issued.tokens.use(hash) // and the process dies
  expect(await namespace.isValid(token)).toBe(false)
  await namespace.sweep()
  expect(await namespace.rows('tokens/id/')).toContain(hash)
  namespace.pass(61)
  await namespace.sweep()
  expect(await namespace.rows('tokens/id/')).not.toContain(hash)
})

test('what stands in each audit record of a token is bounded', async () => {
  const namespace = await TestNamespace.create()
  const refusal = (more: object) => namespace.refusal('update', 'auth/token/create', { policies: ['default'], ...more })
  for (const type of ['service', 'batch']) {
    expect(await refusal({ type, meta: { note: 'x'.repeat(16_384) } })).toBe(
      'invalid_request: the metadata of a token is longer than 16384 characters',
    )
    expect(await refusal({ type, policies: Array.from({ length: 4000 }, (_, at) => `policy-${at}`) })).toBe(
      "invalid_request: the names of a token's policies are longer than 32768 characters together",
    )
  }
  const token = await namespace.token({ policies: ['default'], meta: { note: 'x'.repeat(16_000) } })
  expect(await namespace.isValid(token)).toBe(true)
})

test('a token of limited uses makes no children', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ policies: ['root'], num_uses: 5 })
  expect(await namespace.refusal('update', 'auth/token/create', {}, { token })).toBe(
    'invalid_request: restricted use token cannot generate child tokens',
  )
})

test('a token can be renewed until its maximum, and no longer', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ ttl: '1h', explicit_max_ttl: '90m' })
  namespace.pass(3000)
  const { auth, warnings } = await namespace.call('update', 'auth/token/renew', { token, increment: '1h' })
  expect(auth?.leaseDurationSeconds).toBe(2400)
  expect(warnings).toEqual([
    'TTL of "1h0m0s" exceeded the effective max_ttl of "40m0s"; TTL value is capped accordingly',
  ])
  namespace.pass(2399)
  expect(await namespace.isValid(token)).toBe(true)
  namespace.pass(1)
  expect(await namespace.isValid(token)).toBe(false)
  expect(await namespace.refusal('update', 'auth/token/renew', { token })).toBe('invalid_request: token not found')
})

// Go's watcher of lifetimes asks again without a pause, for what is left of the second, where it is refused.
test('a renewal in the last second of the maximum keeps the end, and says one second, since 0 would be no end', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ ttl: '1h', explicit_max_ttl: '1h' })
  namespace.clock.nowMs += 3_599_999
  const { auth } = await namespace.call('update', 'auth/token/renew', { token })
  expect(auth).toMatchObject({ leaseDurationSeconds: 1, renewable: true })
  namespace.clock.nowMs += 1
  expect(await namespace.isValid(token)).toBe(false)
})

test('a periodic token lives as long as it is renewed, each time for its period', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ policies: ['default'], period: '24h' })
  for (let day = 0; day < 60; day++) {
    namespace.pass(23 * 3600)
    const { auth } = await namespace.call('update', 'auth/token/renew-self', { increment: '999h' }, { token })
    expect(auth?.leaseDurationSeconds).toBe(24 * 3600)
  }
  namespace.pass(24 * 3600)
  expect(await namespace.isValid(token)).toBe(false)
})

test('a token that is not renewable, and the root token, are not renewed', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ ttl: '1h', renewable: false })
  const refused = 'invalid_request: lease is not renewable'
  expect(await namespace.refusal('update', 'auth/token/renew', { token })).toBe(refused)
  expect(await namespace.refusal('update', 'auth/token/renew-self')).toBe(refused)
})

test('an accessor looks up, renews and revokes its token, and never shows it', async () => {
  const namespace = await TestNamespace.create()
  const { auth } = await namespace.call('update', 'auth/token/create', { policies: ['default'], ttl: '1h' })
  const { accessor = '', clientToken = '' } = auth ?? {}
  const shown = await namespace.data('update', 'auth/token/lookup-accessor', { accessor })
  expect(shown).toMatchObject({ accessor, id: '', ttl: 3600, policies: ['default'] })
  const renewed = await namespace.call('update', 'auth/token/renew-accessor', { accessor, increment: '2h' })
  expect(renewed.auth).toMatchObject({ clientToken: '', accessor, leaseDurationSeconds: 7200 })
  const listed = await namespace.data('list', 'auth/token/accessors')
  expect(listed.keys).toContain(accessor)
  await namespace.call('update', 'auth/token/revoke-accessor', { accessor })
  expect(await namespace.isValid(clientToken)).toBe(false)
  expect(await namespace.refusal('update', 'auth/token/lookup-accessor', { accessor })).toBe(
    'invalid_request: invalid accessor',
  )
  expect((await namespace.data('list', 'auth/token/accessors')).keys).not.toContain(accessor)
})

test('no row names a token, and no row of another namespace key opens it', async () => {
  const namespace = await TestNamespace.create()
  const token = await namespace.token({ ttl: '1h' })
  const rows = await namespace.rows('')
  expect(rows.some((row) => row.includes(token))).toBe(false)
  const stored = await namespace.backend.get([`ns/root/tokens/id/${namespace.namespace.issued.tokens.hashOf(token)}`])
  expect(stored[0]).toBeDefined()
  expect(Buffer.from(stored[0]?.value ?? []).includes(token)).toBe(false)
})

test('a token bound to addresses is refused from others, and so are its children', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'auth/token/roles/near', { token_bound_cidrs: '192.0.2.0/24,2001:db8::/32' })
  const { auth } = await namespace.call('update', 'auth/token/create/near', { policies: ['default'], ttl: '1h' })
  const token = auth?.clientToken ?? ''
  const from = (remoteAddress: string) => namespace.call('read', 'auth/token/lookup-self', {}, { token, remoteAddress })
  expect((await from('192.0.2.200')).status).toBe(200)
  expect((await from('::ffff:192.0.2.1')).status).toBe(200)
  expect((await from('2001:db8::5')).status).toBe(200)
  for (const far of ['192.0.3.1', '::ffff:192.0.3.1', '2001:db9::1', '']) {
    await expect(from(far), far).rejects.toThrow('permission denied')
  }
})

test('a login makes a token on the terms of its auth method, never a root token', async () => {
  const namespace = await TestNamespace.create()
  const { auth } = await namespace.call(
    'update',
    'auth/door/login',
    { policies: ['a'], ttlSeconds: 60 },
    { token: undefined },
  )
  expect(auth).toMatchObject({
    policies: ['a', 'default'],
    leaseDurationSeconds: 60,
    orphan: true,
    tokenType: 'service',
  })
  expect(await namespace.refusal('update', 'auth/door/login', { policies: ['root'] }, { token: undefined })).toBe(
    'invalid_request: auth methods cannot create root tokens',
  )
})

test.each([{ policies: ['Response-Wrapping'], noDefaultPolicy: true }, { policies: ['a', 'response-wrapping'] }])(
  'a login makes no token that could be passed off as a wrapped answer: %j',
  async (grant) => {
    const namespace = await TestNamespace.create()
    expect(await namespace.refusal('update', 'auth/door/login', grant, { token: undefined })).toBe(
      'invalid_request: cannot assign policy "response-wrapping"',
    )
  },
)

test('a login token is renewed within the maximum of its mount', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/auth/door/tune', { default_lease_ttl: '1h', max_lease_ttl: '2h' })
  const { auth } = await namespace.call('update', 'auth/door/login', {}, { token: undefined })
  const as = { token: auth?.clientToken }
  expect(auth?.leaseDurationSeconds).toBe(3600)
  namespace.pass(3500)
  const renewed = await namespace.call('update', 'auth/token/renew-self', { increment: '5h' }, as)
  expect(renewed.auth?.leaseDurationSeconds).toBe(3700)
})

test('a maximum that the auth method set at the login holds at renewals', async () => {
  const namespace = await TestNamespace.create()
  const terms = { ttlSeconds: 3600, maxTtlSeconds: 7200 }
  const { auth } = await namespace.call('update', 'auth/door/login', terms, { token: undefined })
  namespace.pass(3500)
  const as = { token: auth?.clientToken }
  const renewed = await namespace.call('update', 'auth/token/renew-self', { increment: '5h' }, as)
  expect(renewed.auth?.leaseDurationSeconds).toBe(3700)
})

test('tidying removes rows that name no token, and nothing else', async () => {
  const namespace = await TestNamespace.create()
  const parent = await namespace.token({ policies: ['root'], ttl: '1h' })
  const child = await namespace.token({ ttl: '1h' }, { token: parent })
  await namespace.call('read', 'creds/user', {}, { token: parent })
  const before = await namespace.rows('')
  const { store, issued } = namespace.namespace
  const ghost = issued.tokens.hashOf('ghost')
  await store.transaction(async (tx) => {
    const codec = {
      encode: (text: string) => Buffer.from(text),
      decode: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
    }
    tx.put('tokens/accessor/lost', JSON.stringify({ hash: ghost }), codec)
    tx.put(`tokens/parent/${issued.tokens.hashOf(parent)}/${ghost}`, '{}', codec)
    tx.put(
      `leases/token/${issued.tokens.hashOf(parent)}/${Buffer.from('creds/user/none').toString('base64url')}`,
      '{}',
      codec,
    )
  })
  const { status, warnings } = await namespace.call('update', 'auth/token/tidy')
  expect([status, warnings?.[0]]).toEqual([202, 'Tidy operation finished: 3 stale rows removed.'])
  expect(await namespace.rows('')).toEqual(before)
  expect(await namespace.isValid(child)).toBe(true)
})
