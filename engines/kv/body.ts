import { StorageError } from '../../storage/backend.ts'
import { json } from '../../storage/codec.ts'
import { deepFreeze } from '../../storage/freeze.ts'
import type { Codec } from '../../storage/store.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'

const text = json<unknown>()

/** The data of one version: stored as JSON text, with every number as it was written; parsed when it is first asked for. */
export class Body {
  readonly bytes: Buffer
  #data: JsonObject | undefined

  private constructor(bytes: Uint8Array, data: JsonObject | undefined) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#data = data
  }

  static of(data: JsonObject): Body {
    return new Body(text.encode(data), data)
  }

  static stored(bytes: Uint8Array): Body {
    return new Body(bytes, undefined)
  }

  /** Shared between requests, and frozen where it was stored: whoever works on it may keep what it came to. */
  get data(): JsonObject {
    this.#data ??= parsed(this.bytes)
    return this.#data
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

export const bodyCodec: Codec<Body> = {
  encode: (body) => body.bytes,
  decode: (bytes) => Body.stored(bytes),
}
