import { expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

test('tuning changes what is named and leaves the rest', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/creds/tune', { default_lease_ttl: '1h', description: 'new' })
  await namespace.call('update', 'sys/mounts/creds/tune', { max_lease_ttl: 7200, passthrough_request_headers: ['X-A'] })
  expect(await namespace.data('read', 'sys/mounts/creds/tune')).toEqual({
    description: 'new',
    default_lease_ttl: 3600,
    max_lease_ttl: 7200,
    force_no_cache: false,
    passthrough_request_headers: ['X-A'],
  })
  await namespace.call('update', 'sys/mounts/creds/tune', { default_lease_ttl: 'system' })
  // As peers show it, though nothing lasts longer than the maximum.
  expect(await namespace.data('read', 'sys/mounts/creds/tune')).toMatchObject({
    default_lease_ttl: 2_764_800,
    max_lease_ttl: 7200,
  })
  await namespace.call('update', 'sys/mounts/creds/tune', { max_lease_ttl: 'system' })
  await namespace.call('update', 'sys/mounts/creds/tune', { passthrough_request_headers: '' })
  expect(await namespace.data('read', 'sys/mounts/creds/tune')).toEqual({
    description: 'new',
    default_lease_ttl: 2_764_800,
    max_lease_ttl: 2_764_800,
    force_no_cache: false,
  })
})

test('tuning is refused where it makes no sense', async () => {
  const namespace = await TestNamespace.create()
  const refusal = (mount: string, data: object) => namespace.refusal('update', `sys/${mount}/tune`, data)
  expect(await refusal('mounts/creds', { default_lease_ttl: '2h', max_lease_ttl: '1h' })).toBe(
    'invalid_request: backend max lease TTL of 3600 would be less than backend default lease TTL of 7200',
  )
  expect(await refusal('mounts/creds', { token_type: 'batch' })).toBe(
    "invalid_request: 'token_type' can only be modified on auth mounts",
  )
  expect(await refusal('auth/token', { token_type: 'batch' })).toBe(
    "invalid_request: 'token_type' cannot be set for 'token' or 'ns_token' auth mounts",
  )
  expect(await refusal('mounts/cubbyhole', { description: 'x' })).toBe(
    'invalid_request: cannot tune parameter description of cubbyhole/',
  )
  expect(await refusal('mounts/nowhere', { description: 'x' })).toBe(
    'invalid_request: tune of path "nowhere/" failed: no mount entry found',
  )
  expect(await refusal('mounts/creds', { default_lease_ttl: '-1h' })).toContain('unable to parse default TTL')
  await namespace.call('update', 'sys/mounts/cubbyhole/tune', { audit_non_hmac_request_keys: 'a' })
})

test('an auth method tuned to batch tokens makes batch tokens', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/auth/door/tune', { token_type: 'batch' })
  const { auth } = await namespace.call('update', 'auth/door/login', {}, { token: undefined })
  expect(auth).toMatchObject({ tokenType: 'batch', accessor: '', renewable: false })
  expect(await namespace.isValid(auth?.clientToken ?? '')).toBe(true)
})

test('kv is upgraded to versions by tuning, with its data, and never back', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/old', { type: 'kv', options: { version: '1' } })
  await namespace.call('update', 'old/a', { a: 1 })
  const { warnings } = await namespace.call('update', 'sys/mounts/old/tune', { options: { version: 2 } })
  expect(warnings?.[0]).toContain('Upgrading mount from version 1 to version 2')
  expect((await namespace.data('read', 'old/data/a')).data).toEqual({ a: 1 })
  expect(await namespace.refusal('update', 'sys/mounts/old/tune', { options: { version: '1' } })).toBe(
    'invalid_request: cannot downgrade mount from version 2',
  )
  expect(await namespace.refusal('update', 'sys/mounts/secrets/tune', { options: { version: '2' } })).toBe(
    'invalid_request: cannot downgrade mount from version flat',
  )
})
