import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import tls, { type SecureContextOptions, type TlsOptions } from 'node:tls'
import { rememberChain } from '../core/peer-chain.ts'
import type { GrpcLimits } from '../grpc/limits.ts'

/** What speaks gRPC on the connections that are accepted. */
export interface GrpcService {
  serve(socket: net.Socket): void
  /** Ends streams of events, takes nothing new, and resolves when no call is worked on. */
  drain(): Promise<void>
  destroy(): void
}

/** For what was said last to reach those who are connected when the server closes. */
const LAST_WORDS_MS = 200

/**
 * A listening socket for gRPC. Connections are ours, so that they are bounded and certificates reload. What serves them is
 * loaded by `load` when the first has come, or before.
 */
export class GrpcSocket {
  readonly server: net.Server
  readonly #load: () => Promise<GrpcService>
  /** As the kernel gave them, and what speaks HTTP/2 on them: over TLS that is another socket, once its handshake is done. */
  readonly #accepted = new Set<net.Socket>()
  readonly #sockets = new Set<net.Socket>()
  #service: Promise<GrpcService> | undefined

  constructor(load: () => Promise<GrpcService>, limits: GrpcLimits, options: TlsOptions | undefined) {
    this.#load = load
    const accept = (socket: net.Socket): void => this.#accept(socket)
    const handshakeTimeout = limits.handshakeTimeoutMs
    this.server =
      options === undefined
        ? net.createServer(accept)
        : tls.createServer({ ...options, ALPNProtocols: ['h2'], handshakeTimeout }, accept)
    this.server.maxConnections = limits.maxConnections
    this.server.on('connection', (socket: net.Socket) => {
      this.#accepted.add(socket)
      socket.once('close', () => this.#accepted.delete(socket))
    })
  }

  get connections(): number {
    return this.#accepted.size
  }

  setSecureContext(context: SecureContextOptions): void {
    if (this.server instanceof tls.Server) this.server.setSecureContext(context)
  }

  async listen(host: string, port: number): Promise<void> {
    const listening = once(this.server, 'listening')
    this.server.listen(host === '' ? { port } : { host, port })
    await listening
  }

  /** Makes ready what serves, rather than when somebody comes. Who comes after it could not be loaded has it tried again. */
  service(): Promise<GrpcService> {
    this.#service ??= this.#load().catch((error: unknown) => {
      this.#service = undefined
      throw error
    })
    return this.#service
  }

  /** Lets calls under way finish, ends streams of events, and cuts what is left after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    const cut = setTimeout(() => this.#cut(), graceMs)
    const service = await this.#service?.catch(() => undefined)
    if (service !== undefined) await Promise.race([closed, service.drain()])
    await this.#dismiss(closed)
    clearTimeout(cut)
    service?.destroy()
  }

  #accept(socket: net.Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    // A peer that resets is no news.
    socket.on('error', () => {})
    socket.setNoDelay()
    rememberChain(socket)
    const serve = (service: GrpcService): void => {
      if (!socket.destroyed) service.serve(socket)
    }
    // Such as for want of file descriptors, which connections take too.
    this.service().then(serve, (error: unknown) => {
      socket.destroy()
      this.server.emit('error', error)
    })
  }

  /** Nothing is worked on any more: who is connected and takes nothing more idles, or listens for what has an end now. */
  async #dismiss(closed: Promise<void>): Promise<void> {
    const taken = new Map<net.Socket, number>()
    const isDone = closed.then(() => true)
    while (this.#sockets.size > 0) {
      if (await Promise.race([isDone, sleep(LAST_WORDS_MS, false)])) return
      for (const socket of this.#sockets) {
        if (taken.get(socket) === socket.bytesWritten) socket.destroy()
        else taken.set(socket, socket.bytesWritten)
      }
    }
    // Those whose handshake never ended.
    for (const socket of this.#accepted) socket.destroy()
    await closed
  }

  #cut(): void {
    for (const socket of [...this.#sockets, ...this.#accepted]) socket.destroy()
  }
}
