import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { connect as connectTls } from 'node:tls'
import type { Channel, Sender } from './channel.ts'
import { readReply } from './reply-reader.ts'

const EMPTY = Buffer.alloc(0)

/** A keep-alive HTTP/1.1 connection. */
export class Http1Channel implements Channel {
  readonly #socket: Socket
  readonly #sender: Sender
  #received: Buffer = EMPTY
  #sentAt = 0

  private constructor(socket: Socket, sender: Sender) {
    this.#socket = socket
    this.#sender = sender
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (err) => sender.broke(err.message))
    socket.on('close', () => sender.broke('the server closed a connection'))
  }

  /** `ca`: over TLS, with a server that this authority (PEM) vouches for. */
  static open(port: number, sender: Sender, ca: string | undefined): Promise<Http1Channel> {
    return new Promise((resolve, reject) => {
      const opened = (): void => {
        socket.off('error', reject)
        resolve(new Http1Channel(socket, sender))
      }
      const host = '127.0.0.1'
      const socket = ca === undefined ? connect(port, host, opened) : connectTls({ port, host, ca }, opened)
      socket.once('error', reject)
    })
  }

  send(request: Buffer, due: number): void {
    this.#sentAt = due
    this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const reply = readReply(this.#received)
    if (reply === undefined) return
    if (reply.end !== this.#received.length) this.#sender.broke('more came than was asked for')
    this.#received = EMPTY
    this.#sender.replied(this, reply.status, performance.now() - this.#sentAt)
  }
}
