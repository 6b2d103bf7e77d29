// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
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
  /** In base64, when a derived Ed25519 key is read: the public keys of this context are shown. */
  readonly context?: string
}

export interface TransitReadKeyData {
  readonly name: string
  readonly type: string
  readonly derived: boolean
  readonly kdf?: string
  readonly kdf_mode?: string
  readonly convergent_encryption?: boolean
  readonly convergent_encryption_version?: number
  readonly exportable: boolean
  readonly allow_plaintext_backup: boolean
  readonly deletion_allowed: boolean
  readonly auto_rotate_period: number
  readonly imported_key: boolean
  readonly imported_key_allow_rotation?: boolean
  readonly soft_deleted: boolean
  /** Bytes of an HMAC key. */
  readonly key_size?: number
  readonly backup_info?: {
    readonly time: string
    readonly version: number
  }
  readonly restore_info?: {
    readonly time: string
    readonly version: number
  }
  readonly min_available_version: number
  readonly min_decryption_version: number
  readonly min_encryption_version: number
  readonly latest_version: number
  readonly supports_encryption: boolean
  readonly supports_decryption: boolean
  readonly supports_signing: boolean
  readonly supports_derivation: boolean
  readonly supports_encapsulation: boolean
  /** The versions that are still in use. */
  readonly keys: Readonly<Record<string, number | {
    readonly name: string
    /** PEM; of Ed25519 the point in base64. */
    readonly public_key: string
    /** PEM, the leaf first. */
    readonly certificate_chain: string
    readonly creation_time: string
  }>>
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
  /** In base64, when a derived Ed25519 key is read: the public keys of this context are shown. */
  readonly context?: string
  /** Bytes of an HMAC key, 32 to 512; 0 for 32. Refused for all other types. Default 0. */
  readonly key_size?: number
}

export interface TransitDeleteKeyInput {
  /** Name of the key. Required. */
  readonly name: string
  /** In base64, when a derived Ed25519 key is read: the public keys of this context are shown. */
  readonly context?: string
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
  /** Refused, but of convergent keys of the first scheme that came out of a backup: those need it, in base64. */
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
    /** Of convergent keys of the first scheme alone, in base64. */
    readonly nonce?: string
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
  /** Refused, but of convergent keys of the first scheme that came out of a backup: those need it, in base64. */
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
    /** Of convergent keys of the first scheme alone, in base64. */
    readonly nonce?: string
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
  /** Refused, but of convergent keys of the first scheme that came out of a backup: those need it, in base64. */
  readonly nonce?: string
  /** A list of items to decrypt in one request, in place of the fields for one; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** What to decrypt. */
    readonly ciphertext: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** Bound to the ciphertext but not part of it, in base64. */
    readonly associated_data?: string
    /** Of convergent keys of the first scheme alone, in base64. */
    readonly nonce?: string
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
  /** Refused, but of convergent keys of the first scheme that came out of a backup: those need it, in base64. */
  readonly nonce?: string
  /** A list of items to decrypt in one request, in place of the fields for one; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** What to decrypt. */
    readonly ciphertext: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** Bound to the ciphertext but not part of it, in base64. */
    readonly associated_data?: string
    /** Of convergent keys of the first scheme alone, in base64. */
    readonly nonce?: string
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
  /** Refused, but of convergent keys of the first scheme that came out of a backup: those need it, in base64. */
  readonly nonce?: string
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
    /** Of convergent keys of the first scheme alone, in base64. */
    readonly nonce?: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
    /** Version of the key to encrypt with; 0 for the latest. */
    readonly key_version?: number
  }[]
  /**
   * Status of the answer when some items of a batch failed and some did not; it is 400 then when all did. Default 200,
   * whatever failed.
   */
  readonly partial_failure_response_code?: number
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
  /** Refused, but of convergent keys of the first scheme that came out of a backup: those need it, in base64. */
  readonly nonce?: string
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

export interface TransitSignInput {
  /** Name of the key. Required. */
  readonly name: string
  /** What a derived key is derived for, in base64. Derived keys need it. */
  readonly context?: string
  /**
   * As hash_algorithm, which outranks it: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384,
   * sha3-512.
   */
  readonly algorithm?: string
  /**
   * What hashes the input: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384, sha3-512. none,
   * with prehashed and pkcs1v15, signs the input as it is. Default sha2-256. Of no account for keys that hash by
   * themselves (Ed25519, ML-DSA, SLH-DSA).
   */
  readonly hash_algorithm?: string
  /** Whether the input is the hash of the message already. Default false. */
  readonly prehashed?: boolean
  /** Of RSA keys: pss or pkcs1v15. Default pss. */
  readonly signature_algorithm?: string
  /** asn1: DER and base64; jws: both numbers of ECDSA at full length, and base64url without padding. Default asn1. */
  readonly marshaling_algorithm?: string
  /**
   * Bytes of salt for pss: auto (the most there is room for, any when verifying), hash, or a number from 0. Default
   * auto.
   */
  readonly salt_length?: string
  /**
   * Status of the answer when some items of a batch failed and some did not; it is 400 then when all did. Default 200,
   * whatever failed.
   */
  readonly partial_failure_response_code?: number
  /** The message, in base64; absent: an empty one. */
  readonly input?: string
  /** Version of the key to sign with: 0 for the latest, else at least the key's min_encryption_version. Default 0. */
  readonly key_version?: number
  /** A list of messages to sign in one request; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** The message, in base64. */
    readonly input: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
  }[]
  /** As hash_algorithm, which it outranks. */
  readonly urlalgorithm?: string
}

export type TransitSignData = {
  readonly signature: string
  readonly key_version: number
  /** Of a derived key: that of the context, in base64. */
  readonly public_key?: string
  readonly batch_results?: undefined
} | {
  readonly batch_results: readonly {
    readonly signature?: string
    readonly key_version?: number
    readonly publickey?: string
    readonly error?: string
    readonly reference: string
  }[]
  readonly signature?: undefined
  readonly key_version?: undefined
  readonly public_key?: undefined
}

export interface TransitSignWithAlgorithmInput {
  /** Name of the key. Required. */
  readonly name: string
  /** As hash_algorithm, which it outranks. Required. */
  readonly urlalgorithm: string
  /** What a derived key is derived for, in base64. Derived keys need it. */
  readonly context?: string
  /**
   * As hash_algorithm, which outranks it: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384,
   * sha3-512.
   */
  readonly algorithm?: string
  /**
   * What hashes the input: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384, sha3-512. none,
   * with prehashed and pkcs1v15, signs the input as it is. Default sha2-256. Of no account for keys that hash by
   * themselves (Ed25519, ML-DSA, SLH-DSA).
   */
  readonly hash_algorithm?: string
  /** Whether the input is the hash of the message already. Default false. */
  readonly prehashed?: boolean
  /** Of RSA keys: pss or pkcs1v15. Default pss. */
  readonly signature_algorithm?: string
  /** asn1: DER and base64; jws: both numbers of ECDSA at full length, and base64url without padding. Default asn1. */
  readonly marshaling_algorithm?: string
  /**
   * Bytes of salt for pss: auto (the most there is room for, any when verifying), hash, or a number from 0. Default
   * auto.
   */
  readonly salt_length?: string
  /**
   * Status of the answer when some items of a batch failed and some did not; it is 400 then when all did. Default 200,
   * whatever failed.
   */
  readonly partial_failure_response_code?: number
  /** The message, in base64; absent: an empty one. */
  readonly input?: string
  /** Version of the key to sign with: 0 for the latest, else at least the key's min_encryption_version. Default 0. */
  readonly key_version?: number
  /** A list of messages to sign in one request; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** The message, in base64. */
    readonly input: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
  }[]
}

export interface TransitVerifyInput {
  /** Name of the key. Required. */
  readonly name: string
  /** What a derived key is derived for, in base64. Derived keys need it. */
  readonly context?: string
  /**
   * As hash_algorithm, which outranks it: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384,
   * sha3-512.
   */
  readonly algorithm?: string
  /**
   * What hashes the input: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384, sha3-512. none,
   * with prehashed and pkcs1v15, signs the input as it is. Default sha2-256. Of no account for keys that hash by
   * themselves (Ed25519, ML-DSA, SLH-DSA).
   */
  readonly hash_algorithm?: string
  /** Whether the input is the hash of the message already. Default false. */
  readonly prehashed?: boolean
  /** Of RSA keys: pss or pkcs1v15. Default pss. */
  readonly signature_algorithm?: string
  /** asn1: DER and base64; jws: both numbers of ECDSA at full length, and base64url without padding. Default asn1. */
  readonly marshaling_algorithm?: string
  /**
   * Bytes of salt for pss: auto (the most there is room for, any when verifying), hash, or a number from 0. Default
   * auto.
   */
  readonly salt_length?: string
  /**
   * Status of the answer when some items of a batch failed and some did not; it is 400 then when all did. Default 200,
   * whatever failed.
   */
  readonly partial_failure_response_code?: number
  /** The message, in base64; absent: an empty one. */
  readonly input?: string
  /** What sign returned. This or hmac. */
  readonly signature?: string
  /** What hmac returned. This or signature. */
  readonly hmac?: string
  /** A list of messages to verify in one request; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** The message, in base64. */
    readonly input: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** What sign returned. All items have this, or all have hmac. */
    readonly signature?: string
    /** What hmac returned. */
    readonly hmac?: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
  }[]
  /** As hash_algorithm, which it outranks. */
  readonly urlalgorithm?: string
}

export type TransitVerifyData = {
  readonly valid: boolean
  readonly batch_results?: undefined
} | {
  readonly batch_results: readonly {
    readonly valid: boolean
    readonly error?: string
    readonly reference: string
  }[]
  readonly valid?: undefined
}

export interface TransitVerifyWithAlgorithmInput {
  /** Name of the key. Required. */
  readonly name: string
  /** As hash_algorithm, which it outranks. Required. */
  readonly urlalgorithm: string
  /** What a derived key is derived for, in base64. Derived keys need it. */
  readonly context?: string
  /**
   * As hash_algorithm, which outranks it: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384,
   * sha3-512.
   */
  readonly algorithm?: string
  /**
   * What hashes the input: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384, sha3-512. none,
   * with prehashed and pkcs1v15, signs the input as it is. Default sha2-256. Of no account for keys that hash by
   * themselves (Ed25519, ML-DSA, SLH-DSA).
   */
  readonly hash_algorithm?: string
  /** Whether the input is the hash of the message already. Default false. */
  readonly prehashed?: boolean
  /** Of RSA keys: pss or pkcs1v15. Default pss. */
  readonly signature_algorithm?: string
  /** asn1: DER and base64; jws: both numbers of ECDSA at full length, and base64url without padding. Default asn1. */
  readonly marshaling_algorithm?: string
  /**
   * Bytes of salt for pss: auto (the most there is room for, any when verifying), hash, or a number from 0. Default
   * auto.
   */
  readonly salt_length?: string
  /**
   * Status of the answer when some items of a batch failed and some did not; it is 400 then when all did. Default 200,
   * whatever failed.
   */
  readonly partial_failure_response_code?: number
  /** The message, in base64; absent: an empty one. */
  readonly input?: string
  /** What sign returned. This or hmac. */
  readonly signature?: string
  /** What hmac returned. This or signature. */
  readonly hmac?: string
  /** A list of messages to verify in one request; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** The message, in base64. */
    readonly input: string
    /** What a derived key is derived for, in base64. */
    readonly context?: string
    /** What sign returned. All items have this, or all have hmac. */
    readonly signature?: string
    /** What hmac returned. */
    readonly hmac?: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
  }[]
}

export interface TransitHmacInput {
  /** Name of the key. Required. */
  readonly name: string
  /**
   * As hash_algorithm, which outranks it: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384,
   * sha3-512.
   */
  readonly algorithm?: string
  /**
   * What hashes the input: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384, sha3-512. none,
   * with prehashed and pkcs1v15, signs the input as it is. Default sha2-256. Of no account for keys that hash by
   * themselves (Ed25519, ML-DSA, SLH-DSA).
   */
  readonly hash_algorithm?: string
  /**
   * Status of the answer when some items of a batch failed and some did not; it is 400 then when all did. Default 200,
   * whatever failed.
   */
  readonly partial_failure_response_code?: number
  /** The message, in base64. This or batch_input. */
  readonly input?: string
  /** Version of the key: 0 for the latest, else at least the key's min_encryption_version. Default 0. */
  readonly key_version?: number
  /** A list of messages to authenticate in one request; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** The message, in base64. */
    readonly input: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
  }[]
  /** As hash_algorithm, which it outranks. */
  readonly urlalgorithm?: string
}

export type TransitHmacData = {
  readonly hmac: string
  readonly batch_results?: undefined
} | {
  readonly batch_results: readonly {
    readonly hmac?: string
    readonly error?: string
    readonly reference: string
  }[]
  readonly hmac?: undefined
}

export interface TransitHmacWithAlgorithmInput {
  /** Name of the key. Required. */
  readonly name: string
  /** As hash_algorithm, which it outranks. Required. */
  readonly urlalgorithm: string
  /**
   * As hash_algorithm, which outranks it: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384,
   * sha3-512.
   */
  readonly algorithm?: string
  /**
   * What hashes the input: sha1, sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384, sha3-512. none,
   * with prehashed and pkcs1v15, signs the input as it is. Default sha2-256. Of no account for keys that hash by
   * themselves (Ed25519, ML-DSA, SLH-DSA).
   */
  readonly hash_algorithm?: string
  /**
   * Status of the answer when some items of a batch failed and some did not; it is 400 then when all did. Default 200,
   * whatever failed.
   */
  readonly partial_failure_response_code?: number
  /** The message, in base64. This or batch_input. */
  readonly input?: string
  /** Version of the key: 0 for the latest, else at least the key's min_encryption_version. Default 0. */
  readonly key_version?: number
  /** A list of messages to authenticate in one request; the outcomes keep its order. */
  readonly batch_input?: readonly {
    /** The message, in base64. */
    readonly input: string
    /** The caller's own mark, given back with the outcome. */
    readonly reference?: string
  }[]
}

export interface TransitEncapsulateInput {
  /** Name of the key. Required. */
  readonly name: string
  /** Version of the key: 0 for the latest, else at least the key's min_encryption_version. Default 0. */
  readonly key_version?: number
}

export interface TransitEncapsulateData {
  readonly ciphertext: string
  /** 32 bytes, in base64. */
  readonly shared_secret: string
  readonly key_version: number
}

export interface TransitDecapsulateInput {
  /** Name of the key. Required. */
  readonly name: string
  /** As encapsulate returned it; of one that was made elsewhere, `vault:v<version>:` and its base64. Required. */
  readonly ciphertext: string
}

export interface TransitDecapsulateData {
  /** 32 bytes, in base64. */
  readonly shared_secret: string
}

export interface TransitHashInput {
  /**
   * Digest to compute: sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384, sha3-512. Default
   * sha2-256.
   */
  readonly algorithm?: string
  /** How the answer is written: hex or base64. Default hex. */
  readonly format?: string
  /** What to hash, in base64. */
  readonly input?: string
  /** As `algorithm`, which it outranks. */
  readonly urlalgorithm?: string
}

export interface TransitHashData {
  /** The digest, in the format asked for. */
  readonly sum: string
}

export interface TransitHashWithAlgorithmInput {
  /** As `algorithm`, which it outranks. Required. */
  readonly urlalgorithm: string
  /**
   * Digest to compute: sha2-224, sha2-256, sha2-384, sha2-512, sha3-224, sha3-256, sha3-384, sha3-512. Default
   * sha2-256.
   */
  readonly algorithm?: string
  /** How the answer is written: hex or base64. Default hex. */
  readonly format?: string
  /** What to hash, in base64. */
  readonly input?: string
}

export interface TransitRandomInput {
  /** How many bytes, 1 to 131072. Default 32. */
  readonly bytes?: number
  /** How the answer is written: hex or base64. Default base64. */
  readonly format?: string
  /** Where the bytes come from: platform, seal or all. Default platform. */
  readonly source?: string
  /** As `bytes`, which it outranks. */
  readonly urlbytes?: string
}

export interface TransitRandomData {
  /** The bytes, in the format asked for. */
  readonly random_bytes: string
}

export interface TransitRandomFromInput {
  /** A source, or else a number of bytes. Required. */
  readonly source_or_bytes: string
  /** How many bytes, 1 to 131072. Default 32. */
  readonly bytes?: number
  /** How the answer is written: hex or base64. Default base64. */
  readonly format?: string
  /** Where the bytes come from: platform, seal or all. Default platform. */
  readonly source?: string
  /** As `bytes`, which it outranks. */
  readonly urlbytes?: string
}

export interface TransitRandomFromOfInput {
  /** Where the bytes come from: platform, seal or all. Required. */
  readonly source: string
  /** As `bytes`, which it outranks. Required. */
  readonly urlbytes: string
  /** How many bytes, 1 to 131072. Default 32. */
  readonly bytes?: number
  /** How the answer is written: hex or base64. Default base64. */
  readonly format?: string
}

export interface TransitReadWrappingKeyData {
  /** PEM. */
  readonly public_key: string
}

export interface TransitImportKeyInput {
  /** Name of the key. Required. */
  readonly name: string
  /**
   * The key, wrapped, in base64: RSA-OAEP with the wrapping key of an AES-256 key, followed by AES-KWP of the key
   * under that one (CKM_RSA_AES_KEY_WRAP). Raw bytes of symmetric keys, PKCS #8 of pairs.
   */
  readonly ciphertext?: string
  /** In place of ciphertext: only a public key, in PEM. */
  readonly public_key?: string
  /** The hash of RSA-OAEP: SHA1, SHA224, SHA256, SHA384, SHA512. Default SHA256. */
  readonly hash_function?: string
  /** Type of the key. Default aes256-gcm96. */
  readonly type?: string
  /** Whether the server may make new versions. Default false. */
  readonly allow_rotation?: boolean
  /** Every operation needs a context, and uses a key made from this one and the context. Default false. */
  readonly derived?: boolean
  /** Whether the key may be exported. Once set it stays. Default false. */
  readonly exportable?: boolean
  /** Whether the key may be backed up in clear. Once set it stays. Default false. */
  readonly allow_plaintext_backup?: boolean
  /** Not looked at: each operation gives its own. Deprecated. */
  readonly context?: string
  /**
   * How old a version may get before the key is rotated by itself; 0 never, else at least an hour. Seconds, or a
   * duration such as '1h30m'. Default 0.
   */
  readonly auto_rotate_period?: number | string
}

export interface TransitImportKeyVersionInput {
  /** Name of the key. Required. */
  readonly name: string
  /**
   * The key, wrapped, in base64: RSA-OAEP with the wrapping key of an AES-256 key, followed by AES-KWP of the key
   * under that one (CKM_RSA_AES_KEY_WRAP). Raw bytes of symmetric keys, PKCS #8 of pairs.
   */
  readonly ciphertext?: string
  /** In place of ciphertext: only a public key, in PEM. */
  readonly public_key?: string
  /** The hash of RSA-OAEP: SHA1, SHA224, SHA256, SHA384, SHA512. Default SHA256. */
  readonly hash_function?: string
  /** The version that gets its private key; absent: a new version, unless the key is the one that the latest lacks. */
  readonly version?: number
}

export interface TransitExportKeyInput {
  /** What to export: encryption-key, signing-key, hmac-key, public-key, certificate-chain. Required. */
  readonly type: string
  /** Name of the key. Required. */
  readonly name: string
  /**
   * raw: base64 of the bytes, of symmetric and Ed25519 keys; der: base64 of PKCS #8 or SubjectPublicKeyInfo; pem: the
   * same in PEM; empty: the type's usual.
   */
  readonly format?: string
}

export interface TransitExportKeyData {
  readonly name: string
  readonly type: string
  /** By version. */
  readonly keys: Readonly<Record<string, string>>
}

export interface TransitExportKeyVersionInput {
  /** What to export: encryption-key, signing-key, hmac-key, public-key, certificate-chain. Required. */
  readonly type: string
  /** Name of the key. Required. */
  readonly name: string
  /** The version's number, or latest. Required. */
  readonly version: string
  /**
   * raw: base64 of the bytes, of symmetric and Ed25519 keys; der: base64 of PKCS #8 or SubjectPublicKeyInfo; pem: the
   * same in PEM; empty: the type's usual.
   */
  readonly format?: string
}

export interface TransitExportWrappedKeyInput {
  /** Name of the RSA key that wraps: as a rule an imported wrapping key. Required. */
  readonly destination: string
  /** Name of the key to export. Required. */
  readonly source: string
  /** The hash of RSA-OAEP: SHA1, SHA224, SHA256, SHA384, SHA512. Default SHA256. */
  readonly hash?: string
}

export interface TransitExportWrappedKeyVersionInput {
  /** Name of the RSA key that wraps: as a rule an imported wrapping key. Required. */
  readonly destination: string
  /** Name of the key to export. Required. */
  readonly source: string
  /** The version's number, or latest. Required. */
  readonly version: string
  /** The hash of RSA-OAEP: SHA1, SHA224, SHA256, SHA384, SHA512. Default SHA256. */
  readonly hash?: string
}

export interface TransitBackupKeyInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface TransitBackupKeyData {
  readonly backup: string
}

export interface TransitRestoreKeyInput {
  /** Name of the restored key; that of the backup unless it is given. */
  readonly name?: string
  /** What backup returned, here or in Vault or OpenBao. */
  readonly backup?: string
  /** Whether a key that has the name is replaced. Default false. */
  readonly force?: boolean
}

export interface TransitRestoreKeyAsInput {
  /** Name of the key. Required. */
  readonly name: string
  /** What backup returned, here or in Vault or OpenBao. */
  readonly backup?: string
  /** Whether a key that has the name is replaced. Default false. */
  readonly force?: boolean
}

export interface TransitSoftDeleteKeyInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface TransitRestoreSoftDeletedKeyInput {
  /** Name of the key. Required. */
  readonly name: string
}

export interface TransitDeriveKeyInput {
  /** Name of the key. Required. */
  readonly name: string
  /** How the key is agreed on: ecdh. Default ecdh. */
  readonly key_derivation_algorithm?: string
  /** The other side's public key, in PEM. */
  readonly peer_public_key?: string
  /** Name of the ECDSA key that is our side. */
  readonly base_key_name?: string
  /** Version of the base key; 0 for the latest. Default 0. */
  readonly base_key_version?: number
  /** Type of the new key: one that encrypts. Default aes256-gcm96. */
  readonly derived_key_type?: string
}

export interface TransitCreateCertificateRequestInput {
  /** Name of the key. Required. */
  readonly name: string
  /** Version of the key; absent: the latest. */
  readonly version?: number
  /** A request, in PEM, whose subject and attributes are taken over. */
  readonly csr?: string
}

export interface TransitCreateCertificateRequestData {
  readonly name: string
  readonly type: string
  /** PEM. */
  readonly csr: string
}

export interface TransitSetCertificateInput {
  /** Name of the key. Required. */
  readonly name: string
  /** Version of the key; absent: the latest. */
  readonly version?: number
  /** In PEM, the leaf first. Required. */
  readonly certificate_chain: string
}

export interface TransitSetCertificateData {
  readonly name: string
  readonly type: string
  readonly certificate_chain: string
}

export interface TransitReadKeysConfigData {
  readonly disable_upsert: boolean
}

export interface TransitWriteKeysConfigInput {
  /** Whether encrypting with a key that does not exist is refused. Default false. */
  readonly disable_upsert?: boolean
}

export interface TransitReadCacheConfigData {
  readonly size: number
}

export interface TransitWriteCacheConfigInput {
  /** How many keys are kept ready for use: 0 for all that are read often, else at least 10. Default 0. */
  readonly size?: number
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
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', kdf_mode: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', imported_key_allow_rotation: 'value', soft_deleted: 'value', key_size: 'value', backup_info: { object: { time: 'value', version: 'value' } }, restore_info: { object: { time: 'value', version: 'value' } }, min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', supports_encapsulation: 'value', keys: { map: 'any' } } },
}

const WRITE_KEY: Operation = {
  service: 'Transit',
  rpc: 'WriteKey',
  verb: 'POST',
  path: '{mount}/keys/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', kdf_mode: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', imported_key_allow_rotation: 'value', soft_deleted: 'value', key_size: 'value', backup_info: { object: { time: 'value', version: 'value' } }, restore_info: { object: { time: 'value', version: 'value' } }, min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', supports_encapsulation: 'value', keys: { map: 'any' } } },
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
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', kdf_mode: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', imported_key_allow_rotation: 'value', soft_deleted: 'value', key_size: 'value', backup_info: { object: { time: 'value', version: 'value' } }, restore_info: { object: { time: 'value', version: 'value' } }, min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', supports_encapsulation: 'value', keys: { map: 'any' } } },
}

const ROTATE_KEY: Operation = {
  service: 'Transit',
  rpc: 'RotateKey',
  verb: 'POST',
  path: '{mount}/keys/{name}/rotate',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', kdf_mode: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', imported_key_allow_rotation: 'value', soft_deleted: 'value', key_size: 'value', backup_info: { object: { time: 'value', version: 'value' } }, restore_info: { object: { time: 'value', version: 'value' } }, min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', supports_encapsulation: 'value', keys: { map: 'any' } } },
}

const TRIM_KEY: Operation = {
  service: 'Transit',
  rpc: 'TrimKey',
  verb: 'POST',
  path: '{mount}/keys/{name}/trim',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', kdf_mode: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', imported_key_allow_rotation: 'value', soft_deleted: 'value', key_size: 'value', backup_info: { object: { time: 'value', version: 'value' } }, restore_info: { object: { time: 'value', version: 'value' } }, min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', supports_encapsulation: 'value', keys: { map: 'any' } } },
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

const SIGN: Operation = {
  service: 'Transit',
  rpc: 'Sign',
  verb: 'POST',
  path: '{mount}/sign/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { signature: 'value', key_version: 'value', public_key: 'value', batch_results: { optional: { list: { object: { signature: 'value', key_version: 'value', publickey: 'value', error: 'value', reference: 'value' } } } } } },
}

const SIGN_WITH_ALGORITHM: Operation = {
  service: 'Transit',
  rpc: 'SignWithAlgorithm',
  verb: 'POST',
  path: '{mount}/sign/{name}/{urlalgorithm}',
  safe: true,
  answers: 'data',
  shape: { object: { signature: 'value', key_version: 'value', public_key: 'value', batch_results: { optional: { list: { object: { signature: 'value', key_version: 'value', publickey: 'value', error: 'value', reference: 'value' } } } } } },
}

const VERIFY: Operation = {
  service: 'Transit',
  rpc: 'Verify',
  verb: 'POST',
  path: '{mount}/verify/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { valid: 'value', batch_results: { optional: { list: { object: { valid: 'value', error: 'value', reference: 'value' } } } } } },
}

const VERIFY_WITH_ALGORITHM: Operation = {
  service: 'Transit',
  rpc: 'VerifyWithAlgorithm',
  verb: 'POST',
  path: '{mount}/verify/{name}/{urlalgorithm}',
  safe: true,
  answers: 'data',
  shape: { object: { valid: 'value', batch_results: { optional: { list: { object: { valid: 'value', error: 'value', reference: 'value' } } } } } },
}

const HMAC: Operation = {
  service: 'Transit',
  rpc: 'Hmac',
  verb: 'POST',
  path: '{mount}/hmac/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { hmac: 'value', batch_results: { optional: { list: { object: { hmac: 'value', error: 'value', reference: 'value' } } } } } },
}

const HMAC_WITH_ALGORITHM: Operation = {
  service: 'Transit',
  rpc: 'HmacWithAlgorithm',
  verb: 'POST',
  path: '{mount}/hmac/{name}/{urlalgorithm}',
  safe: true,
  answers: 'data',
  shape: { object: { hmac: 'value', batch_results: { optional: { list: { object: { hmac: 'value', error: 'value', reference: 'value' } } } } } },
}

const ENCAPSULATE: Operation = {
  service: 'Transit',
  rpc: 'Encapsulate',
  verb: 'POST',
  path: '{mount}/encapsulate/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { ciphertext: 'value', shared_secret: 'value', key_version: 'value' } },
}

const DECAPSULATE: Operation = {
  service: 'Transit',
  rpc: 'Decapsulate',
  verb: 'POST',
  path: '{mount}/decapsulate/{name}',
  safe: true,
  answers: 'data',
  shape: { object: { shared_secret: 'value' } },
}

const HASH: Operation = {
  service: 'Transit',
  rpc: 'Hash',
  verb: 'POST',
  path: '{mount}/hash',
  safe: true,
  answers: 'data',
  shape: { object: { sum: 'value' } },
}

const HASH_WITH_ALGORITHM: Operation = {
  service: 'Transit',
  rpc: 'HashWithAlgorithm',
  verb: 'POST',
  path: '{mount}/hash/{urlalgorithm}',
  sole: 'urlalgorithm',
  safe: true,
  answers: 'data',
  shape: { object: { sum: 'value' } },
}

const RANDOM: Operation = {
  service: 'Transit',
  rpc: 'Random',
  verb: 'POST',
  path: '{mount}/random',
  safe: true,
  answers: 'data',
  shape: { object: { random_bytes: 'value' } },
}

const RANDOM_FROM: Operation = {
  service: 'Transit',
  rpc: 'RandomFrom',
  verb: 'POST',
  path: '{mount}/random/{source_or_bytes}',
  sole: 'source_or_bytes',
  safe: true,
  answers: 'data',
  shape: { object: { random_bytes: 'value' } },
}

const RANDOM_FROM_OF: Operation = {
  service: 'Transit',
  rpc: 'RandomFromOf',
  verb: 'POST',
  path: '{mount}/random/{source}/{urlbytes}',
  safe: true,
  answers: 'data',
  shape: { object: { random_bytes: 'value' } },
}

const READ_WRAPPING_KEY: Operation = {
  service: 'Transit',
  rpc: 'ReadWrappingKey',
  verb: 'GET',
  path: '{mount}/wrapping_key',
  safe: true,
  answers: 'data',
  shape: { object: { public_key: 'value' } },
}

const IMPORT_KEY: Operation = {
  service: 'Transit',
  rpc: 'ImportKey',
  verb: 'POST',
  path: '{mount}/keys/{name}/import',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const IMPORT_KEY_VERSION: Operation = {
  service: 'Transit',
  rpc: 'ImportKeyVersion',
  verb: 'POST',
  path: '{mount}/keys/{name}/import_version',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const EXPORT_KEY: Operation = {
  service: 'Transit',
  rpc: 'ExportKey',
  verb: 'GET',
  path: '{mount}/export/{type}/{name}',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', keys: { map: 'value' } } },
}

const EXPORT_KEY_VERSION: Operation = {
  service: 'Transit',
  rpc: 'ExportKeyVersion',
  verb: 'GET',
  path: '{mount}/export/{type}/{name}/{version}',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', keys: { map: 'value' } } },
}

const EXPORT_WRAPPED_KEY: Operation = {
  service: 'Transit',
  rpc: 'ExportWrappedKey',
  verb: 'GET',
  path: '{mount}/byok-export/{destination}/{source}',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', keys: { map: 'value' } } },
}

const EXPORT_WRAPPED_KEY_VERSION: Operation = {
  service: 'Transit',
  rpc: 'ExportWrappedKeyVersion',
  verb: 'GET',
  path: '{mount}/byok-export/{destination}/{source}/{version}',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', keys: { map: 'value' } } },
}

const BACKUP_KEY: Operation = {
  service: 'Transit',
  rpc: 'BackupKey',
  verb: 'GET',
  path: '{mount}/backup/{name}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { backup: 'value' } },
}

const RESTORE_KEY: Operation = {
  service: 'Transit',
  rpc: 'RestoreKey',
  verb: 'POST',
  path: '{mount}/restore',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const RESTORE_KEY_AS: Operation = {
  service: 'Transit',
  rpc: 'RestoreKeyAs',
  verb: 'POST',
  path: '{mount}/restore/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const SOFT_DELETE_KEY: Operation = {
  service: 'Transit',
  rpc: 'SoftDeleteKey',
  verb: 'DELETE',
  path: '{mount}/keys/{name}/soft-delete',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', kdf_mode: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', imported_key_allow_rotation: 'value', soft_deleted: 'value', key_size: 'value', backup_info: { object: { time: 'value', version: 'value' } }, restore_info: { object: { time: 'value', version: 'value' } }, min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', supports_encapsulation: 'value', keys: { map: 'any' } } },
}

const RESTORE_SOFT_DELETED_KEY: Operation = {
  service: 'Transit',
  rpc: 'RestoreSoftDeletedKey',
  verb: 'POST',
  path: '{mount}/keys/{name}/soft-delete-restore',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', derived: 'value', kdf: 'value', kdf_mode: 'value', convergent_encryption: 'value', convergent_encryption_version: 'value', exportable: 'value', allow_plaintext_backup: 'value', deletion_allowed: 'value', auto_rotate_period: 'value', imported_key: 'value', imported_key_allow_rotation: 'value', soft_deleted: 'value', key_size: 'value', backup_info: { object: { time: 'value', version: 'value' } }, restore_info: { object: { time: 'value', version: 'value' } }, min_available_version: 'value', min_decryption_version: 'value', min_encryption_version: 'value', latest_version: 'value', supports_encryption: 'value', supports_decryption: 'value', supports_signing: 'value', supports_derivation: 'value', supports_encapsulation: 'value', keys: { map: 'any' } } },
}

const DERIVE_KEY: Operation = {
  service: 'Transit',
  rpc: 'DeriveKey',
  verb: 'POST',
  path: '{mount}/derive-key/{name}',
  sole: 'name',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const CREATE_CERTIFICATE_REQUEST: Operation = {
  service: 'Transit',
  rpc: 'CreateCertificateRequest',
  verb: 'POST',
  path: '{mount}/keys/{name}/csr',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', csr: 'value' } },
}

const SET_CERTIFICATE: Operation = {
  service: 'Transit',
  rpc: 'SetCertificate',
  verb: 'POST',
  path: '{mount}/keys/{name}/set-certificate',
  safe: false,
  answers: 'data',
  shape: { object: { name: 'value', type: 'value', certificate_chain: 'value' } },
}

const READ_KEYS_CONFIG: Operation = {
  service: 'Transit',
  rpc: 'ReadKeysConfig',
  verb: 'GET',
  path: '{mount}/config/keys',
  safe: true,
  answers: 'data',
  shape: { object: { disable_upsert: 'value' } },
}

const WRITE_KEYS_CONFIG: Operation = {
  service: 'Transit',
  rpc: 'WriteKeysConfig',
  verb: 'POST',
  path: '{mount}/config/keys',
  safe: false,
  answers: 'data',
  shape: { object: { disable_upsert: 'value' } },
}

const READ_CACHE_CONFIG: Operation = {
  service: 'Transit',
  rpc: 'ReadCacheConfig',
  verb: 'GET',
  path: '{mount}/cache-config',
  safe: true,
  answers: 'data',
  shape: { object: { size: 'value' } },
}

const WRITE_CACHE_CONFIG: Operation = {
  service: 'Transit',
  rpc: 'WriteCacheConfig',
  verb: 'POST',
  path: '{mount}/cache-config',
  safe: false,
  answers: 'data',
  shape: { object: { size: 'value' } },
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

  /** Sign with a named key. */
  sign(input: string | TransitSignInput, options?: CallOptions): Promise<Reply<TransitSignData>> {
    return this.ask<TransitSignData>(SIGN, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Sign with a named key and the hash that the path names. */
  signWithAlgorithm(input: TransitSignWithAlgorithmInput, options?: CallOptions): Promise<Reply<TransitSignData>> {
    return this.ask<TransitSignData>(SIGN_WITH_ALGORITHM, { ...input }, options)
  }

  /** Verify a signature or HMAC of a named key. */
  verify(input: string | TransitVerifyInput, options?: CallOptions): Promise<Reply<TransitVerifyData>> {
    return this.ask<TransitVerifyData>(VERIFY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Verify a signature or HMAC of a named key, made with the hash that the path names. */
  verifyWithAlgorithm(input: TransitVerifyWithAlgorithmInput, options?: CallOptions): Promise<Reply<TransitVerifyData>> {
    return this.ask<TransitVerifyData>(VERIFY_WITH_ALGORITHM, { ...input }, options)
  }

  /**
   * Make an HMAC with a named key. Keys of every type have a secret of their own for this; that of an hmac key is the
   * key.
   */
  hmac(input: string | TransitHmacInput, options?: CallOptions): Promise<Reply<TransitHmacData>> {
    return this.ask<TransitHmacData>(HMAC, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Make an HMAC with a named key and the hash that the path names. Keys of every type have a secret of their own for
   * this; that of an hmac key is the key.
   */
  hmacWithAlgorithm(input: TransitHmacWithAlgorithmInput, options?: CallOptions): Promise<Reply<TransitHmacData>> {
    return this.ask<TransitHmacData>(HMAC_WITH_ALGORITHM, { ...input }, options)
  }

  /** Make a secret, and a ciphertext from which only the key gets it. */
  encapsulate(input: string | TransitEncapsulateInput, options?: CallOptions): Promise<Reply<TransitEncapsulateData>> {
    return this.ask<TransitEncapsulateData>(ENCAPSULATE, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Get the secret of a ciphertext that was made for the key. A ciphertext of the right length that was made for
   * another key, or changed, gives another secret.
   */
  decapsulate(input: TransitDecapsulateInput, options?: CallOptions): Promise<Reply<TransitDecapsulateData>> {
    return this.ask<TransitDecapsulateData>(DECAPSULATE, { ...input }, options)
  }

  /** Hash data with a named algorithm. */
  hash(input: TransitHashInput = {}, options?: CallOptions): Promise<Reply<TransitHashData>> {
    return this.ask<TransitHashData>(HASH, { ...input }, options)
  }

  /** Hash data with the algorithm that the path names. */
  hashWithAlgorithm(input: string | TransitHashWithAlgorithmInput, options?: CallOptions): Promise<Reply<TransitHashData>> {
    return this.ask<TransitHashData>(HASH_WITH_ALGORITHM, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make random bytes. */
  random(input: TransitRandomInput = {}, options?: CallOptions): Promise<Reply<TransitRandomData>> {
    return this.ask<TransitRandomData>(RANDOM, { ...input }, options)
  }

  /** Make random bytes, of a source or a number that the path gives. */
  randomFrom(input: string | TransitRandomFromInput, options?: CallOptions): Promise<Reply<TransitRandomData>> {
    return this.ask<TransitRandomData>(RANDOM_FROM, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make random bytes, of the source and number that the path gives. */
  randomFromOf(input: TransitRandomFromOfInput, options?: CallOptions): Promise<Reply<TransitRandomData>> {
    return this.ask<TransitRandomData>(RANDOM_FROM_OF, { ...input }, options)
  }

  /**
   * Read the public key that keys to be imported are wrapped with. RSA with 4096 bits. The first time it is made,
   * which takes a moment.
   */
  readWrappingKey(options?: CallOptions): Promise<Reply<TransitReadWrappingKeyData>> {
    return this.ask<TransitReadWrappingKeyData>(READ_WRAPPING_KEY, {}, options)
  }

  /** Bring in a key that was made elsewhere. */
  importKey(input: string | TransitImportKeyInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(IMPORT_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Bring in another version of an imported key, or the private key of a version. */
  importKeyVersion(input: string | TransitImportKeyVersionInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(IMPORT_KEY_VERSION, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Export all versions of a named key. */
  exportKey(input: TransitExportKeyInput, options?: CallOptions): Promise<Reply<TransitExportKeyData>> {
    return this.ask<TransitExportKeyData>(EXPORT_KEY, { ...input }, options)
  }

  /** Export a version of a named key. */
  exportKeyVersion(input: TransitExportKeyVersionInput, options?: CallOptions): Promise<Reply<TransitExportKeyData>> {
    return this.ask<TransitExportKeyData>(EXPORT_KEY_VERSION, { ...input }, options)
  }

  /** Export all versions of a named key, wrapped as another vault imports them. */
  exportWrappedKey(input: TransitExportWrappedKeyInput, options?: CallOptions): Promise<Reply<TransitExportKeyData>> {
    return this.ask<TransitExportKeyData>(EXPORT_WRAPPED_KEY, { ...input }, options)
  }

  /** Export a version of a named key, wrapped as another vault imports it. */
  exportWrappedKeyVersion(input: TransitExportWrappedKeyVersionInput, options?: CallOptions): Promise<Reply<TransitExportKeyData>> {
    return this.ask<TransitExportKeyData>(EXPORT_WRAPPED_KEY_VERSION, { ...input }, options)
  }

  /**
   * Take a named key out whole, in clear. Only of keys that are exportable and allow plaintext backup. Vault and
   * OpenBao restore it as well.
   */
  backupKey(input: string | TransitBackupKeyInput, options?: CallOptions): Promise<Reply<TransitBackupKeyData>> {
    return this.ask<TransitBackupKeyData>(BACKUP_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Bring a key back from its backup. */
  restoreKey(input: TransitRestoreKeyInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(RESTORE_KEY, { ...input }, options)
  }

  /** Bring a key back from its backup, under a name. */
  restoreKeyAs(input: string | TransitRestoreKeyAsInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(RESTORE_KEY_AS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Put a named key out of use. It refuses everything, and keeps all its versions, until it is restored. */
  softDeleteKey(input: string | TransitSoftDeleteKeyInput, options?: CallOptions): Promise<Reply<TransitReadKeyData>> {
    return this.ask<TransitReadKeyData>(SOFT_DELETE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Put a named key back into use. */
  restoreSoftDeletedKey(input: string | TransitRestoreSoftDeletedKeyInput, options?: CallOptions): Promise<Reply<TransitReadKeyData>> {
    return this.ask<TransitReadKeyData>(RESTORE_SOFT_DELETED_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Make a named key that another side can make as well, from both public keys. HKDF-SHA-256 of the ECDH secret,
   * without salt and info: the other side gets the same key.
   */
  deriveKey(input: string | TransitDeriveKeyInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(DERIVE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a certificate request for a key, signed with it. */
  createCertificateRequest(input: string | TransitCreateCertificateRequestInput, options?: CallOptions): Promise<Reply<TransitCreateCertificateRequestData>> {
    return this.ask<TransitCreateCertificateRequestData>(CREATE_CERTIFICATE_REQUEST, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Keep the certificate chain of a key with it. It replaces the one that is there. The leaf must be for the key. */
  setCertificate(input: TransitSetCertificateInput, options?: CallOptions): Promise<Reply<TransitSetCertificateData>> {
    return this.ask<TransitSetCertificateData>(SET_CERTIFICATE, { ...input }, options)
  }

  /** Read and set what holds for all keys of the mount. */
  readKeysConfig(options?: CallOptions): Promise<Reply<TransitReadKeysConfigData>> {
    return this.ask<TransitReadKeysConfigData>(READ_KEYS_CONFIG, {}, options)
  }

  /** Read and set what holds for all keys of the mount. */
  writeKeysConfig(input: TransitWriteKeysConfigInput = {}, options?: CallOptions): Promise<Reply<TransitReadKeysConfigData>> {
    return this.ask<TransitReadKeysConfigData>(WRITE_KEYS_CONFIG, { ...input }, options)
  }

  /**
   * Read and set how many keys are kept ready for use. Other nodes take the new size over when they are next unsealed,
   * or asked for it.
   */
  readCacheConfig(options?: CallOptions): Promise<Reply<TransitReadCacheConfigData>> {
    return this.ask<TransitReadCacheConfigData>(READ_CACHE_CONFIG, {}, options)
  }

  /**
   * Read and set how many keys are kept ready for use. Other nodes take the new size over when they are next unsealed,
   * or asked for it.
   */
  writeCacheConfig(input: TransitWriteCacheConfigInput = {}, options?: CallOptions): Promise<Reply<TransitReadCacheConfigData>> {
    return this.ask<TransitReadCacheConfigData>(WRITE_CACHE_CONFIG, { ...input }, options)
  }
}
