import {
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
  sensitiveHeaders,
} from 'node:http2'
import type { Connection } from '../../engines/engine.ts'
import type { Allowance } from '../core/allowance.ts'
import { failure, GRPC, type GrpcError, type Trailers } from './codes.ts'
import type { Metadata } from './metadata.ts'
import { ACCEPTED } from './unpack.ts'

const HEADERS: OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' }
/** For who compresses: https://github.com/grpc/grpc/blob/master/doc/compression.md */
const HEADERS_TO_PACKER: OutgoingHttpHeaders = { ...HEADERS, 'grpc-accept-encoding': ACCEPTED }
const NONE: OutgoingHttpHeaders = {}
/** No client of gRPC looks at a date. */
const WITH_TRAILERS = { waitForTrailers: true, sendDate: false }
/** Printable ASCII without '%', by which others are written, and without spaces around it. */
const PLAIN = /^(?! )[ -$&-~]*(?<! )$/
const OTHERS = /[^ -$&-~]+|^ +| +$/g
/**
 * Not to be kept in the table of headers that both sides have (RFC 7541, 7.1.3): each is another each time, costs more to keep
 * than to send, and would drive out what comes again.
 */
const NOT_KEPT = ['x-request-id', 'grpc-status-details-bin']
const AT_ONCE = { endStream: true, sendDate: false }
/** Longer answers go out piece by piece, so that it shows whether they are read. */
const PIECE_BYTES = 64 * 1024
/** Shorter ones may lie unread for as long as their connection is there, and are not counted. */
const LONG_BYTES = 16 * 1024

/** Who a call comes from. */
export interface Peer {
  readonly connection: Connection
  /** For the messages of the connection that have not come whole. */
  readonly allowance: Allowance
  /** For the answers of the connection that have not been read. */
  readonly unread: Allowance
}

/** What is done with what the client of a call sends. */
export interface Receiver {
  take(piece: Buffer): void
  /** The client has sent all; not where it aborted the call. */
  sentAll(): void
  /** The call's stream has closed: nothing comes any more. */
  gone(): void
}

/**
 * By what the listeners of a stream, the same functions for all, find its call; cut when the stream has closed. V8 keeps many
 * a stream that is done until its next full collection, and with it all that it leads to
 * (docs/decisions/0013-performance/requests.md).
 */
const CALL = Symbol('call')
type CallStream = ServerHttp2Stream & { [CALL]?: ServerCall | undefined }

function onClose(this: CallStream): void {
  const call = this[CALL]
  this[CALL] = undefined
  call?.closed()
}

function onData(this: CallStream, piece: Buffer): void {
  this[CALL]?.took(piece)
}

function onEnd(this: CallStream): void {
  // What a client aborts ends too.
  if (!this.aborted) this[CALL]?.tookAll()
}

function onWantTrailers(this: CallStream): void {
  this.sendTrailers(this[CALL]?.trailers ?? NONE)
}

const tooMuchUnread = failure(GRPC.RESOURCE_EXHAUSTED, 'too many long answers wait to be read')
const deadlinePassed = failure(GRPC.DEADLINE_EXCEEDED, 'the deadline has passed')

/**
 * One call as it goes over HTTP/2: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md. It ends once: by what it
 * is answered, by its deadline, or by its client. Whatever is said after that goes nowhere.
 */
export class ServerCall {
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly connection: Connection
  readonly stream: ServerHttp2Stream
  readonly #allowance: Allowance
  readonly #unread: Allowance
  readonly #stalledMs: number
  #receiver: Receiver | undefined = undefined
  #trailers: OutgoingHttpHeaders = NONE
  #held = 0
  #waiting = 0
  #isCancelled = false
  #isOver = false
  #hasBegun = false
  #deadline: NodeJS.Timeout | undefined = undefined
  #onCancelled: (() => void)[] | undefined = undefined

  /** A client that neither reads its answer nor ends its side for `stalledMs` is cut. */
  constructor(stream: CallStream, metadata: Metadata, peer: Peer, stalledMs: number) {
    this.stream = stream
    this.headers = metadata.headers
    this.rawHeaders = metadata.rawHeaders
    this.connection = peer.connection
    this.#allowance = peer.allowance
    this.#unread = peer.unread
    this.#stalledMs = stalledMs
    stream[CALL] = this
    stream.on('close', onClose)
  }

  /** For its listeners: the stream has closed. */
  closed(): void {
    if (this.#isOver) clearTimeout(this.#deadline)
    else this.#cancel()
    if (this.#held > 0) this.hold(0)
    if (this.#waiting > 0) this.#mayWait(0)
    this.#receiver?.gone()
  }

  /** For its listeners: the client has sent a piece. */
  took(piece: Buffer): void {
    if (!this.#isOver) this.#receiver?.take(piece)
  }

  /** For its listeners: the client has sent all. */
  tookAll(): void {
    this.#receiver?.sentAll()
  }

  /** For its listeners: those with which it ends. */
  get trailers(): OutgoingHttpHeaders {
    return this.#trailers
  }

  /** Gives what the client sends to `receiver`, from now on. Once. */
  receive(receiver: Receiver): void {
    this.#receiver = receiver
    this.stream.on('data', onData)
    this.stream.on('end', onEnd)
  }

  /** Its client is gone, its deadline has passed, or more of what it is told would wait than may. */
  get cancelled(): boolean {
    return this.#isCancelled || (!this.#isOver && this.stream.destroyed)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  hold(bytes: number): boolean {
    if (!this.#allowance.take(bytes - this.#held)) return false
    this.#held = bytes
    return true
  }

  /** At once, where it is cancelled already. */
  onCancelled(listener: () => void): void {
    if (this.#isCancelled) listener()
    else if (this.#onCancelled === undefined) this.#onCancelled = [listener]
    else this.#onCancelled.push(listener)
  }

  /** Fails the call when it is not over after so long. */
  expireAfter(milliseconds: number): void {
    this.#deadline = setTimeout(() => this.#giveUp(deadlinePassed), milliseconds)
  }

  /** Says that there will be an answer, before it is there. */
  begin(metadata: Trailers): void {
    if (this.#isMute || this.#hasBegun) return
    this.#hasBegun = true
    this.stream.respond({ ...this.#opening, ...metadata, [sensitiveHeaders]: NOT_KEPT }, WITH_TRAILERS)
  }

  /** A message in its frame. False: there is more to send than the client takes; see `drained`. */
  send(frame: Buffer): boolean {
    if (this.#isMute) return true
    if (!this.#mayWait(this.stream.writableLength + frame.length)) {
      this.#giveUp(tooMuchUnread)
      return true
    }
    this.#begin()
    return this.stream.write(frame)
  }

  /** Resolves when more can be sent or nothing ever will be; to false when the client took nothing for too long. */
  async drained(): Promise<boolean> {
    if (this.#isMute) return true
    const isTaken = await this.#taken()
    if (isTaken) this.#mayWait(0)
    return isTaken
  }

  #taken(): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (inTime: boolean): void => {
        clearTimeout(late)
        this.stream.off('drain', onMore)
        this.stream.off('close', onMore)
        resolve(inTime)
      }
      const onMore = (): void => done(true)
      const late = setTimeout(() => done(false), this.#stalledMs)
      this.stream.once('drain', onMore)
      this.stream.once('close', onMore)
    })
  }

  /** The whole answer, of one message in its frame. */
  reply(frame: Buffer, trailers: Trailers): void {
    if (this.#isMute) return
    if (!this.#mayWait(frame.length)) {
      this.fail(tooMuchUnread)
      return
    }
    this.#begin()
    const status = succeeded(trailers)
    if (frame.length <= PIECE_BYTES) this.#finish(status, frame)
    else void this.#finishInPieces(status, frame)
  }

  end(trailers: Trailers): void {
    if (this.#isMute) return
    this.#begin()
    this.#finish(succeeded(trailers))
  }

  fail({ code, details, trailers }: GrpcError): void {
    if (this.#isMute) return
    const head = { 'grpc-status': String(code), 'grpc-message': escaped(details) }
    const status = { ...head, ...trailers, [sensitiveHeaders]: NOT_KEPT }
    if (this.#hasBegun) this.#finish(status)
    else {
      this.#over()
      this.stream.respond({ ...this.#opening, ...status }, AT_ONCE)
      this.#readOn()
    }
  }

  /** Whether so many bytes of its answer may wait, from now on, until its client reads them. */
  #mayWait(bytes: number): boolean {
    const counted = bytes < LONG_BYTES ? 0 : bytes
    if (counted === this.#waiting) return true
    if (!this.#unread.take(counted - this.#waiting)) return false
    this.#waiting = counted
    return true
  }

  /** Whether nothing that is said goes anywhere. */
  get #isMute(): boolean {
    return this.#isOver || this.stream.destroyed || this.stream.closed
  }

  /** With what its answer begins. */
  get #opening(): OutgoingHttpHeaders {
    return this.headers['grpc-encoding'] === undefined ? HEADERS : HEADERS_TO_PACKER
  }

  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    this.stream.respond(this.#opening, WITH_TRAILERS)
  }

  #finish(trailers: OutgoingHttpHeaders, last?: Buffer): void {
    this.#over()
    this.#trailers = trailers
    this.stream.on('wantTrailers', onWantTrailers)
    if (last === undefined) this.stream.end()
    else this.stream.end(last)
    this.#readOn()
  }

  /** Never rejects. */
  async #finishInPieces(trailers: OutgoingHttpHeaders, frame: Buffer): Promise<void> {
    this.#over()
    let at = 0
    for (; at + PIECE_BYTES < frame.length; at += PIECE_BYTES) {
      const takesMore = this.stream.write(frame.subarray(at, at + PIECE_BYTES)) || (await this.#taken())
      if (!takesMore) this.stream.close(constants.NGHTTP2_CANCEL)
      if (this.stream.destroyed || this.stream.closed) return
    }
    this.#finish(trailers, frame.subarray(at))
  }

  /** What a client still sends is nobody's, and what it has not read is not kept for ever. */
  #readOn(): void {
    const hasMore = !this.stream.readableEnded
    if (hasMore) this.stream.resume()
    if (!hasMore && this.stream.writableLength < LONG_BYTES) return
    this.#deadline = setTimeout(() => this.stream.close(constants.NGHTTP2_CANCEL), this.#stalledMs).unref()
  }

  /** Fails it for whoever works on it too: what they listen to for its sake ends. */
  #giveUp(error: GrpcError): void {
    this.fail(error)
    this.#cancel()
  }

  #over(): void {
    this.#isOver = true
    clearTimeout(this.#deadline)
  }

  #cancel(): void {
    if (this.#isCancelled) return
    this.#isCancelled = true
    if (!this.#isOver) this.#over()
    for (const listener of this.#onCancelled ?? []) listener()
  }
}

function succeeded(trailers: Trailers): OutgoingHttpHeaders {
  return { 'grpc-status': '0', ...trailers, [sensitiveHeaders]: NOT_KEPT }
}

/** As `grpc-message` wants it: other characters, and no more, as their bytes of UTF-8 in hexadecimal. */
function escaped(text: string): string {
  return PLAIN.test(text) ? text : text.toWellFormed().replace(OTHERS, (others) => encodeURIComponent(others))
}
