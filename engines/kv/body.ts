import { StorageError } from '../../storage/backend.ts'
import { json } from '../../storage/codec.ts'
import { deepFreeze } from '../../storage/freeze.ts'
import type { Codec } from '../../storage/store.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'

const text = json<unknown>()

/** The data of one version: stored as JSON text, with every number as it was written; parsed when it is first asked for. */
export class Body {
  /** Where the text lies, from `at` on: versions of one record share it. Seen by whoever zeroes what is in a cache. */
  readonly source: Buffer
  readonly at: number
  readonly length: number
  #data: JsonObject | undefined

  private constructor(source: Buffer, at: number, length: number, data: JsonObject | undefined) {
    this.source = source
    this.at = at
    this.length = length
    this.#data = data
  }

  static of(data: JsonObject): Body {
    const bytes = viewOf(text.encode(data))
    return new Body(bytes, 0, bytes.length, data)
  }

  static stored(source: Buffer, at = 0, length = source.length): Body {
    return new Body(source, at, length, undefined)
  }

  /** Shared between requests, and frozen where it was stored: whoever works on it may keep what it came to. */
  get data(): JsonObject {
    this.#data ??= parsed(this.bytes)
    return this.#data
  }

  get bytes(): Buffer {
    return this.source.subarray(this.at, this.at + this.length)
  }
}

function parsed(bytes: Buffer): JsonObject {
  try {
    const value = text.decode(bytes)
    if (isJsonObject(value)) return deepFreeze(value)
  } catch {
    // Falls through: the decoder's message is not for anybody's eyes.
  }
  throw new StorageError('corrupt', 'the data of a version cannot be decoded')
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export const bodyCodec: Codec<Body> = {
  encode: (body) => body.bytes,
  decode: (bytes) => Body.stored(viewOf(bytes)),
}
