import type { Connection, Operation } from '../../engines/engine.ts'
import type { InFlightRequest } from '../core/in-flight-request.ts'
import type { Request } from '../core/request.ts'
import { mfaValuesOf, namespaceOf, publicHeaders, tokenOf, wrapTtlOf } from './metadata.ts'
import type { Rpc } from './rpc.ts'
import type { ServerCall } from './server-call.ts'

type Data = Readonly<Record<string, unknown>>
const NOTHING: Data = {}

/** One message of a call as the core sees it. Whatever not every request needs is made when it is first asked for. */
export class Call implements Request, InFlightRequest {
  readonly id: string
  readonly startedMs: number
  readonly startedMonotonicMs: number
  readonly connection: Connection
  readonly protocol = 'grpc'
  readonly operation: Operation
  readonly method: string
  namespace = ''
  path = ''
  data: Data = NOTHING
  token: string | undefined = undefined
  wrapTtlSeconds: number | undefined = undefined
  streaming = false
  body: AsyncIterable<Uint8Array> | undefined = undefined
  readonly #call: ServerCall
  #headers: Readonly<Record<string, string>> | undefined = undefined
  #controller: AbortController | undefined = undefined
  #onLate: (() => void) | undefined = undefined

  constructor(rpc: Rpc, call: ServerCall, id: string, startedMs: number, monotonicMs: number) {
    this.id = id
    this.connection = call.connection
    this.startedMs = startedMs
    this.startedMonotonicMs = monotonicMs
    this.operation = rpc.operation
    this.method = rpc.verb
    this.#call = call
  }

  /** Takes what the metadata says. Throws EgideError. */
  readMetadata(): void {
    this.namespace = namespaceOf(this.#call)
    this.token = tokenOf(this.#call)
    this.wrapTtlSeconds = wrapTtlOf(this.#call)
  }

  get mfaValues(): readonly string[] {
    return mfaValuesOf(this.#call.headers)
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= publicHeaders(this.#call.headers)
    return this.#headers
  }

  /** Aborts when the client is gone, or the deadline of the call has passed. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController()
      this.#controller = controller
      this.#call.onCancelled(() => controller.abort())
    }
    return this.#controller.signal
  }

  /** The client is gone, its deadline has passed, or the server ends it. */
  get isAborted(): boolean {
    return this.#call.cancelled || this.#controller?.signal.aborted === true
  }

  /** What to do when it has taken too long. */
  onLate(listener: () => void): void {
    this.#onLate = listener
  }

  abort(): void {
    this.#controller ??= new AbortController()
    this.#controller.abort()
    this.#onLate?.()
  }
}
