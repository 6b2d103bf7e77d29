import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { acmeRows, orderCodec } from '../../engines/pki/acme/documents.ts'
import { knownNonce, newNonce } from '../../engines/pki/acme/nonces.ts'
import { at, type JsonObject } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { kindOf, Raw } from './acme-attacker.ts'
import { startAcmeServer } from './acme-server.ts'
import { Authority } from './authority.ts'
import { ChallengeWorld } from './challenge-world.ts'

/** What clients come back for: lists of orders, and what is under way. */

describe('over the wire', () => {
  let server: Server
  let world: ChallengeWorld
  /** Takes connections, and never answers. */
  const silent = createServer(() => undefined)

  beforeAll(async () => {
    world = await ChallengeWorld.start()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    server = await startAcmeServer()
    const { port } = silent.address() as AddressInfo
    const settings = { ...world.settings, http_challenge_port: port }
    await server.call('POST', 'pki/config/acme', { body: { enabled: true, ...settings } })
  })
  afterAll(async () => {
    await server.remove()
    world.close()
    silent.closeAllConnections()
    silent.close()
  })

  test('orders are listed in pages, without those that came to nothing', async () => {
    const client = await new Raw(server.address).register()
    const made: string[] = []
    for (let nth = 0; nth < 102; nth++) {
      const order = await client.order(`n${nth}.example.com`)
      made.push(String(order.headers.location))
      if (nth > 0) continue
      const [authorization] = at(order.body, 'authorizations') as string[]
      await client.post(String(authorization), { status: 'deactivated' })
    }
    const listed: string[] = []
    let pages = 0
    for (let url: string | undefined = 'orders'; url !== undefined; pages++) {
      const page: { readonly body: JsonObject | undefined; readonly headers: Record<string, unknown> } =
        await client.post(url, '')
      listed.push(...(at(page.body, 'orders') as string[]))
      url = /<([^>]+)>;rel="next"/.exec(String(page.headers.link))?.[1]
    }
    expect(pages).toBe(2)
    expect(listed.toSorted()).toEqual(made.slice(1).toSorted())
    const stranger = await new Raw(server.address).register()
    expect(at((await stranger.post('orders', '')).body, 'orders')).toEqual([])
  })

  test('a challenge and its authorization say when to ask again while it is looked at, and no longer', async () => {
    const client = await new Raw(server.address).register()
    const order = await client.order('slow.example.com')
    const [url] = at(order.body, 'authorizations') as string[]
    const before = await client.post(String(url), '')
    expect(before.headers['retry-after']).toBeUndefined()
    const challenges = at(before.body, 'challenges') as { readonly type: string; readonly url: string }[]
    const http = String(challenges.find(({ type }) => type === 'http-01')?.url)
    expect((await client.post(http, '')).headers['retry-after']).toBeUndefined()
    expect((await client.post(http, {})).headers['retry-after']).toBe('1')
    expect((await client.post(http, '')).headers['retry-after']).toBe('1')
    expect((await client.post(String(url), '')).headers['retry-after']).toBe('1')
    const after = await client.post(String(url), { status: 'deactivated' })
    expect([at(after.body, 'status'), after.headers['retry-after']]).toEqual(['deactivated', undefined])
  })
})

describe('of one mount', () => {
  const BASE = 'https://ca.example.com'
  let ca: Authority
  let client: Raw
  beforeEach(async () => {
    ca = new Authority()
    await ca.root()
    await ca.call('update', 'config/cluster', { path: `${BASE}/v1/pki` })
    await ca.call('update', 'config/acme', { enabled: true })
    ca.headers = { 'content-type': 'application/jose+json' }
    client = new Raw(BASE)
  })

  /** `path`: below the directory. */
  async function post(path: string, payload: object | '', nonce?: string) {
    const identity = client.kid === '' ? { jwk: client.jwk } : { kid: client.kid }
    const header = {
      alg: 'ES256',
      nonce: nonce ?? (await newNonce(ca.context)),
      url: `${BASE}/v1/pki/acme/${path}`,
      ...identity,
    }
    return ca.call('update', `acme/${path}`, client.sign(header, payload))
  }

  test('an order whose certificate is being made says when to ask again', async () => {
    client.kid = String((await post('new-account', {})).raw?.headers?.location)
    const made = await post('new-order', { identifiers: [{ type: 'dns', value: 'a.example.com' }] })
    expect(made.raw?.headers?.['retry-after']).toBeUndefined()
    const id = String(made.raw?.headers?.location).split('/').at(-1) ?? ''
    await ca.context.store.transaction(async (tx) => {
      const order = await tx.get(acmeRows.order(id), orderCodec)
      if (order !== undefined)
        tx.put(acmeRows.order(id), { ...order, status: 'processing', processingMs: ca.context.clock.now() }, orderCodec)
    })
    expect((await post(`order/${id}`, '')).raw?.headers?.['retry-after']).toBe('1')
    ca.pass(120)
    expect((await post(`order/${id}`, '')).raw?.headers?.['retry-after']).toBeUndefined()
  })

  test('who sends the whole account changes its contacts, and no status but to deactivate it', async () => {
    client.kid = String((await post('new-account', {})).raw?.headers?.location)
    const path = client.kid.slice(`${BASE}/v1/pki/acme/`.length)
    for (const status of ['valid', 'revoked', 7]) {
      const { raw } = await post(path, {
        status,
        contact: ['mailto:a@example.com'],
        orders: 'x',
        termsOfServiceAgreed: false,
      })
      expect(raw?.status).toBe(200)
      expect(JSON.parse(String(raw?.body))).toMatchObject({ status: 'valid', contact: ['mailto:a@example.com'] })
    }
    expect(JSON.parse(String((await post(path, { status: 'deactivated' })).raw?.body))).toMatchObject({
      status: 'deactivated',
    })
  })

  test('a nonce is used up, and kept, by what was signed alone', async () => {
    const nonce = await newNonce(ca.context)
    const header = { alg: 'ES256', nonce, url: `${BASE}/v1/pki/acme/new-account`, jwk: client.jwk }
    const forged = { ...client.sign(header, {}), signature: client.sign(header, { other: true }).signature }
    const problem = async (data: object) =>
      kindOf({ body: JSON.parse(String((await ca.call('update', 'acme/new-account', data)).raw?.body)) })
    expect(await problem(forged)).toBe('malformed')
    // Before any work is done for a signature.
    expect(await problem({ ...client.sign({ ...header, nonce: 'AAAA' }, {}), signature: forged.signature })).toBe(
      'badNonce',
    )
    expect(await ca.context.store.list('acme/nonces/')).toEqual([])
    expect((await post('new-account', {}, nonce)).raw?.status).toBe(201)
    expect(await ca.context.store.list('acme/nonces/')).toEqual([nonce])
    expect(await problem(client.sign(header, {}))).toBe('badNonce')
  })

  test('a nonce is good for a quarter of an hour', async () => {
    const [early, late] = [await newNonce(ca.context), await newNonce(ca.context)]
    ca.pass(899)
    await knownNonce(early, ca.context)
    ca.pass(1)
    await expect(knownNonce(late, ca.context)).rejects.toMatchObject({ kind: 'badNonce' })
  })
})
