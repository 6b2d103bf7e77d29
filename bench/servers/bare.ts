import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { BareGrpcReply } from './bare-grpc-server.ts'
import type { BareReply } from './bare-server.ts'
import type { Subject } from './subject.ts'

const BARE_SERVER = fileURLToPath(new URL('bare-server.ts', import.meta.url))
const BARE_GRPC_SERVER = fileURLToPath(new URL('bare-grpc-server.ts', import.meta.url))

/** The yardstick for one row: answers each request with the same bytes. */
export class Bare implements Subject {
  readonly name = 'bare'
  readonly port: number
  readonly databasePid = undefined
  readonly ca = undefined
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, port: number) {
    this.#process = process
    this.port = port
  }

  static async start(reply: BareReply | BareGrpcReply): Promise<Bare> {
    const child = fork('message' in reply ? BARE_GRPC_SERVER : BARE_SERVER)
    child.send(reply)
    const [port] = (await once(child, 'message')) as [number]
    return new Bare(child, port)
  }

  get grpcPort(): number {
    return this.port
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  end(): void {
    this.#process.disconnect()
  }
}
