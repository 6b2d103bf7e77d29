// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface KmsListKeysInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KmsListKeysData {
  readonly keys: readonly string[]
}

export interface KmsCreateKeyInput {
  /**
   * What the key is: SYMMETRIC_DEFAULT, RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521,
   * ECC_SECG_P256K1, ECC_NIST_EDWARDS25519, HMAC_224, HMAC_256, HMAC_384, HMAC_512, ML_DSA_44, ML_DSA_65, ML_DSA_87.
   */
  readonly key_spec?: string
  /**
   * What it is for: ENCRYPT_DECRYPT, SIGN_VERIFY, GENERATE_VERIFY_MAC, KEY_AGREEMENT. RSA and ECC_NIST keys need it;
   * others have one use.
   */
  readonly key_usage?: string
  /** For people. At most 8192 characters. */
  readonly description?: string
  /**
   * AWS_KMS: the server makes the material. EXTERNAL: it is imported before the key can be used. One of AWS_KMS,
   * EXTERNAL. Default AWS_KMS.
   */
  readonly origin?: "AWS_KMS" | "EXTERNAL"
  /** Whether the material may be read by who may read `keys/:id/export`. Stays as it is. Default false. */
  readonly exportable?: boolean
  /** Labels, at most 50. */
  readonly tags?: Readonly<Record<string, string>>
  /** The key policy. Default: whoever the policies of the namespace let in. */
  readonly policy?: unknown
  /** Takes a key policy also where it does not let the caller change it again. Default false. */
  readonly bypass_policy_lockout_safety_check?: boolean
}

export interface KmsCreateKeyData {
  readonly key_id: string
  readonly arn: string
  readonly account_id: string
  readonly creation_date: string
  readonly enabled: boolean
  readonly description: string
  readonly key_usage: "ENCRYPT_DECRYPT" | "SIGN_VERIFY" | "GENERATE_VERIFY_MAC" | "KEY_AGREEMENT"
  readonly key_spec: string
  readonly key_state: "Enabled" | "Disabled" | "PendingDeletion" | "PendingImport"
  /** CUSTOMER. */
  readonly key_manager: string
  /** Whether the server made the material. */
  readonly origin: "AWS_KMS" | "EXTERNAL"
  readonly exportable: boolean
  /** false. */
  readonly multi_region: boolean
  /** Number of the version that is used; 0 where there is no material. */
  readonly key_version: number
  readonly encryption_algorithms: readonly string[]
  readonly signing_algorithms: readonly string[]
  readonly mac_algorithms: readonly string[]
  readonly key_agreement_algorithms: readonly string[]
  readonly deletion_date?: string
  readonly pending_window_in_days?: number
  /** Of imported material. */
  readonly expiration_model?: "KEY_MATERIAL_EXPIRES" | "KEY_MATERIAL_DOES_NOT_EXPIRE"
  readonly valid_to?: string
  readonly aliases: readonly string[]
  readonly tags: Readonly<Record<string, string>>
}

export interface KmsDescribeKeyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Of a deletion: after how many days the key is gone, 7 to 30. Default 30. */
  readonly pending_window_in_days?: number
}

export interface KmsWriteKeyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /**
   * What the key is: SYMMETRIC_DEFAULT, RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521,
   * ECC_SECG_P256K1, ECC_NIST_EDWARDS25519, HMAC_224, HMAC_256, HMAC_384, HMAC_512, ML_DSA_44, ML_DSA_65, ML_DSA_87.
   */
  readonly key_spec?: string
  /**
   * What it is for: ENCRYPT_DECRYPT, SIGN_VERIFY, GENERATE_VERIFY_MAC, KEY_AGREEMENT. RSA and ECC_NIST keys need it;
   * others have one use.
   */
  readonly key_usage?: string
  /** For people. At most 8192 characters. */
  readonly description?: string
  /**
   * AWS_KMS: the server makes the material. EXTERNAL: it is imported before the key can be used. One of AWS_KMS,
   * EXTERNAL. Default AWS_KMS.
   */
  readonly origin?: "AWS_KMS" | "EXTERNAL"
  /** Whether the material may be read by who may read `keys/:id/export`. Stays as it is. Default false. */
  readonly exportable?: boolean
  /** Labels, at most 50. */
  readonly tags?: Readonly<Record<string, string>>
  /** The key policy. Default: whoever the policies of the namespace let in. */
  readonly policy?: unknown
  /** Takes a key policy also where it does not let the caller change it again. Default false. */
  readonly bypass_policy_lockout_safety_check?: boolean
  /** Of a deletion: after how many days the key is gone, 7 to 30. Default 30. */
  readonly pending_window_in_days?: number
}

export interface KmsScheduleKeyDeletionInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Of a deletion: after how many days the key is gone, 7 to 30. Default 30. */
  readonly pending_window_in_days?: number
}

export interface KmsEnableKeyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
}

export interface KmsDisableKeyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
}

export interface KmsCancelKeyDeletionInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
}

export interface KmsReadPublicKeyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
}

export interface KmsReadPublicKeyData {
  readonly key_id: string
  readonly key_spec: string
  readonly key_usage: string
  /** PEM of SubjectPublicKeyInfo. */
  readonly public_key: string
  /** That it can be used with. */
  readonly algorithms: readonly string[]
}

export interface KmsExportKeyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
}

export interface KmsExportKeyData {
  readonly key_id: string
  readonly key_spec: string
  /** By version, in base64: raw bytes of symmetric keys, PKCS #8 of pairs. */
  readonly keys: Readonly<Record<string, string>>
}

export interface KmsRotateKeyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
}

export interface KmsRotateKeyData {
  readonly key_id: string
  readonly key_version: number
}

export interface KmsReadRotationInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
}

export interface KmsReadRotationData {
  readonly key_id: string
  readonly automatic: boolean
  readonly rotation_period_in_days?: number
  readonly next_rotation_date?: string
}

export interface KmsSetRotationInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Whether it is rotated by time. Default true. */
  readonly automatic?: boolean
  /** Days from one rotation to the next, 90 to 2560. Default 365. */
  readonly rotation_period_in_days?: number
}

export interface KmsReadRotationsInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
}

export interface KmsReadRotationsData {
  readonly key_id: string
  readonly rotations: readonly {
    readonly key_version: number
    readonly rotation_date: string
    readonly rotation_type: "AUTOMATIC" | "ON_DEMAND"
  }[]
}

export interface KmsListAliasesInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KmsListAliasesData {
  readonly keys: readonly string[]
  /** What is known of each. */
  readonly key_info: Readonly<Record<string, {
    readonly alias: string
    readonly arn: string
    readonly key_id: string
    readonly creation_date: string
    readonly last_updated_date: string
  }>>
}

export interface KmsReadAliasInput {
  /** Up to 250 letters, digits, "_", "-", and "/" within. Unique in the mount. Required. */
  readonly name: string
}

export interface KmsReadAliasData {
  readonly alias: string
  readonly arn: string
  readonly key_id: string
  readonly creation_date: string
  readonly last_updated_date: string
}

export interface KmsDeleteAliasInput {
  /** Up to 250 letters, digits, "_", "-", and "/" within. Unique in the mount. Required. */
  readonly name: string
}

export interface KmsListKeyAliasesInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KmsPutKeyAliasInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Up to 250 letters, digits, "_", "-", and "/" within. Unique in the mount. Required. */
  readonly name: string
  /**
   * create: refused where there is such an alias; move: refused where there is none. One of put, create, move. Default
   * put.
   */
  readonly mode?: "put" | "create" | "move"
}

export interface KmsDeleteKeyAliasInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Up to 250 letters, digits, "_", "-", and "/" within. Unique in the mount. Required. */
  readonly name: string
}

export interface KmsGetParametersForImportInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /**
   * How the material will be wrapped: by RSA-OAEP itself, or (RSA_AES_KEY_WRAP, for what is longer) by an AES-256 key
   * with AES-KWP, behind that key by RSA-OAEP. One of RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1, RSA_AES_KEY_WRAP_SHA_256,
   * RSA_AES_KEY_WRAP_SHA_1. Default RSAES_OAEP_SHA_256.
   */
  readonly wrapping_algorithm?: "RSAES_OAEP_SHA_256" | "RSAES_OAEP_SHA_1" | "RSA_AES_KEY_WRAP_SHA_256" | "RSA_AES_KEY_WRAP_SHA_1"
  /** Length of the key that wraps. One of RSA_2048, RSA_3072, RSA_4096. Default RSA_2048. */
  readonly wrapping_key_spec?: "RSA_2048" | "RSA_3072" | "RSA_4096"
}

export interface KmsGetParametersForImportData {
  readonly key_id: string
  /** In base64. */
  readonly import_token: string
  /** PEM of SubjectPublicKeyInfo. */
  readonly public_key: string
  readonly parameters_valid_to: string
}

export interface KmsImportKeyMaterialInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** The token that came with the public key, in base64. */
  readonly import_token?: string
  /** The wrapped material, in base64: raw bytes of symmetric keys, PKCS #8 of pairs. */
  readonly encrypted_key_material?: string
  /**
   * In place of token and material: a public key alone, PEM or DER of SubjectPublicKeyInfo in base64. The key verifies
   * and encrypts; its private key may follow.
   */
  readonly public_key?: string
  /** Default: it expires where valid_to is given. One of KEY_MATERIAL_EXPIRES, KEY_MATERIAL_DOES_NOT_EXPIRE. */
  readonly expiration_model?: "KEY_MATERIAL_EXPIRES" | "KEY_MATERIAL_DOES_NOT_EXPIRE"
  /** When the material is deleted: RFC 3339, or Unix seconds. RFC 3339, or seconds since the epoch. */
  readonly valid_to?: string
}

export interface KmsImportKeyMaterialData {
  readonly key_id: string
  readonly arn: string
  readonly account_id: string
  readonly creation_date: string
  readonly enabled: boolean
  readonly description: string
  readonly key_usage: "ENCRYPT_DECRYPT" | "SIGN_VERIFY" | "GENERATE_VERIFY_MAC" | "KEY_AGREEMENT"
  readonly key_spec: string
  readonly key_state: "Enabled" | "Disabled" | "PendingDeletion" | "PendingImport"
  /** CUSTOMER. */
  readonly key_manager: string
  /** Whether the server made the material. */
  readonly origin: "AWS_KMS" | "EXTERNAL"
  readonly exportable: boolean
  /** false. */
  readonly multi_region: boolean
  /** Number of the version that is used; 0 where there is no material. */
  readonly key_version: number
  readonly encryption_algorithms: readonly string[]
  readonly signing_algorithms: readonly string[]
  readonly mac_algorithms: readonly string[]
  readonly key_agreement_algorithms: readonly string[]
  readonly deletion_date?: string
  readonly pending_window_in_days?: number
  /** Of imported material. */
  readonly expiration_model?: "KEY_MATERIAL_EXPIRES" | "KEY_MATERIAL_DOES_NOT_EXPIRE"
  readonly valid_to?: string
}

export interface KmsDeleteImportedKeyMaterialInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
}

export interface KmsReadKeyPolicyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
}

export interface KmsReadKeyPolicyData {
  readonly key_id: string
  /** default: there is only one. */
  readonly policy_name: string
  /** JSON. */
  readonly policy: string
}

export interface KmsPutKeyPolicyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** The key policy, in place of the one that is there. */
  readonly policy?: unknown
  /** Takes it also where it does not let the caller change it again. Default false. */
  readonly bypass_policy_lockout_safety_check?: boolean
}

export interface KmsReadKeyTagsInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Of a deletion: keys of the tags that go. */
  readonly tag_keys?: readonly string[]
}

export interface KmsReadKeyTagsData {
  readonly key_id: string
  readonly tags: Readonly<Record<string, string>>
}

export interface KmsAddKeyTagsInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Tags to add, or to write over those with the same keys. */
  readonly tags?: Readonly<Record<string, string>>
  /** Of a deletion: keys of the tags that go. */
  readonly tag_keys?: readonly string[]
}

export interface KmsRemoveKeyTagsInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Of a deletion: keys of the tags that go. */
  readonly tag_keys?: readonly string[]
}

export interface KmsListGrantsInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KmsListGrantsData {
  readonly keys: readonly string[]
  readonly key_info: Readonly<Record<string, {
    readonly grant_id: string
    readonly key_id: string
    readonly key_arn: string
    readonly name?: string
    readonly grantee_principal: string
    readonly retiring_principal?: string
    /** Entity or display name of who made it. */
    readonly issuing_account?: string
    readonly operations: readonly string[]
    readonly encryption_context_equals: Readonly<Record<string, string>>
    readonly encryption_context_subset: Readonly<Record<string, string>>
    readonly creation_date: string
  }>>
}

export interface KmsCreateGrantInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Whom it gives the operations: an entity (`entity:ID`) or who has a policy (`policy:NAME`), or the ARN of either. */
  readonly grantee_principal?: string
  /** Who may retire it: an entity (`entity:ID`) or who has a policy (`policy:NAME`), or the ARN of either. */
  readonly retiring_principal?: string
  /**
   * What it gives: Encrypt, Decrypt, ReEncryptFrom, ReEncryptTo, GenerateDataKey, GenerateDataKeyWithoutPlaintext,
   * GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext, Sign, Verify, GenerateMac, VerifyMac,
   * DeriveSharedSecret, GetPublicKey, DescribeKey, CreateGrant, RetireGrant.
   */
  readonly operations?: readonly string[]
  /** Only with this encryption context. Of symmetric keys. */
  readonly encryption_context_equals?: Readonly<Record<string, string>>
  /** Only with an encryption context that has these pairs. Of symmetric keys. */
  readonly encryption_context_subset?: Readonly<Record<string, string>>
  /** Asking again with the same name, and all else the same, gives the same grant. */
  readonly name?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsCreateGrantData {
  readonly grant_id: string
  readonly grant_token: string
  readonly key_id: string
}

export interface KmsReadGrantInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Id of the grant. Required. */
  readonly grant_id: string
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsReadGrantData {
  readonly grant_id: string
  readonly key_id: string
  readonly key_arn: string
  readonly name?: string
  readonly grantee_principal: string
  readonly retiring_principal?: string
  /** Entity or display name of who made it. */
  readonly issuing_account?: string
  readonly operations: readonly string[]
  readonly encryption_context_equals: Readonly<Record<string, string>>
  readonly encryption_context_subset: Readonly<Record<string, string>>
  readonly creation_date: string
}

export interface KmsRevokeGrantInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** Id of the grant. Required. */
  readonly grant_id: string
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsRetireGrantInput {
  /** The token that came with the grant. */
  readonly grant_token?: string
  /** In place of the token: the key, with grant_id. */
  readonly key_id?: string
  /** In place of the token: the grant, with key_id. */
  readonly grant_id?: string
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsListRetirableGrantsInput {
  /** Who may retire them: an entity (`entity:ID`) or who has a policy (`policy:NAME`), or the ARN of either. Required. */
  readonly retiring_principal: string
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KmsListRetirableGrantsData {
  readonly keys: readonly string[]
  readonly key_info: Readonly<Record<string, {
    readonly grant_id: string
    readonly key_id: string
    readonly key_arn: string
    readonly name?: string
    readonly grantee_principal: string
    readonly retiring_principal?: string
    /** Entity or display name of who made it. */
    readonly issuing_account?: string
    readonly operations: readonly string[]
    readonly encryption_context_equals: Readonly<Record<string, string>>
    readonly encryption_context_subset: Readonly<Record<string, string>>
    readonly creation_date: string
  }>>
  readonly next?: string
}

export interface KmsEncryptInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** What to encrypt, in base64: at most 4096 bytes. Required. */
  readonly plaintext: string
  /**
   * Names and values that the ciphertext is bound to, without being in it: decrypting needs the same again. Of
   * symmetric keys alone.
   */
  readonly encryption_context?: Readonly<Record<string, string>>
  /** SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1; absent: the usual one of the key. */
  readonly encryption_algorithm?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsEncryptData {
  readonly key_id: string
  /** Number of the version that made it. */
  readonly key_version: number
  readonly encryption_algorithm: string
  /** In base64. That of a symmetric key says which key opens it. */
  readonly ciphertext: string
}

export interface KmsDecryptInput {
  /** The ciphertext, in base64. Required. */
  readonly ciphertext: string
  /**
   * Names and values that the ciphertext is bound to, without being in it: decrypting needs the same again. Of
   * symmetric keys alone.
   */
  readonly encryption_context?: Readonly<Record<string, string>>
  /** SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1; absent: the usual one of the key. */
  readonly encryption_algorithm?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsDecryptData {
  readonly key_id: string
  readonly encryption_algorithm: string
  /** In base64. */
  readonly plaintext: string
}

export interface KmsDecryptWithKeyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** The ciphertext, in base64. Required. */
  readonly ciphertext: string
  /**
   * Names and values that the ciphertext is bound to, without being in it: decrypting needs the same again. Of
   * symmetric keys alone.
   */
  readonly encryption_context?: Readonly<Record<string, string>>
  /** SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1; absent: the usual one of the key. */
  readonly encryption_algorithm?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsReEncryptInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** The ciphertext, in base64. Required. */
  readonly ciphertext: string
  /**
   * Names and values that the ciphertext is bound to, without being in it: decrypting needs the same again. Of
   * symmetric keys alone.
   */
  readonly source_encryption_context?: Readonly<Record<string, string>>
  /**
   * Names and values that the ciphertext is bound to, without being in it: decrypting needs the same again. Of
   * symmetric keys alone.
   */
  readonly destination_encryption_context?: Readonly<Record<string, string>>
  /** SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1; absent: the usual one of the key. */
  readonly source_encryption_algorithm?: string
  /** SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1; absent: the usual one of the key. */
  readonly destination_encryption_algorithm?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsReEncryptData {
  readonly key_id: string
  /** Number of the version that made it. */
  readonly key_version: number
  readonly encryption_algorithm: string
  /** In base64. That of a symmetric key says which key opens it. */
  readonly ciphertext: string
  readonly source_key_id: string
  readonly source_encryption_algorithm: string
}

export interface KmsReEncryptWithKeyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly destination: string
  /** The ciphertext, in base64. Required. */
  readonly ciphertext: string
  /**
   * Names and values that the ciphertext is bound to, without being in it: decrypting needs the same again. Of
   * symmetric keys alone.
   */
  readonly source_encryption_context?: Readonly<Record<string, string>>
  /**
   * Names and values that the ciphertext is bound to, without being in it: decrypting needs the same again. Of
   * symmetric keys alone.
   */
  readonly destination_encryption_context?: Readonly<Record<string, string>>
  /** SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1; absent: the usual one of the key. */
  readonly source_encryption_algorithm?: string
  /** SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1; absent: the usual one of the key. */
  readonly destination_encryption_algorithm?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsCreateDataKeyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** AES_128 or AES_256. Default AES_256, unless number_of_bytes is given. */
  readonly key_spec?: string
  /** Length in bytes, 1 to 1024, in place of key_spec. */
  readonly number_of_bytes?: number
  /**
   * Names and values that the ciphertext is bound to, without being in it: decrypting needs the same again. Of
   * symmetric keys alone.
   */
  readonly encryption_context?: Readonly<Record<string, string>>
  /** Whether the reply has the secret in clear as well. Key policies and grants tell the two apart. Default true. */
  readonly plaintext?: boolean
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsCreateDataKeyData {
  readonly key_id: string
  readonly ciphertext: string
  readonly plaintext?: string
}

export interface KmsCreateDataKeyPairInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /**
   * RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, ECC_NIST_EDWARDS25519.
   * Required.
   */
  readonly key_pair_spec: string
  /**
   * Names and values that the ciphertext is bound to, without being in it: decrypting needs the same again. Of
   * symmetric keys alone.
   */
  readonly encryption_context?: Readonly<Record<string, string>>
  /** Whether the reply has the secret in clear as well. Key policies and grants tell the two apart. Default true. */
  readonly plaintext?: boolean
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsCreateDataKeyPairData {
  readonly key_id: string
  readonly key_pair_spec: string
  /** PEM of SubjectPublicKeyInfo. */
  readonly public_key: string
  /** Of PKCS #8, in base64. */
  readonly private_key_ciphertext: string
  /** PKCS #8, in base64. */
  readonly private_key?: string
}

export interface KmsSignInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** The message, in base64: at most 4096 bytes. Required. */
  readonly message: string
  /**
   * RAW: the message. DIGEST: its hash, by the algorithm's. EXTERNAL_MU: of ML-DSA, 64 bytes (FIPS 204 section 6.2).
   * One of RAW, DIGEST, EXTERNAL_MU. Default RAW.
   */
  readonly message_type?: "RAW" | "DIGEST" | "EXTERNAL_MU"
  /** Such as RSASSA_PSS_SHA_256; absent: the usual one of the key, which it is described with. */
  readonly signing_algorithm?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsSignData {
  readonly key_id: string
  readonly signing_algorithm: string
  /** In base64. ECDSA: DER. */
  readonly signature: string
}

export interface KmsVerifyInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** The message, in base64: at most 4096 bytes. Required. */
  readonly message: string
  /**
   * RAW: the message. DIGEST: its hash, by the algorithm's. EXTERNAL_MU: of ML-DSA, 64 bytes (FIPS 204 section 6.2).
   * One of RAW, DIGEST, EXTERNAL_MU. Default RAW.
   */
  readonly message_type?: "RAW" | "DIGEST" | "EXTERNAL_MU"
  /** Such as RSASSA_PSS_SHA_256; absent: the usual one of the key, which it is described with. */
  readonly signing_algorithm?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
  /** In base64. Required. */
  readonly signature: string
}

export interface KmsVerifyData {
  readonly key_id: string
  readonly valid: boolean
  readonly signing_algorithm: string
}

export interface KmsMacInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** The message, in base64: at most 4096 bytes. Required. */
  readonly message: string
  /** HMAC_SHA_224, _256, _384 or _512; absent: that of the key. */
  readonly mac_algorithm?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsMacData {
  readonly key_id: string
  readonly mac_algorithm: string
  readonly mac: string
}

export interface KmsVerifyMacInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** The message, in base64: at most 4096 bytes. Required. */
  readonly message: string
  /** HMAC_SHA_224, _256, _384 or _512; absent: that of the key. */
  readonly mac_algorithm?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
  /** In base64. Required. */
  readonly mac: string
}

export interface KmsVerifyMacData {
  readonly key_id: string
  readonly valid: boolean
  readonly mac_algorithm: string
}

export interface KmsDeriveSharedSecretInput {
  /** The key's id, or one of its aliases without `alias/`. Required. */
  readonly id: string
  /** The other side's public key on the same curve: SubjectPublicKeyInfo, as PEM or DER in base64. Required. */
  readonly public_key: string
  /** ECDH. */
  readonly key_agreement_algorithm?: string
  /** Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused. */
  readonly grant_tokens?: readonly string[]
  /** Only tries whether it would succeed: then the answer is an error of the kind DryRun. Default false. */
  readonly dry_run?: boolean
}

export interface KmsDeriveSharedSecretData {
  readonly key_id: string
  readonly key_agreement_algorithm: string
  readonly key_origin: string
  /** In base64. */
  readonly shared_secret: string
}

export interface KmsRandomInput {
  /** How many bytes, 1 to 131072. Default 32. */
  readonly bytes?: number
  /** How the answer is written: hex or base64. Default base64. */
  readonly format?: string
  /** Where the bytes come from: platform, seal or all. Default platform. */
  readonly source?: string
  /** As `bytes`, which it outranks. */
  readonly urlbytes?: string
}

export interface KmsRandomData {
  /** The bytes, in the format asked for. */
  readonly random_bytes: string
}

export interface KmsRandomFromInput {
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

export interface KmsRandomFromOfInput {
  /** Where the bytes come from: platform, seal or all. Required. */
  readonly source: string
  /** As `bytes`, which it outranks. Required. */
  readonly urlbytes: string
  /** How many bytes, 1 to 131072. Default 32. */
  readonly bytes?: number
  /** How the answer is written: hex or base64. Default base64. */
  readonly format?: string
}

export interface KmsListAwsCredentialsInput {
  /** List only names after this one, which need not exist. */
  readonly after?: string
  /** List at most so many names; 0 lists all. Default 0. */
  readonly limit?: number
}

export interface KmsCreateAwsCredentialInput {
  /** Policies of its requests. Needed; without sudo, only of your own. */
  readonly policies?: readonly string[]
  /** Who or what it is for. */
  readonly description?: string
  /** How long it is good for; 0: until it is deleted. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly ttl?: number | string
}

export interface KmsCreateAwsCredentialData {
  readonly access_key_id: string
  readonly policies: readonly string[]
  readonly description: string
  readonly created: string
  /** Absent: it is good until it is deleted. */
  readonly expires?: string
  /** Shown this once. */
  readonly secret_access_key: string
}

export interface KmsReadAwsCredentialInput {
  /** Names the credential. Required. */
  readonly access_key_id: string
}

export interface KmsReadAwsCredentialData {
  readonly access_key_id: string
  readonly policies: readonly string[]
  readonly description: string
  readonly created: string
  /** Absent: it is good until it is deleted. */
  readonly expires?: string
  /** False once its token was revoked. */
  readonly valid: boolean
}

export interface KmsDeleteAwsCredentialInput {
  /** Names the credential. Required. */
  readonly access_key_id: string
}

const LIST_KEYS: Operation = {
  service: 'Kms',
  rpc: 'ListKeys',
  verb: 'LIST',
  path: '{mount}/keys',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const CREATE_KEY: Operation = {
  service: 'Kms',
  rpc: 'CreateKey',
  verb: 'POST',
  path: '{mount}/keys',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', arn: 'value', account_id: 'value', creation_date: 'value', enabled: 'value', description: 'value', key_usage: 'value', key_spec: 'value', key_state: 'value', key_manager: 'value', origin: 'value', exportable: 'value', multi_region: 'value', key_version: 'value', encryption_algorithms: { list: 'value' }, signing_algorithms: { list: 'value' }, mac_algorithms: { list: 'value' }, key_agreement_algorithms: { list: 'value' }, deletion_date: 'value', pending_window_in_days: 'value', expiration_model: 'value', valid_to: 'value', aliases: { list: 'value' }, tags: { map: 'value' } } },
}

const DESCRIBE_KEY: Operation = {
  service: 'Kms',
  rpc: 'DescribeKey',
  verb: 'GET',
  path: '{mount}/keys/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', arn: 'value', account_id: 'value', creation_date: 'value', enabled: 'value', description: 'value', key_usage: 'value', key_spec: 'value', key_state: 'value', key_manager: 'value', origin: 'value', exportable: 'value', multi_region: 'value', key_version: 'value', encryption_algorithms: { list: 'value' }, signing_algorithms: { list: 'value' }, mac_algorithms: { list: 'value' }, key_agreement_algorithms: { list: 'value' }, deletion_date: 'value', pending_window_in_days: 'value', expiration_model: 'value', valid_to: 'value', aliases: { list: 'value' }, tags: { map: 'value' } } },
}

const WRITE_KEY: Operation = {
  service: 'Kms',
  rpc: 'WriteKey',
  verb: 'POST',
  path: '{mount}/keys/{id}',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', arn: 'value', account_id: 'value', creation_date: 'value', enabled: 'value', description: 'value', key_usage: 'value', key_spec: 'value', key_state: 'value', key_manager: 'value', origin: 'value', exportable: 'value', multi_region: 'value', key_version: 'value', encryption_algorithms: { list: 'value' }, signing_algorithms: { list: 'value' }, mac_algorithms: { list: 'value' }, key_agreement_algorithms: { list: 'value' }, deletion_date: 'value', pending_window_in_days: 'value', expiration_model: 'value', valid_to: 'value', aliases: { list: 'value' }, tags: { map: 'value' } } },
}

const SCHEDULE_KEY_DELETION: Operation = {
  service: 'Kms',
  rpc: 'ScheduleKeyDeletion',
  verb: 'DELETE',
  path: '{mount}/keys/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const ENABLE_KEY: Operation = {
  service: 'Kms',
  rpc: 'EnableKey',
  verb: 'POST',
  path: '{mount}/keys/{id}/enable',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', arn: 'value', account_id: 'value', creation_date: 'value', enabled: 'value', description: 'value', key_usage: 'value', key_spec: 'value', key_state: 'value', key_manager: 'value', origin: 'value', exportable: 'value', multi_region: 'value', key_version: 'value', encryption_algorithms: { list: 'value' }, signing_algorithms: { list: 'value' }, mac_algorithms: { list: 'value' }, key_agreement_algorithms: { list: 'value' }, deletion_date: 'value', pending_window_in_days: 'value', expiration_model: 'value', valid_to: 'value', aliases: { list: 'value' }, tags: { map: 'value' } } },
}

const DISABLE_KEY: Operation = {
  service: 'Kms',
  rpc: 'DisableKey',
  verb: 'POST',
  path: '{mount}/keys/{id}/disable',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', arn: 'value', account_id: 'value', creation_date: 'value', enabled: 'value', description: 'value', key_usage: 'value', key_spec: 'value', key_state: 'value', key_manager: 'value', origin: 'value', exportable: 'value', multi_region: 'value', key_version: 'value', encryption_algorithms: { list: 'value' }, signing_algorithms: { list: 'value' }, mac_algorithms: { list: 'value' }, key_agreement_algorithms: { list: 'value' }, deletion_date: 'value', pending_window_in_days: 'value', expiration_model: 'value', valid_to: 'value', aliases: { list: 'value' }, tags: { map: 'value' } } },
}

const CANCEL_KEY_DELETION: Operation = {
  service: 'Kms',
  rpc: 'CancelKeyDeletion',
  verb: 'POST',
  path: '{mount}/keys/{id}/cancel-deletion',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', arn: 'value', account_id: 'value', creation_date: 'value', enabled: 'value', description: 'value', key_usage: 'value', key_spec: 'value', key_state: 'value', key_manager: 'value', origin: 'value', exportable: 'value', multi_region: 'value', key_version: 'value', encryption_algorithms: { list: 'value' }, signing_algorithms: { list: 'value' }, mac_algorithms: { list: 'value' }, key_agreement_algorithms: { list: 'value' }, deletion_date: 'value', pending_window_in_days: 'value', expiration_model: 'value', valid_to: 'value', aliases: { list: 'value' }, tags: { map: 'value' } } },
}

const READ_PUBLIC_KEY: Operation = {
  service: 'Kms',
  rpc: 'ReadPublicKey',
  verb: 'GET',
  path: '{mount}/keys/{id}/public',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', key_spec: 'value', key_usage: 'value', public_key: 'value', algorithms: { list: 'value' } } },
}

const EXPORT_KEY: Operation = {
  service: 'Kms',
  rpc: 'ExportKey',
  verb: 'GET',
  path: '{mount}/keys/{id}/export',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', key_spec: 'value', keys: { map: 'value' } } },
}

const ROTATE_KEY: Operation = {
  service: 'Kms',
  rpc: 'RotateKey',
  verb: 'POST',
  path: '{mount}/keys/{id}/rotate',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', key_version: 'value' } },
}

const READ_ROTATION: Operation = {
  service: 'Kms',
  rpc: 'ReadRotation',
  verb: 'GET',
  path: '{mount}/keys/{id}/rotation',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', automatic: 'value', rotation_period_in_days: 'value', next_rotation_date: 'value' } },
}

const SET_ROTATION: Operation = {
  service: 'Kms',
  rpc: 'SetRotation',
  verb: 'POST',
  path: '{mount}/keys/{id}/rotation',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', automatic: 'value', rotation_period_in_days: 'value', next_rotation_date: 'value' } },
}

const READ_ROTATIONS: Operation = {
  service: 'Kms',
  rpc: 'ReadRotations',
  verb: 'GET',
  path: '{mount}/keys/{id}/rotations',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', rotations: { list: { object: { key_version: 'value', rotation_date: 'value', rotation_type: 'value' } } } } },
}

const LIST_ALIASES: Operation = {
  service: 'Kms',
  rpc: 'ListAliases',
  verb: 'LIST',
  path: '{mount}/aliases',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { alias: 'value', arn: 'value', key_id: 'value', creation_date: 'value', last_updated_date: 'value' } } } } },
}

const READ_ALIAS: Operation = {
  service: 'Kms',
  rpc: 'ReadAlias',
  verb: 'GET',
  path: '{mount}/aliases/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: { object: { alias: 'value', arn: 'value', key_id: 'value', creation_date: 'value', last_updated_date: 'value' } },
}

const DELETE_ALIAS: Operation = {
  service: 'Kms',
  rpc: 'DeleteAlias',
  verb: 'DELETE',
  path: '{mount}/aliases/{name=**}',
  sole: 'name',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_KEY_ALIASES: Operation = {
  service: 'Kms',
  rpc: 'ListKeyAliases',
  verb: 'LIST',
  path: '{mount}/keys/{id}/aliases',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { alias: 'value', arn: 'value', key_id: 'value', creation_date: 'value', last_updated_date: 'value' } } } } },
}

const PUT_KEY_ALIAS: Operation = {
  service: 'Kms',
  rpc: 'PutKeyAlias',
  verb: 'POST',
  path: '{mount}/keys/{id}/aliases/{name=**}',
  safe: false,
  answers: 'data',
  shape: { object: { alias: 'value', arn: 'value', key_id: 'value', creation_date: 'value', last_updated_date: 'value' } },
}

const DELETE_KEY_ALIAS: Operation = {
  service: 'Kms',
  rpc: 'DeleteKeyAlias',
  verb: 'DELETE',
  path: '{mount}/keys/{id}/aliases/{name=**}',
  safe: true,
  answers: 'data',
  shape: { object: { alias: 'value', arn: 'value', key_id: 'value', creation_date: 'value', last_updated_date: 'value' } },
}

const GET_PARAMETERS_FOR_IMPORT: Operation = {
  service: 'Kms',
  rpc: 'GetParametersForImport',
  verb: 'POST',
  path: '{mount}/keys/{id}/import/parameters',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', import_token: 'value', public_key: 'value', parameters_valid_to: 'value' } },
}

const IMPORT_KEY_MATERIAL: Operation = {
  service: 'Kms',
  rpc: 'ImportKeyMaterial',
  verb: 'POST',
  path: '{mount}/keys/{id}/import',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', arn: 'value', account_id: 'value', creation_date: 'value', enabled: 'value', description: 'value', key_usage: 'value', key_spec: 'value', key_state: 'value', key_manager: 'value', origin: 'value', exportable: 'value', multi_region: 'value', key_version: 'value', encryption_algorithms: { list: 'value' }, signing_algorithms: { list: 'value' }, mac_algorithms: { list: 'value' }, key_agreement_algorithms: { list: 'value' }, deletion_date: 'value', pending_window_in_days: 'value', expiration_model: 'value', valid_to: 'value' } },
}

const DELETE_IMPORTED_KEY_MATERIAL: Operation = {
  service: 'Kms',
  rpc: 'DeleteImportedKeyMaterial',
  verb: 'DELETE',
  path: '{mount}/keys/{id}/import',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', arn: 'value', account_id: 'value', creation_date: 'value', enabled: 'value', description: 'value', key_usage: 'value', key_spec: 'value', key_state: 'value', key_manager: 'value', origin: 'value', exportable: 'value', multi_region: 'value', key_version: 'value', encryption_algorithms: { list: 'value' }, signing_algorithms: { list: 'value' }, mac_algorithms: { list: 'value' }, key_agreement_algorithms: { list: 'value' }, deletion_date: 'value', pending_window_in_days: 'value', expiration_model: 'value', valid_to: 'value' } },
}

const READ_KEY_POLICY: Operation = {
  service: 'Kms',
  rpc: 'ReadKeyPolicy',
  verb: 'GET',
  path: '{mount}/keys/{id}/policy',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', policy_name: 'value', policy: 'value' } },
}

const PUT_KEY_POLICY: Operation = {
  service: 'Kms',
  rpc: 'PutKeyPolicy',
  verb: 'POST',
  path: '{mount}/keys/{id}/policy',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', policy_name: 'value', policy: 'value' } },
}

const READ_KEY_TAGS: Operation = {
  service: 'Kms',
  rpc: 'ReadKeyTags',
  verb: 'GET',
  path: '{mount}/keys/{id}/tags',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', tags: { map: 'value' } } },
}

const ADD_KEY_TAGS: Operation = {
  service: 'Kms',
  rpc: 'AddKeyTags',
  verb: 'POST',
  path: '{mount}/keys/{id}/tags',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { key_id: 'value', tags: { map: 'value' } } },
}

const REMOVE_KEY_TAGS: Operation = {
  service: 'Kms',
  rpc: 'RemoveKeyTags',
  verb: 'DELETE',
  path: '{mount}/keys/{id}/tags',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const LIST_GRANTS: Operation = {
  service: 'Kms',
  rpc: 'ListGrants',
  verb: 'LIST',
  path: '{mount}/keys/{id}/grants',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { grant_id: 'value', key_id: 'value', key_arn: 'value', name: 'value', grantee_principal: 'value', retiring_principal: 'value', issuing_account: 'value', operations: { list: 'value' }, encryption_context_equals: { map: 'value' }, encryption_context_subset: { map: 'value' }, creation_date: 'value' } } } } },
}

const CREATE_GRANT: Operation = {
  service: 'Kms',
  rpc: 'CreateGrant',
  verb: 'POST',
  path: '{mount}/keys/{id}/grants',
  sole: 'id',
  safe: false,
  answers: 'data',
  shape: { object: { grant_id: 'value', grant_token: 'value', key_id: 'value' } },
}

const READ_GRANT: Operation = {
  service: 'Kms',
  rpc: 'ReadGrant',
  verb: 'GET',
  path: '{mount}/keys/{id}/grants/{grant_id}',
  safe: true,
  answers: 'data',
  shape: { object: { grant_id: 'value', key_id: 'value', key_arn: 'value', name: 'value', grantee_principal: 'value', retiring_principal: 'value', issuing_account: 'value', operations: { list: 'value' }, encryption_context_equals: { map: 'value' }, encryption_context_subset: { map: 'value' }, creation_date: 'value' } },
}

const REVOKE_GRANT: Operation = {
  service: 'Kms',
  rpc: 'RevokeGrant',
  verb: 'DELETE',
  path: '{mount}/keys/{id}/grants/{grant_id}',
  safe: true,
  answers: 'data',
  shape: 'any',
}

const RETIRE_GRANT: Operation = {
  service: 'Kms',
  rpc: 'RetireGrant',
  verb: 'POST',
  path: '{mount}/grants/retire',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LIST_RETIRABLE_GRANTS: Operation = {
  service: 'Kms',
  rpc: 'ListRetirableGrants',
  verb: 'LIST',
  path: '{mount}/grants/retirable',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' }, key_info: { map: { object: { grant_id: 'value', key_id: 'value', key_arn: 'value', name: 'value', grantee_principal: 'value', retiring_principal: 'value', issuing_account: 'value', operations: { list: 'value' }, encryption_context_equals: { map: 'value' }, encryption_context_subset: { map: 'value' }, creation_date: 'value' } } }, next: 'value' } },
}

const ENCRYPT: Operation = {
  service: 'Kms',
  rpc: 'Encrypt',
  verb: 'POST',
  path: '{mount}/encrypt/{id}',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', key_version: 'value', encryption_algorithm: 'value', ciphertext: 'value' } },
}

const DECRYPT: Operation = {
  service: 'Kms',
  rpc: 'Decrypt',
  verb: 'POST',
  path: '{mount}/decrypt',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', encryption_algorithm: 'value', plaintext: 'value' } },
}

const DECRYPT_WITH_KEY: Operation = {
  service: 'Kms',
  rpc: 'DecryptWithKey',
  verb: 'POST',
  path: '{mount}/decrypt/{id}',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', encryption_algorithm: 'value', plaintext: 'value' } },
}

const RE_ENCRYPT: Operation = {
  service: 'Kms',
  rpc: 'ReEncrypt',
  verb: 'POST',
  path: '{mount}/re-encrypt/{id}',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', key_version: 'value', encryption_algorithm: 'value', ciphertext: 'value', source_key_id: 'value', source_encryption_algorithm: 'value' } },
}

const RE_ENCRYPT_WITH_KEY: Operation = {
  service: 'Kms',
  rpc: 'ReEncryptWithKey',
  verb: 'POST',
  path: '{mount}/re-encrypt/{id}/{destination}',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', key_version: 'value', encryption_algorithm: 'value', ciphertext: 'value', source_key_id: 'value', source_encryption_algorithm: 'value' } },
}

const CREATE_DATA_KEY: Operation = {
  service: 'Kms',
  rpc: 'CreateDataKey',
  verb: 'POST',
  path: '{mount}/datakey/{id}',
  sole: 'id',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', ciphertext: 'value', plaintext: 'value' } },
}

const CREATE_DATA_KEY_PAIR: Operation = {
  service: 'Kms',
  rpc: 'CreateDataKeyPair',
  verb: 'POST',
  path: '{mount}/datakeypair/{id}',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', key_pair_spec: 'value', public_key: 'value', private_key_ciphertext: 'value', private_key: 'value' } },
}

const SIGN: Operation = {
  service: 'Kms',
  rpc: 'Sign',
  verb: 'POST',
  path: '{mount}/sign/{id}',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', signing_algorithm: 'value', signature: 'value' } },
}

const VERIFY: Operation = {
  service: 'Kms',
  rpc: 'Verify',
  verb: 'POST',
  path: '{mount}/verify/{id}',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', valid: 'value', signing_algorithm: 'value' } },
}

const MAC: Operation = {
  service: 'Kms',
  rpc: 'Mac',
  verb: 'POST',
  path: '{mount}/mac/{id}',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', mac_algorithm: 'value', mac: 'value' } },
}

const VERIFY_MAC: Operation = {
  service: 'Kms',
  rpc: 'VerifyMac',
  verb: 'POST',
  path: '{mount}/verify-mac/{id}',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', valid: 'value', mac_algorithm: 'value' } },
}

const DERIVE_SHARED_SECRET: Operation = {
  service: 'Kms',
  rpc: 'DeriveSharedSecret',
  verb: 'POST',
  path: '{mount}/derive/{id}',
  safe: true,
  answers: 'data',
  shape: { object: { key_id: 'value', key_agreement_algorithm: 'value', key_origin: 'value', shared_secret: 'value' } },
}

const RANDOM: Operation = {
  service: 'Kms',
  rpc: 'Random',
  verb: 'POST',
  path: '{mount}/random',
  safe: true,
  answers: 'data',
  shape: { object: { random_bytes: 'value' } },
}

const RANDOM_FROM: Operation = {
  service: 'Kms',
  rpc: 'RandomFrom',
  verb: 'POST',
  path: '{mount}/random/{source_or_bytes}',
  sole: 'source_or_bytes',
  safe: true,
  answers: 'data',
  shape: { object: { random_bytes: 'value' } },
}

const RANDOM_FROM_OF: Operation = {
  service: 'Kms',
  rpc: 'RandomFromOf',
  verb: 'POST',
  path: '{mount}/random/{source}/{urlbytes}',
  safe: true,
  answers: 'data',
  shape: { object: { random_bytes: 'value' } },
}

const LIST_AWS_CREDENTIALS: Operation = {
  service: 'Kms',
  rpc: 'ListAwsCredentials',
  verb: 'LIST',
  path: '{mount}/aws-credentials',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const CREATE_AWS_CREDENTIAL: Operation = {
  service: 'Kms',
  rpc: 'CreateAwsCredential',
  verb: 'POST',
  path: '{mount}/aws-credentials',
  safe: false,
  answers: 'data',
  shape: { object: { access_key_id: 'value', policies: { list: 'value' }, description: 'value', created: 'value', expires: 'value', secret_access_key: 'value' } },
}

const READ_AWS_CREDENTIAL: Operation = {
  service: 'Kms',
  rpc: 'ReadAwsCredential',
  verb: 'GET',
  path: '{mount}/aws-credentials/{access_key_id}',
  sole: 'access_key_id',
  safe: true,
  answers: 'data',
  shape: { object: { access_key_id: 'value', policies: { list: 'value' }, description: 'value', created: 'value', expires: 'value', valid: 'value' } },
}

const DELETE_AWS_CREDENTIAL: Operation = {
  service: 'Kms',
  rpc: 'DeleteAwsCredential',
  verb: 'DELETE',
  path: '{mount}/aws-credentials/{access_key_id}',
  sole: 'access_key_id',
  safe: true,
  answers: 'data',
  shape: 'any',
}

/** Keys with a managed life: states, aliases, policies, grants, rotation, deletion. */
export class Kms extends Group {
  /** List the keys, and make one. */
  listKeys(input: KmsListKeysInput = {}, options?: CallOptions): Promise<Reply<KmsListKeysData>> {
    return this.ask<KmsListKeysData>(LIST_KEYS, { ...input }, options)
  }

  /** List the keys, and make one. */
  createKey(input: KmsCreateKeyInput = {}, options?: CallOptions): Promise<Reply<KmsCreateKeyData>> {
    return this.ask<KmsCreateKeyData>(CREATE_KEY, { ...input }, options)
  }

  /**
   * Make, read, describe and delete a key. A name that no key has makes a key with this alias; then the id is in the
   * reply. Writing to a key that is there changes its description. Deleting begins a waiting period, in which the key
   * can be had back.
   */
  describeKey(input: string | KmsDescribeKeyInput, options?: CallOptions): Promise<Reply<KmsCreateKeyData>> {
    return this.ask<KmsCreateKeyData>(DESCRIBE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Make, read, describe and delete a key. A name that no key has makes a key with this alias; then the id is in the
   * reply. Writing to a key that is there changes its description. Deleting begins a waiting period, in which the key
   * can be had back.
   */
  writeKey(input: string | KmsWriteKeyInput, options?: CallOptions): Promise<Reply<KmsCreateKeyData>> {
    return this.ask<KmsCreateKeyData>(WRITE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Make, read, describe and delete a key. A name that no key has makes a key with this alias; then the id is in the
   * reply. Writing to a key that is there changes its description. Deleting begins a waiting period, in which the key
   * can be had back.
   */
  scheduleKeyDeletion(input: string | KmsScheduleKeyDeletionInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(SCHEDULE_KEY_DELETION, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Put a key into use. */
  enableKey(input: string | KmsEnableKeyInput, options?: CallOptions): Promise<Reply<KmsCreateKeyData>> {
    return this.ask<KmsCreateKeyData>(ENABLE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Put a key out of use, until it is enabled again. */
  disableKey(input: string | KmsDisableKeyInput, options?: CallOptions): Promise<Reply<KmsCreateKeyData>> {
    return this.ask<KmsCreateKeyData>(DISABLE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Keep a key that waits for its deletion; it is disabled then. */
  cancelKeyDeletion(input: string | KmsCancelKeyDeletionInput, options?: CallOptions): Promise<Reply<KmsCreateKeyData>> {
    return this.ask<KmsCreateKeyData>(CANCEL_KEY_DELETION, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read the public key of a pair. */
  readPublicKey(input: string | KmsReadPublicKeyInput, options?: CallOptions): Promise<Reply<KmsReadPublicKeyData>> {
    return this.ask<KmsReadPublicKeyData>(READ_PUBLIC_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read the material of a key that was made exportable. */
  exportKey(input: string | KmsExportKeyInput, options?: CallOptions): Promise<Reply<KmsExportKeyData>> {
    return this.ask<KmsExportKeyData>(EXPORT_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Give a symmetric key new material. New ciphertexts are made with it; older ones keep opening. */
  rotateKey(input: string | KmsRotateKeyInput, options?: CallOptions): Promise<Reply<KmsRotateKeyData>> {
    return this.ask<KmsRotateKeyData>(ROTATE_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read and set when a symmetric key is rotated by itself. */
  readRotation(input: string | KmsReadRotationInput, options?: CallOptions): Promise<Reply<KmsReadRotationData>> {
    return this.ask<KmsReadRotationData>(READ_ROTATION, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read and set when a symmetric key is rotated by itself. */
  setRotation(input: string | KmsSetRotationInput, options?: CallOptions): Promise<Reply<KmsReadRotationData>> {
    return this.ask<KmsReadRotationData>(SET_ROTATION, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List when and why a key was rotated. */
  readRotations(input: string | KmsReadRotationsInput, options?: CallOptions): Promise<Reply<KmsReadRotationsData>> {
    return this.ask<KmsReadRotationsData>(READ_ROTATIONS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List the aliases of all keys. */
  listAliases(input: KmsListAliasesInput = {}, options?: CallOptions): Promise<Reply<KmsListAliasesData>> {
    return this.ask<KmsListAliasesData>(LIST_ALIASES, { ...input }, options)
  }

  /** Read and remove an alias. */
  readAlias(input: string | KmsReadAliasInput, options?: CallOptions): Promise<Reply<KmsReadAliasData>> {
    return this.ask<KmsReadAliasData>(READ_ALIAS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read and remove an alias. */
  deleteAlias(input: string | KmsDeleteAliasInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_ALIAS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** List the aliases of a key. */
  listKeyAliases(input: string | KmsListKeyAliasesInput, options?: CallOptions): Promise<Reply<KmsListAliasesData>> {
    return this.ask<KmsListAliasesData>(LIST_KEY_ALIASES, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Give a key an alias, or move one here from another key. A new alias is a `create`, one that is there an `update`,
   * whichever key it is of.
   */
  putKeyAlias(input: KmsPutKeyAliasInput, options?: CallOptions): Promise<Reply<KmsReadAliasData>> {
    return this.ask<KmsReadAliasData>(PUT_KEY_ALIAS, { ...input }, options)
  }

  /**
   * Give a key an alias, or move one here from another key. A new alias is a `create`, one that is there an `update`,
   * whichever key it is of.
   */
  deleteKeyAlias(input: KmsDeleteKeyAliasInput, options?: CallOptions): Promise<Reply<KmsReadAliasData>> {
    return this.ask<KmsReadAliasData>(DELETE_KEY_ALIAS, { ...input }, options)
  }

  /**
   * Get a public key that material can be wrapped with, and a token for its import. They are good for a day and one
   * import. Asking again makes those of before useless.
   */
  getParametersForImport(input: string | KmsGetParametersForImportInput, options?: CallOptions): Promise<Reply<KmsGetParametersForImportData>> {
    return this.ask<KmsGetParametersForImportData>(GET_PARAMETERS_FOR_IMPORT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Bring material, and delete it. A key without its material waits for it, and takes only the same again. */
  importKeyMaterial(input: string | KmsImportKeyMaterialInput, options?: CallOptions): Promise<Reply<KmsImportKeyMaterialData>> {
    return this.ask<KmsImportKeyMaterialData>(IMPORT_KEY_MATERIAL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Bring material, and delete it. A key without its material waits for it, and takes only the same again. */
  deleteImportedKeyMaterial(input: string | KmsDeleteImportedKeyMaterialInput, options?: CallOptions): Promise<Reply<KmsImportKeyMaterialData>> {
    return this.ask<KmsImportKeyMaterialData>(DELETE_IMPORTED_KEY_MATERIAL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read and write the policy of a key. */
  readKeyPolicy(input: string | KmsReadKeyPolicyInput, options?: CallOptions): Promise<Reply<KmsReadKeyPolicyData>> {
    return this.ask<KmsReadKeyPolicyData>(READ_KEY_POLICY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read and write the policy of a key. */
  putKeyPolicy(input: string | KmsPutKeyPolicyInput, options?: CallOptions): Promise<Reply<KmsReadKeyPolicyData>> {
    return this.ask<KmsReadKeyPolicyData>(PUT_KEY_POLICY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, add and remove tags of a key. */
  readKeyTags(input: string | KmsReadKeyTagsInput, options?: CallOptions): Promise<Reply<KmsReadKeyTagsData>> {
    return this.ask<KmsReadKeyTagsData>(READ_KEY_TAGS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, add and remove tags of a key. */
  addKeyTags(input: string | KmsAddKeyTagsInput, options?: CallOptions): Promise<Reply<KmsReadKeyTagsData>> {
    return this.ask<KmsReadKeyTagsData>(ADD_KEY_TAGS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read, add and remove tags of a key. */
  removeKeyTags(input: string | KmsRemoveKeyTagsInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(REMOVE_KEY_TAGS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Grant somebody the use of a key, and list the grants. */
  listGrants(input: string | KmsListGrantsInput, options?: CallOptions): Promise<Reply<KmsListGrantsData>> {
    return this.ask<KmsListGrantsData>(LIST_GRANTS, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Grant somebody the use of a key, and list the grants. */
  createGrant(input: string | KmsCreateGrantInput, options?: CallOptions): Promise<Reply<KmsCreateGrantData>> {
    return this.ask<KmsCreateGrantData>(CREATE_GRANT, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Read and revoke a grant. */
  readGrant(input: KmsReadGrantInput, options?: CallOptions): Promise<Reply<KmsReadGrantData>> {
    return this.ask<KmsReadGrantData>(READ_GRANT, { ...input }, options)
  }

  /** Read and revoke a grant. */
  revokeGrant(input: KmsRevokeGrantInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(REVOKE_GRANT, { ...input }, options)
  }

  /**
   * Retire a grant, by the one who may. The grant says who: its retiring principal, and its grantee where RetireGrant
   * is among the operations.
   */
  retireGrant(input: KmsRetireGrantInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(RETIRE_GRANT, { ...input }, options)
  }

  /** List the grants that somebody may retire, of all keys. `after` goes on behind what `next` of the former page says. */
  listRetirableGrants(input: KmsListRetirableGrantsInput, options?: CallOptions): Promise<Reply<KmsListRetirableGrantsData>> {
    return this.ask<KmsListRetirableGrantsData>(LIST_RETIRABLE_GRANTS, { ...input }, options)
  }

  /** Encrypt with a key. */
  encrypt(input: KmsEncryptInput, options?: CallOptions): Promise<Reply<KmsEncryptData>> {
    return this.ask<KmsEncryptData>(ENCRYPT, { ...input }, options)
  }

  /**
   * Decrypt with the key that the ciphertext names. Of symmetric keys. Who may call it may decrypt with every key
   * whose key policy does not object.
   */
  decrypt(input: KmsDecryptInput, options?: CallOptions): Promise<Reply<KmsDecryptData>> {
    return this.ask<KmsDecryptData>(DECRYPT, { ...input }, options)
  }

  /** Decrypt with a key. */
  decryptWithKey(input: KmsDecryptWithKeyInput, options?: CallOptions): Promise<Reply<KmsDecryptData>> {
    return this.ask<KmsDecryptData>(DECRYPT_WITH_KEY, { ...input }, options)
  }

  /** Encrypt a ciphertext of a key anew, with its latest version or another encryption context. */
  reEncrypt(input: KmsReEncryptInput, options?: CallOptions): Promise<Reply<KmsReEncryptData>> {
    return this.ask<KmsReEncryptData>(RE_ENCRYPT, { ...input }, options)
  }

  /** Encrypt a ciphertext of one key with another. The path names both, so that policies decide on both. */
  reEncryptWithKey(input: KmsReEncryptWithKeyInput, options?: CallOptions): Promise<Reply<KmsReEncryptData>> {
    return this.ask<KmsReEncryptData>(RE_ENCRYPT_WITH_KEY, { ...input }, options)
  }

  /** Make a random key and encrypt it with a symmetric key. It is not kept: `decrypt` opens its ciphertext. */
  createDataKey(input: string | KmsCreateDataKeyInput, options?: CallOptions): Promise<Reply<KmsCreateDataKeyData>> {
    return this.ask<KmsCreateDataKeyData>(CREATE_DATA_KEY, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make a pair and encrypt its private key with a symmetric key. It is not kept: `decrypt` opens the private key. */
  createDataKeyPair(input: KmsCreateDataKeyPairInput, options?: CallOptions): Promise<Reply<KmsCreateDataKeyPairData>> {
    return this.ask<KmsCreateDataKeyPairData>(CREATE_DATA_KEY_PAIR, { ...input }, options)
  }

  /** Sign with a key. */
  sign(input: KmsSignInput, options?: CallOptions): Promise<Reply<KmsSignData>> {
    return this.ask<KmsSignData>(SIGN, { ...input }, options)
  }

  /** Say whether a signature is valid. */
  verify(input: KmsVerifyInput, options?: CallOptions): Promise<Reply<KmsVerifyData>> {
    return this.ask<KmsVerifyData>(VERIFY, { ...input }, options)
  }

  /** Authenticate a message with an HMAC key. */
  mac(input: KmsMacInput, options?: CallOptions): Promise<Reply<KmsMacData>> {
    return this.ask<KmsMacData>(MAC, { ...input }, options)
  }

  /** Say whether a MAC is valid. */
  verifyMac(input: KmsVerifyMacInput, options?: CallOptions): Promise<Reply<KmsVerifyMacData>> {
    return this.ask<KmsVerifyMacData>(VERIFY_MAC, { ...input }, options)
  }

  /**
   * Agree on a secret with another's public key. Both sides get the same bytes. They are no key yet: a key derivation
   * function makes one of them.
   */
  deriveSharedSecret(input: KmsDeriveSharedSecretInput, options?: CallOptions): Promise<Reply<KmsDeriveSharedSecretData>> {
    return this.ask<KmsDeriveSharedSecretData>(DERIVE_SHARED_SECRET, { ...input }, options)
  }

  /** Make random bytes. */
  random(input: KmsRandomInput = {}, options?: CallOptions): Promise<Reply<KmsRandomData>> {
    return this.ask<KmsRandomData>(RANDOM, { ...input }, options)
  }

  /** Make random bytes, of a source or a number that the path gives. */
  randomFrom(input: string | KmsRandomFromInput, options?: CallOptions): Promise<Reply<KmsRandomData>> {
    return this.ask<KmsRandomData>(RANDOM_FROM, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Make random bytes, of the source and number that the path gives. */
  randomFromOf(input: KmsRandomFromOfInput, options?: CallOptions): Promise<Reply<KmsRandomData>> {
    return this.ask<KmsRandomData>(RANDOM_FROM_OF, { ...input }, options)
  }

  /**
   * Credentials with which AWS clients use this mount. Makes an access key for clients of the AWS KMS protocol. Its
   * requests are judged by the policies that it is given, as those of a token are.
   */
  listAwsCredentials(input: KmsListAwsCredentialsInput = {}, options?: CallOptions): Promise<Reply<KmsListKeysData>> {
    return this.ask<KmsListKeysData>(LIST_AWS_CREDENTIALS, { ...input }, options)
  }

  /**
   * Credentials with which AWS clients use this mount. Makes an access key for clients of the AWS KMS protocol. Its
   * requests are judged by the policies that it is given, as those of a token are.
   */
  createAwsCredential(input: KmsCreateAwsCredentialInput = {}, options?: CallOptions): Promise<Reply<KmsCreateAwsCredentialData>> {
    return this.ask<KmsCreateAwsCredentialData>(CREATE_AWS_CREDENTIAL, { ...input }, options)
  }

  /** One credential for AWS clients. */
  readAwsCredential(input: string | KmsReadAwsCredentialInput, options?: CallOptions): Promise<Reply<KmsReadAwsCredentialData>> {
    return this.ask<KmsReadAwsCredentialData>(READ_AWS_CREDENTIAL, typeof input === 'string' ? input : { ...input }, options)
  }

  /** One credential for AWS clients. */
  deleteAwsCredential(input: string | KmsDeleteAwsCredentialInput, options?: CallOptions): Promise<Reply<undefined>> {
    return this.ask<undefined>(DELETE_AWS_CREDENTIAL, typeof input === 'string' ? input : { ...input }, options)
  }
}
