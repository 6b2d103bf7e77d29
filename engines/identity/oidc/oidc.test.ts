import { createPublicKey, verify } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { toldWithin } from '../../../test/harness/properties.ts'
import { identity } from '../index.ts'
import { ALGORITHMS } from './documents.ts'

const SEED = Number(process.env.EGIDE_SEED ?? Date.now() % 1_000_000)
const ISSUER = 'https://vault.test:8200/v1/identity/oidc'

let vault: TestNamespace
let token: string
let entityId: string
beforeEach(async () => {
  vault = await TestNamespace.create()
  await vault.policy('oidc', 'path "identity/oidc/token/*" { capabilities = ["read"] }')
  const login = { policies: ['oidc'], alias: { name: 'bob', metadata: {} } }
  const { auth } = await vault.call('update', 'auth/door/login', login, { token: undefined })
  token = String(auth?.clientToken)
  entityId = String(auth?.entityId)
})

const idToken = async (role = 'app'): Promise<string> =>
  String((await vault.data('read', `identity/oidc/token/${role}`, {}, { token })).token)

async function raw(path: string, data?: object): Promise<Record<string, unknown>> {
  const { raw } = await vault.call(data === undefined ? 'read' : 'update', path, data)
  return JSON.parse(String(raw?.body)) as Record<string, unknown>
}

const introspect = (jwt: string, clientId?: string) =>
  raw('identity/oidc/introspect', { token: jwt, ...(clientId !== undefined && { client_id: clientId }) })
const published = async () =>
  (await raw('identity/oidc/.well-known/keys')).keys as (Record<string, string> & { kid: string })[]
const part = (jwt: string, at: number): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[at] ?? '', 'base64url').toString()) as Record<string, unknown>

test.each(ALGORITHMS)('a token signed with %s is verified with what is published', async (algorithm) => {
  await vault.call('update', 'identity/oidc/key/k', { algorithm, allowed_client_ids: 'app' })
  await vault.call('update', 'identity/oidc/role/app', { key: 'k', client_id: 'app', ttl: '10m' })
  const jwt = await idToken()
  const nowSeconds = Math.floor(vault.clock.now() / 1000)
  expect(part(jwt, 1)).toEqual({
    iss: ISSUER,
    sub: entityId,
    aud: 'app',
    iat: nowSeconds,
    exp: nowSeconds + 600,
    namespace: 'root',
  })
  const { kid, alg } = part(jwt, 0)
  const jwk = (await published()).find((key) => key.kid === kid)
  expect(alg).toBe(algorithm)
  expect(Object.keys(jwk ?? {})).not.toContain('d')
  const key = createPublicKey({ key: { kty: '', ...jwk }, format: 'jwk' })
  const [head, body, signature] = jwt.split('.')
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`
  const how = { key, dsaEncoding: 'ieee-p1363' as const }
  expect(verify(hash, Buffer.from(`${head}.${body}`), how, Buffer.from(String(signature), 'base64url'))).toBe(true)
  expect(await introspect(jwt, 'app')).toEqual({ active: true })
})

test('rotation publishes the next key before it signs, and the last for as long as was said', async () => {
  await vault.call('update', 'identity/oidc/key/k', {
    algorithm: 'ES256',
    verification_ttl: '1h',
    rotation_period: '2h',
    allowed_client_ids: '*',
  })
  await vault.call('update', 'identity/oidc/role/app', { key: 'k', ttl: '1h' })
  const first = await idToken()
  const before = (await published()).map(({ kid }) => kid)
  await vault.call('update', 'identity/oidc/key/k/rotate')
  const second = await idToken()
  expect(before).toContain(part(second, 0).kid)
  expect(part(second, 0).kid).not.toBe(part(first, 0).kid)
  expect(await introspect(first)).toEqual({ active: true })
  vault.pass(3599)
  expect(await introspect(first)).toEqual({ active: true })
  vault.pass(1)
  expect(await introspect(first)).toMatchObject({ active: false })
  expect((await published()).map(({ kid }) => kid)).not.toContain(part(first, 0).kid)
  vault.pass(3600)
  await vault.namespace.runPeriodic()
  const third = await idToken()
  expect(part(third, 0).kid).not.toBe(part(second, 0).kid)
  await vault.call('update', 'identity/oidc/key/k/rotate', { verification_ttl: 0 })
  expect(await introspect(third)).toMatchObject({ active: false })
})

test('what is not a good token is not active', async () => {
  await vault.call('update', 'identity/oidc/key/k', { algorithm: 'RS256', allowed_client_ids: '*' })
  await vault.call('update', 'identity/oidc/role/app', { key: 'k', client_id: 'app' })
  const jwt = await idToken()
  const [head = '', body = '', signature = ''] = jwt.split('.')
  const none = Buffer.from(JSON.stringify({ ...part(jwt, 0), alg: 'none' })).toString('base64url')
  const hs = Buffer.from(JSON.stringify({ ...part(jwt, 0), alg: 'HS256' })).toString('base64url')
  const other = Buffer.from(JSON.stringify({ ...part(jwt, 1), sub: 'x' })).toString('base64url')
  const bad = [
    '',
    'a',
    'a.b.c',
    `${none}.${body}.`,
    `${hs}.${body}.${signature}`,
    `${head}.${other}.${signature}`,
    `${jwt}.x`,
    jwt.slice(0, -8),
  ]
  for (const text of bad) if (text !== '') expect(await introspect(text), text).toMatchObject({ active: false })
  expect(await introspect(jwt, 'else')).toMatchObject({ active: false })
  await vault.call('update', `identity/entity/id/${entityId}`, { disabled: true })
  expect(await introspect(jwt)).toEqual({ active: false, error: 'entity is disabled' })
  await vault.call('update', `identity/entity/id/${entityId}`, { disabled: false })
  await vault.call('update', 'identity/oidc/config', { issuer: 'https://elsewhere' })
  expect(await introspect(jwt)).toMatchObject({ active: false })
})

test('no name and no metadata adds a claim or replaces one', async () => {
  await vault.call('update', 'identity/oidc/key/k', { algorithm: 'EdDSA', allowed_client_ids: '*' })
  const template =
    '{"who": {{identity.entity.name}}, "team": {{identity.entity.metadata.team}}, "all": {{identity.entity.metadata}}, "groups": {{identity.entity.groups.names}}}'
  await vault.call('update', 'identity/oidc/role/app', { key: 'k', template: Buffer.from(template).toString('base64') })
  const text = fc.string({
    unit: fc.constantFrom('"', '\\', '}', '{', ',', ':', 'a', '\u2028', '{{', '}}', '"sub":"x"'),
    minLength: 1,
    maxLength: 12,
  })
  await fc.assert(
    fc.asyncProperty(text, text, async (name, team) => {
      await vault.call('update', `identity/entity/id/${entityId}`, { name, metadata: { team } })
      const claims = part(await idToken(), 1)
      expect(claims).toMatchObject({ who: name, team, all: { team }, groups: [], sub: entityId })
      expect(Object.keys(claims).sort()).toEqual([
        'all',
        'aud',
        'exp',
        'groups',
        'iat',
        'iss',
        'namespace',
        'sub',
        'team',
        'who',
      ])
    }),
    { seed: SEED, numRuns: 30, ...toldWithin() },
  )
})

const refusals: Record<string, [path: string, data: object, says: string]> = {
  'a claim that the server sets': [
    'role/r',
    { key: 'default', template: '{"sub": "x"}' },
    'top level key "sub" not allowed',
  ],
  'a template that is no JSON': ['role/r', { key: 'default', template: '{"a": }' }, 'error parsing template JSON'],
  'a template that makes no object': ['role/r', { key: 'default', template: '["a"]' }, 'error parsing template JSON'],
  'braces that do not pair': ['role/r', { key: 'default', template: '{"a": {{identity.entity.id}' }, 'unbalanced'],
  'an unknown value': [
    'role/r',
    { key: 'default', template: '{"a": {{identity.entity.secret}}}' },
    'a value that there is not',
  ],
  'a role without a key': ['role/r', {}, 'the key parameter is required'],
  'a role of a key that is not there': ['role/r', { key: 'none' }, 'cannot find key "none"'],
  'tokens that outlive their key': [
    'role/r',
    { key: 'default', ttl: '25h' },
    'cannot be longer than the verification_ttl',
  ],
  'a key that rotates too often': ['key/x', { rotation_period: 59 }, 'at least one minute'],
  'a key that is published too long': ['key/x', { rotation_period: '1h', verification_ttl: '11h' }, 'longer than 10x'],
  'an unknown algorithm': ['key/x', { algorithm: 'HS256' }, 'unknown signing algorithm "HS256"'],
  'a name with a slash in it': ['key/..', {}, ''],
  'an issuer with a path': ['config', { issuer: 'https://vault/x' }, 'invalid issuer'],
  'an issuer of another scheme': ['config', { issuer: 'ftp://vault' }, 'invalid issuer'],
}
test.each(Object.entries(refusals))('refuses %s', async (_what, [path, data, says]) => {
  expect(await vault.refusal('update', `identity/oidc/${path}`, data)).toContain(says)
})

test('a key that does not know the client signs nothing for it, and one in use stays', async () => {
  await vault.call('update', 'identity/oidc/key/k', { algorithm: 'ES256' })
  await vault.call('update', 'identity/oidc/role/app', { key: 'k' })
  expect(await vault.refusal('read', 'identity/oidc/token/app', {}, { token })).toContain('does not list the client ID')
  expect(await vault.refusal('read', 'identity/oidc/token/none', {}, { token })).toContain('role "none" not found')
  expect(await vault.refusal('read', 'identity/oidc/token/app')).toContain('no entity associated')
  expect(await vault.refusal('delete', 'identity/oidc/key/k')).toContain('referenced by these roles: app')
  expect(await vault.refusal('delete', 'identity/oidc/key/default')).toContain('not allowed')
})

test('a role is not kept for a key that another node deletes while the role is written', async () => {
  const here = new MountedEngine(identity)
  await here.call('update', 'oidc/key/k', { algorithm: 'ES256' })
  let isDeleted = false
  const there = new MountedEngine(identity, {
    with: here,
    through: (inner) => {
      const get = async (paths: readonly string[]) => {
        const found = await inner.get(paths)
        if (!isDeleted && paths.some((path) => path.endsWith('oidc/key/k'))) {
          isDeleted = true
          await here.call('delete', 'oidc/key/k')
        }
        return found
      }
      return new Proxy(inner, {
        get(target, name) {
          const member: unknown = name === 'get' ? get : Reflect.get(target, name)
          return typeof member === 'function' ? member.bind(target) : member
        },
      })
    },
  })
  expect(await there.refusal('update', 'oidc/role/app', { key: 'k' })).toContain('cannot find key "k"')
  expect(isDeleted).toBe(true)
})
