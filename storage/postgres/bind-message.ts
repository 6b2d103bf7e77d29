/** A buffer is used again, unless one long message made it longer than this. */
const KEPT_BYTES = 1024 * 1024
/** A character of a string takes at most so many bytes. */
const UTF8_MAX = 3
const AS_BINARY = 1

const BOOL = 16
const BYTEA = 17
const INT8 = 20
const INT4 = 23
const TEXT = 25

type Nullable<T> = readonly (T | null)[]

/**
 * The message that gives a prepared statement its parameters, in PostgreSQL's binary form: numbers of arrays need not be
 * written and read as text, and values of any length are copied once. It is made in one buffer, message after message,
 * since what lives outside the heap and dies soon has V8 go through all that lives.
 */
export class BindMessage {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024)
  #end = 0

  /** Parameters follow, as many as said, each by one call, in their order; then `end`. */
  begin(statement: string, parameters: number): this {
    this.#end = 0
    this.#reserve(16 + statement.length * UTF8_MAX)
    this.#bytes[this.#end++] = 0x42 // B
    this.#int4(0) // its length, once that is known
    this.#bytes[this.#end++] = 0 // of the portal that has no name
    this.#end += this.#bytes.write(`${statement}\0`, this.#end)
    this.#int2(1) // one format for all of them
    this.#int2(AS_BINARY)
    this.#int2(parameters)
    return this
  }

  /** The whole message. It holds until the next one is begun. */
  end(): Buffer {
    this.#reserve(2)
    this.#int2(0) // what is answered comes as text
    const message = this.#bytes.subarray(0, this.#end)
    message.writeInt32BE(this.#end - 1, 1)
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(64 * 1024)
    return message
  }

  uuid(text: string): this {
    this.#reserve(20)
    this.#int4(16)
    this.#end += this.#bytes.write(text.replaceAll('-', ''), this.#end, 'hex')
    return this
  }

  bigint(value: number): this {
    this.#reserve(12)
    this.#int8Item(value)
    return this
  }

  integer(value: number | null): this {
    this.#reserve(8)
    if (value === null) this.#int4(-1)
    else this.#int4Item(value)
    return this
  }

  integers(values: readonly number[]): this {
    return this.#array(INT4, values, 8, this.#int4Item)
  }

  bigints(values: Nullable<number>): this {
    return this.#array(INT8, values, 12, this.#int8Item)
  }

  booleans(values: Nullable<boolean>): this {
    return this.#array(BOOL, values, 5, this.#boolItem)
  }

  texts(values: Nullable<string>): this {
    return this.#array(TEXT, values, 0, this.#textItem)
  }

  byteas(values: Nullable<Uint8Array>): this {
    return this.#array(BYTEA, values, 0, this.#byteaItem)
  }

  /** `itemBytes`: what `write` takes without reserving it. */
  #array<T>(type: number, values: Nullable<T>, itemBytes: number, write: (value: T) => void): this {
    this.#reserve(24 + values.length * itemBytes)
    const start = this.#end
    this.#int4(0) // its length, once that is known
    this.#int4(values.length === 0 ? 0 : 1) // dimensions
    this.#int4(values.includes(null) ? 1 : 0)
    this.#int4(type)
    if (values.length > 0) {
      this.#int4(values.length)
      this.#int4(1) // the number of the first one
    }
    for (const value of values) {
      if (value !== null) write(value)
      else {
        this.#reserve(4)
        this.#int4(-1)
      }
    }
    this.#bytes.writeInt32BE(this.#end - start - 4, start)
    return this
  }

  readonly #int4Item = (value: number): void => {
    this.#int4(4)
    this.#int4(value)
  }

  readonly #int8Item = (value: number): void => {
    this.#int4(8)
    this.#int4(Math.floor(value / 2 ** 32))
    this.#int4(value | 0)
  }

  readonly #boolItem = (value: boolean): void => {
    this.#int4(1)
    this.#bytes[this.#end++] = value ? 1 : 0
  }

  readonly #textItem = (value: string): void => {
    this.#reserve(4 + value.length * UTF8_MAX)
    const length = this.#bytes.write(value, this.#end + 4)
    this.#int4(length)
    this.#end += length
  }

  readonly #byteaItem = (value: Uint8Array): void => {
    this.#reserve(4 + value.byteLength)
    this.#int4(value.byteLength)
    this.#bytes.set(value, this.#end)
    this.#end += value.byteLength
  }

  #int2(value: number): void {
    this.#bytes[this.#end++] = value >> 8
    this.#bytes[this.#end++] = value
  }

  #int4(value: number): void {
    this.#bytes[this.#end++] = value >> 24
    this.#bytes[this.#end++] = value >> 16
    this.#bytes[this.#end++] = value >> 8
    this.#bytes[this.#end++] = value
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes
    if (needed <= this.#bytes.length) return
    const longer = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(longer, 0, 0, this.#end)
    this.#bytes = longer
  }
}
