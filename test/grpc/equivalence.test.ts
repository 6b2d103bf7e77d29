import http from 'node:http'
import { type DescMessage, fromJson, type JsonValue, toJson } from '@bufbuild/protobuf'
import { status } from '@grpc/grpc-js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Policy } from '../../proto/gen/egide/v1/policy_pb.ts'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import { Token } from '../../proto/gen/egide/v1/token_pb.ts'
import { Transit } from '../../proto/gen/egide/v1/transit_pb.ts'
import { type Served, serve } from './serve.ts'

// Twin mounts start alike; what is done to one over REST is done to the other over gRPC.
const TWINS = { rest: 'left', grpc: 'right' } as const
const STATUSES: Record<number, number> = {
  200: status.OK,
  204: status.OK,
  400: status.INVALID_ARGUMENT,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  405: status.UNIMPLEMENTED,
}

interface Step {
  readonly method: { readonly input: DescMessage; readonly output: DescMessage } & typeof Kv.method.read
  readonly verb: string
  readonly path: (mount: string) => string
  readonly query?: Record<string, string>
  readonly body?: Record<string, JsonValue>
  /** The path's parameters, as the message has them. */
  readonly parameters: Record<string, JsonValue>
}

const path = fc.constantFrom('a', 'a/b', 'c', 'é/ü', 'no such', '..', 'a//b', 'trail/', ' ')
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.integer()),
) as fc.Arbitrary<JsonValue>
const secret = fc.dictionary(fc.string({ minLength: 1, maxLength: 6 }), value, { maxKeys: 3, noNullPrototype: true })
const number = fc.integer({ min: -1, max: 4 })
const base64 = fc.constantFrom('aGVsbG8=', '', '!', 'AA')

const kv = (method: unknown, verb: string, below: string, extra: (where: string) => fc.Arbitrary<Partial<Step>>) =>
  path.chain((where) =>
    extra(where).map((more) => ({
      method: method as Step['method'],
      verb,
      path: (mount: string) => `${mount}/${below}/${where.split('/').map(encodeURIComponent).join('/')}`,
      parameters: { path: where },
      ...more,
    })),
  )
const plain = () => fc.constant({})

const step: fc.Arbitrary<Step> = fc.oneof(
  kv(Kv.method.write, 'POST', 'data', () =>
    fc.record({ body: fc.record({ data: secret, options: fc.record({ cas: number }, { requiredKeys: [] }) }) }),
  ),
  kv(Kv.method.read, 'GET', 'data', () => number.map((version) => ({ query: { version: String(version) } }))),
  kv(Kv.method.delete, 'DELETE', 'data', plain),
  kv(Kv.method.deleteVersions, 'POST', 'delete', () =>
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }).map((versions) => ({ body: { versions } })),
  ),
  kv(Kv.method.readMetadata, 'GET', 'metadata', plain),
  kv(Kv.method.list, 'LIST', 'metadata', plain),
  fc.record({ name: fc.constantFrom('k', 'none'), plaintext: base64 }).map(({ name, plaintext }) => ({
    method: Transit.method.encrypt as unknown as Step['method'],
    verb: 'POST',
    path: (mount: string) => `${mount}-transit/encrypt/${name}`,
    parameters: { name },
    body: { plaintext, key_version: 0 },
  })),
  fc
    .record({ ttl: fc.constantFrom('1h', '60', 'soon', '-1'), type: fc.constantFrom('service', 'odd') })
    .map((body) => ({
      method: Token.method.create as unknown as Step['method'],
      verb: 'POST',
      path: () => 'auth/token/create',
      parameters: {},
      body: { ...body, policies: ['default'] },
    })),
  fc.array(fc.constantFrom('secret/x', 'left/data/a', 'sys/seal')).map((paths) => ({
    method: Policy.method.capabilitiesSelf as unknown as Step['method'],
    verb: 'POST',
    path: () => 'sys/capabilities-self',
    parameters: {},
    body: { paths: ['x', ...paths] },
  })),
  fc.constant({
    method: Sys.method.readMounts as unknown as Step['method'],
    verb: 'GET',
    path: () => 'sys/mounts',
    parameters: {},
  }),
)

let served: Served
const tokens: Record<string, string> = { nobody: 's.nobody', none: '' }
beforeAll(async () => {
  served = await serve()
  for (const mount of Object.values(TWINS)) {
    await served.call(Sys.method.mount, { path: mount, type: 'kv', options: { version: '2' } })
    await served.call(Sys.method.mount, { path: `${mount}-transit`, type: 'transit' })
    await served.call(Transit.method.writeKey, { mount: `${mount}-transit`, name: 'k' })
  }
  const rules = (mount: string) => `
    path "${mount}/data/a*" { capabilities = ["create", "read"] }
    path "${mount}/metadata/*" { capabilities = ["list"] }
    path "${mount}-transit/encrypt/k" { capabilities = ["update"] }`
  const policy = Object.values(TWINS).map(rules).join('')
  await served.call(Policy.method.writeAclPolicy, { name: 'some', policy })
  const made = await served.call(Token.method.create, { policies: ['some'] })
  tokens.root = served.rootToken
  tokens.some = made.envelope?.auth?.clientToken ?? ''
})
afterAll(() => served.stop())

interface Outcome {
  readonly code: number
  readonly data: JsonValue
  readonly id: string
}

interface RestReply {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

/** The target goes out as it is: `fetch` would take the dots out of a path. */
function asWritten(method: string, where: string, token: string, body: unknown): Promise<RestReply> {
  const { hostname, port } = new URL(served.restAddress)
  const headers = token === '' ? {} : { 'x-vault-token': token }
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path: where, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    request.on('error', reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function overRest(step: Step, token: string): Promise<Outcome> {
  const query = step.query === undefined ? '' : `?${new URLSearchParams(step.query)}`
  const where = `/v1/${step.path(TWINS.rest)}${step.verb === 'LIST' ? '?list=true' : query}`
  const method = step.verb === 'LIST' ? 'GET' : step.verb
  const { text, ...reply } = await asWritten(method, where, token, step.body)
  const body = text === '' ? {} : (JSON.parse(text) as { data?: JsonValue; request_id?: string })
  const code = STATUSES[reply.status] ?? -reply.status
  return { code, data: body.data ?? null, id: body.request_id ?? reply.headers['x-request-id']?.toString() ?? '' }
}

async function overGrpc(step: Step, token: string): Promise<Outcome> {
  const mount = step.method.parent.typeName.endsWith('Transit') ? `${TWINS.grpc}-transit` : TWINS.grpc
  const isMovable = step.method.input.fields.some(({ name }) => name === 'mount')
  const json = { ...step.parameters, ...step.query, ...step.body, ...(isMovable ? { mount } : {}) }
  const init = fromJson(step.method.input, json)
  const headers = token === '' ? undefined : { 'x-vault-token': token }
  try {
    const reply = await served.call(step.method, init, headers ?? {})
    const { data, envelope } = toJson(step.method.output, reply, { useProtoFieldName: true }) as Record<string, never>
    return { code: status.OK, data: data ?? null, id: (envelope as unknown as { request_id: string }).request_id }
  } catch (error) {
    const failed = error as { code: number; metadata: { get(name: string): string[] } }
    return { code: failed.code, data: null, id: failed.metadata.get('x-request-id')[0] ?? '' }
  }
}

/** REST's data as the message says it: what is there comes back, what is not would be missed. */
function throughMessage(step: Step, data: JsonValue): JsonValue {
  const field = step.method.output.fields.find(({ name }) => name === 'data')
  if (data === null || field?.message === undefined) return null
  const isWhole = field.message.fields.length === 1 && field.message.fields[0]?.name === 'entries'
  const json = isWhole ? { entries: onlyEntries(step, data) } : data
  return toJson(field.message, fromJson(field.message, wrapLists(json)), { useProtoFieldName: true })
}

/** Lists as values of a map stand in a message of their own. */
function wrapLists(json: JsonValue): JsonValue {
  const { entries } = json as { entries?: Record<string, JsonValue> }
  if (entries === undefined) return json
  const wrapped = Object.entries(entries).map(([key, item]) => [key, Array.isArray(item) ? { values: item } : item])
  return { entries: Object.fromEntries(wrapped) }
}

/** Capabilities of several paths stand beside those of the first, which a map of lists holds as well. */
const onlyEntries = (_: Step, data: JsonValue): JsonValue => data

/** A message has its fields in their own order. */
function sorted(data: JsonValue): JsonValue {
  if (Array.isArray(data)) return data.map(sorted)
  if (typeof data !== 'object' || data === null) return data
  const members = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, item]) => [name, sorted(item)]))
}

/** What differs from one moment, mount or token to the next is told by its place alone. */
function masked(data: JsonValue): string {
  return JSON.stringify(sorted(data))
    .replace(/"(created_time|updated_time|deletion_time|ciphertext|accessor|uuid)":"[^"]+"/g, '"$1":"…"')
    .replace(/right/g, 'left')
}

const AUDITED = ['operation', 'path', 'mount_type', 'mount_class', 'namespace', 'data', 'policy_override'] as const

test('REST and gRPC decide alike, answer alike and record alike', async () => {
  let recorded = 0
  await fc.assert(
    fc.asyncProperty(step, fc.constantFrom('root', 'some', 'nobody', 'none'), async (step, who) => {
      const token = tokens[who] ?? ''
      const rest = await overRest(step, token)
      const grpc = await overGrpc(step, token)
      // HTTP has one number for a failed cas and for a bad request; gRPC tells them apart.
      const code = grpc.code === status.ABORTED ? status.INVALID_ARGUMENT : grpc.code
      expect(code, `${step.verb} ${step.path('left')}`).toBe(rest.code)
      if (rest.code === status.OK) expect(masked(grpc.data)).toBe(masked(throughMessage(step, rest.data)))
      const records = served.audit()
      const of = (id: string) => records.filter(({ request }) => id !== '' && request?.id === id)
      const [left, right] = [of(rest.id), of(grpc.id)]
      recorded += left.length
      const shown = (all: typeof left) =>
        all.map(({ type, request, error }) => [type, error, ...AUDITED.map((name) => request?.[name])])
      expect(masked(shown(right) as unknown as JsonValue)).toBe(masked(shown(left) as unknown as JsonValue))
    }),
    { numRuns: 250, seed: Number(process.env.EGIDE_SEED ?? 4) },
  )
  // What is refused before the core sees it has no record; most has two.
  expect(recorded).toBeGreaterThan(250)
})
