import { X509Certificate } from 'node:crypto'
import acme from 'acme-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, call, type Reply } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { kindOf, Raw } from './acme-attacker.ts'
import { startAcmeServer } from './acme-server.ts'
import { Crl } from './authority.ts'
import { ChallengeWorld } from './challenge-world.ts'

/** ACME as clients that nobody here wrote speak it, and as an attacker would. */

let server: Server
let world: ChallengeWorld
beforeAll(async () => {
  world = await ChallengeWorld.start()
  server = await startAcmeServer({})
  await server.call('POST', 'pki/roles/web', {
    body: { allowed_domains: 'allowed.test', allow_subdomains: true, key_type: 'any', no_store: false },
  })
  const config = await server.call('POST', 'pki/config/acme', { body: { enabled: true, ...world.settings } })
  expect(config.status).toBe(200)
})
afterAll(async () => {
  world.close()
  await server.remove()
})

const directory = (prefix = ''): string => `${server.address}/v1/pki/${prefix}acme/directory`

async function client(prefix = ''): Promise<acme.Client> {
  const made = new acme.Client({
    directoryUrl: directory(prefix),
    accountKey: await acme.crypto.createPrivateEcdsaKey(),
    // Half a minute: the server's check comes back to this process.
    backoffAttempts: 100,
    backoffMin: 100,
    backoffMax: 300,
  })
  await made.createAccount({ termsOfServiceAgreed: true, contact: ['mailto:ops@allowed.test'] })
  return made
}

async function obtain(
  who: acme.Client,
  names: readonly string[],
  type: 'http-01' | 'dns-01' | 'tls-alpn-01',
): Promise<string> {
  const [, csr] = await acme.crypto.createCsr({ altNames: [...names] }, await acme.crypto.createPrivateEcdsaKey())
  return who.auto({
    csr,
    challengePriority: [type],
    skipChallengeVerification: true,
    challengeCreateFn: async ({ identifier }, challenge, keyAuthorization) => {
      const kind: string = challenge.type
      if (kind === 'http-01') world.pages.set(challenge.token, keyAuthorization)
      if (kind === 'dns-01') {
        const name = `_acme-challenge.${identifier.value}`
        world.texts.set(name, [...(world.texts.get(name) ?? []), keyAuthorization])
      }
      if (kind === 'tls-alpn-01') {
        const [key, cert] = await acme.crypto.createAlpnCertificate(
          await authorizationOf(identifier.value),
          keyAuthorization,
        )
        world.certificates.set(identifier.value, { key: key.toString(), cert: cert.toString() })
      }
    },
    challengeRemoveFn: async () => undefined,
  })
}

/** As much of an authorization as the client's helper looks at. */
async function authorizationOf(value: string): Promise<acme.Authorization> {
  return { identifier: { type: 'dns', value } } as acme.Authorization
}

describe('acme-client', () => {
  test.each(['http-01', 'dns-01', 'tls-alpn-01'] as const)('obtains by %s, renews, and revokes', async (type) => {
    const who = await client()
    const name = `${type}.example.test`
    const first = await obtain(who, [name], type)
    const [leaf, root] = acme.crypto.splitPemChain(first).map((pem) => new X509Certificate(pem))
    expect(leaf?.checkHost(name)).toBe(name)
    expect(root && leaf?.verify(root.publicKey)).toBe(true)
    const second = await obtain(who, [name], type)
    const serial = new X509Certificate(second).serialNumber
    expect(serial).not.toBe(leaf?.serialNumber)
    await who.revokeCertificate(second, { reason: 4 })
    await expect(who.revokeCertificate(second)).rejects.toThrow(/revoked already/)
    const { body } = await server.call('GET', `pki/cert/${serial.match(/../g)?.join(':').toLowerCase()}`)
    expect(at(body, 'data', 'revocation_time')).toBeGreaterThan(0)
    expect(await listedSerials()).toContain(serial.toLowerCase())
  })

  // getssl writes a blank there; OpenBao and Let's Encrypt take it.
  test('an address of a contact is kept without the blanks around it', async () => {
    const who = await client()
    const account = await who.updateAccount({ contact: ['mailto: new@allowed.test '] })
    expect(account.contact).toEqual(['mailto:new@allowed.test'])
  })

  // uacme asks by GET, and takes nothing else (RFC 8555, 7.2).
  test('a number for the next request is an empty 200 to HEAD and 204 to GET', async () => {
    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 204],
    ] as const) {
      const reply = await call(method, `${server.address}/v1/pki/acme/new-nonce`)
      expect([method, reply.status, reply.text]).toEqual([method, status, ''])
      expect(reply.headers['replay-nonce']).toMatch(/^[\w-]{16,}$/)
      expect(reply.headers.link).toContain('rel="index"')
    }
  })

  test('a wildcard by DNS, with its base name', async () => {
    const who = await client()
    const chain = await obtain(who, ['wild.example.test', '*.wild.example.test'], 'dns-01')
    expect(new X509Certificate(chain).checkHost('a.wild.example.test')).toBe('*.wild.example.test')
  })

  test('an address that the request has as common name too is proven and signed as an address', async () => {
    const who = await client('roles/web/')
    const order = await who.createOrder({ identifiers: [{ type: 'ip', value: '127.0.0.1' }] })
    const [authorization] = await who.getAuthorizations(order)
    const challenge = authorization?.challenges.find(({ type }) => type === 'http-01')
    if (challenge === undefined) throw new Error('an address is not proven over HTTP')
    world.pages.set(challenge.token, await who.getChallengeKeyAuthorization(challenge))
    await who.completeChallenge(challenge)
    await who.waitForValidStatus(challenge)
    const wanted = { commonName: '127.0.0.1', altNames: ['127.0.0.1'] }
    const [, csr] = await acme.crypto.createCsr(wanted, await acme.crypto.createPrivateEcdsaKey())
    const chain = await who.getCertificate(await who.finalizeOrder(order, csr))
    const leaf = new X509Certificate(chain)
    expect(leaf.subjectAltName).toBe('IP Address:127.0.0.1')
    expect(leaf.subject ?? '').not.toContain('127.0.0.1')
  })

  test("a role's directory gives what the role allows", async () => {
    const who = await client('roles/web/')
    const chain = await obtain(who, ['a.allowed.test'], 'http-01')
    expect(new X509Certificate(chain).keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    await expect(obtain(who, ['a.other.test'], 'http-01')).rejects.toThrow(/not allowed by this role/)
  })

  test("an account's key is changed, and the account ended", async () => {
    const who = await client()
    const next = await acme.crypto.createPrivateEcdsaKey()
    await who.updateAccountKey(next)
    await obtain(who, ['rollover.example.test'], 'http-01')
    await who.updateAccount({ status: 'deactivated' })
    await expect(who.createOrder({ identifiers: [{ type: 'dns', value: 'late.example.test' }] })).rejects.toThrow(
      /deactivated/,
    )
  })

  test('who proves all names of a certificate revokes it, whoever ordered it', async () => {
    const [owner, next] = [await client(), await client()]
    const names = ['moved.example.test', '*.moved.example.test']
    const chain = await obtain(owner, names, 'dns-01')
    await expect(next.revokeCertificate(chain)).rejects.toThrow(/not proven all of its names/)
    await obtain(next, names.slice(0, 1), 'dns-01')
    await expect(next.revokeCertificate(chain)).rejects.toThrow(/not proven all of its names/)
    const order = await next.createOrder({ identifiers: [{ type: 'dns', value: names[1] ?? '' }] })
    const [wildcard] = await next.getAuthorizations(order)
    const [challenge] = wildcard?.challenges ?? []
    if (wildcard === undefined || challenge === undefined) throw new Error('no challenge')
    world.texts.set('_acme-challenge.moved.example.test', [await next.getChallengeKeyAuthorization(challenge)])
    await next.completeChallenge(challenge)
    await next.waitForValidStatus(challenge)
    const [, csr] = await acme.crypto.createCsr({ altNames: names })
    const signed = await server.call('POST', 'pki/sign-verbatim', { body: { csr: csr.toString() } })
    await expect(next.revokeCertificate(String(at(signed.body, 'data', 'certificate')))).rejects.toThrow(
      /another account/,
    )
    await next.revokeCertificate(chain, { reason: 4 })
    expect(await listedSerials()).toContain(new X509Certificate(chain).serialNumber.toLowerCase())
  })

  test('external accounts: a key is good for one account', async () => {
    await server.call('POST', 'pki/config/acme', { body: { eab_policy: 'always-required' } })
    try {
      await expect(client()).rejects.toThrow(/external account/i)
      const { body } = await server.call('POST', 'pki/acme/new-eab')
      const eab = { kid: String(at(body, 'data', 'id')), hmacKey: String(at(body, 'data', 'key')) }
      const bound = async (): Promise<unknown> =>
        new acme.Client({
          directoryUrl: directory(),
          accountKey: await acme.crypto.createPrivateEcdsaKey(),
          externalAccountBinding: eab,
        }).createAccount({ termsOfServiceAgreed: true })
      await bound()
      await expect(bound()).rejects.toThrow(/binding/)
    } finally {
      await server.call('POST', 'pki/config/acme', { body: { eab_policy: 'not-required' } })
    }
  })
})

async function listedSerials(): Promise<readonly string[]> {
  const reply = await fetch(`${server.address}/v1/pki/crl`)
  return new Crl(Buffer.from(await reply.arrayBuffer())).serials
}

describe('what is refused', () => {
  test('a nonce that is made up, is used twice, or is missing; and each refusal brings another', async () => {
    const who = await new Raw(server.address).register()
    const nonce = await who.nonce()
    expect((await who.post('orders', '', { nonce })).status).toBe(200)
    for (const bad of [nonce, 'AAAA', `${nonce}A`, undefined, Buffer.alloc(34).toString('base64url')]) {
      const reply = await who.post('orders', '', { nonce: bad })
      expect([reply.status, kindOf(reply)]).toEqual([400, 'badNonce'])
      expect(reply.headers['replay-nonce']).toMatch(/^[\w-]{20,}$/)
      expect(reply.headers['content-type']).toContain('application/problem+json')
    }
  })

  test('signatures that do not hold: none, HMAC, another key, another url, both names, an unknown account', async () => {
    const who = await new Raw(server.address).register()
    const other = await new Raw(server.address).register()
    const outcomes: (readonly [string, number, string])[] = []
    const note = (what: string, reply: Reply): void => void outcomes.push([what, reply.status, kindOf(reply)])
    note('none', await who.post('orders', '', { alg: 'none' }))
    note('hmac', await who.post('orders', '', { alg: 'HS256' }))
    note('url', await who.post('orders', '', { url: `${server.address}/v1/pki/acme/new-order` }))
    note('both', await who.post('orders', '', { jwk: who.jwk }))
    note('crit', await who.post('orders', '', { crit: ['exp'], exp: 1 }))
    note(
      'stranger',
      await who.post('orders', '', {
        kid: `${server.address}/v1/pki/acme/account/00000000-0000-4000-8000-000000000000`,
      }),
    )
    note('other key', await who.post('orders', '', { kid: other.kid }))
    expect(outcomes).toEqual([
      ['none', 400, 'badSignatureAlgorithm'],
      ['hmac', 400, 'badSignatureAlgorithm'],
      ['url', 403, 'unauthorized'],
      ['both', 400, 'malformed'],
      ['crit', 400, 'malformed'],
      ['stranger', 400, 'accountDoesNotExist'],
      ['other key', 400, 'malformed'],
    ])
  })

  test("another account's order, authorization, challenge and certificate", async () => {
    const [owner, thief] = [await new Raw(server.address).register(), await new Raw(server.address).register()]
    const order = await owner.order('mine.example.test')
    const [authorization = ''] = at(order.body, 'authorizations') as readonly string[]
    for (const url of [String(order.headers.location), authorization, `${order.headers.location}/cert`]) {
      expect((await thief.post(url, '')).status).toBe(404)
    }
    expect((await thief.post(`${order.headers.location}/finalize`, { csr: 'AAAA' })).status).toBe(404)
    const challenges = at((await owner.post(authorization, '')).body, 'challenges') as readonly { url: string }[]
    for (const { url } of challenges) expect((await thief.post(url, {})).status).toBe(404)
    expect(at((await owner.post(authorization, '')).body, 'status')).toBe('pending')
  })

  test('finalize before anything is proven, a wrong proof, and a redirect into our own network', async () => {
    const who = await new Raw(server.address).register()
    const order = await who.order('unproven.example.test')
    const [, csr] = await acme.crypto.createCsr({ altNames: ['unproven.example.test'] })
    const early = await who.post(String(at(order.body, 'finalize')), { csr: der(csr).toString('base64url') })
    expect([early.status, kindOf(early)]).toEqual([403, 'orderNotReady'])
    const [url = ''] = at(order.body, 'authorizations') as readonly string[]
    const challenges = at((await who.post(url, '')).body, 'challenges') as readonly {
      type: string
      token: string
      url: string
    }[]
    const http = challenges.find(({ type }) => type === 'http-01')
    world.pages.set(http?.token ?? '', `redirect:http://127.0.0.1:8200/v1/sys/health`)
    expect((await who.post(http?.url ?? '', {})).status).toBe(200)
    const deadline = Date.now() + 20_000
    let status: unknown = 'pending'
    while (status === 'pending' && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      status = at((await who.post(url, '')).body, 'status')
    }
    expect(status).toBe('invalid')
    expect(at((await who.post(String(order.headers.location), '')).body, 'status')).toBe('invalid')
  })

  test('names that are none, a wildcard by another way than DNS, and names besides those that were ordered', async () => {
    const who = await new Raw(server.address).register()
    for (const name of ['', '-a.test', 'a b.test', '*.*.test', 'a.test\0.b', '1.2.3.4', `${'a'.repeat(64)}.test`]) {
      expect((await who.order(name)).status).toBeGreaterThanOrEqual(400)
    }
    expect((await who.post('new-order', { identifiers: [{ type: 'ip', value: '127.000.0.1' }] })).status).toBe(400)
    expect(kindOf(await who.post('new-order', { identifiers: [{ type: 'email', value: 'a@b.test' }] }))).toBe(
      'unsupportedIdentifier',
    )
    const wild = await who.order('*.star.test')
    const [url = ''] = at(wild.body, 'authorizations') as readonly string[]
    const types = (at((await who.post(url, '')).body, 'challenges') as readonly { type: string }[]).map(
      ({ type }) => type,
    )
    expect(types).toEqual(['dns-01'])
    const [proven, more] = [await client(), 'besides.example.test']
    const order = await proven.createOrder({ identifiers: [{ type: 'dns', value: 'exact.example.test' }] })
    const [authorization] = await proven.getAuthorizations(order)
    const challenge = authorization?.challenges.find(({ type }) => type === 'http-01')
    if (challenge === undefined) throw new Error('no challenge')
    world.pages.set(challenge.token, await proven.getChallengeKeyAuthorization(challenge))
    await proven.completeChallenge(challenge)
    await proven.waitForValidStatus(challenge)
    const [, csr] = await acme.crypto.createCsr({ altNames: ['exact.example.test', more] })
    await expect(proven.finalizeOrder(order, csr)).rejects.toThrow(/not those of the order/)
  })

  test('renewal information says when, and a directory that is closed says nothing', async () => {
    const who = await client()
    const chain = await obtain(who, ['ari.example.test'], 'http-01')
    const leaf = new X509Certificate(chain)
    const serial = Buffer.from(leaf.serialNumber, 'hex').toString('base64url')
    // The authority key identifier's extension holds 20 bytes.
    const at20 = leaf.raw.indexOf(Buffer.from('551d23041830168014', 'hex'))
    const keyId = leaf.raw.subarray(at20 + 9, at20 + 29).toString('base64url')
    const info = await call('GET', `${server.address}/v1/pki/acme/renewal-info/${keyId}.${serial}`)
    expect(info.status).toBe(200)
    const start = Date.parse(String(at(info.body, 'suggestedWindow', 'start')))
    expect(start).toBeGreaterThan(Date.parse(leaf.validFrom))
    expect(start).toBeLessThan(Date.parse(leaf.validTo))
    expect((await call('GET', `${server.address}/v1/pki/acme/renewal-info/AAAA.${serial}`)).status).toBe(404)
    expect((await call('GET', directory('roles/nobody/'))).status).toBe(403)
  })
})

function der(csr: Buffer): Buffer {
  return Buffer.from(csr.toString().replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
}
