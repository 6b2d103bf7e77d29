import type { Input, Operation } from './operation.ts'
import type { Reply } from './reply.ts'

/** One request, whichever way it goes. */
export interface Call {
  readonly operation: Operation
  readonly input: Input
  readonly token: string | undefined
  readonly namespace: string | undefined
  /** A duration such as `60s`; undefined: the answer itself is wanted. */
  readonly wrapTtl: string | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly signal: AbortSignal | undefined
  /** For this try, or over HTTP until the answer of a stream begins; undefined: as the transport is set. */
  readonly timeoutMs: number | undefined
}

/** A call of a stream; `inputs` ends when there is nothing more to ask. */
export interface StreamCall extends Omit<Call, 'input'> {
  readonly inputs: AsyncIterable<Input>
}

/** A body of any length, in pieces of any size: a file's stream, say. It is read once. */
export type Content = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** A call with a body that comes in pieces, for which there is no time limit unless `timeoutMs` says one. */
export interface SendCall extends Omit<Call, 'input'> {
  readonly content: Content
}

/**
 * How calls reach a server. Each is tried once. Rejects with ApiError when the server refuses, with TransportError when
 * there is no usable answer, and with the signal's reason when it aborts.
 */
export interface Transport {
  /** For people: never with credentials. */
  readonly place: string
  call(call: Call): Promise<Reply<unknown>>
  send(call: SendCall): Promise<Reply<unknown>>
  stream(call: StreamCall): AsyncIterable<Reply<unknown>>
  /** Lets go of connections that are kept. */
  close(): void
}
