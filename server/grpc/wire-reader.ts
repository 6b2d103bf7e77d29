import { isUtf8 } from 'node:buffer'
import { invalid } from '../../engines/errors.ts'

/** How a value stands on the wire: https://protobuf.dev/programming-guides/encoding/ */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** Values in one message, as a JSON body may hold. */
const VALUES_MAX = 250_000
export const DEPTH_MAX = 128

export const malformed = (): Error => invalid('the message is not what its type says')

/** Reads Protocol Buffers' wire format, trusting nothing. Throws `invalid_request`. */
export class WireReader {
  readonly bytes: Buffer
  at = 0
  #values = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Counts one more value of the message. */
  count(): void {
    if (++this.#values > VALUES_MAX) throw invalid('the message has too many values')
  }

  /** Of one more field, which counts. */
  tag(end: number): number {
    this.count()
    const tag = this.varint(end)
    if (tag < 8 || tag > 0xffff_ffff) throw malformed()
    return tag
  }

  /** A number up to 2^53. */
  varint(end: number): number {
    let value = 0
    let factor = 1
    for (let n = 0; n < 8; n++) {
      if (this.at >= end) throw malformed()
      const byte = this.bytes[this.at++] as number
      value += (byte & 0x7f) * factor
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw malformed()
        return value
      }
      factor *= 128
    }
    throw malformed()
  }

  /** What a double can't hold comes as JSON.rawJSON, as it does from a JSON body. */
  int64(end: number): unknown {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= end) throw malformed()
      const byte = this.bytes[this.at++] as number
      if (shift === 0n && byte < 0x80) return byte
      value |= BigInt(byte & 0x7f) << shift
      if (byte >= 0x80) continue
      const signed = BigInt.asIntN(64, value)
      const near = Number(signed)
      return Number.isSafeInteger(near) ? near : JSON.rawJSON(signed.toString())
    }
    throw malformed()
  }

  double(end: number): number {
    if (this.at + 8 > end) throw malformed()
    this.at += 8
    return this.bytes.readDoubleLE(this.at - 8)
  }

  /** Where the length-delimited value that begins here ends. */
  end(limit: number): number {
    const length = this.varint(limit)
    const end = this.at + length
    if (end > limit) throw malformed()
    return end
  }

  text(limit: number): string {
    const end = this.end(limit)
    const start = this.at
    this.at = end
    const text = this.bytes.toString('utf8', start, end)
    // Only a replacement character can hide bytes that are no UTF-8.
    if (text.includes('\ufffd') && !isUtf8(this.bytes.subarray(start, end))) throw malformed()
    return text
  }

  /** Nothing is copied. */
  octets(limit: number): Buffer {
    const end = this.end(limit)
    const start = this.at
    this.at = end
    return this.bytes.subarray(start, end)
  }

  /** Passes over a value that nobody knows. */
  skip(wire: number, limit: number): void {
    if (wire === WIRE.varint) this.#skipVarint(limit)
    else if (wire === WIRE.bytes) this.at = this.end(limit)
    else if (wire === WIRE.fixed64 || wire === WIRE.fixed32) {
      this.at += wire === WIRE.fixed64 ? 8 : 4
      if (this.at > limit) throw malformed()
    } else throw malformed()
  }

  #skipVarint(limit: number): void {
    for (let n = 0; n < 10; n++) {
      if (this.at >= limit) throw malformed()
      if ((this.bytes[this.at++] as number) < 0x80) return
    }
    throw malformed()
  }
}
