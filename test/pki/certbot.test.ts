import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Absent, prepareCertbot } from '../clients/client-programs.ts'
import { freePort } from '../harness/free-port.ts'
import { at } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { startAcmeServer } from './acme-server.ts'
import { Crl } from './authority.ts'
import { ChallengeWorld } from './challenge-world.ts'

/** certbot, unmodified, obtains, renews and revokes: the way most people meet ACME. */

const INSTALLED_WITHIN_MS = 400_000
const ENDS_WITHIN_MS = 120_000

let folder: string
let certbot: string
let absent: string | undefined
let server: Server
let world: ChallengeWorld
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'egide-certbot-'))
  certbot = await prepareCertbot().catch((error: unknown) => {
    if (!(error instanceof Absent)) throw error
    absent = error.message
    return ''
  })
  world = await ChallengeWorld.start()
  server = await startAcmeServer({})
}, INSTALLED_WITHIN_MS)
afterAll(async () => {
  world.close()
  await server.remove()
  rmSync(folder, { recursive: true, force: true })
})

async function configure(settings: object): Promise<void> {
  const { status } = await server.call('POST', 'pki/config/acme', {
    body: { enabled: true, ...world.settings, ...settings },
  })
  expect(status).toBe(200)
}

/** Runs a command of it, in folders of its own. Throws with all that it said when it fails. */
async function run(...args: readonly string[]): Promise<void> {
  const own = ['config', 'work', 'logs'].flatMap((name) => [`--${name}-dir`, path.join(folder, name)])
  const common = ['--non-interactive', '--server', `${server.address}/v1/pki/acme/directory`]
  await promisify(execFile)(certbot, [...args, ...own, ...common], {
    timeout: ENDS_WITHIN_MS,
    env: { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' },
  })
}

const obtain = (...args: readonly string[]): Promise<void> =>
  run('certonly', '--agree-tos', '--email', 'ops@example.test', '--no-eff-email', ...args)

const file = (name: string, kind: string): string => path.join(folder, 'config', 'live', name, `${kind}.pem`)
const leafOf = (name: string): X509Certificate => new X509Certificate(readFileSync(file(name, 'cert')))

async function expectGood(name: string): Promise<void> {
  const { body } = await server.call('GET', 'pki/cert/ca')
  const root = new X509Certificate(String(at(body, 'data', 'certificate')))
  expect(leafOf(name).verify(root.publicKey)).toBe(true)
}

async function isListed({ serialNumber }: X509Certificate): Promise<boolean> {
  const reply = await fetch(`${server.address}/v1/pki/crl`)
  return new Crl(Buffer.from(await reply.arrayBuffer())).serials.includes(serialNumber.toLowerCase())
}

test(
  'standalone over http-01: obtained, renewed, revoked by account and by key',
  async ({ skip }) => {
    if (absent !== undefined) return skip(absent)
    const port = await freePort()
    await configure({ http_challenge_port: port })
    const standalone = ['--standalone', '--http-01-port', String(port), '--http-01-address', '127.0.0.1']
    await obtain(...standalone, '--cert-name', 'one', '-d', 'www.one.test', '-d', 'api.one.test')
    const first = leafOf('one')
    await expectGood('one')
    expect([first.checkHost('www.one.test'), first.checkHost('api.one.test')]).toEqual(['www.one.test', 'api.one.test'])
    await run('renew', '--force-renewal', '--no-random-sleep-on-renew', '--cert-name', 'one')
    const second = leafOf('one')
    await expectGood('one')
    expect(second.serialNumber).not.toBe(first.serialNumber)
    await run('revoke', '--cert-name', 'one', '--reason', 'superseded', '--no-delete-after-revoke')
    expect([await isListed(first), await isListed(second)]).toEqual([false, true])

    await obtain(...standalone, '--cert-name', 'two', '-d', 'www.two.test', '--key-type', 'rsa')
    const third = leafOf('two')
    const byKey = ['--cert-path', file('two', 'cert'), '--key-path', file('two', 'privkey')]
    await run('revoke', ...byKey, '--reason', 'keycompromise', '--no-delete-after-revoke')
    expect(await isListed(third)).toBe(true)
    const serial = third.serialNumber.toLowerCase().replaceAll(/..(?=.)/g, '$&:')
    const { body } = await server.call('GET', `pki/cert/${serial}`)
    expect(at(body, 'data', 'revocation_time')).toBeGreaterThan(0)
  },
  INSTALLED_WITHIN_MS,
)

test(
  'a wildcard over dns-01 by a hook: obtained, renewed, revoked',
  async ({ skip }) => {
    if (absent !== undefined) return skip(absent)
    await configure({})
    const hook = path.join(folder, 'hook.mjs')
    writeFileSync(
      hook,
      `const { CERTBOT_DOMAIN: name, CERTBOT_VALIDATION: body } = process.env
await fetch(${JSON.stringify(world.textsUrl)} + '_acme-challenge.' + name, { method: 'PUT', body })
`,
    )
    const manual = ['--manual', '--preferred-challenges', 'dns', '--manual-auth-hook', `${process.execPath} ${hook}`]
    await obtain(...manual, '--cert-name', 'wild', '-d', 'wild.test', '-d', '*.wild.test')
    const first = leafOf('wild')
    await expectGood('wild')
    expect(first.checkHost('any.wild.test')).toBe('*.wild.test')
    await run('renew', '--force-renewal', '--no-random-sleep-on-renew', '--cert-name', 'wild')
    const second = leafOf('wild')
    expect(second.serialNumber).not.toBe(first.serialNumber)
    await run('revoke', '--cert-name', 'wild', '--no-delete-after-revoke')
    expect([await isListed(first), await isListed(second)]).toEqual([false, true])
  },
  INSTALLED_WITHIN_MS,
)

test(
  'what the server refuses is told: a name that the role does not give',
  async ({ skip }) => {
    if (absent !== undefined) return skip(absent)
    await server.call('POST', 'pki/roles/web', {
      body: { allowed_domains: 'allowed.test', allow_subdomains: true, key_type: 'any' },
    })
    await configure({ default_directory_policy: 'role:web' })
    const refused = obtain('--standalone', '--http-01-port', String(await freePort()), '-d', 'www.other.test')
    await expect(refused).rejects.toThrow(/not allowed by this role/)
  },
  INSTALLED_WITHIN_MS,
)
