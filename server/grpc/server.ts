import type { Socket } from 'node:net'
import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'
import type { GrpcLimits } from './limits.ts'
import { Peers } from './peers.ts'
import { serveReflection } from './reflection-streams.ts'
import { allMethods, type Method, SERVICE_NAMES } from './registry.ts'
import type { Rpc } from './rpc.ts'
import { serveSealEvents } from './seal-events.ts'
import type { SealWatch } from './seal-watch.ts'
import { type GrpcError, trailerOf } from './status.ts'
import { failStream, PipelinedStream, streamPieces } from './streams.ts'
import { type GrpcServices, Transcoder } from './transcode.ts'
import { UploadedBody } from './upload.ts'

export interface GrpcParts {
  readonly services: GrpcServices
  readonly limits: GrpcLimits
  readonly seal: SealWatch
  /** Whether its connections came over TLS. */
  readonly isTls: boolean
}

const same = (bytes: Buffer): Buffer => bytes
const EXPIRY_CHECK_MS = 1000
const NOTHING = Buffer.alloc(0)

/** The gRPC services, on the connections that they are given. */
export class GrpcServer {
  readonly #grpc: Server
  readonly #injector: ConnectionInjector
  readonly #transcoder: Transcoder
  readonly #limits: GrpcLimits
  readonly #peers: Peers
  readonly #expiry: NodeJS.Timeout
  readonly #unwatch: () => void
  readonly #endSealEvents: () => void

  constructor({ services, limits, seal, isTls }: GrpcParts) {
    this.#limits = limits
    this.#peers = new Peers(isTls)
    this.#transcoder = new Transcoder(services)
    this.#grpc = new Server({
      'grpc.max_receive_message_length': limits.maxMessageBytes,
      'grpc.max_send_message_length': -1,
      'grpc.max_concurrent_streams': limits.maxStreams,
      'grpc.max_connection_idle_ms': limits.idleTimeoutMs,
      'grpc.keepalive_time_ms': limits.keepAliveMs,
      'grpc.keepalive_timeout_ms': limits.keepAliveTimeoutMs,
      // Nobody can ask for what it counts, and it counts at each call and message.
      'grpc.enable_channelz': 0,
    })
    for (const method of allMethods()) this.#register(method)
    this.#endSealEvents = serveSealEvents(this.#grpc, seal)
    this.#unwatch = this.#serveHealth(seal)
    serveReflection(this.#grpc, this.#transcoder, limits)
    this.#injector = this.#grpc.createConnectionInjector(ServerCredentials.createInsecure())
    this.#expiry = setInterval(
      () => this.#transcoder.expire(services.monotonicMs() - limits.handleTimeoutMs),
      EXPIRY_CHECK_MS,
    )
    this.#expiry.unref()
  }

  serve(socket: Socket): void {
    this.#peers.add(socket)
    this.#injector.injectConnection(socket)
  }

  async drain(graceMs: number): Promise<void> {
    clearInterval(this.#expiry)
    this.#unwatch()
    this.#endSealEvents()
    this.#injector.drain(graceMs)
    await this.#transcoder.idle()
  }

  destroy(): void {
    this.#injector.destroy()
    this.#grpc.forceShutdown()
  }

  #register(method: Method): void {
    const { path, kind } = method
    if (kind === 'bidi_streaming') this.#grpc.register(path, this.#pipelined(method), same, same, 'bidi')
    else if (kind === 'server_streaming') this.#grpc.register(path, this.#streamed(method), same, same, 'serverStream')
    else if (kind === 'client_streaming') this.#grpc.register(path, this.#uploaded(method), same, same, 'clientStream')
    else this.#grpc.register(path, this.#unary(method), same, same, 'unary')
  }

  #unary(method: Method) {
    return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      if (method.rpc !== undefined) this.#answer(method.rpc, call, callback)
      else this.#load(method, callback, (rpc) => this.#answer(rpc, call, callback))
    }
  }

  #answer(rpc: Rpc, call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void {
    const request = this.#transcoder.begin(rpc, call, this.#peers.named(call.getPeer()), true)
    void this.#transcoder.answer(rpc, request, call.request).then(({ requestId, reply, error }) => {
      if (error !== undefined) callback(error)
      else callback(null, reply, trailerOf(requestId))
    })
  }

  /** One request, whose body is what the messages hold. */
  #uploaded(method: Method) {
    return (stream: ServerReadableStream<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      const connection = this.#peers.named(stream.getPeer())
      const serve = (rpc: Rpc): void => {
        const request = this.#transcoder.begin(rpc, stream, connection, true)
        const body = new UploadedBody(rpc, stream, this.#limits.stalledWriterMs)
        request.body = body
        const answering = body.begun().then(() => this.#transcoder.answer(rpc, request, NOTHING))
        void answering.then(({ requestId, reply, error }) => {
          body.end()
          if (error !== undefined) callback(error)
          else callback(null, reply, trailerOf(requestId))
        })
      }
      if (method.rpc !== undefined) serve(method.rpc)
      else this.#load(method, callback, serve)
    }
  }

  #pipelined(method: Method) {
    return (stream: ServerDuplexStream<Buffer, Buffer>): void => {
      const connection = this.#peers.named(stream.getPeer())
      const serve = (rpc: Rpc) => new PipelinedStream(this.#transcoder, rpc, stream, connection, this.#limits)
      if (method.rpc !== undefined) serve(method.rpc)
      else this.#load(method, (error) => failStream(stream, error), serve)
    }
  }

  #streamed(method: Method) {
    return (stream: ServerWritableStream<Buffer, Buffer>): void => {
      const connection = this.#peers.named(stream.getPeer())
      const serve = (rpc: Rpc) => void streamPieces(this.#transcoder, rpc, stream, connection, this.#limits)
      if (method.rpc !== undefined) serve(method.rpc)
      else this.#load(method, (error) => failStream(stream, error), serve)
    }
  }

  /** Of a method that is called for the first time. */
  #load(method: Method, fail: (error: GrpcError) => void, serve: (rpc: Rpc) => void): void {
    method.load().then(serve, (error: unknown) => fail(this.#transcoder.errorOf(error, '', method.path)))
  }

  #serveHealth(seal: SealWatch): () => void {
    const names = ['', ...SERVICE_NAMES]
    const health = new HealthImplementation()
    const tell = (): void => {
      for (const name of names) health.setStatus(name, seal.isServing ? 'SERVING' : 'NOT_SERVING')
    }
    tell()
    health.addToServer(this.#grpc)
    return seal.watch(tell)
  }
}
