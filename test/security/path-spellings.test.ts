import http from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { GrpcClient } from '../grpc/client.ts'
import { freePort } from '../harness/free-port.ts'
import { at } from '../harness/http.ts'
import { toldWithin } from '../harness/properties.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/**
 * What a policy is asked about is what the engine gets, however the path is spelt: a tenant draws spellings of what is theirs
 * and of what is the neighbour's, over REST, at a listener with lenient paths, and over gRPC.
 */

const ALL = '["create", "read", "update", "patch", "delete", "list", "scan"]'
const allow = (path: string) => `path "${path}" { capabilities = ${ALL} }\n`
const deny = (path: string) => `path "${path}" { capabilities = ["deny"] }\n`

interface Thing {
  readonly namespace: string
  readonly path: string
  readonly body: (mark: string) => object
}

const kv = (value: string) => ({ value })
const kv2 = (value: string) => ({ data: { value } })
const acl = (mark: string) => ({ policy: `path "${mark}" {}` })
const role = (mark: string) => ({ token_policies: [mark], allowed_policies: [mark] })
const entity = (mark: string) => ({ metadata: { mark } })

/** Each is there twice, as `mine` and as `theirs`. */
const THINGS: readonly Thing[] = [
  { namespace: '', path: 'kv/OWNER/a', body: kv },
  { namespace: '', path: 'secret/data/OWNER/a', body: kv2 },
  { namespace: '', path: 'secrets/OWNER/a', body: kv2 },
  { namespace: 'ns1/', path: 'kv/OWNER/a', body: kv },
  { namespace: 'ns1/ns2/', path: 'kv/OWNER/a', body: kv },
  { namespace: '', path: 'sys/policies/acl/OWNER', body: acl },
  { namespace: '', path: 'auth/approle/role/OWNER', body: role },
  { namespace: '', path: 'auth/token/roles/OWNER', body: role },
  { namespace: '', path: 'identity/entity/name/OWNER', body: entity },
]
const SAME_IN_ANY_CASE = /policies|approle|entity/
const owned = (path: string, owner: 'mine' | 'theirs') => path.replace('OWNER', owner)
/** Of what is the neighbour's; capitals, so that no small letters of a spelling make it. */
const markOf = (index: number) => `neighbour-${index}-x`

/** Everything but what is the neighbour's, and nothing but what is the tenant's. */
const WIDE = THINGS.map(({ namespace, path }) => {
  const [, folder = ''] = /^(.*\/)OWNER/.exec(namespace + path) ?? []
  return allow(`${folder}*`) + deny(`${folder}theirs`) + deny(`${folder}theirs/*`)
}).join('')
const DENIED_BY_PLUS = allow('secret/+/*') + deny('secret/+/theirs/*')
const NARROW = THINGS.map(({ namespace, path }) => {
  const whole = owned(namespace + path, 'mine')
  return allow(whole) + allow(whole.replace(/\/a$/, '/*'))
}).join('')

let server: Server
let bases: readonly string[]
let grpc: GrpcClient
const tenants: { readonly token: string; readonly namespace: string }[] = []

const inNamespace = (namespace: string): Record<string, string> =>
  namespace === '' ? {} : { 'x-vault-namespace': namespace }

async function must(method: string, path: string, body: object | undefined, namespace = ''): Promise<void> {
  const reply = await server.call(method, path, { body, headers: inNamespace(namespace) })
  if (reply.status >= 300) throw new Error(`${method} ${namespace}${path}: ${reply.status} ${reply.text}`)
}

async function tenant(policy: string, namespace = ''): Promise<void> {
  const name = `tenant-${tenants.length}`
  await must('PUT', `sys/policies/acl/${name}`, { policy }, namespace)
  const made = await server.call('POST', 'auth/token/create', {
    body: { policies: [name], no_default_policy: true },
    headers: inNamespace(namespace),
  })
  tenants.push({ token: String(at(made.body, 'auth', 'client_token')), namespace })
}

beforeAll(async () => {
  const [lenient, rpc] = [await freePort(), await freePort()]
  const config = `
    listener "tcp" { address = "127.0.0.1:${lenient}" tls_disable = true lenient_paths = true }
    listener "grpc" { address = "127.0.0.1:${rpc}" tls_disable = true }`
  server = await startUnsealed({ storage: 'inmem', config })
  bases = [server.address, `http://127.0.0.1:${lenient}`]
  grpc = new GrpcClient(`127.0.0.1:${rpc}`)
  await must('POST', 'sys/namespaces/ns1', {})
  await must('POST', 'sys/namespaces/ns2', {}, 'ns1')
  for (const namespace of ['', 'ns1', 'ns1/ns2']) await must('POST', 'sys/mounts/kv', { type: 'kv' }, namespace)
  await must('POST', 'sys/auth/approle', { type: 'approle' })
  for (const [index, { namespace, path, body }] of THINGS.entries()) {
    await must('POST', owned(path, 'theirs'), body(markOf(index)), namespace)
    await must('POST', owned(path, 'mine'), body('mine'), namespace)
  }
  await tenant(WIDE)
  await tenant(NARROW)
  await tenant(WIDE.replace(/^.*secret\/.*$/gm, '') + DENIED_BY_PLUS)
  await tenant(allow('kv/*') + deny('kv/theirs/*') + allow('ns2/kv/*') + deny('ns2/kv/theirs/*'), 'ns1')
})
afterAll(async () => {
  grpc?.client.close()
  await server?.remove()
})

interface Answer {
  readonly status: number
  readonly text: string
}

/** The path goes out as it is. */
function ask(
  base: string,
  method: string,
  path: string,
  token: string,
  namespace: string,
  body: string,
): Promise<Answer> {
  const { hostname, port } = new URL(base)
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const headers: Record<string, string> = {
    'x-vault-token': token,
    ...inNamespace(namespace),
    ...(body === '' ? {} : { 'content-type': type, 'content-length': String(body.length) }),
  }
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path: `/v1/${path}`, headers }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

const weighted = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 10, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

const separator = weighted(
  '/',
  '//',
  '%2F',
  '%2f',
  '/./',
  '/x/../',
  '/%2e/',
  '/..%2f',
  '%5C',
  '\\',
  '%252F',
  '/;/',
  '/%20/',
)
const prefix = weighted(
  '',
  '/',
  '//',
  './',
  '../',
  'mine/../',
  '%2e%2e/',
  '%2F',
  'ns1/',
  'ns1//',
  'ns1/../',
  'ns1/ns2/',
  'NS1/',
  'root/',
)
const suffix = weighted(
  '',
  '/',
  '//',
  '/.',
  '/..',
  '%20',
  '%00',
  '.',
  ';',
  '%2F',
  '?list=true',
  '/?list=true',
  '?scan=1',
  '%09',
  '/a',
  '+',
)
const header = weighted(
  '',
  'ns1',
  'ns1/',
  '/ns1',
  'ns1/ns2',
  'ns1//ns2',
  'ns1/../',
  'ns1%2Fns2',
  '%6Es1',
  'root',
  'NS1',
  'ns1/kv',
  '../',
  'ns1/ns2/../',
)
const method = fc.constantFrom('GET', 'GET', 'GET', 'LIST', 'SCAN', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD')
const UNSEEN_AROUND = ['%20', '%C2%A0', '%E3%80%80', '%E2%80%8B', '%EF%BB%BF', '%0A']
/** What is done to each character of a name. */
const changes = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant((text: string) => text) },
    { weight: 1, arbitrary: fc.constant((text: string) => text.toUpperCase()) },
    { weight: 1, arbitrary: fc.constant((text: string) => `%${Buffer.from(text).toString('hex')}`) },
    { weight: 1, arbitrary: fc.constant((text: string) => text.replace('s', '%C5%BF')) },
    { weight: 1, arbitrary: fc.constantFrom(...UNSEEN_AROUND).map((unseen) => (text: string) => unseen + text) },
    { weight: 1, arbitrary: fc.constantFrom(...UNSEEN_AROUND).map((unseen) => (text: string) => text + unseen) },
  ),
  { minLength: 24, maxLength: 24 },
)

interface Spelling {
  readonly path: string
  readonly header: string
}

/** Where a namespace is told in the path, in the header, in both, or in one of the two for the other. */
const spelling: fc.Arbitrary<Spelling> = fc
  .record({
    thing: fc.constantFrom(...THINGS),
    owner: fc.constantFrom('mine' as const, 'theirs' as const, 'theirs' as const),
    inHeader: fc.boolean(),
    separators: fc.array(separator, { minLength: 8, maxLength: 8 }),
    prefix,
    suffix,
    header,
    changes,
    changed: fc.nat(7),
  })
  .map(({ thing, owner, inHeader, separators, changes: made, changed, ...around }) => {
    const inPath = inHeader ? '' : thing.namespace
    const parts = (inPath + owned(thing.path, owner)).split('/')
    const at = changed % parts.length
    const spelt = parts.map((part, n) =>
      n === at ? [...part].map((text, i) => made[i]?.(text) ?? text).join('') : part,
    )
    const path = spelt.reduce((all, part, n) => all + separators[n] + part)
    const told = inHeader && around.header === '' ? thing.namespace : around.header
    return { path: around.prefix + path + around.suffix, header: told }
  })

const WRITTEN = JSON.stringify({
  value: 'taken',
  data: { value: 'taken' },
  policy: 'path "taken" {}',
  metadata: { a: 'b' },
})
const isWrite = (name: string) => ['POST', 'PUT', 'PATCH'].includes(name)
const marks = THINGS.map((_, index) => markOf(index))
const seen = (text: string) => marks.filter((mark) => text.includes(mark))

async function untouched(): Promise<void> {
  for (const [index, { namespace, path }] of THINGS.entries()) {
    const reply = await server.call('GET', owned(path, 'theirs'), { headers: inNamespace(namespace) })
    expect(seen(reply.text), namespace + path).toEqual([markOf(index)])
  }
  for (const folder of ['kv/theirs', 'secret/metadata/theirs', 'secrets/theirs'])
    expect(at((await server.call('LIST', folder)).body, 'data', 'keys'), folder).toEqual(['a'])
}

test('each tenant may read and write what is theirs, and not the neighbour’s', async () => {
  for (const { token, namespace } of tenants) {
    const things = THINGS.filter((thing) => thing.namespace.startsWith(namespace === '' ? '' : `${namespace}/`))
    for (const thing of things) {
      const mine = await ask(server.address, 'GET', thing.namespace + owned(thing.path, 'mine'), token, '', '')
      expect([thing.path, mine.status]).toEqual([thing.path, 200])
      const theirs = await ask(server.address, 'GET', thing.namespace + owned(thing.path, 'theirs'), token, '', '')
      expect([thing.path, theirs.status]).toEqual([thing.path, 403])
      if (!SAME_IN_ANY_CASE.test(thing.path)) continue
      const capitals = thing.namespace + thing.path.replace('OWNER', 'THEIRS')
      expect((await ask(server.address, 'GET', capitals, token, '', '')).status).toBe(403)
    }
  }
})

test('no spelling of a path shows or changes what is the neighbour’s', async () => {
  let answered = 0
  await fc.assert(
    fc.asyncProperty(spelling, method, fc.nat(tenants.length - 1), async (spelt, verb, who) => {
      const { token, namespace } = tenants[who] ?? { token: '', namespace: '' }
      for (const base of bases) {
        const told = spelt.header || namespace
        const { status, text } = await ask(base, verb, spelt.path, token, told, isWrite(verb) ? WRITTEN : '')
        if (status < 300) answered++
        expect(status).toBeLessThan(500)
        expect(seen(text)).toEqual([])
      }
    }),
    { numRuns: 1500, ...toldWithin() },
  )
  expect(answered).toBeGreaterThan(100)
  await untouched()
})

test('nor do the fields that stand in the path over gRPC', async () => {
  const part = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('mine/a', 'theirs/a', 'theirs', '') },
    { weight: 1, arbitrary: spelling.map(({ path }) => path) },
    {
      weight: 3,
      arbitrary: fc.tuple(separator, separator, suffix).map(([a, b, c]) => `mine${a}..${b}theirs/a${c}`),
    },
  )
  const mount = fc.constantFrom(
    'kv',
    'secret',
    'secrets',
    'ns1/kv',
    '/kv/',
    'kv/theirs',
    'ns1//kv',
    'ns1/../kv',
    'KV',
    'kv/',
    'ns1/ns2/kv',
  )
  const { readPlain, read, readFlat, listPlain, writePlain, deletePlain } = Kv.method
  await fc.assert(
    fc.asyncProperty(mount, part, header, fc.nat(tenants.length - 1), async (place, path, space, who) => {
      const { token, namespace } = tenants[who] ?? { token: '', namespace: '' }
      const headers = { 'x-vault-token': token, ...inNamespace(space || namespace) }
      const asked = { mount: place, path }
      const answers = await Promise.allSettled([
        grpc.call(readPlain, asked, headers),
        grpc.call(read, asked, headers),
        grpc.call(readFlat, asked, headers),
        grpc.call(listPlain, asked, headers),
        grpc.call(writePlain, { ...asked, data: { value: 'taken' } }, headers),
        grpc.call(deletePlain, asked, headers),
      ])
      const text = JSON.stringify(answers, (_, value) => (typeof value === 'bigint' ? String(value) : value))
      expect(seen(text)).toEqual([])
    }),
    { numRuns: 300, ...toldWithin() },
  )
  await untouched()
})
