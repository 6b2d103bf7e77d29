import { KEY_BYTES } from '../../../crypto/aead.ts'
import type { Clock, Log } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import { isJsonObject } from '../../../engines/json-object.ts'
import type { TransitSealConfig } from '../../config/types.ts'
import { TransitClient, TransitRefusal } from './transit-client.ts'
import type { SealWrapper } from './wrapper.ts'

/** `vault:v3:…`: the version of the key that encrypted. */
const CIPHERTEXT = /^[a-z]+:v(\d{1,9}):[A-Za-z0-9+/=]+$/
/** After a renewal that failed. */
const RETRY_MAX_MS = 30_000

/** The Transit engine of another Egide, OpenBao or Vault wraps the root key. What is stored is its ciphertext. */
export class TransitWrapper implements SealWrapper {
  readonly type = 'transit'
  readonly storedKeys = true
  readonly #config: TransitSealConfig
  readonly #client: TransitClient
  readonly #clock: Clock
  readonly #log: Log
  /** When the token is renewed next; undefined: never. */
  #renewAtMs: number | undefined
  #ttlMs = 0

  /** Throws ConfigError for files that can't be read. */
  constructor(config: TransitSealConfig, clock: Clock, log: Log) {
    this.#config = config
    this.#client = new TransitClient(config)
    this.#clock = clock
    this.#log = log
    this.#renewAtMs = config.disableRenewal ? undefined : 0
  }

  async wrapRootKey(rootKey: Buffer): Promise<Buffer> {
    return Buffer.from(await this.#encrypt(rootKey))
  }

  async unwrapRootKey(wrapped: Uint8Array): Promise<Buffer> {
    const ciphertext = Buffer.from(wrapped).toString('latin1')
    if (!CIPHERTEXT.test(ciphertext)) throw unavailable('the stored root key was not wrapped by this seal')
    const plaintext = dataOf(await this.#client.post(this.#path('decrypt'), { ciphertext })).plaintext
    if (typeof plaintext !== 'string') throw unavailable('decrypt answered no plaintext')
    return Buffer.from(plaintext, 'base64')
  }

  async isStale(wrapped: Uint8Array): Promise<boolean> {
    // Which version is newest, only an encryption tells whoever may do nothing else.
    const newest = versionOf(await this.#encrypt(Buffer.alloc(KEY_BYTES)))
    return versionOf(Buffer.from(wrapped).toString('latin1')) !== newest
  }

  async maintain(): Promise<void> {
    if (this.#renewAtMs === undefined || this.#clock.now() < this.#renewAtMs) return
    try {
      await this.#renew()
    } catch (error) {
      if (error instanceof TransitRefusal && error.status === 400) {
        this.#renewAtMs = undefined
        this.#log.warn({ err: error }, 'the token of the transit seal is not renewable: it ends at its time')
        return
      }
      this.#renewAtMs = this.#clock.now() + Math.min(RETRY_MAX_MS, Math.max(1000, this.#ttlMs / 8))
      this.#log.warn({ err: error }, 'the token of the transit seal could not be renewed')
    }
  }

  async #renew(): Promise<void> {
    const reply = await this.#client.post('auth/token/renew-self', {})
    const auth = objectIn(reply.auth)
    const seconds = typeof auth.lease_duration === 'number' ? auth.lease_duration : 0
    if (seconds <= 0 || auth.renewable !== true) {
      // A token that never ends.
      this.#renewAtMs = undefined
      return
    }
    this.#ttlMs = seconds * 1000
    this.#renewAtMs = this.#clock.now() + this.#ttlMs / 2
    this.#log.debug({ seconds }, 'renewed the token of the transit seal')
  }

  async #encrypt(plaintext: Buffer): Promise<string> {
    const body = { plaintext: plaintext.toString('base64') }
    const { ciphertext } = dataOf(await this.#client.post(this.#path('encrypt'), body))
    if (typeof ciphertext !== 'string' || !CIPHERTEXT.test(ciphertext))
      throw unavailable('encrypt answered no ciphertext')
    return ciphertext
  }

  #path(operation: 'encrypt' | 'decrypt'): string {
    const { mountPath, keyName } = this.#config
    return [...mountPath.split('/'), operation, keyName].map(encodeURIComponent).join('/')
  }
}

function versionOf(ciphertext: string): string | undefined {
  return CIPHERTEXT.exec(ciphertext)?.[1]
}

function dataOf(reply: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return objectIn(reply.data)
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return isJsonObject(value) ? value : {}
}

const unavailable = (why: string): EgideError => new EgideError('unavailable', `seal "transit": ${why}`)
