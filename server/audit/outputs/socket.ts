import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect, isIPv6, type Socket } from 'node:net'
import type { SocketSpec } from '../device-options.ts'
import { type Output, OutputError } from './output.ts'

/** Puts one line (its newline included) into what the transport carries. */
export type Framing = (line: Buffer) => Buffer

/** The output of a `socket` device, and what `syslog` sends through. */
export function socketOutput(spec: SocketSpec, frame: Framing | undefined): Output {
  return spec.socketType === 'udp' ? new UdpOutput(spec.address, frame) : new ConnectedOutput(spec, frame)
}

function* linesOf(bytes: Buffer, ends: readonly number[]): Generator<Buffer> {
  let from = 0
  for (const end of ends) {
    yield bytes.subarray(from, end)
    from = end
  }
}

function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) }
}

/** TCP, and Unix stream sockets. A line counts as delivered when the kernel has taken it. */
class ConnectedOutput implements Output {
  readonly #spec: SocketSpec
  readonly #frame: Framing | undefined
  #socket: Socket | undefined

  constructor(spec: SocketSpec, frame: Framing | undefined) {
    this.#spec = spec
    this.#frame = frame
  }

  open(): Promise<void> {
    this.destroy()
    const { socketType, address } = this.#spec
    const socket = socketType === 'unix' ? connect({ path: address }) : connect(hostAndPort(address))
    this.#socket = socket
    return new Promise((done, failed) => {
      socket.once('connect', () => {
        socket.setNoDelay(true)
        done()
      })
      socket.once('close', () => failed(new OutputError('the connection was closed')))
      // Stays for the life of the socket: an error between writes shows in the next one.
      socket.on('error', (error) => failed(readable(error, address)))
      // What the peer says means nothing, but unread it would hide that the peer has gone.
      socket.resume()
    })
  }

  write(bytes: Buffer, ends: readonly number[]): Promise<void> {
    const socket = this.#socket
    if (socket === undefined || socket.destroyed || !socket.writable || socket.readableEnded)
      return Promise.reject(new OutputError('the connection is closed'))
    const sent = this.#frame === undefined ? bytes : Buffer.concat([...linesOf(bytes, ends)].map(this.#frame))
    return new Promise((done, failed) => {
      const closed = (): void => failed(new OutputError('the connection was closed'))
      socket.once('close', closed)
      socket.write(sent, (error) => {
        socket.off('close', closed)
        if (error) failed(error)
        else done()
      })
    })
  }

  close(): Promise<void> {
    const socket = this.#socket
    this.#socket = undefined
    if (socket === undefined || socket.destroyed) return Promise.resolve()
    return new Promise((done) => {
      socket.once('close', () => done())
      socket.end(() => socket.destroy())
    })
  }

  destroy(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }
}

function readable(error: Error, address: string): Error {
  // EPROTOTYPE: a datagram socket, as most syslog daemons have at /dev/log.
  return (error as NodeJS.ErrnoException).code === 'EPROTOTYPE'
    ? new OutputError(
        `${address} takes datagrams, and Node.js can't send those over a Unix socket: set address to its UDP or TCP port`,
      )
    : error
}

/** One datagram a line. A line that does not fit one fails. */
class UdpOutput implements Output {
  readonly #address: { readonly host: string; readonly port: number }
  readonly #frame: Framing | undefined
  #socket: UdpSocket | undefined

  constructor(address: string, frame: Framing | undefined) {
    this.#address = hostAndPort(address)
    this.#frame = frame
  }

  open(): Promise<void> {
    this.destroy()
    const { host, port } = this.#address
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    socket.unref()
    this.#socket = socket
    return new Promise((done, failed) => {
      socket.on('error', failed)
      socket.connect(port, host, (error?: Error) => (error ? failed(error) : done()))
    })
  }

  async write(bytes: Buffer, ends: readonly number[]): Promise<void> {
    const socket = this.#socket
    if (socket === undefined) throw new OutputError('the socket is not open')
    const sends: Promise<void>[] = []
    for (const line of linesOf(bytes, ends)) {
      const sent = this.#frame === undefined ? line : this.#frame(line)
      sends.push(new Promise((done, failed) => socket.send(sent, (error) => (error ? failed(error) : done()))))
    }
    await Promise.all(sends)
  }

  async close(): Promise<void> {
    this.destroy()
  }

  destroy(): void {
    this.#socket?.close()
    this.#socket = undefined
  }
}
