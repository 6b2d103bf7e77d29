import { once } from 'node:events'
import http2 from 'node:http2'
import net from 'node:net'
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { afterEach, expect, test } from 'vitest'
import { systemRandom } from '../../crypto/random.ts'
import type { Log } from '../../engines/engine.ts'
import type { Request, Response } from '../core/request.ts'
import { DEFAULT_GRPC_LIMITS, type GrpcLimits } from '../grpc/limits.ts'
import { SealState } from '../grpc/seal-watch.ts'
import { GrpcServer } from '../grpc/server.ts'
import { InFlight } from '../rest/in-flight.ts'
import { GrpcSocket } from './grpc-socket.ts'

/** The bounds of a listener, each made small. */

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const SEAL_STATUS = '/egide.v1.Sys/SealStatus'
const MONITOR = '/egide.v1.Sys/Monitor'
const same = (bytes: Buffer): Buffer => bytes
const ending: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

type Handle = (request: Request) => Promise<Partial<Response>>

/** A listener over a core that answers as `handle` says; resolves with its port. */
async function listening(handle: Handle, limits: Partial<GrpcLimits>, inFlightMax = 100) {
  const inFlight = new InFlight(inFlightMax)
  const services = {
    core: { handle: async (request: Request) => ({ ...NOTHING, requestId: request.id, ...(await handle(request)) }) },
    clock: { now: () => 0 },
    random: systemRandom,
    log: silent,
    inFlight,
    observe: () => {},
    monotonicMs: () => performance.now(),
  }
  const all = { ...DEFAULT_GRPC_LIMITS, ...limits }
  const load = async () => new GrpcServer({ services, limits: all, seal: new SealState(), isTls: false })
  const socket = new GrpcSocket(load, all, undefined)
  await socket.listen('127.0.0.1', 0)
  ending.push(() => socket.close(0))
  return { port: (socket.server.address() as net.AddressInfo).port, socket, inFlight }
}

const NOTHING: Response = {
  requestId: '',
  status: 200,
  data: {},
  topLevel: false,
  leaseId: '',
  renewable: false,
  leaseDurationSeconds: 0,
  auth: null,
  wrapInfo: null,
  warnings: null,
  mountType: 'system',
  raw: null,
}

function client(port: number): Client {
  const made = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 })
  ending.push(() => made.close())
  return made
}

/** The status of one call. */
function asked(by: Client): Promise<{ code: number; details: string }> {
  return new Promise((resolve) => {
    by.makeUnaryRequest(SEAL_STATUS, same, same, Buffer.alloc(0), new Metadata(), (error: ServiceError | null) =>
      resolve({ code: error?.code ?? status.OK, details: error?.details ?? '' }),
    )
  })
}

test('an answer that takes too long is answered for, its signal aborts, and it is in flight no more', async () => {
  const aborted = Promise.withResolvers<void>()
  const { port, inFlight } = await listening(
    (request) => {
      request.signal?.addEventListener('abort', () => aborted.resolve())
      return new Promise(() => {})
    },
    { handleTimeoutMs: 100 },
  )
  expect(await asked(client(port))).toEqual({ code: status.DEADLINE_EXCEEDED, details: 'the request took too long' })
  await aborted.promise
  expect(inFlight.size).toBe(0)
})

test('beyond the bound of requests in flight, which REST shares, calls are refused at once', async () => {
  const gate = Promise.withResolvers<object>()
  const { port } = await listening(() => gate.promise, {}, 2)
  const calls = client(port)
  const letIn = [asked(calls), asked(calls)]
  const third = await asked(client(port))
  expect(third).toEqual({ code: status.UNAVAILABLE, details: 'too many requests are in flight' })
  gate.resolve({})
  expect((await Promise.all(letIn)).map(({ code }) => code)).toEqual([status.OK, status.OK])
})

test('answers that go on take nobody the place', async () => {
  const gate = Promise.withResolvers<void>()
  async function* lines(): AsyncGenerator<Buffer> {
    yield Buffer.from('begun')
    await gate.promise
  }
  const raw = () => ({ status: 200, contentType: 'text/plain', body: lines() })
  const { port, inFlight } = await listening(async ({ path }) => (path === 'sys/monitor' ? { raw: raw() } : {}), {}, 2)
  const calls = client(port)
  const streams = [1, 2, 3].map(() =>
    calls.makeServerStreamRequest(MONITOR, same, same, Buffer.alloc(0), new Metadata(), {}),
  )
  await Promise.all(streams.map((stream) => once(stream, 'data')))
  expect(inFlight.size).toBe(3)
  expect((await asked(calls)).code).toBe(status.OK)
  const ended = Promise.all(streams.map((stream) => once(stream, 'end')))
  gate.resolve()
  await ended
  expect([inFlight.size, inFlight.refuses()]).toEqual([0, false])
})

test('a connection without a call is closed after a while, one with a call is not', async () => {
  const gate = Promise.withResolvers<object>()
  const { port } = await listening(() => gate.promise, { idleTimeoutMs: 300 })
  const idle = http2.connect(`http://127.0.0.1:${port}`)
  idle.on('error', () => {})
  const closed = once(idle, 'close')
  const busy = asked(client(port))
  await closed
  gate.resolve({})
  expect((await busy).code).toBe(status.OK)
})

test('a connection whose client does not say that it is there is closed', async () => {
  const { port } = await listening(async () => ({}), { keepAliveMs: 50, keepAliveTimeoutMs: 50 })
  const socket = net.connect(port, '127.0.0.1')
  ending.push(() => {
    socket.destroy()
  })
  const closed = once(socket, 'close')
  socket.resume()
  // It begins HTTP/2, with empty SETTINGS, and answers no PING.
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))
  await closed
})

test('beyond the bound of connections, new ones are closed', async () => {
  const { port } = await listening(async () => ({}), { maxConnections: 2 })
  const open = async () => {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => {})
    ending.push(() => {
      socket.destroy()
    })
    await once(socket, 'connect')
    return socket
  }
  await open()
  await open()
  const third = await open()
  third.resume()
  await once(third, 'close')
})

test('who does not read an answer that goes on is cut, and what it listened to ends', async () => {
  const ended = Promise.withResolvers<void>()
  async function* lines(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield Buffer.alloc(4096)
    } finally {
      ended.resolve()
    }
  }
  const { port, inFlight } = await listening(
    async () => ({ raw: { status: 200, contentType: 'text/plain', body: lines() } }),
    { stalledReaderMs: 100 },
  )
  const over = http2.connect(`http://127.0.0.1:${port}`)
  over.on('error', () => {})
  ending.push(() => over.destroy())
  const headers = { ':method': 'POST', ':path': MONITOR, 'content-type': 'application/grpc', te: 'trailers' }
  const stream = over.request(headers)
  stream.on('error', () => {})
  stream.end(Buffer.alloc(5)) // one empty message; nothing is ever read
  await ended.promise
  await new Promise(setImmediate)
  expect(inFlight.size).toBe(0)
})
