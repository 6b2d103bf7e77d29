import { expect, test } from 'vitest'
import { engine, route } from '../../../engines/engine.ts'
import { FaultyBackend } from '../../../storage/faulty.ts'
import { MemoryBackend } from '../../../storage/memory/memory.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { canonicalMountPath } from './table.ts'

const NO_ROUTE = 'not_found: no handler for route'

async function mountRows(namespace: TestNamespace, uuid: string | undefined): Promise<string[]> {
  return (await namespace.rows('mount/')).filter((row) => row.startsWith(`${uuid}/`))
}

test('a mount is shown at the top and in data, with what Vault’s clients read', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/team/kv', {
    type: 'kv-v2',
    description: 'of a team',
    config: {
      default_lease_ttl: '1h',
      max_lease_ttl: 7200,
      listing_visibility: 'unauth',
      audit_non_hmac_request_keys: 'a, b',
    },
  })
  const { data, topLevel } = await namespace.call('read', 'sys/mounts')
  expect(topLevel).toBe(true)
  expect(data?.['team/kv/']).toEqual({
    type: 'kv',
    description: 'of a team',
    accessor: expect.stringMatching(/^kv_[0-9a-f]{8}$/),
    uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    local: false,
    seal_wrap: false,
    external_entropy_access: false,
    options: { version: '2' },
    plugin_version: '',
    running_plugin_version: '',
    running_sha256: '',
    deprecation_status: 'supported',
    config: {
      default_lease_ttl: 3600,
      max_lease_ttl: 7200,
      force_no_cache: false,
      listing_visibility: 'unauth',
      audit_non_hmac_request_keys: ['a', 'b'],
    },
  })
  expect(await namespace.data('read', 'sys/mounts/team/kv')).toEqual(data?.['team/kv/'])
  expect(data?.['cubbyhole/']).toMatchObject({ options: null })
  await namespace.call('update', 'sys/mounts/plain', { type: 'kv' })
  expect(await namespace.data('read', 'sys/mounts/plain')).toMatchObject({ options: {} })
  expect(Object.keys(data ?? {})).not.toContain('auth/token/')
  const auth = await namespace.data('read', 'sys/auth')
  expect(Object.keys(auth)).toEqual(['token/', 'door/'])
  expect(auth['door/']).toMatchObject({ type: 'door', accessor: expect.stringMatching(/^auth_door_/) })
})

test('an auth method is read among the mounts, as clients do that have no sudo, and unmounted only where sudo is asked for', async () => {
  const namespace = await TestNamespace.create()
  expect(await namespace.data('read', 'sys/mounts/auth/door')).toEqual(await namespace.data('read', 'sys/auth/door'))
  expect(await namespace.refusal('read', 'sys/mounts/auth/none')).toBe(
    'invalid_request: No secret engine mount at auth/none/',
  )
  const policy = 'path "sys/mounts/*" { capabilities = ["read", "update", "delete"] }'
  await namespace.call('update', 'sys/policies/acl/mounts', { policy })
  const as = { token: await namespace.token({ policies: ['mounts'] }) }
  expect(await namespace.data('read', 'sys/mounts/auth/door', {}, as)).toMatchObject({ type: 'door' })
  for (const path of ['auth/door', 'auth/door/', 'auth/token'])
    expect(await namespace.refusal('delete', `sys/mounts/${path}`, {}, as)).toMatch(/^invalid_request: cannot unmount/)
  expect(await namespace.data('read', 'sys/auth/door')).toMatchObject({ type: 'door' })
})

test('generic, as version 1 of kv was called once, is still taken', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/old', { type: 'generic' })
  expect(await namespace.data('read', 'sys/mounts/old')).toMatchObject({ type: 'kv', options: { version: '1' } })
  await namespace.call('update', 'old/a', { b: 'c' })
  expect(await namespace.data('read', 'old/a')).toEqual({ b: 'c' })
})

const refused: Record<string, [path: string, data: object, message: string]> = {
  'no type': ['mounts/x', {}, 'backend type must be specified as a string'],
  'an unknown type': ['mounts/x', { type: 'nope' }, 'plugin not found in the catalog: nope'],
  'an auth method as an engine': ['mounts/x', { type: 'door' }, 'plugin not found in the catalog: door'],
  'an engine as an auth method': ['auth/x', { type: 'kv' }, 'plugin not found in the catalog: kv'],
  'a second cubbyhole': ['mounts/x', { type: 'cubbyhole' }, 'mount type of "cubbyhole" is not mountable'],
  'a second system': ['mounts/x', { type: 'system' }, 'mount type of "system" is not mountable'],
  'a path that is taken': ['mounts/secret', { type: 'kv' }, 'path is already in use at secret/'],
  'a path within a mount': ['mounts/secret/below', { type: 'kv' }, 'path is already in use at secret/'],
  'a path of the server': ['mounts/sys/x', { type: 'kv' }, 'cannot mount "sys/x/"'],
  'an engine below auth': ['mounts/auth/x', { type: 'kv' }, 'cannot mount "auth/x/"'],
  'an auth method over another': ['auth/token', { type: 'door' }, 'path is already in use at auth/token/'],
  'a version for an engine without': [
    'mounts/x',
    { type: 'transit', options: { version: '2' } },
    'secrets engine "transit" does not allow setting a version',
  ],
  'a kv version that is none': [
    'mounts/x',
    { type: 'kv', options: { version: '3' } },
    'unknown version of the key-value engine: it is 1, 2 or flat',
  ],
  'a default above its maximum': [
    'mounts/x',
    { type: 'kv', config: { default_lease_ttl: '2h', max_lease_ttl: '1h' } },
    'given default lease TTL greater than given max lease TTL',
  ],
  'a default above the server’s maximum': [
    'mounts/x',
    { type: 'kv', config: { default_lease_ttl: '999999h' } },
    'given default lease TTL greater than system max lease TTL of 2764800',
  ],
  'a duration that is none': [
    'mounts/x',
    { type: 'kv', config: { max_lease_ttl: 'soon' } },
    'unable to parse max TTL: expected a duration such as 30, "30s" or "1h30m"',
  ],
  'a visibility that is none': [
    'mounts/x',
    { type: 'kv', config: { listing_visibility: 'all' } },
    "invalid listing_visibility: it is 'hidden', 'unauth' or empty",
  ],
  'a plugin version': [
    'mounts/x',
    { type: 'kv', plugin_version: 'v1.0.0' },
    'cannot select a version: engines are part of the server',
  ],
}
for (const [what, [path, data, message]] of Object.entries(refused)) {
  test(`mounting is refused: ${what}`, async () => {
    const namespace = await TestNamespace.create()
    const before = await namespace.namespace.mounts.all()
    expect(await namespace.refusal('update', `sys/${path}`, data)).toBe(`invalid_request: ${message}`)
    expect(await namespace.namespace.mounts.all()).toEqual(before)
  })
}

test('a mount above another is refused too', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('update', 'sys/mounts/a/b', { type: 'kv' })
  expect(await namespace.refusal('update', 'sys/mounts/a', { type: 'kv' })).toBe(
    'invalid_request: path is already in use at a/b/',
  )
  await namespace.call('update', 'sys/mounts/a/bc', { type: 'kv' })
})

test('of many who mount at one path at once one succeeds', async () => {
  const namespace = await TestNamespace.create()
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => namespace.call('update', 'sys/mounts/race', { type: 'kv' })),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect((await namespace.namespace.mounts.all()).filter(({ path }) => path === 'race/')).toHaveLength(1)
})

test('a mount path is canonical, or no path', () => {
  expect(['a', '/a', 'a/', '/a/b/'].map(canonicalMountPath)).toEqual(['a/', 'a/', 'a/', 'a/b/'])
  for (const bad of [
    '',
    '/',
    'a//b',
    'a/../b',
    '.',
    'a/ b',
    'a\u0000b',
    'a\u200bb',
    'a\u202eb',
    'a*',
    'a/+/b',
    'a\\b',
    'x'.repeat(1025),
  ]) {
    expect(() => canonicalMountPath(bad), JSON.stringify(bad)).toThrow()
  }
})

test('unmounting revokes the leases, deletes what was stored, and leaves no row', async () => {
  const namespace = await TestNamespace.create()
  const before = await namespace.rows('')
  await namespace.call('update', 'sys/mounts/users', { type: 'creds' })
  await namespace.call('update', 'sys/mounts/plain', { type: 'kv' })
  await namespace.call('read', 'users/user')
  for (let i = 0; i < 3; i++) await namespace.call('update', `plain/secret-${i}`, { a: 1 })
  const uuid = (await namespace.namespace.mounts.at('plain/'))?.uuid
  expect(await mountRows(namespace, uuid)).not.toEqual([])
  await namespace.call('delete', 'sys/mounts/users')
  await namespace.call('delete', 'sys/mounts/plain/')
  expect(namespace.credentials.out.size).toBe(0)
  expect(await mountRows(namespace, uuid)).toEqual([])
  expect(await namespace.rows('')).toEqual(before)
  expect(await namespace.refusal('read', 'plain/secret-1')).toContain(NO_ROUTE)
  await namespace.call('update', 'sys/mounts/plain', { type: 'kv' })
  expect(await namespace.refusal('read', 'plain/secret-1')).toBe('not_found: ')
})

test('a mount whose leases can’t be revoked stays, closed, until they can or are forgotten', async () => {
  const namespace = await TestNamespace.create()
  await namespace.call('read', 'creds/user')
  namespace.credentials.isFailing = true
  expect(await namespace.refusal('delete', 'sys/mounts/creds')).toContain('1 leases were not revoked')
  expect(await namespace.refusal('read', 'creds/user')).toContain(NO_ROUTE)
  await namespace.sweep()
  expect(await namespace.namespace.mounts.at('creds/')).toMatchObject({ leaving: true })
  await namespace.call('update', 'sys/leases/revoke-force/creds')
  namespace.pass(3600)
  await namespace.sweep()
  expect(await namespace.namespace.mounts.at('creds/')).toBeUndefined()
  expect(await namespace.rows('removals/')).toEqual([])
})

test('unmounting what is not there succeeds, the server’s own mounts stay', async () => {
  const namespace = await TestNamespace.create()
  expect((await namespace.call('delete', 'sys/mounts/nowhere')).status).toBe(204)
  expect(await namespace.refusal('delete', 'sys/mounts/cubbyhole')).toBe('invalid_request: cannot unmount "cubbyhole/"')
  expect(await namespace.refusal('delete', 'sys/mounts/sys')).toBe('invalid_request: cannot unmount "sys/"')
  expect(await namespace.refusal('delete', 'sys/auth/token')).toBe('invalid_request: cannot unmount "auth/token/"')
})

test('unmounting an auth method ends the tokens it made', async () => {
  const namespace = await TestNamespace.create()
  const login = await namespace.call('update', 'auth/door/login', {}, { token: undefined })
  await namespace.call('delete', 'sys/auth/door')
  expect(await namespace.isValid(login.auth?.clientToken ?? '')).toBe(false)
  expect(await namespace.refusal('update', 'auth/door/login', {}, { token: undefined })).toContain('permission_denied')
})

for (const fate of ['refused', 'applied, reply lost'] as const) {
  test(`an unmounting that was cut short (${fate}) is finished by the sweeper`, async () => {
    for (let nth = 1, fired = true; fired; nth++) {
      const backend = new MemoryBackend()
      const before = await TestNamespace.create({ backend })
      const untouched = await before.rows('')
      await before.call('update', 'sys/mounts/users', { type: 'creds' })
      await before.call('read', 'users/user')
      const { cipher, clock, credentials, root } = before
      const faulty = new FaultyBackend(backend, nth, fate)
      await TestNamespace.over({ backend: faulty, cipher, clock }, credentials)
        .then((cut) => cut.call('delete', 'sys/mounts/users', {}, { token: root }))
        .catch(() => undefined)
      fired = faulty.fired
      const after = await TestNamespace.over({ backend, cipher, clock }, credentials)
      after.root = root
      after.pass(61)
      await after.sweep()
      after.pass(61)
      await after.sweep()
      const isThere = (await after.namespace.mounts.at('users/')) !== undefined
      // Either nothing was begun, or nothing is left.
      if (isThere) expect((await after.namespace.mounts.at('users/'))?.leaving, `fault ${nth}`).toBe(false)
      else {
        expect([...credentials.out], `fault ${nth}`).toEqual([])
        expect(await after.rows(''), `fault ${nth}`).toEqual(untouched)
      }
    }
  })
}

test('a mount that can’t be opened is unavailable, alone, until it can', async () => {
  let isBroken = true
  let opens = 0
  const fragile = engine({
    type: 'fragile',
    kind: 'secret',
    description: 'breaks',
    routes: [route('x', { summary: 'x', fields: {}, operations: { read: async () => ({ data: { ok: true } }) } })],
    open: async () => {
      opens++
      if (isBroken) throw new Error('broken')
    },
  })
  const namespace = await TestNamespace.create({ engines: [fragile] })
  await namespace.call('update', 'sys/mounts/fragile', { type: 'fragile' })
  const refusals = await Promise.all([1, 2, 3].map(() => namespace.refusal('read', 'fragile/x')))
  expect(new Set(refusals)).toEqual(new Set(['unavailable: the mount could not be opened; it is tried again soon']))
  expect(opens).toBe(1)
  await namespace.call('update', 'cubbyhole/x', { a: 1 })
  isBroken = false
  namespace.pass(10)
  const answers = await Promise.all([1, 2, 3].map(() => namespace.data('read', 'fragile/x')))
  expect(answers).toEqual([{ ok: true }, { ok: true }, { ok: true }])
  expect(opens).toBe(2)
})
