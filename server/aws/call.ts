import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Connection, Operation } from '../../engines/engine.ts'
import type { InFlightRequest } from '../core/in-flight-request.ts'
import type { Request } from '../core/request.ts'
import { publicHeaders } from '../rest/headers.ts'

type Data = Readonly<Record<string, unknown>>
const NOTHING: Data = {}

/** Where requests are recorded whose operation is not known, or whose caller is not. */
export const UNKNOWN_PATH = 'aws/kms'

/** One HTTP request of an AWS client: what the core sees as a Request. */
export class Call implements Request, InFlightRequest {
  readonly message: IncomingMessage
  readonly reply: ServerResponse
  readonly id: string
  connection: Connection
  readonly startedMs: number
  readonly startedMonotonicMs: number
  readonly protocol = 'aws-kms'
  readonly method = 'POST'
  readonly streaming = false
  readonly wrapTtlSeconds = undefined
  namespace = ''
  operation: Operation = 'update'
  path = UNKNOWN_PATH
  data: Data = NOTHING
  token: string | undefined = undefined
  mountType = ''
  /** Set once an answer has been begun: whatever comes later is for nobody. */
  answered = false
  #headers: Readonly<Record<string, string>> | undefined = undefined
  #controller: AbortController | undefined = undefined

  constructor(
    message: IncomingMessage,
    reply: ServerResponse,
    id: string,
    connection: Connection,
    startedMs: number,
    startedMonotonicMs: number,
  ) {
    this.message = message
    this.reply = reply
    this.id = id
    this.connection = connection
    this.startedMs = startedMs
    this.startedMonotonicMs = startedMonotonicMs
  }

  /** Without what authenticates: within its few minutes a signature could be used again. */
  get headers(): Readonly<Record<string, string>> {
    if (this.#headers === undefined) {
      const { authorization: _, 'x-amz-security-token': __, ...shown } = publicHeaders(this.message.headers)
      this.#headers = shown
    }
    return this.#headers
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController()
      this.#controller = controller
      if (this.reply.destroyed || this.reply.closed) controller.abort()
      else this.reply.once('close', () => controller.abort())
    }
    return this.#controller.signal
  }

  abort(): void {
    this.#controller?.abort()
  }
}
