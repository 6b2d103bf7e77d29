/** What can be done with a key, by the names that key policies and grants use (AWS's, without `kms:`). */

/** What a grant can give. */
export const GRANT_OPERATIONS = [
  'Encrypt',
  'Decrypt',
  'ReEncryptFrom',
  'ReEncryptTo',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'Sign',
  'Verify',
  'GenerateMac',
  'VerifyMac',
  'DeriveSharedSecret',
  'GetPublicKey',
  'DescribeKey',
  'CreateGrant',
  'RetireGrant',
] as const
export type GrantOperation = (typeof GRANT_OPERATIONS)[number]

/** `ExportKey` is the only one that AWS does not have. */
export const ACTIONS = [
  ...GRANT_OPERATIONS,
  'CancelKeyDeletion',
  'CreateAlias',
  'DeleteAlias',
  'DeleteImportedKeyMaterial',
  'DisableKey',
  'DisableKeyRotation',
  'EnableKey',
  'EnableKeyRotation',
  'ExportKey',
  'GetKeyPolicy',
  'GetKeyRotationStatus',
  'GetParametersForImport',
  'ImportKeyMaterial',
  'ListGrants',
  'ListKeyPolicies',
  'ListKeyRotations',
  'ListResourceTags',
  'PutKeyPolicy',
  'RevokeGrant',
  'RotateKeyOnDemand',
  'ScheduleKeyDeletion',
  'TagResource',
  'UntagResource',
  'UpdateAlias',
  'UpdateKeyDescription',
] as const
export type Action = (typeof ACTIONS)[number]
