import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Channel, Sender } from './channel.ts'
import {
  ACK,
  END_STREAM,
  FIRST_WINDOW,
  FRAME_HEAD_BYTES,
  frame,
  HeaderList,
  preface,
  readFrame,
  TYPE,
  windowUpdate,
} from './http2.ts'
import type { GrpcPlan } from './plan.ts'

const EMPTY = Buffer.alloc(0)
const OK = 200
const FAILED = 500
/** After so many bytes we let the server send as many more. */
const GRANT_BYTES = 1 << 20

/** One of the calls that a connection has at a time; on a stream, one of the messages that are under way. */
class Slot implements Channel {
  readonly #connection: GrpcConnection
  sentAt = 0
  hasAnswer = false

  constructor(connection: GrpcConnection) {
    this.#connection = connection
  }

  send(request: Buffer, due: number): void {
    this.sentAt = due
    this.hasAnswer = false
    this.#connection.send(this, request)
  }

  close(): void {
    this.#connection.close()
  }
}

/** A connection in plain HTTP/2. A message is a whole gRPC frame; what comes back is counted, and not looked into. */
export class GrpcConnection {
  readonly #socket: Socket
  readonly #sender: Sender
  readonly #headers: HeaderList
  readonly #isStream: boolean
  readonly #slots = new Map<number, Slot>()
  /** On a stream: whose answers are awaited, in their order. */
  readonly #inOrder: Slot[] = []
  /** What the server's windows have no room for yet. */
  readonly #unsent: Buffer[] = []
  #received: Buffer = EMPTY
  #nextStream = 1
  #window = FIRST_WINDOW
  #streamWindow = FIRST_WINDOW
  #taken = 0
  /** Of the answer that is coming in on a stream: how much of it is still to come. */
  #missing = 0
  #head: Buffer = EMPTY

  private constructor(socket: Socket, sender: Sender, plan: GrpcPlan) {
    this.#socket = socket
    this.#sender = sender
    this.#headers = new HeaderList([
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', plan.path],
      [':authority', '127.0.0.1'],
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
      ['user-agent', 'egide-bench'],
      ['grpc-accept-encoding', 'identity,deflate,gzip'],
      ['x-vault-token', plan.token],
    ])
    this.#isStream = plan.isStream
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (err) => sender.broke(err.message))
    socket.on('close', () => sender.broke('the server closed a connection'))
    socket.write(preface())
    if (this.#isStream) socket.write(this.#headers.frame(this.#nextStream))
  }

  static open(port: number, sender: Sender, plan: GrpcPlan): Promise<Channel[]> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.off('error', reject)
        const connection = new GrpcConnection(socket, sender, plan)
        resolve(Array.from({ length: plan.underWay }, () => new Slot(connection)))
      })
      socket.once('error', reject)
    })
  }

  send(slot: Slot, message: Buffer): void {
    if (this.#isStream) {
      this.#inOrder.push(slot)
      this.#unsent.push(message)
      this.#sendWhatFits()
      return
    }
    const stream = this.#nextStream
    this.#nextStream += 2
    this.#slots.set(stream, slot)
    this.#window -= message.length
    if (this.#window < 0) this.#sender.broke('more is under way than the window holds')
    this.#socket.write(Buffer.concat([this.#headers.frame(stream), frame(TYPE.data, END_STREAM, stream, message)]))
  }

  close(): void {
    this.#socket.destroy()
  }

  #sendWhatFits(): void {
    for (let message = this.#unsent[0]; message !== undefined; message = this.#unsent[0]) {
      const room = Math.min(this.#window, this.#streamWindow, 16_384)
      if (room <= 0) return
      const piece = message.subarray(0, room)
      this.#window -= piece.length
      this.#streamWindow -= piece.length
      this.#socket.write(frame(TYPE.data, 0, this.#nextStream, piece))
      if (piece.length === message.length) this.#unsent.shift()
      else this.#unsent[0] = message.subarray(room)
    }
  }

  #take(chunk: Buffer): void {
    const bytes = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    let at = 0
    for (let next = readFrame(bytes, at); next !== undefined; next = readFrame(bytes, at)) {
      at += FRAME_HEAD_BYTES + next.payload.length
      const { type, flags, stream, payload } = next
      if (type === TYPE.data) this.#takeData(stream, payload)
      else if (type === TYPE.headers && (flags & END_STREAM) !== 0) this.#ended(stream)
      else if (type === TYPE.settings && (flags & ACK) === 0) this.#settle(payload)
      else if (type === TYPE.ping && (flags & ACK) === 0) this.#socket.write(frame(TYPE.ping, ACK, 0, payload))
      else if (type === TYPE.window) this.#open(stream, payload.readUInt32BE())
      else if (type === TYPE.reset || type === TYPE.goaway)
        this.#sender.broke(`the server sent a frame of type ${type}`)
    }
    this.#received = at === bytes.length ? EMPTY : bytes.subarray(at)
  }

  #takeData(stream: number, payload: Buffer): void {
    this.#taken += payload.length
    if (this.#taken > GRANT_BYTES) {
      this.#socket.write(windowUpdate(0, this.#taken))
      if (this.#isStream) this.#socket.write(windowUpdate(stream, this.#taken))
      this.#taken = 0
    }
    if (this.#isStream) this.#takeAnswers(payload)
    else if (payload.length > 0) {
      const slot = this.#slots.get(stream)
      if (slot !== undefined) slot.hasAnswer = true
    }
  }

  /** An answer begins with five bytes that say how long it is; pieces end anywhere. */
  #takeAnswers(payload: Buffer): void {
    let rest = payload
    while (rest.length > 0) {
      if (this.#missing === 0) {
        const head = Buffer.concat([this.#head, rest.subarray(0, 5 - this.#head.length)])
        rest = rest.subarray(5 - this.#head.length)
        this.#head = head.length < 5 ? head : EMPTY
        if (head.length < 5) return
        this.#missing = head.readUInt32BE(1)
      }
      const piece = Math.min(this.#missing, rest.length)
      this.#missing -= piece
      rest = rest.subarray(piece)
      if (this.#missing === 0) this.#answered(this.#inOrder.shift(), OK)
    }
  }

  #ended(stream: number): void {
    const slot = this.#slots.get(stream)
    this.#slots.delete(stream)
    this.#answered(slot, slot?.hasAnswer === true ? OK : FAILED)
  }

  #answered(slot: Slot | undefined, status: number): void {
    if (slot === undefined) this.#sender.broke('an answer came that nobody asked for')
    else this.#sender.replied(slot, status, performance.now() - slot.sentAt)
  }

  #settle(payload: Buffer): void {
    for (let at = 0; at < payload.length; at += 6) {
      // INITIAL_WINDOW_SIZE changes what is left of the window by as much as it changes itself.
      if (payload.readUInt16BE(at) === 4) this.#streamWindow += payload.readUInt32BE(at + 2) - FIRST_WINDOW
    }
    this.#socket.write(frame(TYPE.settings, ACK, 0, EMPTY))
    if (this.#isStream) this.#sendWhatFits()
  }

  #open(stream: number, bytes: number): void {
    if (stream === 0) this.#window += bytes
    else if (this.#isStream) this.#streamWindow += bytes
    if (this.#isStream) this.#sendWhatFits()
  }
}
