import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/**
 * Node's HTTP parser knows no LIST and no SCAN. When it gives up on one, its socket is taken away from it and handed to
 * the server again as a new connection: a Duplex that first replays what was read, with the method written as one of the
 * same length that the parser does know. The connection remembers what was meant, so that a client that really sends
 * the stand-in is refused like any other unknown method.
 */
interface Verb {
  readonly method: 'LIST' | 'SCAN'
  readonly standIn: 'LINK' | 'LOCK'
  /** Index of the character at which the parser gives up. */
  readonly failsAt: number
}

const VERBS: readonly Verb[] = [
  { method: 'LIST', standIn: 'LINK', failsAt: 2 },
  { method: 'SCAN', standIn: 'LOCK', failsAt: 1 },
]

/** What the parser had in hand when it gave up. */
export interface ParserFailure extends Error {
  readonly code?: string
  readonly rawPacket?: Buffer
  readonly bytesParsed?: number
}

/** The bytes from the method on, with as much of it as came in an earlier packet put back; undefined: not one of ours. */
export function recoverHead(failure: ParserFailure): { readonly verb: Verb; readonly head: Buffer } | undefined {
  const { code, rawPacket, bytesParsed } = failure
  if (code !== 'HPE_INVALID_METHOD' || rawPacket === undefined || bytesParsed === undefined) return undefined
  for (const verb of VERBS) {
    const start = bytesParsed - verb.failsAt
    const missing = start < 0 ? verb.method.slice(0, -start) : ''
    const head = Buffer.concat([Buffer.from(missing), rawPacket.subarray(Math.max(start, 0))])
    const wanted = Buffer.from(`${verb.method} `)
    if (head.subarray(0, wanted.length).equals(wanted.subarray(0, head.length)) && head.length > verb.failsAt) {
      return { verb, head }
    }
  }
  return undefined
}

/** Listeners that the HTTP server put on a socket, to be taken off again when it loses it. */
const HTTP_EVENTS = ['data', 'end', 'close', 'error', 'drain', 'timeout', 'resume', 'pause'] as const
type Listener = (...args: unknown[]) => void
const before = new WeakMap<Socket, ReadonlyMap<string, readonly Listener[]>>()

/** To be called for each new connection before the HTTP server has seen it. */
export function rememberListeners(socket: Socket): void {
  before.set(socket, new Map(HTTP_EVENTS.map((event) => [event, socket.listeners(event) as Listener[]])))
}

/** The parser that Node's HTTP server hangs on a socket; not in the type declarations. */
interface Parser {
  unconsume(): void
  remove(): void
  close(): void
  free?(): void
}
interface ServedSocket extends Socket {
  parser?: Parser | null
}

/**
 * Stops the dead parser from reading. What arrives from now on waits in the socket, or, where the end of an earlier
 * request makes Node resume it, in the chunks that are given back: without a listener it would be lost.
 */
export function detachParser(socket: ServedSocket): readonly Buffer[] {
  const chunks: Buffer[] = []
  socket.parser?.unconsume()
  socket.pause()
  takeOff(socket, ['data', 'end', 'resume', 'pause'])
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    socket.pause()
  })
  return chunks
}

/** Reads on, for nobody, what was silenced. */
export function discard(socket: Socket): void {
  socket.removeAllListeners('data')
  // As for a replay: the wait for a read that the parser did in the stream's place ends.
  socket.push('')
  socket.resume()
}

/** Takes the socket out of the HTTP server's hands altogether. */
export function detach(socket: ServedSocket): void {
  const { parser } = socket
  takeOff(socket, HTTP_EVENTS)
  if (parser) {
    socket.parser = null
    parser.remove()
    // As Node does it: the parser may be what called us, and must not be freed under its own feet.
    setImmediate(() => parser.close())
  }
}

function takeOff(socket: Socket, events: readonly string[]): void {
  const kept = before.get(socket)
  for (const event of events) {
    const own = kept?.get(event) ?? []
    for (const listener of socket.listeners(event) as Listener[]) {
      if (!own.includes(listener)) socket.removeListener(event, listener)
    }
  }
}

/** A connection that goes on over a socket which was taken from the parser. */
export class ReplayedConnection extends Duplex {
  readonly socket: Socket
  readonly #verb: Verb
  /** What came so far of a head that may still turn out to be no `LIST ` at all; undefined once that is clear. */
  #head: Buffer | undefined = undefined
  /** Of the first request that comes out of this connection. */
  #method: Verb['method'] | undefined = undefined
  readonly remoteAddress: string | undefined
  readonly remotePort: number | undefined
  readonly encrypted: boolean

  constructor(socket: Socket, verb: Verb, head: Buffer) {
    super({ allowHalfOpen: true })
    this.socket = socket
    this.#verb = verb
    this.remoteAddress = socket.remoteAddress
    this.remotePort = socket.remotePort
    this.encrypted = 'encrypted' in socket && socket.encrypted === true
    this.#replay(head)
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onClose)
    socket.on('error', this.#onError)
    socket.on('timeout', this.#onTimeout)
    socket.on('drain', this.#onDrain)
    if (socket.readableEnded) this.#onEnd()
    // While the parser read from the handle, the stream waited for a read that never came. An empty chunk ends that
    // wait, so that the stream reads by itself again.
    socket.push('')
  }

  /** The method that the client sent, if the request about to be served is the replayed one. */
  takeMethod(): Verb['method'] | undefined {
    const method = this.#method
    this.#method = undefined
    return method
  }

  /** What arrived and nobody has read. */
  unread(): readonly Buffer[] {
    const chunks: Buffer[] = []
    // One read gives all, or, while the stream flows, only the first chunk.
    for (let chunk: Buffer | null = this.read(); chunk !== null; chunk = this.read()) chunks.push(chunk)
    return chunks
  }

  /** Gives the socket up again, for the next replay. */
  release(): Socket {
    const { socket } = this
    socket.removeListener('data', this.#onData)
    socket.removeListener('end', this.#onEnd)
    socket.removeListener('close', this.#onClose)
    socket.removeListener('error', this.#onError)
    socket.removeListener('timeout', this.#onTimeout)
    socket.removeListener('drain', this.#onDrain)
    return socket
  }

  setTimeout(ms: number, listener?: () => void): this {
    if (listener !== undefined) this.on('timeout', listener)
    this.socket.setTimeout(ms)
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  /** As a socket's: what was written goes out, then the connection is closed. */
  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  override _read(): void {
    this.socket.resume()
  }

  #awaitingDrain: ((error?: Error | null) => void) | undefined = undefined

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.socket.write(chunk, encoding)) done()
    else this.#awaitingDrain = done
  }

  override _final(done: (error?: Error | null) => void): void {
    this.socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.release()
    // What is still on its way to the client, such as an answer that closes the connection, may leave first.
    this.socket.on('error', () => {})
    if (error === null && this.socket.writable) this.socket.destroySoon()
    else this.socket.destroy()
    done(error)
  }

  /** Holds the head back until the method is whole, then gives it on under the name that the parser knows. */
  #replay(head: Buffer): boolean {
    const { method, standIn } = this.#verb
    const wanted = `${method} `
    const start = head.toString('latin1', 0, wanted.length)
    if (start !== wanted && wanted.startsWith(start)) {
      this.#head = head
      return true
    }
    this.#head = undefined
    if (start !== wanted) return this.push(head)
    this.#method = method
    return this.push(Buffer.concat([Buffer.from(standIn), head.subarray(standIn.length)]))
  }

  readonly #onData = (chunk: Buffer): void => {
    const goOn = this.#head === undefined ? this.push(chunk) : this.#replay(Buffer.concat([this.#head, chunk]))
    if (!goOn) this.socket.pause()
  }
  readonly #onEnd = (): void => {
    if (this.#head !== undefined) this.push(this.#head)
    this.push(null)
  }
  readonly #onClose = (): void => {
    this.destroy()
  }
  readonly #onError = (error: Error): void => {
    this.destroy(error)
  }
  readonly #onTimeout = (): void => {
    this.emit('timeout')
  }
  readonly #onDrain = (): void => {
    const done = this.#awaitingDrain
    this.#awaitingDrain = undefined
    done?.()
  }
}
