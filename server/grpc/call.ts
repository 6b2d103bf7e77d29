import type { Metadata } from '@grpc/grpc-js'
import type { Connection, Operation } from '../../engines/engine.ts'
import type { InFlightRequest } from '../core/in-flight-request.ts'
import type { Request } from '../core/request.ts'
import { mfaValuesOf, namespaceOf, publicHeaders, tokenOf, wrapTtlOf } from './metadata.ts'
import type { Rpc } from './rpc.ts'

/** What all kinds of calls of grpc-js have that a request needs. */
export interface ServerCall {
  readonly metadata: Metadata
  readonly cancelled: boolean
  once(event: 'cancelled', listener: () => void): unknown
}

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

  constructor(rpc: Rpc, call: ServerCall, id: string, connection: Connection, startedMs: number, monotonicMs: number) {
    this.id = id
    this.connection = connection
    this.startedMs = startedMs
    this.startedMonotonicMs = monotonicMs
    this.operation = rpc.operation
    this.method = rpc.verb
    this.#call = call
  }

  /** Takes what the metadata says. Throws EgideError. */
  readMetadata(): void {
    const { metadata } = this.#call
    this.namespace = namespaceOf(metadata)
    this.token = tokenOf(metadata)
    this.wrapTtlSeconds = wrapTtlOf(metadata)
  }

  get mfaValues(): readonly string[] {
    return mfaValuesOf(this.#call.metadata)
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= publicHeaders(this.#call.metadata)
    return this.#headers
  }

  /** grpc-js cancels a call whose client is gone and one whose deadline has passed. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController()
      this.#controller = controller
      if (this.#call.cancelled) controller.abort()
      else this.#call.once('cancelled', () => controller.abort())
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
