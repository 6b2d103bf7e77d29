import { beforeEach, describe, expect, test } from 'vitest'
import { TestNamespace } from '../../../../test/core/test-namespace.ts'

let vault: TestNamespace
beforeEach(async () => {
  vault = await TestNamespace.create()
})

const at = (path: string): string => `identity/oidc/${path}`
const put = (path: string, data: object = {}) => vault.call('update', at(path), data)
const read = (path: string, data: object = {}) => vault.data('read', at(path), data)
const list = (path: string, data: object = {}) => vault.data('list', at(path), data)
const refusal = (operation: 'update' | 'delete' | 'read' | 'list', path: string, data: object = {}) =>
  vault.refusal(operation, at(path), data)

describe('what is there without having been made', () => {
  test('is read and listed', async () => {
    expect(await read('provider/default')).toEqual({
      issuer: 'https://vault.test:8200/v1/identity/oidc/provider/default',
      allowed_client_ids: ['*'],
      scopes_supported: [],
    })
    expect(await read('assignment/allow_all')).toEqual({ entity_ids: ['*'], group_ids: ['*'] })
    expect(await read('key/default')).toMatchObject({ algorithm: 'RS256', allowed_client_ids: ['*'] })
    expect((await list('provider')).keys).toEqual(['default'])
    expect((await list('assignment')).keys).toEqual(['allow_all'])
    expect((await list('key')).keys).toEqual(['default'])
  })

  test('stands in its place in pages', async () => {
    for (const name of ['a', 'b', 'z']) await put(`assignment/${name}`)
    const pages: unknown[] = []
    for (let after = ''; ; ) {
      const page = await list('assignment', { after, limit: 2 }).catch(() => undefined)
      if (page === undefined) break
      const keys = page.keys as string[]
      pages.push(keys)
      after = keys.at(-1) ?? ''
    }
    expect(pages).toEqual([
      ['a', 'allow_all'],
      ['b', 'z'],
    ])
  })

  test('stays', async () => {
    expect(await refusal('delete', 'provider/default')).toContain('deletion of OIDC provider "default" not allowed')
    expect(await refusal('delete', 'assignment/allow_all')).toContain('deletion of assignment "allow_all" not allowed')
    expect(await refusal('update', 'assignment/allow_all', { entity_ids: 'x' })).toContain(
      'modification of assignment "allow_all" not allowed',
    )
  })

  test('but for the provider, which can be changed', async () => {
    await put('scope/s', { template: '{"a": 1}' })
    await put('provider/default', { scopes_supported: 's' })
    expect(await read('provider/default')).toMatchObject({ allowed_client_ids: ['*'], scopes_supported: ['s'] })
    expect((await list('provider')).keys).toEqual(['default'])
  })
})

test('a client has what Vault gives it, and keeps its id, secret, key and kind', async () => {
  await put('client/app')
  const made = await read('client/app')
  expect(made).toEqual({
    redirect_uris: [],
    assignments: [],
    key: 'default',
    id_token_ttl: 86_400,
    access_token_ttl: 86_400,
    client_type: 'confidential',
    client_id: expect.stringMatching(/^[0-9A-Za-z]{32}$/),
    client_secret: expect.stringMatching(/^hvo_secret_[0-9A-Za-z]{64}$/),
    authorization_code: true,
    client_credentials: false,
  })
  await put('client/app', { id_token_ttl: '1h', redirect_uris: 'https://a/b,https://c/d,https://a/b' })
  expect(await read('client/app')).toEqual({
    ...made,
    id_token_ttl: 3600,
    redirect_uris: ['https://a/b', 'https://c/d'],
  })
  expect(await refusal('update', 'client/app', { key: 'k' })).toContain('key modification is not allowed')
  expect(await refusal('update', 'client/app', { client_type: 'public' })).toContain('client_type modification')
})

test('a public client has no secret, and no list tells one', async () => {
  await put('client/app')
  await put('client/spa', { client_type: 'public' })
  expect(await read('client/spa')).not.toHaveProperty('client_secret')
  const { keys, key_info: info } = await list('client')
  expect(keys).toEqual(['app', 'spa'])
  expect(info).toMatchObject({ app: { client_type: 'confidential' }, spa: { client_type: 'public' } })
  expect(JSON.stringify(info)).not.toContain('secret')
})

test('providers are listed with what they are, and by client', async () => {
  await put('provider/one', { allowed_client_ids: 'x' })
  await put('provider/two', { allowed_client_ids: 'y' })
  expect((await list('provider')).keys).toEqual(['default', 'one', 'two'])
  const { keys, key_info: info } = await list('provider', { allowed_client_id: 'x' })
  expect(keys).toEqual(['default', 'one'])
  expect(info).toMatchObject({ one: { allowed_client_ids: ['x'], scopes_supported: [] } })
})

test('what is in use stays', async () => {
  await put('key/k', { algorithm: 'ES256' })
  await put('assignment/staff')
  await put('scope/s', { template: '{"a": 1}' })
  await put('client/app', { key: 'k', assignments: 'staff' })
  await put('provider/p', { scopes_supported: 's' })
  expect(await refusal('delete', 'key/k')).toContain('currently referenced by these clients: app')
  expect(await refusal('delete', 'assignment/staff')).toContain('currently referenced by these clients: app')
  expect(await refusal('delete', 'scope/s')).toContain('currently referenced by these providers: p')
  expect(await refusal('update', 'key/k', { verification_ttl: '1h' })).toContain('ID tokens of the client "app"')
  for (const path of ['client/app', 'provider/p', 'key/k', 'assignment/staff', 'scope/s'])
    await vault.call('delete', at(path))
  for (const path of ['client/app', 'provider/p', 'key/k', 'assignment/staff', 'scope/s'])
    expect(await refusal('read', path)).toContain('not_found')
  expect(await refusal('list', 'client')).toContain('not_found')
})

test('scopes with the same claim are warned about', async () => {
  await put('scope/one', { template: '{"a": 1}', description: 'first' })
  await put('scope/two', { template: Buffer.from('{"a": {{identity.entity.id}}}').toString('base64') })
  expect(await read('scope/one')).toEqual({ template: '{"a": 1}', description: 'first' })
  expect(await read('scope/two')).toEqual({ template: '{"a": {{identity.entity.id}}}', description: '' })
  const { warnings } = await put('provider/p', { scopes_supported: 'one,two', issuer: 'https://sso.test' })
  expect(warnings).toEqual([
    expect.stringContaining('Tokens are of this issuer'),
    expect.stringContaining('"one" and "two" both have the claim "a"'),
  ])
})

const refusals: Record<string, [path: string, data: object, says: string]> = {
  'the scope openid': ['scope/openid', {}, 'the "openid" scope name is reserved'],
  'a scope with a claim of the server': ['scope/s', { template: '{"aud": "x"}' }, 'top level key "aud" not allowed'],
  'a scope that is no JSON': ['scope/s', { template: '{' }, 'error parsing template JSON'],
  'a provider of a scope that is not there': ['provider/p', { scopes_supported: 's' }, 'scope "s" does not exist'],
  'an issuer with a path': ['provider/p', { issuer: 'https://a/b' }, 'invalid issuer'],
  'a client of an assignment that is not there': ['client/c', { assignments: 'a' }, 'assignment "a" does not exist'],
  'a client of a key that is not there': ['client/c', { key: 'k' }, 'key "k" does not exist'],
  'a client of an unknown kind': ['client/c', { client_type: 'other' }, 'must be one of'],
  'ID tokens that outlive their key': [
    'client/c',
    { id_token_ttl: '25h' },
    'cannot be greater than the verification_ttl',
  ],
  'tokens of no length': ['client/c', { access_token_ttl: 0 }, 'must be at least a second'],
  'a public client with tokens of its own': [
    'client/c',
    { client_type: 'public', client_credentials: true },
    'needs a confidential client',
  ],
}
test.each(Object.entries(refusals))('refuses %s, and makes nothing', async (_what, [path, data, says]) => {
  expect(await refusal('update', path, data)).toContain(says)
  expect(await refusal('read', path)).toContain('not_found')
})
