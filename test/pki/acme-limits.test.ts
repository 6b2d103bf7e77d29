import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { changeAccount } from '../../engines/pki/acme/accounts.ts'
import { deactivate, putAuthorization } from '../../engines/pki/acme/authorizations.ts'
import { acmeConfig } from '../../engines/pki/acme/config.ts'
import {
  type Account,
  accountCodec,
  acmeRows,
  authorizationCodec,
  type Order,
} from '../../engines/pki/acme/documents.ts'
import { finalize, newOrder } from '../../engines/pki/acme/orders.ts'
import { Problem } from '../../engines/pki/acme/problem.ts'
import { tidyAcme } from '../../engines/pki/acme/tidy.ts'
import { at } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { kindOf, Raw } from './acme-attacker.ts'
import { startAcmeServer } from './acme-server.ts'
import { Authority } from './authority.ts'
import { request } from './hostile-requests.ts'

const DIRECTORY = { role: '', issuerRef: '' }
const jwk = { kty: 'EC', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) }
const accountNamed = (id: string): Account => ({
  id,
  status: 'valid',
  jwk,
  thumbprint: id,
  contact: [],
  termsOfServiceAgreed: true,
  eab: '',
  createdMs: 0,
})
const [ALICE, BOB] = [accountNamed('alice'), accountNamed('bob')]

describe('orders of one account', () => {
  let ca: Authority
  beforeEach(async () => {
    ca = new Authority()
    await ca.root()
    await ca.call('update', 'config/cluster', { path: 'https://ca.example.com/v1/pki' })
    await ca.call('update', 'config/acme', { enabled: true, new_order_limit: 4, pending_order_limit: 2 })
  })

  const order = (account: Account, name = 'www.example.com'): Promise<Order> =>
    newOrder(account, { identifiers: [{ type: 'dns', value: name }] }, DIRECTORY, ca.context)

  /** 'made', or the kind of problem with the seconds to wait. */
  async function attempt(account: Account): Promise<string> {
    try {
      await order(account)
      return 'made'
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return `${error.kind} ${error.headers['retry-after']}`
    }
  }

  /** As if all of its names had been proven. */
  async function proven({ authorizations }: Order): Promise<void> {
    await ca.context.store.transaction(async (tx) => {
      for (const id of authorizations) {
        const before = await tx.get(acmeRows.authorization(id), authorizationCodec)
        if (before !== undefined) putAuthorization(tx, { ...before, status: 'valid' })
      }
    })
  }

  test('no more wait than the limit says, whoever else orders', async () => {
    expect([await attempt(ALICE), await attempt(ALICE), await attempt(ALICE)]).toEqual([
      'made',
      'made',
      'rateLimited 3600',
    ])
    expect(await attempt(BOB)).toBe('made')
  })

  test('asked for at once, no more are made than the limit says', async () => {
    await ca.call('update', 'config/acme', { new_order_limit: 0 })
    const attempts = await Promise.all(Array.from({ length: 8 }, () => attempt(ALICE)))
    expect(attempts.filter((one) => one === 'made')).toHaveLength(2)
  })

  test('an order that ended makes room: carried out, not proven, or expired', async () => {
    await ca.call('update', 'config/acme', { new_order_limit: 0 })
    const [first, second] = [await order(ALICE), await order(ALICE)]
    expect(await attempt(ALICE)).toBe('rateLimited 3600')
    await proven(first)
    await finalize(
      first.id,
      ALICE,
      { csr: Buffer.from(request().replaceAll(/-----[^-]+-----/g, ''), 'base64').toString('base64url') },
      ca.context,
    )
    expect(await attempt(ALICE)).toBe('made')
    expect(await attempt(ALICE)).toBe('rateLimited 3600')
    await deactivate(second.authorizations[0] ?? '', ca.context)
    expect(await attempt(ALICE)).toBe('made')
    ca.pass(23.5 * 3600)
    expect(await attempt(ALICE)).toBe('rateLimited 1800')
    ca.pass(1800)
    expect([await attempt(ALICE), await attempt(ALICE)]).toEqual(['made', 'made'])
  })

  test('who has as many as may wait is refused without a look at what each of them is for', async () => {
    await ca.call('update', 'config/acme', { new_order_limit: 0 })
    await order(ALICE)
    await order(ALICE)
    const read = new Set<string>()
    const other = new Authority({
      with: ca,
      through: (inner) =>
        new Proxy(inner, {
          get: (target, name) => {
            if (name === 'get')
              return (paths: readonly string[]) => {
                for (const path of paths) read.add(path)
                return target.get(paths)
              }
            const value = Reflect.get(target, name, target)
            return typeof value === 'function' ? value.bind(target) : value
          },
        }),
    })
    const identifiers = [{ type: 'dns', value: 'www.example.com' }]
    await expect(newOrder(ALICE, { identifiers }, DIRECTORY, other.context)).rejects.toMatchObject({
      kind: 'rateLimited',
    })
    expect([...read].filter((path) => path.includes('acme/open-orders/'))).toHaveLength(2)
    expect([...read].filter((path) => /acme\/(orders|authorizations)\//.test(path))).toEqual([])
  })

  test('an hour has so many, though none of them waits', async () => {
    await ca.call('update', 'config/acme', { pending_order_limit: 0 })
    for (let made = 0; made < 4; made++) expect(await attempt(ALICE)).toBe('made')
    expect(await attempt(ALICE)).toBe('rateLimited 3600')
    expect(await attempt(BOB)).toBe('made')
    ca.pass(3000)
    expect(await attempt(ALICE)).toBe('rateLimited 600')
    ca.pass(600)
    expect(await attempt(ALICE)).toBe('made')
  })

  test('without limits there are none', async () => {
    await ca.call('update', 'config/acme', { new_order_limit: 0, pending_order_limit: 0 })
    for (let made = 0; made < 20; made++) expect(await attempt(ALICE)).toBe('made')
  })

  test('what tidy deletes is not counted', async () => {
    const { store } = ca.context
    await store.transaction((tx) => tx.put(acmeRows.account(ALICE.id), ALICE, accountCodec))
    await order(ALICE)
    ca.pass(2 * 86_400)
    const buffers = { safety_buffer: 0, acme_account_safety_buffer: 86_400 * 365 * 100, page_size: 100 }
    await tidyAcme(buffers, ca.context, async () => true)
    expect(await store.scan('acme/open-orders/')).toEqual([])
  })

  test('an account that ends writes its own row alone, however many orders it has', async () => {
    const { store } = ca.context
    await store.transaction((tx) => tx.put(acmeRows.account(ALICE.id), ALICE, accountCodec))
    await order(ALICE)
    const before = await ca.backend.readIndex()
    await changeAccount(ALICE, { status: 'deactivated' }, ca.context)
    const changed = await ca.backend.changes(before)
    expect(changed).toMatchObject({ paths: [`m/${acmeRows.account(ALICE.id)}`] })
  })

  test('an authorization goes some time after its end, whatever became of it', async () => {
    const made = await order(ALICE)
    const id = made.authorizations[0] ?? ''
    const goesMs = async () =>
      (await ca.context.store.entry(acmeRows.authorization(id), authorizationCodec))?.expiresAtMs
    expect(await goesMs()).toBeGreaterThan(made.expiresMs)
    await deactivate(id, ca.context)
    expect(await goesMs()).toBeGreaterThan(made.expiresMs)
  })

  test('limits that are none are refused, and those of before stay', async () => {
    for (const bad of [{ new_order_limit: -1 }, { pending_order_limit: -1 }, { pending_order_limit: 1001 }])
      await expect(ca.call('update', 'config/acme', bad)).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await acmeConfig(ca.context.store)).toMatchObject({ new_order_limit: 4, pending_order_limit: 2 })
  })
})

describe('over the wire', () => {
  let server: Server
  beforeAll(async () => {
    server = await startAcmeServer()
    await server.call('POST', 'pki/config/acme', { body: { enabled: true, pending_order_limit: 1 } })
  })
  afterAll(() => server.remove())

  test('who has too many orders is told when to come back; one that is given up makes room', async () => {
    const client = await new Raw(server.address).register()
    const made = await client.order('a.example.com')
    expect(made.status).toBe(201)
    const refused = await client.order('b.example.com')
    expect([refused.status, kindOf(refused)]).toEqual([429, 'rateLimited'])
    expect(Number(refused.headers['retry-after'])).toBe(3600)
    expect(refused.headers['replay-nonce']).toMatch(/^[\w-]{20,}$/)
    const [authorization] = at(made.body, 'authorizations') as string[]
    expect((await client.post(String(authorization), { status: 'deactivated' })).status).toBe(200)
    expect((await client.order('b.example.com')).status).toBe(201)
  })
})
