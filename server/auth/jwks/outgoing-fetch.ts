import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'

/** A call takes no longer than this unless it says otherwise, redirects included. */
const CALL_MAX_MS = 10_000
/** Key sets of the largest providers take a tenth of this. */
const REPLY_MAX_BYTES = 1_048_576
const REDIRECTS_MAX = 3
const REDIRECTS = new Set([301, 302, 303, 307, 308])

export interface OutgoingTrust {
  /** PEM certificates that are trusted in the place of the system's; '': the system's. */
  readonly caPem: string
  /** Names to accept in the server's certificate in the place of the URL's host; none: the URL's host. */
  readonly serverNames: readonly string[]
}

export interface OutgoingLimits {
  /** 10 seconds unless it says otherwise. */
  readonly callMaxMs?: number
  /** 1 MiB unless it says otherwise. */
  readonly replyMaxBytes?: number
  /** Connections that are kept and used again, which is also how many calls go on at a time; others wait. 0: none is kept. */
  readonly keptConnections?: number
}

/** The part of `fetch` that key sets and OpenID Connect need. */
export interface OutgoingRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | URLSearchParams | null | undefined
  readonly signal?: AbortSignal | undefined
}
export type OutgoingFetch = (url: string, request?: OutgoingRequest) => Promise<Response>

/** The other side can't be reached, or does not answer as it should: nothing is known of what was asked. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/**
 * A `fetch` towards identity providers that is bounded: 10 seconds and 1 MiB unless said, and three redirects, which only a GET without
 * credentials follows and never from https to http. Each call is a connection of its own, unless some are kept. Rejects with
 * Unreachable, which names the host and no more of the URL.
 */
export function outgoingFetch(
  trust: OutgoingTrust,
  { callMaxMs = CALL_MAX_MS, replyMaxBytes = REPLY_MAX_BYTES, keptConnections = 0 }: OutgoingLimits = {},
): OutgoingFetch {
  const agents = keptConnections > 0 ? keptAgents(keptConnections) : undefined
  return async (url, request = {}) => {
    const timeout = AbortSignal.timeout(callMaxMs)
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal])
    let target = urlOf(url)
    for (let followed = 0; ; followed++) {
      const reply = await call(target, request, trust, { signal, callMaxMs, replyMaxBytes, agents })
      const next = REDIRECTS.has(reply.status) ? reply.headers.get('location') : null
      if (next === null || !mayFollow(request)) return reply
      if (followed === REDIRECTS_MAX) throw new Unreachable(`${target.host} redirects too often`)
      const from = target
      target = urlOf(new URL(next, from).href)
      if (from.protocol === 'https:' && target.protocol !== 'https:') {
        throw new Unreachable(`${from.host} redirects to a connection that is not protected`)
      }
    }
  }
}

interface Bounds {
  readonly signal: AbortSignal
  readonly callMaxMs: number
  readonly replyMaxBytes: number
  readonly agents: Agents | undefined
}

type Agents = Readonly<Record<'http' | 'https', http.Agent>>
/** One that is not used for so long is closed. */
const IDLE_MS = 30_000

function keptAgents(maxSockets: number): Agents {
  const options = { keepAlive: true, maxSockets, timeout: IDLE_MS }
  return { http: new http.Agent(options), https: new https.Agent(options) }
}

function urlOf(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Unreachable('not an http or https URL')
  return url
}

function mayFollow({ method = 'GET', headers = {} }: OutgoingRequest): boolean {
  return method === 'GET' && !Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
}

function call(url: URL, request: OutgoingRequest, trust: OutgoingTrust, how: Bounds): Promise<Response> {
  const { signal, callMaxMs, replyMaxBytes, agents } = how
  const body = bytesOf(request.body)
  const headers = { ...request.headers, ...(body !== undefined && { 'content-length': String(body.length) }) }
  const isSecure = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new Unreachable(`${url.host} cannot be asked: ${reasonOf(error, signal, callMaxMs)}`, { cause: error }))
    const options = {
      method: request.method ?? 'GET',
      headers,
      agent: agents?.[isSecure ? 'https' : 'http'] ?? false,
      signal,
      ...(isSecure && tlsOptions(trust)),
    } as const
    const sent = (isSecure ? https : http).request(url, options, (reply) => {
      collect(reply, replyMaxBytes)
        .then((bytes) => responseOf(reply, bytes))
        .then(resolve, (error: Error) => {
          sent.destroy()
          fail(error)
        })
    })
    // Without a listener neither an answer nor an error would come, and the signal would end nothing.
    sent.on('upgrade', (_reply, socket) => {
      socket.destroy()
      fail(new Error('the answer changes to another protocol'))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The other side closed a connection that was kept, in the moment that it was used again.
      const isStale = sent.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '') && !signal.aborted
      if (isStale) resolve(call(url, request, trust, { ...how, agents: undefined }))
      else fail(error)
    })
    sent.end(body)
  })
}

async function collect(reply: IncomingMessage, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function responseOf(reply: IncomingMessage, bytes: Buffer<ArrayBuffer>): Response {
  const status = reply.statusCode ?? 0
  if (status < 200 || status > 599) throw new Error('the answer has no valid status')
  const headers = new Headers()
  for (const [name, value] of Object.entries(reply.headersDistinct)) {
    for (const one of value ?? []) headers.append(name, one)
  }
  const isEmpty = status === 204 || status === 205 || status === 304
  return new Response(isEmpty ? null : bytes, { status, headers })
}

function tlsOptions({ caPem, serverNames }: OutgoingTrust): https.RequestOptions {
  return {
    ...(caPem !== '' && { ca: caPem }),
    ...(serverNames.length > 0 && {
      checkServerIdentity: (_host: string, certificate: PeerCertificate) => namedAs(serverNames, certificate),
    }),
  }
}

/** Undefined when the certificate is for one of the names. */
function namedAs(names: readonly string[], certificate: PeerCertificate): Error | undefined {
  const failures = names.map((name) => checkServerIdentity(name, certificate))
  return failures.includes(undefined) ? undefined : failures[0]
}

function bytesOf(body: OutgoingRequest['body']): Buffer | undefined {
  if (body === undefined || body === null) return undefined
  return body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(body.toString())
}

function reasonOf(error: Error, signal: AbortSignal, callMaxMs: number): string {
  if (signal.aborted) return `no answer within ${callMaxMs / 1000} seconds`
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
