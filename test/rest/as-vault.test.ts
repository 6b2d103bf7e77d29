import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
})
afterAll(() => server.remove())

const WRITTEN = 'auth/token/roles/r'

function written(body: object) {
  return fetch(`${server.address}/v1/${WRITTEN}`, {
    method: 'POST',
    headers: { 'X-Vault-Token': server.rootToken },
    body: JSON.stringify(body),
  })
}

test('what has nothing to say is a 204, also where the request had fields that nobody knows', async () => {
  const plain = await written({ renewable: true })
  expect([plain.status, plain.headers.get('x-egide-warnings')]).toEqual([204, null])
  const odd = await written({ tll: '1h', renewable: true })
  expect([odd.status, await odd.text()]).toEqual([204, ''])
  expect(JSON.parse(odd.headers.get('x-egide-warnings') ?? '')).toEqual([
    'Endpoint ignored these unrecognized parameters: [tll]',
  ])
})

test('an error that quotes what was sent has an end', async () => {
  await server.call('POST', 'sys/mounts/pki', { body: { type: 'pki' } })
  const refused = await server.call('POST', 'pki/config/cluster', { body: { path: 'x'.repeat(1e6) } })
  expect(refused.status).toBe(400)
  expect(refused.text.length).toBeLessThan(5000)
  expect(refused.text).toMatch(/x…"/)
})

test('an answer is wrapped and a token ends also when the time asked for is below a second', async () => {
  const wrapped = await server.call('GET', 'auth/token/lookup-self', { headers: { 'X-Vault-Wrap-TTL': '500ms' } })
  expect(wrapped.body).toMatchObject({ data: null, wrap_info: { ttl: 1 } })
  const made = await server.call('POST', 'auth/token/create', { body: { explicit_max_ttl: '500ms' } })
  expect(made.body).toMatchObject({ auth: { lease_duration: 1 } })
})

test('names that no header could hold come escaped and cut', async () => {
  const reply = await written({ 'é\r\nSet-Cookie: a=b\u007f"': 1, [`z${'ü'.repeat(5000)}`]: 1 })
  const header = reply.headers.get('x-egide-warnings') ?? ''
  expect(reply.status).toBe(204)
  expect(reply.headers.get('set-cookie')).toBeNull()
  expect(header).toMatch(/^[ -~]{1,2000}$/)
  expect(JSON.parse(header)[0]).toContain('[zü')
  expect(JSON.parse(header)[0]).toContain('é\r\nSet-Cookie: a=b\u007f"')
})

test('an answer names the namespace that the header asked for, as it was spelled', async () => {
  const call = (namespace: string) =>
    fetch(`${server.address}/v1/auth/token/lookup-self`, {
      headers: { 'X-Vault-Token': server.rootToken, ...(namespace !== '' && { 'X-Vault-Namespace': namespace }) },
    }).then(({ status, headers }) => [status, headers.get('x-vault-namespace')])
  expect(await call('')).toEqual([200, null])
  expect(await call('none/')).toEqual([404, 'none/'])
})

test('entities are counted', async () => {
  const count = async () => (await server.call('GET', 'sys/internal/counters/entities')).body
  expect(await count()).toMatchObject({ data: { counters: { entities: { total: 0 } } } })
  await server.call('POST', 'identity/entity', { body: { name: 'one' } })
  await server.call('POST', 'identity/entity', { body: { name: 'two' } })
  expect(await count()).toMatchObject({ data: { counters: { entities: { total: 2 } } } })
})
