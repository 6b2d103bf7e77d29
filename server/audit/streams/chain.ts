import { createHmac, type KeyObject } from 'node:crypto'
import { Hmac } from '../hmac.ts'

/**
 * The chain: every line ends in its sequence number and `chain`, the HMAC-SHA256 of the line before's chain value and
 * of the line's own bytes up to that value. A checkpoint line ends in a signature besides.
 *
 *   {"time":…,"type":…,…,"seq":7,"chain":"<43 base64url>"}\n
 *   {"time":…,"type":"checkpoint",…,"seq":8,"chain":"<43>","signature":"<86>"}\n
 */

export const CHAIN_BYTES = 32
/** Chain value before the first line of a stream. */
export const CHAIN_START = '\0'.repeat(CHAIN_BYTES)
/** Longest line that is read back or verified. A record is bounded by the request that it is about. */
export const LINE_MAX_BYTES = 128 * 1024 * 1024

// The last characters hold unused bits: only the one spelling with zeros there is ours, or a line could be changed unseen.
const LINE_END =
  /,"seq":(0|[1-9]\d{0,15}),"chain":"([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])"(?:,"signature":"([A-Za-z0-9_-]{85}[AQgw])")?\}$/
/** More than what `LINE_END` matches takes, and the newline. */
const LINE_END_BYTES = 192
const BEFORE_SEQ = Buffer.from(',"seq":')
const BEFORE_CHAIN = Buffer.from(',"chain":"')
const AFTER_CHAIN = '"}\n'

export interface LineEnd {
  readonly seq: number
  /** As it stands in the line. */
  readonly chain: string
  readonly signature: string | undefined
  /** Where the bytes that the chain covers end: before the chain value. */
  readonly bodyEnd: number
  /** Where the bytes that a signature covers end: after the chain value. */
  readonly signedEnd: number
}

/** Reads the end of a line (without its newline); undefined when it isn't one of ours. */
export function lineEnd(line: Buffer): LineEnd | undefined {
  const from = Math.max(0, line.length - LINE_END_BYTES)
  const found = LINE_END.exec(line.toString('latin1', from))
  if (found === null) return undefined
  const [, seq = '', chain = '', signature] = found
  const bodyEnd = from + found.index + `,"seq":${seq},"chain":"`.length
  return { seq: Number(seq), chain, signature, bodyEnd, signedEnd: bodyEnd + chain.length }
}

export const encodeChain = (chain: string): string => Buffer.from(chain, 'latin1').toString('base64url')
export const decodeChain = (text: string): string => Buffer.from(text, 'base64url').toString('latin1')

/** The chain value (latin1) of a line whose covered bytes are `body`. For reading back; writing has its own faster way. */
export function chainOf(key: KeyObject, previous: string, body: Uint8Array): string {
  return createHmac('sha256', key).update(previous, 'latin1').update(body).digest('latin1')
}

/** Lines gathered for one write, in one buffer that is used again. */
export class Batch {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024)
  length = 0
  /** Where each line ends, its newline included. */
  readonly ends: number[] = []

  /** The bytes so far; valid until the next `clear`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
    this.ends.length = 0
    // One huge record must not cost its memory for ever.
    if (this.#bytes.length > 4 * 1024 * 1024) this.#bytes = Buffer.allocUnsafeSlow(64 * 1024)
  }

  /** Appends the bytes of `source` from `start` to `end`. */
  add(source: Buffer, start: number, end: number): void {
    const count = end - start
    if (this.length + count > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.length + count))
      this.#bytes.copy(grown, 0, 0, this.length)
      this.#bytes = grown
    }
    source.copy(this.#bytes, this.length, start, end)
    this.length += count
  }

  /** Bytes that belong to no line: the newline after a torn one. */
  raw(text: string): void {
    const bytes = Buffer.from(text)
    this.add(bytes, 0, bytes.length)
  }
}

/** Puts lines at the end of a chain. Knows where the chain stands; says nothing about where the lines go. */
export class ChainWriter {
  readonly #hmac: Hmac
  /** Inner HMAC block, the previous chain value, the line: it is put together where it is hashed. */
  #scratch = Buffer.alloc(16 * 1024)
  readonly #chainAt: number
  readonly #lineAt: number
  seq: number
  /** As it stands in lines. */
  #value: string

  /** `chain`: latin1 of 32 bytes. */
  constructor(key: Uint8Array, seq: number, chain: string) {
    this.#hmac = new Hmac(key)
    this.#chainAt = this.#hmac.innerBlock.length
    this.#lineAt = this.#chainAt + CHAIN_BYTES
    this.seq = seq
    this.#value = encodeChain(chain)
    this.#hmac.innerBlock.copy(this.#scratch)
  }

  /** latin1 of 32 bytes. */
  get chain(): string {
    return decodeChain(this.#value)
  }

  /** Moves to another place of the chain: what is really in the output, after a failure. `chain`: latin1 of 32 bytes. */
  moveTo(seq: number, chain: string): void {
    this.seq = seq
    this.#value = encodeChain(chain)
  }

  /** Appends `text` (a record without its closing brace) as the next line. `sign` makes it a checkpoint. */
  append(batch: Batch, text: string, sign?: (signed: Buffer) => string): void {
    const seq = this.seq + 1
    let end = this.#layOut(text, seq)
    const scratch = this.#scratch
    scratch.write(this.#value, this.#chainAt, 'base64url')
    const value = this.#hmac.ofPrepared(scratch.subarray(0, end), 'base64url')
    if (sign === undefined) end += scratch.write(value + AFTER_CHAIN, end, 'latin1')
    else {
      end += scratch.write(value, end, 'latin1')
      end += scratch.write(`","signature":"${sign(scratch.subarray(this.#lineAt, end))}"}\n`, end, 'latin1')
    }
    batch.add(scratch, this.#lineAt, end)
    batch.ends.push(batch.length)
    this.seq = seq
    this.#value = value
  }

  /** Overwrites the key material this object can reach. */
  destroy(): void {
    this.#hmac.destroy()
    this.#scratch.fill(0)
  }

  /** Writes the line up to its chain value behind the inner block and the previous value. Returns where it ends. */
  #layOut(text: string, seq: number): number {
    const needed = this.#lineAt + text.length * 3 + LINE_END_BYTES
    if (needed > this.#scratch.length || (this.#scratch.length > 1024 * 1024 && needed < 64 * 1024)) {
      const scratch = Buffer.alloc(Math.max(needed, 16 * 1024))
      this.#hmac.innerBlock.copy(scratch)
      this.#scratch.fill(0)
      this.#scratch = scratch
    }
    let end = this.#lineAt + this.#scratch.write(text, this.#lineAt, 'utf8')
    end += BEFORE_SEQ.copy(this.#scratch, end)
    end = writeDigits(this.#scratch, end, seq)
    return end + BEFORE_CHAIN.copy(this.#scratch, end)
  }
}

/**
 * Writes `value`, a safe integer from 0 on, in decimal digits, and returns where they end. V8 keeps the text of each number
 * that is made one, in case that is done again: each line's would get old, and only a full collection is rid of them.
 */
function writeDigits(into: Buffer, at: number, value: number): number {
  let end = at + 1
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) end++
  let rest = value
  for (let place = end - 1; place >= at; place--) {
    into[place] = 0x30 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  return end
}
