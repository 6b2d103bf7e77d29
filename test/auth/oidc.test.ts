import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { at, call, type Json } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { CODE_CLIENT, IMPLICIT_CLIENT, logIn, OpenidProvider } from './openid-provider.ts'

/** Logins at a real provider, over the wire: each way back from it. */

let server: Server
let provider: OpenidProvider
let directUri: string
const CLIENT_URI = 'http://localhost:8250/oidc/callback'
const ANYWHERE = 'http://localhost:'

beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem', audit: true })
  directUri = `${server.address}/v1/auth/oidc/oidc/callback`
  provider = await OpenidProvider.start([CLIENT_URI, directUri])
  await server.call('POST', 'sys/auth/oidc', { body: { type: 'oidc' } })
  await configure({})
  const role = {
    user_claim: 'sub',
    allowed_redirect_uris: [CLIENT_URI, directUri],
    token_policies: ['dev'],
    oidc_scopes: ['groups'],
    groups_claim: 'groups',
    bound_claims: { department: 'engineering' },
    claim_mappings: { department: 'department' },
  }
  for (const mode of ['client', 'direct', 'device']) {
    const reply = await server.call('POST', `auth/oidc/role/${mode}`, { body: { ...role, callback_mode: mode } })
    expect(reply.status).toBe(204)
  }
})

afterAll(async () => {
  provider?.stop()
  await server?.remove()
})

async function configure(settings: object): Promise<void> {
  const { id, secret } = CODE_CLIENT
  const body = {
    oidc_discovery_url: provider.issuer,
    oidc_client_id: id,
    oidc_client_secret: secret,
    default_role: 'client',
    ...settings,
  }
  const reply = await server.call('POST', 'auth/oidc/config', { body })
  expect(reply.text).toContain('without TLS')
}

const anonymous = (method: string, where: string, body?: object) =>
  call(method, `${server.address}/v1/auth/oidc/${where}`, body === undefined ? {} : { body })
const begin = async (role: string, redirect = CLIENT_URI, nonce = 'client-nonce') =>
  (await anonymous('POST', 'oidc/auth_url', { role, redirect_uri: redirect, client_nonce: nonce })).body
    ?.data as Record<string, string>
/** What must never be seen in clear. */
const secrets = new Set<string>()
const callback = (parameters: URLSearchParams, nonce = 'client-nonce') => {
  for (const name of ['state', 'code']) secrets.add(parameters.get(name) ?? '')
  const query = new URLSearchParams(parameters)
  if (nonce !== '') query.set('client_nonce', nonce)
  return anonymous('GET', `oidc/callback?${query}`)
}
const poll = (state: string | undefined, nonce = 'client-nonce') =>
  anonymous('POST', 'oidc/poll', { state, client_nonce: nonce })
const errors = (reply: { body?: Json }) => at(reply.body, 'errors')
const FAILED = ['login failed']

/** Logs in at the provider for a role in client mode; what the provider sends back. */
async function returned(account: string, role = 'client'): Promise<URLSearchParams> {
  const { auth_url: url } = await begin(role)
  const arrival = await logIn(url ?? '', account, ANYWHERE)
  return arrival.posted ?? new URL(arrival.url).searchParams
}

test('by code: PKCE, state and nonce go to the provider; the token is for who logged in', async () => {
  const { auth_url: url } = await begin('client')
  const sent = new URL(url ?? '').searchParams
  expect(Object.fromEntries(sent)).toMatchObject({
    response_type: 'code',
    client_id: 'vault',
    redirect_uri: CLIENT_URI,
    scope: 'openid groups',
    code_challenge_method: 'S256',
  })
  expect(sent.get('nonce')).toHaveLength(43)
  const back = new URL((await logIn(url ?? '', 'alice', ANYWHERE)).url).searchParams
  const reply = await callback(back)
  expect(reply.status).toBe(200)
  expect(at(reply.body, 'auth', 'policies')).toEqual(['default', 'dev'])
  expect(at(reply.body, 'auth', 'metadata')).toEqual({ role: 'client', department: 'engineering' })
  const token = String(at(reply.body, 'auth', 'client_token'))
  const self = await server.call('GET', 'auth/token/lookup-self', { token })
  expect(at(self.body, 'data', 'display_name')).toBe('oidc-alice')
  expect(errors(await callback(back))).toEqual(FAILED) // a code that comes twice
})

test('a command on another port is let back', async () => {
  const port = await freePort()
  const { auth_url: url } = await begin('client', `http://localhost:${port}/oidc/callback`)
  expect(url).toContain(`${port}`)
})

test('of many that come back with one code, one gets in', async () => {
  const back = await returned('bob')
  const replies = await Promise.all(Array.from({ length: 10 }, () => callback(back)))
  expect(replies.map(({ status }) => status).sort()).toEqual([200, ...new Array(9).fill(400)])
})

test('a stolen state is worth nothing, and used up by the attempt', async () => {
  const back = await returned('carol')
  expect(errors(await callback(back, 'guessed'))).toEqual(FAILED)
  expect(errors(await callback(back))).toEqual(FAILED)
})

test('refused: another state, code, provider, error', async () => {
  const change = async (name: string, value: string) => {
    const back = await returned('dave')
    back.set(name, value)
    return errors(await callback(back))
  }
  expect(await change('state', 'unknown')).toEqual(FAILED)
  expect(await change('code', 'unknown')).toEqual(FAILED)
  expect(await change('iss', 'https://other.example')).toEqual(FAILED)
  expect(await change('error', 'access_denied')).toEqual(FAILED)
  expect(await change('nonce', 'another')).toEqual(FAILED)
})

test('a code of one attempt is no code for another', async () => {
  const [mine, theirs] = [await returned('erin'), await returned('mallory')]
  mine.set('code', theirs.get('code') ?? '')
  expect(errors(await callback(mine))).toEqual(FAILED)
})

test('nothing is begun for a redirect URI or a role that is not allowed', async () => {
  expect(await begin('client', 'https://evil.example/oidc/callback')).toEqual({ auth_url: '' })
  expect(await begin('client', 'http://localhost@evil.example/oidc/callback')).toEqual({ auth_url: '' })
  expect(await begin('client', 'http://localhost:8250/other')).toEqual({ auth_url: '' })
  expect(await begin('nobody')).toEqual({ auth_url: '' })
})

test('direct: whoever logs in is asked first; the command that polls gets the token, once', async () => {
  const { auth_url: url, state, poll_interval: interval } = await begin('direct', directUri)
  expect(interval).toBe('5')
  expect(errors(await poll(state))).toEqual(['authorization_pending'])
  const back = await logIn(url ?? '', 'frank', directUri)
  const asked = await call('GET', back.url)
  expect(asked.status).toBe(200)
  expect(asked.headers['content-security-policy']).toContain("frame-ancestors 'none'")
  expect(asked.headers['content-type']).toContain('text/html')
  expect(asked.text).toContain('Is this login yours?')
  expect(errors(await poll(state))).toEqual(['authorization_pending'])
  const hidden = new URLSearchParams(
    [...asked.text.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll('&amp;', '&'),
    ]),
  )
  const done = await call('GET', `${directUri}?${hidden}`)
  expect([done.status, done.text]).toEqual([200, expect.stringContaining('Logged in')])
  expect(errors(await call('GET', `${directUri}?${hidden}`))).toEqual(FAILED)
  const replies = await Promise.all(Array.from({ length: 5 }, () => poll(state)))
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400])
  const won = replies.find(({ status }) => status === 200)
  expect(at(won?.body, 'auth', 'metadata', 'role')).toBe('direct')
})

test('direct: whoever polls with another nonce gets nothing, and nobody else does then', async () => {
  const { state } = await begin('direct', directUri)
  expect(errors(await poll(state, 'guessed'))).toEqual(FAILED)
  expect(errors(await poll(state))).toEqual(FAILED)
  expect(errors(await anonymous('POST', 'oidc/auth_url', { role: 'direct', redirect_uri: directUri }))).toEqual([
    'missing client_nonce',
  ])
})

test('direct: what was not confirmed, or failed at the provider, gives no token', async () => {
  const { auth_url: url, state } = await begin('direct', directUri)
  const back = new URL((await logIn(url ?? '', 'grace', directUri)).url)
  back.searchParams.set('code', 'another')
  back.searchParams.set('confirmation', 'yes')
  const failed = await call('GET', back.href)
  expect([failed.status, failed.text]).toEqual([400, expect.stringContaining('Login failed')])
  expect(errors(await poll(state))).toEqual(FAILED)
})

test('device: no way back is needed', async () => {
  const { auth_url: url, state, poll_interval: interval } = await begin('device', '')
  expect(Number(interval)).toBeGreaterThan(0)
  expect(errors(await poll(state))).toEqual(['authorization_pending'])
  const { text } = await logIn(url ?? '', 'heidi', 'nowhere:')
  expect(text).toContain('Sign-in Success')
  const replies = await Promise.all(Array.from({ length: 5 }, () => poll(state)))
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
  const won = replies.find(({ status }) => status === 200)
  expect(at(won?.body, 'auth', 'metadata')).toEqual({ role: 'device', department: 'engineering' })
})

test('device: who polls with another nonce ends it', async () => {
  const { state } = await begin('device', '')
  expect(errors(await poll(state, 'guessed'))).toEqual(FAILED)
  expect(errors(await poll(state))).toEqual(FAILED)
})

test('a role may ask that they logged in a moment ago', async () => {
  await server.call('POST', 'auth/oidc/role/client', { body: { max_age: '10m' } })
  expect((await callback(await returned('ivan'))).status).toBe(200)
  await server.call('POST', 'auth/oidc/role/client', { body: { max_age: 0 } })
})

test('claims that the role asks for count, and groups that are missing', async () => {
  await server.call('POST', 'auth/oidc/role/client', { body: { bound_claims: { department: 'sales' } } })
  expect(errors(await callback(await returned('judy')))).toEqual(FAILED)
  await server.call('POST', 'auth/oidc/role/client', { body: { bound_claims: { groups: 'judy-team' } } })
  expect((await callback(await returned('judy'))).status).toBe(200)
  expect(errors(await callback(await returned('kim')))).toEqual(FAILED)
})

const post = (parameters: URLSearchParams) =>
  fetch(`${server.address}/v1/auth/oidc/oidc/callback`, { method: 'POST', body: parameters })

test('the code posted: first to the server, which keeps it for who comes back', async () => {
  await configure({ oidc_response_mode: 'form_post' })
  const back = await returned('kim')
  expect(errors(await callback(new URLSearchParams({ state: back.get('state') ?? '', code: 'no_code' })))).toEqual(
    FAILED,
  )
  await server.call('POST', 'auth/oidc/role/client', { body: { bound_claims: {} } })
  const again = await returned('kim')
  expect((await post(again)).status).toBe(200)
  expect((await post(again)).status).toBe(400)
  const state = again.get('state') ?? ''
  expect((await callback(new URLSearchParams({ state, code: 'no_code' }))).status).toBe(200)
})

test('the ID token posted: it is verified, and bound to the attempt by its nonce', async () => {
  const { id, secret } = IMPLICIT_CLIENT
  const implicit = { oidc_client_id: id, oidc_client_secret: secret, oidc_response_types: 'id_token' }
  await configure({ oidc_response_mode: 'form_post', ...implicit })
  // An ID token alone says nothing but who it is.
  await server.call('POST', 'auth/oidc/role/client', {
    body: { oidc_scopes: [], groups_claim: '', bound_claims: {}, claim_mappings: {} },
  })
  const [back, other] = [await returned('laura'), await returned('mallory')]
  expect((await post(back)).status).toBe(200)
  const state = new URLSearchParams({ state: back.get('state') ?? '' })
  const reply = await callback(state)
  expect(at(reply.body, 'auth', 'policies')).toEqual(['default', 'dev'])
  expect(errors(await callback(state))).toEqual(FAILED)
  const third = await returned('laura')
  other.set('state', third.get('state') ?? '')
  expect((await post(other)).status).toBe(200)
  expect(errors(await callback(new URLSearchParams({ state: other.get('state') ?? '' })))).toEqual(FAILED)
})

test('nothing is posted where the provider was not asked to', async () => {
  await configure({})
  expect((await post(new URLSearchParams({ state: 'x', code: 'y' }))).status).toBe(405)
})

test('no code, state, nonce or client secret is in the audit log or in the server log', () => {
  for (const value of ['client-nonce', CODE_CLIENT.secret, IMPLICIT_CLIENT.secret]) secrets.add(value)
  const told = [...secrets].filter((value) => value.length > 8)
  expect(told.length).toBeGreaterThan(20)
  const written = readFileSync(server.auditFile, 'utf8') + server.log
  expect(written).toContain('auth/oidc/oidc/callback')
  for (const value of told) expect(written).not.toContain(value)
})
