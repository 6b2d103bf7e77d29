/** Whether a message is compressed, and its length. */
export const FRAME_HEAD_BYTES = 5
const COMPRESSED = 1
const EMPTY = Buffer.alloc(0)

/** A message as it stands on the wire. */
export interface WireMessage {
  readonly isCompressed: boolean
  readonly bytes: Buffer
}

/** A client said that a message is longer than it may be. */
export class MessageTooLong extends Error {
  override readonly name = 'MessageTooLong'
}

/** The incomplete messages would take more memory than the holder allows. */
export class TooMuchBuffered extends Error {
  override readonly name = 'TooMuchBuffered'
}

/** A client said of a message neither that it is compressed nor that it is not. */
export class UnknownFlag extends Error {
  override readonly name = 'UnknownFlag'
}

/** Who answers for the memory that a reader takes. */
export interface Holder {
  /** Whether so many bytes may be held from now on, in place of those before. */
  hold(bytes: number): boolean
}

/**
 * Cuts what comes on a stream into messages. One that came in one piece is not copied; of others the pieces are put together
 * as they come, so that many small ones take no more memory than what they hold.
 */
export class MessageReader {
  readonly #maxBytes: number
  readonly #holder: Holder
  #bytes: Buffer = EMPTY
  #at = 0
  #end = 0
  /** Whether `#bytes` is ours to write into. */
  #isOwn = false

  constructor(maxBytes: number, holder: Holder) {
    this.#maxBytes = maxBytes
    this.#holder = holder
  }

  /** Whether it holds a part of a message. */
  get isInside(): boolean {
    return this.#at < this.#end
  }

  /** Throws TooMuchBuffered. */
  push(piece: Buffer): void {
    if (this.#at === this.#end) {
      if (this.#isOwn) this.#holder.hold(0)
      this.#bytes = piece
      this.#at = 0
      this.#end = piece.length
      this.#isOwn = false
      return
    }
    this.#reserve(piece.length)
    piece.copy(this.#bytes, this.#end)
    this.#end += piece.length
  }

  /** The next message; undefined while it is not whole. Throws MessageTooLong and UnknownFlag. */
  next(): WireMessage | undefined {
    const held = this.#end - this.#at
    if (held < FRAME_HEAD_BYTES) return undefined
    const flag = this.#bytes[this.#at] as number
    if (flag > COMPRESSED) throw new UnknownFlag('a message is neither compressed nor not')
    const length = this.#bytes.readUInt32BE(this.#at + 1)
    if (length > this.#maxBytes) throw new MessageTooLong(`a message is longer than ${this.#maxBytes} bytes`)
    if (held < FRAME_HEAD_BYTES + length) return undefined
    const start = this.#at + FRAME_HEAD_BYTES
    this.#at = start + length
    return { isCompressed: flag === COMPRESSED, bytes: this.#bytes.subarray(start, this.#at) }
  }

  /** What was handed out stays as it is: only behind what is held is written. */
  #reserve(count: number): void {
    if (this.#isOwn && this.#end + count <= this.#bytes.length) return
    const held = this.#end - this.#at
    const length = Math.max(held * 2, held + count)
    if (!this.#holder.hold(length)) throw new TooMuchBuffered('too many long messages are coming at once')
    const grown = Buffer.allocUnsafeSlow(length)
    this.#bytes.copy(grown, 0, this.#at, this.#end)
    this.#bytes = grown
    this.#at = 0
    this.#end = held
    this.#isOwn = true
  }
}

/** The message as it goes over the wire. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + message.length)
  writeHead(frame, message.length)
  frame.set(message, FRAME_HEAD_BYTES)
  return frame
}

/** Of a message that is not compressed. */
export function writeHead(frame: Buffer, length: number): void {
  frame[0] = 0
  frame.writeUInt32BE(length, 1)
}
