import { Readable } from 'node:stream'
import type { Arrivals } from './arrivals.ts'
import { failure, GRPC, type GrpcError } from './codes.ts'
import { MessageReader, MessageTooLong, TooMuchBuffered, UnknownFlag, type WireMessage } from './message-reader.ts'
import type { Receiver, ServerCall } from './server-call.ts'
import { isFailure, type Unpacker } from './unpack.ts'

/** How messages are taken, of all calls alike. */
export interface Intake {
  readonly maxMessageBytes: number
  readonly unpacker: Unpacker
  readonly arrivals: Arrivals
  /** Fails a call that no request has come of. */
  readonly refuse: (call: ServerCall, error: GrpcError) => void
}

/** Answers a call by its one message. Throws nothing. */
export type ServeOne = (call: ServerCall, message: Buffer) => void

/** What a reader of messages throws, as the call fails by it. */
function failureOf(error: unknown): GrpcError {
  if (error instanceof UnknownFlag) return failure(GRPC.INTERNAL, error.message)
  if (!(error instanceof MessageTooLong || error instanceof TooMuchBuffered)) throw error
  return failure(GRPC.RESOURCE_EXHAUSTED, error.message)
}

const cutOff = failure(GRPC.INTERNAL, 'the call ends in the middle of a message')
const missing = failure(GRPC.UNIMPLEMENTED, 'the method takes one message, and there is none')
const tooMany = failure(GRPC.UNIMPLEMENTED, 'the method takes one message, and there are more')

/** Serves a call by its one message, once its client has sent all. A call without one message fails. */
export class OneMessage implements Receiver {
  readonly #call: ServerCall
  readonly #intake: Intake
  readonly #reader: MessageReader
  readonly #serve: ServeOne
  readonly #place: number
  #isComing = true
  #message: WireMessage | undefined = undefined

  constructor(call: ServerCall, intake: Intake, serve: ServeOne) {
    this.#call = call
    this.#intake = intake
    this.#serve = serve
    this.#reader = new MessageReader(intake.maxMessageBytes, call)
    this.#place = intake.arrivals.add(call)
    call.receive(this)
  }

  take(piece: Buffer): void {
    try {
      this.#reader.push(piece)
      this.#message ??= this.#reader.next()
    } catch (error) {
      this.#intake.refuse(this.#call, failureOf(error))
    }
    if (this.#message !== undefined && this.#reader.isInside) this.#intake.refuse(this.#call, tooMany)
  }

  sentAll(): void {
    this.gone()
    const [call, message] = [this.#call, this.#message]
    if (call.isOver) return
    if (message === undefined) this.#intake.refuse(call, this.#reader.isInside ? cutOff : missing)
    else if (message.isCompressed) this.#unpack(message)
    else this.#serve(call, message.bytes)
  }

  gone(): void {
    if (this.#isComing) this.#intake.arrivals.remove(this.#place)
    this.#isComing = false
  }

  #unpack(message: WireMessage): void {
    const call = this.#call
    void this.#intake.unpacker.unpack(message, call).then((outcome) => {
      if (outcome === undefined || call.isOver) return
      if (isFailure(outcome)) this.#intake.refuse(call, outcome)
      else this.#serve(call, outcome)
    })
  }
}

/** The messages of a call, in the order in which they come. No more is read from the client than somebody takes. */
export class Messages extends Readable {
  readonly #call: ServerCall
  readonly #reader: MessageReader
  readonly #intake: Intake
  #isWanted = false
  #isUnpacking = false
  #hasEnded = false

  constructor(call: ServerCall, intake: Intake) {
    super({ objectMode: true, highWaterMark: 1 })
    this.#call = call
    this.#intake = intake
    this.#reader = new MessageReader(intake.maxMessageBytes, call)
    call.receive({
      take: (piece) => this.#take(piece),
      sentAll: () => this.#endOfAll(),
      gone: () => {},
    })
    call.stream.pause()
    call.onCancelled(() => this.destroy())
  }

  #take(piece: Buffer): void {
    try {
      this.#reader.push(piece)
      this.#pump()
    } catch (error) {
      this.#refuse(failureOf(error))
    }
  }

  #endOfAll(): void {
    this.#hasEnded = true
    this.#pump()
  }

  /** Whether they ended because the call did. */
  get cancelled(): boolean {
    return this.#call.cancelled
  }

  override _read(): void {
    this.#isWanted = true
    this.#pump()
  }

  #pump(): void {
    if (this.#call.isOver || this.destroyed) return
    try {
      while (this.#isWanted && !this.#isUnpacking) {
        const message = this.#reader.next()
        if (message === undefined) {
          this.#wait()
          return
        }
        if (message.isCompressed) this.#unpack(message)
        else this.#give(message.bytes)
      }
      this.#call.stream.pause()
    } catch (error) {
      this.#refuse(failureOf(error))
    }
  }

  /** For more of the message that is coming, if any is. */
  #wait(): void {
    if (!this.#hasEnded) this.#call.stream.resume()
    else if (this.#reader.isInside) this.#refuse(cutOff)
    else this.push(null)
  }

  #give(message: Buffer): void {
    this.#isWanted = false
    if (this.push(message)) this.#isWanted = true
  }

  #unpack(message: WireMessage): void {
    this.#isUnpacking = true
    void this.#intake.unpacker.unpack(message, this.#call).then((outcome) => {
      this.#isUnpacking = false
      if (this.destroyed || outcome === undefined) return
      if (isFailure(outcome)) return this.#refuse(outcome)
      this.#give(outcome)
      this.#pump()
    })
  }

  /** Whoever takes messages learns that there are no more. */
  #refuse(error: GrpcError): void {
    this.#intake.refuse(this.#call, error)
    this.destroy()
  }
}
