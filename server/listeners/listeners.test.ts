import 'reflect-metadata'
import { randomBytes, randomUUID, webcrypto } from 'node:crypto'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { ExtendedKeyUsage, ExtendedKeyUsageExtension, X509CertificateGenerator } from '@peculiar/x509'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../test/harness/certificate.ts'
import { echo, KeptLog, replyOf } from '../../test/rest/serve.ts'
import type { ListenerConfig, ListenerLimits, TlsConfig } from '../config/types.ts'
import type { Core } from '../core/request.ts'
import type { RestServices } from '../rest/adapter.ts'
import { InFlight } from '../rest/in-flight.ts'
import { ListenError, type Listeners, openListeners } from './index.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'egide-listen-'))
const one = await makeCertificate(path.join(folder, 'one'))
const other = await makeCertificate(path.join(folder, 'other'))
afterAll(() => rmSync(folder, { recursive: true }))

const NO_LIMITS: ListenerLimits = {
  maxRequestBytes: undefined,
  maxRequestDurationMs: undefined,
  maxJsonDepth: undefined,
  maxJsonStringBytes: undefined,
  maxJsonKeys: undefined,
  maxJsonValues: undefined,
  headersTimeoutMs: undefined,
  requestTimeoutMs: undefined,
  keepAliveTimeoutMs: undefined,
  maxConnections: undefined,
}
const NOBODY = { authorizedAddresses: [], hopSkips: 0, rejectNotPresent: true, rejectNotAuthorized: true }

const tcp = (tlsConfig?: TlsConfig, parts: object = {}): ListenerConfig => ({
  type: 'tcp',
  host: '127.0.0.1',
  port: 0,
  tls: tlsConfig,
  forwarded: NOBODY,
  limits: NO_LIMITS,
  responseHeaders: {},
  ...parts,
})
const unix = (socketPath: string, parts: object = {}): ListenerConfig => ({
  type: 'unix',
  socketPath,
  mode: 0o660,
  user: undefined,
  group: undefined,
  limits: NO_LIMITS,
  responseHeaders: {},
  ...parts,
})
const tlsOf = (files: { certFile: string; keyFile: string }, parts: Partial<TlsConfig> = {}): TlsConfig => ({
  certFile: files.certFile,
  keyFile: files.keyFile,
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  clientCaFile: undefined,
  clientCertificates: 'none',
  ...parts,
})

const log = new KeptLog()
const opened: Listeners[] = []
afterEach(async () => {
  for (const listeners of opened.splice(0)) await listeners.close(0)
  log.lines.length = 0
})

async function open(configs: readonly ListenerConfig[], core: Core = echo): Promise<Listeners> {
  const rest: RestServices = {
    core,
    clock: { now: () => Date.now() },
    random: { bytes: (count) => randomBytes(count), uuid: () => randomUUID() },
    log,
    inFlight: new InFlight(100),
    cors: () => undefined,
    observe: () => {},
    monotonicMs: () => performance.now(),
  }
  const pages = (_message: http.IncomingMessage, reply: http.ServerResponse) => void reply.writeHead(404).end()
  const listeners = await openListeners(configs, { rest, pages, certificatePollMs: 40 })
  opened.push(listeners)
  return listeners
}

const addressOf = (listeners: Listeners, at = 0) => listeners.addresses[at] ?? ''
const portOf = (listeners: Listeners, at = 0) => Number(new URL(addressOf(listeners, at)).port)

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

function ask(url: string, options: https.RequestOptions = {}): Promise<Answer> {
  const { request } = url.startsWith('https:') ? https : http
  return new Promise((resolve, reject) => {
    const call = request(url, { agent: false, ...options }, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    call.on('error', reject)
    call.end()
  })
}

/** The certificate that a new connection gets to see. */
async function shown(port: number): Promise<string> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerX509Certificate() ?? { fingerprint256: '' }
  socket.destroy()
  return fingerprint256
}

async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (await check()) return
    await sleep(20)
  }
  throw new Error('it never came to be')
}

describe('TCP', () => {
  test('two listeners at once, each with its own limits and headers', async () => {
    const listeners = await open([
      tcp(undefined, {
        limits: { ...NO_LIMITS, maxRequestBytes: 10 },
        responseHeaders: { default: { 'X-Which': 'one' } },
      }),
      tcp(tlsOf(one), { host: '::1' }),
    ])
    expect(listeners.addresses).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^https:\/\/\[::1\]:\d+$/),
    ])
    const plain = await ask(`${addressOf(listeners)}/v1/a`)
    expect([plain.status, plain.headers['x-which'], plain.headers['strict-transport-security']]).toEqual([
      200,
      'one',
      undefined,
    ])
    const secure = await ask(`${addressOf(listeners, 1)}/v1/a`, { rejectUnauthorized: false })
    expect([secure.status, secure.headers['x-which']]).toEqual([200, undefined])
    expect(secure.headers['strict-transport-security']).toMatch(/^max-age=/)
    const size = { method: 'POST', headers: { 'content-length': 20 } }
    expect((await ask(`${addressOf(listeners)}/v1/a`, size)).status).toBe(413)
  })

  test('an address in use is told, and what was opened before is closed', async () => {
    const first = await open([tcp()])
    const socketPath = path.join(folder, 'before.sock')
    const second = open([unix(socketPath), tcp(undefined, { port: portOf(first) })])
    await expect(second).rejects.toThrow(`can't listen at 127.0.0.1:${portOf(first)}: it is in use`)
    await expect(second).rejects.toBeInstanceOf(ListenError)
    expect(existsSync(socketPath)).toBe(false)
  })

  test('an address that this machine lacks is told', async () => {
    await expect(open([tcp(undefined, { host: '192.0.2.1' })])).rejects.toThrow(
      "can't listen at 192.0.2.1:0: this machine has no such address",
    )
  })

  test('a request that takes too long is answered by its own listener’s bound', async () => {
    const never: Core = { handle: () => new Promise(() => {}) }
    const listeners = await open(
      [tcp(undefined, { limits: { ...NO_LIMITS, maxRequestDurationMs: 100 } }), tcp()],
      never,
    )
    const slow = ask(`${addressOf(listeners, 1)}/v1/a`)
    slow.catch(() => {})
    expect((await ask(`${addressOf(listeners)}/v1/a`)).status).toBe(408)
    expect(await Promise.race([slow, sleep(50, 'still waiting')])).toBe('still waiting')
  })

  test('a proxy’s word is believed where the listener says so', async () => {
    const forwarded = { ...NOBODY, authorizedAddresses: ['127.0.0.0/8'] }
    const listeners = await open([tcp(undefined, { forwarded }), tcp()])
    const headers = { 'x-forwarded-for': '192.0.2.7' }
    expect((await ask(`${addressOf(listeners)}/v1/a`, { headers })).body).toContain('"remote":"192.0.2.7"')
    expect((await ask(`${addressOf(listeners, 1)}/v1/a`, { headers })).body).toContain('"remote":"127.0.0.1"')
    expect((await ask(`${addressOf(listeners)}/v1/a`)).status).toBe(400)
  })
})

describe('TLS', () => {
  test('1.2 is not spoken unless asked for', async () => {
    const listeners = await open([tcp(tlsOf(one)), tcp(tlsOf(one, { minVersion: 'TLSv1.2' }))])
    const old = { rejectUnauthorized: false, maxVersion: 'TLSv1.2' as const }
    await expect(ask(`${addressOf(listeners)}/v1/a`, old)).rejects.toThrow(/protocol version/)
    expect((await ask(`${addressOf(listeners, 1)}/v1/a`, old)).status).toBe(200)
  })

  test('files that are no pair fail the start', async () => {
    const mixed = { certFile: one.certFile, keyFile: other.keyFile }
    await expect(open([tcp(tlsOf(mixed))])).rejects.toThrow(/are no certificate with its key \(ERR_/)
    await expect(open([tcp(tlsOf({ ...mixed, keyFile: '/nonexistent' }))])).rejects.toThrow(
      /nonexistent can't be read: ENOENT/,
    )
    const clientCaFile = path.join(folder, 'empty.crt')
    writeFileSync(clientCaFile, 'nothing')
    await expect(open([tcp(tlsOf(one, { clientCaFile, clientCertificates: 'require' }))])).rejects.toThrow(
      /holds no certificate/,
    )
  })

  describe('reload', () => {
    const files = { certFile: path.join(folder, 'live.crt'), keyFile: path.join(folder, 'live.key') }
    const install = (from: typeof files) => {
      copyFileSync(from.certFile, files.certFile)
      copyFileSync(from.keyFile, files.keyFile)
    }
    let fingerprints: { one: string; other: string }
    beforeAll(async () => {
      const listeners = await openListenersOf(one, other)
      fingerprints = { one: await shown(portOf(listeners)), other: await shown(portOf(listeners, 1)) }
    })
    const openListenersOf = (first: typeof files, second: typeof files) => open([tcp(tlsOf(first)), tcp(tlsOf(second))])

    test('on demand; a live connection goes on with its requests', async () => {
      install(one)
      const listeners = await open([tcp(tlsOf(files))])
      const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
      const sockets = new Set<unknown>()
      const live = () => ask(`${addressOf(listeners)}/v1/a`, { agent })
      agent.on('free', (socket) => sockets.add(socket))
      expect((await live()).status).toBe(200)
      install(other)
      expect(listeners.reload()).toBe(true)
      expect((await live()).status).toBe(200)
      await sleep(10)
      expect(sockets.size).toBe(1)
      expect(await shown(portOf(listeners))).toBe(fingerprints.other)
      agent.destroy()
    })

    test('a broken pair leaves the old one in use, and is logged', async () => {
      install(one)
      const listeners = await open([tcp(tlsOf(files))])
      for (const content of ['', 'rubbish', readFileSync(other.keyFile)]) {
        writeFileSync(files.keyFile, content)
        expect(listeners.reload()).toBe(false)
        expect(await shown(portOf(listeners))).toBe(fingerprints.one)
      }
      rmSync(files.keyFile)
      expect(listeners.reload()).toBe(false)
      expect(await shown(portOf(listeners))).toBe(fingerprints.one)
      expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(4)
      expect(JSON.stringify(log.lines)).not.toContain('PRIVATE KEY')
    })

    test('by itself when the files change, through a pair that is half written', async () => {
      install(one)
      const listeners = await open([tcp(tlsOf(files))])
      copyFileSync(other.certFile, files.certFile)
      await until(() => log.lines.some(({ level }) => level === 'error'))
      expect(await shown(portOf(listeners))).toBe(fingerprints.one)
      copyFileSync(other.keyFile, files.keyFile)
      await until(async () => (await shown(portOf(listeners))) === fingerprints.other)
    })
  })

  describe('client certificates', () => {
    const client = { cert: '', key: '' }
    const clientCaFile = path.join(folder, 'client.crt')
    beforeAll(async () => {
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const certificate = await X509CertificateGenerator.createSelfSigned({
        name: 'CN=client',
        keys,
        notBefore: new Date(Date.now() - 60_000),
        notAfter: new Date(Date.now() + 3_600_000),
        signingAlgorithm: algorithm,
        extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
      })
      const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
      client.cert = certificate.toString('pem')
      client.key = `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`
      writeFileSync(clientCaFile, client.cert)
    })
    const status = async (listeners: Listeners, options: https.RequestOptions) =>
      (await ask(`${addressOf(listeners)}/v1/a`, { rejectUnauthorized: false, ...options })).status

    test('required: only one that verifies gets in', async () => {
      const listeners = await open([tcp(tlsOf(one, { clientCertificates: 'require', clientCaFile }))])
      expect(await status(listeners, client)).toBe(200)
      await expect(status(listeners, {})).rejects.toThrow()
      const stranger = { cert: readFileSync(other.certFile), key: readFileSync(other.keyFile) }
      await expect(status(listeners, stranger)).rejects.toThrow()
    })

    test('requested: everybody gets in', async () => {
      const listeners = await open([tcp(tlsOf(one, { clientCertificates: 'request', clientCaFile }))])
      expect(await status(listeners, client)).toBe(200)
      expect(await status(listeners, {})).toBe(200)
    })
  })
})

describe('a Unix socket', () => {
  const socketPath = path.join(folder, 'egide.sock')
  const askUnix = () => ask('http://localhost/v1/a', { socketPath })

  test('is served with the mode asked for, and is gone when closed', async () => {
    const listeners = await open([
      unix(socketPath, { user: String(process.getuid?.()), group: String(process.getgid?.()) }),
    ])
    expect(listeners.addresses).toEqual([`unix://${socketPath}`])
    expect(statSync(socketPath).mode & 0o777).toBe(0o660)
    expect((await askUnix()).status).toBe(200)
    await listeners.close(100)
    expect(existsSync(socketPath)).toBe(false)
  })

  test('what a dead server left is removed', async () => {
    const dead = net.createServer().listen(socketPath)
    await once(dead, 'listening')
    // Renamed away, it is not removed by close.
    const kept = `${socketPath}.kept`
    const { linkSync } = await import('node:fs')
    linkSync(socketPath, kept)
    dead.close()
    await once(dead, 'close')
    linkSync(kept, socketPath)
    await open([unix(socketPath)])
    expect((await askUnix()).status).toBe(200)
  })

  test('one in use is left alone', async () => {
    await open([unix(socketPath)])
    await expect(open([unix(socketPath)])).rejects.toThrow(`${socketPath} is in use by another process`)
    expect((await askUnix()).status).toBe(200)
  })

  test('what is no socket is left alone', async () => {
    const file = path.join(folder, 'precious')
    writeFileSync(file, 'precious')
    const link = path.join(folder, 'link')
    symlinkSync(file, link)
    for (const at of [file, link, folder]) await expect(open([unix(at)])).rejects.toThrow('is not a socket')
    expect(readFileSync(file, 'utf8')).toBe('precious')
  })

  test('an owner that is not there fails the start, and leaves nothing', async () => {
    const at = path.join(folder, 'owned.sock')
    await expect(open([unix(at, { user: 'nobody-of-this-name' })])).rejects.toThrow(
      'nobody-of-this-name is not in /etc/passwd',
    )
    expect(existsSync(at)).toBe(false)
  })
})

describe('closing', () => {
  /** A core whose answers wait for `release`. */
  function gated(): { core: Core; release: () => void } {
    let release = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    return { release, core: { handle: (request) => gate.then(() => replyOf(request)) } }
  }

  for (const [what, config] of [
    ['plain', tcp()],
    ['TLS', tcp(tlsOf(one))],
  ] as const)
    test(`what is in flight finishes, its connection is told, and nothing new comes in (${what})`, async () => {
      const { core, release } = gated()
      const listeners = await open([config], core)
      const agent = new (what === 'TLS' ? https : http).Agent({ keepAlive: true })
      const pending = ask(`${addressOf(listeners)}/v1/a`, { agent, rejectUnauthorized: false })
      await until(() => listeners.connections === 1)
      await sleep(30)
      const closing = listeners.close(5000)
      await expect(ask(`${addressOf(listeners)}/v1/a`)).rejects.toThrow(/ECONNREFUSED/)
      release()
      expect(await pending).toMatchObject({ status: 200, headers: { connection: 'close' } })
      expect(await closing).toBe(true)
      await until(() => listeners.connections === 0)
      agent.destroy()
    })

  test('idle connections and half a handshake don’t hold it up', async () => {
    const listeners = await open([tcp(), tcp(tlsOf(one))])
    const idle = [net.connect(portOf(listeners), '127.0.0.1'), net.connect(portOf(listeners, 1), '127.0.0.1')]
    for (const socket of idle) socket.on('error', () => {})
    await until(() => listeners.connections === 2)
    const started = performance.now()
    await listeners.close(200)
    expect(performance.now() - started).toBeLessThan(1500)
  })

  test('after the grace the rest is cut', async () => {
    const { core } = gated()
    const listeners = await open([tcp()], core)
    const pending = ask(`${addressOf(listeners)}/v1/a`)
    pending.catch(() => {})
    await until(() => listeners.connections === 1)
    expect(await listeners.close(100)).toBe(false)
    await expect(pending).rejects.toThrow(/socket hang up|ECONNRESET/)
  })

  test('streams are ended', async () => {
    const core: Core = {
      handle: async (request) => {
        const lines = async function* () {
          while (request.signal?.aborted === false) {
            yield Buffer.from('line\n')
            await sleep(10)
          }
        }
        return replyOf(request, { raw: { status: 200, contentType: 'text/plain', body: lines() } })
      },
    }
    const listeners = await open([tcp()], core)
    const pending = ask(`${addressOf(listeners)}/v1/sys/monitor`)
    await until(() => listeners.connections === 1)
    await sleep(50)
    expect(await listeners.close(2000)).toBe(true)
    expect((await pending).body).toMatch(/^(line\n)+$/)
  })

  test('twice is once', async () => {
    const listeners = await open([tcp()])
    expect(await Promise.all([listeners.close(100), listeners.close(0)])).toEqual([true, true])
  })
})
