import { randomBytes, randomUUID } from 'node:crypto'
import net from 'node:net'
import tls from 'node:tls'
import type { Log } from '../../engines/engine.ts'
import type { Core, Request, Response } from '../../server/core/request.ts'
import { type ListenerTraits, RestAdapter, type RestServices } from '../../server/rest/adapter.ts'
import { HttpServer } from '../../server/rest/http-server.ts'
import { IN_FLIGHT_MAX, InFlight } from '../../server/rest/in-flight.ts'
import { DEFAULT_LIMITS, type RestLimits } from '../../server/rest/limits.ts'
import { responseHeaders } from '../../server/rest/response-headers.ts'

/** A reply of the core with what most tests don't care about filled in. */
export function replyOf(request: Request, parts: Partial<Response> = {}): Response {
  return {
    requestId: request.id,
    status: 200,
    data: null,
    topLevel: false,
    leaseId: '',
    renewable: false,
    leaseDurationSeconds: 0,
    auth: null,
    wrapInfo: null,
    warnings: null,
    mountType: 'kv',
    raw: null,
    ...parts,
  }
}

/** A core that answers with what it was asked. */
export const echo: Core = {
  handle: async (request) =>
    replyOf(request, {
      data: {
        operation: request.operation,
        path: request.path,
        data: request.data,
        token: request.token ?? null,
        namespace: request.namespace,
        wrap: request.wrapTtlSeconds ?? null,
        remote: request.connection.remoteAddress,
        headers: request.headers,
      },
    }),
}

/** A log that keeps what it is told. */
export class KeptLog implements Log {
  readonly lines: { readonly level: string; readonly fields: object; readonly message: string }[] = []
  debug = (fields: object, message: string) => void this.lines.push({ level: 'debug', fields, message })
  info = (fields: object, message: string) => void this.lines.push({ level: 'info', fields, message })
  warn = (fields: object, message: string) => void this.lines.push({ level: 'warn', fields, message })
  error = (fields: object, message: string) => void this.lines.push({ level: 'error', fields, message })
}

export interface ServeOptions {
  readonly core?: Core
  readonly limits?: Partial<RestLimits>
  readonly tls?: tls.TlsOptions
  readonly socketPath?: string
  readonly traits?: Partial<ListenerTraits>
  readonly inFlightMax?: number
  readonly services?: Partial<RestServices>
}

export interface Served {
  readonly port: number
  readonly http: HttpServer
  readonly adapter: RestAdapter
  readonly inFlight: InFlight
  readonly log: KeptLog
  readonly url: string
  connect(): Promise<net.Socket>
  stop(): Promise<void>
}

/** The adapter on a real socket of this machine. */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const inFlight = new InFlight(options.inFlightMax ?? IN_FLIGHT_MAX)
  const log = new KeptLog()
  const services: RestServices = {
    core: options.core ?? echo,
    clock: { now: () => Date.now() },
    random: { bytes: (count) => randomBytes(count), uuid: () => randomUUID() },
    log,
    inFlight,
    cors: async () => undefined,
    observe: () => {},
    monotonicMs: () => performance.now(),
    ...options.services,
  }
  const traits: ListenerTraits = {
    tls: options.tls !== undefined,
    headersFor: responseHeaders(options.tls !== undefined, {}),
    forwarded: undefined,
    limits,
    lenientPaths: false,
    ...options.traits,
  }
  const adapter = new RestAdapter(services, traits)
  const http = new HttpServer({
    adapter,
    limits,
    tls: options.tls,
    pages: (_message, reply) => void reply.writeHead(404).end('no such page'),
  })
  const place = options.socketPath === undefined ? { port: 0, host: '127.0.0.1' } : { path: options.socketPath }
  await new Promise<void>((resolve) => http.server.listen(place, resolve))
  const address = http.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    http,
    adapter,
    inFlight,
    log,
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    connect: () => connect(options, port),
    stop: async () => {
      const stopped = http.stop()
      http.cut()
      await stopped
    },
  }
}

function connect(options: ServeOptions, port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket =
      options.tls !== undefined
        ? tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => resolve(socket))
        : net.connect(
            options.socketPath === undefined ? { port, host: '127.0.0.1' } : { path: options.socketPath },
            () => resolve(socket),
          )
    socket.on('error', reject)
  })
}

/** A slow machine answers late; who waits for what never comes fails rather than hangs. */
const ANSWERS_MAX_MS = 20_000

/** Among chunks: what follows is sent once an answer has come. */
export const ANSWERED = Symbol('answered')

/**
 * Sends chunks as they are, a moment apart, and gives back all that comes: until the server closes, or as many answers with
 * a body are there as are awaited, and none more for a moment.
 */
export async function raw(
  served: Served,
  chunks: readonly (string | Buffer | typeof ANSWERED)[],
  answers: number,
): Promise<string> {
  const socket = await served.connect()
  let answer = ''
  let timer: NodeJS.Timeout | undefined
  const answered = Promise.withResolvers<void>()
  const done = new Promise<void>((resolve) => {
    const wait = () => {
      if (bodies(answer).length > 0) answered.resolve()
      clearTimeout(timer)
      timer = setTimeout(() => resolve(), bodies(answer).length < answers ? ANSWERS_MAX_MS : 50)
    }
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      wait()
    })
    socket.on('error', () => resolve())
    socket.on('close', () => resolve())
    wait()
  })
  for (const chunk of chunks) {
    if (chunk === ANSWERED) {
      await Promise.race([answered.promise, done])
      continue
    }
    socket.write(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk)
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
  await done
  clearTimeout(timer)
  socket.destroy()
  return answer
}

/** The JSON bodies of the answers in a raw exchange. */
export function bodies(answer: string): unknown[] {
  // What follows the last end of line is not whole yet.
  return answer
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown)
}

export const statuses = (answer: string): number[] =>
  Array.from(answer.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status))
