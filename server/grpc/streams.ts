import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js'
import type { Connection } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { GrpcLimits } from './limits.ts'
import type { Rpc } from './rpc.ts'
import { type GrpcError, trailerOf } from './status.ts'
import type { Outcome, Transcoder } from './transcode.ts'

/** Fails the stream as grpc-js wants it. */
export function failStream(stream: { emit(event: 'error', error: unknown): boolean }, error: GrpcError): void {
  stream.emit('error', error)
}

/** Resolves when a stream takes more again or never will; to false when that took longer than `stalledMs`. */
export function drained(
  stream: ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  stalledMs: number,
) {
  return new Promise<boolean>((resolve) => {
    if (stream.cancelled) return resolve(true)
    const late = setTimeout(() => resolve(false), stalledMs)
    const done = (): void => {
      clearTimeout(late)
      resolve(true)
    }
    stream.once('drain', done)
    stream.once('cancelled', done)
  })
}

/**
 * Answers each message of a stream as a request of its own. Several are worked on at a time, their answers go out in the
 * order of the messages; while too many are under way, or the client does not read, nothing more is read.
 */
export class PipelinedStream {
  readonly #transcoder: Transcoder
  readonly #rpc: Rpc
  readonly #stream: ServerDuplexStream<Buffer, Buffer>
  readonly #connection: Connection
  readonly #limits: GrpcLimits
  readonly #answers: Promise<Outcome>[] = []
  #bytes = 0
  #isFirst = true
  #ended = false
  #writing = false
  #failed = false

  constructor(
    transcoder: Transcoder,
    rpc: Rpc,
    stream: ServerDuplexStream<Buffer, Buffer>,
    connection: Connection,
    limits: GrpcLimits,
  ) {
    this.#transcoder = transcoder
    this.#rpc = rpc
    this.#stream = stream
    this.#connection = connection
    this.#limits = limits
    stream.on('data', (message: Buffer) => this.#take(message))
    stream.on('end', () => {
      this.#ended = true
      this.#finish()
    })
    // A client that goes away is told nothing; what is under way ends by its signal.
    stream.on('error', () => {})
    stream.once('cancelled', () => {
      this.#failed = true
    })
  }

  #take(message: Buffer): void {
    if (this.#failed) return
    const request = this.#transcoder.begin(this.#rpc, this.#stream, this.#connection, this.#isFirst)
    this.#isFirst = false
    this.#bytes += message.length
    const answer = this.#transcoder.answer(this.#rpc, request, message).finally(() => {
      this.#bytes -= message.length
    })
    this.#answers.push(answer)
    if (this.#isFull) this.#stream.pause()
    if (!this.#writing) void this.#write()
  }

  get #isFull(): boolean {
    return this.#answers.length >= this.#limits.pipelined || this.#bytes >= this.#limits.pipelinedBytes
  }

  /** One at a time, so that the order holds. Never rejects. */
  async #write(): Promise<void> {
    this.#writing = true
    for (let next = this.#answers[0]; next !== undefined && !this.#failed; next = this.#answers[0]) {
      const outcome = await next
      this.#answers.shift()
      if (this.#failed) break
      if (outcome.error !== undefined) {
        this.#fail(outcome.error)
        break
      }
      if (!this.#stream.write(outcome.reply) && !(await drained(this.#stream, this.#limits.stalledReaderMs))) {
        this.#fail(this.#transcoder.errorOf(unread(), outcome.requestId, ''))
        break
      }
      if (!this.#isFull) this.#stream.resume()
    }
    this.#writing = false
    this.#finish()
  }

  #fail(error: GrpcError): void {
    this.#failed = true
    failStream(this.#stream, error)
  }

  #finish(): void {
    if (this.#ended && !this.#failed && !this.#writing && this.#answers.length === 0) this.#stream.end()
  }
}

/** An answer without an end, such as events or the server's log, in the pieces in which it comes. Never rejects. */
export async function streamPieces(
  transcoder: Transcoder,
  rpc: Rpc,
  stream: ServerWritableStream<Buffer, Buffer>,
  connection: Connection,
  limits: GrpcLimits,
): Promise<void> {
  const request = transcoder.begin(rpc, stream, connection, true)
  request.streaming = true
  const error = await transcoder.stream(rpc, request, stream.request, {
    begin: () => stream.sendMetadata(trailerOf(request.id)),
    take: async (piece) => {
      if (!stream.write(piece) && !(await drained(stream, limits.stalledReaderMs))) throw unread()
    },
  })
  if (stream.cancelled) return
  if (error === undefined) stream.end(trailerOf(request.id))
  else failStream(stream, error)
}

export function unread(): EgideError {
  return new EgideError('timeout', 'the answer was not read in time')
}
