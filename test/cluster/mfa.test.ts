import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromBase32 } from '../../engines/base32.ts'
import { codeAt } from '../../engines/one-time-codes/codes.ts'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { at } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { Cluster } from './cluster.ts'

/** Login MFA over two nodes on one database: what one begins the other ends, and both count together. */

/** A period that no test outlasts. */
const PERIOD_SECONDS = 3_600

describe.skipIf(noPostgres !== undefined)('login MFA on two nodes', () => {
  let cluster: Cluster
  let one: Server
  let two: Server
  let method: unknown
  beforeAll(async () => {
    cluster = await Cluster.start(2)
    ;[one, two] = cluster.nodes as [Server, Server]
    await post(one, 'sys/auth/userpass', { type: 'userpass' })
    const terms = { issuer: 'Egide', method_name: 'phone', period: PERIOD_SECONDS }
    method = at((await post(one, 'identity/mfa/method/totp', terms)).body, 'data', 'method_id')
  })
  afterAll(() => cluster?.remove())

  async function post(server: Server, path: string, body: object) {
    const reply = await server.call('POST', path, { body })
    if (reply.status >= 400) throw new Error(`${path}: ${reply.status} ${reply.text}`)
    return reply
  }

  /** Somebody new, and the codes of the period before, of now and of the one after. */
  async function person(name: string): Promise<readonly string[]> {
    await post(one, `auth/userpass/users/${name}`, { password: 'correct horse' })
    const entity_id = at((await post(two, 'identity/entity', { name })).body, 'data', 'id')
    const mount_accessor = at((await two.call('GET', 'sys/auth')).body, 'data', 'userpass/', 'accessor')
    await post(two, 'identity/entity-alias', { name, canonical_id: entity_id, mount_accessor })
    const made = await post(one, 'identity/mfa/method/totp/admin-generate', { method_id: method, entity_id })
    const text = new URL(String(at(made.body, 'data', 'url'))).searchParams.get('secret') ?? ''
    const terms = { secret: fromBase32(text) ?? Buffer.alloc(0), algorithm: 'SHA1', digits: 6 } as const
    const now = Math.floor(Date.now() / 1000 / PERIOD_SECONDS)
    return [-1, 0, 1].map((step) => codeAt({ ...terms, periodSeconds: PERIOD_SECONDS }, now + step))
  }

  const login = (server: Server, name: string) =>
    server.call('POST', `auth/userpass/login/${name}`, { token: '', body: { password: 'correct horse' } })
  const waiting = async (server: Server, name: string): Promise<unknown> =>
    at((await login(server, name)).body, 'auth', 'mfa_requirement', 'mfa_request_id')
  const validate = (server: Server, id: unknown, code: unknown) =>
    server.call('POST', 'sys/mfa/validate', { token: '', body: { mfa_request_id: id, mfa_payload: { phone: [code] } } })

  test('an enforcement that is made on one holds on the other at once', async () => {
    await person('first')
    expect(at((await login(two, 'first')).body, 'auth', 'client_token')).not.toBe('')
    await post(one, 'identity/mfa/login-enforcement/all', { mfa_method_ids: [method], auth_method_types: ['userpass'] })
    expect(at((await login(two, 'first')).body, 'auth', 'client_token')).toBe('')
  })

  test('a login that waits on one gets its token from the other, and its code is good on neither again', async () => {
    const [, code] = await person('alice')
    const id = await waiting(one, 'alice')
    const answer = await validate(two, id, code)
    const token = String(at(answer.body, 'auth', 'client_token'))
    expect((await one.call('GET', 'auth/token/lookup-self', { token })).status).toBe(200)
    expect((await validate(one, id, code)).status).toBe(400)
    const again = await Promise.all(
      [one, two].map(async (server) => validate(server, await waiting(two, 'alice'), code)),
    )
    for (const { status, text } of again) expect([status, text]).toEqual([403, expect.stringMatching(/incorrect/)])
  })

  test('of answers to both at one time one gets the token', async () => {
    const codes = await person('bob')
    const id = await waiting(one, 'bob')
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => validate(n % 2 === 0 ? one : two, id, codes[n % codes.length])),
    )
    const tokens = answers.filter(({ status }) => status === 200)
    expect(tokens).toHaveLength(1)
    for (const { status } of answers) expect([200, 400, 403]).toContain(status)
  })

  test('codes that are tried on both are counted together', async () => {
    const codes = await person('carol')
    const [, code] = codes
    const id = await waiting(two, 'carol')
    const wrong = ['123456', '234567', '345678', '456789'].find((one) => !codes.includes(one))
    const tries = await Promise.all(Array.from({ length: 10 }, (_, n) => validate(n % 2 === 0 ? one : two, id, wrong)))
    const told = tries.map(({ text }) => (/maximum TOTP/.test(text) ? 'stopped' : 'wrong'))
    expect(told.filter((one) => one === 'wrong')).toHaveLength(5)
    for (const server of [one, two]) expect((await validate(server, id, code)).text).toMatch(/maximum TOTP/)
  })
})
