import type { Duplex } from 'node:stream'
import { zeroize } from '../../crypto/zeroize.ts'
import { type Code, EgideError, type ErrorDetails } from '../../engines/errors.ts'
import { eraseBytes, FrameReader, frameOf } from './frames.ts'

/** Answers calls of the other process. What it is given is erased afterwards, and so is what it gives back. */
export type Handler = (method: string, args: readonly unknown[]) => Promise<unknown>

type Failure = ErrorDetails & { readonly code: Code; readonly message: string }

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'done'; readonly id: number; readonly value?: unknown; readonly error?: Failure }

/** The process at the other end of a pipe: calls go both ways, any number at a time. */
export class Peer {
  readonly #stream: Duplex
  readonly #handler: Handler
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  #next = 1
  #gone = false

  /** `onGone` is called once, when the other process can't be reached any more. */
  constructor(stream: Duplex, handler: Handler, onGone: () => void) {
    this.#stream = stream
    this.#handler = handler
    const reader = new FrameReader((message) => this.#take(message as Message))
    stream.on('data', (chunk: Buffer) => {
      try {
        reader.take(chunk)
      } catch (error) {
        stream.destroy(error instanceof Error ? error : undefined)
      }
    })
    stream.on('error', () => {}) // its 'close' follows
    stream.on('close', () => {
      this.#gone = true
      for (const call of this.#calls.values()) call.reject(gone())
      this.#calls.clear()
      onGone()
    })
  }

  /** What the other process answers, or the EgideError that it throws; `unavailable` when it is gone. */
  call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    if (this.#gone) return Promise.reject(gone())
    const id = this.#next++
    const call = Promise.withResolvers<unknown>()
    this.#calls.set(id, call)
    this.#send({ kind: 'call', id, method, args })
    return call.promise
  }

  #send(message: Message): void {
    if (this.#gone) return
    const frame = frameOf(message)
    this.#stream.write(frame, () => zeroize(frame))
  }

  #take(message: Message): void {
    if (message.kind === 'call') {
      void this.#answer(message)
      return
    }
    const call = this.#calls.get(message.id)
    this.#calls.delete(message.id)
    if (message.error === undefined) call?.resolve(message.value)
    else call?.reject(new EgideError(message.error.code, message.error.message, message.error))
  }

  async #answer({ id, method, args }: Message & { kind: 'call' }): Promise<void> {
    let value: unknown
    try {
      value = await this.#handler(method, args)
      this.#send({ kind: 'done', id, value })
    } catch (error) {
      this.#send({ kind: 'done', id, error: failureOf(error) })
    } finally {
      eraseBytes(args)
      eraseBytes(value)
    }
  }
}

const gone = (): EgideError => new EgideError('unavailable', 'the process that was asked has ended; try again')

/** The cause stays with the process that logs it. */
function failureOf(error: unknown): Failure {
  if (!(error instanceof EgideError)) return { code: 'internal', message: 'internal error' }
  const { code, message, data, field, retryAfterSeconds } = error
  return {
    code,
    message,
    ...(data !== undefined && { data }),
    ...(field !== undefined && { field }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  }
}
