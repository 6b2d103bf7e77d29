import { EncodingError } from './errors.ts'

/** Reads a binary encoding from its start. Everything that is not exactly an encoding throws EncodingError. */
export class ByteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** A view, not a copy. */
  take(count: number): Buffer {
    if (count > this.#bytes.length - this.#at) throw new EncodingError('cut short')
    const part = this.#bytes.subarray(this.#at, this.#at + count)
    this.#at += count
    return part
  }

  uint8(): number {
    return this.take(1).readUInt8()
  }

  uint16(): number {
    return this.take(2).readUInt16BE()
  }

  uint32(): number {
    return this.take(4).readUInt32BE()
  }

  /** A whole number up to 2^53 - 1, written in 8 bytes. */
  uint53(): number {
    const value = Number(this.take(8).readBigUInt64BE())
    if (!Number.isSafeInteger(value)) throw new EncodingError('number out of range')
    return value
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new EncodingError('bytes left over')
  }
}

const HEX = /^(?:[0-9a-f]{2})+$/i
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Bytes from hexadecimal or padded base64. Some base64 texts are also valid hexadecimal: hexadecimal is taken only where
 * it gives between `min` and `max` bytes, as Vault does. Undefined when the text is neither.
 */
export function fromHexOrBase64(text: string, min: number, max: number): Buffer | undefined {
  if (HEX.test(text) && text.length / 2 >= min && text.length / 2 <= max) return Buffer.from(text, 'hex')
  return text !== '' && BASE64.test(text) ? Buffer.from(text, 'base64') : undefined
}
