import type { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { EgideError } from '../../engines/errors.ts'
import type { Rpc } from './rpc.ts'

/** The messages of a call. */
export type Uploaded = Pick<Readable, 'destroy' | 'iterator' | 'on'> & { readonly cancelled: boolean }

/**
 * The body that the messages of a stream hold, in the pieces in which it comes. No more is read than somebody takes, but
 * for the first message and the one after. Reading it throws an EgideError where nothing comes for
 * `stalledMs`, where the call ends before the body does (cancelled, its deadline passed, its connection broken), and for
 * what is no such message.
 */
export class UploadedBody implements AsyncIterable<Uint8Array> {
  readonly #rpc: Rpc
  readonly #stream: Uploaded
  readonly #messages: AsyncIterator<Buffer>
  readonly #first: Promise<IteratorResult<Buffer>>
  readonly #stalled: NodeJS.Timeout

  constructor(rpc: Rpc, stream: Uploaded, stalledMs: number) {
    this.#rpc = rpc
    this.#stream = stream
    stream.on('error', () => {})
    this.#stalled = setTimeout(() => stream.destroy(lost()), stalledMs)
    // Not destroyed by who stops: the answer goes out over it.
    this.#messages = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
    this.#first = this.#messages.next()
  }

  /**
   * Resolves when the first message is there, or none will be. A client that is answered before it has sent anything stays half open.
   */
  async begun(): Promise<void> {
    await this.#first.catch(() => {})
  }

  /** Once the request is answered. */
  end(): void {
    clearTimeout(this.#stalled)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      for (let next = await this.#first; next.done !== true; next = await this.#messages.next()) {
        const piece = this.#rpc.readPiece(next.value)
        // Messages without contents keep nobody waiting for the rest.
        if (piece.length === 0) continue
        yield piece
        this.#stalled.refresh()
      }
    } catch (error) {
      throw error instanceof EgideError ? error : lost(error)
    }
    // A call that is cancelled ends its messages first, and says so after.
    await turn()
    if (this.#stream.cancelled) throw lost()
  }
}

function lost(cause?: unknown): EgideError {
  return new EgideError('timeout', 'the request body did not arrive', { cause })
}
