import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, type Reply } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { kindOf, Raw } from './acme-attacker.ts'
import { startAcmeServer } from './acme-server.ts'

/** External accounts: who gives out a key chooses for which directory, and may want one of every account. */

let server: Server
beforeAll(async () => {
  server = await startAcmeServer()
  for (const [role, allowed_domains] of Object.entries({ few: 'few.test', all: 'all.test' }))
    await server.call('POST', `pki/roles/${role}`, { body: { allowed_domains, allow_subdomains: true } })
})
afterAll(() => server.remove())

const wants = (eab_policy: string) =>
  server.call('POST', 'pki/config/acme', { body: { enabled: true, eab_policy, default_directory_policy: 'forbid' } })

/** Asks for an account by an external account key for the directory. `more`: in the header of what binds it. */
async function binding(directory: string, more: object = {}): Promise<{ readonly who: Raw; readonly reply: Reply }> {
  const { body } = await server.call('POST', `pki/${directory}new-eab`)
  const who = new Raw(server.address, directory)
  const text = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const url = `${server.address}/v1/pki/${directory}new-account`
  const head = text({ alg: 'HS256', kid: at(body, 'data', 'id'), url, ...more })
  const key = Buffer.from(String(at(body, 'data', 'key')), 'base64url')
  const signature = createHmac('sha256', key)
    .update(`${head}.${text(who.jwk)}`)
    .digest('base64url')
  const externalAccountBinding = { protected: head, payload: text(who.jwk), signature }
  return { who, reply: await who.post('new-account', { termsOfServiceAgreed: true, externalAccountBinding }) }
}

async function bound(directory: string): Promise<Raw> {
  const { who, reply } = await binding(directory)
  expect(reply.status).toBe(201)
  who.kid = String(reply.headers.location)
  return who
}

const told = (reply: Reply) => (reply.status < 300 ? reply.status : [reply.status, kindOf(reply)])

test('a binding whose header wants what is not known is refused', async () => {
  await wants('always-required')
  const { reply } = await binding('roles/few/acme/', { crit: ['b64'], b64: false })
  expect(told(reply)).toEqual([400, 'malformed'])
})

test('an account is good in the directory of its key alone', async () => {
  await wants('always-required')
  const who = await bound('roles/few/acme/')
  expect(told(await who.order('a.few.test'))).toBe(201)
  const elsewhere = `${server.address}/v1/pki/roles/all/acme/`
  const kid = `${elsewhere}account/${who.kid.split('/').at(-1)}`
  const identifiers = [{ type: 'dns', value: 'a.all.test' }]
  expect(told(await who.post(`${elsewhere}new-order`, { identifiers }, { kid }))).toEqual([403, 'unauthorized'])
  const byKey = { kid: undefined, jwk: who.jwk }
  expect(told(await who.post(`${elsewhere}new-account`, { onlyReturnExisting: true }, byKey))).toEqual([
    403,
    'unauthorized',
  ])
  expect(told(await who.order('b.few.test'))).toBe(201)
})

test('always-required counts for accounts that are there already, new-account-required does not', async () => {
  await wants('not-required')
  const who = await new Raw(server.address, 'roles/few/acme/').register()
  await wants('new-account-required')
  expect(told(await who.order('a.few.test'))).toBe(201)
  await wants('always-required')
  expect(told(await who.order('b.few.test'))).toEqual([403, 'externalAccountRequired'])
  await wants('not-required')
  expect(told(await who.order('b.few.test'))).toBe(201)
})
