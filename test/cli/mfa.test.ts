import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromBase32 } from '../../engines/base32.ts'
import { codeAt } from '../../engines/one-time-codes/codes.ts'
import { Client } from '../../sdk/index.ts'
import { Absent, prepareBao } from '../clients/client-programs.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { AT_A_TERMINAL, EGIDE, Shell } from './shell.ts'

/** Logins that need a second factor, by the command, by that of OpenBao, and by the SDK. Everybody logs in once: a code is good once. */

const INSTALLED_WITHIN_MS = 300_000
/** A period that no test outlasts. */
const PERIOD_SECONDS = 3_600
const noPty = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status !== 0

let server: Server
let shell: Shell
let method: string
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  shell = new Shell({ EGIDE_ADDR: server.address, BAO_ADDR: server.address })
  await post('sys/auth/userpass', { type: 'userpass' })
  const terms = { issuer: 'Egide', method_name: 'phone', period: PERIOD_SECONDS }
  method = String(at((await post('identity/mfa/method/totp', terms)).body, 'data', 'method_id'))
  await post('identity/mfa/login-enforcement/all', { mfa_method_ids: [method], auth_method_types: ['userpass'] })
})
afterAll(async () => {
  shell?.remove()
  await server?.remove()
})

async function post(path: string, body: object) {
  const reply = await server.call('POST', path, { body })
  if (reply.status >= 400) throw new Error(`${path}: ${reply.status} ${reply.text}`)
  return reply
}

/** Somebody new, and the code that they have now. */
async function person(name: string): Promise<string> {
  await post(`auth/userpass/users/${name}`, { password: 'correct horse' })
  const id = at((await post('identity/entity', { name })).body, 'data', 'id')
  const mount_accessor = at((await server.call('GET', 'sys/auth')).body, 'data', 'userpass/', 'accessor')
  await post('identity/entity-alias', { name, canonical_id: id, mount_accessor })
  const made = await post('identity/mfa/method/totp/admin-generate', { method_id: method, entity_id: id })
  const url = new URL(String(at(made.body, 'data', 'url')))
  const secret = fromBase32(url.searchParams.get('secret') ?? '') ?? Buffer.alloc(0)
  const step = Math.floor(Date.now() / 1000 / PERIOD_SECONDS)
  return codeAt({ secret, periodSeconds: PERIOD_SECONDS, algorithm: 'SHA1', digits: 6 }, step)
}

const LOGIN = (name: string) => ['login', '-method=userpass', `username=${name}`, 'password=correct horse']

describe('egide', () => {
  test('without a terminal says what the login waits for', async () => {
    await person('anna')
    const ended = await shell.run(LOGIN('anna'))
    expect(ended.stdout).toMatch(/^mfa_request_id +[0-9a-f-]{36}$/m)
    expect(ended.stdout).toMatch(new RegExp(`^mfa_constraint_all_totp_id +${method}$`, 'm'))
    expect(ended.stdout).toMatch(/^mfa_constraint_all_totp_uses_passcode +true$/m)
    expect(ended.stdout).not.toMatch(/^token/m)
    expect(ended.stderr).toMatch(/second factor/)
    expect(ended.code).toBe(0)
  })

  test('sends what -mfa or the environment shows', async () => {
    const code = await person('berta')
    const first = await shell.run([...LOGIN('berta').slice(0, 1), '-mfa=phone:x', ...LOGIN('berta').slice(1)])
    expect([first.code, first.stderr]).toEqual([2, expect.stringMatching(/permission denied/)])
    const words = ['login', `-mfa=phone:${code}`, '-token-only', ...LOGIN('berta').slice(1)]
    expect(await shell.ok(words)).toMatch(/^s\./)
    const other = await person('bruno')
    const env = { EGIDE_MFA: `phone:${other}` }
    expect(await shell.ok(['login', '-token-only', ...LOGIN('bruno').slice(1)], { env })).toMatch(/^s\./)
  })

  test.skipIf(noPty)('asks at a terminal, without showing what is typed', async () => {
    const code = await person('carla')
    const words = ['-c', AT_A_TERMINAL, code, EGIDE, ...LOGIN('carla')]
    const { code: ended, stdout } = await shell.other('python3', words)
    expect(stdout).toMatch(/Passcode of the TOTP method "phone" \(will be hidden\)/)
    expect(stdout).toMatch(/token_meta_username +carla/)
    expect(stdout).not.toContain(code)
    expect(ended).toBe(0)
  })

  test.skipIf(noPty)('says so when the code is wrong', async () => {
    await person('doris')
    const { code, stdout } = await shell.other('python3', ['-c', AT_A_TERMINAL, 'x', EGIDE, ...LOGIN('doris')])
    expect(stdout).toMatch(/MFA credentials not supplied or incorrect/)
    expect(code).toBe(2)
  })
})

test('the SDK asks its caller', async () => {
  const code = await person('emma')
  const vault = new Client({ address: server.address })
  const enter = (client: Client) => client.auth.userpass().login({ username: 'emma', password: 'correct horse' })
  await expect(vault.login(enter)).rejects.toThrow(/second factor/)
  const { client, auth } = await vault.login(enter, async ({ constraints }) => {
    expect(constraints).toEqual({ all: [{ type: 'totp', id: method, usesPasscode: true, name: 'phone' }] })
    return { phone: code }
  })
  expect(auth.metadata).toEqual({ username: 'emma' })
  expect((await client.auth.token.lookupSelf()).data.path).toBe('auth/userpass/login/emma')
  client.close()
})

describe("OpenBao's command", () => {
  let bao: Shell | undefined
  let absent = ''
  beforeAll(async () => {
    try {
      bao = new Shell({ BAO_ADDR: server.address }, await prepareBao())
    } catch (error) {
      if (!(error instanceof Absent)) throw error
      absent = error.message
    }
  }, INSTALLED_WITHIN_MS)
  afterAll(() => bao?.remove())

  test('logs in with -mfa and in two steps, and reads methods', async ({ skip }) => {
    if (bao === undefined) return skip(absent)
    const code = await person('fred')
    const [verb = '', ...words] = LOGIN('fred')
    expect(await bao.ok([verb, `-mfa=${method}:${code}`, ...words])).toMatch(/token_meta_username +fred/)
    const other = await person('gina')
    const [, ...others] = LOGIN('gina')
    const waiting = JSON.parse(await bao.ok(['login', '-non-interactive', '-format=json', ...others]))
    const { mfa_request_id } = waiting.auth.mfa_requirement
    const body = JSON.stringify({ mfa_request_id, mfa_payload: { [method]: [other] } })
    const given = await bao.ok(['write', '-format=json', 'sys/mfa/validate', '-'], { stdin: body })
    expect(JSON.parse(given).auth.client_token).toMatch(/^s\./)
    await bao.ok(['login', '-'], { stdin: server.rootToken })
    expect(await bao.ok(['list', 'identity/mfa/method'])).toContain(method)
    expect(await bao.ok(['read', `identity/mfa/method/totp/${method}`])).toMatch(/max_validation_attempts +5/)
  })
})
