// What the REST adapter costs: CPU of a server process for each request, bare node:http against the adapter over a core
// that answers at once, with the same bytes. Run it: bin/with-node node bench/micro/rest.ts [requests]
import { fork } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import type { Log } from '../../engines/engine.ts'
import type { Request, Response } from '../../server/core/request.ts'
import { RestAdapter } from '../../server/rest/adapter.ts'
import { HttpServer } from '../../server/rest/http-server.ts'
import { IN_FLIGHT_MAX, InFlight } from '../../server/rest/in-flight.ts'
import { DEFAULT_LIMITS } from '../../server/rest/limits.ts'
import { responseHeaders } from '../../server/rest/response-headers.ts'

const DATA = { data: { user: 'a'.repeat(20), password: 'b'.repeat(40) }, metadata: { version: 1, destroyed: false } }
const HEAD = 'Host: localhost\r\nX-Vault-Token: hvs.CAESIabcdefghijklmnopqrstuvwxyz\r\nX-Vault-Request: true\r\n'
const BODY = JSON.stringify({ plaintext: 'aGVsbG8gd29ybGQ=' })
const REQUESTS: Readonly<Record<string, string>> = {
  read: `GET /v1/secret/data/app/config HTTP/1.1\r\n${HEAD}\r\n`,
  write: `POST /v1/transit/encrypt/key HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
}
const CONNECTIONS = 16
const ROUNDS = 5

const replyTo = (request: Request): Response => ({
  requestId: request.id,
  status: 200,
  data: DATA,
  topLevel: false,
  leaseId: '',
  renewable: false,
  leaseDurationSeconds: 0,
  auth: null,
  wrapInfo: null,
  warnings: null,
  mountType: 'kv',
  raw: null,
})

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function adapterServer(): Server {
  const adapter = new RestAdapter(
    {
      core: { handle: async (request) => replyTo(request) },
      clock: { now: () => Date.now() },
      random: { bytes: (count) => randomBytes(count), uuid: () => randomUUID() },
      log: silent,
      inFlight: new InFlight(IN_FLIGHT_MAX),
      cors: async () => undefined,
      observe: () => {},
      monotonicMs: () => performance.now(),
    },
    {
      tls: false,
      headersFor: responseHeaders(false, {}),
      forwarded: undefined,
      limits: DEFAULT_LIMITS,
      lenientPaths: false,
    },
  )
  const pages = () => {}
  return new HttpServer({ adapter, pages, limits: DEFAULT_LIMITS, tls: undefined }).server as Server
}

function bareServer(): Server {
  const body = `${JSON.stringify({ request_id: randomUUID(), lease_id: '', renewable: false, lease_duration: 0, data: DATA, wrap_info: null, warnings: null, auth: null, mount_type: 'kv' })}\n`
  return createServer((message, reply) => {
    message.on('end', () => {
      reply.writeHead(200, [
        'Cache-Control',
        'no-store',
        'Content-Type',
        'application/json',
        'Content-Length',
        String(body.length),
      ])
      reply.end(body)
    })
    message.resume()
  })
}

function serve(kind: string): void {
  const server = kind === 'bare' ? bareServer() : adapterServer()
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.send?.(typeof address === 'object' ? address?.port : 0)
  })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
}

/** One connection's turn: sends the next request when the answer has come. */
async function drive(port: number, request: string, count: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  let left = count
  socket.on('data', (chunk: Buffer) => {
    // An answer of this size comes in one piece, and ends in a line feed.
    if (chunk[chunk.length - 1] !== 0x0a) return
    if (--left > 0) socket.write(request)
    else socket.end()
  })
  socket.write(request)
  await once(socket, 'close')
}

async function main(): Promise<void> {
  const total = Number(process.argv[2] ?? 20_000)
  const names = ['bare', 'adapter']
  const servers = await Promise.all(
    names.map(async (name) => {
      const child = fork(import.meta.filename, [], { env: { ...process.env, REST_BENCH: name } })
      const [port] = (await once(child, 'message')) as [number]
      return { name, child, port }
    }),
  )
  for (const [what, request] of Object.entries(REQUESTS)) {
    const best: Record<string, number> = { bare: Number.POSITIVE_INFINITY, adapter: Number.POSITIVE_INFINITY }
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, child, port } of servers) {
        const cpu = async () => {
          child.send('cpu')
          return ((await once(child, 'message')) as [number])[0]
        }
        const before = await cpu()
        await Promise.all(Array.from({ length: CONNECTIONS }, () => drive(port, request, total / CONNECTIONS)))
        best[name] = Math.min(best[name] ?? 0, ((await cpu()) - before) / total)
      }
    }
    const { bare = 0, adapter = 0 } = best
    process.stdout.write(
      `${what}: bare ${bare.toFixed(1)} µs, adapter ${adapter.toFixed(1)} µs of CPU a request, ratio ${(bare / adapter).toFixed(2)}\n`,
    )
  }
  for (const { child } of servers) child.kill()
}

if (process.env.REST_BENCH !== undefined) serve(process.env.REST_BENCH)
else await main()
