import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { at, call, type Reply } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Paths as clients write them that were generated from Vault's OpenAPI document, at a listener that takes them. */

let server: Server
let lenient: string
let token: string

beforeAll(async () => {
  const port = await freePort()
  lenient = `http://127.0.0.1:${port}`
  const config = `listener "tcp" { address = "127.0.0.1:${port}" tls_disable = true lenient_paths = true }`
  server = await startUnsealed({ storage: 'inmem', config })
  for (const name of ['open/a', 'private/a', 'a%2Fb']) {
    await server.call('POST', `secret/data/${name.replace('%', '%25')}`, { body: { data: { name } } })
  }
  const policy = `
    path "secret/*" { capabilities = ["read", "list"] }
    path "secret/data/private/*" { capabilities = ["deny"] }
  `
  await server.call('PUT', 'sys/policies/acl/app', { body: { policy } })
  const made = await server.call('POST', 'auth/token/create', { body: { policies: ['app'] } })
  token = String(at(made.body, 'auth', 'client_token'))
})
afterAll(() => server?.remove())

const ask = (method: string, path: string): Promise<Reply> => call(method, `${lenient}/v1/${path}`, { token })

test.for(['secret/data/open%2Fa', 'secret%2fdata%2Fopen/a', 'secret//data/open/a', 'secret/data/open/%2Fa'])(
  '%s is the secret open/a',
  async (path) => {
    expect(at((await ask('GET', path)).body, 'data', 'data')).toEqual({ name: 'open/a' })
    expect((await server.call('GET', path)).status).toBe(400)
  },
)

test('another listener refuses an encoded slash, and names the setting that takes it', async () => {
  const reply = await server.call('GET', 'secret/data/open%2Fa')
  expect(at(reply.body, 'errors')).toEqual([expect.stringMatching(/encoded slash.*lenient_paths/)])
})

test('a folder may end in two slashes', async () => {
  expect(at((await ask('GET', 'secret/metadata//?list=true')).body, 'data', 'keys')).toContain('open/')
})

test('a name is decoded once', async () => {
  expect(at((await ask('GET', 'secret/data/a%252Fb')).body, 'data', 'data')).toEqual({ name: 'a%2Fb' })
})

test.for([
  'secret/data/private%2Fa',
  'secret%2Fdata%2Fprivate%2Fa',
  'secret//data//private//a',
  'secret/data//private%2F%2Fa',
  'sys%2Fmounts',
])('no spelling gets past a policy: %s', async (path) => {
  expect((await ask('GET', path)).status).toBe(403)
})

test.for([
  'secret/data/open%2F..%2Fprivate%2Fa',
  'secret/data/open/%2e%2e%2Fprivate/a',
  'secret/data%2F.%2Fopen/a',
  'secret/data/open%5Ca',
  'secret/data/open%2Fa%00',
  '%2Fsecret/data/open/a',
  '/secret/data/open/a',
])('what climbs, hides or starts with a slash is refused as ever: %s', async (path) => {
  expect((await ask('GET', path)).status).toBe(400)
})
