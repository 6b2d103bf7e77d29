import type { Clock, Log, Operation, Random } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import { httpStatusOf } from '../core/http-status.ts'
import type { InFlightSet } from '../core/in-flight-request.ts'
import type { Core, Response } from '../core/request.ts'
import { RequestFailures } from '../core/request-failures.ts'
import { Slots } from '../core/slots.ts'
import { Call } from './call.ts'
import type { GrpcCode, GrpcError } from './codes.ts'
import { requestIdOf } from './metadata.ts'
import { failureOf, renderPiece, renderReply } from './reply.ts'
import type { Rpc } from './rpc.ts'
import type { ServerCall } from './server-call.ts'
import { grpcError } from './status.ts'

/** What is told of each answered request, for metrics. `status` is HTTP's number for the outcome. */
export type Observe = (operation: Operation, mountType: string, status: number, seconds: number) => void

export interface GrpcServices {
  readonly core: Core
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly inFlight: InFlightSet
  readonly observe: Observe
  /** A call, or a message of one, was refused before it became a request, with this status. For metrics. */
  readonly refused: (code: GrpcCode) => void
  /** Milliseconds that never jump, for durations. */
  readonly monotonicMs: () => number
}

/** How one message came out: a reply, in its frame, or an error. */
export type Outcome =
  | { readonly requestId: string; readonly reply: Buffer; readonly error: undefined }
  | { readonly requestId: string; readonly reply: undefined; readonly error: GrpcError }

/** Where the pieces of an answer go. */
export interface Sink {
  /** The answer begins. */
  readonly begin: () => void
  /** Resolves when it takes more. */
  readonly take: (piece: Buffer) => Promise<void>
}

/** Turns messages into requests of the core, and its answers into messages. It decides nothing, and knows no service. */
export class Transcoder {
  readonly #services: GrpcServices
  readonly #failures: RequestFailures
  readonly #misfits = new Set<string>()
  readonly #calls = new Slots<Call>()
  readonly #whenIdle: (() => void)[] = []

  constructor(services: GrpcServices) {
    this.#services = services
    this.#failures = new RequestFailures(services)
  }

  /**
   * Ends the calls that began before this and are not done; what they still come to is dropped. One whose body is a stream
   * takes as long as that does.
   */
  expire(monotonicMs: number): void {
    for (const call of this.#calls.all())
      if (call.startedMonotonicMs < monotonicMs && call.body === undefined) call.abort()
  }

  /** Resolves when no call is worked on; answers that go on are none. */
  idle(): Promise<void> {
    return this.#calls.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve))
  }

  #done(place: number): void {
    this.#calls.remove(place)
    if (this.#calls.size === 0) for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  begin(rpc: Rpc, call: ServerCall, isFirst: boolean): Call {
    const { clock, random, monotonicMs } = this.#services
    const id = (isFirst ? requestIdOf(call.headers) : undefined) ?? random.uuid()
    return new Call(rpc, call, id, clock.now(), monotonicMs())
  }

  /** Never rejects. */
  async answer(rpc: Rpc, request: Call, bytes: Buffer): Promise<Outcome> {
    const { inFlight, monotonicMs, observe } = this.#services
    if (inFlight.refuses()) return this.#failed(request, busy())
    const place = inFlight.add(request)
    const callPlace = this.#calls.add(request)
    let status = 0
    let mountType = ''
    try {
      const response = await this.#ask(rpc, request, bytes)
      status = response.status
      mountType = response.mountType
      const rendered = renderReply(rpc, response, this.#misfit)
      const reply = rendered instanceof Promise ? await rendered : rendered
      const failure = failureOf(rpc, response, reply)
      if (failure === undefined) return { requestId: request.id, reply, error: undefined }
      return { requestId: request.id, reply: undefined, error: grpcError(failure.error, request.id, failure.reply) }
    } catch (error) {
      status = httpStatusOf(error)
      return this.#failed(request, error)
    } finally {
      inFlight.remove(place)
      this.#done(callPlace)
      observe(rpc.operation, mountType, status, (monotonicMs() - request.startedMonotonicMs) / 1000)
    }
  }

  /** An answer in the pieces in which it comes; resolves when it has ended, with why if that was no good end. */
  async stream(rpc: Rpc, request: Call, bytes: Buffer, sink: Sink): Promise<GrpcError | undefined> {
    const { inFlight } = this.#services
    if (inFlight.refuses()) return this.errorOf(busy(), request.id, request.path)
    const place = inFlight.add(request)
    try {
      const { raw } = await this.#begun(rpc, request, bytes)
      inFlight.markStreaming(place)
      sink.begin()
      if (raw === null) return undefined
      const pieces = typeof raw.body === 'string' || raw.body instanceof Uint8Array ? [raw.body] : raw.body
      for await (const piece of pieces) {
        if (!request.isAborted) await sink.take(renderPiece(rpc, piece, this.#misfit))
        if (request.isAborted) break
      }
      return request.isAborted ? this.errorOf(ended(), request.id, request.path) : undefined
    } catch (error) {
      return this.errorOf(error, request.id, request.path)
    } finally {
      inFlight.remove(place)
    }
  }

  /** Only until it begins can a stream be late. */
  async #begun(rpc: Rpc, request: Call, bytes: Buffer): Promise<Response> {
    const { observe, monotonicMs } = this.#services
    const place = this.#calls.add(request)
    let status = 0
    let mountType = ''
    try {
      const response = await this.#ask(rpc, request, bytes)
      status = response.status
      mountType = response.mountType
      return response
    } catch (error) {
      status = httpStatusOf(error)
      throw error
    } finally {
      this.#done(place)
      observe(rpc.operation, mountType, status, (monotonicMs() - request.startedMonotonicMs) / 1000)
    }
  }

  /** The core's answer. Rejects with an EgideError, or anything else for an internal fault. */
  #ask(rpc: Rpc, request: Call, bytes: Buffer): Promise<Response> {
    return new Promise((resolve, reject) => {
      request.readMetadata()
      const { path, data } = rpc.read(bytes)
      request.path = path
      request.data = data
      request.onLate(() => reject(new EgideError('timeout', 'the request took too long')))
      const { core } = this.#services
      const admitted = core.admit?.(request, true)
      const handling = admitted instanceof Promise ? admitted.then(() => core.handle(request)) : core.handle(request)
      handling.then(resolve, reject)
    })
  }

  errorOf(error: unknown, requestId: string, path: string): GrpcError {
    return grpcError(this.#failures.told(error, requestId, path), requestId)
  }

  #failed(request: Call, error: unknown): Outcome {
    return { requestId: request.id, reply: undefined, error: this.errorOf(error, request.id, request.path) }
  }

  /** Once each: what a row says of its reply is not what it answers. */
  readonly #misfit = (where: string): void => {
    if (this.#misfits.has(where)) return
    this.#misfits.add(where)
    this.#services.log.warn({ field: where }, 'a reply has data that its message has no place for')
  }
}

function busy(): EgideError {
  return new EgideError('unavailable', 'too many requests are in flight')
}

function ended(): EgideError {
  return new EgideError('unavailable', 'the server ended the answer')
}
