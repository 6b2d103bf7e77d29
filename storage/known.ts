import { type Revision, StorageError } from './backend.ts'
import type { Envelope } from './envelope.ts'
import { deepFreeze } from './freeze.ts'
import type { Codec, Stored } from './store.ts'

/**
 * What is known of one path: that it has this value, or none. Shared by everyone who reads the path; it is never
 * changed, but for being decoded when it is first read.
 */
export class Known {
  readonly path: string
  /** Revision of the transaction that wrote the value; 0 when there is none. */
  readonly revision: Revision
  /** From this revision on it is true, until a change says otherwise. Infinity: true, but nobody can say since when. */
  readonly since: Revision
  readonly expiresAtMs: number | undefined
  /** As Codec.generation. */
  readonly generation: number
  /** Bytes of the document, for the cache's budget. */
  readonly size: number
  /** Set by readers, cleared by the cache when it looks for what to drop. */
  used = false
  #plaintext: Buffer | undefined
  #codec: Codec<unknown> | undefined
  #value: unknown

  private constructor(path: string, revision: Revision, since: Revision, envelope?: Envelope) {
    this.path = path
    this.revision = revision
    this.since = since
    this.expiresAtMs = envelope?.expiresAtMs
    this.generation = envelope?.generation ?? 0
    this.size = envelope?.plaintext.length ?? 0
    this.#plaintext = envelope?.plaintext
  }

  static absent(path: string, since: Revision): Known {
    return new Known(path, 0, since)
  }

  static present(path: string, revision: Revision, envelope: Envelope): Known {
    return new Known(path, revision, revision, envelope)
  }

  /** Whether `read` can answer: once decoded, the bytes are gone, and another codec needs them anew. */
  readableBy(codec: Codec<unknown>): boolean {
    return this.#codec === codec || this.#codec === undefined
  }

  /** The decoded document, frozen. Throws `corrupt` when the bytes are not an encoding. */
  read<T>(codec: Codec<T>): T | undefined {
    if (this.#codec === undefined && this.#plaintext !== undefined) this.#decode(codec, this.#plaintext)
    return this.#value as T | undefined // decoded by this very codec: see readableBy
  }

  stored<T>(codec: Codec<T>): Stored<T> | undefined {
    const value = this.read(codec)
    if (this.#codec === undefined) return undefined
    return { value: value as T, revision: this.revision, expiresAtMs: this.expiresAtMs }
  }

  #decode(codec: Codec<unknown>, plaintext: Buffer): void {
    try {
      this.#value = deepFreeze(codec.decode(plaintext))
    } catch {
      // The decoder's message could quote the plaintext: it goes nowhere.
      throw new StorageError('corrupt', 'a stored entry cannot be decoded', { cause: new Error(`at ${this.path}`) })
    }
    this.#codec = codec
    this.#plaintext = undefined
  }

  /** Zeroes the bytes that are still held: undecoded plaintext and binary values. Strings can't be. */
  wipe(): void {
    this.#plaintext?.fill(0)
    zero(this.#value)
    this.#value = undefined
  }
}

function zero(value: unknown): void {
  if (ArrayBuffer.isView(value)) Buffer.from(value.buffer, value.byteOffset, value.byteLength).fill(0)
  else if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) zero(child)
}
