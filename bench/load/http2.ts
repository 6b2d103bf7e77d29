/** As much of HTTP/2 (RFC 9113) as it takes to call gRPC methods, and of HPACK (RFC 7541) without Huffman's code. */

export const FRAME_HEAD_BYTES = 9
export const TYPE = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, window: 8 } as const
export const END_STREAM = 1
export const ACK = 1
const END_HEADERS = 4
export const FIRST_WINDOW = 65_535
/** What we let the server send before we say anything. */
const OUR_WINDOW = 0x7fff_ffff - FIRST_WINDOW

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** The frame that begins at `at`; undefined while it is not whole. */
export function readFrame(bytes: Buffer, at: number): Frame | undefined {
  if (bytes.length < at + FRAME_HEAD_BYTES) return undefined
  const end = at + FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3)
  if (bytes.length < end) return undefined
  return {
    type: bytes[at + 3] as number,
    flags: bytes[at + 4] as number,
    stream: bytes.readUInt32BE(at + 5) & 0x7fff_ffff,
    payload: bytes.subarray(at + FRAME_HEAD_BYTES, end),
  }
}

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.allocUnsafe(FRAME_HEAD_BYTES)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

export function windowUpdate(stream: number, bytes: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(bytes)
  return frame(TYPE.window, 0, stream, payload)
}

/** What a client begins with: a window that never closes, and no push. */
export function preface(): Buffer {
  const settings = Buffer.alloc(12)
  settings.writeUInt16BE(2) // ENABLE_PUSH
  settings.writeUInt16BE(4, 6) // INITIAL_WINDOW_SIZE
  settings.writeUInt32BE(0x7fff_ffff, 8)
  return Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(TYPE.settings, 0, 0, settings),
    windowUpdate(0, OUR_WINDOW),
  ])
}

const STATIC_ENTRIES = 61

/** The same header list again and again: whole at first, then as places in the table that the first made. */
export class HeaderList {
  readonly #first: Buffer
  readonly #later: Buffer
  #isFirst = true

  constructor(headers: readonly (readonly [name: string, value: string])[]) {
    this.#first = Buffer.concat(
      headers.map(([name, value]) => Buffer.concat([Buffer.of(0x40), text(name), text(value)])),
    )
    // The newest entry has the lowest number.
    this.#later = Buffer.from(headers.map((_, at) => 0x80 | (STATIC_ENTRIES + headers.length - at)))
  }

  frame(stream: number): Buffer {
    const block = this.#isFirst ? this.#first : this.#later
    this.#isFirst = false
    return frame(TYPE.headers, END_HEADERS, stream, block)
  }
}

/** A length with a prefix of seven bits, and the text as it is. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes])
  const length = [127]
  let rest = bytes.length - 127
  for (; rest >= 128; rest >>>= 7) length.push((rest & 127) | 128)
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}
