import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, call } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Egide as an OpenID provider, over the wire: for a relying party's library, and for Egide's own logins. */

const CALLBACK = 'http://127.0.0.1:9/callback'
const NAMESPACE = 'people/'

let server: Server
let issuer = ''
/** Of ada, who logs in at the provider's namespace. */
let token = ''
let entityId = ''
let app: { client_id: string; client_secret: string }
let publicId = ''
/** What must never be seen in clear. */
const secrets = new Set<string>()

const inPeople = { headers: { 'x-vault-namespace': NAMESPACE } }
async function write(where: string, body: object = {}, options: object = inPeople): Promise<void> {
  const { status, text } = await server.call('POST', where, { body, ...options })
  expect(status, `${where}: ${text}`).toBeLessThan(300)
}

beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem', audit: true })
  await write('sys/namespaces/people', {}, {})
  await write('sys/auth/userpass', { type: 'userpass' })
  await write('auth/userpass/users/ada', { password: 'a good password' })
  const login = await server.call('POST', 'auth/userpass/login/ada', {
    body: { password: 'a good password' },
    token: undefined,
    ...inPeople,
  })
  token = String(at(login.body, 'auth', 'client_token'))
  entityId = String(at(login.body, 'auth', 'entity_id'))
  await write(`identity/entity/id/${entityId}`, { name: 'Ada', metadata: { mail: 'ada@people.test' } })
  await write('identity/group', { name: 'engineers', member_entity_ids: entityId })
  await write('identity/oidc/scope/profile', {
    template: '{"name": {{identity.entity.name}}, "email": {{identity.entity.metadata.mail}}}',
  })
  await write('identity/oidc/scope/groups', { template: '{"groups": {{identity.entity.groups.names}}}' })
  await write('identity/oidc/assignment/ada', { entity_ids: entityId })
  await write('identity/oidc/client/app', { redirect_uris: CALLBACK, assignments: 'ada' })
  await write('identity/oidc/client/cli', {
    redirect_uris: CALLBACK,
    assignments: 'allow_all',
    client_type: 'public',
  })
  await write('identity/oidc/provider/sso', { allowed_client_ids: '*', scopes_supported: 'profile,groups' })
  const read = async (name: string) => (await server.call('GET', `identity/oidc/client/${name}`, inPeople)).body?.data
  const { client_id: id, client_secret: secret } = (await read('app')) as typeof app
  app = { client_id: id, client_secret: secret }
  publicId = String(at(await read('cli'), 'client_id'))
  issuer = `${server.address}/v1/${NAMESPACE}identity/oidc/provider/sso`
  secrets.add(app.client_secret).add(token)
})
afterAll(() => server?.remove())

/** What a page does for somebody who is logged in: asks the endpoint with their token, and sends them back. */
async function visit(authorizationUrl: URL): Promise<URL> {
  const { pathname, search } = authorizationUrl
  const endpoint = `${server.address}${pathname.replace('/ui/vault/', '/v1/')}${search}`
  const { status, body, text } = await call('GET', endpoint, { token })
  expect(status, text).toBe(200)
  secrets.add(String(body?.code))
  const back = new URL(authorizationUrl.searchParams.get('redirect_uri') ?? '')
  back.search = new URLSearchParams({ code: String(body?.code), state: String(body?.state) }).toString()
  return back
}

const WAYS: Record<string, () => [id: string, how: client.ClientAuth]> = {
  client_secret_basic: () => [app.client_id, client.ClientSecretBasic(app.client_secret)],
  client_secret_post: () => [app.client_id, client.ClientSecretPost(app.client_secret)],
  'none, with PKCE': () => [publicId, client.None()],
}
test.each(Object.entries(WAYS))('openid-client, unmodified, logs in: %s', async (_way, make) => {
  const [id, how] = make()
  const options = { execute: [client.allowInsecureRequests] }
  const config = await client.discovery(new URL(issuer), id, {}, how, options)
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid profile groups',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    max_age: '600',
  })
  const back = await visit(url)
  const checks = {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
    maxAge: 600,
  }
  const tokens = await client.authorizationCodeGrant(config, back, checks)
  secrets.add(tokens.access_token).add(String(tokens.id_token))
  const people = { name: 'Ada', email: 'ada@people.test', groups: ['engineers'] }
  expect(tokens.claims()).toMatchObject({ iss: issuer, aud: id, sub: entityId, nonce, ...people })
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/keys`), { timeoutDuration: 30_000 })
  const { payload } = await jwtVerify(String(tokens.id_token), keys, { issuer, audience: id, algorithms: ['RS256'] })
  expect(payload).toMatchObject({ auth_time: expect.any(Number), at_hash: expect.any(String), ...people })
  expect(await client.fetchUserInfo(config, tokens.access_token, entityId)).toEqual({ sub: entityId, ...people })
  await expect(client.authorizationCodeGrant(config, back, checks)).rejects.toMatchObject({ error: 'invalid_grant' })
  await expect(client.fetchUserInfo(config, tokens.access_token, entityId)).rejects.toMatchObject({ status: 401 })
})

test("another namespace's logins trust it: by code, and with the ID token itself", async () => {
  await write('sys/auth/oidc', { type: 'oidc' }, {})
  await write(
    'auth/oidc/config',
    { oidc_discovery_url: issuer, oidc_client_id: app.client_id, oidc_client_secret: app.client_secret },
    {},
  )
  const redirect = 'http://localhost:8250/oidc/callback'
  await write('identity/oidc/client/app', { redirect_uris: [CALLBACK, redirect] })
  const role = {
    user_claim: 'sub',
    groups_claim: 'groups',
    claim_mappings: { email: 'email' },
    allowed_redirect_uris: redirect,
    oidc_scopes: 'profile,groups',
    bound_claims: { groups: 'engineers' },
  }
  await write('auth/oidc/role/people', role, {})
  await write('auth/oidc/role/token', { ...role, role_type: 'jwt', bound_audiences: app.client_id }, {})
  const begun = await server.call('POST', 'auth/oidc/oidc/auth_url', {
    body: { role: 'people', redirect_uri: redirect },
  })
  const back = await visit(new URL(String(at(begun.body, 'data', 'auth_url'))))
  const reply = await call('GET', `${server.address}/v1/auth/oidc/oidc/callback${back.search}`)
  expect(reply.body?.auth, reply.text).toMatchObject({ metadata: { role: 'people', email: 'ada@people.test' } })
  secrets.add(String(at(reply.body, 'auth', 'client_token')))

  const asked = new URL(`${issuer.replace('/v1/', '/ui/vault/')}/authorize`)
  asked.search = new URLSearchParams({
    client_id: app.client_id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid groups profile',
  }).toString()
  const code = (await visit(asked)).searchParams.get('code') ?? ''
  const exchanged = await form('token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    ...app,
  })
  const { id_token: jwt } = (await exchanged.json()) as { id_token: string }
  const login = await call('POST', `${server.address}/v1/auth/oidc/login`, { body: { role: 'token', jwt } })
  expect(login.body?.auth, login.text).toMatchObject({ metadata: { role: 'token', email: 'ada@people.test' } })
  const other = { role: 'token', jwt: jwt.replace(/\.[^.]+$/, '.AAAA') }
  expect((await call('POST', `${server.address}/v1/auth/oidc/login`, { body: other })).status).toBe(400)
  secrets.add(jwt).add(String(at(login.body, 'auth', 'client_token')))
})

/** The page where people sign in, in a browser that has what its script uses. */
class Page {
  readonly parts = new Map<string, Record<string, unknown>>()
  readonly went: string[] = []
  readonly fetched: string[] = []
  #submit: (event: object) => void = () => {}

  constructor(url: URL, script: string) {
    const location = { pathname: url.pathname, search: url.search, assign: (where: string) => this.went.push(where) }
    const fetched = (where: string, init: RequestInit) => {
      this.fetched.push(`${init.method} ${where.replace(/\?.*/, '')}`)
      return fetch(server.address + where, init)
    }
    runInNewContext(script, {
      document: { getElementById: (id: string) => this.#part(id) },
      location,
      fetch: fetched,
      URL,
      URLSearchParams,
    })
  }

  #part(id: string): Record<string, unknown> {
    const known = this.parts.get(id)
    if (known !== undefined) return known
    const made = {
      value: id === 'method' || id === 'mount' ? 'userpass' : '',
      textContent: '',
      addEventListener: (what: string, listener: (event: object) => void) => {
        if (what === 'submit') this.#submit = listener
      },
    }
    this.parts.set(id, made)
    return made
  }

  text(id: string): unknown {
    return this.parts.get(id)?.textContent
  }

  /** Sends the form, and waits for what comes of it: the message, or the place gone on to. */
  async submit(values: Record<string, string>): Promise<string> {
    for (const [id, value] of Object.entries(values)) Object.assign(this.#part(id), { value })
    this.#submit({ preventDefault: () => {} })
    await expect.poll(() => this.went.length > 0 || this.text('message') !== '').toBe(true)
    return this.went[0] ?? String(this.text('message'))
  }
}

test('people sign in on a page that sends them back with a code, and keeps no token', async () => {
  const options = { execute: [client.allowInsecureRequests] }
  const config = await client.discovery(
    new URL(issuer),
    app.client_id,
    {},
    client.ClientSecretPost(app.client_secret),
    options,
  )
  const state = client.randomState()
  const redirect = `${CALLBACK}?from=here`
  await write('identity/oidc/client/app', { redirect_uris: [CALLBACK, redirect] })
  const url = client.buildAuthorizationUrl(config, { redirect_uri: redirect, scope: 'openid', state })
  const html = await (await fetch(url)).text()
  const [, src] = /<script src="([^"]+)"/.exec(html) ?? []
  const script = await (await fetch(new URL(src ?? '', url))).text()
  const page = new Page(url, script)
  expect(page.text('goal')).toContain('127.0.0.1:9')
  expect(await page.submit({ name: 'ada', secret: 'a wrong password' })).toContain('invalid username or password')
  const back = new URL(await page.submit({ name: 'ada', secret: 'a good password' }))
  expect(back.href).toMatch(/^http:\/\/127\.0\.0\.1:9\/callback\?from=here&code=/)
  expect(page.parts.get('secret')?.value).toBe('')
  expect(page.fetched.at(-1)).toBe(`POST /v1/${NAMESPACE}auth/token/revoke-self`)
  expect(back.searchParams.get('state')).toBe(state)
  const code = back.searchParams.get('code') ?? ''
  const exchanged = await form('token', { grant_type: 'authorization_code', redirect_uri: redirect, code, ...app })
  expect(decodeJwt(((await exchanged.json()) as { id_token: string }).id_token).sub).toBe(entityId)

  const elsewhere = new URL(url)
  elsewhere.searchParams.set('redirect_uri', 'https://evil.test/')
  const lured = new Page(elsewhere, script)
  expect(await lured.submit({ method: 'token', secret: token })).toBe('redirect_uri is not allowed for the client')
  expect(lured.went).toEqual([])
})

const form = (where: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${issuer}/${where}`, { method: 'POST', body: new URLSearchParams(fields), headers })

test('refusals are those of RFC 6749, word by word, and to anybody', async () => {
  const asked = { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK }
  const wrong = await form('token', { ...asked, client_id: app.client_id, client_secret: 'wrong' })
  expect([wrong.status, wrong.headers.get('www-authenticate'), await wrong.json()]).toEqual([
    401,
    'Basic',
    { error: 'invalid_client', error_description: 'client failed to authenticate' },
  ])
  const basic = Buffer.from(`${app.client_id}:${app.client_secret}`).toString('base64')
  const unknown = await form('token', asked, { authorization: `Basic ${basic}` })
  expect([unknown.status, unknown.headers.get('cache-control'), await unknown.json()]).toEqual([
    400,
    'no-store',
    { error: 'invalid_grant', error_description: 'authorization grant is invalid or expired' },
  ])
  const twice = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams([...Object.entries(asked), ['code', 'y'], ['client_id', app.client_id]]),
    headers: { authorization: `Basic ${basic}` },
  })
  expect(await twice.json()).toEqual({ error: 'invalid_request', error_description: 'code: expected a string' })
  expect((await fetch(`${issuer}/.well-known/keys`)).headers.get('cache-control')).toBe('max-age=60')
  const info = await fetch(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  expect([info.status, info.headers.get('www-authenticate')]).toEqual([
    401,
    'Bearer error="invalid_token",error_description="access token is malformed or invalid"',
  ])
})

test('the default policy lets people log in, and another may not', async () => {
  const query = new URLSearchParams({ client_id: app.client_id, redirect_uri: CALLBACK, scope: 'openid' })
  const where = `${issuer}/authorize?${query}&response_type=code`
  await write('auth/token/create', {}, {})
  const made = await server.call('POST', 'auth/token/create', { body: { no_default_policy: true }, ...inPeople })
  const other = String(at(made.body, 'auth', 'client_token'))
  expect((await call('GET', where)).status).toBe(403)
  expect((await call('GET', where, { token: other })).status).toBe(403)
  expect((await call('GET', where, { token })).status).toBe(200)
})

test('no secret, code or token stands in a log or an audit record; who asked for what does', async () => {
  const audit = readFileSync(server.auditFile, 'utf8')
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(20)
    expect(audit.includes(secret) || server.log.includes(secret), secret.slice(0, 8)).toBe(false)
  }
  expect(audit).toContain('"error":"invalid_grant"')
  expect(audit).toContain(`"client_id":"${app.client_id}"`)
  expect(audit).toMatch(/"access_token":"hmac-sha256:/)
})
