import { TransportError } from './errors.ts'
import type { Input, Operation } from './operation.ts'
import type { Reply, WrapInfo } from './reply.ts'
import { type Retries, retrying } from './retry.ts'
import type { Call, Content, Transport } from './transport.ts'

/** Gives the token that requests go with, each time one goes: from a file that an agent keeps fresh, say. */
export type TokenSource = () => string | undefined | Promise<string | undefined>

export interface CallerSettings {
  readonly token?: string | TokenSource | undefined
  /** Such as `team/app`. */
  readonly namespace?: string | undefined
  /** Also sent with every request; over gRPC as metadata. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** For each try. Default: as the transport is set, 60 s unless told. */
  readonly timeoutMs?: number | undefined
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** For each try of this call. */
  readonly timeoutMs?: number
  /** Whether this call may be repeated when its answer was lost. Default: what the operation itself is. */
  readonly idempotent?: boolean
}

/** Ends what was asked in a `wrap`: the answer is not here, but where this says. */
export class WrappedElsewhere extends Error {
  override readonly name = 'WrappedElsewhere'
  readonly #wrapInfo: WrapInfo
  readonly operation: Operation

  constructor(wrapInfo: WrapInfo, operation: Operation) {
    super('the answer was wrapped: only the first request in a wrap is made')
    this.#wrapInfo = wrapInfo
    this.operation = operation
  }

  get wrapInfo(): WrapInfo {
    return this.#wrapInfo
  }
}

/** What all methods of a client have in common: who calls, how, and how often. */
export class Caller {
  readonly transport: Transport
  readonly retries: Retries
  readonly #settings: CallerSettings
  readonly #wrapTtl: string | undefined

  constructor(transport: Transport, retries: Retries, settings: CallerSettings, wrapTtl?: string) {
    this.transport = transport
    this.retries = retries
    this.#settings = settings
    this.#wrapTtl = wrapTtl
  }

  /** The same server, seen with other settings. */
  with(settings: CallerSettings): Caller {
    return new Caller(this.transport, this.retries, { ...this.#settings, ...settings }, this.#wrapTtl)
  }

  /** Has each answer wrapped for `ttl`, a duration as the server takes it. Calls then reject with WrappedElsewhere, which holds it. */
  wrapping(ttl: string): Caller {
    return new Caller(this.transport, this.retries, this.#settings, ttl)
  }

  get hasToken(): boolean {
    return this.#settings.token !== undefined && this.#settings.token !== ''
  }

  /** Tries again what is safe to repeat, or `options.idempotent`. Rejects with ApiError, TransportError or the signal's reason. */
  async call(operation: Operation, input: Input, options: CallOptions = {}): Promise<Reply<unknown>> {
    const { signal, timeoutMs = this.#settings.timeoutMs, idempotent = operation.safe } = options
    signal?.throwIfAborted()
    const common = await this.#common(operation, signal)
    const call: Call = { ...common, input, timeoutMs }
    const reply = await retrying(this.retries, idempotent, signal, () => this.transport.call(call))
    if (this.#wrapTtl === undefined) return reply
    if (reply.wrapInfo === undefined) throw notWrapped()
    throw new WrappedElsewhere(reply.wrapInfo, operation)
  }

  /** With a body that comes in pieces. It is read once, so nothing is tried again, and takes as long as it takes unless told. */
  async send(
    operation: Operation,
    content: Content,
    { signal, timeoutMs = this.#settings.timeoutMs }: CallOptions = {},
  ): Promise<Reply<unknown>> {
    if (this.#wrapTtl !== undefined)
      throw new TransportError('unsupported', 'what is sent as a stream cannot be wrapped')
    signal?.throwIfAborted()
    const watched = new WatchedContent(content)
    const call = { ...(await this.#common(operation, signal)), content: watched, timeoutMs }
    try {
      return await this.transport.send(call)
    } catch (error) {
      throw watched.failure === undefined ? error : watched.failure.error
    }
  }

  async *stream(
    operation: Operation,
    inputs: AsyncIterable<Input>,
    options: CallOptions = {},
  ): AsyncGenerator<Reply<unknown>> {
    if (this.#wrapTtl !== undefined) throw new TransportError('unsupported', 'a stream cannot be wrapped')
    options.signal?.throwIfAborted()
    const { signal, timeoutMs = this.#settings.timeoutMs } = options
    yield* this.transport.stream({ ...(await this.#common(operation, signal)), inputs, timeoutMs })
  }

  async #common(operation: Operation, signal: AbortSignal | undefined) {
    const { token: source, namespace, headers } = this.#settings
    const token = typeof source === 'function' ? await source() : source
    refuseUnsendable({ ...headers, token, namespace })
    return {
      operation,
      token,
      namespace: namespace?.replace(/^\/+/, ''),
      headers,
      signal,
      wrapTtl: this.#wrapTtl,
    }
  }
}

/** Content that fails while it is read says more than that the request broke off. */
class WatchedContent implements AsyncIterable<Uint8Array> {
  failure: { readonly error: unknown } | undefined = undefined
  readonly #content: Content

  constructor(content: Content) {
    this.#content = content
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      yield* this.#content
    } catch (error) {
      this.failure = { error }
      throw error
    }
  }
}

/** Here, because who sends them would quote them in the error. */
function refuseUnsendable(values: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!/^[ -~]*$/.test(value ?? '')) throw new TypeError(`${name} holds characters that a header cannot`)
  }
}

function notWrapped(): TransportError {
  return new TransportError('invalid_response', 'the server had nothing to wrap, or does not wrap this answer')
}
