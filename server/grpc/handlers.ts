import { failure, GRPC } from './codes.ts'
import { timeoutMs } from './deadline.ts'
import { type Intake, Messages, OneMessage, type ServeOne } from './incoming.ts'
import type { ServerCall } from './server-call.ts'

type ServeMany = (call: ServerCall, messages: Messages) => void
type Serve = (call: ServerCall) => unknown

/** Who serves which method. */
export class Handlers {
  readonly #intake: Intake
  readonly #serve = new Map<string, Serve>()
  /** Of the last call, which the next one mostly is like: a text that just came is dear to ask a map for. */
  #lastPath = ''
  #lastServe: Serve | undefined = undefined

  constructor(intake: Intake) {
    this.#intake = intake
  }

  /** Methods that take one message. `path` is '/service/method'. `serve` throws nothing. */
  one(path: string, serve: ServeOne): void {
    this.#serve.set(path, (call) => new OneMessage(call, this.#intake, serve))
  }

  /** Methods that take a stream of messages. */
  many(path: string, serve: ServeMany): void {
    this.#serve.set(path, (call) => serve(call, new Messages(call, this.#intake)))
  }

  serve(call: ServerCall): void {
    const { ':path': path = '', 'grpc-timeout': timeout } = call.headers
    const serve = this.#serveOf(path)
    const milliseconds = timeout === undefined ? Number.POSITIVE_INFINITY : timeoutMs(String(timeout))
    if (serve === undefined) this.#intake.refuse(call, failure(GRPC.UNIMPLEMENTED, 'the server has no such method'))
    else if (milliseconds === undefined) this.#intake.refuse(call, failure(GRPC.INTERNAL, 'the grpc-timeout is none'))
    else {
      if (milliseconds !== Number.POSITIVE_INFINITY) call.expireAfter(milliseconds)
      serve(call)
    }
  }

  #serveOf(path: string): Serve | undefined {
    if (path === this.#lastPath) return this.#lastServe
    const serve = this.#serve.get(path)
    if (serve !== undefined) {
      this.#lastPath = path
      this.#lastServe = serve
    }
    return serve
  }
}
