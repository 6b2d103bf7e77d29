import { zeroize } from '../../crypto/zeroize.ts'

/** Of one message. They come from processes of this server alone; the bound keeps a mistake from filling the memory. */
const FRAME_MAX_BYTES = 64 * 1024 * 1024
const HEAD_BYTES = 8
const BLOB = '$bytes'

/**
 * A message as it goes over the pipe between two processes: JSON, and behind it the bytes that stood in it. Whoever has
 * sent it erases it; what is read of it are views of its own memory, so that whoever erases them leaves no copy.
 */
export function frameOf(message: unknown): Buffer {
  const blobs: Uint8Array[] = []
  const text = Buffer.from(JSON.stringify(withoutBytes(message, blobs)))
  const length = blobs.reduce((sum, blob) => sum + blob.length, text.length)
  const frame = Buffer.allocUnsafeSlow(HEAD_BYTES + length)
  frame.writeUInt32BE(length, 0)
  frame.writeUInt32BE(text.length, 4)
  let at = HEAD_BYTES + text.copy(frame, HEAD_BYTES)
  zeroize(text)
  for (const blob of blobs) {
    frame.set(blob, at)
    at += blob.length
  }
  return frame
}

/** Puts messages together from what a pipe gives, and erases that. */
export class FrameReader {
  readonly #onMessage: (message: unknown) => void
  #head = Buffer.allocUnsafeSlow(HEAD_BYTES)
  #body: Buffer | undefined
  #filled = 0

  constructor(onMessage: (message: unknown) => void) {
    this.#onMessage = onMessage
  }

  /** Throws for what no process of this server sends. */
  take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const target = this.#body ?? this.#head
      const copied = chunk.copy(target, this.#filled, at)
      at += copied
      this.#filled += copied
      if (this.#filled === target.length) this.#next()
    }
    zeroize(chunk)
  }

  #next(): void {
    const body = this.#body
    this.#filled = 0
    if (body === undefined) {
      const length = this.#head.readUInt32BE(0)
      if (length === 0 || length > FRAME_MAX_BYTES || this.#head.readUInt32BE(4) > length)
        throw new Error('a message between workers has an impossible length')
      this.#body = Buffer.allocUnsafeSlow(length)
      return
    }
    this.#body = undefined
    const end = this.#head.readUInt32BE(4)
    const bytes = body.subarray(end)
    const message: unknown = JSON.parse(body.toString('utf8', 0, end), (_name, value) => withBytes(value, bytes))
    zeroize(body.subarray(0, end))
    this.#onMessage(message)
  }
}

/** Erases all bytes in a message. */
export function eraseBytes(value: unknown): void {
  if (value instanceof Uint8Array) zeroize(value)
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) eraseBytes(part)
}

function withoutBytes(value: unknown, blobs: Uint8Array[]): unknown {
  if (value instanceof Uint8Array) {
    const before = blobs.reduce((sum, blob) => sum + blob.length, 0)
    blobs.push(value)
    return { [BLOB]: [before, value.length] }
  }
  if (Array.isArray(value)) return value.map((part) => withoutBytes(part, blobs))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutBytes(part, blobs)]))
}

function withBytes(value: unknown, bytes: Buffer): unknown {
  if (typeof value !== 'object' || value === null || !(BLOB in value) || !Array.isArray(value[BLOB])) return value
  const [from, length] = value[BLOB] as [number, number]
  return bytes.subarray(from, from + length)
}
