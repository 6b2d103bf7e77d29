// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface TransitListKeysInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface TransitListKeysData {
  readonly keys: readonly string[]
}

export interface TransitReadKeyInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface TransitReadKeyData {
  readonly name: string
  readonly type: string
  readonly derived: boolean
  readonly kdf?: string
  readonly convergent_encryption?: boolean
  readonly convergent_encryption_version?: number
  readonly exportable: boolean
  readonly allow_plaintext_backup: boolean
  readonly deletion_allowed: boolean
  readonly auto_rotate_period: number
  readonly imported_key: boolean
  readonly min_available_version: number
  readonly min_decryption_version: number
  readonly min_encryption_version: number
  readonly latest_version: number
  readonly supports_encryption: boolean
  readonly supports_decryption: boolean
  readonly supports_signing: boolean
  readonly supports_derivation: boolean
  /** When each version was made, in Unix seconds. */
  readonly keys: Readonly<Record<string, number>>
}

export interface TransitWriteKeyInput {
  /** Name of the key. Required. */
  readonly name: string
  /** Type of the key. Default aes256-gcm96. */
  readonly type?: string
  /** Every operation needs a context, and uses a key made from this one and the context. Default false. */
  readonly derived?: boolean
  /** The same plaintext in the same context gives the same ciphertext. Only of derived keys. Default false. */
  readonly convergent_encryption?: boolean
  /** Whether the key may be exported. Once set it stays. Default false. */
  readonly exportable?: boolean
  /** Whether the key may be backed up in clear. Once set it stays. Default false. */
  readonly allow_plaintext_backup?: boolean
  /**
   * How old a version may get before the key is rotated by itself; 0 never, else at least an hour. Seconds, or a
   * duration such as '1h30m'. Default 0.
   */
  readonly auto_rotate_period?: number | string
  /** Of no use to symmetric keys: refused. */
  readonly context?: string
  /** Bytes of an HMAC key: refused for all other types. Default 0. */
  readonly key_size?: number
}

export interface TransitDeleteKeyInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface TransitConfigureKeyInput {
  /** Name of the key. Required. */
  readonly name: string
  /** Ciphertexts of older versions are refused. */
  readonly min_decryption_version?: number
  /** Older versions are refused for encryption; 0 allows any. */
  readonly min_encryption_version?: number
  /** Whether the key may be deleted. */
  readonly deletion_allowed?: boolean
  /** Whether the key may be exported. Once set it stays. */
  readonly exportable?: boolean
  /** Whether the key may be backed up in clear. Once set it stays. */
  readonly allow_plaintext_backup?: boolean
  /**
   * How old a version may get before the key is rotated by itself; 0 never, else at least an hour. Seconds, or a
   * duration such as '1h30m'.
   */
  readonly auto_rotate_period?: number | string
}

export interface TransitRotateKeyInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface TransitTrimKeyInput {
  /** Name of the key. Required. */
  readonly name: string
  /** All older versions are gone for good. At most the least of the two other minimum versions. */
  readonly min_available_version?: number
}

export interface TransitEncryptInput {
  /** Name of the key. Required. */
  readonly name: string
  /** What to encrypt, in base64. */
  readonly plaintext?: string
  /** What a derived key is derived for, in base64. Derived keys need it. */
  readonly context?: string
  /** Bound to the ciphertext but not part of it, in base64: decrypting needs the same again. */
  readonly associated_data?: string
  /** Version of the key to encrypt with: 0 for the latest, else at least the key's min_encryption_version. Default 0. */
  readonly key_version?: number
  /** Refused: no caller chooses a nonce. */
  readonly nonce?: string
  /** Type of the key, if this request makes it. Default aes256-gcm96. */
  readonly type?: string
  /** Whether the key, if this request makes it, encrypts the same plaintext in the same context alike. Default false. */
  readonly convergent_encryption?: boolean
  /** A list of items to encrypt in one request, in place of the fields for one; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** What to encrypt, in base64. */
    readonly plaintext: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** Bound to the ciphertext but not part of it, in base64. */
    readonly associated_data?: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
    /** Version of the key to encrypt with; 0 for the latest. */
    readonly key_version?: number
  }[]
  /** Status of the answer when some items of a batch failed and some did not. Default 400. */
  readonly partial_failure_response_code?: number
}

export type TransitEncryptData = {
  readonly ciphertext: string
  readonly key_version: number
  readonly batch_results?: undefined
} | {
  readonly batch_results: readonly {
    readonly ciphertext?: string
    readonly key_version?: number
    readonly error?: string
    readonly reference: string
  }[]
  readonly ciphertext?: undefined
  readonly key_version?: undefined
}

export interface TransitEncryptStreamInput {
  /** Name of the key. Required. */
  readonly name: string
  /** What to encrypt, in base64. */
  readonly plaintext?: string
  /** What a derived key is derived for, in base64. Derived keys need it. */
  readonly context?: string
  /** Bound to the ciphertext but not part of it, in base64: decrypting needs the same again. */
  readonly associated_data?: string
  /** Version of the key to encrypt with: 0 for the latest, else at least the key's min_encryption_version. Default 0. */
  readonly key_version?: number
  /** Refused: no caller chooses a nonce. */
  readonly nonce?: string
  /** Type of the key, if this request makes it. Default aes256-gcm96. */
  readonly type?: string
  /** Whether the key, if this request makes it, encrypts the same plaintext in the same context alike. Default false. */
  readonly convergent_encryption?: boolean
  /** A list of items to encrypt in one request, in place of the fields for one; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** What to encrypt, in base64. */
    readonly plaintext: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** Bound to the ciphertext but not part of it, in base64. */
    readonly associated_data?: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
    /** Version of the key to encrypt with; 0 for the latest. */
    readonly key_version?: number
  }[]
  /** Status of the answer when some items of a batch failed and some did not. Default 400. */
  readonly partial_failure_response_code?: number
}

export interface TransitDecryptInput {
  /** Name of the key. Required. */
  readonly name: string
  /** What to decrypt, as it was returned by encrypt. */
  readonly ciphertext?: string
  /** What a derived key is derived for, in base64. Derived keys need it. */
  readonly context?: string
  /** Bound to the ciphertext but not part of it, in base64: decrypting needs the same again. */
  readonly associated_data?: string
  /** A list of items to decrypt in one request, in place of the fields for one; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** What to decrypt. */
    readonly ciphertext: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** Bound to the ciphertext but not part of it, in base64. */
    readonly associated_data?: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
  }[]
  /** Status of the answer when some items of a batch failed and some did not. Default 400. */
  readonly partial_failure_response_code?: number
}

export type TransitDecryptData = {
  readonly plaintext: string
  readonly batch_results?: undefined
} | {
  readonly batch_results: readonly {
    readonly plaintext: string
    readonly error?: string
    readonly reference: string
  }[]
  readonly plaintext?: undefined
}

export interface TransitDecryptStreamInput {
  /** Name of the key. Required. */
  readonly name: string
  /** What to decrypt, as it was returned by encrypt. */
  readonly ciphertext?: string
  /** What a derived key is derived for, in base64. Derived keys need it. */
  readonly context?: string
  /** Bound to the ciphertext but not part of it, in base64: decrypting needs the same again. */
  readonly associated_data?: string
  /** A list of items to decrypt in one request, in place of the fields for one; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** What to decrypt. */
    readonly ciphertext: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** Bound to the ciphertext but not part of it, in base64. */
    readonly associated_data?: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
  }[]
  /** Status of the answer when some items of a batch failed and some did not. Default 400. */
  readonly partial_failure_response_code?: number
}

export interface TransitRewrapInput {
  /** Name of the key. Required. */
  readonly name: string
  /** What to encrypt anew, as it was returned by encrypt. */
  readonly ciphertext?: string
  /** What a derived key is derived for, in base64. Derived keys need it. */
  readonly context?: string
  /** Bound to the ciphertext but not part of it, in base64: decrypting needs the same again. */
  readonly associated_data?: string
  /** Version of the key to encrypt with: 0 for the latest, else at least the key's min_encryption_version. Default 0. */
  readonly key_version?: number
  /** A list of items to encrypt anew in one request, in place of the fields for one; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** What to encrypt anew. */
    readonly ciphertext: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** Bound to the ciphertext but not part of it, in base64. */
    readonly associated_data?: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
    /** Version of the key to encrypt with; 0 for the latest. */
    readonly key_version?: number
  }[]
}

export interface TransitCreateDataKeyInput {
  /** `plaintext` returns the new key in clear as well, `wrapped` only its ciphertext. Required. */
  readonly plaintext: string
  /** Name of the key. Required. */
  readonly name: string
  /** What a derived key is derived for, in base64. Derived keys need it. */
  readonly context?: string
  /** Bound to the ciphertext but not part of it, in base64: decrypting needs the same again. */
  readonly associated_data?: string
  /** Version of the key to encrypt with: 0 for the latest, else at least the key's min_encryption_version. Default 0. */
  readonly key_version?: number
  /** Length of the new key: 128, 256 or 512. Default 256. */
  readonly bits?: number
}

export interface TransitCreateDataKeyData {
  readonly ciphertext: string
  readonly key_version: number
  readonly plaintext?: string
}

const LIST_KEYS: Operation = {
  service: 'Transit',
  rpc: 'ListKeys',
  verb: 'LIST',
  path: '{mount}/keys',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const READ_KEY: Operation = {
  service: 'Transit',
  rpc: 'ReadKey',
  verb: 'GET',
  path: '{mount}/keys/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', keys: { map: 'value' } } },
}

const WRITE_KEY: Operation = {
  service: 'Transit',
  rpc: 'WriteKey',
  verb: 'POST',
  path: '{mount}/keys/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', keys: { map: 'value' } } },
}

const DELETE_KEY: Operation = {
  service: 'Transit',
  rpc: 'DeleteKey',
  verb: 'DELETE',
  path: '{mount}/keys/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const CONFIGURE_KEY: Operation = {
  service: 'Transit',
  rpc: 'ConfigureKey',
  verb: 'POST',
  path: '{mount}/keys/{name}/config',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', keys: { map: 'value' } } },
}

const ROTATE_KEY: Operation = {
  service: 'Transit',
  rpc: 'RotateKey',
  verb: 'POST',
  path: '{mount}/keys/{name}/rotate',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', keys: { map: 'value' } } },
}

const TRIM_KEY: Operation = {
  service: 'Transit',
  rpc: 'TrimKey',
  verb: 'POST',
  path: '{mount}/keys/{name}/trim',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', keys: { map: 'value' } } },
}

const ENCRYPT: Operation = {
  service: 'Transit',
  rpc: 'Encrypt',
  verb: 'POST',
  path: '{mount}/encrypt/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { ciphertext: 'value', key_version: 'value', batch_results: { optional: { list: { object: { ciphertext: 'value', key_version: 'value', error: 'value', reference: 'value' } } } } } },
}

const ENCRYPT_STREAM: Operation = {
  service: 'Transit',
  rpc: 'EncryptStream',
  verb: '',
  path: '{mount}/encrypt/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { ciphertext: 'value', key_version: 'value', batch_results: { optional: { list: { object: { ciphertext: 'value', key_version: 'value', error: 'value', reference: 'value' } } } } } },
}

const DECRYPT: Operation = {
  service: 'Transit',
  rpc: 'Decrypt',
  verb: 'POST',
  path: '{mount}/decrypt/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { plaintext: 'value', batch_results: { optional: { list: { object: { plaintext: 'value', error: 'value', reference: 'value' } } } } } },
}

const DECRYPT_STREAM: Operation = {
  service: 'Transit',
  rpc: 'DecryptStream',
  verb: '',
  path: '{mount}/decrypt/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { plaintext: 'value', batch_results: { optional: { list: { object: { plaintext: 'value', error: 'value', reference: 'value' } } } } } },
}

const REWRAP: Operation = {
  service: 'Transit',
  rpc: 'Rewrap',
  verb: 'POST',
  path: '{mount}/rewrap/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { ciphertext: 'value', key_version: 'value', batch_results: { optional: { list: { object: { ciphertext: 'value', key_version: 'value', error: 'value', reference: 'value' } } } } } },
}

const CREATE_DATA_KEY: Operation = {
  service: 'Transit',
  rpc: 'CreateDataKey',
  verb: 'POST',
  path: '{mount}/datakey/{plaintext}/{name}',
  safe: true,
  answers: 'data',
  shape: { object: { ciphertext: 'value', key_version: 'value', plaintext: 'value' } },
}

/** Cryptography with named keys that never leave the server. */
export class Transit extends Group {
  /** List the named keys. */
  listKeys(input: TransitListKeysInput = {}, options?: CallOptions): Promise<Reply<TransitListKeysData>> {
    return this.ask<TransitListKeysData>(LIST_KEYS, { ...input }, options)
  }

  /**
   * Make, read and delete a named key. A key that exists already is not changed. Deleting needs deletion_allowed,
   * which config sets.
   */
  readKey(input: string | TransitReadKeyInput, options?: CallOptions): Promise<Reply<TransitReadKeyData>> {
    return this.ask<TransitReadKeyData>(READ_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Make, read and delete a named key. A key that exists already is not changed. Deleting needs deletion_allowed,
   * which config sets.
   */
  writeKey(input: string | TransitWriteKeyInput, options?: CallOptions): Promise<Reply<TransitReadKeyData>> {
    return this.ask<TransitReadKeyData>(WRITE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Make, read and delete a named key. A key that exists already is not changed. Deleting needs deletion_allowed,
   * which config sets.
   */
  deleteKey(input: string | TransitDeleteKeyInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Change what may be done with a named key. What is not sent stays. */
  configureKey(input: string | TransitConfigureKeyInput, options?: CallOptions): Promise<Reply<TransitReadKeyData>> {
    return this.ask<TransitReadKeyData>(CONFIGURE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Give a named key a new version. From then on it encrypts with the new version; older ones still decrypt. */
  rotateKey(input: string | TransitRotateKeyInput, options?: CallOptions): Promise<Reply<TransitReadKeyData>> {
    return this.ask<TransitReadKeyData>(ROTATE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Remove the oldest versions of a named key for good. */
  trimKey(input: string | TransitTrimKeyInput, options?: CallOptions): Promise<Reply<TransitReadKeyData>> {
    return this.ask<TransitReadKeyData>(TRIM_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Encrypt with a named key. A key that does not exist is made, for callers who may create it. It is a derived key
   * where a context is given.
   */
  encrypt(input: string | TransitEncryptInput, options?: CallOptions): Promise<Reply<TransitEncryptData>> {
    return this.ask<TransitEncryptData>(ENCRYPT, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Encrypt with a named key. A key that does not exist is made, for callers who may create it. It is a derived key
   * where a context is given. Each message is a request of its own, decided and recorded; answers come in their order.
   */
  encryptStream(inputs: Iterable<TransitEncryptStreamInput> | AsyncIterable<TransitEncryptStreamInput>, options?: CallOptions): AsyncIterable<Reply<TransitEncryptData>> {
    return this.converse<TransitEncryptData>(ENCRYPT_STREAM, inputs, options)
  }

  /** Decrypt with a named key. */
  decrypt(input: string | TransitDecryptInput, options?: CallOptions): Promise<Reply<TransitDecryptData>> {
    return this.ask<TransitDecryptData>(DECRYPT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Decrypt with a named key. Each message is a request of its own, decided and recorded; answers come in their order. */
  decryptStream(inputs: Iterable<TransitDecryptStreamInput> | AsyncIterable<TransitDecryptStreamInput>, options?: CallOptions): AsyncIterable<Reply<TransitDecryptData>> {
    return this.converse<TransitDecryptData>(DECRYPT_STREAM, inputs, options)
  }

  /** Encrypt a ciphertext anew, with the latest version of its key. The caller never sees the plaintext. */
  rewrap(input: string | TransitRewrapInput, options?: CallOptions): Promise<Reply<TransitEncryptData>> {
    return this.ask<TransitEncryptData>(REWRAP, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Make a random key and encrypt it with a named key. The new key is not kept: who has its ciphertext can have it
   * decrypted.
   */
  createDataKey(input: TransitCreateDataKeyInput, options?: CallOptions): Promise<Reply<TransitCreateDataKeyData>> {
    return this.ask<TransitCreateDataKeyData>(CREATE_DATA_KEY, { ...input }, options)
  }
}
