import { once } from 'node:events'
import http2 from 'node:http2'
import net from 'node:net'
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { afterEach, expect, test } from 'vitest'
import { systemRandom } from '../../crypto/random.ts'
import type { Log } from '../../engines/engine.ts'
import type { Request, Response } from '../core/request.ts'
import { DEFAULT_GRPC_LIMITS, type GrpcLimits } from '../grpc/limits.ts'
import { framed } from '../grpc/message-reader.ts'
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
    refused: () => {},
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
  await expect.poll(() => inFlight.size).toBe(0)
})

test('beyond the bound of requests in flight, which REST shares, calls are refused at once', async () => {
  const gate = Promise.withResolvers<object>()
  const { port, inFlight } = await listening(() => gate.promise, {}, 2)
  const calls = client(port)
  const letIn = [asked(calls), asked(calls)]
  await expect.poll(() => inFlight.size).toBe(2)
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
  const [gate, arrived] = [Promise.withResolvers<object>(), Promise.withResolvers<void>()]
  const handle = () => {
    arrived.resolve()
    return gate.promise
  }
  // Long enough that a call comes after its connection also where the machine pauses between the two.
  const { port } = await listening(handle, { idleTimeoutMs: 2000 })
  const busy = asked(client(port))
  await arrived.promise
  const idle = http2.connect(`http://127.0.0.1:${port}`)
  idle.on('error', () => {})
  await once(idle, 'close')
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

/** HTTP/2 without a gRPC library. */
function session(port: number, options: http2.ClientSessionOptions = {}): http2.ClientHttp2Session {
  const over = http2.connect(`http://127.0.0.1:${port}`, options)
  over.on('error', () => {})
  ending.push(() => over.destroy())
  return over
}

function opened(over: http2.ClientHttp2Session, headers: http2.OutgoingHttpHeaders = {}): http2.ClientHttp2Stream {
  const usual = { ':method': 'POST', ':path': SEAL_STATUS, 'content-type': 'application/grpc', te: 'trailers' }
  const stream = over.request({ ...usual, ...headers }, { endStream: false })
  stream.on('error', () => {})
  return stream
}

/** What is said of a message of so many bytes, and as many of it as come. */
function begun(length: number, come: number): Buffer {
  const bytes = Buffer.alloc(5 + come)
  bytes.writeUInt32BE(length, 1)
  return bytes
}

/** The status that a call ends with; or the code by which it is reset. */
function endOf(stream: http2.ClientHttp2Stream): Promise<string> {
  return new Promise((resolve) => {
    const look = (headers: http2.IncomingHttpHeaders): void => {
      if (headers['grpc-status'] !== undefined) resolve(`status ${headers['grpc-status']}`)
    }
    stream.on('response', look)
    stream.on('trailers', look)
    stream.on('close', () => resolve(`reset ${stream.rstCode}`))
    stream.resume()
  })
}

const CUT = `reset ${http2.constants.NGHTTP2_CANCEL}`

test('messages that are coming may take so much of a connection and of all; others are not concerned', async () => {
  const bounds = { heldBytes: 600_000, heldBytesOfAll: 1_000_000 }
  const { port } = await listening(async () => ({}), bounds)
  const [one, other] = [session(port), session(port)]
  const send = (over: http2.ClientHttp2Session, bytes: number) => {
    const stream = opened(over)
    const ended = endOf(stream)
    stream.write(begun(1_000_000, bytes))
    return { stream, ended }
  }
  const hold = async (over: http2.ClientHttp2Session, bytes: number) => {
    const { stream, ended } = send(over, bytes)
    expect(await Promise.race([ended, heard(over)])).toBe('')
    return stream
  }
  const held = await hold(one, 250_000)
  expect(await send(one, 500_000).ended).toBe(`status ${status.RESOURCE_EXHAUSTED}`)
  expect((await asked(client(port))).code).toBe(status.OK)
  await hold(other, 250_000)
  expect(await send(session(port), 300_000).ended).toBe(`status ${status.RESOURCE_EXHAUSTED}`)
  held.close(http2.constants.NGHTTP2_CANCEL)
  await heard(one)
  await hold(session(port), 250_000)
})

/** Resolves once the server has read all that was sent before: it answers what comes after it. */
async function heard(over: http2.ClientHttp2Session): Promise<string> {
  for (let n = 0; n < 20; n++) {
    await new Promise<void>((resolve) => {
      over.ping(() => resolve())
    })
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return ''
}

test('a message that does not come is waited for so long', async () => {
  const { port } = await listening(async () => ({}), { messageTimeoutMs: 300 })
  const over = session(port)
  const [silent, half] = [opened(over), opened(over)]
  half.write(begun(10, 3))
  expect(await Promise.all([endOf(silent), endOf(half)])).toEqual([
    `status ${status.DEADLINE_EXCEEDED}`,
    `status ${status.DEADLINE_EXCEEDED}`,
  ])
  // One that comes is served; its own may be late by as much where the machine pauses.
  await expect.poll(async () => (await asked(client(port))).code).toBe(status.OK)
})

test('metadata of a call is bounded, and clients are told how', async () => {
  const { port } = await listening(async () => ({}), {})
  const over = session(port)
  await once(over, 'remoteSettings')
  expect(over.remoteSettings?.maxHeaderListSize).toBe(16 * 1024)
  const status = async (bytes: number) => {
    const stream = opened(over, { 'x-long': 'x'.repeat(bytes) })
    stream.end(framed(Buffer.alloc(0)))
    return endOf(stream)
  }
  expect(await status(15_000)).toBe('status 0')
  expect(await status(17_000)).toBe(`reset ${http2.constants.NGHTTP2_ENHANCE_YOUR_CALM}`)
  expect(await status(0)).toBe('status 0')
})

test('an answer that is not read, and a side that is not ended after the answer, are cut', async () => {
  const data = { cluster_name: 'x'.repeat(300_000) }
  const { port } = await listening(async () => ({ data }), { stalledReaderMs: 100 })
  const unread = opened(session(port, { settings: { initialWindowSize: 1000 } }))
  const closed = once(unread, 'close')
  unread.end(framed(Buffer.alloc(0)))
  await closed
  expect(`reset ${unread.rstCode}`).toBe(CUT)
  const unended = opened(session(port), { ':path': '/egide.v1.Sys/Nothing' })
  expect(await endOf(unended)).toBe(`status ${status.UNIMPLEMENTED}`)
  await once(unended, 'close')
  expect(`reset ${unended.rstCode}`).toBe(CUT)
})

/** Less than it takes to read a long answer slowly. */
const STALLED_MS = 1500

test('a long answer that is read slowly, and read, arrives', async () => {
  const data = { cluster_name: 'x'.repeat(600_000) }
  const { port } = await listening(async () => ({ data }), { stalledReaderMs: STALLED_MS })
  /** Undefined: the machine paused for longer than a reader may. */
  const read = async (): Promise<{ bytes: number; status: string } | undefined> => {
    const stream = opened(session(port))
    const ended = endOf(stream)
    stream.end(framed(Buffer.alloc(0)))
    let bytes = 0
    let [longest, lookedAt] = [0, performance.now()]
    for await (const piece of stream) {
      bytes += (piece as Buffer).length
      await new Promise((resolve) => setTimeout(resolve, 60))
      longest = Math.max(longest, performance.now() - lookedAt)
      lookedAt = performance.now()
    }
    return longest > STALLED_MS / 2 ? undefined : { bytes, status: await ended }
  }
  let outcome = await read()
  while (outcome === undefined) outcome = await read()
  expect(outcome.bytes).toBeGreaterThan(600_000)
  expect(outcome.status).toBe('status 0')
})

test.each(['GET', 'HEAD', 'PUT', 'OPTIONS'])('a call by %s is none', async (method) => {
  let calls = 0
  const { port } = await listening(async () => ({ data: { calls: calls++ } }), { stalledReaderMs: 100 })
  const stream = opened(session(port), { ':method': method })
  const [headers] = await once(stream, 'response')
  stream.resume()
  await once(stream, 'close')
  expect([headers[':status'], calls, `reset ${stream.rstCode}`]).toEqual([405, 0, CUT])
})

test('a listener that closes lets calls under way end, tells their connection, and takes no more', async () => {
  const gate = Promise.withResolvers<object>()
  const begun = Promise.withResolvers<void>()
  const { port, socket } = await listening(() => {
    begun.resolve()
    return gate.promise
  }, {})
  const over = session(port)
  const goaway = once(over, 'goaway')
  const slow = opened(over)
  const ended = endOf(slow)
  slow.end(framed(Buffer.alloc(0)))
  await begun.promise
  const closed = socket.close(60_000)
  await goaway
  gate.resolve({})
  expect(await ended).toBe('status 0')
  await closed
  expect(over.destroyed || over.closed).toBe(true)
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
  await expect.poll(() => inFlight.size).toBe(0)
})

test('what an answer listened to ends where it may not wait to be read', async () => {
  async function* lines(signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    yield Buffer.alloc(40_000)
    await new Promise((resolve) => signal?.addEventListener('abort', resolve))
  }
  const handle: Handle = async ({ signal }) => ({
    raw: { status: 200, contentType: 'text/plain', body: lines(signal) },
  })
  const { port, inFlight } = await listening(handle, { heldBytes: 30_000 })
  const stream = opened(session(port), { ':path': MONITOR })
  const ended = endOf(stream)
  stream.end(framed(Buffer.alloc(0)))
  expect(await ended).toBe(`status ${status.RESOURCE_EXHAUSTED}`)
  await expect.poll(() => inFlight.size).toBe(0)
})
