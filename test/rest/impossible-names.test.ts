import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'

/** What can't be the name of a role, key or user is no path, whatever is asked there. The answers are those of OpenBao. */

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  for (const type of ['pki', 'ssh', 'totp']) await server.call('POST', `sys/mounts/${type}`, { body: { type } })
  for (const type of ['approle', 'userpass', 'jwt', 'kubernetes', 'cert'])
    await server.call('POST', `sys/auth/${type}`, { body: { type } })
})
afterAll(() => server.remove())

const ROLES = [
  'transit/keys',
  'transit/keys/?/rotate',
  'transit/encrypt',
  'pki/roles',
  'pki/cel/roles',
  'pki/issue',
  'pki/sign',
  'pki/issuer',
  'pki/issuer/?/pem',
  'pki/key',
  'pki/roles/?/acme/new-nonce',
  'ssh/issuer',
  'ssh/issuer/?/public_key',
  'auth/approle/role',
  'auth/approle/role/?/secret-id',
  'auth/userpass/users',
  'auth/jwt/role',
  'auth/jwt/cel/role',
  'auth/kubernetes/role',
  'auth/cert/certs',
  'auth/cert/crls',
  'auth/token/roles',
  'auth/token/create',
  'identity/oidc/role',
  'identity/oidc/key',
  'identity/oidc/token',
  'identity/oidc/assignment',
  'identity/oidc/scope',
  'identity/oidc/client',
  'identity/oidc/provider',
  'identity/oidc/provider/?/.well-known/keys',
  'identity/mfa/login-enforcement',
  'identity/mfa/method/totp',
  'identity/entity/id',
  'identity/group-alias/id',
  'sys/quotas/rate-limit',
] as const
const WITH_AT = ['ssh/roles', 'ssh/sign', 'ssh/creds', 'totp/keys', 'totp/code'] as const

const at = (path: string, name: string): string => (path.includes('?') ? path.replace('?', name) : `${path}/${name}`)

async function answers(path: string): Promise<unknown[]> {
  const all = []
  for (const method of ['GET', 'POST', 'DELETE', 'GET']) {
    const { status, body } = await server.call(method, path, method === 'POST' ? { body: {} } : {})
    all.push(status, body?.errors)
  }
  return all
}
const BLANKS = ['a%20b', 'x%20', '%20x']
const SIGNS = ['a+b', '+', '*', 'x*', 'a%25b', 'a%3Fb', 'a%23b', 'a<b>', '%C3%A9']
const IMPOSSIBLE = ['-x', '.x', 'x-', 'x.', ...BLANKS, ...SIGNS, 'x'.repeat(513)]
const NO_PATH = Array.from({ length: 4 }, () => [404, ['unsupported path']]).flat()

test.each([...ROLES, ...WITH_AT])('%s', async (path) => {
  for (const name of IMPOSSIBLE) expect(await answers(at(path, name)), name).toEqual(NO_PATH)
  const isName = (WITH_AT as readonly string[]).includes(path)
  for (const name of ['a@b', '@']) {
    if (isName && name === 'a@b') expect(await answers(at(path, name))).not.toEqual(NO_PATH)
    else expect(await answers(at(path, name)), name).toEqual(NO_PATH)
  }
})

test('such a path is as closed to others as the names beside it', async () => {
  const policy = 'path "transit/keys/*" { capabilities = ["read"] }'
  await server.call('POST', 'sys/policies/acl/reader', { body: { policy } })
  const { body } = await server.call('POST', 'auth/token/create', { body: { policies: ['reader'] } })
  const token = String((body?.auth as { client_token?: unknown } | undefined)?.client_token)
  for (const [method, path, status] of [
    ['GET', 'transit/keys/-x', 404],
    ['POST', 'transit/keys/-x', 403],
    ['GET', 'auth/approle/role/-x', 403],
  ] as const)
    expect((await server.call(method, path, { token, ...(method === 'POST' && { body: {} }) })).status, path).toBe(
      status,
    )
  expect((await server.call('POST', 'pki/roles/-x/acme/new-nonce', { token: '', body: {} })).status).toBe(404)
})
