import { beforeEach, describe, expect, test } from 'vitest'
import { CHALLENGE, claimsIn, ISSUER, ProviderWorld, REDIRECT, said, VERIFIER } from './testing-provider.ts'

let world: ProviderWorld
beforeEach(async () => {
  world = await ProviderWorld.create()
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
    expect(await world.grants()).toEqual([])
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
    expect(await world.grants()).toEqual([])
  })

  test('for who was taken out of the assignment, or deleted, meanwhile', async () => {
    const [one, other] = [await world.code(), await world.code()]
    await world.put('assignment/staff', { entity_ids: '' })
    expect(said(await world.exchange({ code: one }))).toContain('identity entity not authorized by client assignment')
    await world.vault.call('delete', `identity/entity/id/${world.entityId}`)
    expect(said(await world.exchange({ code: other }))).toContain(
      'identity entity associated with the request not found',
    )
    expect(await world.grants()).toEqual([])
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
