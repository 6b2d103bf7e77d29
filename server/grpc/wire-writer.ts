import { FRAME_HEAD_BYTES, writeHead } from './message-reader.ts'

const FIRST_BYTES = 512

/** Writes Protocol Buffers' wire format into a buffer that grows, behind the place for what goes before it on a stream. */
export class WireWriter {
  #bytes: Buffer
  #at = FRAME_HEAD_BYTES

  constructor(sizeHint = FIRST_BYTES) {
    this.#bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + sizeHint)
  }

  /** The message in its frame. */
  finish(): Buffer {
    writeHead(this.#bytes, this.#at - FRAME_HEAD_BYTES)
    return this.#bytes.subarray(0, this.#at)
  }

  varint(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }

  /** Two's complement of 64 bits. */
  int64(value: bigint | number): void {
    if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) {
      this.varint(value)
      return
    }
    this.#reserve(10)
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest >= 0x80n) {
      this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#bytes[this.#at++] = Number(rest)
  }

  double(value: number): void {
    this.#reserve(8)
    this.#at = this.#bytes.writeDoubleLE(value, this.#at)
  }

  text(value: string): void {
    const most = value.length * 3
    if (most < 0x80) {
      this.#reserve(most + 1)
      const written = this.#bytes.write(value, this.#at + 1, 'utf8')
      this.#bytes[this.#at] = written
      this.#at += written + 1
      return
    }
    const length = Buffer.byteLength(value)
    this.varint(length)
    this.#reserve(length)
    this.#at += this.#bytes.write(value, this.#at, length === value.length ? 'latin1' : 'utf8')
  }

  bytes(value: Uint8Array): void {
    this.varint(value.byteLength)
    this.#reserve(value.byteLength)
    this.#bytes.set(value, this.#at)
    this.#at += value.byteLength
  }

  /** Begins a value whose length is not known yet; `close` is to be given what this returns. */
  open(): number {
    this.#reserve(1)
    return ++this.#at
  }

  /** Most values are short: the others are moved to make room for their length. */
  close(start: number): void {
    const length = this.#at - start
    if (length < 0x80) {
      this.#bytes[start - 1] = length
      return
    }
    const extra = varintBytes(length) - 1
    this.#reserve(extra)
    this.#bytes.copyWithin(start + extra, start, this.#at)
    this.#at = start - 1
    this.varint(length)
    this.#at += length
  }

  #reserve(count: number): void {
    const needed = this.#at + count
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#at)
    this.#bytes = grown
  }
}

function varintBytes(value: number): number {
  let count = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) count++
  return count
}
