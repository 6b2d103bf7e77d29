import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, type Reply } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { PUBLIC_KEY, readCertificate } from './authority.ts'

/** What only shows over HTTP, with tokens of people. */

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ audit: true })
  await server.call('POST', 'sys/mounts/ssh', { body: { type: 'ssh' } })
  await server.call('POST', 'ssh/config/ca', { body: { key_type: 'ed25519' } })
})
afterAll(() => server.remove())

const nobody = (method: string, path: string, body?: object): Promise<Reply> =>
  server.call(method, path, { token: undefined, ...(body && { body }) })

test('public keys are for everybody, as lines of text', async () => {
  const { body } = await server.call('GET', 'ssh/config/ca')
  for (const path of ['ssh/public_key', `ssh/issuer/${at(body, 'data', 'issuer_id')}/public_key`]) {
    const reply = await nobody('GET', path)
    expect([reply.status, reply.text]).toEqual([200, at(body, 'data', 'public_key')])
    expect(reply.headers['content-type']).toMatch(/^text\/plain/)
  }
  expect((await nobody('GET', 'ssh/config/ca')).status).toBe(403)
  expect((await nobody('GET', 'ssh/issuer/none/public_key')).status).toBe(400)
})

test('somebody who logs in gets certificates for who they are, as long as they are that', async () => {
  await server.call('POST', 'sys/auth/userpass', { body: { type: 'userpass' } })
  await server.call('POST', 'sys/policies/acl/ssh', {
    body: { policy: 'path "ssh/sign/self" { capabilities = ["update"] }' },
  })
  await server.call('POST', 'auth/userpass/users/ada', { body: { password: 'correct horse', token_policies: 'ssh' } })
  const { body: auth } = await server.call('GET', 'sys/auth')
  const accessor = at(auth, 'data', 'userpass/', 'accessor')
  await server.call('POST', 'identity/entity', { body: { name: 'ada', metadata: { unix: 'adal' } } })
  const { body: entity } = await server.call('GET', 'identity/entity/name/ada')
  const alias = { name: 'ada', mount_accessor: accessor, canonical_id: at(entity, 'data', 'id') }
  await server.call('POST', 'identity/entity-alias', { body: alias })
  const role = {
    key_type: 'ca',
    allow_user_certificates: true,
    allowed_users: `{{identity.entity.metadata.unix}},{{identity.entity.aliases.${accessor}.name}}`,
    allowed_users_template: true,
    default_user: '{{identity.entity.metadata.unix}}',
    default_user_template: true,
  }
  await server.call('POST', 'ssh/roles/self', { body: role })
  const { body: login } = await server.call('POST', 'auth/userpass/login/ada', { body: { password: 'correct horse' } })
  const token = String(at(login, 'auth', 'client_token'))
  const sign = (more: object = {}): Promise<Reply> =>
    server.call('POST', 'ssh/sign/self', { token, body: { public_key: PUBLIC_KEY, ...more } })

  const own = readCertificate(String(at((await sign()).body, 'data', 'signed_key')))
  expect(own).toMatchObject({ principals: ['adal'], keyId: expect.stringMatching(/^vault-userpass-ada-[0-9a-f]{64}$/) })
  expect((await sign({ valid_principals: 'ada' })).status).toBe(200)
  expect((await sign({ valid_principals: 'root' })).status).toBe(400)
  expect((await server.call('POST', 'ssh/sign/self', { body: { public_key: PUBLIC_KEY } })).status).toBe(400)
  await server.call('POST', 'identity/entity/name/ada', { body: { metadata: { unix: 'lovelace' } } })
  expect((await sign({ valid_principals: 'adal' })).status).toBe(400)
  expect((await sign({ valid_principals: 'lovelace' })).status).toBe(200)
})

test('a host needs no token to ask about a password, whose lease ends it', async () => {
  await server.call('POST', 'ssh/roles/otp', {
    body: { key_type: 'otp', default_user: 'ops', cidr_list: '10.0.0.0/8' },
  })
  const create = async () => (await server.call('POST', 'ssh/creds/otp', { body: { ip: '10.1.2.3' } })).body
  const first = await create()
  expect(at(first, 'lease_duration')).toBeGreaterThan(0)
  expect((await nobody('POST', 'ssh/verify', { otp: at(first, 'data', 'key') })).body).toMatchObject({
    data: { username: 'ops', ip: '10.1.2.3', role_name: 'otp' },
  })
  expect((await nobody('POST', 'ssh/verify', { otp: at(first, 'data', 'key') })).status).toBe(400)
  const second = await create()
  const ended = await server.call('POST', 'sys/leases/revoke', {
    body: { lease_id: at(second, 'lease_id'), sync: true },
  })
  expect(ended.status).toBe(204)
  expect((await nobody('POST', 'ssh/verify', { otp: at(second, 'data', 'key') })).status).toBe(400)
})

test('what callers paste and what they are given once is not in the audit log', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const refused = await server.call('POST', 'ssh/config/ca', { body: { private_key: pem, public_key: PUBLIC_KEY } })
  expect([refused.status, at(refused.body, 'errors')]).toEqual([
    400,
    ['public_key and private_key do not belong together'],
  ])
  await server.call('POST', 'ssh/roles/ops', {
    body: { key_type: 'ca', allow_user_certificates: true, allowed_users: 'ops' },
  })
  const asked = { key_type: 'ed25519', valid_principals: 'ops' }
  const { body: made } = await server.call('POST', 'ssh/issue/ops', { body: asked })
  const { body: password } = await server.call('POST', 'ssh/creds/otp', { body: { ip: '10.9.9.9' } })
  const log = readFileSync(server.auditFile, 'utf8')
  const secrets = [pem, at(made, 'data', 'private_key')].map((text) => String(text).split('\n')[1])
  for (const secret of [...secrets, at(password, 'data', 'key'), PUBLIC_KEY.split(' ')[1]]) {
    expect(String(secret).length).toBeGreaterThan(30)
    expect(log).not.toContain(secret)
  }
  expect(log).toContain(`"serial_number":"${at(made, 'data', 'serial_number')}"`)
  expect(log).toContain('"valid_principals":"ops"')
})

test('sealed, it tells nothing, not even public keys', async () => {
  await server.call('POST', 'sys/seal')
  expect((await nobody('GET', 'ssh/public_key')).status).toBe(503)
  expect((await nobody('POST', 'ssh/verify', { otp: 'x' })).status).toBe(503)
})
