import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import { create, toBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Transit } from '../../proto/gen/egide/v1/transit_pb.ts'
import { call, type Reply } from '../harness/http.ts'
import { pathOf } from './client.ts'
import { type Served, same, serve } from './serve.ts'

/** What is counted of a call is what is counted of the same request over REST. */

let served: Served
beforeAll(async () => {
  served = await serve()
  const seal = 'seal "shamir" {\n  shares = 1\n  threshold = 1\n}'
  // It is sealed until somebody brings its shares.
  expect((await rest('POST', 'sys/namespaces/shut', { seal })).status).toBe(200)
})
afterAll(() => served.stop())

type Headers = Readonly<Record<string, string>>

function rest(method: string, where: string, body?: object, headers: Headers = {}): Promise<Reply> {
  const options = { token: headers['x-vault-token'] ?? served.rootToken, headers, ...(body !== undefined && { body }) }
  return call(method, `${served.restAddress}/v1/${where}`, options)
}

async function watch(path: string, headers: Headers): Promise<void> {
  const { input } = Kv.method.watchSecret
  const bytes = Buffer.from(toBinary(input, create(input, { path })))
  const where = pathOf(Kv.method.watchSecret)
  const stream = served.connect().makeServerStreamRequest(where, same, same, bytes, served.metadata(headers))
  stream.resume()
  await once(stream, 'error')
}

const COUNT = /^egide_request_seconds_count\{(.*)\} (\d+)$/gm
/** Of reading them, which is counted too. */
const OWN = 'mount_type="system",operation="read",status="2xx"'

/** How many requests were counted so far, by how they came out. */
async function counts(): Promise<Map<string, number>> {
  const { text } = await rest('GET', 'sys/metrics?format=prometheus')
  const found = Array.from(text.matchAll(COUNT), ([, labels = '', count]) => [labels, Number(count)] as const)
  return new Map(found.filter(([labels]) => labels !== OWN))
}

/** As what `asking` is counted. */
async function counted(asking: () => Promise<unknown>): Promise<string[]> {
  const before = await counts()
  await asking().catch(() => {})
  const after = await counts()
  return Array.from(after.keys()).filter((labels) => after.get(labels) !== before.get(labels))
}

const root = () => ({ 'x-vault-token': served.rootToken })

test.each([
  ['a namespace is sealed', 'secret', () => ({ ...root(), 'x-vault-namespace': 'shut' }), '5xx'],
  ['a token is none', 'secret', () => ({ 'x-vault-token': 's.none' }), '4xx'],
  ['there is no such secret', 'nothing', root, '4xx'],
])('a refusal is of one class over both: %s', async (_, path, headers, status) => {
  const expected = [expect.stringMatching(new RegExp(`operation="read",status="${status}"`))]
  const overRest = await counted(() => rest('GET', `secret/data/${path}`, undefined, headers()))
  expect(overRest).toEqual(expected)
  expect(await counted(() => served.call(Kv.method.read, { path }, headers()))).toEqual(overRest)
})

test('so is that of a stream which never begins', async () => {
  const asking = () => watch('secret', { ...root(), 'x-vault-namespace': 'shut' })
  expect(await counted(asking)).toEqual(['mount_type="none",operation="read",status="5xx"'])
})

/** What was refused before it became a request, by gRPC's status. */
async function refusals(): Promise<Readonly<Record<string, number>>> {
  const { text } = await rest('GET', 'sys/metrics?format=prometheus')
  const lines = text.matchAll(/^egide_grpc_refused_total\{code="(\d+)"\} (\d+)$/gm)
  return Object.fromEntries(Array.from(lines, ([, code = '', count]) => [code, Number(count)]))
}

/** Bytes that a client of gRPC would not send, as the body of a call. */
async function send(path: string, bytes: Buffer, headers: Headers = {}): Promise<void> {
  const session = http2.connect(`https://${served.target}`, { ca: readFileSync(served.certificate.caFile) })
  session.on('error', () => {})
  const pseudo = { ':path': path, ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' }
  const stream = session.request({ ...pseudo, ...headers })
  stream.on('error', () => {})
  stream.resume().end(bytes)
  await once(stream, 'close')
  session.destroy()
}

test('what is refused before it becomes a request is counted by its status, and not as a request', async () => {
  expect(await refusals()).toEqual({})
  const unary = pathOf(Kv.method.read)
  const head = (flag: number, length: number) => Buffer.from([flag, length >>> 24, length >>> 16, length >>> 8, length])
  const asked = await counted(async () => {
    await send('/egide.v1.Kv/Nonesuch', head(0, 0))
    await send(unary, Buffer.alloc(0))
    await send(unary, Buffer.concat([head(0, 0), head(0, 0)]))
    await send(unary, head(7, 0))
    await send(unary, head(0, 3))
    await send(unary, head(0, 0), { 'grpc-timeout': 'soon' })
    await send(unary, head(0, 0x7fffffff))
    await send(pathOf(Transit.method.encryptStream), head(0, 0x7fffffff))
    await send(unary, Buffer.concat([head(1, 1), Buffer.from([0])]), { 'grpc-encoding': 'gzip' })
  })
  expect(asked).toEqual([])
  expect(await refusals()).toEqual({ 12: 3, 13: 4, 8: 2 })
})
