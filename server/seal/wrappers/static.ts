import type { KeyObject } from 'node:crypto'
import { decrypt, encrypt, KEY_BYTES } from '../../../crypto/aead.ts'
import { ByteReader, fromHexOrBase64 } from '../../../crypto/encoding.ts'
import { DecryptFailed, EncodingError } from '../../../crypto/errors.ts'
import { deriveKey } from '../../../crypto/kdf.ts'
import type { RandomBytes } from '../../../crypto/random.ts'
import { zeroize } from '../../../crypto/zeroize.ts'
import { EgideError } from '../../../engines/errors.ts'
import { ConfigError, type StaticKeyConfig, type StaticSealConfig } from '../../config/types.ts'
import { SEAL_DOMAINS, SEAL_PATHS } from '../paths.ts'
import { readSecret } from './secret-source.ts'
import type { SealWrapper } from './wrapper.ts'

interface StaticKey {
  readonly id: string
  readonly key: KeyObject
}

const VERSION = 1

/**
 * A key from the configuration, the environment or a file wraps the root key:
 * `version(1) | length of the id(1) | id of the key | sealed root key`.
 */
export class StaticWrapper implements SealWrapper {
  readonly type = 'static'
  readonly storedKeys = true
  readonly #random: RandomBytes
  readonly #current: StaticKey
  readonly #previous: StaticKey | undefined

  /** Throws ConfigError for what is no key. */
  constructor(config: StaticSealConfig, random: RandomBytes) {
    this.#random = random
    this.#current = staticKey(config.current, 'current_key')
    this.#previous = config.previous && staticKey(config.previous, 'previous_key')
  }

  async wrapRootKey(rootKey: Buffer): Promise<Buffer> {
    const { id, key } = this.#current
    const name = Buffer.from(id)
    const sealed = encrypt(key, 0, SEAL_DOMAINS.rootKey, SEAL_PATHS.rootKey, rootKey, this.#random)
    return Buffer.concat([Buffer.from([VERSION, name.length]), name, sealed])
  }

  async unwrapRootKey(wrapped: Uint8Array): Promise<Buffer> {
    const { id, sealed } = parsed(wrapped)
    const known = [this.#current, this.#previous].find((candidate) => candidate?.id === id)
    if (known === undefined) throw unavailable(`the root key is wrapped with key "${id}", which is not configured`)
    try {
      return decrypt(known.key, SEAL_DOMAINS.rootKey, SEAL_PATHS.rootKey, sealed)
    } catch (error) {
      if (!(error instanceof DecryptFailed)) throw error
      throw unavailable(
        `key "${id}" does not open the stored root key: it is another key, or what is stored was changed`,
      )
    }
  }

  async isStale(wrapped: Uint8Array): Promise<boolean> {
    return parsed(wrapped).id !== this.#current.id
  }
}

function parsed(wrapped: Uint8Array): { id: string; sealed: Buffer } {
  try {
    const reader = new ByteReader(wrapped)
    if (reader.uint8() !== VERSION) throw new EncodingError('unknown version')
    const length = reader.uint8()
    return { id: reader.take(length).toString(), sealed: Buffer.from(wrapped).subarray(2 + length) }
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error
    throw unavailable('the stored root key was not wrapped by this seal')
  }
}

const unavailable = (why: string): EgideError => new EgideError('unavailable', `seal "static": ${why}`)

/** 32 bytes in hexadecimal or base64; in a file also as they are. The key that encrypts is derived from them. */
function staticKey({ id, key: source }: StaticKeyConfig, name: string): StaticKey {
  const what = `seal "static": ${name}`
  const given = readSecret(source, what)
  const isRaw = 'file' in source && given.length === KEY_BYTES
  const bytes = isRaw ? given : fromHexOrBase64(given.toString('latin1').trim(), KEY_BYTES, KEY_BYTES)
  try {
    if (bytes?.length !== KEY_BYTES)
      throw new ConfigError(`${what} must be ${KEY_BYTES} bytes, in hexadecimal or base64`)
    return { id, key: deriveKey(bytes, 'egide/static-seal') }
  } finally {
    zeroize(given, bytes)
  }
}
