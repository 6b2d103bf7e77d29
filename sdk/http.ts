import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http'
import type { Readable } from 'node:stream'
import { type Address, urlOf } from './address.ts'
import { Deadline } from './deadline.ts'
import { codeOf } from './error-code.ts'
import { TransportError } from './errors.ts'
import type { HttpMethod, Query } from './method.ts'
import type { TlsSettings } from './tls.ts'
import type { Content } from './transport.ts'
import { reasonOf } from './unreachable.ts'

export interface HttpRequest {
  readonly method: HttpMethod
  /** Below `/v1/`, unescaped. */
  readonly path: string
  readonly query?: Query
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** A file that is the body, as it is. */
  readonly file?: string
  /** What the body is made of, as it is. */
  readonly content?: Content
}

export interface HttpResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

/** How HTTP requests reach a server. Each is tried once. `close` lets go of idle connections. */
export interface Wire {
  readonly address: Address
  send(request: HttpRequest, options?: SendOptions): Promise<HttpResponse>
  /** The answer as it arrives, without time limit once it has begun. The caller destroys it. */
  stream(request: HttpRequest, options?: SendOptions): Promise<IncomingMessage>
  close(): void
}

export interface HttpSettings {
  readonly tls?: TlsSettings
  /** For one try, from connecting to the last byte. Default 60 000. */
  readonly timeoutMs?: number
  /** Larger answers are refused. Default 32 MiB. */
  readonly maxResponseBytes?: number
  /** Connections at a time; further requests wait for one. They are kept for the next request. Default 64. */
  readonly maxConnections?: number
}

const DEFAULTS = { tls: {}, timeoutMs: 60_000, maxResponseBytes: 32 * 1024 * 1024, maxConnections: 64 }

/** HTTP over TCP, TLS or a Unix socket, on connections that are kept. */
export class HttpWire implements Wire {
  readonly address: Address
  readonly #settings: Required<HttpSettings>
  #connector: Promise<Connector> | undefined

  constructor(address: Address, settings: HttpSettings = {}) {
    this.address = address
    this.#settings = { ...DEFAULTS, ...settings }
  }

  async send(request: HttpRequest, options: SendOptions = {}): Promise<HttpResponse> {
    const deadline = new Deadline(options.timeoutMs ?? this.#settings.timeoutMs, options.signal)
    try {
      const message = await this.#start(request, deadline.signal)
      return {
        status: message.statusCode ?? 0,
        headers: message.headers,
        body: await readBounded(message, this.#settings.maxResponseBytes),
      }
    } catch (cause) {
      if (cause instanceof TransportError) throw cause
      if (deadline.signal.aborted) throw deadline.reason(this.#place)
      throw this.#broken(cause)
    } finally {
      deadline.end()
    }
  }

  async stream(request: HttpRequest, options: SendOptions = {}): Promise<IncomingMessage> {
    const deadline = new Deadline(options.timeoutMs ?? this.#settings.timeoutMs, options.signal)
    try {
      const message = await this.#start(request, deadline.signal)
      deadline.relax()
      message.once('close', () => deadline.end())
      return message
    } catch (cause) {
      deadline.end()
      throw deadline.signal.aborted ? deadline.reason(this.#place) : this.#broken(cause)
    }
  }

  close(): void {
    void this.#connector?.then(
      ({ agent }) => agent.destroy(),
      () => {}, // it failed to load, so there is nothing to close: the request has reported it
    )
  }

  async #start(request: HttpRequest, signal: AbortSignal | undefined): Promise<IncomingMessage> {
    this.#connector ??= connectorFor(this.address, this.#settings)
    const { send, agent, target } = await this.#connector
    const { file, body, content } = request
    const upload = file === undefined ? undefined : await opened(file)
    const pieces = upload?.content ?? (content && (await piecesOf(content)))
    const options: RequestOptions = {
      ...target,
      method: request.method,
      // Not as a URL, which would take `..` out of the path: what is odd in it is for the server to refuse.
      path: targetOf(this.address, request),
      agent,
      headers: withLength(request.headers, upload?.size ?? (body === undefined ? undefined : Buffer.byteLength(body))),
      ...(signal && { signal }),
    }
    return new Promise((resolve, reject) => {
      const outgoing = send(options, resolve)
      outgoing.on('error', reject)
      // Without a listener neither an answer nor an error would come, and the deadline would end nothing.
      outgoing.on('upgrade', (_message, socket) => {
        socket.destroy()
        reject(new Error('the answer changes to another protocol'))
      })
      if (pieces === undefined) outgoing.end(body)
      else pieces.on('error', (error) => outgoing.destroy(error)).pipe(outgoing)
      // Whoever reads a file is told when nobody takes more of it.
      if (pieces !== undefined) outgoing.on('close', () => pieces.destroy())
    })
  }

  get #place(): string {
    return this.address.socketPath ?? this.address.base
  }

  #broken(cause: unknown): TransportError {
    const transient = TRANSIENT.has(codeOf(cause))
    return new TransportError('unreachable', `cannot reach ${this.#place}: ${reasonOf(cause, this.address.secure)}`, {
      cause,
      transient,
    })
  }
}

interface Connector {
  readonly agent: Agent
  readonly target: RequestOptions
  send(options: RequestOptions, answered: (message: IncomingMessage) => void): ClientRequest
}

/** TLS is loaded only when the address asks for it: a command line pays for its start each time. */
async function connectorFor(address: Address, settings: Required<HttpSettings>): Promise<Connector> {
  const { hostname, port } = new URL(address.base)
  const target: RequestOptions = {
    // Brackets around an IPv6 address belong to URLs only.
    host: hostname.replace(/^\[|\]$/g, ''),
    ...(port !== '' && { port: Number(port) }),
    ...(address.socketPath !== undefined && { socketPath: address.socketPath }),
  }
  const pool = { keepAlive: true, maxSockets: settings.maxConnections }
  if (!address.secure) {
    const http = await import('node:http')
    return { agent: new http.Agent(pool), target, send: http.request }
  }
  const [https, { tlsOptions }] = await Promise.all([import('node:https'), import('./tls.ts')])
  return { agent: new https.Agent({ ...pool, ...tlsOptions(settings.tls) }), target, send: https.request }
}

/** The path and query as they go out. */
function targetOf(address: Address, request: HttpRequest): string {
  const url = urlOf(address, request)
  return url.slice(url.indexOf('/', url.indexOf('//') + 2))
}

function withLength(
  headers: Readonly<Record<string, string>>,
  bytes: number | undefined,
): Readonly<Record<string, string>> {
  return bytes === undefined ? headers : { ...headers, 'Content-Length': String(bytes) }
}

async function piecesOf(content: Content): Promise<Readable> {
  const { Readable } = await import('node:stream')
  return Readable.from(content)
}

/** Rejects with the system's error when it can't be read. */
async function opened(file: string): Promise<{ readonly size: number; readonly content: Readable }> {
  const { open } = await import('node:fs/promises')
  const handle = await open(file)
  const { size } = await handle.stat()
  return { size, content: handle.createReadStream() }
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

/** Connections that were refused or broke, and names that were not found for now: not certificates that are wrong. */
const TRANSIENT = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'])
