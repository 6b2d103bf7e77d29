import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import {
  type Account,
  type Authorization,
  accountCodec,
  acmeRows,
  authorizationCodec,
  type ChallengeType,
  textCodec,
} from '../../engines/pki/acme/documents.ts'
import { putOpen } from '../../engines/pki/acme/open-orders.ts'
import { Authority } from './authority.ts'
import { ChallengeWorld } from './challenge-world.ts'

/** Challenges that nobody looks at any more: the process that did has died, or there was no place for them. */

let world: ChallengeWorld
/** Names below slow.test never answer, those below wrong.test not with the proof, all others with it. */
const hosts = createServer(({ headers: { host = '' }, url = '' }, reply) => {
  if (host.endsWith('slow.test')) return
  reply.end(host.endsWith('wrong.test') ? 'wrong' : `${url.split('/').at(-1)}.thumbprint`)
})
beforeAll(async () => {
  world = await ChallengeWorld.start()
  hosts.listen(0, '127.0.0.1')
  await once(hosts, 'listening')
})
afterAll(() => {
  world.close()
  hosts.closeAllConnections()
  hosts.close()
})

let ca: Authority
beforeEach(async () => {
  ca = new Authority()
  await ca.root()
  await ca.call('update', 'config/cluster', { path: 'https://ca.example.com/v1/pki' })
  const { port } = hosts.address() as AddressInfo
  await ca.call('update', 'config/acme', { enabled: true, ...world.settings, http_challenge_port: port })
})

/** An authorization whose challenges were begun now, as a process leaves it that dies. `nth`: another for each, as ids are. */
async function left(
  nth: number,
  name: string,
  status: Account['status'] = 'valid',
  types: readonly ChallengeType[] = ['http-01'],
): Promise<string> {
  const id = `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`
  const nowMs = ca.context.clock.now()
  const account: Account = {
    id: `account-${nth}`,
    status,
    jwk: { kty: 'EC' },
    thumbprint: 'thumbprint',
    contact: [],
    termsOfServiceAgreed: true,
    eab: '',
    createdMs: nowMs,
  }
  const authorization: Authorization = {
    id,
    accountId: account.id,
    orderId: `order-${nth}`,
    identifier: { type: 'dns', value: name },
    wildcard: false,
    status: 'pending',
    expiresMs: nowMs + 86_400_000,
    challenges: types.map((type) => ({ type, token: 'token', status: 'processing', validatedMs: 0, attempts: 0 })),
  }
  await ca.context.store.transaction((tx) => {
    tx.put(acmeRows.account(account.id), account, accountCodec)
    tx.put(acmeRows.authorization(id), authorization, authorizationCodec)
    putOpen(tx, { accountId: account.id, id: `order-${nth}`, expiresMs: authorization.expiresMs })
    for (const type of types) tx.put(acmeRows.queued(id, type), String(nowMs), textCodec)
  })
  return id
}

const authorizationOf = async (id: string) => ca.context.store.get(acmeRows.authorization(id), authorizationCodec)
const statusOf = async (id: string) => (await authorizationOf(id))?.status
const periodic = () => ca.periodic()

test('they are gone on with two minutes later, and one that is slow holds up neither the others nor other work', async () => {
  const slow = await left(0, 'very.slow.test')
  const quick = [await left(2, 'a.test'), await left(3, 'b.test')]
  await periodic()
  expect(await Promise.all(quick.map(statusOf))).toEqual(['pending', 'pending'])
  ca.pass(121)
  await periodic()
  await vi.waitFor(async () => expect(await Promise.all(quick.map(statusOf))).toEqual(['valid', 'valid']), 5_000)
  expect(await statusOf(slow)).toBe('pending')
  expect(await ca.context.store.list(acmeRows.queue)).toEqual([`${slow}:http-01`])
})

test('more than are looked at in one turn are all gone on with', async () => {
  const all: string[] = []
  for (let nth = 100; nth < 350; nth++) all.push(await left(nth, `n${nth}.test`))
  ca.pass(121)
  await periodic()
  await vi.waitFor(async () => expect(await ca.context.store.list(acmeRows.queue)).toEqual([]), 20_000)
  expect(new Set(await Promise.all(all.map(statusOf)))).toEqual(new Set(['valid']))
})

test('whose account has ended is not looked at', async () => {
  const ended = await left(4, 'a.test', 'deactivated')
  ca.pass(121)
  await periodic()
  await vi.waitFor(async () => expect(await ca.context.store.list(acmeRows.queue)).toEqual([]), 5_000)
  expect(await statusOf(ended)).toBe('pending')
})

test('with a proof that is wrong the order waits for nothing more, and makes room for another', async () => {
  const ids = [await left(5, 'a.wrong.test'), await left(6, 'a.test')]
  ca.pass(121)
  await periodic()
  await vi.waitFor(async () => expect(await Promise.all(ids.map(statusOf))).toEqual(['invalid', 'valid']), 20_000)
  expect(await ca.context.store.scan('acme/open-orders/')).toEqual(['account-6/order-6'])
})

test('each try that fails is told while others follow, as RFC 8555, 8.2 asks', async () => {
  const id = await left(7, 'a.wrong.test')
  ca.pass(121)
  await periodic()
  await vi.waitFor(async () => expect((await authorizationOf(id))?.challenges[0]?.error).toBeDefined(), 20_000)
  expect((await authorizationOf(id))?.challenges[0]).toMatchObject({
    status: 'processing',
    attempts: 1,
    error: { type: 'urn:ietf:params:acme:error:incorrectResponse' },
  })
  await vi.waitFor(async () => expect(await statusOf(id)).toBe('invalid'), 20_000)
  expect((await authorizationOf(id))?.challenges[0]).toMatchObject({ status: 'invalid', attempts: 3 })
})

test('of two challenges of one authorization the one that ends later ends too', async () => {
  const id = await left(8, 'a.wrong.test', 'valid', ['http-01', 'dns-01'])
  ca.pass(121)
  await periodic()
  await vi.waitFor(async () => expect(await ca.context.store.list(acmeRows.queue)).toEqual([]), 20_000)
  const ended = await authorizationOf(id)
  expect([ended?.status, ...(ended?.challenges.map(({ status }) => status) ?? [])]).toEqual([
    'invalid',
    'invalid',
    'invalid',
  ])
})
