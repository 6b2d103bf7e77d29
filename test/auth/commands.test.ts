import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import path from 'node:path'
import createClient from 'node-vault'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pemOf, signed, signer } from '../../server/auth/jwks/testing-tokens.ts'
import { type Ended, Shell } from '../cli/shell.ts'
import { INSTALLED_WITHIN_MS, prepareBao } from '../clients/client-programs.ts'
import { hvacPython } from '../clients/hvac-story.ts'
import { unlessAbsent } from '../clients/unless-absent.ts'
import { freePort } from '../harness/free-port.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { CODE_CLIENT, logIn, OpenidProvider } from './openid-provider.ts'

/** Commands and client libraries that log in: ours, OpenBao's own, hvac, node-vault. Unmodified. */

let server: Server
let provider: OpenidProvider
let port: number
let egide: Shell
const ENDS_WITHIN_MS = 90_000

beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  port = await freePort()
  const direct = `${server.address}/v1/auth/oidc/oidc/callback`
  // Of loopback addresses the port does not matter, to the provider neither.
  provider = await OpenidProvider.start([
    'http://localhost:8250/oidc/callback',
    `http://localhost:${port}/oidc/callback`,
    direct,
  ])
  egide = new Shell({ EGIDE_ADDR: server.address })
  await server.call('POST', 'sys/auth/oidc', { body: { type: 'oidc' } })
  await configure({})
  const role = {
    user_claim: 'sub',
    allowed_redirect_uris: ['http://localhost/oidc/callback', direct],
    token_policies: 'dev',
  }
  for (const mode of ['client', 'direct', 'device']) {
    const body = { ...role, callback_mode: mode, poll_interval: 1 }
    expect((await server.call('POST', `auth/oidc/role/${mode}`, { body })).status).toBe(204)
  }
})

afterAll(async () => {
  provider?.stop()
  egide?.remove()
  await server?.remove()
})

async function configure(settings: object): Promise<void> {
  const body = {
    oidc_discovery_url: provider.issuer,
    oidc_client_id: CODE_CLIENT.id,
    oidc_client_secret: CODE_CLIENT.secret,
    default_role: 'client',
    ...settings,
  }
  await server.call('POST', 'auth/oidc/config', { body })
}

const withSigner = signer('one')
const jobToken = (): Promise<string> =>
  signed(withSigner, { sub: 'job', kind: 'job', aud: 'vault', iat: Math.floor(Date.now() / 1000) })

/** Runs a command that shows a page to log in at, logs in there, and waits until the command has ended. */
async function loggedIn(
  shell: Shell,
  args: readonly string[],
  finish: (url: string) => Promise<unknown>,
): Promise<Ended> {
  const child = spawn(shell.command, args, {
    cwd: shell.home,
    env: { PATH: process.env.PATH, HOME: shell.home, ...shell.env },
    timeout: ENDS_WITHIN_MS,
  })
  let [stdout, stderr] = ['', '']
  let finishing: Promise<unknown> | undefined
  const look = (shown: string): void => {
    const url = /^ {4}(http\S+)$/m.exec(shown)?.[1]
    if (url !== undefined) finishing ??= finish(url).then((told) => child.stdin.end(`${told}\n`))
  }
  child.stdin.on('error', () => {}) // most read nothing
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    look(stdout)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    look(stderr)
  })
  const code = await new Promise<number | null>((done) => child.on('close', done))
  await finishing
  return { code, stdout, stderr }
}

/** A browser comes back to the command, with the form of the provider if there is one. */
async function comeBack(url: string): Promise<void> {
  const { url: to, posted } = await logIn(url, 'alice', 'http://localhost:')
  await fetch(to, posted === undefined ? {} : { method: 'POST', body: posted })
}

/** The browser is at the server, which asks whether the login is theirs. */
async function confirm(url: string): Promise<void> {
  expect((await logIn(url, 'alice', 'nowhere:')).text).toContain('Logged in')
}

const enterCode = (url: string): Promise<unknown> => logIn(url, 'alice', 'nowhere:')
const login = (...more: string[]) => ['login', '-method=oidc', ...more]

test('egide: a browser comes back to the command', async () => {
  const ended = await loggedIn(egide, login(`port=${port}`), comeBack)
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('You are now authenticated') })
  expect(await egide.ok(['token', 'lookup', '-field=display_name'])).toBe('oidc-alice')
})

test('egide: over SSH, by the device flow', async () => {
  const ended = await loggedIn(egide, login('-token-only', 'role=device'), enterCode)
  expect(ended.stdout).toMatch(/^s\./)
})

test('egide: over SSH, by the server', async () => {
  const body = { allowed_redirect_uris: `${server.address}/v1/auth/oidc/oidc/callback` }
  await server.call('POST', 'auth/oidc/role/direct', { body })
  const ended = await loggedIn(egide, login('-token-only', 'role=direct'), confirm)
  expect(ended.stdout).toMatch(/^s\./)
})

test('egide: what the provider posts goes on to the server', async () => {
  await configure({ oidc_response_mode: 'form_post' })
  const ended = await loggedIn(egide, login('-token-only', `port=${port}`), comeBack)
  expect(ended.stdout).toMatch(/^s\./)
  await configure({})
})

/** A form whose end never comes. */
async function cutShort(): Promise<void> {
  const socket = connect(port, 'localhost')
  await once(socket, 'connect')
  socket.write('POST /oidc/callback HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nstate')
  // It has been read when a request behind it is answered.
  await fetch(`http://localhost:${port}/`)
  socket.destroy()
  await once(socket, 'close')
  await fetch(`http://localhost:${port}/`)
}

test('egide: another page that calls the command does not end the login', async () => {
  const ended = await loggedIn(egide, login('-token-only', `port=${port}`), async (url) => {
    const here = `http://localhost:${port}`
    const other = await fetch(`${here}/oidc/callback?state=other&code=other`)
    expect(other.status).toBe(404)
    expect((await fetch(`${here}//`)).status).toBe(404)
    await cutShort()
    await comeBack(url)
  })
  expect(ended.stdout).toMatch(/^s\./)
})

test('egide: a role that is not there, and a field that is none', async () => {
  expect(await egide.run(login('role=nobody'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('begins no login'),
  })
  expect(await egide.run(login('colour=blue'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not colour'),
  })
  expect(await egide.ok(['auth', 'help', 'oidc'])).toContain('-method=oidc')
})

test('egide and node-vault: a signed token', async () => {
  await server.call('POST', 'sys/auth/jwt', { body: { type: 'jwt' } })
  await server.call('POST', 'auth/jwt/config', { body: { jwt_validation_pubkeys: pemOf(withSigner) } })
  const role = { role_type: 'jwt', user_claim: 'sub', bound_audiences: 'vault' }
  await server.call('POST', 'auth/jwt/role/ci', { body: role })
  const jwt = await jobToken()
  egide.file('token.jwt', jwt)
  expect(await egide.ok(['login', '-token-only', '-method=jwt', 'role=ci', 'jwt=@token.jwt'])).toMatch(/^s\./)
  const client = createClient({ endpoint: server.address })
  expect((await client.jwtLogin({ role: 'ci', jwt })).auth.metadata).toEqual({ role: 'ci' })
})

test(
  'hvac: by a signed token and at the provider',
  async ({ skip }) => {
    const python = await hvacPython(skip)
    const redirect = 'http://localhost:8250/oidc/callback'
    const env = {
      VAULT_ADDR: server.address,
      VAULT_TOKEN: server.rootToken,
      PUBLIC_KEY: pemOf(withSigner),
      TOKEN: await jobToken(),
      ISSUER: provider.issuer,
      CLIENT_ID: CODE_CLIENT.id,
      CLIENT_SECRET: CODE_CLIENT.secret,
      REDIRECT_URI: redirect,
    }
    const shell = new Shell(env, python)
    const story = path.join(import.meta.dirname, '../clients/python/jwt_story.py')
    const ended = await loggedIn(shell, [story], async (url) => (await logIn(url, 'alice', redirect)).url)
    expect(ended.stdout.match(/^\w+$/gm), ended.stderr).toEqual(['jwt', 'oidc'])
  },
  INSTALLED_WITHIN_MS,
)

test(
  'bao: a browser comes back to the command, by the device flow, and by the server',
  async ({ skip }) => {
    const command = await unlessAbsent(prepareBao, skip)
    const bao = new Shell({ BAO_ADDR: server.address }, command)
    try {
      const options = ['-token-only', 'skip_browser=true']
      const back = await loggedIn(bao, login(...options, `port=${port}`), comeBack)
      expect(back.stdout, back.stderr).toMatch(/^s\./)
      const device = await loggedIn(bao, login(...options, 'callbackmode=device', 'role=device'), enterCode)
      expect(device.stdout, device.stderr).toMatch(/^s\./)
      const direct = await loggedIn(bao, login(...options, 'callbackmode=direct', 'role=direct'), confirm)
      expect(direct.stdout, direct.stderr).toMatch(/^s\./)
      await configure({ oidc_response_mode: 'form_post' })
      const posted = await loggedIn(bao, login(...options, `port=${port}`), comeBack)
      expect(posted.stdout, posted.stderr).toMatch(/^s\./)
      await configure({})
    } finally {
      bao.remove()
    }
  },
  INSTALLED_WITHIN_MS,
)
