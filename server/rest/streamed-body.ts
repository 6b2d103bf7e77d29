import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { EgideError } from '../../engines/errors.ts'

/** Connections whose request may take as long as it comes. */
const uploads = new WeakSet<Duplex>()

/** How long nothing may come, and how long what nobody wants may take. */
const STALLED_MS = 60_000
/** What nobody wants is thrown away as it comes, so that the client gets to read why; but not without end. */
const DISCARD_MAX_BYTES = 64 * 1024 * 1024

/** Whether what is read from a connection has no time limit but STALLED_MS. */
export function isUpload(connection: Duplex): boolean {
  return uploads.has(connection)
}

/** A body that is read as it comes. `begin`: asks for it, once somebody wants it. */
export class StreamedBody implements AsyncIterable<Uint8Array> {
  readonly #message: IncomingMessage
  readonly #begin: () => void

  constructor(message: IncomingMessage, begin: () => void) {
    this.#message = message
    this.#begin = begin
    uploads.add(message.socket)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    const { socket } = this.#message
    this.#begin()
    const stalled = setTimeout(() => socket.destroy(), STALLED_MS)
    try {
      for await (const piece of this.#message) {
        yield piece as Buffer
        stalled.refresh()
      }
    } catch (cause) {
      throw new EgideError('timeout', 'the request body did not arrive', { cause })
    } finally {
      clearTimeout(stalled)
      uploads.delete(socket)
    }
    if (!this.#message.complete) throw new EgideError('timeout', 'the request body did not arrive')
  }

  /** Once the request is answered: reads what is left of it, for nobody. */
  discard(): void {
    const message = this.#message
    uploads.delete(message.socket)
    if (message.complete || message.destroyed) return
    // Node's own limit for a request may be spent by now: it counts once.
    const late = setTimeout(() => message.socket.destroy(), STALLED_MS)
    message.once('close', () => clearTimeout(late))
    let size = 0
    message.on('data', (piece: Buffer) => {
      size += piece.length
      if (size > DISCARD_MAX_BYTES) message.socket.destroy()
    })
    message.on('error', () => {})
    message.resume()
  }
}
