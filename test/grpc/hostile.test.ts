import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { create, toBinary, toJson } from '@bufbuild/protobuf'
import { ValueSchema } from '@bufbuild/protobuf/wkt'
import { type ClientDuplexStream, status } from '@grpc/grpc-js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Audit } from '../../proto/gen/egide/v1/audit_pb.ts'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Transit } from '../../proto/gen/egide/v1/transit_pb.ts'
import { framed } from '../../server/grpc/message-reader.ts'
import { allMethods } from '../../server/grpc/registry.ts'
import { pathOf } from './client.ts'
import { type Served, same, serve } from './serve.ts'

let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.stop())

const IDLE = process.env.EGIDE_SOAK === '1' ? 5000 : 300
const token = () => ({ 'x-vault-token': served.rootToken })
const portOf = ({ target }: Served): number => Number(new URL(`http://${target}`).port)
const failure = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error) => error,
  )
const isAlive = async () => {
  await served.call(Kv.method.write, { path: 'alive', data: { yes: true } })
  const { data } = await served.call(Kv.method.read, { path: 'alive' })
  return data?.data && toJson(ValueSchema, data.data)
}

/** A session below grpc-js. That the server cuts it is what some tests are about, so it is no fault of theirs. */
function rawSession(ca: Buffer): http2.ClientHttp2Session {
  const session = http2.connect(`https://localhost:${portOf(served)}`, { ca })
  session.on('error', () => {})
  session.once('connect', (_, socket) => socket.on('error', () => {}))
  return session
}

test('any bytes, to any method, are answered with a status that tells no more than it should', async () => {
  const unary = allMethods().filter(
    ({ kind, path }) => kind === 'unary' && !/Seal|Rekey|Generate|Rotate|Unmount|Init/.test(path),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...unary), fc.uint8Array({ maxLength: 60 }), async ({ path }, bytes) => {
      // Without a token nothing is changed, and messages are read all the same.
      const error = await failure(served.raw(path, Buffer.from(bytes)))
      if (error === undefined) return
      expect(error.code).not.toBe(status.UNKNOWN)
      expect(error.code, path).not.toBe(status.INTERNAL)
      expect(error.details).not.toMatch(/\n|\.ts:|node_modules/)
    }),
    { numRuns: 400, seed: 4 },
  )
})

test.each([
  ['a number where text is due', Buffer.from([0x12 & ~7, 1])],
  ['a length beyond the end', Buffer.from([0x12, 0x7f, 1])],
  ['bytes that are no UTF-8', Buffer.from([0x12, 2, 0xff, 0xfe])],
  ['a group', Buffer.from([0x13])],
  ['an endless varint', Buffer.alloc(11, 0xff)],
])('%s is an invalid argument', async (_, bytes) => {
  const error = await failure(served.raw(pathOf(Kv.method.read), bytes, token()))
  expect(error.code).toBe(status.INVALID_ARGUMENT)
})

/** So many bytes of one field of KvDeleteVersionsRequest. */
const versions = (bytes: Buffer) => {
  const { length } = bytes
  return Buffer.concat([Buffer.from([0x1a, (length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14]), bytes])
}

test.each([
  ['that stand alone', Buffer.alloc(2 * 250_001, Buffer.from([0x18, 0]))],
  ['in one piece', versions(Buffer.alloc(250_001))],
  ['in many pieces', Buffer.concat(new Array(50).fill(versions(Buffer.alloc(20_000))))],
])('more numbers than a message may hold, %s, are refused before who asks is looked at', async (_, bytes) => {
  const error = await failure(served.raw(pathOf(Kv.method.deleteVersions), bytes))
  expect(error.code).toBe(status.INVALID_ARGUMENT)
  expect(error.details).toMatch(/too many values/)
})

test('fields that nobody knows are passed over', async () => {
  await isAlive()
  const known = Buffer.from(toBinary(Kv.method.read.input, create(Kv.method.read.input, { path: 'alive' })))
  const unknown = Buffer.from([0xf8, 0x7f, 1, 0xfa, 0x7f, 2, 1, 2])
  expect((await served.raw(pathOf(Kv.method.read), Buffer.concat([unknown, known]), token())).length).toBeGreaterThan(0)
})

test('values nested too deep are refused', async () => {
  let nested: unknown = 1
  for (let n = 0; n < 200; n++) nested = [nested]
  const error = await failure(served.call(Kv.method.write, { path: 'deep', data: { nested } as never }))
  expect(error.code).toBe(status.INVALID_ARGUMENT)
})

test.each([
  ['letters', 'x'],
  ['longer ones', '漢'],
])('what is refused is told, however many %s of it are told too', async (_, letter) => {
  const type = letter.repeat(100_000)
  const error = await failure(served.call(Audit.method.enableDevice, { path: 'long', type }))
  expect([error.code, error.details.slice(0, 25)]).toEqual([
    status.INVALID_ARGUMENT,
    `unknown backend type: "${letter}${letter}`,
  ])
  const own = [error.details, ...error.metadata.get('grpc-status-details-bin')].map((text) => Buffer.byteLength(text))
  expect(own.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(4096)
  expect(error.details).not.toContain('\ufffd')
})

test('a message beyond the bound is refused, and the connection lives on', async () => {
  const error = await failure(served.raw(pathOf(Kv.method.write), Buffer.alloc(33 * 1024 * 1024), token()))
  expect(error.code).toBe(status.RESOURCE_EXHAUSTED)
  expect(await isAlive()).toEqual({ yes: true })
})

test('a method that is none, and a deadline that has passed', async () => {
  expect((await failure(served.raw('/egide.v1.Kv/Nothing', Buffer.alloc(0)))).code).toBe(status.UNIMPLEMENTED)
  const late = await failure(served.call(Kv.method.read, { path: 'alive' }, token(), 0))
  expect(late.code).toBe(status.DEADLINE_EXCEEDED)
})

const message = (items: number) =>
  Buffer.from(
    toBinary(
      Transit.method.encryptStream.input,
      create(Transit.method.encryptStream.input, {
        name: 'k',
        batchInput: Array.from({ length: items }, () => ({ plaintext: 'aGVsbG8='.repeat(64).replaceAll('=', 'A') })),
      }),
    ),
  )

function encryptStream(): ClientDuplexStream<Buffer, Buffer> {
  const stream = served
    .connect()
    .makeBidiStreamRequest(pathOf(Transit.method.encryptStream), same, same, served.metadata(token()))
  stream.on('error', () => {})
  return stream
}

test('who does not read its answers is not read either', async () => {
  await served.call(Transit.method.writeKey, { name: 'k' })
  // Over HTTP/2 itself: grpc-js reads on into its own memory, whatever its user does.
  const session = rawSession(readFileSync(served.certificate.caFile))
  await once(session, 'connect')
  const stream = session.request({
    ':path': pathOf(Transit.method.encryptStream),
    ':method': 'POST',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...token(),
  })
  stream.on('error', () => {})
  const body = message(100)
  const frame = Buffer.concat([Buffer.alloc(5), body])
  frame.writeUInt32BE(body.length, 1)
  const before = served.residentBytes()
  let accepted = 0
  for (; accepted < 2000; accepted++) {
    if (stream.write(frame)) continue
    const more = await Promise.race([once(stream, 'drain').then(() => true), sleep(1000, false)])
    if (!more) break
  }
  // Windows and the pipeline hold what they hold; the rest stays with the client.
  expect(accepted).toBeGreaterThan(0)
  expect(accepted).toBeLessThan(200)
  const after = served.residentBytes()
  if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(64 * 1024 * 1024)
  session.destroy()
  expect(await isAlive()).toEqual({ yes: true })
})

test('long answers that nobody reads are so many at most, until some are given up', async () => {
  await served.call(Kv.method.write, { path: 'long', data: { text: 'x'.repeat(4_000_000) } })
  const ca = readFileSync(served.certificate.caFile)
  const session = http2.connect(`https://localhost:${portOf(served)}`, { ca, settings: { initialWindowSize: 0 } })
  session.on('error', () => {})
  await once(session, 'connect')
  const { input } = Kv.method.read
  const question = framed(toBinary(input, create(input, { path: 'long' })))
  const ask = () => {
    const headers = { 'content-type': 'application/grpc', te: 'trailers', ...token() }
    const stream = session.request({ ':path': pathOf(Kv.method.read), ':method': 'POST', ...headers })
    stream.on('error', () => {})
    stream.end(question)
    return { stream, code: once(stream, 'response').then(([answer]) => answer['grpc-status'] as string | undefined) }
  }
  const asked = Array.from({ length: 35 }, ask)
  const refused = (await Promise.all(asked.map(({ code }) => code))).filter((code) => code !== undefined)
  // 128 MiB hold 33 of a little more than four million bytes each.
  expect(refused).toEqual([String(status.RESOURCE_EXHAUSTED), String(status.RESOURCE_EXHAUSTED)])
  expect(await isAlive()).toEqual({ yes: true })
  for (const { stream } of asked) stream.close(http2.constants.NGHTTP2_CANCEL)
  expect(await ask().code).toBe(undefined)
  session.destroy()
})

test('a stream that is reset in the middle, and one whose client never speaks', async () => {
  const silent = encryptStream()
  const stream = encryptStream()
  for (let n = 0; n < 20; n++) stream.write(message(10))
  await once(stream, 'data')
  stream.cancel()
  await sleep(50)
  expect(await isAlive()).toEqual({ yes: true })
  silent.cancel()
})

test('a message that is refused ends its stream after the answers before it', async () => {
  const stream = served
    .connect()
    .makeBidiStreamRequest(pathOf(Transit.method.encryptStream), same, same, served.metadata(token()))
  let answers = 0
  stream.on('data', () => answers++)
  const ended = once(stream, 'error')
  stream.write(message(1))
  stream.write(message(1))
  stream.write(Buffer.from([0xff]))
  stream.write(message(1))
  const [error] = await ended.catch((error: unknown) => [error])
  expect([answers, error.code]).toEqual([2, status.INVALID_ARGUMENT])
})

/** What a client of HTTP/2 begins with, and empty SETTINGS. */
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
])

test(`${IDLE} idle connections cost little, and others are served`, async () => {
  const { hostname } = new URL(`http://${served.target}`)
  const port = portOf(served)
  const ca = readFileSync(served.certificate.caFile)
  const before = served.residentBytes()
  const sockets: net.Socket[] = []
  for (let n = 0; n < IDLE; n++) {
    const isPlain = n % 10 === 0
    const socket = isPlain
      ? net.connect(port, hostname)
      : tls.connect({ host: hostname, port, ca, servername: 'localhost', ALPNProtocols: ['h2'] })
    socket.on('error', () => {})
    sockets.push(socket)
    // Nine of ten have said that they speak HTTP/2, and say nothing more; the tenth never does its handshake.
    if (!isPlain) socket.write(PREFACE)
    if (n % 50 === 0) await once(socket, isPlain ? 'connect' : 'secureConnect')
  }
  await sleep(500)
  expect(await isAlive()).toEqual({ yes: true })
  const after = served.residentBytes()
  if (before !== undefined && after !== undefined) expect((after - before) / IDLE).toBeLessThan(200 * 1024)
  for (const socket of sockets) socket.destroy()
})

test('an HTTP/2 request that is no gRPC is refused', async () => {
  const ca = readFileSync(served.certificate.caFile)
  const session = rawSession(ca)
  const request = session.request({ ':path': pathOf(Kv.method.read), ':method': 'POST', 'content-type': 'text/html' })
  request.on('error', () => {})
  const [headers] = await once(request, 'response')
  expect(headers[':status']).toBe(415)
  session.destroy()
})
