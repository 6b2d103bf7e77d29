import { once } from 'node:events'
import { create, toBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
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
