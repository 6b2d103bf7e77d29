import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Answer, CHALLENGE, claimsIn, ISSUER, ProviderWorld, REDIRECT, VERIFIER } from './testing-provider.ts'

let world: ProviderWorld
beforeEach(async () => {
  world = await ProviderWorld.create()
})

const half = (text: unknown): string =>
  createHash('sha256').update(String(text)).digest().subarray(0, 16).toString('base64url')
const said = ({ status, body }: Answer): string => `${status} ${String(body.error)}: ${String(body.error_description)}`
/** Rows of codes and access tokens. */
const grants = (): Promise<string[]> => grantsOf(world)
async function grantsOf({ vault }: ProviderWorld): Promise<string[]> {
  const rows = await vault.rows('')
  return rows.filter((row) => /oidc\/(code|access)\//.test(row))
}

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
    const rows = (await grants()).join()
    expect(rows).not.toContain(code)
    expect(rows).not.toContain(String(body.access_token))
  })

  test('and access tokens go by themselves', async () => {
    await world.put('client/app', { access_token_ttl: '10m' })
    await world.exchange({ code: await world.code() })
    await world.code()
    expect(await grants()).toHaveLength(3)
    world.vault.pass(601)
    await world.vault.sweep()
    expect(await grants()).toEqual([])
  })
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
    expect(await grants()).toEqual([])
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

describe('an exchange is refused, and uses the code up,', () => {
  const refusals: Record<string, [authorize: object, exchange: object, says: string]> = {
    'with another redirect URI': [{}, { redirect_uri: `${REDIRECT}/x` }, 'invalid_grant: redirect_uri does not match'],
    'with a wrong verifier': [
      { code_challenge: CHALLENGE, code_challenge_method: 'S256' },
      { code_verifier: `${VERIFIER}x` },
      'invalid_grant: invalid code_verifier',
    ],
    'with a wrong plain verifier': [
      { code_challenge: VERIFIER },
      { code_verifier: `${VERIFIER.slice(1)}x` },
      'invalid_grant: invalid code_verifier',
    ],
    'with the challenge as the verifier': [
      { code_challenge: CHALLENGE, code_challenge_method: 'S256' },
      { code_verifier: CHALLENGE },
      'invalid_grant: invalid code_verifier',
    ],
    'without the verifier': [{ code_challenge: CHALLENGE }, {}, 'invalid_request: expected code_verifier'],
    'with a verifier of no challenge': [{}, { code_verifier: VERIFIER }, 'invalid_request: unexpected code_verifier'],
    'for scopes with the same claim': [
      { scope: 'openid profile clash' },
      {},
      'invalid_request: two of the scopes have the same top-level claim "name"',
    ],
  }
  test.each(Object.entries(refusals))('%s', async (_what, [authorize, exchange, says]) => {
    const code = await world.code(authorize)
    const answer = await world.exchange({ code, ...exchange })
    expect(said(answer)).toContain(`400 ${says}`)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(await grants()).toEqual([])
    expect(said(await world.exchange({ code, code_verifier: VERIFIER }))).toContain('400 invalid_grant')
  })

  test('by another client, and at another provider', async () => {
    await world.put('client/other', { key: 'k', redirect_uris: REDIRECT, assignments: 'allow_all' })
    const other = await world.vault.data('read', 'identity/oidc/client/other')
    const asked = { client_id: other.client_id, client_secret: other.client_secret }
    expect(said(await world.exchange({ code: await world.code(), ...asked }))).toBe(
      '400 invalid_grant: authorization code was not issued to the client',
    )
    const form = { grant_type: 'authorization_code', redirect_uri: REDIRECT }
    const own = { client_id: world.app.id, client_secret: world.app.secret, code: await world.code() }
    const answer = await world.ask('update', 'default/token', { ...form, ...own }, { token: undefined })
    expect(said(answer)).toBe('400 invalid_grant: authorization code was not issued by the provider')
    expect(await grants()).toEqual([])
  })

  test('for who was taken out of the assignment, or deleted, meanwhile', async () => {
    const [one, other] = [await world.code(), await world.code()]
    await world.put('assignment/staff', { entity_ids: '' })
    expect(said(await world.exchange({ code: one }))).toContain('identity entity not authorized by client assignment')
    await world.vault.call('delete', `identity/entity/id/${world.entityId}`)
    expect(said(await world.exchange({ code: other }))).toContain(
      'identity entity associated with the request not found',
    )
    expect(await grants()).toEqual([])
  })
})

describe('a client', () => {
  const basic = (id: string, secret: string) => ({
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
  })
  const none = { client_id: undefined, client_secret: undefined }

  test('may say who it is in the header, encoded or not', async () => {
    const { id, secret } = world.app
    const spellings = [secret, secret.replaceAll('_', '%5F')]
    for (const spelling of spellings)
      expect((await world.exchange({ code: await world.code(), ...none }, basic(id, spelling))).status).toBe(200)
  })

  test('that is public needs no secret, but the verifier', async () => {
    const challenged = { client_id: world.spa, code_challenge: CHALLENGE, code_challenge_method: 'S256' }
    const asked = { client_id: world.spa, client_secret: undefined }
    const wrong = await world.exchange({ code: await world.code(challenged), code_verifier: 'x'.repeat(43), ...asked })
    expect(said(wrong)).toContain('400 invalid_grant')
    const answer = await world.exchange({ code: await world.code(challenged), code_verifier: VERIFIER, ...asked })
    expect(claimsIn(answer.body.id_token).aud).toBe(world.spa)
  })

  const refusals: Record<string, (world: ProviderWorld) => [data: object, headers: object]> = {
    'that is unknown': () => [{ client_id: 'x'.repeat(32) }, {}],
    'with no secret': () => [{ client_secret: undefined }, {}],
    'with a wrong secret': ({ app }) => [{ client_secret: `${app.secret.slice(0, -1)}-` }, {}],
    'with a part of the secret': ({ app }) => [{ client_secret: app.secret.slice(0, -1) }, {}],
    'with a wrong secret in the header': ({ app }) => [none, basic(app.id, 'wrong')],
    'with a header that is no pair': () => [none, { headers: { authorization: 'Basic eA==' } }],
  }
  test.each(Object.entries(refusals))('%s is refused, and the code stays', async (_what, make) => {
    const code = await world.code()
    const [data, options] = make(world)
    const answer = await world.exchange({ code, ...data }, options)
    expect(said(answer)).toBe('401 invalid_client: client failed to authenticate')
    expect(answer.headers['www-authenticate']).toBe('Basic')
    expect((await world.exchange({ code })).status).toBe(200)
  })

  test('that says twice who it is is refused', async () => {
    const { id, secret } = world.app
    expect(said(await world.exchange({ code: 'x' }, basic(id, secret)))).toContain(
      '400 invalid_request: the client says',
    )
    const other = await world.exchange({ code: 'x', client_id: world.spa, client_secret: undefined }, basic(id, secret))
    expect(said(other)).toContain('400 invalid_request: the client says')
  })

  test('whose key does not know it, or that the provider does not know, gets nothing', async () => {
    const code = await world.code()
    await world.put('key/k', { allowed_client_ids: 'another' })
    expect(said(await world.exchange({ code }))).toContain(
      '401 invalid_client: client is not authorized to use the key',
    )
    await world.put('key/k', { allowed_client_ids: world.app.id })
    await world.put('provider/p', { allowed_client_ids: world.spa })
    expect(said(await world.exchange({ code }))).toContain('client is not authorized to use the provider')
    await world.put('provider/p', { allowed_client_ids: [world.spa, world.app.id] })
    expect((await world.exchange({ code })).status).toBe(200)
  })

  test('says what it wants', async () => {
    expect(said(await world.exchange({ grant_type: '' }))).toContain('400 unsupported_grant_type')
    expect(said(await world.exchange({ grant_type: 'password' }))).toContain('400 unsupported_grant_type')
    expect(said(await world.exchange({}))).toContain('400 invalid_request: code parameter is required')
    expect(said(await world.exchange({ code: 'x', redirect_uri: '' }))).toContain('redirect_uri parameter is required')
    expect(said(await world.exchange({ code: 'never given' }))).toContain('400 invalid_grant')
    expect(said(await world.exchange({ client_id: '' }))).toContain('400 invalid_request: client_id parameter')
    expect(said(await world.exchange({ grant_type: 'client_credentials' }))).toContain('400 unauthorized_client')
  })

  test('may have a token of its own, which nobody takes for an ID token', async () => {
    await world.put('client/app', { client_credentials: true, id_token_ttl: '1h' })
    await world.put('scope/fixed', { template: '{"role": "machine"}' })
    await world.put('provider/p', { scopes_supported: 'fixed' })
    const { status, body } = await world.exchange({ grant_type: 'client_credentials', scope: 'openid fixed' })
    expect([status, body.token_type, body.expires_in, body.id_token]).toEqual([200, 'Bearer', 3600, undefined])
    const claims = claimsIn(body.access_token)
    expect(claims).toMatchObject({ iss: ISSUER, sub: world.app.id, aud: world.app.id, role: 'machine' })
    const [head = ''] = String(body.access_token).split('.')
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({ typ: 'at+jwt' })
    expect(said(await world.exchange({ grant_type: 'client_credentials', scope: 'fixed' }))).toContain('"openid"')
    const refusal = await world.vault.refusal('update', 'identity/oidc/client/spa', { client_credentials: true })
    expect(refusal).toContain('client_credentials needs a confidential client')
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
    scopes_supported: ['profile', 'team', 'clash', 'openid'],
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
