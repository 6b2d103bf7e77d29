import type { Client } from '../../sdk/client.ts'
import { ApiError, TransportError } from '../../sdk/errors.ts'
import type { JsonMap } from '../../sdk/json.ts'
import { Failure } from '../failure.ts'

/** What a caller asks that can't be right. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

export interface PluginStatus {
  readonly version: string
  readonly healthz: string
  readonly keyId: string
}

export interface Wrapped {
  readonly ciphertext: Uint8Array<ArrayBuffer>
  readonly keyId: string
  readonly annotations: Record<string, Uint8Array<ArrayBuffer>>
}

export interface Unwrap {
  readonly ciphertext: Uint8Array
  readonly keyId: string
  readonly annotations: Readonly<Record<string, Uint8Array>>
}

/** What Kubernetes is told, and what makes it well: https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/ */
const API_VERSION = 'v2'
const HEALTHY = 'ok'
/** How the ciphertext was made, in an annotation, whose name has to have the form of a host's. */
const FORMAT = 'format.kms-plugin.egide'
const FORMAT_1 = '1'
const PLAINTEXT_MAX_BYTES = 512
const CIPHERTEXT_MAX_BYTES = 1024
/** Ties what is encrypted to this use: whoever may decrypt with the key elsewhere can't be made to open it by chance. */
const CONTEXT = { purpose: 'kubernetes-kms-v2' }
/** A key id of KMS, and the number of one of its versions. */
const KEY_ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/v[1-9][0-9]{0,9}$/
/** The API server waits for three seconds. */
const TIMEOUT_MS = 3_000

export interface WrappingKeyOptions {
  readonly client: Client
  /** Where KMS is mounted, without slashes at its ends. */
  readonly mount: string
  /** The id of a key, or an alias without `alias/`. */
  readonly key: string
  /** Told when the key can be used, when its version is another, and when it can't be used any more. */
  readonly tell: (message: string) => void
}

/**
 * A key of KMS that seals the keys of a Kubernetes cluster. The key id that Kubernetes is told names the version that
 * encrypts, so that a rotation makes it renew what it keeps; what older versions encrypted stays readable.
 */
export class WrappingKey {
  readonly #options: WrappingKeyOptions
  #keyId = ''
  #told = ''

  constructor(options: WrappingKeyOptions) {
    this.#options = options
  }

  /** Never rejects: what is wrong is the answer. */
  async status(): Promise<PluginStatus> {
    const healthz = await this.#health()
    const told = healthz === HEALTHY ? `encrypting with ${this.#keyId}` : `not healthy: ${healthz}`
    if (told !== this.#told) this.#options.tell(told)
    this.#told = told
    // Kubernetes wants an id even of a key that can't be used.
    return { version: API_VERSION, healthz, keyId: this.#keyId || this.#options.key }
  }

  async #health(): Promise<string> {
    try {
      const { key_id: id, key_version: version, key_state: state, key_spec: spec } = await this.#ask('GET', 'keys', {})
      if (state !== 'Enabled') return `the key is ${String(state)}`
      if (spec !== 'SYMMETRIC_DEFAULT') return `a ${String(spec)} key can't be used: SYMMETRIC_DEFAULT is needed`
      this.#keyId = keyIdOf(id, version)
      return HEALTHY
    } catch (error) {
      return reasonOf(error)
    }
  }

  async encrypt(plaintext: Uint8Array): Promise<Wrapped> {
    if (plaintext.length === 0 || plaintext.length > PLAINTEXT_MAX_BYTES)
      throw new Refused(`what is to be encrypted must have 1 to ${PLAINTEXT_MAX_BYTES} bytes`)
    const sent = { plaintext: Buffer.from(plaintext).toString('base64'), encryption_context: CONTEXT }
    const { ciphertext, key_id: id, key_version: version } = await this.#ask('POST', 'encrypt', sent)
    return {
      ciphertext: bytesOf(ciphertext),
      keyId: keyIdOf(id, version),
      annotations: { [FORMAT]: new Uint8Array(Buffer.from(FORMAT_1)) },
    }
  }

  /** Whichever version made it, and also of a key that the alias named before. */
  async decrypt({ ciphertext, keyId, annotations }: Unwrap): Promise<{ readonly plaintext: Uint8Array<ArrayBuffer> }> {
    const key = KEY_ID.exec(keyId)?.[1]
    if (key === undefined) throw new Refused('key_id is none that this plugin gave')
    if (Buffer.from(annotations[FORMAT] ?? []).toString() !== FORMAT_1)
      throw new Refused(`the annotation ${FORMAT} is none that this plugin knows`)
    if (ciphertext.length === 0 || ciphertext.length > CIPHERTEXT_MAX_BYTES)
      throw new Refused(`the ciphertext must have 1 to ${CIPHERTEXT_MAX_BYTES} bytes`)
    const sent = { ciphertext: Buffer.from(ciphertext).toString('base64'), encryption_context: CONTEXT }
    const { plaintext } = await this.#ask('POST', 'decrypt', sent, key)
    return { plaintext: bytesOf(plaintext) }
  }

  async #ask(verb: 'GET' | 'POST', what: string, input: JsonMap, key = this.#options.key): Promise<JsonMap> {
    const { client, mount } = this.#options
    const options = { timeoutMs: TIMEOUT_MS, idempotent: true }
    return (await client.request(verb, `${mount}/${what}/${key}`, input, options)).data
  }
}

function keyIdOf(id: unknown, version: unknown): string {
  const keyId = `${String(id)}/v${String(version)}`
  if (!KEY_ID.test(keyId)) throw new TransportError('invalid_response', 'the server told of no version of the key')
  return keyId
}

function bytesOf(text: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(String(text), 'base64'))
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return [error.code, ...error.errors].join(': ')
  return error instanceof TransportError || error instanceof Failure ? error.message : 'internal error'
}
