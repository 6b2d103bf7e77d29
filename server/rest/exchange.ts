import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Connection, Operation } from '../../engines/engine.ts'
import type { Request } from '../core/request.ts'
import { publicHeaders } from './headers.ts'
import type { StreamedBody } from './streamed-body.ts'

type Data = Readonly<Record<string, unknown>>

/**
 * One HTTP request and its answer: what the core sees as a Request. Whatever not every request needs is made when it is
 * first asked for.
 */
export class Exchange implements Request {
  /** The adapter that serves it. */
  readonly owner: object
  readonly message: IncomingMessage
  readonly reply: ServerResponse
  readonly id: string
  /** Of the client, where a trusted proxy named it, else of the peer. */
  connection: Connection
  /** Milliseconds of the injected wall clock. */
  readonly startedMs: number
  /** Milliseconds of the clock that never jumps. */
  readonly startedMonotonicMs: number
  readonly protocol = 'rest'
  namespace = ''
  operation: Operation = 'read'
  /** As the client wrote it, for people who look at what is in flight. */
  method = ''
  path = ''
  data: Data = {}
  token: string | undefined = undefined
  wrapTtlSeconds: number | undefined = undefined
  mountType = ''
  /** Set once an answer has been begun: whatever comes later is for nobody. */
  answered = false
  /** An answer that goes on for as long as the client wants it. */
  streaming = false
  /** Of an operation that reads it as it comes; however long that takes, it is not late. */
  body: StreamedBody | undefined = undefined
  /** Extra headers of the answer. */
  extraHeaders: readonly string[] = []
  #headers: Readonly<Record<string, string>> | undefined = undefined
  #controller: AbortController | undefined = undefined

  constructor(
    owner: object,
    message: IncomingMessage,
    reply: ServerResponse,
    id: string,
    connection: Connection,
    startedMs: number,
    startedMonotonicMs: number,
  ) {
    this.owner = owner
    this.message = message
    this.reply = reply
    this.id = id
    this.connection = connection
    this.startedMs = startedMs
    this.startedMonotonicMs = startedMonotonicMs
  }

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= publicHeaders(this.message.headers)
    return this.#headers
  }

  get mfaValues(): readonly string[] {
    return this.message.headers['x-vault-mfa'] === undefined ? [] : (this.message.headersDistinct['x-vault-mfa'] ?? [])
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

  /** Tells whoever works on this request that nobody waits for it any more. */
  abort(): void {
    this.#controller?.abort()
  }
}
