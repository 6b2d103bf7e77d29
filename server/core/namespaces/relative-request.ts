import type { Connection, Operation } from '../../../engines/engine.ts'
import type { Protocol, Request } from '../request.ts'

/** A request as the namespace sees it that it is for. */
export class RelativeRequest implements Request {
  readonly id: string
  readonly namespace: string
  readonly operation: Operation
  readonly path: string
  readonly data: Readonly<Record<string, unknown>>
  readonly token: string | undefined
  readonly wrapTtlSeconds: number | undefined
  readonly connection: Connection
  readonly protocol: Protocol
  readonly #request: Request

  constructor(request: Request, namespace: string, path: string) {
    this.id = request.id
    this.namespace = namespace
    this.operation = request.operation
    this.path = path
    this.data = request.data
    this.token = request.token
    this.wrapTtlSeconds = request.wrapTtlSeconds
    this.connection = request.connection
    this.protocol = request.protocol
    this.#request = request
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#request.headers
  }

  get mfaValues(): readonly string[] {
    return this.#request.mfaValues ?? []
  }

  get signal(): AbortSignal | undefined {
    return this.#request.signal
  }
}
