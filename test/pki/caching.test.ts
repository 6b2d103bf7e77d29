import { expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import { startUnsealed } from '../harness/server.ts'
import { Authority } from './authority.ts'
import { ocspRequest, ocspStatus } from './ocsp-client.ts'

/** What caches are told, and what they ask: entity tags, how long an answer may be kept, and that it has not changed. */

const CERTIFICATES = [
  'ca',
  'ca/pem',
  'ca_chain',
  'cert/ca/raw',
  'cert/ca/raw/pem',
  'issuer/default/der',
  'issuer/default/pem',
]
const LISTS = ['crl', 'crl/pem', 'issuer/default/crl/der', 'issuer/default/crl/pem', 'crl/shard/3']
const DELTAS = ['crl/delta', 'crl/delta/pem', 'issuer/default/crl/delta/der']

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly tag: string
  readonly headers: Readonly<Record<string, string>>
}

async function get(ca: Authority, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  ca.headers = headers
  const { raw } = await ca.call('read', path)
  ca.headers = {}
  if (raw === undefined) throw new Error(`${path} is not raw`)
  return { status: raw.status, body: raw.body, tag: raw.headers?.etag ?? '', headers: raw.headers ?? {} }
}

const ask = (ca: Authority, path: string, tags: string, more = {}): Promise<number> =>
  get(ca, path, { 'if-none-match': tags, ...more }).then(({ status }) => status)

async function authority(): Promise<Authority> {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  await ca.publishes()
  return ca
}

test('what the caller has is not sent again, also in the second in which it was made', async () => {
  const ca = await authority()
  for (const path of [...CERTIFICATES, ...LISTS, ...DELTAS]) {
    const { tag, headers } = await get(ca, path)
    expect(tag, path).toMatch(/^"[\x21\x23-\x7e]{16,80}"$/)
    expect(headers['cache-control'], path).toBe('max-age=60, public, no-transform, must-revalidate')
    for (const tags of [tag, `W/${tag}`, '*', ` "a" , ${tag}, "b"`]) {
      const again = await get(ca, path, { 'if-none-match': tags })
      expect([path, tags, again.status, again.body]).toEqual([path, tags, 304, ''])
      expect(again.headers).toEqual(headers)
    }
    for (const tags of ['', '"a"', tag.slice(1, -1), `${tag.slice(0, -1)}x"`, '"*"', 'x'.repeat(8000)])
      expect([path, tags, await ask(ca, path, tags)]).toEqual([path, tags, 200])
    ca.pass(5)
    const { headers: dated } = await get(ca, path)
    const since = { 'if-modified-since': String(dated['last-modified']) }
    expect([path, (await get(ca, path, since)).status]).toEqual([path, 304])
    // A tag means more than a date.
    expect([path, await ask(ca, path, '"other"', since)]).toEqual([path, 200])
    expect([path, await ask(ca, path, tag, { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })]).toEqual([
      path,
      304,
    ])
  }
})

test('forms of one document have tags of their own, and so have lists of one number', async () => {
  const ca = await authority()
  await ca.root({ issuer_name: 'second' })
  const paths = [
    'ca',
    'ca/pem',
    'ca_chain',
    'crl',
    'crl/pem',
    'issuer/second/der',
    'issuer/second/crl/der',
    'crl/shard/3',
  ]
  const tags = await Promise.all(paths.map(async (path) => (await get(ca, path)).tag))
  expect(new Set(tags).size).toBe(paths.length)
})

test('a rebuilt list and another default have another tag at once', async () => {
  const ca = await authority()
  await ca.call('update', 'config/crl', { auto_rebuild: false, enable_delta: false })
  for (let round = 0; round < 3; round++) {
    const before = await get(ca, 'crl')
    const { serial_number } = await ca.issue('web')
    await ca.call('update', 'revoke', { serial_number })
    expect(await ask(ca, 'crl', before.tag)).toBe(200)
    const after = await get(ca, 'crl')
    expect(after.tag).not.toBe(before.tag)
    expect(await ask(ca, 'crl', after.tag)).toBe(304)
    await ca.call('read', 'crl/rotate')
    expect(await ask(ca, 'crl', after.tag)).toBe(200)
  }
  const { tag } = await get(ca, 'ca')
  const { issuer_id: other } = await ca.root({ common_name: 'Another' })
  expect(await ask(ca, 'ca', tag)).toBe(304)
  await ca.call('update', 'config/issuers', { default: other })
  expect(await ask(ca, 'ca', tag)).toBe(200)
})

test('a list is kept for no longer than it holds', async () => {
  const ca = await authority()
  await ca.call('update', 'config/crl', { auto_rebuild: false, enable_delta: false, expiry: '45s' })
  await ca.call('read', 'crl/rotate')
  const { headers } = await get(ca, 'crl')
  const [, seconds] = /^max-age=(\d+),/.exec(String(headers['cache-control'])) ?? []
  expect(Number(seconds)).toBeLessThanOrEqual(45)
})

test('OCSP by GET, as RFC 5019 has it', async () => {
  const ca = await authority()
  await ca.call('update', 'config/crl', { ocsp_expiry: '1h' })
  const { serial_number: serial } = await ca.issue('web')
  const issuer = await ca.raw('ca')
  const path = `ocsp/${ocspRequest(issuer, String(serial)).toString('base64')}`
  ca.pass(1)
  const atMs = ca.context.clock.now()
  await get(ca, path)
  ca.pass(2)
  const good = await get(ca, path)
  expect(ocspStatus(good.body as Buffer)).toBe('good')
  expect(good.headers).toMatchObject({
    'cache-control': 'max-age=60, public, no-transform, must-revalidate',
    expires: new Date(atMs + 3_600_000).toUTCString(),
    'last-modified': new Date(atMs + 1000).toUTCString(),
  })
  const since = { 'if-modified-since': String(good.headers['last-modified']) }
  const again = await get(ca, path, { 'if-none-match': good.tag })
  expect([again.status, again.body, again.headers]).toEqual([304, '', good.headers])
  expect((await get(ca, path, since)).status).toBe(304)
  // Half of the time that an answer holds it is given out; then there is a new one.
  ca.pass(1797 - 30)
  expect((await get(ca, path)).headers['cache-control']).toContain('max-age=31,')
  ca.pass(31)
  expect(await ask(ca, path, good.tag)).toBe(200)
  ca.pass(2)
  const renewed = await get(ca, path)
  const held = { 'if-modified-since': String(renewed.headers['last-modified']) }
  // A revocation shows at once.
  await ca.call('update', 'revoke', { serial_number: serial })
  const [byTag, byDate] = [await get(ca, path, { 'if-none-match': renewed.tag }), await get(ca, path, held)]
  for (const { status, body } of [byTag, byDate]) expect([status, ocspStatus(body as Buffer)]).toEqual([200, 'revoked'])
  ca.pass(5)
  expect((await get(ca, path, held)).status).toBe(200)
  const now = await get(ca, path)
  expect(await ask(ca, path, now.tag)).toBe(304)
  // What was asked for with a nonce, or by POST, is for one caller.
  const nonce = ocspRequest(issuer, String(serial), Buffer.alloc(16, 7))
  const fresh = await get(ca, `ocsp/${nonce.toString('base64')}`, { 'if-none-match': '*' })
  expect([fresh.status, fresh.headers]).toEqual([200, { 'cache-control': 'no-store' }])
  ca.headers = { 'if-none-match': now.tag }
  const posted = await ca.call('update', 'ocsp', { req: ocspRequest(issuer, String(serial)).toString('base64') })
  expect(posted.raw?.status).toBe(200)
})

test('over HTTP', async () => {
  const server = await startUnsealed({ storage: 'inmem' })
  try {
    await server.call('POST', 'sys/mounts/pki', { body: { type: 'pki' } })
    const root = { common_name: 'Root', key_type: 'ec', ttl: '700h' }
    await server.call('POST', 'pki/root/generate/internal', { body: root })
    await server.call('POST', 'pki/roles/web', { body: { allow_any_name: true, key_type: 'ec' } })
    const { body } = await server.call('POST', 'pki/issue/web', { body: { common_name: 'a.test', ttl: '1h' } })
    const der = Buffer.from(await (await fetch(`${server.address}/v1/pki/ca`)).arrayBuffer())
    const asked = ocspRequest(der, String(at(body, 'data', 'serial_number'))).toString('base64')
    for (const path of ['ca/pem', 'ca', 'crl', 'crl/pem', 'issuer/default/der', `ocsp/${encodeURIComponent(asked)}`]) {
      const url = `${server.address}/v1/pki/${path}`
      const whole = await fetch(url)
      expect([path, whole.status, whole.headers.get('cache-control')]).toEqual([
        path,
        200,
        'max-age=60, public, no-transform, must-revalidate',
      ])
      await whole.arrayBuffer()
      const reply = await fetch(url, { headers: { 'if-none-match': String(whole.headers.get('etag')) } })
      expect([path, reply.status, await reply.text()]).toEqual([path, 304, ''])
      expect(reply.headers.get('etag')).toBe(whole.headers.get('etag'))
      expect(reply.headers.get('content-length')).toBeNull()
    }
  } finally {
    await server.remove()
  }
})
