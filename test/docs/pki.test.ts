import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Shell } from '../cli/shell.ts'
import { Absent, prepareCaddy, prepareCertbot } from '../clients/client-programs.ts'
import { freePort } from '../harness/free-port.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { ChallengeWorld } from '../pki/challenge-world.ts'

/** The pages on certificates, run as they stand, each block on what the one before it left. */

const run = promisify(execFile)
const root = path.dirname(path.dirname(import.meta.dirname))
const WITHIN_MS = 400_000

const hasTools = await Promise.all([run('openssl', ['version']), run('curl', ['--version'])]).then(
  () => true,
  () => false,
)

let server: Server
let shell: Shell
beforeEach(async () => {
  server = await startUnsealed()
  shell = new Shell({})
  symlinkSync(path.join(root, 'bin'), path.join(shell.home, 'bin'))
})
afterEach(async () => {
  shell.remove()
  await server.remove()
})

function blocks(page: string, language = 'sh', chapter?: string): readonly string[] {
  const text = readFileSync(path.join(root, 'docs', page), 'utf8')
  const part = chapter === undefined ? text : (text.split(/^## /m).find((one) => one.startsWith(`${chapter}\n`)) ?? '')
  const found = [...part.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))]
  if (found.length === 0) throw new Error(`there is no ${language} in docs/${page} ${chapter ?? ''}`)
  return found.map(([, block = '']) => block)
}

/** What the commands print, standard error too. A line that begins with `!` has to fail. */
async function follow(commands: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> {
  const script = commands.join('\n').replaceAll(/^! (.*)$/gm, 'if $1; then echo "it was to fail" >&2; exit 1; fi')
  const env = {
    PATH: `${shell.home}/bin:${process.env.PATH}`,
    HOME: shell.home,
    EGIDE_ADDR: server.address,
    EGIDE_TOKEN: server.rootToken,
    ...more,
  }
  const { stdout } = await run(
    'bash',
    ['-c', `exec 2>&1\nset -eo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n${script}`],
    {
      cwd: shell.home,
      env,
    },
  ).catch((error: Error & { stdout?: string }) => {
    throw new Error(`${error.message}\n${error.stdout}`)
  })
  return stdout
}

test.skipIf(!hasTools)('mutual TLS', { timeout: WITHIN_MS }, async () => {
  const port = String(await freePort())
  const said = await follow(blocks('pki-mtls.md').map((block) => block.replaceAll('8443', port)))
  expect(said).toMatch(/Subject: CN ?= ?shop\.internal/)
  expect(said).toContain('not allowed by this role')
  expect(said).toContain('permission denied')
  expect(said).toContain('certificate revoked')
})

test.skipIf(!hasTools)('a root in a safe, a change of roots, lists in shards', { timeout: WITHIN_MS }, async () => {
  const offline = await startUnsealed()
  try {
    const said = await follow(blocks('pki-root.md'), {
      OFFLINE: offline.address,
      OFFLINE_TOKEN: offline.rootToken,
      ONLINE: server.address,
      ONLINE_TOKEN: server.rootToken,
    })
    expect(said).toMatch(/CA:TRUE, pathlen:0/)
    expect(said).toMatch(/verify OK/)
    for (const file of ['www.pem', 'new.pem', 'old.pem']) expect(said).toContain(`${file}: OK`)
    expect(said).toMatch(/Issuing Distribution Point: critical/)
    expect(said).toMatch(/Serial Number: [0-9A-F]{40}/)
    expect((await offline.call('GET', 'sys/health')).status).toBe(503)
  } finally {
    await offline.remove()
  }
})

/** Where an authority of the page on ACME asks, so that names lead here. */
async function asked(world: ChallengeWorld, settings: object): Promise<void> {
  const { status } = await server.call('POST', 'pki/config/acme', { body: { ...world.settings, ...settings } })
  expect(status).toBe(200)
}

test.skipIf(!hasTools)('ACME with certbot', { timeout: WITHIN_MS }, async ({ skip }) => {
  const certbot = await prepareCertbot().catch((error: unknown) => {
    if (error instanceof Absent) return skip(error.message)
    throw error
  })
  const world = await ChallengeWorld.start()
  try {
    // Ports and folders of this machine, which are the packager's on another.
    const port = await freePort()
    const config = path.join(shell.home, '.config', 'letsencrypt')
    mkdirSync(config, { recursive: true })
    const folders = ['config', 'work', 'logs'].map((name) => `${name}-dir = ${path.join(shell.home, name)}`)
    const cli = [...folders, `http-01-port = ${port}`, 'http-01-address = 127.0.0.1']
    writeFileSync(path.join(config, 'cli.ini'), cli.join('\n'))
    symlinkSync(certbot, path.join(shell.home, 'certbot'))
    const PATH = `${shell.home}:${shell.home}/bin:${process.env.PATH}`
    await follow(blocks('pki-acme.md', 'sh', 'The authority'))
    await asked(world, { http_challenge_port: port })
    const said = await follow(blocks('pki-acme.md', 'sh', 'certbot'), { PATH })
    expect(said).toMatch(/Congratulations, all renewals succeeded/)
    expect(said).toMatch(/Domains|Identifiers: www\.example\.com/)
    expect(said).toContain('Key Compromise')
    expect(await follow(blocks('pki-acme.md', 'sh', 'Only for whom it is meant'))).toContain('"key_type": "hs"')
  } finally {
    world.close()
  }
})

test.skipIf(!hasTools)('ACME with Caddy', { timeout: WITHIN_MS }, async ({ skip }) => {
  const caddy = await prepareCaddy().catch((error: unknown) => {
    if (error instanceof Absent) return skip(error.message)
    throw error
  })
  const world = await ChallengeWorld.start()
  const [http, tls] = [await freePort(), await freePort()]
  await follow(blocks('pki-acme.md', 'sh', 'The authority'))
  await asked(world, { http_challenge_port: http, tls_alpn_challenge_port: tls })
  const [page = ''] = blocks('pki-acme.md', 'caddy')
  // The port is claimed by a socket for datagrams, which HTTP/3 would want.
  const servers = '\tservers {\n\t\tprotocols h1 h2\n\t}\n'
  const local = `{\n\tadmin off\n\thttp_port ${http}\n\thttps_port ${tls}\n\tdefault_bind 127.0.0.1\n${servers}`
  const file = shell.file('Caddyfile', page.replace('{\n', local))
  const child = spawn(caddy, ['run', '--config', file, '--adapter', 'caddyfile'], {
    cwd: shell.home,
    env: { PATH: process.env.PATH, HOME: shell.home, EGIDE_ADDR: server.address },
  })
  const ended = once(child, 'exit')
  let log = ''
  child.stderr.on('data', (text: Buffer) => {
    log = (log + text.toString()).slice(-20_000)
  })
  try {
    const ca = readFileSync(path.join(shell.home, 'root.pem'))
    await vi
      .waitFor(async () => expect(await page443(tls, ca)).toBe('hello'), { timeout: 60_000, interval: 500 })
      .catch((error: unknown) => {
        throw new Error(`Caddy did not get there:\n${log}`, { cause: error })
      })
  } finally {
    child.kill('SIGKILL')
    await ended
    world.close()
  }
})

/** What www.example.com says at a port of this machine, over TLS that this authority vouches for. */
function page443(port: number, ca: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'www.example.com' }
    const options = { host: '127.0.0.1', port, ca, servername: 'www.example.com', headers, agent: false }
    https
      .get(options, (reply) => {
        let text = ''
        reply.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        reply.on('end', () => resolve(text))
      })
      .on('error', reject)
  })
}

test('the commands of the overview', { timeout: WITHIN_MS }, async () => {
  const all = blocks('pki.md').filter((block) => !block.includes('certbot'))
  const said = await follow(all)
  expect(said).toContain('common_name')
})
