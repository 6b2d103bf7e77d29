import { describe, expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'

/** Who may make which tokens: the rules that keep a token from making one above itself. */

const MAY_CREATE = 'path "auth/token/*" { capabilities = ["create", "update"] }'
const MAY_SUDO = 'path "auth/token/*" { capabilities = ["create", "update", "sudo"] }'

async function world(): Promise<TestNamespace> {
  const namespace = await TestNamespace.create()
  await namespace.policy('maker', MAY_CREATE)
  await namespace.policy('admin', MAY_SUDO)
  await namespace.policy('more', 'path "secret/*" { capabilities = ["read"] }')
  return namespace
}

const policiesOf = async (namespace: TestNamespace, token: string) =>
  (await namespace.data('update', 'auth/token/lookup', { token })).policies

test('a child has its parent’s policies, or those of them it is given', async () => {
  const namespace = await world()
  const token = await namespace.token({ policies: ['maker', 'more'], ttl: '1h' })
  const child = (data: object) => namespace.token({ ttl: '1h', ...data }, { token })
  expect(await policiesOf(namespace, await child({}))).toEqual(['default', 'maker', 'more'])
  expect(await policiesOf(namespace, await child({ policies: ['more'] }))).toEqual(['default', 'more'])
  expect(await policiesOf(namespace, await child({ policies: ['MORE '] }))).toEqual(['default', 'more'])
  expect(await policiesOf(namespace, await child({ policies: ['more'], no_default_policy: true }))).toEqual(['more'])
})

test('default is not handed down by a token that lacks it', async () => {
  const namespace = await world()
  const token = await namespace.token({ policies: ['maker'], no_default_policy: true, ttl: '1h' })
  expect(await policiesOf(namespace, await namespace.token({}, { token }))).toEqual(['maker'])
  expect(await policiesOf(namespace, await namespace.token({ policies: ['maker'] }, { token }))).toEqual(['maker'])
  expect(await namespace.refusal('update', 'auth/token/create', { policies: ['default'] }, { token })).toBe(
    'invalid_request: child policies must be subset of parent',
  )
})

const refusedWithoutSudo: Record<string, [data: object, message: string]> = {
  'a policy that the parent lacks': [{ policies: ['more'] }, 'child policies must be subset of parent'],
  root: [{ policies: ['root'] }, 'child policies must be subset of parent'],
  'root among others': [{ policies: ['maker', 'root'] }, 'child policies must be subset of parent'],
  'an orphan': [{ no_parent: true }, 'root or sudo privileges required to create orphan token'],
  'a period': [{ period: '1h' }, 'root or sudo privileges required to create periodic token'],
  'an id of its own choice': [{ id: 'abc' }, 'root or sudo privileges required to specify token id'],
  'the policy of wrapping tokens': [{ policies: ['response-wrapping'] }, 'child policies must be subset of parent'],
  'negative uses': [{ num_uses: -1 }, 'number of uses cannot be negative'],
  'a negative ttl': [{ ttl: '-1h' }, 'ttl must be positive'],
  'an unknown type': [{ type: 'x' }, "invalid 'token_type' value"],
}
for (const [what, [data, message]] of Object.entries(refusedWithoutSudo)) {
  test(`without sudo a token can't be made with ${what}`, async () => {
    const namespace = await world()
    const token = await namespace.token({ policies: ['maker'], ttl: '1h' })
    expect(await namespace.refusal('update', 'auth/token/create', data, { token })).toBe(`invalid_request: ${message}`)
  })
}

const refusedWithSudo: Record<string, [data: object, message: string]> = {
  root: [{ policies: ['root'] }, 'root tokens may not be created without parent token being root'],
  'root by another spelling': [
    { policies: [' Root '] },
    'root tokens may not be created without parent token being root',
  ],
  'the policy of wrapping tokens': [{ policies: ['response-wrapping'] }, 'cannot assign policy "response-wrapping"'],
  'an id that looks like a service token': [{ id: 's.abc' }, "custom token ID cannot have the 's.' or 'b.' prefix"],
  'an id that looks like a batch token': [{ id: 'b.abc' }, "custom token ID cannot have the 's.' or 'b.' prefix"],
}
for (const [what, [data, message]] of Object.entries(refusedWithSudo)) {
  test(`sudo is not root: a token can't be made with ${what}`, async () => {
    const namespace = await world()
    const token = await namespace.token({ policies: ['admin'], ttl: '1h' })
    expect(await namespace.refusal('update', 'auth/token/create', data, { token })).toBe(`invalid_request: ${message}`)
  })
}

test('sudo gives policies that the parent lacks, orphans, periods and ids', async () => {
  const namespace = await world()
  const token = await namespace.token({ policies: ['admin'], ttl: '1h' })
  const data = { policies: ['more'], no_parent: true, period: '1h', id: 'chosen' }
  const { auth } = await namespace.call('update', 'auth/token/create', data, { token })
  expect(auth).toMatchObject({ clientToken: 'chosen', policies: ['default', 'more'], orphan: true })
})

describe('from a namespace above, what is not asked for is not handed down', () => {
  const below = { namespace: 'a/' }
  const boss = 'path "a/auth/token/create*" { capabilities = ["update", "sudo"] }'
  const asked: Record<string, [path: string, data: object, policies: readonly string[]]> = {
    'no policies': ['create', {}, ['default']],
    'no policies of an orphan': ['create-orphan', {}, ['default']],
    'no policies, not even the default one': ['create', { no_default_policy: true }, []],
    'others than the parent has': ['create', { policies: ['more'] }, ['default', 'more']],
    'none under a role without lists': ['create/open', {}, ['default']],
    'none under a role that forbids some': ['create/narrow', {}, ['default']],
  }
  for (const [what, [path, data, policies]] of Object.entries(asked)) {
    test(what, async () => {
      const namespace = await world()
      await namespace.data('update', 'sys/namespaces/a', {})
      await namespace.call('update', 'auth/token/roles/open', { orphan: true }, below)
      await namespace.call('update', 'auth/token/roles/narrow', { disallowed_policies: 'x' }, below)
      await namespace.policy('boss', boss)
      for (const token of [namespace.root, await namespace.token({ policies: ['boss'], ttl: '1h' })]) {
        const { auth } = await namespace.call('update', `auth/token/${path}`, data, { ...below, token })
        expect(auth?.policies).toEqual(policies)
      }
    })
  }
})

test('a role whose explicit maximum is longer than the mount’s is warned of, by either name of the setting', async () => {
  const namespace = await world()
  for (const name of ['token_explicit_max_ttl', 'explicit_max_ttl']) {
    const { warnings } = await namespace.call('update', `auth/token/roles/${name}`, { [name]: '9000h' })
    expect(warnings).toEqual([expect.stringContaining('longer than what the mount allows')])
    expect((await namespace.call('update', `auth/token/roles/${name}`, { [name]: '1h' })).warnings).toBeNull()
  }
})

test('a role may be allowed to give root, but only root may use it so', async () => {
  const namespace = await world()
  await namespace.call('update', 'auth/token/roles/top', { allowed_policies: ['root', 'more'] })
  const token = await namespace.token({ policies: ['admin'], ttl: '1h' })
  expect(await namespace.refusal('update', 'auth/token/create/top', { policies: ['root'] }, { token })).toBe(
    'invalid_request: root tokens may not be created without parent token being root',
  )
})

test('a root token that ends makes no root token that does not', async () => {
  const namespace = await world()
  const ending = await namespace.token({ policies: ['root'], ttl: '1h' })
  expect(await namespace.refusal('update', 'auth/token/create', {}, { token: ending })).toBe(
    'invalid_request: expiring root tokens cannot create non-expiring root tokens',
  )
  await namespace.token({ ttl: '2h' }, { token: ending })
})

test('only root makes tokens that never end', async () => {
  const namespace = await world()
  const root = await namespace.token({})
  expect(await namespace.data('update', 'auth/token/lookup', { token: root })).toMatchObject({
    ttl: 0,
    expire_time: null,
  })
  const other = await namespace.token({ policies: ['more'] })
  expect((await namespace.data('update', 'auth/token/lookup', { token: other })).ttl).toBe(2_764_800)
})

test.each(['batch', 'default-batch'])('uses that a role bounds are not for its batch tokens (%s)', async (type) => {
  const namespace = await world()
  const role = { token_type: type, orphan: true, renewable: false, token_num_uses: 2, allowed_policies: 'default' }
  await namespace.call('update', 'auth/token/roles/app', role)
  const { auth } = await namespace.call('update', 'auth/token/create/app')
  expect(auth).toMatchObject({ tokenType: 'batch', numUses: 0 })
  const look = () => namespace.data('read', 'auth/token/lookup-self', {}, { token: auth?.clientToken })
  for (let n = 0; n < 3; n++) expect(await look()).toMatchObject({ type: 'batch', num_uses: 0 })
})

test('a look-up by GET is of the token that its query names, and of the calling one without', async () => {
  const namespace = await world()
  const token = await namespace.token({ policies: ['more'] })
  const policies = async (data: object) => (await namespace.data('read', 'auth/token/lookup', data)).policies
  expect(await policies({ token })).toEqual(['default', 'more'])
  expect(await policies({})).toEqual(['root'])
  expect(await namespace.refusal('read', 'auth/token/lookup', { token: 's.none' })).toBe('permission_denied: bad token')
})

test('a role bounds what its tokens may be: policies, uses, period, orphan, path', async () => {
  const namespace = await world()
  await namespace.call('update', 'auth/token/roles/app', {
    allowed_policies: 'more',
    allowed_policies_glob: 'app-*',
    disallowed_policies: 'app-secret',
    orphan: true,
    token_period: '2h',
    token_num_uses: 3,
    path_suffix: 'rev-1',
    token_no_default_policy: true,
  })
  const token = await namespace.token({ policies: ['maker'], ttl: '1h' })
  const create = (data: object) => namespace.call('update', 'auth/token/create/app', data, { token })
  const { auth } = await create({ policies: ['more', 'app-x'], num_uses: 9 })
  expect(auth).toMatchObject({ policies: ['app-x', 'more'], orphan: true, numUses: 3, leaseDurationSeconds: 7200 })
  const shown = await namespace.data('update', 'auth/token/lookup', { token: auth?.clientToken })
  expect(shown).toMatchObject({ role: 'app', path: 'auth/token/create/app/rev-1', period: 7200 })
  const refusal = (data: object) => namespace.refusal('update', 'auth/token/create/app', data, { token })
  expect(await refusal({ policies: ['maker'] })).toContain(
    "token policies must be subset of the role's allowed policies",
  )
  expect(await refusal({ policies: ['app-secret'] })).toContain('is disallowed by this role')
  expect(await refusal({ policies: ['root'] })).toContain(
    "token policies must be subset of the role's allowed policies",
  )
})

test('a role that leaves default out gives it to who asks for it, or names it itself', async () => {
  const namespace = await world()
  const token = await namespace.token({ policies: ['maker', 'more'], ttl: '1h' })
  const given = async (role: object, asked: object) => {
    await namespace.call('update', 'auth/token/roles/app', { token_no_default_policy: true, ...role })
    const { auth } = await namespace.call('update', 'auth/token/create/app', asked, { token })
    return auth?.policies
  }
  expect(await given({ allowed_policies: 'more,default' }, {})).toEqual(['default', 'more'])
  expect(await given({ allowed_policies: 'more,default' }, { policies: ['more'] })).toEqual(['more'])
  expect(await given({ allowed_policies: 'more,default' }, { policies: ['more', 'default'] })).toEqual([
    'default',
    'more',
  ])
  expect(await given({ allowed_policies: 'more,default' }, { no_default_policy: true })).toEqual(['more'])
  expect(await given({ allowed_policies: [] }, {})).toEqual(['default', 'maker', 'more'])
  expect(await given({ allowed_policies: [] }, { policies: ['more'] })).toEqual(['more'])
})

test('what a role disallows is refused also where the parent hands it down', async () => {
  const namespace = await world()
  await namespace.call('update', 'auth/token/roles/low', { disallowed_policies: 'maker' })
  const token = await namespace.token({ policies: ['maker'], ttl: '1h' })
  expect(await namespace.refusal('update', 'auth/token/create/low', {}, { token })).toBe(
    'invalid_request: token policy "maker" is disallowed by this role',
  )
})

test('a token of a role that is gone is not renewed; a changed period counts from the next renewal', async () => {
  const namespace = await world()
  await namespace.call('update', 'auth/token/roles/app', { token_period: '2h' })
  const { auth } = await namespace.call('update', 'auth/token/create/app', { policies: ['more'] })
  const token = auth?.clientToken
  await namespace.call('update', 'auth/token/roles/app', { token_period: '3h' })
  expect((await namespace.call('update', 'auth/token/renew', { token })).auth?.leaseDurationSeconds).toBe(10_800)
  await namespace.call('delete', 'auth/token/roles/app')
  expect(await namespace.refusal('update', 'auth/token/renew', { token })).toBe(
    'invalid_request: original token role "app" could not be found, not renewing',
  )
})

test('an explicit maximum that a role set can’t be lifted by changing the role', async () => {
  const namespace = await world()
  await namespace.call('update', 'auth/token/roles/app', { token_explicit_max_ttl: '1h' })
  const { auth } = await namespace.call('update', 'auth/token/create/app', { policies: ['more'] })
  await namespace.call('update', 'auth/token/roles/app', { token_explicit_max_ttl: '0' })
  namespace.pass(1800)
  const renewed = await namespace.call('update', 'auth/token/renew', { token: auth?.clientToken, increment: '5h' })
  expect(renewed.auth?.leaseDurationSeconds).toBe(1800)
})

test.each([
  [{ ttl: '', lease: '1h' }, 3600],
  [{ lease: '1h' }, 3600],
  [{ ttl: '0', lease: '1h' }, 2_764_800],
  [{ ttl: '2h', lease: '1h' }, 7200],
  [{ ttl: '', lease: '' }, 2_764_800],
])('a ttl without a text says nothing, so that its older name counts: %j', async (data, seconds) => {
  const namespace = await world()
  const { auth } = await namespace.call('update', 'auth/token/create', { policies: ['more'], ...data })
  expect(auth?.leaseDurationSeconds).toBe(seconds)
})

test('addresses that bind a parent bind its children, unless a role binds them itself', async () => {
  const namespace = await world()
  await namespace.call('update', 'auth/token/roles/near', { token_bound_cidrs: '192.0.2.0/24' })
  const { auth } = await namespace.call('update', 'auth/token/create/near', { policies: ['maker'], ttl: '1h' })
  const child = await namespace.token({ ttl: '1h' }, { token: auth?.clientToken })
  const far = { token: child, remoteAddress: '198.51.100.1' }
  expect(await namespace.refusal('read', 'auth/token/lookup-self', {}, far)).toBe(
    'permission_denied: permission denied',
  )
})

test('a policy that does not exist is told of', async () => {
  const namespace = await world()
  const { warnings } = await namespace.call('update', 'auth/token/create', { policies: ['nowhere'] })
  expect(warnings).toContain('Policy "nowhere" does not exist')
})
