import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Connection } from '../../engines/engine.ts'

type Data = Readonly<Record<string, unknown>>

/** What the core is told of a request that came over HTTP, whatever protocol that carries. */
export abstract class HttpCall {
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
  namespace = ''
  data: Data = {}
  token: string | undefined = undefined
  mountType = ''
  /** Set once an answer has been begun: whatever comes later is for nobody. */
  answered = false
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

  /** The headers without what authenticates. */
  protected abstract shownHeaders(): Readonly<Record<string, string>>

  get headers(): Readonly<Record<string, string>> {
    this.#headers ??= this.shownHeaders()
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

  /** Tells whoever works on this request that nobody waits for it any more. */
  abort(): void {
    this.#controller?.abort()
  }
}
