import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { canonicalAddress } from '../../engines/cidr.ts'
import type { Clock, Connection, Log, Operation, Random } from '../../engines/engine.ts'
import { EgideError, invalid } from '../../engines/errors.ts'
import type { CorsSettings } from '../../engines/system/services/operations.ts'
import type { Awaitable } from '../../storage/backend.ts'
import { Allowance } from '../core/allowance.ts'
import { peerChainOf } from '../core/peer-chain.ts'
import { RateLimited } from '../core/quotas/quotas.ts'
import type { Core, Response } from '../core/request.ts'
import { RequestFailures } from '../core/request-failures.ts'
import { streamsBody } from '../core/streamed-bodies.ts'
import { corsHeaders, isOfBrowser, isPreflight } from './cors.ts'
import { Exchange } from './exchange.ts'
import type { ForwardedAddresses } from './forwarded.ts'
import { mediaTypeOf, namespaceOf, requireMergePatch, tokenOf, wrapTtlOf } from './headers.ts'
import type { InFlight } from './in-flight.ts'
import { parseJsonBody } from './json-body.ts'
import type { RestLimits } from './limits.ts'
import { decodePath } from './path.ts'
import { parseQuery, takeFlag } from './query.ts'
import { hasBody, isOverlong, readBody } from './read-body.ts'
import { ALLOWED_METHODS } from './refusal.ts'
import { ReplayedConnection } from './replay.ts'
import { type HeadersFor, hasStreamedBody, type Reading, sendError, sendResponse } from './send.ts'
import { StreamedBody } from './streamed-body.ts'

/** What is told of each answered request, for metrics. */
export type Observe = (operation: Operation, mountType: string, status: number, seconds: number) => void

/** What the adapters of all listeners share. */
export interface RestServices {
  readonly core: Core
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly inFlight: InFlight
  /** As of now; undefined while cross-origin requests are off. */
  readonly cors: () => Promise<CorsSettings | undefined>
  readonly observe: Observe
  /** Milliseconds that never jump, for durations. */
  readonly monotonicMs: () => number
}

/** What is particular to one listener. */
export interface ListenerTraits {
  readonly tls: boolean
  readonly headersFor: HeadersFor
  readonly forwarded: ForwardedAddresses | undefined
  readonly limits: RestLimits
  /** Whether slashes of a path may be escaped or doubled. */
  readonly lenientPaths: boolean
}

export const API_PREFIX = '/v1/'

/** Turns what comes over HTTP below `/v1/` into requests of the core, and its answers into HTTP. It decides nothing. */
export class RestAdapter {
  readonly #services: RestServices
  readonly #traits: ListenerTraits
  readonly #bodies: Allowance
  readonly #reading: Reading
  readonly #failures: RequestFailures

  constructor(services: RestServices, traits: ListenerTraits) {
    this.#services = services
    this.#traits = traits
    const { heldBodyBytes, stalledReaderMs, unreadAnswerBytes } = traits.limits
    this.#bodies = new Allowance(heldBodyBytes)
    this.#reading = { stalledMs: stalledReaderMs, unread: new Allowance(unreadAnswerBytes) }
    this.#failures = new RequestFailures(services)
  }

  /** Never rejects. */
  handle(message: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { inFlight, clock, random, monotonicMs } = this.#services
    const connection = connectionOf(message.socket, this.#traits.tls)
    const exchange = new Exchange(this, message, reply, random.uuid(), connection, clock.now(), monotonicMs())
    if (!inFlight.refuses()) return this.#serve(exchange, inFlight.add(exchange))
    this.#fail(exchange, new EgideError('unavailable', 'too many requests are in flight'))
    return Promise.resolve()
  }

  /** Answers this listener's requests that have taken too long; what they still come to is dropped. */
  expire(): void {
    const { inFlight, monotonicMs } = this.#services
    for (const exchange of inFlight.startedBefore(monotonicMs() - this.#traits.limits.handleTimeoutMs)) {
      if (!(exchange instanceof Exchange) || exchange.owner !== this) continue
      exchange.abort()
      this.#fail(exchange, new EgideError('timeout', 'the request took too long'))
    }
  }

  /** One asynchronous function for all that a request may wait for: each costs it a microsecond. */
  async #serve(exchange: Exchange, place: number): Promise<void> {
    const { core, inFlight, observe, monotonicMs } = this.#services
    const { message, reply, startedMonotonicMs } = exchange
    try {
      exchange.method = methodOf(message)
      const cors = isOfBrowser(message) ? await this.#services.cors() : undefined
      if (cors !== undefined) exchange.extraHeaders = corsHeaders(cors, message)
      if (cors !== undefined && isPreflight(message)) this.#endPreflight(exchange)
      else {
        this.#readHead(exchange)
        const admitted = this.#admit(exchange, false)
        const isAdmitted = admitted instanceof Promise ? await admitted : admitted
        const body = this.#bodyOf(exchange)
        if (body !== undefined) this.#takeData(exchange, await body)
        if (!isAdmitted) await this.#admit(exchange, true)
        const sending = this.#send(exchange, place, await core.handle(exchange))
        if (sending !== undefined) await sending
      }
    } catch (error) {
      this.#fail(exchange, error)
    } finally {
      inFlight.remove(place)
      exchange.body?.discard()
    }
    const seconds = (monotonicMs() - startedMonotonicMs) / 1000
    observe(exchange.operation, exchange.mountType, reply.statusCode, seconds)
  }

  #readHead(exchange: Exchange): void {
    const { message } = exchange
    const { headers } = message
    if (this.#traits.forwarded !== undefined) this.#resolveClient(exchange, this.#traits.forwarded)
    readTarget(exchange, exchange.method, this.#traits.lenientPaths)
    if (headers.host === undefined && message.httpVersion === '1.1') throw invalid('missing Host header')
    exchange.namespace = namespaceOf(headers)
    // Vault's command line says with an error which namespace it was of.
    const asked = headers['x-vault-namespace']
    if (exchange.namespace !== '' && typeof asked === 'string') {
      exchange.extraHeaders = [...exchange.extraHeaders, 'X-Vault-Namespace', asked]
    }
    exchange.token = tokenOf(headers)
    exchange.wrapTtlSeconds = wrapTtlOf(headers)
  }

  /** False: only when the body is read can it be said whether the client has asked too much. */
  #admit(exchange: Exchange, isWhole: boolean): Awaitable<boolean> {
    const { core } = this.#services
    if (core.admit === undefined) return true
    const refused = (error: unknown): never => {
      if (error instanceof RateLimited) addHeaders(exchange, error.headers)
      throw error
    }
    try {
      const headers = core.admit(exchange, isWhole)
      if (!(headers instanceof Promise)) return isAdmittedWith(exchange, headers)
      return headers.then((late) => isAdmittedWith(exchange, late), refused)
    } catch (error) {
      return refused(error)
    }
  }

  /** Undefined: it has none, or none that is read as a whole. */
  #bodyOf(exchange: Exchange): Promise<Buffer> | undefined {
    const { message } = exchange
    const { maxBodyBytes } = this.#traits.limits
    if (!hasBody(message)) return undefined
    if (isStreamed(exchange)) {
      exchange.body = new StreamedBody(message, () => expectBody(exchange))
      return undefined
    }
    if (!isOverlong(message, maxBodyBytes)) expectBody(exchange)
    return readBody(message, maxBodyBytes, this.#bodies)
  }

  #takeData(exchange: Exchange, bytes: Buffer): void {
    const { message, operation } = exchange
    // The data of a read, list, scan or delete is its query; a body there means nothing, as it does to Vault.
    // But for what cancels an attempt below sys/: Vault's clients send its nonce in the body.
    if (operation === 'delete' && exchange.path.startsWith('sys/')) {
      exchange.data = { ...parseJsonBody(bytes, this.#traits.limits), ...exchange.data }
      return
    }
    if (operation !== 'update' && operation !== 'patch') return
    if (operation === 'patch') requireMergePatch(message.headers)
    if (isOcspRequest(exchange)) exchange.data = { req: bytes.toString('base64') }
    else if (isForm(message, bytes)) exchange.data = parseQuery(bytes.toString('utf8'))
    else exchange.data = parseJsonBody(bytes, this.#traits.limits)
  }

  #send(exchange: Exchange, place: number, response: Response): Promise<void> | undefined {
    if (exchange.answered) return undefined
    if (hasStreamedBody(response)) this.#services.inFlight.markStreaming(place)
    const sending = sendResponse(exchange, response, this.#traits.headersFor, this.#reading)
    exchange.answered = true
    return sending
  }

  #endPreflight({ reply, extraHeaders }: Exchange): void {
    reply.writeHead(200, ['Cache-Control', 'no-store', 'Content-Length', '0', ...extraHeaders])
    reply.end()
  }

  #resolveClient(exchange: Exchange, forwarded: ForwardedAddresses): void {
    const { connection, message } = exchange
    const client = forwarded.clientOf(connection.remoteAddress, message.headers)
    if (client === undefined) return
    exchange.connection = { ...connection, remoteAddress: client.address, peerChain: client.peerChain }
  }

  #fail(exchange: Exchange, error: unknown): void {
    const { log } = this.#services
    if (exchange.answered && !exchange.streaming) return
    exchange.answered = true
    if (exchange.streaming) {
      log.debug({ requestId: exchange.id, error: String(error) }, 'a stream ended early')
      exchange.reply.destroy()
      return
    }
    sendError(exchange, this.#failures.told(error, exchange.id, exchange.path), this.#traits.headersFor)
  }
}

function isAdmittedWith(exchange: Exchange, headers: readonly string[] | undefined): boolean {
  if (headers !== undefined) addHeaders(exchange, headers)
  return headers !== undefined
}

function addHeaders(exchange: Exchange, headers: readonly string[]): void {
  if (headers.length > 0) exchange.extraHeaders = [...exchange.extraHeaders, ...headers]
}

const connections = new WeakMap<Duplex, Connection>()

/** The same object for every request of a connection. */
export function connectionOf(socket: Socket, tls: boolean): Connection {
  const known = connections.get(socket)
  if (known !== undefined) return known
  const connection = {
    remoteAddress: canonicalAddress(socket.remoteAddress ?? ''),
    remotePort: socket.remotePort ?? 0,
    tls,
    ...(tls && { peerChain: () => peerChainOf(socket instanceof ReplayedConnection ? socket.socket : socket) }),
  }
  connections.set(socket, connection)
  return connection
}

function methodOf(message: IncomingMessage): string {
  const { socket } = message
  const replayed = socket instanceof ReplayedConnection ? socket.takeMethod() : undefined
  return replayed ?? message.method ?? ''
}

function isStreamed({ operation, namespace, path }: Exchange): boolean {
  return operation === 'update' && streamsBody(namespace, path)
}

function expectBody({ message, reply }: Exchange): void {
  if (message.headers.expect !== undefined) reply.writeContinue()
}

/** A body that is no JSON but one field: clients of OCSP know of no other way (RFC 6960, A.1). */
function isOcspRequest({ message, path }: Exchange): boolean {
  return path.endsWith('/ocsp') && mediaTypeOf(message.headers) === 'application/ocsp-request'
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  GET: 'read',
  HEAD: 'read',
  POST: 'update',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
  LIST: 'list',
  SCAN: 'scan',
}

/** Sets path, operation and, where the query is the data, data. */
function readTarget(exchange: Exchange, method: string, lenientPaths: boolean): void {
  const target = exchange.message.url ?? ''
  const operation = OPERATIONS[method]
  if (operation === undefined) {
    exchange.extraHeaders = [...exchange.extraHeaders, 'Allow', ALLOWED_METHODS]
    throw new EgideError('unsupported_operation', 'unsupported method')
  }
  exchange.operation = operation
  const mark = target.indexOf('?')
  const raw = target.slice(API_PREFIX.length, mark < 0 ? target.length : mark)
  exchange.path = decodePath(operation === 'read' ? plainOcspPath(raw) : raw, lenientPaths)
  if (mark < 0 || operation === 'update' || operation === 'patch') return
  readQuery(exchange, operation, target.slice(mark + 1))
}

const OCSP_REQUEST = /^(.+\/ocsp\/)([A-Za-z0-9+/=]|%2[BbFf]|%3[Dd])+$/

/**
 * An OCSP request in a path is base64 with its slashes escaped (RFC 6960, A.1), which no other path may hold: it is read
 * in the alphabet that is safe in URLs, so that it is one segment.
 */
function plainOcspPath(raw: string): string {
  const prefix = raw.includes('/ocsp/') && /%2f/i.test(raw) ? OCSP_REQUEST.exec(raw)?.[1] : undefined
  if (prefix === undefined) return raw
  const request = raw
    .slice(prefix.length)
    .replaceAll(/%2f|\//gi, '_')
    .replaceAll(/%2b|\+/gi, '-')
  return prefix + request.replaceAll(/%3d|=/gi, '')
}

function readQuery(exchange: Exchange, operation: Operation, text: string): void {
  let query = parseQuery(text)
  if (operation === 'read') {
    for (const flag of ['list', 'scan', 'help'] as const) {
      const [isSet, rest] = takeFlag(query, flag)
      query = rest
      if (!isSet) continue
      if (exchange.operation !== 'read') throw invalid('at most one of list, scan and help can be asked for')
      exchange.operation = flag
    }
  }
  exchange.data = query
}

/** A form, unless it is JSON that a client such as curl labelled as one. */
function isForm(message: IncomingMessage, bytes: Buffer): boolean {
  if (mediaTypeOf(message.headers) !== 'application/x-www-form-urlencoded') return false
  const first = bytes.toString('latin1', 0, 64).trimStart()
  return first !== '' && !/^[{[]/.test(first)
}
