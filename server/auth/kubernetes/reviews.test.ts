import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TestNamespace } from '../../../test/core/test-namespace.ts'
import { signer } from '../jwks/testing-tokens.ts'
import type { TestCluster } from './testing-cluster.ts'
import { TestLogins } from './testing-logins.ts'

/** How often the API server is asked, what a review is worth for how long, and what its failures do. */

const DENIED = 'permission_denied: permission denied'
const AWAY = 'unavailable: the Kubernetes API server cannot be asked'
const THOUSAND = 1000
const MANY = 60

let logins: TestLogins
let cluster: TestCluster
let namespace: TestNamespace

beforeEach(async () => {
  logins = await TestLogins.open()
  ;({ cluster, namespace } = logins)
  await namespace.call('update', 'auth/kubernetes/role/web', {
    bound_service_account_names: '*',
    bound_service_account_namespaces: '*',
  })
})
afterEach(() => logins.close())

const configure = (more?: object) => logins.configure(more)
const logIn = (jwt: string, role?: string) => logins.logIn(jwt, role)
const refusal = (jwt: string, role?: string) => logins.refusal(jwt, role)
const pods = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => cluster.token({ pod: `web-${i}` })))

describe('many pods that start', () => {
  test('cost the API server one review and one key set where signatures are verified, though they are a thousand', async () => {
    await configure({ verify_with_jwks: true })
    const jwts = await pods(THOUSAND)
    await Promise.all(jwts.map((jwt) => logIn(jwt)))
    expect(cluster.calls).toEqual({ reviews: 1, keys: 1, namespaces: 0, accounts: 0 })
  })

  test('else cost a review each, 16 at a time over as many connections', async () => {
    await configure()
    const jwts = await pods(MANY)
    await Promise.all(jwts.map((jwt) => logIn(jwt)))
    expect(cluster.calls.reviews).toBe(MANY)
    expect(cluster.mostUnderWay).toBeLessThanOrEqual(16)
    expect(cluster.connections).toBeLessThanOrEqual(16)
  })

  test('that try again and again cost one review each', async () => {
    await configure()
    const [jwt = ''] = await pods(1)
    await Promise.all(Array.from({ length: 100 }, () => logIn(jwt)))
    await logIn(jwt)
    expect(cluster.calls.reviews).toBe(1)
  })
})

describe('what was revoked is noticed when the review that counts is too old', () => {
  test('of a token by itself', async () => {
    await configure({ review_ttl: 30 })
    const [jwt = ''] = await pods(1)
    await logIn(jwt)
    cluster.forget(jwt)
    namespace.pass(29)
    await logIn(jwt)
    namespace.pass(1)
    expect(await refusal(jwt)).toBe(DENIED)
  })

  test('of a service account', async () => {
    await configure({ verify_with_jwks: true })
    const jwts = await pods(3)
    for (const jwt of jwts) await logIn(jwt)
    for (const jwt of jwts) cluster.forget(jwt)
    namespace.pass(10)
    for (const jwt of jwts) expect(await refusal(jwt)).toBe(DENIED)
  })

  test('at once where reviews count for nothing but those who wait', async () => {
    await configure({ review_ttl: 0 })
    const [jwt = ''] = await pods(1)
    await logIn(jwt)
    cluster.forget(jwt)
    expect(await refusal(jwt)).toBe(DENIED)
  })

  test('a configuration that is written anew forgets all reviews', async () => {
    await configure()
    const [jwt = ''] = await pods(1)
    await logIn(jwt)
    cluster.forget(jwt)
    await configure()
    expect(await refusal(jwt)).toBe(DENIED)
  })
})

test('a token that is refused does not keep out others of its account', async () => {
  await configure({ verify_with_jwks: true })
  const [gone = '', ...others] = await pods(50)
  cluster.forget(gone)
  cluster.delayMs = 50
  const first = refusal(gone)
  await expect.poll(() => cluster.calls.reviews).toBe(1)
  await Promise.all([first, ...others.map((jwt) => logIn(jwt))])
  expect(await first).toBe(DENIED)
  expect(await refusal(gone), 'though the account was confirmed since').toBe(DENIED)
})

test('a token of a pod that is gone lives on by others of its account for five minutes from when it was made', async () => {
  await configure({ verify_with_jwks: true })
  const [gone = ''] = await pods(1)
  cluster.forget(gone)
  await logIn(await cluster.token({ pod: 'other' }))
  await logIn(gone)
  namespace.pass(300)
  await logIn(await cluster.token({ pod: 'another' }))
  expect(await refusal(gone)).toBe(DENIED)
})

test('accounts do not vouch for each other', async () => {
  await configure({ verify_with_jwks: true })
  await logIn(await cluster.token())
  for (const other of [{ name: 'x' }, { namespace: 'x' }, { uid: 'x' }, { audiences: ['x'] }]) {
    const jwt = await cluster.token({ ...other, pod: 'p' })
    cluster.forget(jwt)
    expect(await refusal(jwt), JSON.stringify(other)).toBe(DENIED)
  }
})

test('strangers with tokens of their own make never make us ask for keys more than once in a while', async () => {
  await configure({ verify_with_jwks: true })
  await logIn(await cluster.token())
  const stranger = signer('k7')
  for (let i = 0; i < 20; i++)
    expect(await refusal(await cluster.token({ pod: `x-${i}`, signer: stranger, isForged: true }))).toBe(DENIED)
  expect(cluster.calls.keys).toBeLessThanOrEqual(2)
  expect(cluster.calls.reviews).toBe(1)
})

const status = (code: number) => (_request: unknown, reply: ServerResponse) => {
  reply.writeHead(code, { 'content-type': 'application/json' })
  reply.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code }))
}
const body = (text: string) => (_request: unknown, reply: ServerResponse) => reply.end(text)

const faults: Record<string, (request: unknown, reply: ServerResponse) => void> = {
  'does not know us': status(401),
  'does not let us review': status(403),
  'is overloaded': status(429),
  fails: status(500),
  'is away behind a proxy': status(503),
  redirects: (_request, reply) => {
    reply.writeHead(302, { location: 'https://127.0.0.1:1/' })
    reply.end()
  },
  'answers a failure with a good status': body('{"kind":"Status","apiVersion":"v1","status":"Failure"}'),
  'answers rubbish': body('rubbish'),
  'answers nothing': body(''),
  'answers a list': body('[]'),
  'answers without a status': body('{"kind":"TokenReview"}'),
  'answers without end': (_request, reply) => {
    reply.write('{"status":')
    const more = setInterval(() => reply.write(' '.repeat(65_536)), 1)
    reply.on('close', () => clearInterval(more))
  },
  'hangs up': (_request, reply) => reply.destroy(),
}

describe('an API server keeps out, and lets in again when it is well, that', () => {
  for (const [what, fault] of Object.entries(faults)) {
    test(what, async () => {
      await configure()
      const [first = '', second = ''] = await pods(2)
      cluster.fault = fault
      expect(await refusal(first)).toBe(AWAY)
      cluster.fault = undefined
      await logIn(first)
      await logIn(second)
    })
  }

  test('says nothing for ten seconds', async () => {
    await configure()
    const [jwt = ''] = await pods(1)
    cluster.fault = () => {}
    expect(await refusal(jwt)).toBe(AWAY)
    cluster.fault = undefined
    await logIn(jwt)
  })

  test('is not there', async () => {
    await configure({ kubernetes_host: 'https://127.0.0.1:1' })
    const [jwt = ''] = await pods(1)
    expect(await refusal(jwt)).toBe(AWAY)
    await configure()
    await logIn(jwt)
  })

  test('is certified by somebody else', async () => {
    await configure({ kubernetes_ca_cert: '', disable_local_ca_jwt: false })
    const [jwt = ''] = await pods(1)
    expect(await refusal(jwt)).toBe(AWAY)
    expect(cluster.calls.reviews).toBe(0)
  })

  test('closed the connections that were kept', async () => {
    await configure()
    const jwts = await pods(2)
    for (const jwt of jwts) {
      await logIn(jwt)
      cluster.cut()
    }
  })

  test('has no key set yet', async () => {
    await configure({ verify_with_jwks: true })
    const [jwt = ''] = await pods(1)
    cluster.fault = status(500)
    expect(await refusal(jwt)).toBe(AWAY)
    cluster.fault = undefined
    namespace.pass(3)
    await logIn(jwt)
  })
})

const reviews: Record<string, object> = {
  'is not authenticated': { authenticated: false },
  'is authenticated in words': { authenticated: 'true' },
  'has an error': { authenticated: true, error: 'x' },
  'is of a person': { user: { username: 'system:admin', uid: 'x' } },
  'is of a node': { user: { username: 'system:node:apps:web', uid: 'uid-of-apps-web' } },
  'has a name of more parts': { user: { username: 'system:serviceaccount:apps:web:x', uid: 'uid-of-apps-web' } },
  'has no uid': { user: { username: 'system:serviceaccount:apps:web' } },
  'is of another account': { user: { username: 'system:serviceaccount:apps:other', uid: 'uid-of-apps-web' } },
  'is for other audiences': { audiences: ['other'] },
  'knows no audiences': { audiences: undefined },
}

describe('a review lets nobody in that', () => {
  for (const [what, change] of Object.entries(reviews)) {
    test(what, async () => {
      await configure()
      const [jwt = ''] = await pods(1)
      const good = {
        authenticated: true,
        user: { username: 'system:serviceaccount:apps:web', uid: 'uid-of-apps-web' },
        audiences: ['https://kubernetes.default.svc.cluster.local'],
      }
      cluster.fault = body(JSON.stringify({ kind: 'TokenReview', status: { ...good, ...change } }))
      expect(await refusal(jwt)).toBe(DENIED)
    })
  }
})
