import 'reflect-metadata'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'
import { makeCertificate } from '../../test/harness/certificate.ts'
import { echo, KeptLog } from '../../test/rest/serve.ts'
import type { ListenerConfig, ListenerLimits, TlsConfig } from '../config/types.ts'
import type { AccessKeys } from '../core/access-keys/access-key.ts'
import type { Core } from '../core/request.ts'
import type { RestServices } from '../rest/adapter.ts'
import { InFlight } from '../rest/in-flight.ts'
import { type Listeners, openListeners } from './index.ts'

/** Listeners for tests, over a core that echoes. */

export const folder = mkdtempSync(path.join(tmpdir(), 'egide-listen-'))
export const one = await makeCertificate(path.join(folder, 'one'))
export const other = await makeCertificate(path.join(folder, 'other'))

export const NO_LIMITS: ListenerLimits = {
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
export const NOBODY = {
  authorizedAddresses: [],
  hopSkips: 0,
  rejectNotPresent: true,
  rejectNotAuthorized: true,
  clientCertificate: undefined,
}

export const tcp = (tlsConfig?: TlsConfig, parts: object = {}): ListenerConfig => ({
  type: 'tcp',
  host: '127.0.0.1',
  port: 0,
  tls: tlsConfig,
  forwarded: NOBODY,
  limits: NO_LIMITS,
  responseHeaders: {},
  lenientPaths: false,
  ...parts,
})
export const unix = (socketPath: string, parts: object = {}): ListenerConfig => ({
  type: 'unix',
  socketPath,
  mode: 0o660,
  user: undefined,
  group: undefined,
  limits: NO_LIMITS,
  responseHeaders: {},
  lenientPaths: false,
  ...parts,
})
export const tlsOf = (files: { certFile: string; keyFile: string }, parts: Partial<TlsConfig> = {}): TlsConfig => ({
  certFile: files.certFile,
  keyFile: files.keyFile,
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  clientCaFile: undefined,
  clientCertificates: 'none',
  ...parts,
})

export const log = new KeptLog()
const opened: Listeners[] = []
/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const listeners of opened.splice(0)) await listeners.close(0)
  log.lines.length = 0
}

/** For `afterAll`. */
export function removeFolder(): void {
  rmSync(folder, { recursive: true, force: true })
}

export async function open(configs: readonly ListenerConfig[], core: Core = echo): Promise<Listeners> {
  const rest: RestServices = {
    core,
    clock: { now: () => Date.now() },
    random: { bytes: (count) => randomBytes(count), uuid: () => randomUUID() },
    log,
    inFlight: new InFlight(100),
    cors: async () => undefined,
    observe: () => {},
    monotonicMs: () => performance.now(),
  }
  const pages = (_message: http.IncomingMessage, reply: http.ServerResponse) => void reply.writeHead(404).end()
  const accessKeys: AccessKeys = {
    accessKey: async () => undefined,
    refuse: (_request, refusal) => Promise.reject(refusal),
  }
  const listeners = await openListeners(configs, { rest, accessKeys, pages, certificatePollMs: 40 })
  opened.push(listeners)
  return listeners
}

export const addressOf = (listeners: Listeners, at = 0) => listeners.addresses[at] ?? ''
export const portOf = (listeners: Listeners, at = 0) => Number(new URL(addressOf(listeners, at)).port)

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

export function ask(url: string, options: https.RequestOptions = {}): Promise<Answer> {
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
export async function shown(port: number): Promise<string> {
  const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerX509Certificate() ?? { fingerprint256: '' }
  socket.destroy()
  return fingerprint256
}

export async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + 60_000
  while (performance.now() < end) {
    if (await check()) return
    await sleep(20)
  }
  throw new Error('it never came to be')
}
