import { readFileSync } from 'node:fs'
import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Kms } from '../../proto/gen/egide/v1/kms_pb.ts'
import { GrpcClient } from '../grpc/client.ts'
import { freePort } from '../harness/free-port.ts'
import { at, type CallOptions, type Reply } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** KMS as clients meet it: who is let in by what, the statuses of refusals, tenants, restarts, the audit log, gRPC. */

const HELLO = 'aGVsbG8='
const POLICIES: Readonly<Record<string, string>> = {
  app: `path "kms/encrypt/orders" { capabilities = ["update"] }
    path "kms/decrypt/orders" { capabilities = ["update"] }
    path "kms/re-encrypt/orders" { capabilities = ["update"] }
    path "kms/grants/retire" { capabilities = ["update"] }`,
  transit: 'path "transit/*" { capabilities = ["create", "read", "update", "delete", "list"] }',
  admin: 'path "kms/*" { capabilities = ["create", "read", "update", "delete", "list"] }',
}

let server: Server
let grpc: GrpcClient
beforeAll(async () => {
  const port = await freePort()
  const listener = `listener "grpc" {\n  address = "127.0.0.1:${port}"\n  tls_disable = true\n}`
  server = await startUnsealed({ audit: true, config: listener })
  grpc = new GrpcClient(`127.0.0.1:${port}`)
  for (const [name, policy] of Object.entries(POLICIES))
    await ok('PUT', `sys/policies/acl/${name}`, { body: { policy } })
  await ok('POST', 'kms/keys/orders')
  await ok('POST', 'kms/keys/payroll')
})
afterAll(async () => {
  grpc.client.close()
  await server.remove()
})

async function ok(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
  const reply = await server.call(method, path, { ...(method === 'GET' ? {} : { body: {} }), ...options })
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`)
  return reply
}

async function tokenWith(...policies: readonly string[]): Promise<string> {
  const reply = await ok('POST', 'auth/token/create', { body: { policies } })
  return String(at(reply.body, 'auth', 'client_token'))
}

async function refused(path: string, options: CallOptions): Promise<readonly [number, unknown]> {
  const reply = await server.call('POST', path, options)
  return [reply.status, at(reply.body, 'data', 'kind')]
}

const encrypted = async (key: string): Promise<string> =>
  String(at((await ok('POST', `kms/encrypt/${key}`, { body: { plaintext: HELLO } })).body, 'data', 'ciphertext'))

test('the policies of a token decide on the path, whatever the key policy says', async () => {
  const app = { token: await tokenWith('app') }
  const [own, other] = [await encrypted('orders'), await encrypted('payroll')]
  expect((await server.call('POST', 'kms/decrypt/orders', { ...app, body: { ciphertext: own } })).status).toBe(200)
  // Neither the path without a key, nor another's key, nor another's ciphertext under the path that is allowed.
  expect(await refused('kms/decrypt', { ...app, body: { ciphertext: own } })).toEqual([403, undefined])
  expect(await refused('kms/decrypt/payroll', { ...app, body: { ciphertext: other } })).toEqual([403, undefined])
  expect(await refused('kms/decrypt/orders', { ...app, body: { ciphertext: other } })).toEqual([400, 'IncorrectKey'])
  expect(await refused('kms/re-encrypt/orders', { ...app, body: { ciphertext: other } })).toEqual([400, 'IncorrectKey'])
  expect(await refused('kms/re-encrypt/payroll/orders', { ...app, body: { ciphertext: other } })).toEqual([
    403,
    undefined,
  ])
  const transit = { token: await tokenWith('transit') }
  expect(await refused('kms/decrypt/orders', { ...transit, body: { ciphertext: own } })).toEqual([403, undefined])
  expect(await refused('transit/decrypt/orders', { ...transit, body: { ciphertext: own } })).toEqual([400, undefined])
})

test('a key policy restricts what the path allows, and a grant to an entity opens it', async () => {
  const id = String(at((await ok('POST', 'kms/keys', { body: {} })).body, 'data', 'key_id'))
  const statement = { Effect: 'Allow', Principal: { AWS: 'policy:admin' }, Action: 'kms:*', Resource: '*' }
  const policy = { Version: '2012-10-17', Statement: [statement] }
  await ok('POST', `kms/keys/${id}/policy`, { body: { policy, bypass_policy_lockout_safety_check: true } })
  const admin = { token: await tokenWith('admin') }
  await ok('POST', `kms/encrypt/${id}`, { ...admin, body: { plaintext: HELLO } })
  expect(await refused(`kms/encrypt/${id}`, { body: { plaintext: HELLO } })).toEqual([403, 'AccessDenied'])
  await ok('POST', 'sys/auth/userpass', { body: { type: 'userpass' } })
  await ok('POST', 'sys/policies/acl/all', { body: { policy: POLICIES.admin } })
  await ok('POST', 'auth/userpass/users/alice', { body: { password: 'a long password', token_policies: ['all'] } })
  const login = await ok('POST', 'auth/userpass/login/alice', { body: { password: 'a long password' } })
  const alice = { token: String(at(login.body, 'auth', 'client_token')) }
  const entity = String(at(login.body, 'auth', 'entity_id'))
  expect(await refused(`kms/encrypt/${id}`, { ...alice, body: { plaintext: HELLO } })).toEqual([403, 'AccessDenied'])
  const grant = { grantee_principal: `entity:${entity}`, operations: ['Encrypt', 'RetireGrant'] }
  const granted = await ok('POST', `kms/keys/${id}/grants`, { ...admin, body: grant })
  await ok('POST', `kms/encrypt/${id}`, { ...alice, body: { plaintext: HELLO } })
  await ok('POST', 'kms/grants/retire', { ...alice, body: { grant_token: at(granted.body, 'data', 'grant_token') } })
  expect(await refused(`kms/encrypt/${id}`, { ...alice, body: { plaintext: HELLO } })).toEqual([403, 'AccessDenied'])
})

test('refusals say what was wrong: 404 what is not there, 400 what is not so', async () => {
  expect(await refused('kms/encrypt/nothing', { body: { plaintext: HELLO } })).toEqual([404, 'NotFound'])
  expect(await refused('kms/decrypt', { body: { ciphertext: HELLO } })).toEqual([400, 'InvalidCiphertext'])
  expect(await refused('kms/sign/orders', { body: { message: HELLO } })).toEqual([400, 'InvalidKeyUsage'])
  expect(await refused('kms/keys', { body: { key_spec: 'ROT13' } })).toEqual([400, 'Validation'])
  expect((await server.call('POST', 'kms/encrypt/orders', { body: {} })).status).toBe(400)
  expect((await server.call('GET', 'kms/encrypt/orders')).status).toBe(405)
  const created = await server.call('POST', 'kms/keys/orders', { body: { tags: { a: 'b' } } })
  expect([created.status, at(created.body, 'data', 'kind')]).toEqual([400, 'Validation'])
})

test('two namespaces have nothing of each other', async () => {
  for (const name of ['a', 'b']) {
    await ok('POST', `sys/namespaces/${name}`)
    await ok('POST', `${name}/sys/mounts/kms`, { body: { type: 'kms' } })
    await ok('POST', `${name}/kms/keys/orders`)
  }
  const [a, b] = await Promise.all(['a', 'b'].map((name) => ok('GET', `${name}/kms/keys/orders`)))
  const idOf = (reply: Reply | undefined, field: string) => String(at(reply?.body, 'data', field))
  expect(idOf(a, 'account_id')).not.toBe(idOf(b, 'account_id'))
  const sealed = await ok('POST', 'a/kms/encrypt/orders', { body: { plaintext: HELLO } })
  const ciphertext = at(sealed.body, 'data', 'ciphertext')
  await ok('POST', 'a/kms/decrypt', { body: { ciphertext } })
  expect(await refused('b/kms/decrypt', { body: { ciphertext } })).toEqual([404, 'NotFound'])
  expect(await refused('b/kms/decrypt/orders', { body: { ciphertext } })).toEqual([400, 'IncorrectKey'])
  expect(await refused('kms/decrypt', { body: { ciphertext } })).toEqual([404, 'NotFound'])
  expect((await server.call('GET', `b/kms/keys/${idOf(a, 'key_id')}`)).status).toBe(404)
  expect(at((await ok('LIST', 'b/kms/keys', {})).body, 'data', 'keys')).toEqual([idOf(b, 'key_id')])
})

test('a key, its states and its versions outlive the server', async () => {
  const before = await encrypted('orders')
  await ok('POST', 'kms/keys/orders/rotate')
  await ok('DELETE', 'kms/keys/payroll?pending_window_in_days=7')
  await server.stop()
  await server.start()
  await server.unseal()
  const opened = await ok('POST', 'kms/decrypt', { body: { ciphertext: before } })
  expect(at(opened.body, 'data', 'plaintext')).toBe(HELLO)
  expect(at((await ok('GET', 'kms/keys/payroll')).body, 'data', 'key_state')).toBe('PendingDeletion')
  expect(at((await ok('GET', 'kms/keys/orders')).body, 'data', 'key_version')).toBe(2)
  const rotations = await ok('GET', 'kms/keys/orders/rotations')
  expect(at(rotations.body, 'data', 'rotations')).toMatchObject([{ key_version: 2, rotation_type: 'ON_DEMAND' }])
})

test('the audit log says which key did what, and hashes what went through it', async () => {
  const context = { tenant: 'tenant-of-the-test' }
  await ok('POST', 'kms/encrypt/orders', { body: { plaintext: HELLO, encryption_context: context } })
  const log = readFileSync(server.auditFile, 'utf8')
  const record = log.split('\n').findLast((line) => line.includes('"kms/encrypt/orders"')) ?? ''
  expect(JSON.parse(record)).toMatchObject({
    type: 'response',
    response: {
      data: { encryption_algorithm: 'SYMMETRIC_DEFAULT', ciphertext: expect.stringMatching(/^hmac-sha256:/) },
    },
  })
  expect(log).not.toContain(HELLO)
  expect(log).not.toContain(context.tenant)
})

test('gRPC serves the same', async () => {
  const { method } = Kms
  grpc.token = server.rootToken
  const sealed = await grpc.call(method.encrypt, { id: 'orders', plaintext: HELLO })
  const opened = await grpc.call(method.decrypt, { ciphertext: sealed.data?.ciphertext ?? '' })
  expect(opened.data?.plaintext).toBe(HELLO)
  const described = await grpc.call(method.describeKey, { id: 'orders' })
  const { code, metadata } = await grpc.failure(grpc.call(method.sign, { id: 'orders', message: HELLO }))
  expect(code).toBe(status.INVALID_ARGUMENT)
  expect(String(metadata.get('grpc-status-details-bin')[0])).toContain('InvalidKeyUsage')
  expect(described.data).toMatchObject({ keySpec: 'SYMMETRIC_DEFAULT', keyState: 'Enabled', aliases: ['orders'] })
})
