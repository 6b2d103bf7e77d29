import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Reply } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** What a '/' at the end of a path, or an empty name in it, comes to. The answers are those of peers. */

const FOLDER = "cannot write to a path ending in '/'"

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  await server.call('POST', 'sys/mounts/kv', { body: { type: 'kv' } })
  for (const type of ['pki', 'ssh', 'totp']) await server.call('POST', `sys/mounts/${type}`, { body: { type } })
  for (const type of ['approle', 'userpass']) await server.call('POST', `sys/auth/${type}`, { body: { type } })
  for (const [path, body] of Object.entries({
    'kv/a': { value: 1 },
    'auth/approle/role/app': {},
    'auth/userpass/users/alice': { password: 'correct horse' },
    'transit/keys/one': {},
    'sys/policies/acl/reader': { policy: 'path "kv/*" { capabilities = ["read"] }' },
    'identity/entity/name/alice': {},
  }))
    expect((await server.call('POST', path, { body })).status, path).toBeLessThan(300)
})
afterAll(() => server.remove())

const told = ({ status, body }: Reply) => [status, body?.errors]

describe('what is written to a path that ends in a slash', () => {
  test.each([
    'auth/token/create/',
    'auth/token/create-orphan/',
    'auth/token/create/role/',
    'auth/userpass/login/alice/',
    'auth/approle/role/app/secret-id/',
    'kv/',
    'kv/a/',
    'secret/data/',
    'secret/metadata/a/',
    'transit/keys/',
    'transit/keys/one/rotate/',
    'sys/mounts/other/',
    'sys/policies/acl/',
    'sys/policies/acl/reader/',
    'identity/entity/id/',
    'identity/entity/name/alice/',
    'sys/seal/',
    'nothing/here/',
  ])('%s is refused, whoever asks', async (path) => {
    const body = { password: 'correct horse', value: 2 }
    for (const token of [server.rootToken, 'none', undefined]) {
      for (const method of ['POST', 'PUT'])
        expect(told(await server.call(method, path, { body, token: token ?? '' })), method).toEqual([400, [FOLDER]])
      const headers = { 'content-type': 'application/merge-patch+json' }
      expect(told(await server.call('PATCH', path, { body, token: token ?? '', headers }))).toEqual([400, [FOLDER]])
    }
  })

  test('was not written, nor made', async () => {
    expect((await server.call('GET', 'kv/a')).body).toMatchObject({ data: { value: 1 } })
    expect((await server.call('GET', 'transit/keys/one')).body).toMatchObject({ data: { latest_version: 1 } })
    expect((await server.call('GET', 'sys/mounts/other')).status).toBe(400)
  })

  test('leaves no part of a login behind', async () => {
    const accessors = async () => (await server.call('LIST', 'auth/token/accessors')).body?.data
    const before = await accessors()
    await server.call('POST', 'auth/userpass/login/alice/', { body: { password: 'correct horse' } })
    await server.call('POST', 'auth/token/create/', { body: {} })
    expect(await accessors()).toEqual(before)
  })
})

describe('what is no folder is not there with a slash behind it', () => {
  test.each([
    'auth/approle/role/app',
    'auth/userpass/users/alice',
    'auth/token/lookup-self',
    'transit/keys/one',
    'identity/entity/name/alice',
    'sys/health',
    'sys/seal-status',
    'sys/leader',
    'sys/mounts',
    'secret/config',
  ])('%s', async (path) => {
    expect((await server.call('GET', path)).status).toBe(200)
    expect((await server.call('GET', `${path}/`)).status).toBe(404)
  })

  test.each(['auth/approle/role/app', 'auth/userpass/users/alice', 'transit/keys/one', 'identity/entity/name/alice'])(
    'so that nothing of %s is deleted',
    async (path) => {
      expect(told(await server.call('DELETE', `${path}/`))).toEqual([404, ['unsupported path']])
      expect((await server.call('GET', path)).status).toBe(200)
    },
  )

  test('and without a token not even that is told', async () => {
    for (const path of ['sys/health/', 'sys/seal-status/', 'pki/ca/', 'nothing/'])
      expect(told(await server.call('GET', path, { token: '' })), path).toEqual([403, ['permission denied']])
  })
})

test.each(['auth/approle/role/app', 'transit/keys/one', 'auth/token/lookup-self', 'sys/health'])(
  '%s is nothing that can be listed',
  async (path) => {
    for (const [method, where] of [
      ['LIST', path],
      ['LIST', `${path}/`],
      ['GET', `${path}?list=true`],
      ['GET', `${path}/?list=1`],
      ['SCAN', path],
    ] as const)
      expect(told(await server.call(method, where)), `${method} ${where}`).toEqual([404, ['unsupported path']])
  },
)

test.each(['transit/keys', 'auth/approle/role', 'sys/policies/acl', 'secret/metadata', 'kv', 'identity/entity/id'])(
  '%s is listed with and without a slash, and not read',
  async (path) => {
    await server.call('POST', 'secret/data/a', { body: { data: {} } })
    for (const [method, where] of [
      ['LIST', path],
      ['LIST', `${path}/`],
      ['GET', `${path}?list=true`],
      ['GET', `${path}/?list=1`],
    ] as const)
      expect((await server.call(method, where)).body?.data, `${method} ${where}`).toHaveProperty('keys')
    expect([404, 405]).toContain((await server.call('GET', `${path}/`)).status)
  },
)

test.each([
  'sys/mounts/kv',
  'sys/auth/approle',
  'sys/policy',
  'sys/policies/acl/default',
  'sys/plugins/catalog',
  'sys/plugins/catalog/secret/kv',
  'identity/oidc/config',
  'identity/oidc/.well-known/keys',
  'identity/oidc/.well-known/openid-configuration',
])('%s is read with a slash behind it, as in peers', async (path) => {
  const [bare, slash] = [await server.call('GET', path), await server.call('GET', `${path}/`)]
  expect([bare.status, slash.status]).toEqual([200, 200])
  expect(slash.body?.data).toEqual(bare.body?.data)
})

test('a secret is read with a slash behind it, as its metadata is', async () => {
  await server.call('POST', 'secret/data/slashed', { body: { data: { a: 1 } } })
  for (const path of ['secret/metadata/slashed', 'secret/data/slashed', 'secret/subkeys/slashed']) {
    const [bare, slash] = [await server.call('GET', path), await server.call('GET', `${path}/`)]
    expect(slash.body?.data, path).toEqual(bare.body?.data)
    expect(slash.status).toBe(200)
  }
})

describe('what can be no name', () => {
  const NAMES = ['a//b', '/a', 'a/', '..', 'a/../b', 'a\0b', '\ud800', 'x'.repeat(3000)]
  const lookups: [path: string, body: (name: string) => object, status: number, words: RegExp][] = [
    ['auth/token/lookup-accessor', (accessor) => ({ accessor }), 400, /^invalid accessor$/],
    ['auth/token/renew-accessor', (accessor) => ({ accessor }), 400, /^invalid accessor$/],
    ['auth/token/revoke-accessor', (accessor) => ({ accessor }), 200, /^$/],
    ['sys/capabilities-accessor', (accessor) => ({ accessor, paths: ['a'] }), 400, /^invalid accessor$/],
    ['sys/leases/lookup', (lease_id) => ({ lease_id }), 400, /^invalid lease$/],
    ['sys/leases/renew', (lease_id) => ({ lease_id }), 400, /^invalid lease$/],
    ['sys/leases/revoke', (lease_id) => ({ lease_id }), 400, /^invalid lease$/],
    [
      'pki/config/acme',
      (name) => ({ allowed_roles: [name] }),
      400,
      /^allowed_roles names a role that there is none of/,
    ],
    ['ssh/config/zeroaddress', (name) => ({ roles: [name] }), 400, /^Role ".+" does not exist$/s],
    ['sys/roles/team', (id) => ({ member_entity_ids: [id] }), 400, /^entity ID ".+" does not exist$/s],
  ]
  test.each(lookups)('names nothing in the body of %s', async (path, bodyOf, status, words) => {
    for (const name of NAMES) {
      const reply = await server.call('POST', path, { body: bodyOf(name) })
      const [told = ''] = (reply.body?.errors ?? []) as readonly string[]
      expect([reply.status, told], JSON.stringify(name.slice(0, 8))).toEqual([status, expect.stringMatching(words)])
    }
  })

  test('is no view of the router, and no default issuer', async () => {
    const view = await server.call('GET', 'sys/internal/inspect/router/x')
    expect(told(view)).toEqual([404, ['unsupported path']])
    expect(told(await server.call('POST', 'pki/config/issuers', { body: {} }))).toEqual([400, ['missing default']])
  })
})

test.each(['entity', 'group'])(
  'the name of an %s may hold a slash, and its path then has a part more',
  async (kind) => {
    const where = `identity/${kind}/name/Team/App`
    expect((await server.call('POST', where, { body: { metadata: { a: 'b' } } })).status).toBe(200)
    for (const path of [where, `identity/${kind}/name/team/app`])
      expect((await server.call('GET', path)).body?.data).toMatchObject({ name: 'Team/App', metadata: { a: 'b' } })
    expect(told(await server.call('GET', `${where}/`))).toEqual([404, ['unsupported path']])
    expect((await server.call('DELETE', where)).status).toBe(204)
    expect((await server.call('GET', where)).status).toBe(404)
  },
)
