import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { canonicalAddress } from '../../engines/cidr.ts'
import type { Connection } from '../../engines/engine.ts'
import { Allowance } from '../core/allowance.ts'
import { peerChainOf } from '../core/peer-chain.ts'
import type { GrpcLimits } from './limits.ts'
import type { Metadata } from './metadata.ts'
import type { Peer } from './server-call.ts'

/** What is done with a stream that a client opens. */
export type OpenStream = (stream: ServerHttp2Stream, metadata: Metadata, peer: Peer) => void

const ignore = (): void => {}

/** HTTP/2 on the connections that it is given. */
export class Sessions {
  readonly #isTls: boolean
  readonly #limits: GrpcLimits
  readonly #options: ServerOptions
  readonly #open: OpenStream
  readonly #allowance: Allowance
  readonly #unread: Allowance
  readonly #sessions = new Set<ServerHttp2Session>()

  constructor(limits: GrpcLimits, isTls: boolean, open: OpenStream) {
    this.#isTls = isTls
    this.#limits = limits
    this.#open = open
    this.#allowance = new Allowance(limits.heldBytesOfAll)
    this.#unread = new Allowance(limits.heldBytesOfAll)
    this.#options = {
      settings: { maxConcurrentStreams: limits.maxStreams, maxHeaderListSize: limits.maxMetadataBytes },
      // Messages are bounded, and so are those of a connection.
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
    }
  }

  serve(socket: Socket): void {
    if (this.#isTls && (socket as Partial<TLSSocket>).alpnProtocol !== 'h2') {
      socket.destroy()
      return
    }
    const peer = {
      connection: connectionOf(socket, this.#isTls),
      allowance: new Allowance(this.#limits.heldBytes, this.#allowance),
      unread: new Allowance(this.#limits.heldBytes, this.#unread),
    }
    const session = performServerHandshake(socket, this.#options)
    this.#sessions.add(session)
    const idle = new IdleBound(session, this.#limits.idleTimeoutMs)
    const keepAlive = new KeepAlive(session, this.#limits)
    session.on('error', ignore)
    session.on('stream', (stream, headers, _flags, rawHeaders) => {
      stream.on('error', ignore)
      idle.add(stream)
      this.#open(stream, { headers, rawHeaders }, peer)
    })
    session.once('close', () => {
      this.#sessions.delete(session)
      idle.end()
      keepAlive.end()
    })
  }

  /** Lets the streams that are open end, and takes no more. */
  drain(): void {
    for (const session of this.#sessions) session.close()
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy(undefined, constants.NGHTTP2_CANCEL)
  }
}

/** The same object for every call of a connection. */
function connectionOf(socket: Socket, tls: boolean): Connection {
  const { remoteAddress = '', remotePort = 0 } = socket
  return {
    remoteAddress: canonicalAddress(remoteAddress),
    remotePort,
    tls,
    ...(tls && { peerChain: () => peerChainOf(socket) }),
  }
}

/** Closes a connection that has had no stream for so long. */
class IdleBound {
  readonly #timer: NodeJS.Timeout
  readonly #onClose: () => void
  #streams = 0

  constructor(session: ServerHttp2Session, idleMs: number) {
    this.#timer = setTimeout(() => {
      if (this.#streams === 0) session.close()
    }, idleMs).unref()
    this.#onClose = () => {
      // What is refreshed after its end would hold the session for as long again.
      if (--this.#streams === 0 && !session.destroyed) this.#timer.refresh()
    }
  }

  add(stream: ServerHttp2Stream): void {
    this.#streams++
    stream.on('close', this.#onClose)
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

/** Asks again and again whether the other side is still there, and destroys the connection when it is not. */
class KeepAlive {
  readonly #session: ServerHttp2Session
  readonly #limits: GrpcLimits
  #timer: NodeJS.Timeout

  constructor(session: ServerHttp2Session, limits: GrpcLimits) {
    this.#session = session
    this.#limits = limits
    this.#timer = this.#next()
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #next(): NodeJS.Timeout {
    return setTimeout(() => this.#ask(), this.#limits.keepAliveMs).unref()
  }

  #ask(): void {
    const session = this.#session
    if (session.destroyed) return
    this.#timer = setTimeout(() => session.destroy(), this.#limits.keepAliveTimeoutMs).unref()
    const isAsked = session.ping((error) => {
      clearTimeout(this.#timer)
      if (error !== null) session.destroy()
      else if (!session.destroyed) this.#timer = this.#next()
    })
    if (!isAsked) session.destroy()
  }
}
