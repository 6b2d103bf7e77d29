import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'

/** A name that is one in any case has one set of rules, which capitals do not lead around. */

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  for (const type of ['userpass', 'approle', 'jwt', 'kubernetes', 'cert'])
    await server.call('POST', `sys/auth/${type}`, { body: { type } })
})
afterAll(() => server.remove())

async function tokenOf(policy: string): Promise<string> {
  await server.call('PUT', 'sys/policies/acl/delegated', { body: { policy } })
  const made = await server.call('POST', 'auth/token/create', { body: { policies: ['delegated'] } })
  return (made.body as { readonly auth: { readonly client_token: string } }).auth.client_token
}

const rule = (path: string, ...capabilities: string[]) =>
  `path ${JSON.stringify(path)} { capabilities = ${JSON.stringify(capabilities)} }\n`

const FOLDERS = [
  'sys/policies/acl/',
  'sys/policy/',
  'sys/roles/',
  'sys/config/auditing/request-headers/',
  'sys/config/ui/headers/',
  'identity/entity/name/',
  'identity/group/name/',
  'auth/userpass/users/',
  'auth/approle/role/',
  'auth/jwt/role/',
  'auth/jwt/cel/role/',
  'auth/kubernetes/role/',
  'auth/cert/certs/',
  'auth/cert/crls/',
]

test.each(FOLDERS)('below %s a denial holds for all spellings of the name', async (folder) => {
  const token = await tokenOf(rule(`${folder}*`, 'read', 'sudo') + rule(`${folder}boss`, 'deny'))
  const status = async (name: string) => (await server.call('GET', folder + name, { token })).status
  for (const name of ['boss', 'BOSS', 'Boss', 'boss/']) expect(await status(name), name).toBe(403)
  // Where names are no folders, there is nothing there to be denied.
  const slash = await server.call('GET', `${folder}bosS/`, { token })
  expect([403, 404]).toContain(slash.status)
  if (slash.status === 404) expect(slash.body?.errors).toEqual(['unsupported path'])
  expect(await status('other')).not.toBe(403)
  expect(await status('Other')).not.toBe(403)
})

test('what lies below such a name is denied too, and writes as well as reads', async () => {
  const token = await tokenOf(
    rule('auth/+/*', 'create', 'update', 'read', 'list', 'delete') +
      rule('auth/approle/role/boss/*', 'deny') +
      rule('auth/userpass/users/boss/password', 'deny') +
      rule('auth/userpass/users/boss', 'read'),
  )
  const asked = async (method: string, path: string) => (await server.call(method, path, { token, body: {} })).status
  expect(await asked('GET', 'auth/approle/role/BOSS/role-id')).toBe(403)
  expect(await asked('POST', 'auth/approle/role/BOSS/secret-id')).toBe(403)
  expect(await asked('LIST', 'auth/approle/role/BOSS/secret-id')).toBe(403)
  expect(await asked('POST', 'auth/userpass/users/BOSS/password')).toBe(403)
  // A closer rule that gives less.
  expect(await asked('POST', 'auth/userpass/users/BOSS')).toBe(403)
  expect(await asked('GET', 'auth/userpass/users/BOSS')).toBe(404)
})

test('nor do capitals give the rights of a root that the rule for the name lacks', async () => {
  const folder = 'sys/config/auditing/request-headers/'
  const token = await tokenOf(rule(`${folder}*`, 'update', 'sudo') + rule(`${folder}x-tenant`, 'update'))
  const status = async (name: string) => (await server.call('POST', folder + name, { token, body: {} })).status
  expect([await status('x-tenant'), await status('X-Tenant'), await status('X-Other')]).toEqual([403, 403, 204])
})

test('rules that are written in capitals hold as they did', async () => {
  const token = await tokenOf(rule('auth/userpass/users/Bob', 'read') + rule('secret/data/A', 'read'))
  const status = async (path: string) => (await server.call('GET', path, { token })).status
  expect(await status('auth/userpass/users/Bob')).toBe(404)
  expect(await status('auth/userpass/users/bob')).toBe(403)
  expect(await status('secret/data/A')).toBe(404)
})

test('names that have a case are told apart as before', async () => {
  const token = await tokenOf(rule('secret/data/*', 'read') + rule('secret/data/boss', 'deny'))
  expect((await server.call('GET', 'secret/data/Boss', { token })).status).toBe(404)
})
