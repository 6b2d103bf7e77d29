import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Cert } from '../../proto/gen/egide/v1/cert_pb.ts'
import { type Identity, newAuthority, type Wanted } from '../../server/auth/cert/testing-certificates.ts'
import { Shell } from '../cli/shell.ts'
import { INSTALLED_WITHIN_MS, prepareBao } from '../clients/client-programs.ts'
import { hvacStory } from '../clients/hvac-story.ts'
import { unlessAbsent } from '../clients/unless-absent.ts'
import { GrpcClient } from '../grpc/client.ts'
import { makeCertificate } from '../harness/certificate.ts'
import { freePort } from '../harness/free-port.ts'
import { at, call } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Logins by certificate over real connections: REST, gRPC, through a proxy, and with the programs that people use. */

const HOUR_MS = 3_600_000
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
/** Refused as every bad login is. */
const REFUSED = { errors: ['invalid certificate or no client certificate supplied'] }

let server: Server
let root: Identity
let intermediate: Identity
let client: Identity
let below: Identity
let files: { readonly cert: string; readonly key: string }
let proxied = ''
let grpc = ''
let folder = ''

const lasting = (): Wanted => ({ fromMs: Date.now() - HOUR_MS, toMs: Date.now() + 24 * HOUR_MS })

beforeAll(async () => {
  root = await newAuthority({ subject: 'CN=clients', ...lasting() })
  intermediate = await root.issue({ subject: 'CN=between', isCa: true, ...lasting() })
  client = await root.issue({ subject: 'CN=web', uses: [CLIENT_AUTH], ...lasting() })
  below = await intermediate.issue({ subject: 'CN=below', uses: [CLIENT_AUTH], ...lasting() })
  const ports = [await freePort(), await freePort()]
  proxied = `http://127.0.0.1:${ports[0]}`
  grpc = `127.0.0.1:${ports[1]}`
  folder = mkdtempSync(path.join(tmpdir(), 'egide-cert-'))
  const own = await makeCertificate(folder)
  server = await startUnsealed({
    tls: true,
    storage: 'inmem',
    audit: true,
    config: `listener "tcp" {
  address = "127.0.0.1:${ports[0]}"
  tls_disable = true
  x_forwarded_for_authorized_addrs = "127.0.0.1"
  x_forwarded_for_reject_not_present = false
  x_forwarded_for_client_cert_header = "Client-Cert"
  x_forwarded_for_client_cert_decoders = ["RFC9440"]
}
listener "grpc" {
  address       = "${grpc}"
  tls_cert_file = "${own.certFile}"
  tls_key_file  = "${own.keyFile}"
}`,
  })
  await server.call('POST', 'sys/auth/cert', { body: { type: 'cert' } })
  await server.call('POST', 'auth/cert/certs/web', { body: { certificate: root.pem, token_policies: 'web' } })
  files = { cert: path.join(folder, 'web.crt'), key: path.join(folder, 'web.key') }
  writeFileSync(files.cert, client.pem)
  writeFileSync(files.key, client.keyPem)
})

afterAll(async () => {
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

function agentOf(identity: Identity, ...others: readonly Identity[]): https.Agent {
  const cert = [identity, ...others].map(({ pem }) => pem).join('\n')
  return new https.Agent({ keepAlive: true, maxSockets: 1, cert, key: identity.keyPem })
}
const logIn = (agent?: https.Agent, body: object = {}) =>
  server.call('POST', 'auth/cert/login', { token: undefined, body, ...(agent && { agent }) })

test('the certificate of a connection lets in, and none does not', async () => {
  const agent = agentOf(client)
  const reply = await logIn(agent)
  expect(reply.status).toBe(200)
  expect(at(reply.body, 'auth', 'policies')).toEqual(['default', 'web'])
  expect(await logIn()).toMatchObject({ status: 400, body: REFUSED })
  expect(await logIn(agentOf(await newAuthority({ ...lasting(), isCa: false })))).toMatchObject({
    status: 400,
    body: REFUSED,
  })
  const token = String(at(reply.body, 'auth', 'client_token'))
  expect((await server.call('POST', 'auth/token/renew-self', { token, agent })).status).toBe(200)
  expect((await server.call('POST', 'auth/token/renew-self', { token })).status).toBe(400)
  agent.destroy()
})

test('the log says why a client was refused, beside the name of the role that it asked for', async () => {
  await server.call('POST', 'auth/cert/certs/narrow', { body: { certificate: root.pem, allowed_dns_sans: 'x' } })
  const agent = agentOf(client)
  expect(await logIn(agent, { name: 'narrow' })).toMatchObject({ status: 400, body: REFUSED })
  agent.destroy()
  await expect.poll(() => server.log).toContain('role narrow: allowed_dns_sans is not met')
  await server.call('DELETE', 'auth/cert/certs/narrow')
})

test('also on a connection that went on after a LIST', async () => {
  const agent = agentOf(client)
  await server.call('LIST', 'auth/cert/certs', { agent })
  expect((await logIn(agent)).status).toBe(200)
  agent.destroy()
})

test('a session that is resumed has the whole chain of the first', async () => {
  const { hostname, port } = new URL(server.address)
  const cert = `${below.pem}\n${intermediate.pem}`
  const attempt = (session?: Buffer) =>
    new Promise<{ reused: boolean; text: string; session: Buffer | undefined }>((resolve, reject) => {
      let [text, ticket] = ['', undefined as Buffer | undefined]
      const socket = tls.connect({
        host: hostname,
        port: Number(port),
        cert,
        key: below.keyPem,
        rejectUnauthorized: false,
        ...(session && { session }),
      })
      socket.on('session', (next: Buffer) => {
        ticket = next
      })
      socket.on('secureConnect', () => {
        socket.write('POST /v1/auth/cert/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}')
      })
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      socket.on('error', reject)
      socket.on('end', () => resolve({ reused: socket.isSessionReused(), text, session: ticket }))
    })
  const first = await attempt()
  expect(first.text).toContain('200 OK')
  const second = await attempt(first.session)
  expect(second.reused).toBe(true)
  expect(second.text).toContain('200 OK')
})

test('a proxy that is believed forwards a certificate; nobody else does', async () => {
  const header = `:${client.der.toString('base64')}:`
  const through = (headers: Readonly<Record<string, string>>) =>
    call('POST', `${proxied}/v1/auth/cert/login`, { body: {}, headers })
  const forwarded = { 'x-forwarded-for': '192.0.2.7' }
  const reply = await through({ ...forwarded, 'client-cert': header })
  expect(at(reply.body, 'auth', 'policies')).toEqual(['default', 'web'])
  expect(await through(forwarded)).toMatchObject({ status: 400, body: REFUSED })
  expect(await through({ 'client-cert': header }), 'of the proxy itself').toMatchObject({ status: 400, body: REFUSED })
  const twice = await through({ ...forwarded, 'client-cert': `${header}, ${header}` })
  expect(twice.body).toEqual({ errors: ['the header client-cert holds no certificate'] })
  // The listener over TLS has no proxies.
  const direct = await server.call('POST', 'auth/cert/login', { token: undefined, headers: { 'client-cert': header } })
  expect(direct).toMatchObject({ status: 400, body: REFUSED })
})

test('100 good and 100 bad clients at a time', async () => {
  const stranger = await newAuthority({ subject: 'CN=web', isCa: false, ...lasting() })
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const agent = agentOf(i % 2 === 0 ? client : stranger)
      const { status } = await logIn(agent)
      agent.destroy()
      return status
    }),
  )
  expect(outcomes).toEqual(Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 200 : 400)))
})

test('gRPC takes the same certificates', async () => {
  const caFile = path.join(folder, 'ca.crt')
  const known = new GrpcClient(grpc, caFile, files.cert, files.key)
  const unknown = new GrpcClient(grpc, caFile)
  const { auth } = (await known.call(Cert.method.login, {})).envelope ?? {}
  expect(auth?.policies).toEqual(['default', 'web'])
  await expect(unknown.call(Cert.method.login, {})).rejects.toMatchObject({ details: REFUSED.errors[0] })
  known.client.close()
  unknown.client.close()
})

test('egide login', async () => {
  const shell = new Shell({ VAULT_ADDR: server.address, VAULT_CACERT: server.certificate?.caFile })
  try {
    const flags = [`-client-cert=${files.cert}`, `-client-key=${files.key}`]
    expect(await shell.ok(['login', '-method=cert', ...flags, 'name=web'])).toContain('You are now authenticated')
    expect((await shell.run(['login', '-method=cert'])).code).toBe(2)
  } finally {
    shell.remove()
  }
})

test(
  'bao login, unmodified',
  async ({ skip }) => {
    const command = await unlessAbsent(prepareBao, skip)
    const shell = new Shell({ BAO_ADDR: server.address, BAO_CACERT: server.certificate?.caFile }, command)
    try {
      const flags = [`-client-cert=${files.cert}`, `-client-key=${files.key}`]
      expect(await shell.ok(['login', '-method=cert', ...flags, 'name=web'])).toContain('You are now authenticated')
      expect((await shell.run(['login', '-method=cert'])).code).toBe(2)
    } finally {
      shell.remove()
    }
  },
  INSTALLED_WITHIN_MS,
)

test(
  'hvac, unmodified',
  async ({ skip }) => {
    const env = {
      CLIENT_CERT: files.cert,
      CLIENT_KEY: files.key,
      AUTHORITY: root.pem,
    }
    expect(await hvacStory('cert_story.py', server, skip, env)).toMatchObject({
      code: 0,
      stdout: 'roles\nlogin\nconfiguration\n',
    })
  },
  INSTALLED_WITHIN_MS,
)
