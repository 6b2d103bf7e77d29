import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, type Json } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** What the test suites of clients of Vault and OpenBao ask for: Terraform's provider, the Go packages, their programs. */

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
})
afterAll(() => server?.remove())

async function ask(method: string, path: string, body?: object): Promise<Json> {
  const reply = await server.call(method, path, { body })
  if (reply.status >= 400) throw new Error(`${path}: ${reply.status} ${reply.text}`)
  return reply.body
}

const refusal = async (method: string, path: string, body?: object): Promise<readonly [number, string]> => {
  const { status, text } = await server.call(method, path, { body })
  return [status, text]
}

describe('mounts of a new vault', () => {
  test('become, unused, the mount of who asks for the same there, with whatever is written meanwhile', async () => {
    const before = at(await ask('GET', 'sys/mounts/transit'), 'data', 'uuid')
    await ask('POST', 'sys/mounts/transit', { type: 'transit', description: 'ours', config: { max_lease_ttl: '1h' } })
    const mount = at(await ask('GET', 'sys/mounts/transit'), 'data') as Record<string, Json>
    expect(mount).toMatchObject({ description: 'ours', config: { max_lease_ttl: 3600 } })
    expect(mount.uuid).toBe(before)
    expect(await refusal('POST', 'sys/mounts/transit', { type: 'transit' })).toEqual([
      400,
      expect.stringContaining('path is already in use at transit/'),
    ])
    await ask('POST', 'transit/keys/k', {})
  })

  test('stay for another engine, and once they hold something', async () => {
    expect((await refusal('POST', 'sys/mounts/secret', { type: 'kv', options: { version: '1' } }))[0]).toBe(400)
    expect((await refusal('POST', 'sys/mounts/secret', { type: 'transit' }))[0]).toBe(400)
    await ask('POST', 'secret/data/a', { data: { x: 1 } })
    expect((await refusal('POST', 'sys/mounts/secret', { type: 'kv-v2' }))[0]).toBe(400)
    expect(at(await ask('GET', 'secret/data/a'), 'data', 'data')).toEqual({ x: 1 })
  })

  test('stay once they are tuned', async () => {
    await ask('POST', 'sys/mounts/secrets/tune', { max_lease_ttl: '1h' })
    const flat = { type: 'kv', options: { version: 'flat' } }
    expect((await refusal('POST', 'sys/mounts/secrets', flat))[0]).toBe(400)
  })

  // vkv takes each mount of type kv for one of version 1 or 2, vsh each option version for a number.
  test('show none as kv that is of neither version 1 nor 2', async () => {
    const flat = { type: 'kv-flat', options: {} }
    await ask('POST', 'sys/mounts/flat', { type: 'kv-flat' })
    await ask('POST', 'sys/mounts/flat-too', { type: 'kv', options: { version: 'flat' } })
    const mounts = at(await ask('GET', 'sys/mounts'), 'data') as Record<string, Record<string, Json>>
    for (const path of ['secrets/', 'flat/', 'flat-too/']) {
      expect(mounts[path]).toMatchObject(flat)
      expect(at(await ask('GET', `sys/mounts/${path.slice(0, -1)}`), 'data')).toMatchObject(flat)
      expect(at(await ask('GET', `sys/internal/ui/mounts/${path.slice(0, -1)}`), 'data')).toMatchObject(flat)
      expect(at(await ask('GET', `sys/mounts/${path}tune`), 'data', 'options')).toBeUndefined()
    }
    const versions = Object.values(mounts).map(({ type, options }) => type === 'kv' && at(options ?? null, 'version'))
    expect(new Set(versions)).toEqual(new Set([false, '2']))
    await ask('PUT', 'flat/a', { data: { x: 1 } })
    expect(at(await ask('GET', 'flat/a'), 'data', 'data')).toEqual({ x: 1 })
  })
})

describe('plugins', () => {
  test('are listed and shown: all are part of the server', async () => {
    const catalog = at(await ask('GET', 'sys/plugins/catalog'), 'data') as Record<string, readonly Json[]>
    expect(catalog.auth).toEqual(['approle', 'cert', 'jwt', 'kubernetes', 'oidc', 'userpass'])
    expect(catalog.secret).toEqual(['kms', 'kv', 'pki', 'ssh', 'totp', 'transit'])
    expect(catalog.detailed?.[0]).toMatchObject({ type: 'auth', name: 'approle', builtin: true })
    expect(at(await ask('LIST', 'sys/plugins/catalog/secret'), 'data', 'keys')).toEqual(catalog.secret)
    expect(at(await ask('GET', 'sys/plugins/catalog/secret/kv'), 'data')).toMatchObject({ name: 'kv', builtin: true })
    expect((await refusal('GET', 'sys/plugins/catalog/secret/none'))[0]).toBe(404)
  })

  test('cannot be registered, and to take one out succeeds', async () => {
    const body = { command: 'x', sha256: 'aa'.repeat(32) }
    expect(await refusal('POST', 'sys/plugins/catalog/secret/x', body)).toEqual([
      400,
      expect.stringContaining('could not set plugin'),
    ])
    expect((await refusal('DELETE', 'sys/plugins/catalog/secret/x'))[0]).toBe(204)
  })

  test('reload', async () => {
    expect(at(await ask('POST', 'sys/plugins/reload/backend', { plugin: 'kv' }), 'data', 'reload_id')).toBeTruthy()
    await ask('POST', 'sys/plugins/reload/backend', { mounts: ['secret/'] })
    for (const body of [{}, { plugin: 'none' }, { mounts: ['none'] }, { plugin: 'kv', mounts: ['secret'] }]) {
      expect((await refusal('POST', 'sys/plugins/reload/backend', body))[0]).toBe(400)
    }
  })
})

test('a node that is told to step down serves on', async () => {
  expect((await refusal('PUT', 'sys/step-down'))[0]).toBe(204)
  expect((await server.call('PUT', 'sys/step-down', { token: '' })).status).toBe(403)
  await ask('GET', 'sys/leader')
})

test('a token that a root generation encoded is decoded, without a token', async () => {
  const token = 's.abc'
  const otp = 'ABCDE'
  const mixed = Buffer.from([...token].map((char, i) => char.charCodeAt(0) ^ otp.charCodeAt(i)))
  const encoded_token = mixed.toString('base64').replace(/=+$/, '')
  const { body } = await server.call('POST', 'sys/decode-token', { token: '', body: { encoded_token, otp } })
  expect(at(body, 'data', 'token')).toBe(token)
  for (const wrong of [{}, { encoded_token: '!!', otp }, { encoded_token, otp: 'AB' }]) {
    expect((await refusal('POST', 'sys/decode-token', wrong))[0]).toBe(400)
  }
})

test('a renewal that asks for no time gives what the last one gave', async () => {
  const made = await ask('POST', 'auth/token/create', { policies: ['default'], ttl: '1h' })
  const token = at(made, 'auth', 'client_token')
  await ask('POST', 'auth/token/renew', { token, increment: 600 })
  const renewed = await ask('POST', 'auth/token/renew', { token })
  expect(at(renewed, 'auth', 'lease_duration')).toBe(600)
})

test('a token that nobody knows is a bad one to who looks it up', async () => {
  const [status, text] = await refusal('POST', 'auth/token/lookup', { token: 'none' })
  expect([status, text]).toEqual([403, expect.stringContaining('bad token')])
})

test('aliases are listed with what they are of', async () => {
  await ask('POST', 'sys/auth/up', { type: 'userpass' })
  const mount_accessor = at(await ask('GET', 'sys/auth/up'), 'data', 'accessor')
  const entity = at(await ask('POST', 'identity/entity', { name: 'e' }), 'data', 'id')
  const alias = { name: 'a', canonical_id: entity, mount_accessor, custom_metadata: { x: 'y' } }
  const id = String(at(await ask('POST', 'identity/entity-alias', alias), 'data', 'id'))
  const listed = at(await ask('LIST', 'identity/entity-alias/id'), 'data', 'key_info', id)
  expect(listed).toMatchObject({ ...alias, metadata: null, local: false, mount_path: 'auth/up/' })
})

test('a rate limit holds for one role of AppRole', async () => {
  await ask('POST', 'sys/auth/approle', { type: 'approle' })
  const logIn: Record<string, () => Promise<number>> = {}
  for (const role of ['slow', 'free']) {
    await ask('POST', `auth/approle/role/${role}`, { bind_secret_id: false, secret_id_bound_cidrs: '127.0.0.0/8' })
    const role_id = at(await ask('GET', `auth/approle/role/${role}/role-id`), 'data', 'role_id')
    logIn[role] = async () => (await server.call('POST', 'auth/approle/login', { token: '', body: { role_id } })).status
  }
  const quota = { path: 'auth/approle', role: 'slow', rate: 1, interval: '1h' }
  await ask('POST', 'sys/quotas/rate-limit/by-role', quota)
  expect([await logIn.slow?.(), await logIn.slow?.()]).toEqual([200, 429])
  expect([await logIn.free?.(), await logIn.free?.()]).toEqual([200, 200])
  await ask('DELETE', 'sys/quotas/rate-limit/by-role')
})

test('an SSH key that is imported keeps its comment', async () => {
  await ask('POST', 'sys/mounts/ssh', { type: 'ssh' })
  const made = at(await ask('POST', 'ssh/config/ca', { generate_signing_key: true, key_type: 'ed25519' }), 'data')
  expect(made).toMatchObject({ public_key: expect.stringMatching(/^ssh-ed25519 \S+\n$/) })
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const lengthed = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
  const blob = Buffer.concat([lengthed(Buffer.from('ssh-ed25519')), lengthed(raw)]).toString('base64')
  const public_key = `ssh-ed25519 ${blob} ops@example.com\n`
  const private_key = privateKey.export({ format: 'pem', type: 'pkcs8' })
  const imported = { private_key, public_key, generate_signing_key: false }
  await ask('DELETE', 'ssh/config/ca')
  await ask('POST', 'ssh/config/ca', imported)
  expect((await server.call('GET', 'ssh/public_key', { token: '' })).text).toBe(public_key)
})

test('names of an authority that are longer than RFC 5280 has them are signed, with a warning', async () => {
  await ask('POST', 'sys/mounts/pki', { type: 'pki' })
  const root = await ask('POST', 'pki/root/generate/internal', { common_name: 'r', country: 'Germany', key_type: 'ec' })
  expect(at(root, 'warnings')).toContainEqual(expect.stringContaining('country is longer'))
})

test('authorities of OCSP may be given in base64', async () => {
  const pem = String(at(await ask('GET', 'pki/cert/ca'), 'data', 'certificate'))
  await ask('POST', 'sys/auth/cert', { type: 'cert' })
  for (const ocsp_ca_certificates of [pem, Buffer.from(pem).toString('base64'), pem.replace(/-----.*?-----|\n/g, '')]) {
    await ask('POST', 'auth/cert/certs/a', { certificate: pem, ocsp_ca_certificates })
    expect(at(await ask('GET', 'auth/cert/certs/a'), 'data', 'ocsp_ca_certificates')).toBe(ocsp_ca_certificates)
  }
  const nothing = { certificate: pem, ocsp_ca_certificates: Buffer.from('nothing').toString('base64') }
  expect((await refusal('POST', 'auth/cert/certs/a', nothing))[0]).toBe(400)
})

test('a role may call the name of a claim a JSON pointer, and a method of MFA has no mount', async () => {
  await ask('POST', 'sys/auth/jwt', { type: 'jwt' })
  const role = { role_type: 'jwt', user_claim: 'https://a/user', user_claim_json_pointer: true, bound_audiences: 'a' }
  await ask('POST', 'auth/jwt/role/a', role)
  const duo = { integration_key: 'i', secret_key: 's', api_hostname: 'api-x.duosecurity.com' }
  const id = at(await ask('POST', 'identity/mfa/method/duo', duo), 'data', 'method_id')
  expect(at(await ask('GET', `identity/mfa/method/duo/${id}`), 'data', 'mount_accessor')).toBe('')
})
