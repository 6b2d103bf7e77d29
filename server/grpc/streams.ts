import { EgideError } from '../../engines/errors.ts'
import type { GrpcError } from './codes.ts'
import type { Messages } from './incoming.ts'
import type { GrpcLimits } from './limits.ts'
import type { Rpc } from './rpc.ts'
import type { ServerCall } from './server-call.ts'
import { trailerOf } from './status.ts'
import type { Outcome, Transcoder } from './transcode.ts'

/**
 * Answers each message of a stream as a request of its own. Several are worked on at a time, their answers go out in the
 * order of the messages; while too many are under way, or the client does not read, nothing more is read.
 */
export class PipelinedStream {
  readonly #transcoder: Transcoder
  readonly #rpc: Rpc
  readonly #call: ServerCall
  readonly #messages: Messages
  readonly #limits: GrpcLimits
  readonly #answers: Promise<Outcome>[] = []
  #bytes = 0
  #isFirst = true
  #ended = false
  #writing = false

  constructor(transcoder: Transcoder, rpc: Rpc, call: ServerCall, messages: Messages, limits: GrpcLimits) {
    this.#transcoder = transcoder
    this.#rpc = rpc
    this.#call = call
    this.#messages = messages
    this.#limits = limits
    messages.on('data', (message: Buffer) => this.#take(message))
    messages.on('end', () => {
      this.#ended = true
      this.#finish()
    })
  }

  #take(message: Buffer): void {
    if (this.#call.isOver) return
    const request = this.#transcoder.begin(this.#rpc, this.#call, this.#isFirst)
    this.#isFirst = false
    this.#bytes += message.length
    const answer = this.#transcoder.answer(this.#rpc, request, message).finally(() => {
      this.#bytes -= message.length
    })
    this.#answers.push(answer)
    if (this.#isFull) this.#messages.pause()
    if (!this.#writing) void this.#write()
  }

  get #isFull(): boolean {
    return this.#answers.length >= this.#limits.pipelined || this.#bytes >= this.#limits.pipelinedBytes
  }

  /** One at a time, so that the order holds. Never rejects. */
  async #write(): Promise<void> {
    this.#writing = true
    for (let next = this.#answers[0]; next !== undefined && !this.#call.isOver; next = this.#answers[0]) {
      const outcome = await next
      this.#answers.shift()
      const error = await this.#send(outcome)
      if (error !== undefined) this.#call.fail(error)
      else if (!this.#isFull) this.#messages.resume()
    }
    this.#writing = false
    this.#finish()
  }

  /** Why no more can be. */
  async #send({ requestId, reply, error }: Outcome): Promise<GrpcError | undefined> {
    if (error !== undefined) return error
    if (this.#call.send(reply) || (await this.#call.drained())) return undefined
    return this.#transcoder.errorOf(unread(), requestId, '')
  }

  #finish(): void {
    if (this.#ended && !this.#writing && this.#answers.length === 0) this.#call.end({})
  }
}

/** An answer without an end, such as events or the server's log, in the pieces in which it comes. Never rejects. */
export async function streamPieces(transcoder: Transcoder, rpc: Rpc, call: ServerCall, message: Buffer): Promise<void> {
  const request = transcoder.begin(rpc, call, true)
  request.streaming = true
  const error = await transcoder.stream(rpc, request, message, {
    begin: () => call.begin(trailerOf(request.id)),
    take: async (piece) => {
      if (!call.send(piece) && !(await call.drained())) throw unread()
    },
  })
  if (error === undefined) call.end(trailerOf(request.id))
  else call.fail(error)
}

export function unread(): EgideError {
  return new EgideError('timeout', 'the answer was not read in time')
}
