import { constants, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { Arrivals } from './arrivals.ts'
import { failure, GRPC, type GrpcError } from './codes.ts'
import { Handlers } from './handlers.ts'
import { serveHealth } from './health.ts'
import type { Messages } from './incoming.ts'
import type { GrpcLimits } from './limits.ts'
import { serveReflection } from './reflection-streams.ts'
import { allMethods, type Method, SERVICE_NAMES } from './registry.ts'
import type { Rpc } from './rpc.ts'
import { serveSealEvents } from './seal-events.ts'
import { SealFollowers } from './seal-followers.ts'
import type { SealWatch } from './seal-watch.ts'
import { ServerCall } from './server-call.ts'
import { Sessions } from './sessions.ts'
import { trailerOf } from './status.ts'
import { PipelinedStream, streamPieces } from './streams.ts'
import { type GrpcServices, type Outcome, Transcoder } from './transcode.ts'
import { Unpacker } from './unpack.ts'
import { UploadedBody } from './upload.ts'

export interface GrpcParts {
  readonly services: GrpcServices
  readonly limits: GrpcLimits
  readonly seal: SealWatch
  /** Whether its connections came over TLS. */
  readonly isTls: boolean
}

const EXPIRY_CHECK_MS = 1000
/** 'application/grpc+proto' too, but not gRPC-Web. */
const GRPC_TYPE = /^application\/grpc(?:$|[+;])/
/** What is of another form than protobuf by its own name; libraries have names of their own for protobuf. */
const JSON_TYPE = /^application\/grpc\+json/
const noJson = failure(GRPC.UNIMPLEMENTED, 'messages are protobuf, not JSON')
const NOTHING = Buffer.alloc(0)

/** The gRPC services, on the connections that they are given. */
export class GrpcServer {
  readonly #sessions: Sessions
  readonly #handlers: Handlers
  readonly #transcoder: Transcoder
  readonly #limits: GrpcLimits
  readonly #expiry: NodeJS.Timeout
  readonly #aging: NodeJS.Timeout
  readonly #followers: SealFollowers

  constructor({ services, limits, seal, isTls }: GrpcParts) {
    this.#limits = limits
    this.#transcoder = new Transcoder(services)
    const { maxMessageBytes, unpacking, stalledReaderMs } = limits
    const arrivals = new Arrivals()
    const refuseCall = (call: ServerCall, error: GrpcError): void => {
      if (!call.isOver) services.refused(error.code)
      call.fail(error)
    }
    const unpacker = new Unpacker(maxMessageBytes, unpacking)
    this.#handlers = new Handlers({ maxMessageBytes, arrivals, unpacker, refuse: refuseCall })
    this.#followers = new SealFollowers(seal)
    for (const method of allMethods()) this.#register(method)
    serveSealEvents(this.#handlers, seal, this.#followers)
    serveHealth(this.#handlers, SERVICE_NAMES, seal, this.#followers)
    serveReflection(this.#handlers, this.#transcoder)
    this.#sessions = new Sessions(limits, isTls, (stream, metadata, peer) => {
      const { ':method': method, 'content-type': type = '' } = metadata.headers
      if (method !== 'POST') return refuse(stream, 405, stalledReaderMs)
      if (!GRPC_TYPE.test(type)) return refuse(stream, 415, stalledReaderMs)
      const call = new ServerCall(stream, metadata, peer, stalledReaderMs)
      if (JSON_TYPE.test(type)) refuseCall(call, noJson)
      else this.#handlers.serve(call)
    })
    this.#expiry = setInterval(
      () => this.#transcoder.expire(services.monotonicMs() - limits.handleTimeoutMs),
      EXPIRY_CHECK_MS,
    )
    this.#expiry.unref()
    this.#aging = setInterval(() => arrivals.age(refuseCall), limits.messageTimeoutMs)
    this.#aging.unref()
  }

  serve(socket: Socket): void {
    this.#sessions.serve(socket)
  }

  async drain(): Promise<void> {
    clearInterval(this.#expiry)
    clearInterval(this.#aging)
    this.#followers.end()
    this.#sessions.drain()
    await this.#transcoder.idle()
  }

  destroy(): void {
    this.#sessions.destroy()
  }

  #register(method: Method): void {
    const { path, kind } = method
    if (kind === 'bidi_streaming' || kind === 'client_streaming') {
      const serve = kind === 'bidi_streaming' ? this.#pipelined : this.#uploaded
      this.#handlers.many(path, (call, messages) => {
        if (method.rpc !== undefined) serve(method.rpc, call, messages)
        else this.#load(method, call, (rpc) => serve(rpc, call, messages))
      })
    } else {
      const serve = kind === 'unary' ? this.#unary : this.#streamed
      this.#handlers.one(path, (call, message) => {
        if (method.rpc !== undefined) serve(method.rpc, call, message)
        else this.#load(method, call, (rpc) => serve(rpc, call, message))
      })
    }
  }

  readonly #unary = (rpc: Rpc, call: ServerCall, message: Buffer): void => {
    const request = this.#transcoder.begin(rpc, call, true)
    void this.#transcoder.answer(rpc, request, message).then((outcome) => settle(call, outcome))
  }

  /** One request, whose body is what the messages hold. */
  readonly #uploaded = (rpc: Rpc, call: ServerCall, messages: Messages): void => {
    const request = this.#transcoder.begin(rpc, call, true)
    const body = new UploadedBody(rpc, messages, this.#limits.stalledWriterMs)
    request.body = body
    const answering = body.begun().then(() => this.#transcoder.answer(rpc, request, NOTHING))
    void answering.then((outcome) => {
      body.end()
      settle(call, outcome)
    })
  }

  readonly #pipelined = (rpc: Rpc, call: ServerCall, messages: Messages): void => {
    new PipelinedStream(this.#transcoder, rpc, call, messages, this.#limits)
  }

  readonly #streamed = (rpc: Rpc, call: ServerCall, message: Buffer): void => {
    void streamPieces(this.#transcoder, rpc, call, message)
  }

  /** Of a method that is called for the first time. */
  #load(method: Method, call: ServerCall, serve: (rpc: Rpc) => void): void {
    method.load().then(serve, (error: unknown) => call.fail(this.#transcoder.errorOf(error, '', method.path)))
  }
}

/** What is no gRPC, as HTTP says it. Who does not end their side for `stalledMs` is cut. */
function refuse(stream: ServerHttp2Stream, status: number, stalledMs: number): void {
  stream.respond({ ':status': status }, { endStream: true })
  stream.resume()
  const late = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), stalledMs).unref()
  stream.on('close', () => clearTimeout(late))
}

function settle(call: ServerCall, { requestId, reply, error }: Outcome): void {
  if (error !== undefined) call.fail(error)
  else call.reply(reply, trailerOf(requestId))
}
