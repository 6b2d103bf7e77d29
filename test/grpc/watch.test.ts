import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { create, type DescMethod, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { type ClientReadableStream, type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Policy } from '../../proto/gen/egide/v1/policy_pb.ts'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import { Token } from '../../proto/gen/egide/v1/token_pb.ts'
import { startUnsealed } from '../harness/server.ts'
import { pathOf } from './client.ts'
import { type Served, same, serve } from './serve.ts'

const kv = Kv.method
const SOON_MS = 10_000

let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.stop())

interface Event {
  readonly kind: string
  readonly path: string
  readonly version: bigint
  readonly revision: bigint
}

class Watch {
  readonly stream: ClientReadableStream<Buffer>
  readonly events: Event[] = []
  error: ServiceError | undefined
  #news = Promise.withResolvers<void>()

  constructor(method: DescMethod, init: object, token: string) {
    this.stream = served
      .connect()
      .makeServerStreamRequest(
        pathOf(method),
        same,
        same,
        Buffer.from(toBinary(method.input, create(method.input, init as MessageInitShape<typeof method.input>))),
        served.metadata({ 'x-vault-token': token }),
      )
    this.stream.on('data', (bytes: Buffer) => {
      this.events.push(fromBinary(method.output, bytes) as unknown as Event)
      this.#tell()
    })
    this.stream.on('error', (error: ServiceError) => {
      this.error = error
      this.#tell()
    })
  }

  #tell(): void {
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }

  async until(holds: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(SOON_MS)
    while (!holds()) {
      await Promise.race([this.#news.promise, once(late, 'abort')])
      if (late.aborted) throw new Error(`not told in time: ${JSON.stringify(this.texts())}`)
    }
  }

  texts(): string[] {
    return this.events.map(({ kind, path, version }) => `${kind} ${path} ${version}`)
  }

  async ended(): Promise<ServiceError> {
    await this.until(() => this.error !== undefined)
    return this.error as ServiceError
  }
}

async function watching(init: object = {}, token = served.rootToken, method: DescMethod = kv.watch): Promise<Watch> {
  const watch = new Watch(method, init, token)
  await watch.until(() => watch.events.length > 0)
  return watch
}

const write = (path: string) => served.call(kv.write, { path, data: { password: 'hunter2' } })

async function tokenWith(policy: string): Promise<string> {
  await served.call(Policy.method.writeAclPolicy, { name: 'watchers', policy })
  const made = await served.call(Token.method.create, { policies: ['watchers'] })
  return made.envelope?.auth?.clientToken ?? ''
}

const LISTS = 'path "secret/metadata/*" { capabilities = ["list"] }'

test('events come as they happen, over any number of streams, and name the request', async () => {
  const [all, below, flat, one] = [
    await watching(),
    await watching({ path: 'app' }),
    await watching({}, served.rootToken, kv.watchFlat),
    await watching({ path: 'app/db' }, served.rootToken, kv.watchSecret),
  ]
  const [metadata] = await once(new Watch(kv.watch, {}, served.rootToken).stream, 'metadata')
  expect(metadata.get('x-request-id')[0]).toMatch(/^[0-9a-f-]{36}$/)
  await write('app/db')
  await write('other')
  await served.call(kv.delete, { path: 'app/db' })
  await served.call(kv.writeFlat, { path: 'f', data: { x: 1 } })
  for (const watch of [all, below, flat, one]) await watch.until(() => watch.events.length > (watch === flat ? 1 : 2))
  expect(all.texts()).toEqual(['position  0', 'written app/db 1', 'written other 1', 'deleted app/db 1'])
  expect(below.texts()).toEqual(['position  0', 'written app/db 1', 'deleted app/db 1'])
  expect(one.texts()).toEqual(below.texts())
  expect(flat.texts()).toEqual(['position  0', 'written f 1'])
  for (const watch of [all, below, flat, one]) watch.stream.cancel()
})

test('a watch goes on where another ended, and starts anew where that is too long ago', async () => {
  const first = await watching()
  first.stream.cancel()
  for (const path of ['x', 'y']) await write(path)
  const next = await watching({ afterRevision: first.events[0]?.revision })
  await next.until(() => next.texts().includes('position  0'))
  expect(next.texts()).toEqual(['written x 1', 'written y 1', 'position  0'])
  const lost = await watching({ afterRevision: 1_000_000n })
  expect(lost.texts()).toEqual(['resync  0'])
  for (const watch of [next, lost]) watch.stream.cancel()
})

test('one that is begun is recorded as the listing that it is, and no event holds a secret', async () => {
  const watch = await watching({ path: 'app' })
  watch.stream.on('data', (bytes: Buffer) => expect(bytes.includes('hunter2')).toBe(false))
  await write('app/secret')
  await watch.until(() => watch.events.length > 1)
  const records = served.audit().filter(({ request }) => request?.path === 'secret/metadata/app/')
  expect(records.slice(-2).map(({ type, request }) => `${type} ${request?.operation}`)).toEqual([
    'request list',
    'response list',
  ])
  watch.stream.cancel()
})

describe('it ends', () => {
  test('when the token is revoked, and never begins for who may not list', async () => {
    const token = await tokenWith(LISTS)
    const watch = await watching({}, token)
    await served.call(Token.method.revoke, { token })
    expect((await watch.ended()).code).toBe(status.PERMISSION_DENIED)
    const refused = new Watch(kv.watch, {}, await tokenWith('path "secret/data/*" { capabilities = ["read"] }'))
    expect((await refused.ended()).code).toBe(status.PERMISSION_DENIED)
    expect(refused.events).toEqual([])
  })

  test('when its deadline has passed', async () => {
    const request = Buffer.from(toBinary(kv.watch.input, create(kv.watch.input, {})))
    const stream = served
      .connect()
      .makeServerStreamRequest(
        pathOf(kv.watch),
        same,
        same,
        request,
        served.metadata({ 'x-vault-token': served.rootToken }),
        { deadline: Date.now() + 500 },
      )
    stream.resume()
    const [error] = await once(stream, 'error')
    expect(error.code).toBe(status.DEADLINE_EXCEEDED)
  })

  test('over REST as well, where it is a line of JSON for each event', async () => {
    const token = await tokenWith(`${LISTS} path "secret/data/*" { capabilities = ["read"] }`)
    const reply = await fetch(`${served.restAddress}/v1/secret/metadata/rest?list=true&watch=true`, {
      headers: { 'x-vault-token': token },
    })
    expect(reply.headers.get('content-type')).toBe('application/x-ndjson')
    const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect(JSON.parse((await reader?.read())?.value ?? '')).toMatchObject({ kind: 'position' })
    await write('rest/a')
    expect(JSON.parse((await reader?.read())?.value ?? '')).toMatchObject({ kind: 'written', path: 'rest/a' })
    await served.call(Token.method.revoke, { token })
    await expect(reader?.read()).rejects.toThrow()
  })

  test('when the vault is sealed', async () => {
    const own = await serve()
    try {
      const opened = own
        .connect()
        .makeServerStreamRequest(
          pathOf(kv.watch),
          same,
          same,
          Buffer.alloc(0),
          own.metadata({ 'x-vault-token': own.rootToken }),
        )
      await once(opened, 'data')
      const ended = once(opened, 'error')
      await own.seal()
      expect((await ended)[0].code).toBe(status.UNAVAILABLE)
    } finally {
      await own.stop()
    }
  })
})

test('over REST, who watches takes nobody the place', async () => {
  const server = await startUnsealed({ config: 'max_requests_in_flight = 2' })
  const gone = new AbortController()
  const headers = { 'x-vault-token': server.rootToken }
  const where = `${server.address}/v1/secret/metadata/?list=true&watch=true`
  for (let n = 0; n < 4; n++) expect((await fetch(where, { headers, signal: gone.signal })).status).toBe(200)
  expect((await server.call('GET', 'sys/mounts')).status).toBe(200)
  gone.abort()
  await server.remove()
})

test('a server that is told to stop does not wait for who listens', async () => {
  const own = await serve()
  const headers = own.metadata({ 'x-vault-token': own.rootToken })
  const methods = [kv.watch, Sys.method.sealEvents, Sys.method.monitor].map(pathOf)
  const streams = [...methods, '/grpc.health.v1.Health/Watch'].map((method) =>
    own.connect().makeServerStreamRequest(method, same, same, Buffer.alloc(0), headers),
  )
  const { hostname, port } = new URL(`http://${own.target}`)
  const idle = net.connect(Number(port), hostname)
  await once(idle, 'connect')
  const codes = streams.map(async (stream) => {
    stream.resume()
    const [{ code }] = await once(stream, 'error')
    return code as number
  })
  await Promise.all(streams.map((stream) => once(stream, 'metadata')))
  await own.terminate()
  await own.stop()
  expect((await Promise.all(codes)).slice(0, 3)).toEqual(methods.map(() => status.UNAVAILABLE))
  idle.destroy()
})

test('a hundred watchers that do not read cost little, and others are served', async () => {
  const token = served.rootToken
  const before = served.residentBytes()
  const streams: ClientReadableStream<Buffer>[] = []
  for (let n = 0; n < 100; n++) {
    const { stream } = new Watch(kv.watch, {}, token)
    stream.pause()
    streams.push(stream)
  }
  await sleep(500)
  for (let n = 0; n < 60; n++) await write(`busy/${n % 50}`)
  const watch = await watching({ path: 'busy' })
  await write('busy/last')
  await watch.until(() => watch.texts().includes('written busy/last 1'))
  const after = served.residentBytes()
  if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(128 * 1024 * 1024)
  for (const stream of [...streams, watch.stream]) stream.cancel()
})
