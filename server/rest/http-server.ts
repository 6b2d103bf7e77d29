import { once } from 'node:events'
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server as PlainServer,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { rememberChain } from '../core/peer-chain.ts'
import { API_PREFIX, type RestAdapter } from './adapter.ts'
import type { RestLimits } from './limits.ts'
import { ALLOWED_METHODS, type Refusal, refusalOf, writeRefusal } from './refusal.ts'
import {
  detach,
  detachParser,
  discard,
  type ParserFailure,
  ReplayedConnection,
  recoverHead,
  rememberListeners,
} from './replay.ts'
import { isUpload } from './streamed-body.ts'

/** Answers what is not below `/v1/`: pages for people. */
export type PageHandler = (message: IncomingMessage, reply: ServerResponse) => void

/** Speaks another protocol on the same listener. */
export interface OtherAdapter {
  /** Whether a request target is for it. */
  serves(target: string): boolean
  /** Never rejects. */
  handle(message: IncomingMessage, reply: ServerResponse): Promise<void>
}

/** How often timeouts are looked for. */
const CHECK_INTERVAL_MS = 1000
/** While stopping. */
const IDLE_SWEEP_MS = 50
/** Connections past the bound that are still told so, rather than cut. */
const OVERFLOW_CONNECTIONS = 128

/** How one listener's server is made; it is not listening yet. */
export interface HttpServerSpec {
  readonly adapter: RestAdapter
  /** Asked in turn about what is not below `/v1/`. */
  readonly others?: readonly OtherAdapter[]
  readonly pages: PageHandler
  readonly limits: RestLimits
  readonly tls: TlsOptions | undefined
}

/** A connection as Node's HTTP server sees it; `_httpMessage` is the answer under way, and has no public name. */
interface Answering {
  readonly _httpMessage?: ServerResponse | null
}
type ServedSocket = Socket & Answering

/** The HTTP or HTTPS server of one listener. */
export class HttpServer {
  readonly server: PlainServer | TlsServer
  readonly #spec: HttpServerSpec
  readonly #sockets = new Set<ServedSocket>()
  /** As the kernel gave them; of TLS ones, also those still at their handshake. */
  readonly #accepted = new Set<Socket>()
  readonly #replayed = new Set<ReplayedConnection & Answering>()
  /** Those that a parser has given up. */
  readonly #unparsed = new WeakSet<ServedSocket>()

  constructor(spec: HttpServerSpec) {
    this.#spec = spec
    const options = serverOptions(spec.limits)
    const server =
      spec.tls === undefined
        ? createPlainServer(options, this.#onRequest)
        : createTlsServer({ ...options, ...spec.tls }, this.#onRequest)
    server.keepAliveTimeout = spec.limits.keepAliveTimeoutMs
    server.maxConnections = spec.limits.maxConnections + OVERFLOW_CONNECTIONS
    // Before the server's own, and in this order: what `#onConnection` remembers includes what was put on just before.
    server.prependListener(spec.tls === undefined ? 'connection' : 'secureConnection', this.#onConnection)
    server.prependListener('connection', this.#onAccepted)
    server.on('checkContinue', this.#onRequest)
    server.on('clientError', this.#onClientError)
    server.on('connect', (_message: IncomingMessage, socket: Socket) => {
      writeRefusal(socket, { status: 405, message: 'unsupported method' })
    })
    this.server = server
  }

  /** Connections open now. */
  get connections(): number {
    return this.#accepted.size
  }

  /**
   * Takes no new connection, closes those that wait for nothing, and tells the others with their answer that it is the
   * last. Resolves when all are gone.
   */
  async stop(): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    this.#cutHandshakes()
    for (const { _httpMessage } of [...this.#sockets, ...this.#replayed]) {
      if (_httpMessage && !_httpMessage.headersSent) _httpMessage.shouldKeepAlive = false
    }
    this.server.closeIdleConnections()
    // One whose headers had left before is closed once it has nothing more to say.
    const sweep = setInterval(() => this.server.closeIdleConnections(), IDLE_SWEEP_MS)
    await closed
    clearInterval(sweep)
  }

  /** Cuts what is left. */
  cut(): void {
    for (const socket of this.#accepted) socket.destroy()
  }

  /** Those that are not over, for which Node.js would wait. */
  #cutHandshakes(): void {
    if (this.#spec.tls === undefined) return
    // Nothing public leads from a TLS connection to the socket below it, but both have the same ends.
    const done = new Set(Array.from(this.#sockets, endsOf))
    for (const socket of this.#accepted) if (!done.has(endsOf(socket))) socket.destroy()
  }

  readonly #onAccepted = (socket: Socket): void => {
    if (socket instanceof ReplayedConnection) return
    this.#accepted.add(socket)
    socket.once('close', () => this.#accepted.delete(socket))
  }

  readonly #onConnection = (socket: Socket): void => {
    if (socket instanceof ReplayedConnection) return
    rememberChain(socket)
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    // Last: what comes after is the HTTP server's, and is taken off with it.
    rememberListeners(socket)
  }

  readonly #onRequest = (message: IncomingMessage, reply: ServerResponse): void => {
    // After an offer of another protocol that was passed over, Node's parser tells nobody of a request that it can't read,
    // a LIST among them: the next one comes on a connection of its own.
    if (!this.server.listening || message.headers.upgrade !== undefined) reply.shouldKeepAlive = false
    if (message.url !== undefined && !message.url.startsWith('/')) message.url = originForm(message.url)
    if (this.#accepted.size > this.#spec.limits.maxConnections) {
      reply.writeHead(503, { 'Retry-After': '1', Connection: 'close', 'Content-Type': 'application/json' })
      reply.end('{"errors":["too many connections"]}\n')
    } else if (message.url === '*' && message.method === 'OPTIONS') {
      // Asks about the server as a whole (RFC 9110, 9.3.7); what looks whether it is there is told so.
      reply.writeHead(200, { Allow: ALLOWED_METHODS, 'Content-Length': '0', 'Cache-Control': 'no-store' }).end()
    } else if (message.url?.startsWith(API_PREFIX)) void this.#spec.adapter.handle(message, reply)
    else this.#serveOther(message, reply)
  }

  #serveOther(message: IncomingMessage, reply: ServerResponse): void {
    const { others = [], pages } = this.#spec
    const other = others.find((adapter) => adapter.serves(message.url ?? ''))
    if (other === undefined) pages(message, reply)
    else void other.handle(message, reply)
  }

  readonly #onClientError = (failure: ParserFailure, connection: ServedSocket): void => {
    // Node's limit for a request as a whole, which this one need not keep.
    if (failure.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUpload(connection)) return
    const recovered = recoverHead(failure)
    const refusal = refusalOf(failure)
    if (recovered === undefined && refusal === undefined) {
      connection.destroy()
      return
    }
    // Of a parser that has failed, too, the time for a request to arrive runs out.
    if (this.#unparsed.has(connection)) return
    this.#unparsed.add(connection)
    const chunks = detachParser(connection)
    if (recovered === undefined) {
      if (refusal !== undefined) this.#refuse(refusal, connection)
      return
    }
    // Later: the parser that failed is still running below us.
    setImmediate(this.#afterAnswers, connection, () => {
      detach(connection)
      const isReplayed = connection instanceof ReplayedConnection
      // A connection that is given up holds what came while earlier answers were awaited.
      const unread = isReplayed ? connection.unread() : []
      const head = Buffer.concat([recovered.head, ...chunks, ...unread])
      const socket = isReplayed ? connection.release() : connection
      if (isReplayed) this.#replayed.delete(connection)
      this.#serveAgain(new ReplayedConnection(socket, recovered.verb, head))
    })
  }

  /** Pipelined requests that came before, and came whole, are answered first. */
  readonly #afterAnswers = (connection: ServedSocket, proceed: () => void): void => {
    const answer = connection._httpMessage
    if (connection.destroyed) return
    if (!answer?.req.complete) proceed()
    else answer.once('close', () => setImmediate(this.#afterAnswers, connection, proceed))
  }

  #serveAgain(connection: ReplayedConnection): void {
    this.#replayed.add(connection)
    connection.once('close', () => this.#replayed.delete(connection))
    this.server.emit(this.#spec.tls === undefined ? 'connection' : 'secureConnection', connection)
  }

  #refuse(refusal: Refusal, connection: ServedSocket): void {
    const { handleTimeoutMs, stalledReaderMs } = this.#spec.limits
    // For answers to be made and read; streams would have no end.
    const bound = setTimeout(() => connection.destroy(), handleTimeoutMs + stalledReaderMs)
    connection.once('close', () => clearTimeout(bound))
    this.#afterAnswers(connection, () => {
      clearTimeout(bound)
      discard(connection)
      // In the middle of another answer, a refusal would be taken for a part of it.
      if (connection._httpMessage?.headersSent) connection.destroy()
      // Else the last answer has ended the connection.
      else if (connection.writable) writeRefusal(connection, refusal)
    })
  }
}

/** Of a connection: what no two have in common. */
function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
}

function serverOptions(limits: RestLimits): ServerOptions {
  return {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    // Repeats of a header must be seen, to be refused where they disagree.
    joinDuplicateHeaders: true,
    // A missing Host is refused by the adapter, which says so.
    requireHostHeader: false,
    noDelay: true,
  }
}

/** Of a target as it is sent to proxies, and as a server has to take it too (RFC 9112, 3.2.2). */
function originForm(target: string): string {
  const below = target.replace(/^https?:\/\/[^/?#]*/i, '')
  return below === target || below.startsWith('/') ? below : `/${below}`
}
