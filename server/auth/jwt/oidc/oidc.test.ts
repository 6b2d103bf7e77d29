import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MemoryBackend } from '../../../../storage/memory/memory.ts'
import { testingCipher } from '../../../../storage/testing-cipher.ts'
import { TestNamespace } from '../../../../test/core/test-namespace.ts'
import { TestClock } from '../../../../test/harness/rows.ts'
import { pemOf, signed, signer } from '../../jwks/testing-tokens.ts'
import { oidc } from '../index.ts'
import { TestingProvider } from './testing-provider.ts'

/** A provider that is not honest, or broken: whatever it sends, nobody gets in by it. */

const FAILED = 'invalid_request: login failed'
const REDIRECT = 'http://localhost:8250/oidc/callback'
const anonymous = { token: undefined }
const clock = new TestClock()
const shared = { backend: new MemoryBackend(), cipher: testingCipher(), clock, engines: [oidc] }
let provider: TestingProvider
let vault: TestNamespace

beforeEach(async () => {
  // Not the usual start: the library holds the times of a token against the machine's clock too.
  clock.nowMs = Date.now()
  provider = new TestingProvider(clock)
  await provider.start()
  shared.backend = new MemoryBackend()
  vault = await TestNamespace.create(shared)
  await vault.call('update', 'sys/auth/oidc', { type: 'oidc' })
  await configure({})
  await role({})
})
afterEach(() => provider.stop())

function configure(settings: object): Promise<unknown> {
  const client = { oidc_client_id: 'vault', oidc_client_secret: 'a secret/with+signs' }
  return vault.call('update', 'auth/oidc/config', { oidc_discovery_url: provider.issuer, ...client, ...settings })
}

function role(settings: object): Promise<unknown> {
  const body = { user_claim: 'sub', allowed_redirect_uris: REDIRECT, bound_claims: { from: 'user info' }, ...settings }
  return vault.call('update', 'auth/oidc/role/r', body)
}

async function begin(more: object = {}, at = vault): Promise<Record<string, string>> {
  const body = { role: 'r', redirect_uri: REDIRECT, client_nonce: 'mine', ...more }
  return (await at.data('update', 'auth/oidc/oidc/auth_url', body, anonymous)) as Record<string, string>
}

async function back(more: object = {}): Promise<object> {
  const { auth_url: url = '' } = await begin()
  return { ...Object.fromEntries(provider.visit(url)), client_nonce: 'mine', ...more }
}

const callback = async (data: object, at = vault) => at.call('read', 'auth/oidc/oidc/callback', data, anonymous)
const refusal = async (data: object) => vault.refusal('read', 'auth/oidc/oidc/callback', data, anonymous)
const tokens = () => vault.rows('tokens/')

test('an honest one lets in; the code comes with its verifier, and the client says who it is', async () => {
  const { auth } = await callback(await back())
  expect(auth?.policies).toEqual(['default'])
  expect(provider.asked[0]?.get('redirect_uri')).toBe(REDIRECT)
  const [, credentials = ''] = provider.authorization?.split(' ') ?? []
  expect(Buffer.from(credentials, 'base64').toString()).toBe('vault:a+secret%2Fwith%2Bsigns')
})

test('what of a secret need not be encoded is not: Vault and OpenBao, as providers, read it as it is', async () => {
  await configure({ oidc_client_id: 'client_-.~1', oidc_client_secret: "hvo_secret_a-b.c~d é%!*'()" })
  const { answer } = provider
  provider.answer = (claims) => answer({ ...claims, aud: 'client_-.~1' })
  await callback(await back())
  const [, credentials = ''] = provider.authorization?.split(' ') ?? []
  expect(Buffer.from(credentials, 'base64').toString()).toBe('client_-.~1:hvo_secret_a-b.c~d+%C3%A9%25%21%2A%27%28%29')
})

test('any node sees a login through', async () => {
  const other = await TestNamespace.over(shared)
  const { auth_url: url = '' } = await begin({}, other)
  const data = { ...Object.fromEntries(provider.visit(url)), client_nonce: 'mine' }
  expect((await callback(data)).auth).not.toBeNull()
  await expect(callback(data, other)).rejects.toThrow('login failed')
})

test('a redirect URI with a query is sent as it is; the namespace goes with the state', async () => {
  await role({ allowed_redirect_uris: ['https://vault.example/back?x=1', 'https://vault.example/back?namespace=team'] })
  const one = await begin({ redirect_uri: 'https://vault.example/back?x=1' })
  await callback({ ...Object.fromEntries(provider.visit(one.auth_url ?? '')), client_nonce: 'mine' })
  expect(provider.asked[0]?.get('redirect_uri')).toBe('https://vault.example/back?x=1')
  await role({ allowed_redirect_uris: 'https://vault.example/back' })
  const two = await begin({ redirect_uri: 'https://vault.example/back?namespace=team' })
  const sent = new URL(two.auth_url ?? '').searchParams
  expect([sent.get('redirect_uri'), sent.get('state')?.slice(43)]).toEqual(['https://vault.example/back', ',ns=team'])
  const whole = Object.fromEntries(provider.visit(two.auth_url ?? ''))
  expect((await callback({ ...whole, client_nonce: 'mine' })).auth).not.toBeNull()
})

test.each(['http://localhost:1/oidc/callback', 'http://localhost/oidc/callback'])(
  '%s is allowed, whatever the port',
  async (uri) => {
    expect((await begin({ redirect_uri: uri })).auth_url).not.toBe('')
  },
)

test.each([
  'http:localhost:8250/oidc/callback',
  'http:\\\\localhost:8250/oidc/callback',
  'ht\ttp://local\nhost:8250/oidc/callback',
  ' http://localhost:8250/oidc/callback',
  'http://localhos%74:8250/oidc/callback',
  'http://ⓛocalhost:8250/oidc/callback',
  'http://LOCALHOST:8250/oidc/callback',
  'http://localhost:8250/x/../oidc/callback',
  'http://localhost:8250@other.example/oidc/callback',
  'http://localhost:8250/oidc/callback?x=1',
])('%j is no spelling of the redirect URI: others may read another host in it', async (uri) => {
  expect(await begin({ redirect_uri: uri })).toEqual({ auth_url: '' })
})

type Lie = (claims: Readonly<Record<string, unknown>>) => object | Promise<string> | string
const now = () => Math.floor(clock.now() / 1000)
const without =
  (name: string): Lie =>
  (claims) =>
    Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))
const handmade = (header: object, claims: object): string =>
  [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
const hs256 = (claims: object, key: string): string => {
  const text = handmade({ alg: 'HS256' }, claims)
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

/** What the ID token is in the place of an honest one: claims, or a token. */
const lies: Record<string, Lie> = {
  'another nonce': (claims) => ({ ...claims, nonce: 'another' }),
  'no nonce': without('nonce'),
  'another audience': (claims) => ({ ...claims, aud: 'other' }),
  'no audience': without('aud'),
  'several audiences, and nobody who asked': (claims) => ({ ...claims, aud: ['vault', 'other'] }),
  'asked for by another': (claims) => ({ ...claims, azp: 'other' }),
  'another issuer': (claims) => ({ ...claims, iss: 'https://other.example' }),
  'no issuer': without('iss'),
  expired: (claims) => ({ ...claims, exp: now() - 61 }),
  'no expiry': without('exp'),
  'not yet valid': (claims) => ({ ...claims, nbf: now() + 120 }),
  'issued in the future': (claims) => ({ ...claims, iat: now() + 120 }),
  'no subject': without('sub'),
  'an empty subject': (claims) => ({ ...claims, sub: '' }),
  'another subject than the user info': (claims) => ({ ...claims, sub: 'mallory' }),
  'the algorithm none': (claims) => `${handmade({ alg: 'none' }, claims)}.`,
  'HS256 by the client secret': (claims) => hs256(claims, 'a secret/with+signs'),
  'HS256 by the public key': (claims) => hs256(claims, pemOf(provider.key)),
  'a key that nobody knows': (claims) => signed(signer('unknown'), claims),
  'another key under a known name': (claims) => signed({ ...signer('x'), kid: 'provider' }, claims),
  'no token': () => 'token',
}
for (const [what, lie] of Object.entries(lies)) {
  test(`an ID token is refused: ${what}`, async () => {
    provider.answer = async (claims) => {
      const told = await lie(claims)
      const token = typeof told === 'string' ? told : await signed(provider.key, told)
      return { body: { access_token: 'access', token_type: 'bearer', id_token: token } }
    }
    const data = await back()
    const before = await tokens()
    expect(await refusal(data)).toBe(FAILED)
    expect(await tokens()).toEqual(before)
    expect(await vault.rows('mount/')).not.toContainEqual(expect.stringContaining('/oidc/'))
  })
}

const broken: Record<string, { status?: number; body: object | string }> = {
  'no ID token': { body: { access_token: 'access', token_type: 'bearer' } },
  'a refusal': { status: 400, body: { error: 'invalid_grant', error_description: 'no' } },
  'an error': { status: 500, body: 'broken' },
  'no JSON': { body: '<html>' },
  'an answer without end': { body: JSON.stringify({ access_token: 'x'.repeat(1_100_000) }) },
}
for (const [what, answer] of Object.entries(broken)) {
  test(`a token endpoint gives ${what}: nobody gets in`, async () => {
    provider.answer = async () => answer
    const data = await back()
    expect(await refusal(data)).toMatch(/^(invalid_request: login failed|unavailable: the identity provider.*)$/)
    expect(await refusal(data)).toBe(FAILED)
  })
}

test('claims of the role: subject, audiences, issuer, how long ago they were asked', async () => {
  for (const settings of [
    { bound_subject: 'bob' },
    { bound_subject: '', bound_audiences: 'other' },
    { bound_audiences: '', max_age: '1m' },
  ]) {
    provider.answer = async (claims) => {
      const told = { ...claims, auth_time: now() - 300 }
      return { body: { access_token: 'a', token_type: 'bearer', id_token: await signed(provider.key, told) } }
    }
    await role(settings)
    expect(await refusal(await back())).toBe(FAILED)
  }
  await role({ max_age: '10m' })
  expect((await callback(await back())).auth).not.toBeNull()
  await configure({ bound_issuer: 'https://other.example' })
  expect(await refusal(await back())).toBe(FAILED)
})

test('an attempt ends after ten minutes', async () => {
  const data = await back()
  vault.pass(600)
  expect(await refusal(data)).toBe(FAILED)
})

test('a role that is gone, or for tokens now, lets nobody in who was on the way', async () => {
  const data = await back()
  await role({ role_type: 'jwt' })
  expect(await refusal(data)).toBe(FAILED)
  expect(await begin()).toEqual({ auth_url: '' })
  await role({ role_type: 'oidc' })
  const third = await back()
  await vault.call('delete', 'auth/oidc/role/r')
  expect(await refusal(third)).toBe(FAILED)
})

test('device: the code to enter is told, a provider that pauses or refuses is heard, one that is away is waited for', async () => {
  await role({ callback_mode: 'device' })
  const begun = await begin()
  expect(begun).toMatchObject({ auth_url: `${provider.issuer}/enter`, user_code: 'ABCD-EFGH', poll_interval: '7' })
  const poll = () =>
    vault.refusal('update', 'auth/oidc/oidc/poll', { state: begun.state, client_nonce: 'mine' }, anonymous)
  const honest = provider.answer
  for (const word of ['authorization_pending', 'slow_down']) {
    provider.answer = async () => ({ status: 400, body: { error: word } })
    expect(await poll()).toBe(`invalid_request: ${word}`)
  }
  provider.answer = async () => ({ body: 'x'.repeat(1_100_000) })
  expect(await poll()).toBe('unavailable: the identity provider cannot be reached')
  provider.answer = async () => ({ status: 400, body: { error: 'access_denied' } })
  expect(await poll()).toBe(FAILED)
  provider.answer = honest
  const { auth } = await vault.call(
    'update',
    'auth/oidc/oidc/poll',
    { state: begun.state, client_nonce: 'mine' },
    anonymous,
  )
  expect(auth).not.toBeNull()
  expect(await poll()).toBe(FAILED)
  // The state of a device is no state to come back with.
  const other = await begin()
  expect(await refusal({ state: other.state, code: 'the-code', client_nonce: 'mine' })).toBe(FAILED)
})

test('direct: what a page shows of a role and an address is text, and nothing else', async () => {
  await vault.call('update', 'auth/oidc/role/a.b', {
    user_claim: 'sub',
    allowed_redirect_uris: REDIRECT,
    callback_mode: 'direct',
  })
  const { auth_url: url = '' } = await begin({ role: 'a.b' })
  const data = { ...Object.fromEntries(provider.visit(url)), code: '"><script>alert(1)</script>' }
  const { raw } = await vault.call('read', 'auth/oidc/oidc/callback', data, anonymous)
  expect(raw?.body).toContain('role a.b was begun from 192.0.2.1')
  expect(raw?.body).not.toContain('<script')
  expect(raw?.headers?.['Content-Security-Policy']).toContain("default-src 'none'")
})

test('nobody has a megabyte kept by beginning a login, or by coming back to one', async () => {
  const zeros = '0'.repeat(1_000_000)
  const body = { role: 'r', redirect_uri: `http://localhost:${zeros}8250/oidc/callback` }
  expect(await vault.refusal('update', 'auth/oidc/oidc/auth_url', body, anonymous)).toMatch(/^invalid_request: .*2000/)
  await configure({ oidc_response_mode: 'form_post' })
  for (const long of ['code', 'id_token']) {
    const state = new URL((await begin()).auth_url ?? '').searchParams.get('state')
    const posted = { state, code: 'x', [long]: 'x'.repeat(1_000_000) }
    expect(await vault.refusal('update', 'auth/oidc/oidc/callback', posted, anonymous)).toBe(FAILED)
  }
})

test('only so many logins are begun at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 3_010 }, () =>
      begin().then(
        () => 'begun',
        (error: { code: string }) => error.code,
      ),
    ),
  )
  expect(answers.filter((answer) => answer === 'rate_limited')).toHaveLength(10)
  vault.pass(60)
  expect((await begin()).auth_url).not.toBe('')
})

test('who configures a provider is told that nothing answers there', async () => {
  const discovery = configure({ oidc_discovery_url: 'http://127.0.0.1:1/x' })
  await expect(discovery).rejects.toThrow(
    /^error checking oidc discovery URL: 127\.0\.0\.1:1 cannot be asked: .*ECONNREFUSED/,
  )
})

test('a provider whose discovery is about another issuer is refused', async () => {
  provider.metadata = { issuer: 'https://other.example' }
  expect(await configure({}).catch((error: Error) => error.message)).toContain('error checking oidc discovery URL')
})

test('neither codes nor tokens, states or nonces are in the log', async () => {
  const data = await back()
  provider.answer = async () => ({ status: 400, body: { error: 'invalid_grant', error_description: 'canary' } })
  await refusal(data)
  const log = vault.logged.join('\n')
  for (const value of Object.values(data)) if (String(value).length > 6) expect(log).not.toContain(value)
  expect(log).not.toContain('canary')
})

test('a provider that names no page, as one that only gives out tokens, is told of', async () => {
  provider.metadata = { authorization_endpoint: undefined }
  await configure({})
  const body = { role: 'r', redirect_uri: REDIRECT, client_nonce: 'mine' }
  expect(await vault.refusal('update', 'auth/oidc/oidc/auth_url', body, anonymous)).toMatch(
    /^invalid_request: there is no page to log in at: .*authorization_endpoint/,
  )
})
