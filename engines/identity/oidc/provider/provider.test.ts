import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { TestNamespace } from '../../../../test/core/test-namespace.ts'
import { claimsIn, ISSUER, ProviderWorld, REDIRECT, said } from './testing-provider.ts'

let world: ProviderWorld
beforeEach(async () => {
  world = await ProviderWorld.create()
})

const half = (text: unknown): string =>
  createHash('sha256').update(String(text)).digest().subarray(0, 16).toString('base64url')
describe('a code', () => {
  test('is exchanged for an ID token that says who logged in, and an access token for the rest', async () => {
    await world.vault.call('update', `identity/entity/id/${world.entityId}`, { name: 'Bob', metadata: { team: 'red' } })
    await world.vault.call('update', 'identity/group', { name: 'staff', member_entity_ids: world.entityId })
    const { status, body } = await world.authorize({ scope: 'openid profile team unknown', nonce: 'n', state: 'a b&c' })
    expect([status, body.state]).toEqual([200, 'a b&c'])
    const answer = await world.exchange({ code: body.code })
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
      body: { token_type: 'Bearer', expires_in: 86_400, scope: 'openid profile team' },
    })
    const now = Math.floor(world.vault.clock.now() / 1000)
    expect(claimsIn(answer.body.id_token)).toEqual({
      iss: ISSUER,
      sub: world.entityId,
      aud: world.app.id,
      iat: now,
      exp: now + 86_400,
      namespace: 'root',
      nonce: 'n',
      at_hash: half(answer.body.access_token),
      c_hash: half(body.code),
      name: 'Bob',
      groups: ['staff'],
      team: 'red',
    })
    const told = await world.userinfo(answer.body.access_token)
    expect(told.body).toEqual({ sub: world.entityId, name: 'Bob', groups: ['staff'], team: 'red' })
  })

  test('is good for five minutes', async () => {
    const [one, other] = [await world.code(), await world.code()]
    world.vault.pass(299)
    expect((await world.exchange({ code: one })).status).toBe(200)
    world.vault.pass(1)
    expect(said(await world.exchange({ code: other }))).toBe(
      '400 invalid_grant: authorization grant is invalid or expired',
    )
  })

  test('that many redeem at once is exchanged once', async () => {
    const code = await world.code()
    const answers = await Promise.all(Array.from({ length: 25 }, () => world.exchange({ code })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.filter(({ status }) => status !== 200).map(said))).toEqual(
      new Set(['400 invalid_grant: authorization grant is invalid or expired']),
    )
  })

  test('of one node is exchanged at another, and by both of them once', async () => {
    const { backend, cipher, clock } = world.vault
    const other = await TestNamespace.over({ backend, cipher, clock })
    await other.namespace.open()
    const there = (data: object) => world.exchange(data, {}, other)
    expect((await there({ code: await world.code() })).status).toBe(200)
    const code = await world.code()
    const both = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? world.exchange({ code }) : there({ code })))
    expect((await Promise.all(both)).filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('that comes again ends what it was exchanged for', async () => {
    const code = await world.code()
    const { body } = await world.exchange({ code })
    expect((await world.userinfo(body.access_token)).status).toBe(200)
    expect(said(await world.exchange({ code }))).toContain('invalid_grant')
    expect(said(await world.userinfo(body.access_token))).toBe(
      '401 invalid_token: access token is malformed or invalid',
    )
  })

  test('and what it is exchanged for are nowhere in the rows', async () => {
    const code = await world.code()
    const { body } = await world.exchange({ code })
    const rows = (await world.grants()).join()
    expect(rows).not.toContain(code)
    expect(rows).not.toContain(String(body.access_token))
  })

  test('and access tokens go by themselves', async () => {
    await world.put('client/app', { access_token_ttl: '10m' })
    await world.exchange({ code: await world.code() })
    await world.code()
    expect(await world.grants()).toHaveLength(3)
    world.vault.pass(601)
    await world.vault.sweep()
    expect(await world.grants()).toEqual([])
  })
})

describe('an access token', () => {
  const refusals: Record<string, [change: (world: ProviderWorld) => unknown, says: string]> = {
    'that is too old': [({ vault }) => vault.pass(86_400), '401 invalid_token'],
    'of a client that is gone': [({ vault }) => vault.call('delete', 'identity/oidc/client/app'), '403 access_denied'],
    'of an entity that is gone': [
      ({ vault, entityId }) => vault.call('delete', `identity/entity/id/${entityId}`),
      '403 access_denied',
    ],
    'of an entity that is disabled': [
      ({ vault, entityId }) => vault.call('update', `identity/entity/id/${entityId}`, { disabled: true }),
      '403 access_denied',
    ],
    'of an entity that is assigned no more': [
      (world) => world.put('assignment/staff', { entity_ids: '' }),
      '403 access_denied',
    ],
    'of a client that the provider has no more': [
      (world) => world.put('provider/p', { allowed_client_ids: world.spa }),
      '403 access_denied',
    ],
  }
  test.each(Object.entries(refusals))('%s tells nothing', async (_what, [change, says]) => {
    const { body } = await world.exchange({ code: await world.code() })
    await change(world)
    expect(said(await world.userinfo(body.access_token))).toContain(says)
  })

  test('is no token of the vault, and the other way round', async () => {
    const { body } = await world.exchange({ code: await world.code() })
    const token = String(body.access_token)
    expect(await world.vault.refusal('read', 'auth/token/lookup-self', {}, { token })).toContain('permission_denied')
    const answer = await world.userinfo(world.vault.root)
    expect(said(answer)).toBe('401 invalid_token: access token is malformed or invalid')
    expect(answer.headers['www-authenticate']).toContain('Bearer error="invalid_token"')
    expect(said(await world.userinfo(''))).toContain('401 invalid_token: access token must be sent as a Bearer token')
  })

  test('is of one provider', async () => {
    const { body } = await world.exchange({ code: await world.code() })
    const answer = await world.ask('read', 'default/userinfo', {}, { token: String(body.access_token) })
    expect(said(answer)).toContain('401 invalid_token')
  })
})

test('a value where a name of a claim is expected sets none of those that the server sets', async () => {
  await world.put('scope/team', { template: '{ {{identity.entity.metadata.team}}: "forged" }' })
  await world.vault.call('update', `identity/entity/id/${world.entityId}`, { metadata: { team: 'auth_time' } })
  const { body } = await world.exchange({ code: await world.code({ scope: 'openid team' }) })
  expect(claimsIn(body.id_token)).not.toHaveProperty('auth_time')
  expect((await world.userinfo(body.access_token)).body).toEqual({ sub: world.entityId })
})

test('namespaces are apart: no client, code or access token of one means anything in another', async () => {
  const namespace = 'other/'
  const { vault } = world
  await vault.call('update', 'sys/namespaces/other')
  await vault.call('update', 'sys/auth/door', { type: 'door' }, { namespace })
  await world.put('key/k', { algorithm: 'ES256', allowed_client_ids: '*' }, { namespace })
  await world.put('client/app', { key: 'k', redirect_uris: REDIRECT, assignments: 'allow_all' }, { namespace })
  await world.put('provider/p', {}, { namespace })
  await world.put('provider/p', { allowed_client_ids: '*' }, { namespace })
  const there = await vault.data('read', 'identity/oidc/client/app', {}, { namespace })
  const own = { client_id: there.client_id, client_secret: there.client_secret }
  const code = await world.code()
  expect(said(await world.exchange({ code }, { namespace }))).toContain('401 invalid_client')
  expect(said(await world.exchange({ code, ...own }, { namespace }))).toContain('400 invalid_grant')
  expect(said(await world.authorize({}, { namespace, token: vault.root }))).toContain('invalid_client_id')
  const asked = { client_id: there.client_id, scope: 'openid' }
  expect(said(await world.authorize(asked, { namespace, token: vault.root }))).toContain('identity entity must')
  const eve = await world.logIn('eve', namespace)
  const { body } = await world.exchange({ code })
  expect(said(await world.userinfo(body.access_token, { namespace }))).toContain('401 invalid_token')
  const answer = await world.authorize(asked, { namespace, token: eve.token })
  const { body: theirs } = await world.exchange({ code: answer.body.code, ...own }, { namespace })
  const { namespace: id, ...claims } = claimsIn(theirs.id_token)
  expect(id).not.toBe('root')
  expect(claims).toMatchObject({ sub: eve.entityId, iss: ISSUER.replace('/v1/', '/v1/other/') })
})

test('discovery and keys tell anybody what clients need, and no more', async () => {
  await world.put('key/other', { allowed_client_ids: '*' })
  await world.put('provider/p', { issuer: 'https://sso.test' })
  const issuer = ISSUER.replace('vault.test:8200', 'sso.test')
  const document = await world.ask('read', 'p/.well-known/openid-configuration', {}, { token: undefined })
  expect(document.body).toMatchObject({
    issuer,
    jwks_uri: `${issuer}/.well-known/keys`,
    authorization_endpoint: 'https://sso.test/ui/vault/identity/oidc/provider/p/authorize',
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    scopes_supported: ['clash', 'profile', 'team', 'openid'],
    response_types_supported: ['code'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
  })
  const keys = await world.ask('read', 'p/.well-known/keys', {}, { token: undefined })
  expect((keys.body.keys as { alg: string }[]).map(({ alg }) => alg)).toEqual(['ES256', 'ES256'])
  await world.put('provider/p', { allowed_client_ids: 'nobody' })
  expect((await world.ask('read', 'p/.well-known/keys', {}, { token: undefined })).body).toEqual({ keys: [] })
  for (const what of ['openid-configuration', 'keys']) {
    const where = `identity/oidc/provider/none/.well-known/${what}`
    expect(await world.vault.refusal('read', where, {}, { token: undefined })).toContain('not_found')
  }
})
