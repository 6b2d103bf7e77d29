import { Readable } from 'node:stream'
import type { Arrivals } from './arrivals.ts'
import { failure, GRPC, type GrpcError } from './codes.ts'
import { MessageReader, MessageTooLong, TooMuchHeld, UnknownFlag, type WireMessage } from './message-reader.ts'
import type { ServerCall } from './server-call.ts'
import { isFailure, type Unpacker } from './unpack.ts'

/** How messages are taken, of all calls alike. */
export interface Intake {
  readonly maxMessageBytes: number
  readonly unpacker: Unpacker
  readonly arrivals: Arrivals
}

/** What a reader of messages throws, as the call fails by it. */
function failureOf(error: unknown): GrpcError {
  if (error instanceof UnknownFlag) return failure(GRPC.INTERNAL, error.message)
  if (!(error instanceof MessageTooLong || error instanceof TooMuchHeld)) throw error
  return failure(GRPC.RESOURCE_EXHAUSTED, error.message)
}

const cutOff = failure(GRPC.INTERNAL, 'the call ends in the middle of a message')
const missing = failure(GRPC.UNIMPLEMENTED, 'the method takes one message, and there is none')
const tooMany = failure(GRPC.UNIMPLEMENTED, 'the method takes one message, and there are more')

/** Calls `take` with the one message of the call, once its client has sent all. A call without one message fails. */
export function takeOne(call: ServerCall, intake: Intake, take: (message: Buffer) => void): void {
  const { stream } = call
  const { unpacker, arrivals } = intake
  const reader = new MessageReader(intake.maxMessageBytes, call)
  let message: WireMessage | undefined
  const place = arrivals.add(call)
  let isComing = true
  const arrived = (): void => {
    if (isComing) arrivals.remove(place)
    isComing = false
  }
  stream.on('close', arrived)
  stream.on('data', (piece: Buffer) => {
    if (call.isOver) return
    try {
      reader.push(piece)
      message ??= reader.next()
    } catch (error) {
      call.fail(failureOf(error))
    }
    if (message !== undefined && reader.isInside) call.fail(tooMany)
  })
  stream.on('end', () => {
    arrived()
    // What a client aborts ends too.
    if (call.isOver || stream.aborted) return
    if (message === undefined) call.fail(reader.isInside ? cutOff : missing)
    else if (!message.isCompressed) take(message.bytes)
    else
      void unpacker.unpack(message, call).then((outcome) => {
        if (outcome === undefined || call.isOver) return
        if (isFailure(outcome)) call.fail(outcome)
        else take(outcome)
      })
  })
}

/** The messages of a call, in the order in which they come. No more is read from the client than somebody takes. */
export class Messages extends Readable {
  readonly #call: ServerCall
  readonly #reader: MessageReader
  readonly #unpacker: Unpacker
  #isWanted = false
  #isUnpacking = false
  #hasEnded = false

  constructor(call: ServerCall, { maxMessageBytes, unpacker }: Intake) {
    super({ objectMode: true, highWaterMark: 1 })
    this.#call = call
    this.#unpacker = unpacker
    this.#reader = new MessageReader(maxMessageBytes, call)
    const { stream } = call
    stream.on('data', (piece: Buffer) => {
      if (call.isOver) return
      try {
        this.#reader.push(piece)
        this.#pump()
      } catch (error) {
        this.#refuse(failureOf(error))
      }
    })
    stream.on('end', () => {
      if (stream.aborted) return
      this.#hasEnded = true
      this.#pump()
    })
    stream.pause()
    call.onCancelled(() => this.destroy())
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
    void this.#unpacker.unpack(message, this.#call).then((outcome) => {
      this.#isUnpacking = false
      if (this.destroyed || outcome === undefined) return
      if (isFailure(outcome)) return this.#refuse(outcome)
      this.#give(outcome)
      this.#pump()
    })
  }

  /** Whoever takes messages learns that there are no more. */
  #refuse(error: GrpcError): void {
    this.#call.fail(error)
    this.destroy()
  }
}
