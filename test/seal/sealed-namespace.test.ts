import { once } from 'node:events'
import { create, type DescMethod, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { type ClientReadableStream, type ServiceError, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import { Token } from '../../proto/gen/egide/v1/token_pb.ts'
import { pathOf } from '../grpc/client.ts'
import { type Served, same, serve } from '../grpc/serve.ts'
import { at, type CallOptions, call as callAt, type Reply } from '../harness/http.ts'

/** What goes on in a namespace while it is sealed: calls, streams, what is due, quotas. */

const MAKES = 'path "auth/token/*" {\n  capabilities = ["read", "update"]\n}'
const SEAL = 'seal "shamir" {\n  shares = 2\n  threshold = 2\n}'

let served: Served
let name = ''
let shares: readonly string[] = []
let made = 0
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.stop())
beforeEach(async () => {
  name = `tenant-${++made}`
  const reply = await call('POST', `sys/namespaces/${name}`, { body: { seal: SEAL } })
  shares = at(reply.body, 'data', 'key_shares') as unknown as readonly string[]
  await unseal()
  await mount(name)
})

function call(method: string, where: string, options: CallOptions = {}, namespace = ''): Promise<Reply> {
  const headers = { 'X-Vault-Namespace': namespace }
  return callAt(method, `${served.restAddress}/v1/${where}`, { token: served.rootToken, ...options, headers })
}

const mount = (namespace: string) =>
  call('POST', 'sys/mounts/secret', { body: { type: 'kv', options: { version: '2' } } }, namespace)

async function unseal(): Promise<void> {
  for (const key of shares) await call('POST', `sys/namespaces/${name}/unseal`, { body: { key } })
}

async function seal(): Promise<void> {
  expect((await call('POST', `sys/namespaces/${name}/seal`)).status).toBe(204)
}

const inNamespace = (token = served.rootToken) => ({ 'x-vault-token': token, 'x-vault-namespace': name })

function watch(method: DescMethod, init: object, headers: Readonly<Record<string, string>>) {
  const message = create(method.input, init as MessageInitShape<typeof method.input>)
  const bytes = Buffer.from(toBinary(method.input, message))
  return served.connect().makeServerStreamRequest(pathOf(method), same, same, bytes, served.metadata(headers))
}

async function endOf(stream: ClientReadableStream<Buffer>): Promise<string> {
  stream.resume()
  const [error] = (await once(stream, 'error')) as [ServiceError]
  return `${error.code}: ${error.details}`
}

const SEALED = `${status.UNAVAILABLE}: namespace is sealed`

test('gRPC calls are refused as what may be tried again, and answered once it is unsealed', async () => {
  await served.call(Kv.method.write, { path: 'x', data: { v: 1 } }, inNamespace())
  await seal()
  const outcomes = await Promise.allSettled([
    served.call(Kv.method.read, { path: 'x' }, inNamespace()),
    served.call(Kv.method.write, { path: 'x', data: { v: 2 } }, inNamespace()),
    served.call(Token.method.lookupSelf, {}, inNamespace()),
    served.call(Token.method.lookupSelf, {}, inNamespace('none')),
    served.call(Sys.method.readMounts, {}, inNamespace()),
  ])
  const reasons = outcomes.map((one) => one.status === 'rejected' && `${one.reason.code}: ${one.reason.details}`)
  expect(reasons).toEqual(outcomes.map(() => SEALED))
  await unseal()
  const read = await served.call(Kv.method.read, { path: 'x' }, inNamespace())
  expect(read.data?.data?.kind).toMatchObject({ value: { fields: { v: { kind: { value: 1 } } } } })
})

test('who watches in it is told that it is sealed, none begins meanwhile, and who watches elsewhere goes on', async () => {
  const elsewhere = watch(Kv.method.watch, {}, { 'x-vault-token': served.rootToken })
  await once(elsewhere, 'data')
  const within = watch(Kv.method.watch, {}, inNamespace())
  await once(within, 'data')
  const overRest = await fetch(`${served.restAddress}/v1/secret/metadata/?list=true&watch=true`, {
    headers: inNamespace(),
  })
  const reader = overRest.body?.getReader()
  await reader?.read()
  const ended = [endOf(within), reader?.read().catch((error: unknown) => error)] as const
  await seal()
  expect(await ended[0]).toMatch(/^14: .* sealed$/)
  expect(await ended[1]).toBeInstanceOf(Error)
  expect(await endOf(watch(Kv.method.watch, {}, inNamespace()))).toBe(SEALED)
  const told = once(elsewhere, 'data')
  await served.call(Kv.method.write, { path: 'elsewhere', data: { v: 1 } })
  await told
  elsewhere.on('error', () => {})
  elsewhere.cancel()
  await unseal()
  const again = watch(Kv.method.watch, {}, inNamespace())
  await once(again, 'data')
  again.on('error', () => {})
  again.cancel()
})

const tokensOf = async (namespace: string) =>
  (at((await call('LIST', 'auth/token/accessors', {}, namespace)).body, 'data', 'keys') ?? []) as unknown as string[]

test('tokens that are due wait without a word, hold up nobody, and end once it is unsealed', async () => {
  const other = `${name}-other`
  await call('POST', `sys/namespaces/${other}`)
  const body = { policies: ['default'], no_parent: true, ttl: '1s' }
  for (const namespace of [name, name, other])
    expect((await call('POST', 'auth/token/create', { body }, namespace)).status).toBe(200)
  await seal()
  const before = served.log.length
  await expect.poll(() => tokensOf(other)).toEqual([])
  // The sweep has been past what is due in the sealed one, which comes first.
  expect(served.log.slice(before)).not.toMatch(/warn|error|could not|fail/i)
  await unseal()
  await expect.poll(() => tokensOf(name)).toEqual([])
  expect(served.log.slice(before)).not.toMatch(/could not|fail/i)
})

test('what a token made in it is refused, once that was revoked above meanwhile, from the first request on', async () => {
  const made = async (body: object, token?: string, namespace?: string) => {
    const reply = await call('POST', 'auth/token/create', { body, ...(token !== undefined && { token }) }, namespace)
    return String(at(reply.body, 'auth', 'client_token'))
  }
  const above = await made({ policies: ['root'], ttl: '1h' })
  await call('PUT', 'sys/policies/acl/makes', { body: { policy: MAKES } }, name)
  const child = await made({ policies: ['makes'] }, above, name)
  const others = [await made({}, child, name), await made({ type: 'batch' }, child, name)]
  const left = [child, ...others, await made({ type: 'batch', policies: ['makes'] }, above, name)]
  const statuses = () =>
    Promise.all(left.map(async (token) => (await call('GET', 'auth/token/lookup-self', { token }, name)).status))
  expect(await statuses()).toEqual([200, 200, 200, 200])
  await seal()
  expect((await call('POST', 'auth/token/revoke', { body: { token: above } })).status).toBe(204)
  await unseal()
  expect(await statuses()).toEqual([403, 403, 403, 403])
})

test('a quota holds for it all the same; one for what lies in it is made once it is unsealed', async () => {
  const quota = (id: string, path: string) =>
    call('POST', `sys/quotas/rate-limit/${name}-${id}`, { body: { path, rate: 2, interval: '1h' } })
  expect((await quota('mount', `${name}/secret/`)).status).toBe(204)
  await seal()
  expect((await call('GET', 'secret/data/x', {}, name)).status).toBe(503)
  const refused = await quota('late', `${name}/auth/token/`)
  expect([refused.status, at(refused.body, 'errors')]).toEqual([503, ['namespace is sealed']])
  expect((await quota('whole', `${name}/`)).status).toBe(204)
  const statuses: number[] = []
  for (let n = 0; n < 3; n++) statuses.push((await call('GET', 'auth/token/lookup-self', {}, name)).status)
  expect(statuses).toEqual([503, 503, 429])
  expect((await call('DELETE', `sys/quotas/rate-limit/${name}-whole`)).status).toBe(204)
  await unseal()
  expect((await quota('late', `${name}/auth/token/`)).status).toBe(204)
})
