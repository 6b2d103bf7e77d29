import { beforeEach, describe, expect, test } from 'vitest'
import { CHALLENGE, claimsIn, ProviderWorld, REDIRECT, said } from './testing-provider.ts'

let world: ProviderWorld
beforeEach(async () => {
  world = await ProviderWorld.create()
})

describe('authorization is refused', () => {
  const refusals: Record<string, [data: object, says: string]> = {
    'without a client': [{ client_id: undefined }, 'invalid_client_id: client_id parameter is required'],
    'to an unknown client': [{ client_id: 'x' }, 'invalid_client_id: client with client_id not found'],
    'with nowhere to go': [{ redirect_uri: '' }, 'invalid_request: redirect_uri parameter is required'],
    'to go elsewhere': [{ redirect_uri: `${REDIRECT}/x` }, 'invalid_redirect_uri: redirect_uri is not allowed'],
    'with another query': [{ redirect_uri: `${REDIRECT}?x` }, 'invalid_redirect_uri'],
    'without openid': [{ scope: 'profile' }, 'invalid_request: scope parameter must contain the "openid" value'],
    'without a response type': [{ response_type: '' }, 'invalid_request: response_type parameter is required'],
    'of another response type': [{ response_type: 'token' }, 'unsupported_response_type'],
    'with a request object': [{ request: 'x' }, 'request_not_supported'],
    'with a request object elsewhere': [{ request_uri: 'x' }, 'request_uri_not_supported'],
    'with an unknown challenge method': [
      { code_challenge: CHALLENGE, code_challenge_method: 'S512' },
      'invalid_request: invalid code_challenge_method',
    ],
    'with a short challenge': [{ code_challenge: 'short' }, 'invalid_request: invalid code_challenge'],
    'with a max_age of nothing': [{ max_age: '0' }, 'invalid_request: max_age must be greater than zero'],
    'with a max_age that is no number': [{ max_age: 'x' }, 'invalid_request: max_age: expected an integer'],
    'with a parameter twice': [{ scope: ['openid', 'openid'] }, 'invalid_request: scope: expected a string'],
    'with a long nonce': [{ nonce: 'n'.repeat(1025) }, 'invalid_request: nonce is longer than'],
  }
  test.each(Object.entries(refusals))('%s', async (_what, [data, says]) => {
    const answer = await world.authorize(data)
    expect(said(answer)).toContain(`400 ${says}`)
    expect(answer.body.state).toBe('s')
    expect(await world.grants()).toEqual([])
  })

  test('to a public client without a challenge', async () => {
    expect(said(await world.authorize({ client_id: world.spa }))).toBe(
      '400 invalid_request: PKCE is required for public clients',
    )
  })

  test('to a token without an entity, one that is not assigned, and one that is disabled', async () => {
    expect(said(await world.authorize({}, { token: world.vault.root }))).toContain(
      'access_denied: identity entity must',
    )
    const { token } = await world.logIn('eve')
    expect(said(await world.authorize({}, { token }))).toContain('access_denied: identity entity not authorized')
    await world.vault.call('update', `identity/entity/id/${world.entityId}`, { disabled: true })
    expect(
      await world.vault.refusal('read', 'identity/oidc/provider/p/authorize', {}, { token: world.token }),
    ).toContain('permission_denied')
  })

  test('to who has no token', async () => {
    const refusal = await world.vault.refusal('read', 'identity/oidc/provider/p/authorize', {}, { token: undefined })
    expect(refusal).toContain('permission_denied')
  })

  test('at a provider that has no such client, and at none', async () => {
    await world.put('provider/other', { allowed_client_ids: world.spa })
    const asked = { client_id: world.app.id, redirect_uri: REDIRECT, scope: 'openid', response_type: 'code' }
    const at = (name: string) => world.ask('read', `${name}/authorize`, asked, { token: world.token })
    expect(said(await at('other'))).toContain('unauthorized_client: client is not authorized to use the provider')
    expect(said(await at('none'))).toContain('invalid_request: provider not found')
    expect((await at('default')).status).toBe(200)
  })

  test('to a client that may not use codes', async () => {
    await world.put('client/app', { authorization_code: false })
    expect(said(await world.authorize())).toContain('400 unauthorized_client')
  })
})

describe('max_age', () => {
  test('has the login in the ID token, or asks for a new one', async () => {
    const loggedIn = Math.floor(world.vault.clock.now() / 1000)
    world.vault.pass(60)
    const { body } = await world.exchange({ code: await world.code({ max_age: '60' }) })
    expect(claimsIn(body.id_token).auth_time).toBe(loggedIn)
    world.vault.pass(1)
    expect(said(await world.authorize({ max_age: 60 }))).toBe(
      '400 max_age_violation: active re-authentication is required by max_age',
    )
  })

  test('is not met by a fresh token that an old one made', async () => {
    world.vault.pass(100)
    await world.vault.policy('parent', 'path "auth/token/create" { capabilities = ["update"] }')
    await world.vault.call('update', `identity/entity/id/${world.entityId}`, { policies: 'parent' })
    const child = await world.vault.token({}, { token: world.token })
    expect((await world.authorize({}, { token: child })).status).toBe(200)
    expect(said(await world.authorize({ max_age: 60 }, { token: child }))).toContain('max_age_violation')
  })
})

describe('redirect URIs', () => {
  const LOOPBACK = ['http://127.0.0.1/cb', 'http://localhost:1234/cb', 'http://[::1]/cb?a=b', 'com.example.app:/cb']
  const allowed = ['http://127.0.0.1:5555/cb', 'http://localhost/cb', 'http://[::1]:80/cb?a=b', 'com.example.app:/cb']
  const refused = [
    'http://127.0.0.1:5555/cb/',
    'http://127.0.0.1:5555/x/../cb',
    'http://127.0.0.1:5555@evil.test/cb',
    'http://127.0.0.1.evil.test/cb',
    'https://127.0.0.1:5555/cb',
    'http://localhost:x/cb',
    'http://LOCALHOST/cb',
    'http://[::1]/cb',
    'http://127.0.0.1/cb#x',
    'com.example.app:/cb2',
  ]
  test('of loopback addresses may have any port, all else is the same', async () => {
    await world.put('client/app', { redirect_uris: LOOPBACK })
    for (const uri of allowed) expect((await world.authorize({ redirect_uri: uri })).status, uri).toBe(200)
    for (const uri of refused)
      expect(said(await world.authorize({ redirect_uri: uri })), uri).toContain('invalid_redirect_uri')
  })

  test.each(['app.test', '/cb', 'javascript:alert(1)', 'data:text/html,x', 'https://app.test/cb#x'])(
    '%j is none',
    async (uri) => {
      expect(await world.vault.refusal('update', 'identity/oidc/client/app', { redirect_uris: [uri] })).toContain(
        'a redirect URI is absolute',
      )
    },
  )
})

test('whoever is in an assigned group may log in, also through another group', async () => {
  const { token, entityId } = await world.logIn('eve')
  const inner = await world.vault.data('update', 'identity/group', { name: 'inner', member_entity_ids: entityId })
  const outer = await world.vault.data('update', 'identity/group', { name: 'outer', member_group_ids: inner.id })
  await world.put('assignment/groups', { group_ids: String(outer.id).toUpperCase() })
  expect((await world.authorize({}, { token })).status).toBe(400)
  await world.put('client/app', { assignments: 'staff,groups' })
  expect((await world.authorize({}, { token })).status).toBe(200)
  await world.vault.call('update', 'identity/group', { id: outer.id, member_group_ids: [] })
  expect((await world.authorize({}, { token })).status).toBe(400)
})
