import type { Agent, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http'
import { TransportError } from './errors.ts'
import type { HttpMethod } from './method.ts'
import { mayRepeat, waitBefore } from './retry.ts'

export interface HttpRequest {
  readonly method: HttpMethod
  /** Below `/v1/`, unescaped. */
  readonly path: string
  readonly query?: readonly (readonly [name: string, value: string])[]
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** How requests reach a server. `close` lets go of idle connections. */
export interface Transport {
  readonly address: Address
  send(request: HttpRequest): Promise<HttpResponse>
  /** The answer as it arrives, without time limit. The caller destroys it. */
  stream(request: HttpRequest): Promise<IncomingMessage>
  close(): void
}

export interface TlsSettings {
  /** PEM. When given, only these authorities are trusted. */
  readonly ca?: readonly string[]
  readonly cert?: string
  readonly key?: string
  /** Name to ask for and to check, instead of the address's host. */
  readonly serverName?: string
  readonly dangerouslySkipVerification?: boolean
}

export interface TransportSettings {
  readonly tls?: TlsSettings
  /** For one try, from connecting to the last byte. Default 60 000. */
  readonly timeoutMs?: number
  /** Tries after the first, on 429 and 503. Default 2. */
  readonly maxRetries?: number
  /** Default 32 MiB. */
  readonly maxResponseBytes?: number
  readonly random?: () => number
  readonly sleep?: (ms: number) => Promise<void>
}

/** Where a server is. */
export interface Address {
  /** Without a trailing slash, e.g. `https://127.0.0.1:8200`. */
  readonly base: string
  readonly secure: boolean
  readonly socketPath?: string
}

/** Accepts `http://`, `https://` and `unix:///path/to/socket`; throws `invalid_address` for anything else. */
export function parseAddress(text: string): Address {
  if (text.startsWith('unix://')) {
    const socketPath = text.slice('unix://'.length)
    if (!socketPath.startsWith('/'))
      throw new TransportError('invalid_address', 'a unix address needs an absolute path')
    return { base: 'http://localhost', secure: false, socketPath }
  }
  const url = URL.parse(text)
  // The text itself is not repeated: an address may carry a password.
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TransportError('invalid_address', 'the address must begin with https://, http:// or unix://')
  }
  return { base: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`, secure: url.protocol === 'https:' }
}

/** The whole URL of a request. Every query value is in it: for sending, not for showing. */
export function urlOf(address: Address, request: Pick<HttpRequest, 'path' | 'query'>): string {
  const path = request.path.split('/').map(escapeSegment).join('/')
  const query = new URLSearchParams((request.query ?? []).map(([name, value]) => [name, value])).toString()
  return `${address.base}/v1/${path}${query === '' ? '' : `?${query}`}`
}

/** Leaves what RFC 3986 allows in a segment as it is, so that a URL reads as its owner wrote it. */
function escapeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/%(?:3A|40|24|26|2B|2C|3B|3D)/g, decodeURIComponent)
}

export class HttpTransport implements Transport {
  readonly address: Address
  readonly #settings: Required<Omit<TransportSettings, 'tls'>> & { tls: TlsSettings }
  #connector: Promise<Connector> | undefined

  constructor(address: Address, settings: TransportSettings = {}) {
    this.address = address
    this.#settings = {
      tls: settings.tls ?? {},
      timeoutMs: settings.timeoutMs ?? 60_000,
      maxRetries: settings.maxRetries ?? 2,
      maxResponseBytes: settings.maxResponseBytes ?? 32 * 1024 * 1024,
      random: settings.random ?? Math.random,
      sleep: settings.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
    }
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    const { maxRetries, random, sleep } = this.#settings
    for (let attempt = 1; ; attempt++) {
      const response = await this.#once(request)
      if (attempt > maxRetries || !mayRepeat(request.method, response.status)) return response
      await sleep(waitBefore(attempt, response.headers['retry-after'], random))
    }
  }

  async stream(request: HttpRequest): Promise<IncomingMessage> {
    try {
      return await this.#start(request, undefined)
    } catch (cause) {
      throw this.#broken(cause)
    }
  }

  close(): void {
    void this.#connector?.then(
      ({ agent }) => agent.destroy(),
      () => {}, // it failed to load, so there is nothing to close: the request has reported it
    )
  }

  async #once(request: HttpRequest): Promise<HttpResponse> {
    const deadline = AbortSignal.timeout(this.#settings.timeoutMs)
    try {
      const message = await this.#start(request, deadline)
      return {
        status: message.statusCode ?? 0,
        headers: message.headers,
        body: await readBounded(message, this.#settings.maxResponseBytes),
      }
    } catch (cause) {
      if (cause instanceof TransportError) throw cause
      if (deadline.aborted) {
        throw new TransportError('timeout', `no answer from ${this.#place} within ${this.#settings.timeoutMs} ms`)
      }
      throw this.#broken(cause)
    }
  }

  async #start(request: HttpRequest, signal: AbortSignal | undefined): Promise<IncomingMessage> {
    this.#connector ??= connectorFor(this.address, this.#settings.tls)
    const { send, agent } = await this.#connector
    const options: RequestOptions = {
      method: request.method,
      agent,
      headers: request.body === undefined ? request.headers : withLength(request.headers, request.body),
      ...(signal && { signal }),
      ...(this.address.socketPath !== undefined && { socketPath: this.address.socketPath }),
    }
    return new Promise((resolve, reject) => {
      const outgoing = send(urlOf(this.address, request), options, resolve)
      outgoing.on('error', reject)
      outgoing.end(request.body)
    })
  }

  get #place(): string {
    return this.address.socketPath ?? this.address.base
  }

  #broken(cause: unknown): TransportError {
    return new TransportError('unreachable', `cannot reach ${this.#place}: ${reasonOf(cause)}`, { cause })
  }
}

interface Connector {
  readonly agent: Agent
  send(
    url: string,
    options: RequestOptions,
    answered: (message: IncomingMessage) => void,
  ): import('node:http').ClientRequest
}

/** TLS is loaded only when the address asks for it: a command line pays for its start each time. */
async function connectorFor(address: Address, tls: TlsSettings): Promise<Connector> {
  if (!address.secure) {
    const http = await import('node:http')
    return { agent: new http.Agent({ keepAlive: true }), send: http.request }
  }
  const [https, { getCACertificates }] = await Promise.all([import('node:https'), import('node:tls')])
  const agent = new https.Agent({
    keepAlive: true,
    ca: tls.ca !== undefined ? [...tls.ca] : [...getCACertificates('default'), ...getCACertificates('system')],
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
    rejectUnauthorized: tls.dangerouslySkipVerification !== true,
  })
  return { agent, send: https.request }
}

function withLength(headers: Readonly<Record<string, string>>, body: string): Record<string, string> {
  return { ...headers, 'Content-Length': String(Buffer.byteLength(body)) }
}

async function readBounded(message: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw new TransportError('invalid_response', `the answer is larger than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function reasonOf(cause: unknown): string {
  // Several addresses of one name failed: the first says enough.
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0])
  if (!(cause instanceof Error)) return 'connection failed'
  return cause.message === '' ? cause.name : cause.message
}
