import { type Clock, systemClock } from '../clock.ts'
import { ApiError } from '../errors.ts'
import type { Transit } from '../gen/transit.ts'
import { DataKey } from './data-key.ts'
import { DecryptKeys, type DecryptLimits } from './decrypt-keys.ts'
import { EncryptKeys, type EncryptLimits } from './encrypt-keys.ts'
import { undecryptable } from './error.ts'
import { partsOf } from './format.ts'

export type { DecryptLimits } from './decrypt-keys.ts'
export type { EncryptLimits } from './encrypt-keys.ts'
export { EnvelopeError } from './error.ts'

export interface EnvelopeSettings {
  /** `client.transit()`, or that of another mount. */
  readonly transit: Pick<Transit, 'createDataKey' | 'decrypt'>
  /** Name of the transit key that data keys are wrapped with. */
  readonly key: string
  /** For derived keys: what they are derived for, in base64. Messages need the same to be read. */
  readonly context?: string
  readonly encrypt?: EncryptLimits
  readonly decrypt?: DecryptLimits
  readonly clock?: Clock
}

export interface MessageOptions {
  /** Bound to the message, not part of it: reading it needs the same again. Text is UTF-8. */
  readonly associatedData?: Uint8Array | string
  readonly signal?: AbortSignal
}

/**
 * Encrypts here, under keys that the vault makes and wraps: data of any amount costs one call for each data key, and never
 * travels. Messages are AES-256-GCM with a random nonce each. Whoever may use the transit key can read them, through
 * `decrypt` of any Envelope for that key.
 */
export class Envelope {
  readonly #settings: EnvelopeSettings
  readonly #encryptKeys: EncryptKeys
  readonly #decryptKeys: DecryptKeys

  constructor(settings: EnvelopeSettings) {
    const clock = settings.clock ?? systemClock
    this.#settings = settings
    this.#encryptKeys = new EncryptKeys(() => this.#newKey(), settings.encrypt ?? {}, clock)
    this.#decryptKeys = new DecryptKeys((wrapped) => this.#unwrapped(wrapped), settings.decrypt ?? {}, clock)
  }

  /** Text is UTF-8. Rejects with what the call to the vault failed of, if one was needed. */
  encrypt(plaintext: Uint8Array | string, options: MessageOptions = {}): Promise<Buffer> {
    const bytes = bytesOf(plaintext)
    const associated = bytesOf(options.associatedData ?? '')
    return this.#encryptKeys.use(bytes.byteLength, options.signal, (key) => key.encrypt(bytes, associated))
  }

  /** Rejects with EnvelopeError when it is no message of this key, and with what the call to the vault failed of. */
  async decrypt(message: Uint8Array, options: MessageOptions = {}): Promise<Buffer> {
    const parts = partsOf(message)
    if (parts === undefined) throw undecryptable()
    const associated = bytesOf(options.associatedData ?? '')
    const plaintext = await this.#decryptKeys.use(parts.wrappedKey, options.signal, (key) =>
      key.decrypt(parts, associated),
    )
    if (plaintext === undefined) throw undecryptable()
    return plaintext
  }

  /** Erases all keys. Nothing is encrypted or decrypted after this. */
  close(): void {
    this.#encryptKeys.close()
    this.#decryptKeys.close()
  }

  get #common() {
    const { key, context } = this.#settings
    return { name: key, ...(context !== undefined && { context }) }
  }

  async #newKey(): Promise<DataKey> {
    const { data } = await this.#settings.transit.createDataKey({ ...this.#common, plaintext: 'plaintext', bits: 256 })
    return DataKey.fromBase64(data.ciphertext, data.plaintext ?? '')
  }

  async #unwrapped(wrapped: string): Promise<DataKey> {
    try {
      const { data } = await this.#settings.transit.decrypt({ ...this.#common, ciphertext: wrapped })
      return DataKey.fromBase64(wrapped, data.plaintext ?? '')
    } catch (error) {
      // The wrapped key is a part of the message: refused, or no key, it is the message that is wrong.
      if (error instanceof RangeError || (error instanceof ApiError && error.code === 'invalid_request')) {
        throw undecryptable()
      }
      throw error
    }
  }
}

function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : data
}
