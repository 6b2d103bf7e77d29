import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { deflateSync, gzipSync } from 'node:zlib'
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import { Transit } from '../../proto/gen/egide/v1/transit_pb.ts'
import { BadRequestSchema } from '../../proto/gen/google/rpc/error_details_pb.ts'
import { StatusSchema } from '../../proto/gen/google/rpc/status_pb.ts'
import { call } from '../harness/http.ts'
import { pathOf } from './client.ts'
import { type Served, serve } from './serve.ts'

/** HTTP/2 as no gRPC library speaks it: calls that are begun and not ended, cut, flooded, or not read. */

let served: Served
beforeAll(async () => {
  served = await serve()
  await served.call(Transit.method.writeKey, { name: 'k' })
  await served.call(Kv.method.write, { path: 'kept', data: { since: 'the beginning' } })
})
afterAll(() => served.stop())

const MEBIBYTE = 1024 * 1024
const port = () => Number(new URL(`http://${served.target}`).port)
const token = () => ({ 'x-vault-token': served.rootToken })

function session(options: http2.SecureClientSessionOptions = {}): http2.ClientHttp2Session {
  const ca = readFileSync(served.certificate.caFile)
  const opened = http2.connect(`https://localhost:${port()}`, { ca, ...options })
  opened.on('error', () => {})
  return opened
}

function open(over: http2.ClientHttp2Session, path: string, headers: http2.OutgoingHttpHeaders = token()) {
  const stream = over.request({
    ':path': path,
    ':method': 'POST',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  })
  stream.on('error', () => {})
  return stream
}

/** A message as it stands on the wire, unless `length` and `flag` say otherwise than it is. */
function frame(message: Uint8Array, length = message.length, flag = 0): Buffer {
  const head = Buffer.alloc(5)
  head[0] = flag
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, message])
}

const read = (path: string): Uint8Array => toBinary(Kv.method.read.input, create(Kv.method.read.input, { path }))
const KEPT = pathOf(Kv.method.read)

/** The status that a stream ends with, from its trailers or, where it has nothing else, from its headers. */
function statusOf(stream: http2.ClientHttp2Stream): Promise<number> {
  return new Promise((resolve) => {
    const look = (headers: http2.IncomingHttpHeaders): void => {
      if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']))
    }
    stream.on('response', look)
    stream.on('trailers', look)
    stream.on('close', () => resolve(-1))
    stream.resume()
  })
}

/** That the server is there, has what it had, and tells nobody of its insides. */
async function stands(): Promise<void> {
  const { data } = await served.call(Kv.method.read, { path: 'kept' })
  expect(data?.metadata?.version).toBe(1n)
  expect(served.log).not.toMatch(/failed unexpectedly|\n\s+at |\.ts:\d+/)
}

async function growth(work: () => Promise<void>): Promise<number> {
  const before = served.residentBytes() ?? 0
  await work()
  return (served.residentBytes() ?? 0) - before
}

async function inFlight(): Promise<string[]> {
  const { body } = await call('GET', `${served.restAddress}/v1/sys/in-flight-req`, { token: served.rootToken })
  const paths = Object.values(body as Record<string, { request_path: string }>).map((one) => one.request_path)
  return paths.filter((path) => path !== '/v1/sys/in-flight-req')
}

test.each<[string, MessageInitShape<typeof Transit.method.encrypt.input>, string]>([
  ['the name of the key', { plaintext: 'aGVsbG8=' }, 'name'],
  ['a name that is one', { name: 'a/b', plaintext: 'aGVsbG8=' }, 'name'],
])('what misses %s is refused by naming the field', async (_, init, field) => {
  const error = await served.call(Transit.method.encrypt, init).then(
    () => undefined,
    (failed: ServiceError) => failed,
  )
  expect(error?.code).toBe(status.INVALID_ARGUMENT)
  const rich = fromBinary(StatusSchema, error?.metadata.get('grpc-status-details-bin')[0] as Buffer)
  const [named] = rich.details.filter(({ typeUrl }) => typeUrl.endsWith('google.rpc.BadRequest'))
  const { fieldViolations } = fromBinary(BadRequestSchema, named?.value ?? Buffer.alloc(0))
  expect(fieldViolations.map((violation) => violation.field)).toEqual([field])
})

/** Bytes, what a client says of them, and the statuses that are due: some are the library's own choice. */
const MESSAGES: [string, Buffer, number[], Record<string, string>?][] = [
  ['that is longer than it may be', frame(Buffer.alloc(10), 33 * MEBIBYTE), [status.RESOURCE_EXHAUSTED]],
  ['that ends in the middle', frame(read('kept'), 100), [status.INTERNAL, status.CANCELLED, status.UNIMPLEMENTED]],
  [
    'in a compression that nobody knows',
    frame(read('kept'), undefined, 1),
    [status.UNIMPLEMENTED],
    { 'grpc-encoding': 'zip' },
  ],
  [
    'that unpacks to more than it may',
    frame(gzipSync(Buffer.alloc(64 * MEBIBYTE)), undefined, 1),
    [status.RESOURCE_EXHAUSTED],
    { 'grpc-encoding': 'gzip' },
  ],
  [
    'that is not what its compression says',
    frame(read('kept'), undefined, 1),
    [status.INTERNAL],
    { 'grpc-encoding': 'gzip' },
  ],
  [
    'after another, where one is due',
    Buffer.concat([frame(read('kept')), frame(read('kept'))]),
    [status.UNIMPLEMENTED, status.INTERNAL],
  ],
  ['that is none', Buffer.alloc(0), [status.UNIMPLEMENTED, status.INTERNAL]],
  [
    'in JSON',
    frame(Buffer.from('{"path":"kept"}')),
    [status.UNIMPLEMENTED],
    { 'content-type': 'application/grpc+json' },
  ],
]

test.each(MESSAGES)('a message %s', async (_, bytes, codes, headers = {}) => {
  const over = session()
  const stream = open(over, KEPT, { ...token(), ...headers })
  const ended = statusOf(stream)
  stream.end(bytes)
  expect(codes).toContain(await ended)
  over.destroy()
  await stands()
})

test.each([
  ['whole', frame(read('kept')), {}],
  ['packed by gzip', frame(gzipSync(read('kept')), undefined, 1), { 'grpc-encoding': 'gzip' }],
  ['packed by deflate', frame(deflateSync(read('kept')), undefined, 1), { 'grpc-encoding': 'deflate' }],
  ['that could be packed, and is not', frame(read('kept')), { 'grpc-encoding': 'gzip' }],
])('a message %s, in pieces of one byte, is answered', async (_, bytes, headers) => {
  const over = session()
  const stream = open(over, KEPT, { ...token(), ...headers })
  const ended = statusOf(stream)
  for (const byte of bytes) stream.write(Buffer.of(byte))
  stream.end()
  expect(await ended).toBe(status.OK)
  over.destroy()
})

test.each([
  ['1n', status.DEADLINE_EXCEEDED],
  ['0S', status.DEADLINE_EXCEEDED],
  ['99999999H', status.CANCELLED],
  ['soon', status.INTERNAL],
])('a call that is never ended, with a grpc-timeout of %s', async (timeout, code) => {
  const over = session()
  const stream = open(over, KEPT, { ...token(), 'grpc-timeout': timeout })
  const ended = statusOf(stream)
  stream.write(frame(read('kept')).subarray(0, 7))
  if (code === status.CANCELLED) {
    await stands()
    stream.close(http2.constants.NGHTTP2_CANCEL)
    expect(await ended).toBe(-1)
  } else expect(await ended).toBe(code)
  over.destroy()
})

test.each(['größer', '100%', '%41', ' x ', 'a: "ü", b; #c?', '𝒳'])(
  'what an error says comes as it is: %s',
  async (name) => {
    const error = await served.call(Kv.method.read, { mount: name, path: 'x' }).then(
      () => undefined,
      (failed: ServiceError) => failed,
    )
    expect(error?.details).toContain(name)
  },
)

test('calls that are begun and never ended hold little, and nothing once their client is gone', async () => {
  const sessions = Array.from({ length: 5 }, () => session())
  const grown = await growth(async () => {
    for (const over of sessions) {
      for (let n = 0; n < 200; n++) {
        const isStream = n % 2 === 0
        const stream = open(over, isStream ? pathOf(Transit.method.encryptStream) : KEPT)
        stream.write(frame(read('kept'), 100_000)) // the rest of it never comes
      }
    }
    await sleep(500)
    await stands()
  })
  expect(grown).toBeLessThan(64 * MEBIBYTE)
  expect(await inFlight()).toEqual([])
  for (const over of sessions) over.destroy()
  await stands()
})

test.each<[string, Buffer, number, Record<string, string>?]>([
  ['that is too long', frame(Buffer.alloc(10), 33 * MEBIBYTE), status.RESOURCE_EXHAUSTED],
  ['that is cut off', frame(Buffer.alloc(10), 100), status.INTERNAL],
  ['that can not be unpacked', frame(Buffer.alloc(10), undefined, 1), status.INTERNAL, { 'grpc-encoding': 'gzip' }],
])('a message of a body %s ends the request that takes it', async (_, bytes, code, headers = {}) => {
  const over = session()
  const stream = open(over, pathOf(Sys.method.restoreSnapshot), { ...token(), ...headers })
  const ended = statusOf(stream)
  const { input } = Sys.method.restoreSnapshot
  stream.write(frame(toBinary(input, create(input, { content: Buffer.from('no more than a beginning') }))))
  await expect.poll(inFlight).toHaveLength(1)
  stream.end(bytes)
  expect(await ended).toBe(code)
  await expect.poll(inFlight).toEqual([])
  over.destroy()
  await stands()
})

test('messages that unpack to a thousand times their length take little memory at a time', async () => {
  const bomb = frame(gzipSync(Buffer.alloc(31 * MEBIBYTE, 1)), undefined, 1)
  const over = session()
  const grown = await growth(async () => {
    const ended = Array.from({ length: 24 }, () => {
      const stream = open(over, KEPT, { 'grpc-encoding': 'gzip' })
      stream.end(bomb)
      return statusOf(stream)
    })
    expect(new Set(await Promise.all(ended))).toEqual(new Set([status.INVALID_ARGUMENT]))
  })
  expect(grown).toBeLessThan(384 * MEBIBYTE)
  over.destroy()
  await stands()
})

test('a client that ends its side of a stream is answered what it asked before', async () => {
  const over = session()
  const stream = open(over, pathOf(Transit.method.encryptStream))
  const { input } = Transit.method.encryptStream
  const message = frame(toBinary(input, create(input, { name: 'k', plaintext: 'aGVsbG8=' })))
  const ended = statusOf(stream)
  let bytes = 0
  stream.on('data', (piece: Buffer) => {
    bytes += piece.length
  })
  for (let n = 0; n < 30; n++) stream.write(message)
  stream.end()
  expect(await ended).toBe(status.OK)
  expect(bytes).toBeGreaterThan(30 * 64)
  over.destroy()
})

test('who resets calls as quickly as it opens them is no burden to others', async () => {
  const grown = await growth(async () => {
    for (let round = 0; round < 3; round++) {
      const over = session()
      await once(over, 'connect')
      for (let n = 0; n < 1000 && !over.destroyed; n++) {
        const stream = open(over, KEPT)
        stream.write(frame(read('kept')))
        stream.close(http2.constants.NGHTTP2_CANCEL)
      }
      await sleep(100)
      over.destroy()
    }
    await stands()
  })
  expect(grown).toBeLessThan(96 * MEBIBYTE)
})

test('what is cancelled at any moment is done or not, and recorded as one request and its one response', async () => {
  const over = session()
  await once(over, 'connect')
  const { input } = Kv.method.write
  const ids: readonly string[] = Array.from({ length: 60 }, () => randomUUID())
  await Promise.all(
    ids.map(async (id, n) => {
      const stream = open(over, pathOf(Kv.method.write), { ...token(), 'x-request-id': id })
      // It may have been answered before it is cancelled: then it is closed once the answer was read, and only then.
      const closed = new Promise((resolve) => stream.resume().once('close', resolve))
      stream.end(frame(toBinary(input, create(input, { path: `cancelled/${n}`, data: { n } }))))
      for (let turns = 0; turns < n; turns++) await new Promise(setImmediate)
      stream.close(http2.constants.NGHTTP2_CANCEL)
      await closed
    }),
  )
  await stands()
  await expect.poll(inFlight).toEqual([])
  const records = served.audit().filter(({ request }) => ids.includes(request?.id ?? ''))
  const written = await Promise.all(
    ids.map((_, n) =>
      served.call(Kv.method.read, { path: `cancelled/${n}` }).then(
        () => true,
        () => false,
      ),
    ),
  )
  for (const [n, id] of ids.entries()) {
    const types = records.filter(({ request }) => request?.id === id).map(({ type }) => type)
    if (written[n]) expect(types).toEqual(['request', 'response'])
    else expect([[], ['request', 'response']]).toContainEqual(types)
  }
  over.destroy()
})

test('events that nobody reads wait in a bounded place', async () => {
  const over = session({ settings: { initialWindowSize: 0 } })
  const { input } = Kv.method.watch
  const streams = Array.from({ length: 50 }, () => {
    const stream = open(over, pathOf(Kv.method.watch))
    stream.end(frame(toBinary(input, create(input, {}))))
    return stream
  })
  await Promise.all(streams.map((stream) => once(stream, 'response')))
  const grown = await growth(async () => {
    for (let n = 0; n < 60; n++) {
      const writes = Array.from({ length: 5 }, (_, at) =>
        served.call(Kv.method.write, { path: `unread/${n}-${at}-${'x'.repeat(200)}`, data: { n } }),
      )
      await Promise.all(writes)
    }
  })
  expect(grown).toBeLessThan(96 * MEBIBYTE)
  over.destroy()
  await stands()
})

test('metadata beyond any bound, and bytes that are no HTTP/2', async () => {
  const over = session()
  const stream = open(over, KEPT, { ...token(), 'x-large': 'x'.repeat(200_000) })
  const ended = statusOf(stream)
  stream.end(frame(read('kept')))
  expect(await ended).not.toBe(status.OK)
  over.destroy()
  const ca = readFileSync(served.certificate.caFile)
  const socket = tls.connect({ host: '127.0.0.1', port: port(), ca, servername: 'localhost', ALPNProtocols: ['h2'] })
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  socket.resume()
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await closed
  await stands()
})

test.each<[string, string[], number]>([
  ['of one token', ['x-vault-token', 'TOKEN', 'x-vault-token', 'TOKEN'], status.OK],
  ['of two tokens', ['x-vault-token', 'TOKEN', 'x-vault-token', 'other'], status.INVALID_ARGUMENT],
  ['of one bearer', ['authorization', 'Bearer TOKEN', 'authorization', 'Bearer TOKEN'], status.OK],
  ['of two bearers', ['authorization', 'Bearer TOKEN', 'authorization', 'Bearer other'], status.INVALID_ARGUMENT],
  ['of a bearer beside a token', ['x-vault-token', 'TOKEN', 'authorization', 'Bearer other'], status.OK],
  [
    'of two namespaces',
    ['x-vault-token', 'TOKEN', 'x-vault-namespace', 'root', 'x-vault-namespace', 'other'],
    status.INVALID_ARGUMENT,
  ],
  [
    'of one namespace by both names',
    ['x-vault-token', 'TOKEN', 'x-vault-namespace', 'root', 'x-egide-namespace', 'root'],
    status.OK,
  ],
])('repeats %s', async (_, metadata, code) => {
  // Else Node's own client refuses to send them.
  const lenient: http2.ServerOptions & http2.SecureClientSessionOptions = { strictSingleValueFields: false }
  const over = session(lenient)
  const call = [':method', 'POST', ':path', KEPT, ':scheme', 'https', ':authority', 'localhost']
  const wire = ['content-type', 'application/grpc', 'te', 'trailers']
  const own = metadata.map((text) => text.replace('TOKEN', served.rootToken))
  const stream = over.request([...call, ...wire, ...own], { endStream: false })
  const ended = statusOf(stream)
  stream.end(frame(read('kept')))
  expect(await ended).toBe(code)
  over.destroy()
})

test('one connection has only so many calls at a time', async () => {
  const over = session()
  await once(over, 'remoteSettings')
  expect(over.remoteSettings?.maxConcurrentStreams).toBe(256)
  over.destroy()
})
