import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, type Json } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Answers that clients of Vault and OpenBao rely on, each found by sending one request to them and to us. */

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

test('headers of the user interface are set, shown and removed', async () => {
  await ask('POST', 'sys/config/ui/headers/X-Test', { values: ['a', 'b'] })
  expect(at(await ask('GET', 'sys/config/ui/headers/X-Test'), 'data')).toEqual({ value: 'a' })
  expect(at(await ask('GET', 'sys/config/ui/headers/X-Test?multivalue=true'), 'data')).toEqual({ values: ['a', 'b'] })
  expect(at(await ask('LIST', 'sys/config/ui/headers'), 'data', 'keys')).toEqual(['X-Test'])
  await ask('DELETE', 'sys/config/ui/headers/X-Test')
  expect((await server.call('GET', 'sys/config/ui/headers/X-Test')).status).toBe(404)
})

test('a secret of KV 1 is not its folder: a slash at the end neither reads nor deletes it', async () => {
  await ask('POST', 'sys/mounts/plain', { type: 'kv', options: { version: '1' } })
  for (const mount of ['plain', 'cubbyhole']) {
    await ask('POST', `${mount}/a`, { x: 1 })
    expect((await server.call('GET', `${mount}/a/`)).status).toBe(404)
    expect((await server.call('DELETE', `${mount}/a/`)).status).toBe(204)
    expect(at(await ask('GET', `${mount}/a`), 'data')).toEqual({ x: 1 })
  }
})

test('a bearer token for a proxy before us stands beside X-Vault-Token, which counts', async () => {
  const headers = { authorization: 'Bearer of-the-proxy' }
  expect((await server.call('GET', 'sys/mounts', { headers })).status).toBe(200)
  const foreign = await server.call('GET', 'sys/mounts', {
    token: 'of-nobody',
    headers: { authorization: `Bearer ${server.rootToken}` },
  })
  expect(foreign.status).toBe(403)
})

test("'' is no number: it is taken for 0, which is not set", async () => {
  await ask('POST', 'secret/config', { max_versions: 5 })
  await ask('POST', 'secret/config', { max_versions: '' })
  expect(at(await ask('GET', 'secret/config'), 'data', 'max_versions')).toBe(0)
  await ask('POST', 'secret/data/a', { data: { x: 1 } })
  expect(at(await ask('GET', 'secret/data/a?version='), 'data', 'data')).toEqual({ x: 1 })
  expect((await server.call('GET', 'secret/data/a?version=%20x')).status).toBe(400)
})

test('a number may have a fraction of nothing, as Python writes its floats', async () => {
  const send = (path: string, body: string) =>
    fetch(`${server.address}/v1/${path}`, { method: 'POST', body, headers: { 'x-vault-token': server.rootToken } })
  for (const rate of ['100.0', '1e2']) {
    expect((await send('sys/quotas/rate-limit/q', `{"rate":${rate},"path":"secret"}`)).status).toBe(204)
    expect(at(await ask('GET', 'sys/quotas/rate-limit/q'), 'data', 'rate')).toBe(100)
  }
  expect((await send('sys/quotas/rate-limit/q', '{"rate":1e400}')).status).toBe(400)
  await ask('DELETE', 'sys/quotas/rate-limit/q')
  const made = (await (await send('auth/token/create', '{"ttl":3600.0}')).json()) as Json
  expect(at(made, 'auth', 'lease_duration')).toBe(3600)
})

test('what a list tells of its keys stands under these keys, also where they are names', async () => {
  await ask('POST', 'identity/entity', { name: 'listed' })
  await ask('POST', 'identity/group', { name: 'listed' })
  for (const kind of ['entity', 'group']) {
    const listed = at(await ask('LIST', `identity/${kind}/name`), 'data')
    expect(listed).toMatchObject({ keys: ['listed'], key_info: { listed: { name: 'listed' } } })
    expect(Object.keys(at(listed, 'key_info') as object)).toEqual(['listed'])
  }
})

test('a pair given as text keeps the commas of its value; AppRole takes several', async () => {
  await ask('POST', 'identity/entity', { name: 'e', metadata: 'teams=a,b=c' })
  expect(at(await ask('GET', 'identity/entity/name/e'), 'data', 'metadata')).toEqual({ teams: 'a,b=c' })
  await ask('POST', 'sys/auth/approle', { type: 'approle' })
  await ask('POST', 'auth/approle/role/r', {})
  const made = await ask('POST', 'auth/approle/role/r/secret-id', { metadata: 'a=b,c=d' })
  const secret_id = at(made, 'data', 'secret_id')
  const shown = await ask('POST', 'auth/approle/role/r/secret-id/lookup', { secret_id })
  expect(at(shown, 'data', 'metadata')).toEqual({ a: 'b', c: 'd' })
})

test('who wraps a secret id is told what names it, also by who wraps it anew', async () => {
  const headers = { 'x-vault-wrap-ttl': '60' }
  const { body } = await server.call('POST', 'auth/approle/role/r/secret-id', { body: {}, headers })
  const accessor = at(body, 'wrap_info', 'wrapped_accessor')
  const rewrapped = await ask('POST', 'sys/wrapping/rewrap', { token: at(body, 'wrap_info', 'token') })
  expect(at(rewrapped, 'wrap_info', 'wrapped_accessor')).toBe(accessor)
  const unwrapped = await ask('POST', 'sys/wrapping/unwrap', { token: at(rewrapped, 'wrap_info', 'token') })
  expect(at(unwrapped, 'data', 'secret_id_accessor')).toBe(accessor)
})

test('a token without an end has its time of issue and says that it is not renewed', async () => {
  const { data } = (await ask('GET', 'auth/token/lookup-self')) as { data: Readonly<Record<string, Json>> }
  expect(data).toMatchObject({ expire_time: null, ttl: 0, renewable: false })
  expect(Math.floor(Date.parse(String(data.issue_time)) / 1000)).toBe(data.creation_time)
})

test('a token of a namespace says of which, wherever it is looked up', async () => {
  await ask('POST', 'sys/namespaces/team', {})
  await ask('POST', 'team/sys/namespaces/sub', {})
  const made = at(await ask('POST', 'team/auth/token/create', { policies: ['default'] }), 'auth')
  const token = String(at(made, 'client_token'))
  const accessor = at(made, 'accessor')
  const paths = [
    (await server.call('GET', 'team/auth/token/lookup-self', { token })).body,
    await ask('POST', 'team/auth/token/lookup', { token }),
    await ask('POST', 'team/sub/auth/token/lookup', { token }),
    await ask('POST', 'team/auth/token/lookup-accessor', { accessor }),
    await ask('GET', 'team/auth/token/lookup-self'),
    await ask('GET', 'auth/token/lookup-self'),
  ].map((reply) => at(reply, 'data', 'namespace_path'))
  expect(paths).toEqual(['team/', 'team/', 'team/', 'team/', undefined, undefined])
})

test('a token that was just made has the whole of its time, and renewing it at once warns of nothing', async () => {
  // Where the machine pauses between the two, the renewal is not at once.
  const renewing = async () => {
    const begun = performance.now()
    const made = await ask('POST', 'auth/token/create', { policies: ['default'] })
    const token = String(at(made, 'auth', 'client_token'))
    const renewed = await server.call('POST', 'auth/token/renew-self', { token, body: {} })
    return { renewed, ms: performance.now() - begun }
  }
  let last = await renewing()
  for (let tries = 0; last.ms > 900 && tries < 20; tries++) last = await renewing()
  expect(at(last.renewed.body, 'warnings')).toBeNull()
})

test('nothing is mounted below audit/, nor moved to where it is', async () => {
  expect((await server.call('POST', 'sys/mounts/audit/x', { body: { type: 'kv' } })).status).toBe(400)
  const same = await server.call('POST', 'sys/remount', { body: { from: 'plain', to: 'plain' } })
  expect(same.status).toBe(400)
  expect(at(await ask('GET', 'plain/a'), 'data')).toEqual({ x: 1 })
})

test('who mounts with settings that nobody knows gets the empty 204 that some clients insist on, and is told in a header', async () => {
  for (const [path, body] of [
    ['sys/mounts/settings', { type: 'kv', config: { description: 'x' } }],
    ['sys/auth/settings', { type: 'userpass', config: { description: 'x' } }],
  ] as const) {
    const reply = await server.call('POST', path, { body })
    expect([reply.status, reply.text]).toEqual([204, ''])
    expect(reply.headers['x-egide-warnings']).toContain('unrecognized parameters of config: [description]')
  }
})

test('who starts or stops tidying certificates is told of it in a warning, and given no data', async () => {
  await ask('POST', 'sys/mounts/pki', { type: 'pki' })
  for (const [path, body, status] of [
    ['pki/tidy', {}, 202],
    ['pki/tidy-cancel', {}, 200],
    ['pki/tidy', { tidy_cert_store: true }, 202],
  ] as const) {
    const reply = await server.call('POST', path, { body })
    expect([path, reply.status, at(reply.body, 'data')]).toEqual([path, status, null])
  }
})
