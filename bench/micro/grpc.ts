// What the gRPC adapter costs: CPU of a server process for each call, a bare grpc-js server against the adapter over a core
// that answers at once, with the same messages. Run it: bin/with-node node bench/micro/grpc.ts
import { fork } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { create, toBinary } from '@bufbuild/protobuf'
import type { Log } from '../../engines/engine.ts'
import { Transit } from '../../proto/gen/egide/v1/transit_pb.ts'
import type { Request, Response } from '../../server/core/request.ts'
import { DEFAULT_GRPC_LIMITS } from '../../server/grpc/limits.ts'
import { SealState } from '../../server/grpc/seal-watch.ts'
import { GrpcServer } from '../../server/grpc/server.ts'
import { InFlight } from '../../server/rest/in-flight.ts'
import { runLoad } from '../load/run-load.ts'
import { GRPC_ROWS } from '../rows/grpc-rows.ts'
import { requestOf } from '../rows/request.ts'
import { Bare } from '../servers/bare.ts'

const SECONDS = 2
const ROUNDS = 5
const TOKEN = 's.abcdefghijklmnopqrstuvwx'
const data = { ciphertext: `vault:v1:${'a'.repeat(440)}`, key_version: 1 }

const replyTo = (request: Request): Response => ({
  requestId: request.id,
  status: 200,
  data,
  topLevel: false,
  leaseId: '',
  renewable: false,
  leaseDurationSeconds: 0,
  auth: null,
  wrapInfo: null,
  warnings: null,
  mountType: 'transit',
  raw: null,
})

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function serveAdapter(): void {
  const services = {
    core: { handle: async (request: Request) => replyTo(request) },
    clock: { now: () => Date.now() },
    random: { bytes: (count: number) => randomBytes(count), uuid: () => randomUUID() },
    log: silent,
    inFlight: new InFlight(2048),
    observe: () => {},
    refused: () => {},
    monotonicMs: () => performance.now(),
  }
  const grpc = new GrpcServer({ services, limits: DEFAULT_GRPC_LIMITS, seal: new SealState(), isTls: false })
  const socket = createServer((connection) => {
    connection.setNoDelay()
    grpc.serve(connection)
  }).listen(0, '127.0.0.1', () => process.send?.((socket.address() as { port: number }).port))
  process.once('disconnect', () => process.exit(0))
}

async function compare(): Promise<void> {
  const row = GRPC_ROWS.find(({ name }) => name === 'grpc-encrypt')
  if (row === undefined) throw new Error('there is no such row')
  const { output } = Transit.method.encrypt
  const reply = toBinary(
    output,
    create(output, {
      envelope: { requestId: randomUUID(), status: 200, mountType: 'transit' },
      data: { ciphertext: data.ciphertext, keyVersion: 1n },
    }),
  )
  const bare = await Bare.start({ method: row.method, isStream: false, message: Buffer.from(reply).toString('base64') })
  const adapter = fork(new URL(import.meta.url), ['serve'])
  const [port] = (await once(adapter, 'message')) as [number]
  const micros = async (at: number, pid: number): Promise<number> => {
    const grpc = { path: row.method, token: TOKEN, underWay: row.underWay, isStream: false }
    const plan = {
      port: at,
      requests: [requestOf(row, { token: TOKEN })],
      grpc,
      connections: row.connections,
      warmUpMs: 500,
      durationMs: SECONDS * 1000,
      status: 200,
    }
    const { outcome, usage } = await runLoad(plan, pid)
    return (usage.cpuSeconds * 1e6) / outcome.requests
  }
  for (let round = 0; round < ROUNDS; round++) {
    const [ours, theirs] = [await micros(port, adapter.pid ?? 0), await micros(bare.port, bare.pid)]
    process.stdout.write(`adapter ${ours.toFixed(1)} µs, bare ${theirs.toFixed(1)} µs a call\n`)
  }
  bare.end()
  adapter.disconnect()
}

if (process.argv[2] === 'serve') serveAdapter()
else await compare()
