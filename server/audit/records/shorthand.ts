import { Hmac } from '../hmac.ts'

/**
 * How records travel to a thread that writes them. What that thread can put in itself stands in them as a mark: the HMAC
 * of a text, which lies beside in memory that both threads have, and what another record of the same batch says too. Each
 * mark begins with a control character, which JSON text never holds, and names by the next one which text or record is meant.
 */
const HMAC = '\u0001'
const SHARED = '\u0002'
const SHARED_END = '\u0003'
const AGAIN = '\u0004'
/** Of texts, and likewise of records, in one batch: so many have names of one character, each a byte to V8 and no line break. */
const NAMES = 128
const FIRST_NAME = 0x40
const names = Array.from({ length: NAMES }, (_, number) => String.fromCharCode(FIRST_NAME + number))
const hmacMarks = names.map((name) => HMAC + name)

/** Batches that are under way, and one that is gathered, have a slot each: where each text ends, then the texts. */
const SLOT_BYTES = 32 * 1024
const TEXTS_AT = NAMES * Uint32Array.BYTES_PER_ELEMENT
/** Longer texts are hashed where they are. */
const TEXT_MAX_CHARS = 2048
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const BYTES_PER_CHAR = 3

const endsOf = (memory: SharedArrayBuffer, slot: number): Uint32Array =>
  new Uint32Array(memory, slot * SLOT_BYTES, NAMES)
const textsOf = (memory: SharedArrayBuffer, slot: number): Buffer =>
  Buffer.from(memory, slot * SLOT_BYTES + TEXTS_AT, SLOT_BYTES - TEXTS_AT)

/** Makes the marks of the batch that is gathered. */
export class ShorthandWriter {
  readonly memory: SharedArrayBuffer
  readonly #ends: readonly Uint32Array[]
  readonly #texts: readonly Buffer[]
  #batch = 0
  #slot = 0
  /** Of the batch: texts, the bytes that they take, and records that others refer to. */
  #count = 0
  #end = 0
  #shared = 0

  /** `underWay`: batches that may be sent and not read yet. */
  constructor(underWay: number) {
    const slots = Array.from({ length: underWay + 1 }, (_, slot) => slot)
    this.memory = new SharedArrayBuffer(slots.length * SLOT_BYTES)
    this.#ends = slots.map((slot) => endsOf(this.memory, slot))
    this.#texts = slots.map((slot) => textsOf(this.memory, slot))
  }

  /** What is marked means something in this batch alone. */
  get batch(): number {
    return this.#batch
  }

  /** How many texts lie beside the batch. */
  get count(): number {
    return this.#count
  }

  /** Stands for the HMAC of `text`, as a JSON string, in one record of this batch. Undefined: there is no room. */
  hmac(text: string): string | undefined {
    const { length } = text
    const ends = this.#ends[this.#slot]
    const texts = this.#texts[this.#slot]
    if (length > TEXT_MAX_CHARS || this.#end + length * BYTES_PER_CHAR > SLOT_BYTES - TEXTS_AT) return undefined
    const mark = hmacMarks[this.#count]
    if (mark === undefined || ends === undefined || texts === undefined) return undefined
    this.#end += texts.write(text, this.#end, 'utf8')
    ends[this.#count] = this.#end
    this.#count++
    return mark
  }

  /** A name for what a record says, by which later records of this batch may say it too. Undefined: there are no more. */
  newName(): string | undefined {
    return names[this.#shared++]
  }

  /** The batch is sent, with its slot; what is marked from now on is of the next. */
  next(): number {
    const slot = this.#slot
    this.#slot = (slot + 1) % this.#texts.length
    this.#begin()
    return slot
  }

  /** The batch goes nowhere. */
  drop(): void {
    this.#forget(this.#slot)
    this.#begin()
  }

  /** Overwrites what nobody will read: texts of batches that were sent. */
  forgetSent(): void {
    for (const slot of this.#texts.keys()) if (slot !== this.#slot) this.#forget(slot)
  }

  #forget(slot: number): void {
    this.#texts[slot]?.fill(0)
    this.#ends[slot]?.fill(0)
  }

  #begin(): void {
    this.#batch++
    this.#count = 0
    this.#end = 0
    this.#shared = 0
  }
}

export const shared = (name: string, text: string): string => `${SHARED}${name}${text}${SHARED_END}`
export const again = (name: string): string => AGAIN + name

/** Reads batches, on the other thread. */
export class ShorthandReader {
  readonly #memory: SharedArrayBuffer
  readonly #hmac: Hmac
  readonly #shared: string[] = []
  #ends: Uint32Array
  #texts: Buffer

  /** `salt`: of the device; it is copied. */
  constructor(memory: SharedArrayBuffer, salt: Uint8Array) {
    this.#memory = memory
    this.#hmac = new Hmac(salt)
    this.#ends = endsOf(memory, 0)
    this.#texts = textsOf(memory, 0)
  }

  /** The records of a batch, joined by line breaks, one by one and in full. The texts beside it are overwritten. */
  read(lines: string, slot: number): readonly string[] {
    this.#ends = endsOf(this.#memory, slot)
    this.#texts = textsOf(this.#memory, slot)
    this.#shared.length = 0
    try {
      return lines.split('\n').map(this.#inFull)
    } finally {
      this.#texts.fill(0)
      this.#ends.fill(0)
    }
  }

  /** Forgets the salt. */
  destroy(): void {
    this.#hmac.destroy()
  }

  readonly #inFull = (line: string): string => {
    const refers = line.indexOf(AGAIN)
    if (refers >= 0)
      return line.slice(0, refers) + this.#said(line.charCodeAt(refers + 1)) + this.#hashed(line.slice(refers + 2))
    const begin = line.indexOf(SHARED)
    if (begin < 0) return this.#hashed(line)
    const end = line.indexOf(SHARED_END, begin)
    const text = this.#hashed(line.slice(begin + 2, end))
    this.#shared[line.charCodeAt(begin + 1) - FIRST_NAME] = text
    return line.slice(0, begin) + text + this.#hashed(line.slice(end + 1))
  }

  #said(name: number): string {
    const text = this.#shared[name - FIRST_NAME]
    if (text === undefined) throw new Error('an audit record refers to one that is not in its batch')
    return text
  }

  #hashed(text: string): string {
    let from = 0
    let whole = ''
    for (let at = text.indexOf(HMAC); at >= 0; at = text.indexOf(HMAC, from)) {
      whole += `${text.slice(from, at)}"hmac-sha256:${this.#hmacOf(text.charCodeAt(at + 1) - FIRST_NAME)}"`
      from = at + 2
    }
    return from === 0 ? text : whole + text.slice(from)
  }

  #hmacOf(number: number): string {
    const end = this.#ends[number] ?? 0
    if (end === 0) throw new Error('an audit record lacks a text that is to be hashed')
    return this.#hmac.hexOf(this.#texts.subarray(number === 0 ? 0 : this.#ends[number - 1], end))
  }
}
