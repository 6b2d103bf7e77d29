import type { Socket } from 'node:net'
import {
  type ConnectionInjector,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { HealthImplementation } from 'grpc-health-check'
import { HEALTH_SERVICE, healthDescriptor } from './health-descriptor.ts'
import type { GrpcLimits } from './limits.ts'
import { Peers } from './peers.ts'
import { fileDescriptors, SERVICES } from './registry.ts'
import { type Rpc, rpcsOf } from './rpc.ts'
import { serveSealEvents } from './seal-events.ts'
import type { SealWatch } from './seal-watch.ts'
import { trailerOf } from './status.ts'
import { PipelinedStream, streamPieces } from './streams.ts'
import { type GrpcServices, Transcoder } from './transcode.ts'

export interface GrpcParts {
  readonly services: GrpcServices
  readonly limits: GrpcLimits
  readonly seal: SealWatch
  /** Whether its connections came over TLS. */
  readonly isTls: boolean
}

const same = (bytes: Buffer): Buffer => bytes
const EXPIRY_CHECK_MS = 1000

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
    for (const rpc of rpcsOf(SERVICES)) this.#register(rpc)
    this.#endSealEvents = serveSealEvents(this.#grpc, seal)
    this.#unwatch = this.#serveHealth(seal)
    this.#serveReflection()
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

  #register(rpc: Rpc): void {
    if (rpc.kind === 'bidi_streaming') this.#grpc.register(rpc.name, this.#pipelined(rpc), same, same, 'bidi')
    else if (rpc.kind === 'server_streaming')
      this.#grpc.register(rpc.name, this.#streamed(rpc), same, same, 'serverStream')
    else this.#grpc.register(rpc.name, this.#unary(rpc), same, same, 'unary')
  }

  #unary(rpc: Rpc) {
    return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      const request = this.#transcoder.begin(rpc, call, this.#peers.named(call.getPeer()), true)
      void this.#transcoder.answer(rpc, request, call.request).then(({ requestId, reply, error }) => {
        if (error !== undefined) callback(error)
        else callback(null, reply, trailerOf(requestId))
      })
    }
  }

  #pipelined(rpc: Rpc) {
    return (stream: ServerDuplexStream<Buffer, Buffer>): void => {
      new PipelinedStream(this.#transcoder, rpc, stream, this.#peers.named(stream.getPeer()), this.#limits)
    }
  }

  #streamed(rpc: Rpc) {
    return (stream: ServerWritableStream<Buffer, Buffer>): void => {
      void streamPieces(this.#transcoder, rpc, stream, this.#peers.named(stream.getPeer()), this.#limits)
    }
  }

  #serveHealth(seal: SealWatch): () => void {
    const names = ['', ...SERVICES.map(({ typeName }) => typeName)]
    const health = new HealthImplementation()
    const tell = (): void => {
      for (const name of names) health.setStatus(name, seal.isServing ? 'SERVING' : 'NOT_SERVING')
    }
    tell()
    health.addToServer(this.#grpc)
    return seal.watch(tell)
  }

  #serveReflection(): void {
    const fileDescriptorProtos = [...fileDescriptors(), healthDescriptor()]
    const files = { egide: { format: 'Protocol Buffer 3 DescriptorProto', type: {}, fileDescriptorProtos } }
    const services = [...SERVICES.map(({ typeName }) => typeName), HEALTH_SERVICE]
    new ReflectionService(files as ConstructorParameters<typeof ReflectionService>[0], { services }).addToServer(
      this.#grpc,
    )
  }
}
