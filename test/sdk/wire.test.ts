import { once } from 'node:events'
import http from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { GrpcTransport } from '../../sdk/grpc/index.ts'
import { type ApiError, Client, type ClientSettings, TransportError, watchLease } from '../../sdk/index.ts'
import { ManualClock } from '../../sdk/testing-clock.ts'
import { freePort } from '../harness/free-port.ts'
import { changeProtocol } from '../harness/other-protocol.ts'

// What no real server does on demand: being busy, breaking off, answering nonsense, never answering.

const TOKEN = 's.tokenthatmustnotshow'
const SECRET = 'secretthatmustnotshow'
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

type Answer = (asked: Asked, reply: http.ServerResponse, count: number) => void

/** A server that answers as told, and a client of it that does not wait between tries. */
async function against(answer: Answer, settings: Partial<ClientSettings> = {}) {
  const seen: Asked[] = []
  const server = http.createServer(async (request, reply) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
    answer(seen.at(-1) as Asked, reply, seen.length)
  })
  const address = `http://127.0.0.1:${await listening(server)}`
  open.push(() => new Promise((done) => server.close(done).closeAllConnections()))
  const waits: number[] = []
  const retry = { sleep: async (ms: number) => void waits.push(ms) }
  const client = new Client({ address, token: TOKEN, retry, ...settings } as ClientSettings)
  return { client, seen, waits, server }
}

async function listening(server: http.Server | Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function json(reply: http.ServerResponse, status: number, body: object, headers: http.OutgoingHttpHeaders = {}): void {
  reply.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

const failed = async (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => expect.unreachable('it did not fail'),
    (error: unknown) => error,
  )

test('reads, and writes that change nothing, are tried again; other writes only when told', async () => {
  const busyOnce: Answer = (_, reply, count) =>
    count % 2 === 1
      ? json(reply, 429, { errors: ['busy'] }, { 'retry-after': '1' })
      : json(reply, 200, { data: { ciphertext: 'c', key_version: 1 } })
  const { client, seen, waits } = await against(busyOnce)
  await client.kv().readMetadata('x')
  await client.transit().encrypt({ name: 'k', plaintext: '' }, { idempotent: true })
  await client.transit().decrypt({ name: 'k', ciphertext: 'x' })
  expect(seen).toHaveLength(6)
  expect(waits).toEqual([1000, 1000, 1000])
  const error = await failed(client.kv().write({ path: 'x', data: {} }))
  expect(error).toMatchObject({ status: 429, code: 'rate_limited', retryAfterSeconds: 1, errors: ['busy'] })
  expect(seen).toHaveLength(7)
})

test('a refused connection is tried again, and then told as unreachable', async () => {
  const port = await freePort()
  let waits = 0
  const retry = { maxRetries: 3, sleep: async () => void waits++ }
  const settings = [
    { address: `http://127.0.0.1:${port}` },
    { transport: new GrpcTransport({ address: `127.0.0.1:${port}`, tls: 'plain' }) },
  ]
  for (const one of settings) {
    waits = 0
    const client = new Client({ ...one, token: TOKEN, retry } as ClientSettings)
    const error = await failed(client.sys.sealStatus())
    expect(error).toMatchObject({ name: 'TransportError', code: 'unreachable', transient: true })
    expect(waits).toBe(3)
    await failed(client.kv().write({ path: 'x', data: {} }))
    expect(waits).toBe(3)
    client.close()
  }
})

test('a server that never answers is given up in time, over both', async () => {
  const sockets: Socket[] = []
  const silent = createServer((socket) => sockets.push(socket.on('error', () => {})))
  const port = await listening(silent)
  open.push(() => new Promise((done) => silent.close(done)))
  for (const one of [
    { address: `http://127.0.0.1:${port}` },
    { transport: new GrpcTransport({ address: `127.0.0.1:${port}`, tls: 'plain' }) },
  ]) {
    const client = new Client({ ...one, timeoutMs: 30 } as ClientSettings)
    expect(await failed(client.sys.sealStatus())).toMatchObject({ name: 'TransportError', code: 'timeout' })
    if ('address' in one) {
      const stream = client.sys.monitor()[Symbol.asyncIterator]()
      expect(await failed(stream.next())).toMatchObject({ name: 'TransportError', code: 'timeout' })
    }
    client.close()
  }
  for (const socket of sockets) socket.destroy()
})

test('answers that break off, are too large or are no JSON are no answers', async () => {
  const { client } = await against(
    ({ url }, reply) => {
      if (url.includes('cut')) reply.writeHead(200, { 'content-length': '100' }).write('{"da')
      if (url.includes('cut')) setImmediate(() => reply.destroy())
      if (url.includes('large')) reply.end(JSON.stringify({ data: { data: 'x'.repeat(2000) } }))
      if (url.includes('other')) changeProtocol(reply.req)
      if (url.includes('page')) reply.end('<html>')
      if (url.includes('list')) reply.end('[]')
      if (url.includes('proxy')) reply.writeHead(502).end(`<html>${SECRET}`)
    },
    { maxResponseBytes: 1000, retry: { maxRetries: 0 } } as Partial<ClientSettings>,
  )
  const codes = {
    cut: 'unreachable',
    other: 'unreachable',
    large: 'invalid_response',
    page: 'invalid_response',
    list: 'invalid_response',
  }
  for (const [name, code] of Object.entries(codes)) {
    const error = await failed(client.kv().read(name))
    expect(error).toBeInstanceOf(TransportError)
    expect({ name, code: (error as TransportError).code }).toEqual({ name, code })
  }
  const proxied = (await failed(client.kv().read('proxy'))) as ApiError
  expect(proxied).toMatchObject({ status: 502, code: 'internal', errors: [] })
  expect(proxied.raw).toContain(SECRET)
  expect(inspect(proxied, { depth: 9 }) + JSON.stringify(proxied)).not.toContain(SECRET)
})

test('paths, queries and headers go out as they are meant', async () => {
  const { client, seen } = await against((_, reply) => json(reply, 200, { data: { keys: null } }))
  const other = client.with({ namespace: '/team/a', headers: { 'x-mine': 'yes' } })
  expect((await other.kv('my/kv').list({ path: 'a b/ü?#%/..', after: 'x&y', limit: 3 })).data.keys).toEqual([])
  expect(seen[0]).toMatchObject({
    method: 'GET',
    url: '/v1/my/kv/metadata/a%20b/%C3%BC%3F%23%25/..?after=x%26y&limit=3&list=true',
    headers: { 'x-vault-token': TOKEN, 'x-vault-namespace': 'team/a', 'x-mine': 'yes', 'x-vault-request': 'true' },
  })
  await client.cubbyhole.write({ path: 'x', data: { path: 'of mine', data: 'too' } })
  expect(JSON.parse(seen[1]?.body ?? '')).toEqual({ path: 'of mine', data: 'too' })
  await client.wrap(60, (v) => v.kv().patch({ path: 'x', data: { a: null } })).catch(() => undefined)
  expect(seen[2]).toMatchObject({
    ...{ method: 'PATCH', body: '{"data":{"a":null}}' },
    headers: { 'content-type': 'application/merge-patch+json', 'x-vault-wrap-ttl': '60s' },
  })
  await expect(client.transit().readKey('a/b')).rejects.toThrow(TypeError)
  await expect(client.transit().readKey('')).rejects.toThrow(TypeError)
})

test('what cannot be sent is refused without being quoted, over both', async () => {
  const { client } = await against((_, reply) => json(reply, 200, { data: {} }))
  const transport = new GrpcTransport({ address: '127.0.0.1:1', tls: 'plain' })
  const odd = `${SECRET}\n\u00fc` as never
  for (const vault of [client, new Client({ transport })]) {
    const asks = [
      vault.with({ token: odd }).sys.sealStatus(),
      vault.with({ namespace: odd }).sys.sealStatus(),
      vault.with({ headers: { 'x-mine': odd } }).sys.sealStatus(),
    ]
    for (const ask of asks) {
      const error = await failed(ask)
      expect(error).toBeInstanceOf(TypeError)
      expect(inspect(error)).not.toContain(SECRET)
    }
  }
  const { sys } = new Client({ transport })
  for (const ask of [sys.init({ secret_shares: SECRET as never }), sys.unseal({ key: { toString: null } as never })]) {
    const error = await failed(ask)
    expect(error).toBeInstanceOf(TypeError)
    expect(inspect(error)).not.toContain(SECRET)
  }
  transport.close()
})

test('a token can come from a function, each time anew', async () => {
  let count = 0
  const token = async () => `token-${++count}`
  const { client, seen } = await against((_, reply) => json(reply, 200, { data: {} }), { token })
  await client.sys.sealStatus()
  await client.sys.sealStatus()
  expect(seen.map(({ headers }) => headers['x-vault-token'])).toEqual(['token-1', 'token-2'])
})

test('a lease that is watched is renewed by its name', async () => {
  const { client, seen } = await against((_, reply) =>
    json(reply, 200, { lease_id: 'database/creds/x/1', lease_duration: 1800, renewable: true, data: null }),
  )
  const clock = new ManualClock()
  const lease = { id: 'database/creds/x/1', ttlSeconds: 3600, renewable: true }
  const watcher = watchLease(client, lease, { clock, incrementSeconds: 1800 })
  const renewed = once(watcher, 'renewed')
  await clock.next()
  await clock.next()
  expect(await renewed).toEqual([{ ttlSeconds: 1800, renewable: true }])
  expect(seen.map(({ url, body }) => [url, JSON.parse(body)])).toEqual([
    ['/v1/sys/leases/renew', { lease_id: 'database/creds/x/1', increment: 1800 }],
  ])
  watcher.stop()
})

test('connections are kept', async () => {
  const { client, server } = await against((_, reply) => json(reply, 200, { data: {} }))
  let connections = 0
  server.on('connection', () => connections++)
  for (let at = 0; at < 5; at++) await client.sys.sealStatus()
  expect(connections).toBe(1)
})

test('nothing that is shown of clients, replies and errors holds a secret', async () => {
  const { client } = await against(({ url }, reply) => {
    const auth = { client_token: SECRET, accessor: 'a', policies: ['p'], lease_duration: 60 }
    if (url.includes('fails')) return json(reply, 400, { errors: ['no'], data: { x: SECRET } })
    json(reply, 200, { data: { data: SECRET, metadata: { version: 1 } }, auth, wrap_info: { token: SECRET, ttl: 1 } })
  })
  const reply = await client.kv().read('x')
  const error = await failed(client.kv().write({ path: 'fails', data: { password: SECRET } }))
  const queried = await failed(client.request('GET', 'fails', { password: SECRET }))
  const stored = await client.kv().get('x')
  const wrapped = await client.wrap(60, (v) => v.kv().read('x'))
  const { auth, client: loggedIn } = await client.login((v) => v.kv().read('x'))
  const shown = [client, client.kv(), client.auth, reply, reply.auth, reply.wrapInfo, error, queried, stored]
  for (const one of [...shown, wrapped, auth, loggedIn, loggedIn.transit()]) {
    const text = inspect(one, { depth: 9, showHidden: true }) + JSON.stringify(one) + String(one)
    expect(text).not.toContain(SECRET)
    expect(text).not.toContain(TOKEN)
  }
  expect([reply.auth?.clientToken, wrapped.token]).toEqual([SECRET, SECRET])
  expect((error as ApiError).reply?.data).toMatchObject({ x: SECRET })
  expect(inspect(client)).toMatch(/^Client \{ http:/)
})

test('an answer without a body warns in a header, and nonsense there is nothing', async () => {
  const texts = ['["careful"]', '{', '"x"', '[1]']
  const { client } = await against((_, reply, count) => {
    reply.writeHead(204, { 'x-egide-warnings': texts[count - 1] }).end()
  })
  const told = await Promise.all(texts.map(() => client.kv().delete('x')))
  expect(told.map(({ status, warnings }) => [status, warnings])).toEqual([
    [204, ['careful']],
    [204, []],
    [204, []],
    [204, []],
  ])
})
