import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Absent, INSTALLED_WITHIN_MS, prepareSsh } from '../clients/client-programs.ts'
import { hvacPython } from '../clients/hvac-story.ts'
import { unlessAbsent } from '../clients/unless-absent.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { hasSshKeygen, OpenSsh, PUBLIC_KEY, SshAuthority } from './authority.ts'

/** Programs and libraries that nobody here wrote, on certificates that a server signed. */

const run = promisify(execFile)
const PYTHON = path.join(path.dirname(import.meta.dirname), 'clients', 'python')

test('cryptography (Python) checks certificates of every kind of key and issuer', {
  timeout: INSTALLED_WITHIN_MS,
}, async ({ skip }) => {
  const python = await unlessAbsent(prepareSsh, skip)
  const kinds = [
    ['rsa', 2048],
    ['ec', 256],
    ['ec', 384],
    ['ec', 521],
    ['ed25519', 0],
  ] as const
  const certificates: string[] = []
  const serials: unknown[] = []
  for (const [caType, caBits] of kinds) {
    const ca = new SshAuthority()
    await ca.ca({ key_type: caType, key_bits: caBits })
    await ca.role('own', {
      allow_host_certificates: true,
      allowed_users: '*',
      allowed_domains: '*',
      default_extensions: { 'permit-pty': '' },
      default_critical_options: { 'force-command': 'ls' },
      key_id_format: 'me',
    })
    for (const [type, bits] of kinds) {
      for (const certType of ['user', 'host']) {
        const asked = { key_type: type, key_bits: bits, cert_type: certType, valid_principals: 'ada,bob', ttl: 90 }
        const made = await ca.data('update', 'issue/own', asked)
        certificates.push(String(made.signed_key))
        serials.push(made.serial_number)
      }
    }
  }
  const read = spawn(python, [path.join(PYTHON, 'ssh_certificates.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  read.stdin.end(certificates.join(''))
  const lines: string[] = []
  for await (const line of createInterface(read.stdout)) lines.push(line)
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    serials.map((serial, n) => ({
      type: n % 2 === 0 ? 'USER' : 'HOST',
      serial,
      key_id: 'me',
      principals: ['ada', 'bob'],
      seconds: 120,
      critical_options: { 'force-command': 'ls' },
      extensions: ['permit-pty'],
    })),
  )
})

test('hvac (Python) does what its class for SSH offers', { timeout: INSTALLED_WITHIN_MS }, async ({ skip }) => {
  const hvac = await hvacPython(skip)
  const server = await startUnsealed({ storage: 'inmem' })
  try {
    const env = { PATH: process.env.PATH, VAULT_ADDR: server.address, VAULT_TOKEN: server.rootToken, PUBLIC_KEY }
    const { stdout } = await run(hvac, [path.join(PYTHON, 'ssh_story.py')], { env })
    expect(stdout.trim().split('\n')).toEqual(['authority', 'roles', 'signing', 'one-time passwords', 'removal'])
  } finally {
    await server.remove()
  }
})

describe.skipIf(!hasSshKeygen)('the ssh client, at a server of SSH (asyncssh)', () => {
  let server: Server
  let openssh: OpenSsh
  let sshd: ChildProcess | undefined
  let port = ''
  let python: string | undefined

  beforeAll(async () => {
    python = await prepareSsh().catch((error: unknown) => {
      if (!(error instanceof Absent)) throw error
      return undefined
    })
    if (python === undefined) return
    server = await startUnsealed({ storage: 'inmem' })
    openssh = new OpenSsh()
    await write('sys/mounts/ssh', { type: 'ssh' })
    const users = await write('ssh/config/ca', { key_type: 'ed25519' })
    const hosts = await write('ssh/issuers/import/hosts', { key_type: 'ec', key_bits: 384 })
    await write('ssh/roles/hosts', {
      key_type: 'ca',
      issuer_ref: 'hosts',
      allow_host_certificates: true,
      allowed_domains: 'example.com',
      allow_subdomains: true,
    })
    await write('ssh/roles/users', {
      key_type: 'ca',
      allow_user_certificates: true,
      allowed_users: 'deploy,ops',
      allowed_extensions: '*',
      default_extensions: { 'permit-pty': '' },
    })
    openssh.keygen('-q', '-t', 'ed25519', '-N', '', '-f', 'host_key')
    openssh.keygen('-q', '-t', 'ed25519', '-N', '', '-f', 'id')
    openssh.file('user-ca.pub', String(users.public_key))
    openssh.file('known_hosts', `@cert-authority *.example.com ${hosts.public_key}`)
    const host = { cert_type: 'host', valid_principals: 'web.example.com', public_key: text('host_key.pub') }
    openssh.file('host_key-cert.pub', String((await write('ssh/sign/hosts', host)).signed_key))
    sshd = spawn(python, [path.join(PYTHON, 'ssh_server.py'), openssh.folder], { stdio: ['pipe', 'pipe', 'inherit'] })
    for await (const line of createInterface(sshd.stdout as NodeJS.ReadableStream)) {
      port = line
      break
    }
  }, INSTALLED_WITHIN_MS)
  afterAll(async () => {
    if (python === undefined) return
    const ended = sshd && once(sshd, 'exit')
    sshd?.stdin?.end()
    await ended
    openssh.remove()
    await server.remove()
  })

  const text = (name: string): string => readFileSync(path.join(openssh.folder, name), 'utf8')

  async function write(name: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const reply = await server.call('POST', name, { body })
    expect(reply.status, reply.text).toBeLessThan(300)
    return (at(reply.body, 'data') ?? {}) as Readonly<Record<string, unknown>>
  }

  /** What a login with a certificate prints, or what the client says of why there is none. */
  async function login(user: string, certificate: object, hostName = 'web.example.com'): Promise<string> {
    const made = await write('ssh/sign/users', { public_key: text('id.pub'), ...certificate })
    const file = openssh.file('id-cert.pub', String(made.signed_key))
    const options = [
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      `CertificateFile=${file}`,
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${openssh.folder}/known_hosts`,
      'GlobalKnownHostsFile=/dev/null',
      `HostKeyAlias=${hostName}`,
    ]
    const flags = ['-F', 'none', ...options.flatMap((option) => ['-o', option])]
    const args = [...flags, '-i', `${openssh.folder}/id`, '-p', port, '-l', user, '127.0.0.1', 'uptime']
    return run('ssh', args).then(
      ({ stdout }) => stdout,
      (error: { stderr?: string }) => error.stderr ?? String(error),
    )
  }

  test.for([
    ['as who the certificate is for', 'deploy', { valid_principals: 'deploy' }, undefined, 'deploy runs uptime\n'],
    ['as one of several', 'ops', { valid_principals: 'deploy,ops' }, undefined, 'ops runs uptime\n'],
    ['as another', 'root', { valid_principals: 'deploy,ops' }, undefined, /Permission denied/],
    [
      'with a command of its own',
      'ops',
      { valid_principals: 'ops', critical_options: { 'force-command': 'true' } },
      undefined,
      'ops runs true\n',
    ],
    [
      'from where it may not come',
      'ops',
      { valid_principals: 'ops', critical_options: { 'source-address': '192.0.2.0/24' } },
      undefined,
      /Permission denied/,
    ],
    [
      'at a host that its certificate does not name',
      'ops',
      { valid_principals: 'ops' },
      'db.example.com',
      /verification failed/,
    ],
    [
      'at a host that no authority is for',
      'ops',
      { valid_principals: 'ops' },
      'web.example.org',
      /verification failed/,
    ],
  ] as const)('logs in, or not, %s', async ([_what, user, certificate, host, expected], { skip }) => {
    if (python === undefined) skip('needs Python 3.10 with venv')
    const said = await login(user, certificate, host)
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })
})
