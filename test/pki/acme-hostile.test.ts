import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { CertificationRequest } from '@peculiar/asn1-csr'
import { AsnConvert } from '@peculiar/asn1-schema'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { sequence } from '../../engines/pki/x509/der.ts'
import { at, call, type Reply } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { kindOf, Raw } from './acme-attacker.ts'
import { startAcmeServer } from './acme-server.ts'
import { ChallengeWorld } from './challenge-world.ts'
import * as hostile from './hostile-requests.ts'
import * as weak from './weak-requests.ts'

/** ACME requests that no honest client makes: each is told what is wrong, as a problem document. */

let server: Server
let world: ChallengeWorld
let who: Raw
let other: Raw
beforeAll(async () => {
  world = await ChallengeWorld.start()
  server = await startAcmeServer()
  await server.call('POST', 'pki/config/acme', { body: { enabled: true, ...world.settings } })
  who = await new Raw(server.address).register()
  other = await new Raw(server.address).register()
})
afterAll(async () => {
  world.close()
  await server.remove()
})

const der = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, '')
const asUrl = (pem: string): string => Buffer.from(der(pem), 'base64').toString('base64url')

function expectProblem(reply: Reply, status: number, kind: string): void {
  expect([reply.status, kindOf(reply)]).toEqual([status, kind])
  expect(reply.headers['content-type']).toContain('application/problem+json')
  expect(reply.headers['replay-nonce']).toMatch(/^[\w-]{20,}$/)
  expect(String(at(reply.body, 'detail')).length).toBeGreaterThan(10)
}

const orderOf = (...identifiers: readonly object[]) => who.post('new-order', { identifiers })
const dnsName = (value: unknown) => ({ type: 'dns', value })

function keyOfRequest(pem: string): object {
  const { certificationRequestInfo: info } = AsnConvert.parse(Buffer.from(der(pem), 'base64'), CertificationRequest)
  const key = Buffer.from(AsnConvert.serialize(info.subjectPKInfo))
  return createPublicKey({ key, format: 'der', type: 'spki' }).export({ format: 'jwk' })
}

describe('requests', () => {
  const CASES: Readonly<Record<string, readonly [send: () => Promise<Reply>, status: number, kind: string]>> = {
    'an order of nothing': [() => orderOf(), 400, 'malformed'],
    'an order without a list': [() => who.post('new-order', { identifiers: 'a.test' }), 400, 'malformed'],
    'an order of too many': [
      () => orderOf(...Array.from({ length: 2000 }, (_, nth) => dnsName(`n${nth}.test`))),
      400,
      'malformed',
    ],
    'a name that is a number': [() => orderOf(dnsName(7)), 400, 'malformed'],
    'a name with NUL': [() => orderOf(dnsName('a.test\0.b')), 400, 'rejectedIdentifier'],
    'a name that is an address to who reads URLs': [() => orderOf(dnsName('0x7f000001')), 400, 'rejectedIdentifier'],
    'a name that ends as such an address does': [() => orderOf(dnsName('1.0x7f')), 400, 'rejectedIdentifier'],
    'an address that holds on one machine': [() => orderOf({ type: 'ip', value: 'fe80::1%lo' }), 400, 'malformed'],
    'an address of IPv4 as one of IPv6': [() => orderOf({ type: 'ip', value: '::ffff:10.0.0.1' }), 400, 'malformed'],
    'an end that is no time': [
      () => who.post('new-order', { identifiers: [dnsName('a.test')], notAfter: 'tomorrow' }),
      400,
      'malformed',
    ],
    'a replaced certificate that is none': [
      () => who.post('new-order', { identifiers: [dnsName('a.test')], replaces: 'AAAA' }),
      400,
      'malformed',
    ],
    'an order that is not there': [() => who.post('order/00000000-0000-4000-8000-000000000000', ''), 404, 'malformed'],
    'an order by no id': [() => who.post('order/ca', ''), 404, 'malformed'],
    "another's account": [() => who.post(other.kid, ''), 403, 'unauthorized'],
    'a contact that is no list': [() => who.post(who.kid, { contact: 'mailto:a@b.test' }), 400, 'invalidContact'],
    'a contact by telephone': [() => who.post(who.kid, { contact: ['tel:110'] }), 400, 'unsupportedContact'],
    'a contact with a header': [
      () => who.post(who.kid, { contact: ['mailto:a@b.test?bcc=c@d.test'] }),
      400,
      'invalidContact',
    ],
    'a change to a key that did not sign': [
      () => who.post('key-change', other.sign({ alg: 'ES256', jwk: who.jwk, url: '' }, {})),
      400,
      'malformed',
    ],
    'a change to a key that has an account': [() => keyChange(other), 409, 'malformed'],
    'a beginning long before anything was proven': [
      () => who.post('new-order', { identifiers: [dnsName('a.test')], notBefore: '2019-01-01T00:00:00Z' }),
      400,
      'malformed',
    ],
    'a revocation of what is no certificate': [
      () => who.post('revoke-cert', { certificate: 'AAAA' }),
      400,
      'malformed',
    ],
    'a revocation of the root': [
      async () => who.post('revoke-cert', { certificate: await root() }),
      403,
      'unauthorized',
    ],
    'a revocation for a reason that there is none of': [
      async () => who.post('revoke-cert', { certificate: await root(), reason: 7 }),
      400,
      'badRevocationReason',
    ],
  }
  test.each(Object.entries(CASES))('%s', async (_what, [send, status, kind]) => {
    expectProblem(await send(), status, kind)
  })

  async function root(): Promise<string> {
    const reply = await fetch(`${server.address}/v1/pki/ca`)
    return Buffer.from(await reply.arrayBuffer()).toString('base64url')
  }

  function keyChange(to: Raw): Promise<Reply> {
    const url = `${server.address}/v1/pki/acme/key-change`
    return who.post('key-change', to.sign({ alg: 'ES256', jwk: to.jwk, url }, { account: who.kid, oldKey: who.jwk }))
  }
})

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })

describe('bodies that are no signed requests', () => {
  const send = (body: unknown): Promise<Reply> =>
    call('POST', `${server.address}/v1/pki/acme/new-account`, {
      body,
      headers: { 'content-type': 'application/jose+json' },
    })

  test.each([
    ['nothing', {}],
    ['a header that is no JSON', { protected: 'AAAA', payload: '', signature: '' }],
    ['a header that is a list', { protected: Buffer.from('[]').toString('base64url'), payload: '', signature: '' }],
    ['signatures in the general form', { payload: '', signatures: [{ protected: '', signature: '' }] }],
  ])('%s', async (_what, body) => {
    const reply = await send(body)
    expect([reply.status, kindOf(reply)]).toEqual([400, 'malformed'])
  })

  test('keys that are too weak, of an unknown kind, or not on their curve', async () => {
    for (const jwk of [
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }),
      { kty: 'oct', k: 'AAAA' },
      { kty: 'EC', crv: 'secp256k1', x: 'AAAA', y: 'AAAA' },
      { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' },
      // Of 512 bits, behind zeros.
      { kty: 'RSA', e: 'AQAB', n: Buffer.concat([Buffer.alloc(192), Buffer.alloc(64, 0xab)]).toString('base64url') },
      // Anybody could sign with the first, and it takes a while to verify by the second.
      { ...RSA, e: 'AQ' },
      { ...RSA, e: RSA.n },
      // Anybody can take these apart.
      ...[weak.OF_CLOSE_PRIMES, weak.OF_FAULTY_CHIP, weak.OF_SMALL_FACTOR].map(keyOfRequest),
      // One key, written in other ways, would be several accounts.
      { ...RSA, e: 'AAEAAQ' },
      { ...RSA, n: Buffer.concat([Buffer.alloc(1), Buffer.from(String(RSA.n), 'base64url')]).toString('base64url') },
    ]) {
      const stranger = new Raw(server.address)
      const reply = await stranger.post('new-account', { termsOfServiceAgreed: true }, { jwk })
      expect(reply.status).toBe(400)
      expect(kindOf(reply)).toBe('badPublicKey')
    }
  })
})

describe('requests that are signed, in a form that RFC 8555, 6.2 has not', () => {
  const url = (): string => `${server.address}/v1/pki/acme/orders`
  const signed = async () => who.sign({ alg: 'ES256', nonce: await who.nonce(), url: url(), kid: who.kid }, '')
  const send = async (type: string, more: object = {}): Promise<Reply> =>
    call('POST', url(), { body: { ...(await signed()), ...more }, headers: { 'content-type': type } })

  test('their type is application/jose+json, with parameters or without', async () => {
    for (const type of ['application/jose+json', 'Application/JOSE+JSON; charset=utf-8'])
      expect((await send(type)).status).toBe(200)
    for (const type of ['application/json', 'application/jose', 'text/plain', 'application/jose+jsonp'])
      expectProblem(await send(type), 415, 'malformed')
  })

  test('none of its three parts is longer than any has to be', async () => {
    const headers = { 'content-type': 'application/jose+json' }
    const head = async (filler: string) =>
      who.sign({ alg: 'ES256', nonce: await who.nonce(), url: url(), kid: who.kid, filler }, '')
    expect((await call('POST', url(), { body: await head('a'.repeat(8_000)), headers })).status).toBe(200)
    const long: Readonly<Record<string, object>> = {
      header: await head('a'.repeat(16_000)),
      payload: { ...(await head('')), payload: 'A'.repeat(132_000) },
      signature: { ...(await head('')), signature: 'A'.repeat(8_200) },
    }
    for (const body of Object.values(long)) {
      const reply = await call('POST', url(), { body, headers })
      expectProblem(reply, 400, 'malformed')
      expect(at(reply.body, 'detail')).toBe('the request is too large')
    }
  })

  test('nothing in the body leads to another directory than the URL', async () => {
    const elsewhere = `${server.address}/v1/pki/roles/web/acme/orders`
    await server.call('POST', 'pki/roles/web', { body: { allow_any_name: true } })
    const kid = who.kid.replace('/acme/', '/roles/web/acme/')
    const head = { alg: 'ES256', nonce: await who.nonce(), url: elsewhere, kid }
    const body = { ...who.sign(head, ''), role: 'web' }
    const headers = { 'content-type': 'application/jose+json' }
    expectProblem(await call('POST', url(), { body, headers }), 400, 'malformed')
    head.nonce = await who.nonce()
    expect((await call('POST', elsewhere, { body: who.sign(head, ''), headers })).status).toBe(200)
  })

  test('nothing stands beside what is signed, in the request or in one within it', async () => {
    const unsigned = { header: { kid: other.kid } }
    const another = { signatures: [{ protected: '', signature: '' }] }
    for (const more of [unsigned, another]) {
      expectProblem(await send('application/jose+json', more), 400, 'malformed')
      const [holder, next] = [await new Raw(server.address).register(), new Raw(server.address)]
      const changeUrl = `${server.address}/v1/pki/acme/key-change`
      const inner = next.sign(
        { alg: 'ES256', jwk: next.jwk, url: changeUrl },
        { account: holder.kid, oldKey: holder.jwk },
      )
      expectProblem(await holder.post('key-change', { ...inner, ...more }), 400, 'malformed')
      expect((await holder.post('key-change', inner)).status).toBe(200)
    }
  })
})

describe('finalize', () => {
  /** An order whose name has been proven. */
  async function proven(name: string): Promise<{ readonly order: string; readonly finalize: string }> {
    const made = await orderOf(dnsName(name))
    const [url = ''] = at(made.body, 'authorizations') as readonly string[]
    const challenges = at((await who.post(url, '')).body, 'challenges') as readonly Record<string, string>[]
    const http = challenges.find(({ type }) => type === 'http-01')
    world.pages.set(String(http?.token), `${http?.token}.${await who.thumbprint()}`)
    await who.post(String(http?.url), {})
    const order = String(made.headers.location)
    await vi.waitFor(async () => expect(at((await who.post(order, '')).body, 'status')).toBe('ready'), {
      timeout: 60_000,
      interval: 200,
    })
    return { order, finalize: String(at(made.body, 'finalize')) }
  }

  test('requests that are none, of other names, of other keys; then the right one, and no second', async () => {
    const name = 'final.example.test'
    const { order, finalize } = await proven(name)
    const attributes = [hostile.asked(hostile.san(hostile.dns(name)))]
    const subject = sequence()
    const ours = { spki: who.spki, key: who.key }
    const bad: Readonly<Record<string, unknown>> = {
      nothing: undefined,
      'no base64url': '====',
      'no request': 'AAAA',
      'in PEM': hostile.request({ attributes, subject }),
      'of another name': asUrl(hostile.request({ subject: hostile.name('other.example.test') })),
      'of a name more': asUrl(
        hostile.request({
          subject,
          attributes: [hostile.asked(hostile.san(hostile.dns(name), hostile.dns('more.example.test')))],
        }),
      ),
      'of an address more': asUrl(
        hostile.request({
          subject,
          attributes: [hostile.asked(hostile.san(hostile.dns(name), hostile.ip(10, 0, 0, 1)))],
        }),
      ),
      'of an authority': asUrl(
        hostile.request({
          subject,
          attributes: [hostile.asked(hostile.asCa(), hostile.san(hostile.dns(name)))],
        }),
      ),
      'of an address that holds on one machine': asUrl(
        hostile.request({ subject: hostile.name('fe80::1%lo'), attributes }),
      ),
      'of the key of the account': asUrl(hostile.request({ subject, attributes, ...ours })),
      'signed by another key': asUrl(hostile.request({ subject, attributes, key: who.key })),
    }
    for (const [what, csr] of Object.entries(bad)) {
      const reply = await who.post(finalize, { csr })
      expect([what, reply.status, kindOf(reply)]).toEqual([what, 400, 'badCSR'])
      expect(at((await who.post(order, '')).body, 'status')).toBe('ready')
    }
    const good = { csr: asUrl(hostile.request({ subject, attributes })) }
    const before = at((await server.call('GET', 'pki/config/issuers')).body, 'data', 'default')
    const confined = { common_name: 'Confined', key_type: 'ec', excluded_dns_domains: 'example.test' }
    const made = await server.call('POST', 'pki/root/generate/internal', { body: confined })
    await server.call('POST', 'pki/config/issuers', { body: { default: at(made.body, 'data', 'issuer_id') } })
    expectProblem(await who.post(finalize, good), 400, 'badCSR')
    expect(at((await who.post(order, '')).body, 'status')).toBe('ready')
    expectProblem(await orderOf(dnsName('b.example.test')), 400, 'rejectedIdentifier')
    await server.call('POST', 'pki/config/issuers', { body: { default: before } })
    expect((await other.post(finalize, good)).status).toBe(404)
    const [first, second] = await Promise.all([who.post(finalize, good), who.post(finalize, good)])
    expect([first.status, second.status].sort()).toEqual([200, 403])
    expectProblem(await who.post(finalize, good), 403, 'orderNotReady')
  })
})
