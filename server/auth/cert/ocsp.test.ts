import { type AddressInfo, createServer } from 'node:net'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { TestNamespace } from '../../../test/core/test-namespace.ts'
import { CLIENT_AUTH, extension, type Identity, NOW_MS, newAuthority } from './testing-certificates.ts'
import { type Behaviour, OcspServer } from './testing-ocsp.ts'
import { namespaceThatTrusts, REFUSAL, refusal as refusalOf, logIn as showing } from './testing-world.ts'

/** What OCSP servers say, and fail to say, about who gets in. */

const HOUR_MS = 3_600_000
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9'

let root: Identity
let stranger: Identity
let client: Identity
const servers: { close(): void }[] = []

beforeAll(async () => {
  root = await newAuthority({ subject: 'CN=root' })
  stranger = await newAuthority({ subject: 'CN=stranger' })
  client = await root.issue({ uses: [CLIENT_AUTH] })
})

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(behaviour: Partial<Behaviour> = {}): Promise<OcspServer> {
  const server = await OcspServer.open({ status: () => 'good', signer: root, ...behaviour })
  servers.push(server)
  return server
}

const world = (urls: readonly string[], role: object = {}): Promise<TestNamespace> =>
  namespaceThatTrusts(root, { ocsp_enabled: true, ocsp_servers_override: urls, ...role })

const logIn = (namespace: TestNamespace, identity = client) => showing(namespace, [identity.der])
const refusal = (namespace: TestNamespace, identity = client) => refusalOf(namespace, [identity.der])

test('a certificate that is good lets in, one that was revoked does not', async () => {
  const server = await serve({ status: (serial) => (serial === client.serial ? 'good' : 'revoked') })
  const namespace = await world([server.url])
  await logIn(namespace)
  expect(await refusal(namespace, await root.issue({ uses: [CLIENT_AUTH] }))).toBe(REFUSAL)
  expect(server.requests).toBe(2)
})

test('the server that the certificate names is asked', async () => {
  const server = await serve()
  const url = Buffer.from(server.url)
  const location = Buffer.concat([Buffer.from([0x86, url.length]), url])
  const description = Buffer.concat([Buffer.from('06082b06010505073001', 'hex'), location])
  const wrap = (content: Buffer) => Buffer.concat([Buffer.from([0x30, content.length]), content])
  const named = await root.issue({
    uses: [CLIENT_AUTH],
    extensions: [extension('1.3.6.1.5.5.7.1.1', wrap(wrap(description)))],
  })
  const namespace = await world([])
  await logIn(namespace, named)
  expect(server.requests).toBe(1)
  expect(await refusal(namespace), 'one that names none').toBe(REFUSAL)
})

test('an answer is remembered for as long as it says, and asked for once by many at a time', async () => {
  const server = await serve({ nextUpdateMs: NOW_MS + HOUR_MS })
  const namespace = await world([server.url])
  await Promise.all(Array.from({ length: 50 }, () => logIn(namespace)))
  await logIn(namespace)
  expect(server.requests).toBe(1)
  server.behaviour.status = () => 'revoked'
  server.behaviour.nextUpdateMs = NOW_MS + 3 * HOUR_MS
  namespace.pass(3601)
  expect(await refusal(namespace)).toBe(REFUSAL)
  expect(server.requests).toBe(2)
})

test('a role that is written anew asks anew', async () => {
  const server = await serve()
  const namespace = await world([server.url])
  await logIn(namespace)
  await namespace.call('update', 'auth/cert/certs/web', { ocsp_servers_override: server.url })
  await logIn(namespace)
  expect(server.requests).toBe(2)
})

test('no more answers are remembered than the configuration says', async () => {
  const server = await serve()
  const namespace = await world([server.url])
  await namespace.call('update', 'auth/cert/config', { ocsp_cache_size: 2 })
  const clients = await Promise.all([1, 2, 3].map(() => root.issue({ uses: [CLIENT_AUTH] })))
  for (const one of clients) await logIn(namespace, one)
  for (const one of clients.toReversed()) await logIn(namespace, one)
  expect(server.requests).toBe(4)
})

const failures: Record<string, () => Promise<Partial<Behaviour>>> = {
  'answers with an error': async () => ({ httpStatus: 500 }),
  'answers rubbish': async () => ({ body: Buffer.from('rubbish') }),
  'says that it is busy': async () => ({ body: Buffer.from('30030a0103', 'hex') }),
  'does not know the certificate': async () => ({ status: () => 'unknown' }),
  'is somebody else': async () => ({ signer: stranger, enclosed: stranger }),
  'is another client of the authority': async () => {
    const signer = await root.issue({ uses: [CLIENT_AUTH] })
    return { signer, enclosed: signer }
  },
  'was made a signer by somebody else': async () => {
    const signer = await stranger.issue({ uses: [OCSP_SIGNING] })
    return { signer, enclosed: signer }
  },
  'was a signer once': async () => {
    const signer = await root.issue({ uses: [OCSP_SIGNING], toMs: NOW_MS - 1000 })
    return { signer, enclosed: signer }
  },
  'repeats an old answer': async () => ({ thisUpdateMs: NOW_MS - 48 * HOUR_MS, nextUpdateMs: NOW_MS - 24 * HOUR_MS }),
  'repeats an old answer without an end': async () => ({
    thisUpdateMs: NOW_MS - 48 * HOUR_MS,
    nextUpdateMs: undefined,
  }),
  'answers from the future': async () => ({ thisUpdateMs: NOW_MS + HOUR_MS, nextUpdateMs: NOW_MS + 2 * HOUR_MS }),
  'answers another request': async () => ({ nonce: 'wrong' }),
  'speaks of another certificate': async () => ({ about: '0badcafe' }),
}

describe('a server that says nothing of use keeps out, unless the role lets in then, and heals: it', () => {
  for (const [what, behaviour] of Object.entries(failures)) {
    test(what, async () => {
      const server = await serve(await behaviour())
      const namespace = await world([server.url])
      expect(await refusal(namespace)).toBe(REFUSAL)
      await namespace.call('update', 'auth/cert/certs/web', { ocsp_fail_open: true })
      await logIn(namespace)
      await namespace.call('update', 'auth/cert/certs/web', { ocsp_fail_open: false })
      for (const key of Object.keys(server.behaviour)) delete server.behaviour[key as 'about']
      Object.assign(server.behaviour, { status: () => 'good', signer: root } satisfies Behaviour)
      await logIn(namespace)
    })
  }

  test('cannot be reached', async () => {
    const namespace = await world(['http://127.0.0.1:1/'])
    expect(await refusal(namespace)).toBe(REFUSAL)
    await namespace.call('update', 'auth/cert/certs/web', { ocsp_fail_open: true })
    await logIn(namespace)
  })
})

/** Ends every connection; counts them. */
async function deadServer(): Promise<{ readonly url: string; readonly asked: () => number }> {
  let asked = 0
  const server = createServer((socket) => {
    asked++
    socket.destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  servers.push(server)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked: () => asked }
}

describe('a server that cannot be reached', () => {
  const clients = () => Promise.all([1, 2, 3].map(() => root.issue({ uses: [CLIENT_AUTH] })))

  test('is not asked again for half a minute where the role lets in without it, unless the role is changed', async () => {
    const dead = await deadServer()
    const namespace = await world([dead.url], { ocsp_fail_open: true })
    for (const one of await clients()) await logIn(namespace, one)
    expect(dead.asked()).toBe(1)
    namespace.pass(29)
    await logIn(namespace)
    expect(dead.asked()).toBe(1)
    namespace.pass(1)
    await logIn(namespace)
    expect(dead.asked()).toBe(2)
    await namespace.call('update', 'auth/cert/certs/web', { ocsp_fail_open: true })
    await logIn(namespace)
    expect(dead.asked()).toBe(3)
  })

  test('is asked at each login where the role keeps out', async () => {
    const dead = await deadServer()
    const namespace = await world([dead.url])
    for (const one of await clients()) expect(await refusal(namespace, one)).toBe(REFUSAL)
    expect(dead.asked()).toBe(3)
  })

  test('keeps nobody from what the others say', async () => {
    for (const all of [false, true]) {
      const [dead, revoked] = [await deadServer(), await serve({ status: () => 'revoked' })]
      const namespace = await world([dead.url, revoked.url], { ocsp_fail_open: true, ocsp_query_all_servers: all })
      for (const one of await clients()) expect(await refusal(namespace, one)).toBe(REFUSAL)
      expect(dead.asked()).toBe(1)
      expect(revoked.requests).toBe(3)
    }
  })

  test('is one that answers with an error not, and it is asked again', async () => {
    const server = await serve({ httpStatus: 500 })
    const namespace = await world([server.url], { ocsp_fail_open: true })
    for (const one of await clients()) await logIn(namespace, one)
    expect(server.requests).toBe(3)
  })
})

test('who was made a signer by the authority may answer, and who the role names', async () => {
  const signer = await root.issue({ subject: 'CN=signer', uses: [OCSP_SIGNING] })
  await logIn(await world([(await serve({ signer, enclosed: signer, nonce: 'none' })).url]))
  const named = await world([(await serve({ signer: stranger })).url], { ocsp_ca_certificates: stranger.pem })
  await logIn(named)
  const delegated = await stranger.issue({ subject: 'CN=signer', uses: [OCSP_SIGNING] })
  const below = await serve({ signer: delegated, enclosed: delegated })
  await logIn(await world([below.url], { ocsp_ca_certificates: stranger.pem }))
})

test('revoked is revoked, also where the role lets in without an answer', async () => {
  const server = await serve({ status: () => 'revoked' })
  expect(await refusal(await world([server.url], { ocsp_fail_open: true }))).toBe(REFUSAL)
})

test('the first server that knows is believed; where all are asked, all must say that it is good', async () => {
  const [down, good, revoked] = await Promise.all([
    serve({ httpStatus: 503 }),
    serve(),
    serve({ status: () => 'revoked' }),
  ])
  await logIn(await world([down.url, good.url, revoked.url]))
  expect(revoked.requests).toBe(0)
  const all = { ocsp_query_all_servers: true }
  expect(await refusal(await world([down.url, good.url], all))).toBe(REFUSAL)
  await logIn(await world([down.url, good.url], { ...all, ocsp_fail_open: true }))
  expect(await refusal(await world([down.url, good.url, revoked.url], { ...all, ocsp_fail_open: true }))).toBe(REFUSAL)
  await logIn(await world([good.url, good.url], all))
})

test('a certificate that is trusted itself is asked about where its issuer is known', async () => {
  const server = await serve({ status: () => 'revoked' })
  const role = { certificate: `${client.pem}\n${root.pem}` }
  expect(await refusal(await world([server.url], role))).toBe(REFUSAL)
  expect(server.requests).toBe(1)
  expect(await refusal(await world([server.url], { certificate: client.pem })), 'nobody can be asked').toBe(REFUSAL)
})

test('a role that is deleted while a server is asked lets nobody in', async () => {
  const before = () => namespace.call('delete', 'auth/cert/certs/web')
  const server = await serve({ before })
  const namespace = await world([server.url])
  expect(await refusal(namespace)).toBe('unavailable: the role was changed during the login')
})
