import { once } from 'node:events'
import net from 'node:net'
import tls, { type SecureContextOptions, type TlsOptions } from 'node:tls'
import {
  type ConnectionInjector,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { HealthImplementation } from 'grpc-health-check'
import type { Connection } from '../../engines/engine.ts'
import type { GrpcLimits } from './limits.ts'
import { fileDescriptors, SERVICES } from './registry.ts'
import { type Rpc, rpcsOf } from './rpc.ts'
import { serveSealEvents } from './seal-events.ts'
import type { SealWatch } from './seal-watch.ts'
import { PipelinedStream, streamRaw } from './streams.ts'
import { type GrpcServices, Transcoder } from './transcode.ts'
import { WireWriter } from './wire-writer.ts'

export interface GrpcParts {
  readonly services: GrpcServices
  readonly limits: GrpcLimits
  readonly seal: SealWatch
  /** Undefined: plain HTTP/2. */
  readonly tls: TlsOptions | undefined
}

function trailerOf(requestId: string): Metadata {
  const trailer = new Metadata()
  trailer.set('x-request-id', requestId)
  return trailer
}

const same = (bytes: Buffer): Buffer => bytes
/** Addresses of peers that are remembered, so that requests of one connection share it. */
const CONNECTIONS_KEPT = 10_000
const EXPIRY_CHECK_MS = 1000

/** The gRPC services on a socket of their own. Connections are ours, so that they are bounded and certificates reload. */
export class GrpcServer {
  readonly socket: net.Server
  readonly #grpc: Server
  readonly #injector: ConnectionInjector
  readonly #transcoder: Transcoder
  readonly #limits: GrpcLimits
  readonly #isTls: boolean
  readonly #peers = new Map<string, Connection>()
  readonly #sockets = new Set<net.Socket>()
  readonly #expiry: NodeJS.Timeout
  readonly #unwatch: () => void

  constructor({ services, limits, seal, tls: options }: GrpcParts) {
    this.#limits = limits
    this.#isTls = options !== undefined
    this.#transcoder = new Transcoder(services)
    this.#grpc = new Server({
      'grpc.max_receive_message_length': limits.maxMessageBytes,
      'grpc.max_send_message_length': -1,
      'grpc.max_concurrent_streams': limits.maxStreams,
      'grpc.max_connection_idle_ms': limits.idleTimeoutMs,
      'grpc.keepalive_time_ms': limits.keepAliveMs,
      'grpc.keepalive_timeout_ms': limits.keepAliveTimeoutMs,
    })
    for (const rpc of rpcsOf(SERVICES)) this.#register(rpc)
    serveSealEvents(this.#grpc, seal)
    this.#unwatch = this.#serveHealth(seal)
    this.#serveReflection()
    this.#injector = this.#grpc.createConnectionInjector(ServerCredentials.createInsecure())
    this.socket = this.#listener(options)
    this.socket.maxConnections = limits.maxConnections
    this.#expiry = setInterval(
      () => this.#transcoder.expire(services.monotonicMs() - limits.handleTimeoutMs),
      EXPIRY_CHECK_MS,
    )
    this.#expiry.unref()
  }

  get connections(): number {
    return this.#sockets.size
  }

  setSecureContext(context: SecureContextOptions): void {
    if (this.socket instanceof tls.Server) this.socket.setSecureContext(context)
  }

  async listen(host: string, port: number): Promise<void> {
    const listening = once(this.socket, 'listening')
    this.socket.listen(host === '' ? { port } : { host, port })
    await listening
  }

  /** Lets calls under way finish, ends streams of events, and cuts what is left after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.#expiry)
    this.#unwatch()
    const closed = new Promise<void>((resolve) => this.socket.close(() => resolve()))
    this.#injector.drain(graceMs)
    const cut = setTimeout(() => this.#cut(), graceMs)
    await closed
    clearTimeout(cut)
    this.#injector.destroy()
    this.#grpc.forceShutdown()
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #listener(options: TlsOptions | undefined): net.Server {
    const accept = (socket: net.Socket): void => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      // A peer that resets is no news.
      socket.on('error', () => {})
      socket.setNoDelay()
      this.#injector.injectConnection(socket)
    }
    if (options === undefined) return net.createServer(accept)
    const handshakeTimeout = this.#limits.handshakeTimeoutMs
    return tls.createServer({ ...options, ALPNProtocols: ['h2'], handshakeTimeout }, accept)
  }

  #register(rpc: Rpc): void {
    if (rpc.kind === 'bidi_streaming') this.#grpc.register(rpc.name, this.#pipelined(rpc), same, same, 'bidi')
    else if (rpc.kind === 'server_streaming')
      this.#grpc.register(rpc.name, this.#streamed(rpc), same, same, 'serverStream')
    else this.#grpc.register(rpc.name, this.#unary(rpc), same, same, 'unary')
  }

  #unary(rpc: Rpc) {
    return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      const request = this.#transcoder.begin(rpc, call, this.#peerOf(call.getPeer()), true)
      void this.#transcoder.answer(rpc, request, call.request).then(({ requestId, reply, error }) => {
        if (error !== undefined) callback(error)
        else callback(null, reply, trailerOf(requestId))
      })
    }
  }

  #pipelined(rpc: Rpc) {
    return (stream: ServerDuplexStream<Buffer, Buffer>): void => {
      new PipelinedStream(this.#transcoder, rpc, stream, this.#peerOf(stream.getPeer()), this.#limits)
    }
  }

  #streamed(rpc: Rpc) {
    const encode = (content: Uint8Array | string): Buffer => {
      const writer = new WireWriter()
      rpc.encode(writer, { content }, () => {})
      return writer.finish()
    }
    return (stream: ServerWritableStream<Buffer, Buffer>): void => {
      void streamRaw(this.#transcoder, rpc, stream, this.#peerOf(stream.getPeer()), encode)
    }
  }

  #serveHealth(seal: SealWatch): () => void {
    const names = ['', ...SERVICES.map(({ typeName }) => typeName)]
    const health = new HealthImplementation()
    const tell = (isSealed: boolean): void => {
      for (const name of names) health.setStatus(name, isSealed ? 'NOT_SERVING' : 'SERVING')
    }
    tell(seal.isSealed)
    health.addToServer(this.#grpc)
    return seal.watch(tell)
  }

  #serveReflection(): void {
    const fileDescriptorProtos = [...fileDescriptors()]
    const files = { egide: { format: 'Protocol Buffer 3 DescriptorProto', type: {}, fileDescriptorProtos } }
    const services = SERVICES.map(({ typeName }) => typeName)
    new ReflectionService(files as ConstructorParameters<typeof ReflectionService>[0], { services }).addToServer(
      this.#grpc,
    )
  }

  /** 'address:port', IPv6 without brackets. */
  #peerOf(peer: string): Connection {
    const known = this.#peers.get(peer)
    if (known !== undefined) return known
    const colon = peer.lastIndexOf(':')
    const remotePort = Number(peer.slice(colon + 1)) || 0
    const connection = { remoteAddress: remotePort === 0 ? '' : peer.slice(0, colon), remotePort, tls: this.#isTls }
    if (this.#peers.size >= CONNECTIONS_KEPT) this.#peers.clear()
    this.#peers.set(peer, connection)
    return connection
  }
}
