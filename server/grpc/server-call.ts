import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Connection } from '../../engines/engine.ts'
import { failure, GRPC, type GrpcError, type Trailers } from './codes.ts'
import { ACCEPTED } from './unpack.ts'

const HEADERS: OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' }
const TAKES: OutgoingHttpHeaders = { ...HEADERS, 'grpc-accept-encoding': ACCEPTED }
const WITH_TRAILERS = { waitForTrailers: true }
/** Printable ASCII without '%', by which others are written, and without spaces around it. */
const PLAIN = /^(?! )[ -$&-~]*(?<! )$/
const AT_ONCE = { endStream: true }

/**
 * One call as it goes over HTTP/2: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md. It ends once: by what it
 * is answered, by its deadline, or by its client. Whatever is said after that goes nowhere.
 */
export class ServerCall {
  readonly headers: IncomingHttpHeaders
  readonly connection: Connection
  readonly stream: ServerHttp2Stream
  #isCancelled = false
  #isOver = false
  #hasBegun = false
  #deadline: NodeJS.Timeout | undefined = undefined
  #onCancelled: (() => void)[] | undefined = undefined

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: Connection) {
    this.stream = stream
    this.headers = headers
    this.connection = connection
    stream.on('close', () => {
      if (!this.#isOver) this.#cancel()
    })
  }

  /** Its client is gone, or its deadline has passed. */
  get cancelled(): boolean {
    return this.#isCancelled || (!this.#isOver && this.stream.destroyed)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** At once, where it is cancelled already. */
  onCancelled(listener: () => void): void {
    if (this.#isCancelled) listener()
    else if (this.#onCancelled === undefined) this.#onCancelled = [listener]
    else this.#onCancelled.push(listener)
  }

  /** Fails the call when it is not over after so long. */
  expireAfter(milliseconds: number): void {
    this.#deadline = setTimeout(() => {
      this.fail(failure(GRPC.DEADLINE_EXCEEDED, 'the deadline has passed'))
      this.#cancel()
    }, milliseconds)
  }

  /** Says that there will be an answer, before it is there. */
  begin(metadata: Trailers): void {
    if (this.#isMute || this.#hasBegun) return
    this.#hasBegun = true
    this.stream.respond({ ...TAKES, ...metadata }, WITH_TRAILERS)
  }

  /** A message in its frame. False: there is more to send than the client takes; see `drained`. */
  send(frame: Buffer): boolean {
    if (this.#isMute) return true
    this.#begin()
    return this.stream.write(frame)
  }

  /** Resolves when more can be sent or nothing ever will be; to false when that took longer than `stalledMs`. */
  drained(stalledMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#isMute) return resolve(true)
      const done = (inTime: boolean): void => {
        clearTimeout(late)
        this.stream.off('drain', onMore)
        this.stream.off('close', onMore)
        resolve(inTime)
      }
      const onMore = (): void => done(true)
      const late = setTimeout(() => done(false), stalledMs)
      this.stream.once('drain', onMore)
      this.stream.once('close', onMore)
    })
  }

  /** The whole answer, of one message in its frame. */
  reply(frame: Buffer, trailers: Trailers): void {
    if (this.#isMute) return
    this.#begin()
    this.#finish({ 'grpc-status': '0', ...trailers }, frame)
  }

  end(trailers: Trailers): void {
    if (this.#isMute) return
    this.#begin()
    this.#finish({ 'grpc-status': '0', ...trailers })
  }

  fail({ code, details, trailers }: GrpcError): void {
    if (this.#isMute) return
    const status = { 'grpc-status': String(code), 'grpc-message': escaped(details), ...trailers }
    if (this.#hasBegun) this.#finish(status)
    else {
      this.#over()
      this.stream.respond({ ...HEADERS, ...status }, AT_ONCE)
      this.#readOn()
    }
  }

  /** Whether nothing that is said goes anywhere. */
  get #isMute(): boolean {
    return this.#isOver || this.stream.destroyed || this.stream.closed
  }

  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    this.stream.respond(TAKES, WITH_TRAILERS)
  }

  #finish(trailers: OutgoingHttpHeaders, last?: Buffer): void {
    this.#over()
    this.stream.on('wantTrailers', () => this.stream.sendTrailers(trailers))
    if (last === undefined) this.stream.end()
    else this.stream.end(last)
    this.#readOn()
  }

  /** What a client still sends is nobody's. */
  #readOn(): void {
    if (!this.stream.readableEnded) this.stream.resume()
  }

  #over(): void {
    this.#isOver = true
    clearTimeout(this.#deadline)
  }

  #cancel(): void {
    if (this.#isCancelled) return
    this.#isCancelled = true
    this.#over()
    for (const listener of this.#onCancelled ?? []) listener()
  }
}

/** As `grpc-message` wants it: other characters as their bytes of UTF-8 in hexadecimal. */
function escaped(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(text.toWellFormed())
}
