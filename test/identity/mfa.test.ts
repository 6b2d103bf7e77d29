import { readFileSync } from 'node:fs'
import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromBase32 } from '../../engines/base32.ts'
import { codeAt } from '../../engines/one-time-codes/codes.ts'
import { Auth } from '../../proto/gen/egide/v1/auth_pb.ts'
import { Identity } from '../../proto/gen/egide/v1/identity_pb.ts'
import { Userpass } from '../../proto/gen/egide/v1/userpass_pb.ts'
import { GrpcClient } from '../grpc/client.ts'
import { freePort } from '../harness/free-port.ts'
import { at } from '../harness/http.ts'
import { type Server, startServer } from '../harness/server.ts'

/** Login MFA as clients of a server see it, over REST and gRPC. Each test has a person of its own: a code is good once. */

/** A period that no test outlasts: the code of its start is good until its end, and the ones beside it. */
const PERIOD_SECONDS = 3_600

let server: Server
let grpc: GrpcClient
let method: string
beforeAll(async () => {
  const port = await freePort()
  const listener = `listener "grpc" {\n  address = "127.0.0.1:${port}"\n  tls_disable = true\n}`
  server = await startServer({ storage: 'inmem', audit: true, config: listener })
  await server.init()
  await server.unseal()
  grpc = new GrpcClient(`127.0.0.1:${port}`)
  grpc.token = server.rootToken
  await post('sys/auth/userpass', { type: 'userpass' })
  await post('sys/auth/approle', { type: 'approle' })
  const terms = { issuer: 'Egide', method_name: 'phone', period: PERIOD_SECONDS }
  method = String(at((await post('identity/mfa/method/totp', terms)).body, 'data', 'method_id'))
  const auth_method_types = ['userpass', 'approle']
  await post('identity/mfa/login-enforcement/all', { mfa_method_ids: [method], auth_method_types })
})
afterAll(async () => {
  grpc?.client.close()
  await server?.remove()
})

async function post(path: string, body: object) {
  const reply = await server.call('POST', path, { body })
  if (reply.status >= 400) throw new Error(`${path}: ${reply.status} ${reply.text}`)
  return reply
}

const secrets: string[] = []
const codes: string[] = []

/** The code of now, with a secret that is made for whoever logged in. */
async function codeFor(entity_id: unknown): Promise<string> {
  const { body } = await post('identity/mfa/method/totp/admin-generate', { method_id: method, entity_id })
  const text = new URL(String(at(body, 'data', 'url'))).searchParams.get('secret') ?? ''
  const secret = fromBase32(text) ?? Buffer.alloc(0)
  const step = Math.floor(Date.now() / 1000 / PERIOD_SECONDS)
  const code = codeAt({ secret, periodSeconds: PERIOD_SECONDS, algorithm: 'SHA1', digits: 6 }, step)
  secrets.push(text)
  codes.push(code)
  return code
}

async function person(name: string): Promise<string> {
  await post(`auth/userpass/users/${name}`, { password: 'correct horse' })
  const { body } = await post('identity/entity', { name })
  const accessor = at((await server.call('GET', 'sys/auth')).body, 'data', 'userpass/', 'accessor')
  const canonical_id = at(body, 'data', 'id')
  await post('identity/entity-alias', { name, canonical_id, mount_accessor: accessor })
  return codeFor(canonical_id)
}

const login = (name: string, headers: Readonly<Record<string, string>> = {}) =>
  server.call('POST', `auth/userpass/login/${name}`, { token: '', body: { password: 'correct horse' }, headers })
const validate = (id: unknown, payload: object) =>
  server.call('POST', 'sys/mfa/validate', { token: '', body: { mfa_request_id: id, mfa_payload: payload } })

test('a login in two phases has the form of Vault', async () => {
  const code = await person('alice')
  const { status: answered, body } = await login('alice')
  expect(answered).toBe(200)
  const requirement = at(body, 'auth', 'mfa_requirement')
  const id = at(requirement, 'mfa_request_id')
  expect(at(body, 'auth')).toEqual({
    client_token: '',
    accessor: '',
    policies: null,
    token_policies: null,
    identity_policies: null,
    metadata: null,
    orphan: false,
    entity_id: '',
    lease_duration: 0,
    renewable: false,
    mfa_requirement: {
      mfa_request_id: id,
      mfa_constraints: { all: { any: [{ type: 'totp', id: method, uses_passcode: true, name: 'phone' }] } },
    },
  })
  const wrong = await validate(id, { [method]: [String((Number(code) + 1) % 1e6).padStart(6, '0')] })
  expect(wrong.status).toBe(403)
  expect(wrong.text).toMatch(/^\{"errors":\["failed to satisfy enforcement all. error: MFA credentials not supplied/)
  const right = await validate(id, { [method]: [code] })
  const token = String(at(right.body, 'auth', 'client_token'))
  expect(at(right.body, 'auth', 'metadata', 'username')).toBe('alice')
  expect(at((await server.call('GET', 'auth/token/lookup-self', { token })).body, 'data', 'path')).toBe(
    'auth/userpass/login/alice',
  )
  const again = await validate(id, { [method]: [code] })
  expect([again.status, again.text.trim()]).toEqual([400, '{"errors":["invalid request ID"]}'])
})

test('a login that shows its code at once gets its token, wrapped if it likes', async () => {
  const code = await person('bob')
  expect((await login('bob', { 'x-vault-mfa': `${method}:x` })).status).toBe(403)
  const waits = await login('bob', { 'x-vault-wrap-ttl': '1m' })
  expect(at(waits.body, 'wrap_info')).toBeNull()
  expect(at(waits.body, 'auth', 'mfa_requirement', 'mfa_request_id')).toEqual(expect.any(String))
  const wrapped = await login('bob', { 'x-vault-mfa': `phone:${code}`, 'x-vault-wrap-ttl': '1m' })
  const { body } = await server.call('POST', 'sys/wrapping/unwrap', {
    token: String(at(wrapped.body, 'wrap_info', 'token')),
  })
  expect(at(body, 'auth', 'client_token')).toMatch(/^s\./)
  expect((await login('bob', { 'x-vault-mfa': `phone:${code}` })).status).toBe(403)
})

test('machines with a role id are subject to it as people are', async () => {
  await post('auth/approle/role/shop', { token_type: 'batch', secret_id_num_uses: 2 })
  const role_id = at((await server.call('GET', 'auth/approle/role/shop/role-id')).body, 'data', 'role_id')
  const secret_id = at((await post('auth/approle/role/shop/secret-id', {})).body, 'data', 'secret_id')
  const enter = () => server.call('POST', 'auth/approle/login', { token: '', body: { role_id, secret_id } })
  const first = await enter()
  const id = at(first.body, 'auth', 'mfa_requirement', 'mfa_request_id')
  const found = await server.call('POST', 'identity/lookup/entity', {
    body: {
      alias_name: role_id,
      alias_mount_accessor: at((await server.call('GET', 'sys/auth')).body, 'data', 'approle/', 'accessor'),
    },
  })
  const code = await codeFor(at(found.body, 'data', 'id'))
  const { body } = await validate(id, { phone: [code] })
  expect(at(body, 'auth', 'client_token')).toMatch(/^b\./)
  expect((await enter()).status).toBe(200)
  expect((await enter()).status).toBe(400)
})

test('gRPC has both ways', async () => {
  const code = await person('carol')
  const shown = { mfaPayload: { phone: [code] } }
  const password = { username: 'carol', password: 'correct horse' }
  const { envelope } = await grpc.call(Userpass.method.login, password)
  const requirement = envelope?.auth?.mfaRequirement
  expect(requirement?.mfaConstraints.all?.any).toMatchObject([
    { type: 'totp', id: method, usesPasscode: true, name: 'phone' },
  ])
  const mfaRequestId = requirement?.mfaRequestId
  const answer = await grpc.call(Auth.method.validateMfa, { mfaRequestId, ...shown })
  expect(answer.envelope?.auth?.clientToken).toMatch(/^s\./)
  expect(answer.envelope?.auth?.mfaRequirement).toBeUndefined()
  expect(await grpc.failure(grpc.call(Auth.method.validateMfa, { mfaRequestId, ...shown }))).toMatchObject({
    code: status.INVALID_ARGUMENT,
  })
  const used = grpc.call(Userpass.method.login, password, { 'x-vault-mfa': `phone:${code}` })
  expect(await grpc.failure(used)).toMatchObject({ code: status.PERMISSION_DENIED })
  const other = await person('dave')
  const once = await grpc.call(
    Userpass.method.login,
    { ...password, username: 'dave' },
    { 'x-vault-mfa': `phone:${other}` },
  )
  expect(once.envelope?.auth?.clientToken).toMatch(/^s\./)
  expect((await grpc.call(Identity.method.readMfaMethod, { methodId: method })).data).toMatchObject({
    type: 'totp',
    period: BigInt(PERIOD_SECONDS),
  })
})

test('no code and no secret stands in the audit log or in the log', () => {
  const written = readFileSync(server.auditFile, 'utf8') + server.log
  expect(written).toContain('sys/mfa/validate')
  expect(written).toContain('"mfa_constraints":["all"]')
  expect(secrets.length).toBeGreaterThan(3)
  for (const secret of secrets) expect(written).not.toContain(secret)
  for (const code of codes) expect(written).not.toMatch(new RegExp(`"${code}"|:${code}\\b|=${code}\\b`))
  expect(written).not.toContain('correct horse')
})
