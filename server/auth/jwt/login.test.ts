import { createHmac } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { freePort } from '../../../test/harness/free-port.ts'
import { TestClock } from '../../../test/harness/rows.ts'
import { jwkOf, pemOf, type Signer, signed, signer } from '../jwks/testing-tokens.ts'
import type { Claims } from '../jwks/verify-token.ts'
import { jwt } from './index.ts'

/** Logins with signed tokens, through the whole pipeline: what is refused leaves nothing behind. */

const ours = signer('one')
const rsa = signer('two', 'RS256')
const stranger = signer('stranger')
const clock = new TestClock()
const NOW = clock.nowMs / 1000
const FAILED = 'invalid_request: login failed'
const good: Claims = {
  iss: 'https://issuer.example',
  sub: 'workload',
  aud: 'vault',
  iat: NOW - 10,
  exp: NOW + 600,
  groups: ['a', 'b'],
  team: { name: 'blue', level: 3, tags: ['x', 'y'] },
  flag: true,
}

let vault: TestNamespace

beforeEach(async () => {
  clock.nowMs = NOW * 1000
  vault = await TestNamespace.create({ engines: [jwt], clock })
  await vault.call('update', 'sys/auth/jwt', { type: 'jwt' })
  await vault.call('update', 'auth/jwt/config', {
    jwt_validation_pubkeys: [pemOf(ours), pemOf(rsa)],
    bound_issuer: 'https://issuer.example',
  })
  await role({})
})

/** Writes the role `r`. */
function role(settings: object): Promise<unknown> {
  return vault.call('update', 'auth/jwt/role/r', {
    role_type: 'jwt',
    bound_audiences: 'vault,other',
    user_claim: 'sub',
    token_policies: 'p',
    ...settings,
  })
}

const anonymous = { token: undefined }
async function login(claims: Claims, by: Signer = ours, header: object = {}) {
  const token = await signed(by, claims, header)
  return vault.call('update', 'auth/jwt/login', { role: 'R', jwt: token }, anonymous)
}
async function refusal(claims: Claims, by: Signer = ours, header: object = {}): Promise<string> {
  return login(claims, by, header).then(
    () => 'accepted',
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  )
}
const tokens = async (): Promise<number> => (await vault.rows('tokens/id/')).length

test('a good token lets in, on the terms of its role', async () => {
  await role({
    claim_mappings: { '/team/name': 'team', missing: 'nothing' },
    groups_claim: 'groups',
    token_ttl: '10m',
    token_max_ttl: '1h',
  })
  for (const by of [ours, rsa]) {
    const { auth } = await login(good, by)
    expect(auth).toMatchObject({
      policies: ['default', 'p'],
      metadata: { role: 'r', team: 'blue' },
      leaseDurationSeconds: 600,
      renewable: true,
    })
    const looked = await vault.data('update', 'auth/token/lookup', { token: auth?.clientToken })
    expect(looked).toMatchObject({ display_name: 'jwt-workload', path: 'auth/jwt/login', orphan: true })
  }
})

test('a login has what roles of `sys/roles` give to the role that it is under', async () => {
  await vault.call('update', 'sys/roles/ops', { policies: 'more', member_auth_roles: 'auth/jwt/R' })
  const { auth } = await login(good)
  expect(auth).toMatchObject({ policies: ['default', 'more', 'p'], identityPolicies: ['more'] })
})

test('a mount that is not configured says so', async () => {
  await vault.call('update', 'sys/auth/bare', { type: 'jwt' })
  expect(await vault.refusal('read', 'auth/bare/config')).toBe('not_found: ')
  const told = await vault.refusal('update', 'auth/bare/login', { role: 'r', jwt: 'x' }, anonymous)
  expect(told).toBe('invalid_request: could not load configuration')
})

test('the mount may say which role is meant', async () => {
  await vault.call('update', 'auth/jwt/config', { jwt_validation_pubkeys: pemOf(ours), default_role: 'R' })
  const token = await signed(ours, good)
  expect((await vault.call('update', 'auth/jwt/login', { jwt: token }, anonymous)).auth).not.toBeNull()
})

const secret = (key: string | Buffer) => async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(good)}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}
const unsigned = async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part(good)}.`
}
const without = (name: string): Claims => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))

/** What comes, and what of the role is different. */
const refused: Record<string, [claims: Claims | (() => Promise<string>), settings?: object, by?: Signer]> = {
  expired: [{ ...good, exp: NOW - 61 }],
  'expired, without leeway': [{ ...good, exp: NOW - 1 }, { clock_skew_leeway: -1 }],
  'not yet valid': [{ ...good, nbf: NOW + 61 }],
  'issued in the future': [{ ...good, iat: NOW + 61 }],
  'without any time': [{ ...good, iat: undefined, exp: undefined }],
  'without exp, and older than what stands in for it': [{ ...without('exp'), iat: NOW - 211 }],
  'a time that is text': [{ ...good, exp: `${NOW + 600}` }],
  'a time that is a flag': [{ ...good, exp: true }],
  'another audience': [{ ...good, aud: 'vaults' }],
  'other audiences': [{ ...good, aud: ['x', 'y'] }],
  'no audience': [without('aud')],
  'an empty list of audiences': [{ ...good, aud: [] }],
  'an empty audience': [{ ...good, aud: '' }],
  'an audience that is a number': [{ ...good, aud: 1 }],
  'an audience, where the role has none': [good, { bound_audiences: '', bound_subject: 'workload' }],
  'another issuer': [{ ...good, iss: 'https://issuer.example/' }],
  'no issuer': [without('iss')],
  'a list of issuers': [{ ...good, iss: ['https://issuer.example'] }],
  'another subject': [good, { bound_subject: 'somebody' }],
  'nobody: the claim is missing': [without('sub')],
  'nobody: the claim is empty': [{ ...good, sub: '' }],
  'nobody: the claim is no text': [{ ...good, sub: 7 }],
  'a claim by its prototype': [good, { user_claim: 'constructor' }],
  'a pointer to nothing': [good, { user_claim: '/team/nothing', user_claim_json_pointer: true }],
  'a bound claim that is missing': [good, { bound_claims: { other: 'x' } }],
  'a bound claim that is another': [good, { bound_claims: { '/team/name': ['red', 'green'] } }],
  'a bound claim of another type': [good, { bound_claims: { '/team/level': '3' } }],
  'a bound claim that is an object': [good, { bound_claims: { team: 'blue' } }],
  'a glob that does not fit': [good, { bound_claims: { sub: 'work*d!' }, bound_claims_type: 'glob' }],
  'a star without globs': [good, { bound_claims: { sub: 'work*' } }],
  'one of two bound claims': [good, { bound_claims: { sub: 'workload', flag: false } }],
  'groups that are missing': [good, { groups_claim: 'nothing' }],
  'groups of which one is none': [{ ...good, groups: ['a', ['b']] }, { groups_claim: 'groups' }],
  'a subject that is a number': [{ ...good, sub: 5, name: 'workload' }, { user_claim: 'name' }],
  'groups that are numbers': [good, { groups_claim: '/team/level' }],
  'metadata that is no text': [good, { claim_mappings: { '/team/level': 'level' } }],
  'an address that is not let in': [good, { token_bound_cidrs: '10.0.0.0/8' }],
  'a role for people': [good, { role_type: 'oidc', allowed_redirect_uris: 'http://localhost/x' }],
  'a key that nobody knows': [good, {}, stranger],
  'another key under a known name': [good, {}, { ...stranger, kid: 'one' }],
  'the algorithm none': [unsigned],
  'HS256 by the public key as PEM': [secret(pemOf(ours))],
  'HS256 by the public key as DER': [secret(ours.publicKey.export({ type: 'spki', format: 'der' }))],
  'no token at all': [async () => 'token'],
}
for (const [what, [claims, settings = {}, by]] of Object.entries(refused)) {
  test(`refused, with one message and nothing made: ${what}`, async () => {
    await role(settings)
    const token = typeof claims === 'function' ? await claims() : await signed(by ?? ours, claims)
    const before = await vault.rows('')
    expect(await vault.refusal('update', 'auth/jwt/login', { role: 'r', jwt: token }, anonymous)).toBe(FAILED)
    expect(await vault.rows('')).toEqual(before)
  })
}

test('refused alike: a role that does not exist', async () => {
  const token = await signed(ours, good)
  expect(await vault.refusal('update', 'auth/jwt/login', { role: 'none', jwt: token }, anonymous)).toBe(FAILED)
})

const accepted: Record<string, [claims: Claims, settings?: object]> = {
  'within the leeway of clocks': [{ ...good, exp: NOW - 59, nbf: NOW + 59, iat: NOW + 59 }],
  'without exp, while what stands in for it lasts': [{ ...without('exp'), iat: NOW - 200 }],
  'without iat and nbf, near its end': [{ ...without('iat'), exp: NOW + 100 }],
  'one of several audiences': [{ ...good, aud: ['x', 'other'] }],
  'no audience where the role has none': [without('aud'), { bound_audiences: '', bound_subject: 'workload' }],
  'bound claims: text in a list, a number, a flag': [
    good,
    { bound_claims: { '/team/tags': ['z', 'y'], '/team/level': 3, flag: true, groups: 'b' } },
  ],
  'a glob': [good, { bound_claims: { sub: 'w*l*d', groups: ['z*', 'b*'] }, bound_claims_type: 'glob' }],
  'a pointer into a list': [good, { user_claim: '/team/tags/1', user_claim_json_pointer: true }],
  'groups that are one text': [{ ...good, groups: 'a' }, { groups_claim: 'groups' }],
}
for (const [what, [claims, settings = {}]] of Object.entries(accepted)) {
  test(`accepted: ${what}`, async () => {
    await role(settings)
    expect((await login(claims)).auth?.policies).toEqual(['default', 'p'])
  })
}

test('a hundred good and a hundred bad logins, all at once: each gets what it should', async () => {
  const before = await tokens()
  const bad = [
    { ...good, exp: NOW - 61 },
    { ...good, aud: 'x' },
    { ...good, sub: '' },
  ]
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => {
      if (n % 2 === 0) return refusal({ ...good, jti: `${n}` })
      return n % 4 === 1 ? refusal(good, stranger) : refusal(bad[n % 3] ?? good)
    }),
  )
  expect(answers.filter((_, n) => n % 2 === 0)).toEqual(new Array(100).fill('accepted'))
  expect(answers.filter((_, n) => n % 2 === 1)).toEqual(new Array(100).fill(FAILED))
  expect((await tokens()) - before).toBe(100)
})

test('a token is renewed by what its role says then, and not when the role is gone', async () => {
  await role({ token_ttl: '10m' })
  const { auth } = await login(good)
  const self = { token: auth?.clientToken }
  await role({ token_ttl: '20m' })
  expect((await vault.call('update', 'auth/token/renew-self', {}, self)).auth?.leaseDurationSeconds).toBe(1200)
  await vault.call('delete', 'auth/jwt/role/r')
  expect(await vault.refusal('update', 'auth/token/renew-self', {}, self)).toContain('does not exist')
  await role({ token_ttl: '20m' })
  expect(await vault.refusal('update', 'auth/token/renew-self', {}, self)).toContain('does not exist')
})

const badRoles: Record<string, object> = {
  'the root policy': { token_policies: 'ROOT' },
  'no claim for the user': { user_claim: '' },
  'nothing that binds': { bound_audiences: '' },
  'nowhere to go back to': { role_type: 'oidc' },
  'an unknown type': { role_type: 'saml' },
  'an unknown type of claims': { bound_claims_type: 'regex' },
  'an unknown mode': { callback_mode: 'pigeon' },
  'a bound claim that is an object': { bound_claims: { a: { b: 1 } } },
  'a glob that is a number': { bound_claims: { a: 1 }, bound_claims_type: 'glob' },
  'metadata under a reserved name': { claim_mappings: { a: 'role' } },
  'metadata under one name twice': { claim_mappings: { a: 'x', b: 'x' } },
  'a negative age': { max_age: -1 },
}
for (const [what, settings] of Object.entries(badRoles)) {
  test(`a role is refused: ${what}`, async () => {
    const body = { role_type: 'jwt', bound_audiences: 'vault', user_claim: 'sub', ...settings }
    expect(await vault.refusal('update', 'auth/jwt/role/new', body)).toMatch(/^invalid_request: /)
    expect(await vault.refusal('read', 'auth/jwt/role/new')).toBe('not_found: ')
  })
}

const badConfigs: Record<string, object> = {
  nothing: {},
  'two sources of keys': { jwt_validation_pubkeys: pemOf(ours), jwks_url: 'https://x.example' },
  'a private key': {
    jwt_validation_pubkeys: ours.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  },
  'more keys than are tried': { jwt_validation_pubkeys: new Array(21).fill(pemOf(ours)) },
  'no key': { jwt_validation_pubkeys: 'key' },
  'a shared-secret algorithm': { jwt_validation_pubkeys: pemOf(ours), jwt_supported_algs: 'HS256' },
  'the algorithm none': { jwt_validation_pubkeys: pemOf(ours), jwt_supported_algs: 'none' },
  'a file': { jwks_url: 'file:///etc/passwd' },
  'a client without its secret': { oidc_discovery_url: 'https://x.example', oidc_client_id: 'id' },
  'a client without discovery': { jwt_validation_pubkeys: pemOf(ours), oidc_client_id: 'id', oidc_client_secret: 's' },
  'an ID token in a query': {
    jwt_validation_pubkeys: pemOf(ours),
    oidc_response_mode: 'query',
    oidc_response_types: 'id_token',
  },
  'a provider that is not known': { jwt_validation_pubkeys: pemOf(ours), provider_config: { provider: 'azure' } },
  'a provider that is down': { jwks_url: 'http://127.0.0.1:1/keys' },
}
for (const [what, body] of Object.entries(badConfigs)) {
  test(`a configuration is refused: ${what}`, async () => {
    const before = await vault.data('read', 'auth/jwt/config')
    expect(await vault.refusal('update', 'auth/jwt/config', body)).toMatch(/^invalid_request: /)
    expect(await vault.data('read', 'auth/jwt/config')).toEqual(before)
  })
}

test('groups that come as one text are a list, where the provider is known for it', async () => {
  const keys = { jwt_validation_pubkeys: pemOf(ours) }
  await vault.call('update', 'auth/jwt/config', { ...keys, provider_config: { provider: 'secureauth' } })
  await role({ groups_claim: 'groups', bound_claims: { sub: 'workload' } })
  expect((await login({ ...good, groups: 'a,b' })).auth).not.toBeNull()
})

test('keys are fetched from several places; one that is down does not stop the other', async () => {
  const { createServer } = await import('node:http')
  const server = createServer((_, reply) => reply.end(JSON.stringify({ keys: [jwkOf(ours)] })))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  const pairs = [{ jwks_url: 'http://127.0.0.1:1/' }, { jwks_url: `http://127.0.0.1:${port}/` }]
  await vault.call('update', 'auth/jwt/config', { jwks_pairs: pairs })
  expect(await refusal(good)).toBe('accepted')
  expect(await refusal(good, rsa)).toBe(FAILED)
  server.close()
})

test('a role that is deleted while keys are fetched lets nobody in', async () => {
  const { createServer } = await import('node:http')
  let before = async (): Promise<unknown> => undefined
  const server = createServer(async (_, reply) => {
    await before()
    reply.end(JSON.stringify({ keys: [jwkOf(ours)] }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await vault.call('update', 'auth/jwt/config', { jwks_url: `http://127.0.0.1:${port}/`, skip_jwks_validation: true })
  before = () => vault.call('delete', 'auth/jwt/role/r')
  expect(await refusal(good)).toBe('unavailable: the role was changed during the login')
  expect(await refusal(good)).toBe(FAILED)
  server.close()
})

test('a provider that is down when it is configured lets nobody in, and then does', async () => {
  const { createServer } = await import('node:http')
  const server = createServer((_, reply) => reply.end(JSON.stringify({ keys: [jwkOf(ours)] })))
  const port = await freePort()
  const config = { jwks_url: `http://127.0.0.1:${port}/`, skip_jwks_validation: true }
  const { warnings } = await vault.call('update', 'auth/jwt/config', config)
  expect(warnings).toContain('error checking jwks URL')
  expect(await vault.data('read', 'auth/jwt/config')).toMatchObject({ status: 'invalid' })
  expect(await refusal(good)).toBe('unavailable: the identity provider cannot be reached')
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  vault.pass(2)
  expect(await refusal(good)).toBe('accepted')
  expect(await vault.data('read', 'auth/jwt/config')).toMatchObject({ status: 'valid' })
  server.close()
})

test('the log says why, and holds nothing of the token', async () => {
  const token = await signed(ours, { ...good, exp: NOW - 61, sub: 'canary-in-the-claims' })
  await vault.refusal('update', 'auth/jwt/login', { role: 'r', jwt: token }, anonymous)
  expect(vault.logged.join('\n')).not.toContain('canary')
})
