import { once } from 'node:events'
import http2 from 'node:http2'
import { create, toBinary } from '@bufbuild/protobuf'
import { type CallOptions, type ClientWritableStream, type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import type { Client } from '../../sdk/index.ts'
import { at, call, type JsonObject } from '../harness/http.ts'
import { clientsOf } from '../sdk/clients.ts'
import { pathOf } from './client.ts'
import { type AuditRecord, type Served, same, serve } from './serve.ts'

/** A snapshot that is restored over gRPC, in a stream of pieces: put back whole, or not at all. */

const MEBIBYTE = 1024 * 1024
let served: Served
let vault: Client
let whole: Buffer
beforeAll(async () => {
  served = await serve()
  vault = clientsOf(served).gRPC
  await write('in the snapshot')
  for (let nth = 0; nth < 8; nth++) await vault.kv().write({ path: `fill/${nth}`, data: { x: 'x'.repeat(200_000) } })
  const pieces: Uint8Array[] = []
  for await (const { data } of vault.sys.snapshot()) pieces.push(data.content)
  whole = Buffer.concat(pieces)
})
beforeEach(() => write('newer'))
afterAll(async () => {
  vault.close()
  await served.stop()
})

const write = (value: string) => vault.kv().write({ path: 'app', data: { value } })
const value = async (): Promise<unknown> => at((await vault.kv().read('app')).data?.data as JsonObject, 'value')

const { restoreSnapshot, forceRestoreSnapshot } = Sys.method
type Method = typeof restoreSnapshot | typeof forceRestoreSnapshot
const NO_SNAPSHOT = Buffer.from('{"data": 1}')
const message = (content: Uint8Array): Buffer =>
  Buffer.from(toBinary(restoreSnapshot.input, create(restoreSnapshot.input, { content })))

/** As it stands on the wire. */
function framed(one: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(one.length, 1)
  return Buffer.concat([head, one])
}

interface Upload {
  readonly stream: ClientWritableStream<Buffer>
  /** Why it failed; undefined: it did not. */
  readonly outcome: Promise<ServiceError | undefined>
}

function begin(options: CallOptions = {}, token = served.rootToken, method: Method = restoreSnapshot): Upload {
  const { promise: outcome, resolve } = Promise.withResolvers<ServiceError | undefined>()
  const metadata = served.metadata(token === '' ? {} : { 'x-vault-token': token })
  const stream = served
    .connect()
    .makeClientStreamRequest(pathOf(method), same, same, metadata, options, (error) => resolve(error ?? undefined))
  return { stream, outcome }
}

/** Sends messages and ends; the status that comes. */
async function upload(messages: readonly Buffer[], token?: string, method?: Method): Promise<number> {
  const { stream, outcome } = begin({}, token, method)
  for (const one of messages) stream.write(one)
  stream.end()
  return (await outcome)?.code ?? status.OK
}

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test('what was then is there again, in pieces of any size, some of them empty', async () => {
  const odd = [whole.subarray(0, 1), Buffer.alloc(0), whole.subarray(1, 3), ...cut(whole.subarray(3), 700_001)]
  for (const pieces of [odd, [...cut(whole, 65_536)]]) {
    await write('newer')
    expect(await upload(pieces.map(message))).toBe(status.OK)
    expect(await value()).toBe('in the snapshot')
  }
  expect(await upload([...cut(whole, MEBIBYTE)].map(message), undefined, forceRestoreSnapshot)).toBe(status.OK)
})

test('it is decided and recorded as over REST', async () => {
  const recorded = (before: number): object[] =>
    served
      .audit()
      .slice(before)
      .filter(({ type }) => type !== 'checkpoint')
      .map(({ type, error, request }: AuditRecord) => ({
        type,
        error,
        path: request?.path,
        operation: request?.operation,
        mount: request?.mount_type,
        data: request?.data,
      }))
  const create = { token: served.rootToken, body: { policies: ['default'] } }
  const made = await call('POST', `${served.restAddress}/v1/auth/token/create`, create)
  const weak = String(at(made.body, 'auth', 'client_token'))
  const [mark, ways] = [served.audit().length, [] as object[][]]
  let before = mark
  for (const token of [weak, served.rootToken]) {
    const asked = { method: 'POST', headers: { 'x-vault-token': token }, body: new Uint8Array(whole) }
    const reply = await fetch(`${served.restAddress}/v1/sys/storage/snapshot`, asked)
    expect(reply.status).toBe(token === weak ? 403 : 204)
    ways.push(recorded(before))
    before = served.audit().length
    expect(await upload([message(whole)], token)).toBe(token === weak ? status.PERMISSION_DENIED : status.OK)
    expect(recorded(before)).toEqual(ways.at(-1))
    before = served.audit().length
  }
  expect(ways.map((records) => records.length)).toEqual([2, 2])
})

test('nothing is changed by what is no whole snapshot, nor by who may not', async () => {
  const flipped = Buffer.from(whole)
  flipped[whole.length >> 1] = (flipped[whole.length >> 1] ?? 0) ^ 4
  const bad: Readonly<Record<string, readonly [messages: readonly Buffer[], code: number]>> = {
    nothing: [[], status.INVALID_ARGUMENT],
    'pieces of nothing': [[message(Buffer.alloc(0)), message(Buffer.alloc(0))], status.INVALID_ARGUMENT],
    'half of one': [[message(whole.subarray(0, whole.length >> 1))], status.INVALID_ARGUMENT],
    'one without its end': [[message(whole.subarray(0, whole.length - 700))], status.INVALID_ARGUMENT],
    'a byte flipped': [[message(flipped)], status.INVALID_ARGUMENT],
    'no archive': [[message(NO_SNAPSHOT)], status.INVALID_ARGUMENT],
    'pieces in another order': [[...cut(whole, MEBIBYTE)].reverse().map(message), status.INVALID_ARGUMENT],
    'a piece that is too large': [[message(Buffer.alloc(4 * MEBIBYTE + 1))], status.RESOURCE_EXHAUSTED],
    'no such message': [[message(whole.subarray(0, 9)), Buffer.from([0x0a, 0xff])], status.INVALID_ARGUMENT],
  }
  for (const method of [restoreSnapshot, forceRestoreSnapshot]) {
    for (const [what, [messages, code]] of Object.entries(bad))
      expect([what, await upload(messages, undefined, method)]).toEqual([what, code])
    for (const token of ['', 'hvs.none'])
      expect(await upload([message(whole)], token, method)).toBe(status.PERMISSION_DENIED)
  }
  expect(await value()).toBe('newer')
})

test('nothing is changed by a call that ends in the middle, and the next is served', async () => {
  const half = [...cut(whole.subarray(0, whole.length >> 1), 300_000)].map(message)
  const started = async (options: CallOptions = {}): Promise<Upload> => {
    const before = served.audit().length
    const made = begin(options)
    for (const piece of half)
      if (!made.stream.write(piece)) await Promise.race([once(made.stream, 'drain'), made.outcome])
    await expect.poll(() => served.audit().length).toBeGreaterThan(before)
    return made
  }
  /** There is one at a time, so that another is served says that it has ended at the server too. */
  const ended = () => expect.poll(() => upload([message(NO_SNAPSHOT)])).toBe(status.INVALID_ARGUMENT)
  const cancelled = await started()
  cancelled.stream.cancel()
  expect((await cancelled.outcome)?.code).toBe(status.CANCELLED)
  await ended()
  const late = await started({ deadline: Date.now() + 10_000 })
  expect((await late.outcome)?.code).toBe(status.DEADLINE_EXCEEDED)
  await ended()
  // A client of its own, whose connection breaks.
  const gone = http2.connect(`https://${served.target}`, { rejectUnauthorized: false })
  gone.on('error', () => {})
  const headers = { ':path': pathOf(restoreSnapshot), ':method': 'POST', 'content-type': 'application/grpc' }
  const broken = gone.request({ ...headers, te: 'trailers', 'x-vault-token': served.rootToken })
  broken.on('error', () => {})
  const recorded = served.audit().length
  for (const piece of half) broken.write(framed(piece))
  await expect.poll(() => served.audit().length).toBeGreaterThan(recorded)
  gone.destroy()
  await ended()
  expect(await value()).toBe('newer')
  expect(await upload([...cut(whole, MEBIBYTE)].map(message))).toBe(status.OK)
  expect(await value()).toBe('in the snapshot')
})

test('while one is under way another is told so, and may be done after it', async () => {
  const recorded = served.audit().length
  const first = begin()
  first.stream.write(message(whole.subarray(0, 1000)))
  await expect.poll(() => served.audit().length).toBeGreaterThan(recorded)
  await expect.poll(() => upload([message(NO_SNAPSHOT)])).toBe(status.RESOURCE_EXHAUSTED)
  first.stream.write(message(whole.subarray(1000)))
  first.stream.end()
  expect(await first.outcome).toBeUndefined()
  expect(await value()).toBe('in the snapshot')
})

test('who is refused is told so at once, however much they still send, and leaves nothing behind', async () => {
  const flood = message(Buffer.alloc(300_000, 7))
  const before = served.residentBytes()
  // More than a connection may have streams: each of them is over when it is answered.
  for (let round = 0; round < 15; round++) {
    const many = Array.from({ length: 20 }, () => begin({}, 'hvs.none'))
    for (const { stream } of many) for (let nth = 0; nth < 3; nth++) stream.write(flood)
    for (const { outcome } of many) expect((await outcome)?.code).toBe(status.PERMISSION_DENIED)
  }
  const after = served.residentBytes()
  if (before !== undefined && after !== undefined) expect(after - before).toBeLessThan(300 * MEBIBYTE)
  expect(await upload([message(whole)])).toBe(status.OK)
})
