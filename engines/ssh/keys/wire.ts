/** SSH's data types (RFC 4251, section 5). */

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

/** A `string`: text goes as UTF-8. */
export function string(value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value as Uint8Array)
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** An `mpint` of a number that is not negative. */
export function mpint(unsigned: Uint8Array): Buffer {
  let at = 0
  while (at < unsigned.length && unsigned[at] === 0) at++
  const digits = unsigned.subarray(at)
  const sign = (digits[0] ?? 0) >= 0x80 ? [Buffer.of(0)] : []
  return string(Buffer.concat([...sign, digits]))
}

export class WireError extends Error {
  override readonly name = 'WireError'
}

/** Reads values one after the other. Its methods throw WireError for what is cut short or not in its only form. */
export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  uint32(): number {
    return this.take(4).readUInt32BE()
  }

  /** A view. */
  string(): Buffer {
    return this.take(this.uint32())
  }

  text(): string {
    return this.string().toString('latin1')
  }

  /** The bytes of a number above zero as they stand, so with a zero in front where its highest bit is set. A view. */
  positive(): Buffer {
    const bytes = this.string()
    const [first = 0, second = 0] = bytes
    if (bytes.length === 0 || first >= 0x80 || (first === 0 && second < 0x80))
      throw new WireError('not a positive mpint')
    return bytes
  }

  /** All that has not been read. A view. */
  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at)
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new WireError('more than there should be')
  }

  private take(count: number): Buffer {
    if (count > this.#bytes.length - this.#at) throw new WireError('cut short')
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }
}
