import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { acmeConfig } from '../../engines/pki/acme/config.ts'
import { type Account, accountCodec, acmeRows, type Order, orderCodec } from '../../engines/pki/acme/documents.ts'
import { newOrder } from '../../engines/pki/acme/orders.ts'
import { Problem } from '../../engines/pki/acme/problem.ts'
import { tidyAcme } from '../../engines/pki/acme/tidy.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { kindOf, Raw } from './acme-attacker.ts'
import { Authority } from './authority.ts'

const DIRECTORY = { role: '', issuerRef: '' }
const accountNamed = (id: string): Account => ({
  id,
  status: 'valid',
  jwk: { kty: 'EC' },
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

  async function write({ id }: Order, change: Partial<Order>): Promise<void> {
    await ca.context.store.transaction(async (tx) => {
      const before = await tx.get(acmeRows.order(id), orderCodec)
      if (before !== undefined) tx.put(acmeRows.order(id), { ...before, ...change }, orderCodec)
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
    await write(first, { status: 'valid' })
    expect(await attempt(ALICE)).toBe('made')
    expect(await attempt(ALICE)).toBe('rateLimited 3600')
    await ca.context.store.transaction((tx) => tx.delete(acmeRows.authorization(second.authorizations[0] ?? '')))
    expect(await attempt(ALICE)).toBe('made')
    ca.pass(23.5 * 3600)
    expect(await attempt(ALICE)).toBe('rateLimited 1800')
    ca.pass(1800)
    expect([await attempt(ALICE), await attempt(ALICE)]).toEqual(['made', 'made'])
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

  test('limits that are none are refused, and those of before stay', async () => {
    for (const bad of [{ new_order_limit: -1 }, { pending_order_limit: -1 }, { pending_order_limit: 1001 }])
      await expect(ca.call('update', 'config/acme', bad)).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await acmeConfig(ca.context.store)).toMatchObject({ new_order_limit: 4, pending_order_limit: 2 })
  })
})

describe('over the wire', () => {
  let server: Server
  beforeAll(async () => {
    server = await startUnsealed({ storage: 'inmem' })
    await server.call('POST', 'sys/mounts/pki', { body: { type: 'pki' } })
    await server.call('POST', 'pki/root/generate/internal', { body: { common_name: 'Root', key_type: 'ec' } })
    await server.call('POST', 'pki/config/cluster', { body: { path: `${server.address}/v1/pki` } })
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
