import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sequence } from '../../engines/pki/x509/der.ts'
import { at, type Reply } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { kindOf, Raw } from './acme-attacker.ts'
import { startAcmeServer } from './acme-server.ts'
import { ChallengeWorld } from './challenge-world.ts'
import { asked, dns, request, san } from './hostile-requests.ts'

/** Orders that say which certificate they replace (RFC 9773, 5). */

let server: Server
let world: ChallengeWorld
let who: Raw
beforeAll(async () => {
  world = await ChallengeWorld.start()
  server = await startAcmeServer()
  await server.call('POST', 'pki/config/acme', { body: { enabled: true, ...world.settings } })
  who = await new Raw(server.address).register()
})
afterAll(async () => {
  world.close()
  await server.remove()
})

const pemBytes = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64')

const NAME = 'www.example.test'
const orderOf = (more: object, by = who): Promise<Reply> =>
  by.post('new-order', { identifiers: [{ type: 'dns', value: NAME }], ...more })
const authorizationOf = (order: Reply): string => String((at(order.body, 'authorizations') as readonly string[])[0])

/** The identifier (RFC 9773, 4.1) of a certificate that was ordered and made. */
async function certified(order: Reply): Promise<string> {
  expect(order.status).toBe(201)
  const authorization = await who.post(authorizationOf(order), '')
  const challenges = at(authorization.body, 'challenges') as readonly Record<string, string>[]
  const http = challenges.find(({ type }) => type === 'http-01')
  world.pages.set(String(http?.token), `${http?.token}.${await who.thumbprint()}`)
  await who.post(String(http?.url), {})
  const url = String(order.headers.location)
  await vi.waitFor(async () => expect(at((await who.post(url, '')).body, 'status')).toBe('ready'), 60_000)
  const csr = request({ subject: sequence(), attributes: [asked(san(dns(NAME)))] })
  await who.post(String(at(order.body, 'finalize')), { csr: pemBytes(csr).toString('base64url') })
  const { raw, serialNumber } = new X509Certificate((await who.post(`${url}/cert`, '')).text)
  const keyIdAt = raw.indexOf(Buffer.from('551d23041830168014', 'hex')) + 9
  const keyId = raw.subarray(keyIdAt, keyIdAt + 20)
  return `${keyId.toString('base64url')}.${Buffer.from(serialNumber, 'hex').toString('base64url')}`
}

const refusal = (reply: Reply) => [reply.status, kindOf(reply)]

test('an order says what it replaces, which is done once', async () => {
  const replaces = await certified(await orderOf({}))
  const next = await orderOf({ replaces })
  expect([next.status, at(next.body, 'replaces')]).toEqual([201, replaces])
  expect(at((await who.post(String(next.headers.location), '')).body, 'replaces')).toBe(replaces)
  expect(refusal(await orderOf({ replaces }))).toEqual([409, 'alreadyReplaced'])
  await certified(next)
  expect(refusal(await orderOf({ replaces }))).toEqual([409, 'alreadyReplaced'])
})

test('an order that came to nothing replaces nothing', async () => {
  const replaces = await certified(await orderOf({}))
  const failed = await orderOf({ replaces })
  await who.post(authorizationOf(failed), { status: 'deactivated' })
  expect((await orderOf({ replaces })).status).toBe(201)
})

test("another account's certificate, one of another authority, and none are not replaced", async () => {
  const replaces = await certified(await orderOf({}))
  const [keyId = '', serial = ''] = replaces.split('.')
  const other = await new Raw(server.address).register()
  expect(refusal(await orderOf({ replaces }, other))).toEqual([400, 'malformed'])
  const foreign = `${Buffer.from(keyId, 'base64url').reverse().toString('base64url')}.${serial}`
  expect(refusal(await orderOf({ replaces: foreign }))).toEqual([400, 'malformed'])
  for (const none of ['', 'AAAA', 7, `${keyId}.AAAA`, `.${serial}`])
    expect(refusal(await orderOf({ replaces: none }))).toEqual([400, 'malformed'])
  expect((await orderOf({ replaces })).status).toBe(201)
})
