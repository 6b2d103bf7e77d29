// Generated from the route tables by `npm run proto`. Do not edit.
import type { DescMethod, DescService } from '@bufbuild/protobuf'

/** A service. */
export interface ListedService {
  readonly typeName: string
  /** Its methods that stand for a route, by what is a stream in them. */
  readonly methods: Readonly<Partial<Record<DescMethod['methodKind'], readonly string[]>>>
  /** Its descriptor. */
  readonly load: () => Promise<DescService>
}

export const SERVICES: readonly ListedService[] = [
  {
    typeName: 'egide.v1.Sys',
    methods: {
      server_streaming: ['Snapshot', 'CheckStorage', 'Monitor'],
      client_streaming: ['RestoreSnapshot', 'ForceRestoreSnapshot'],
      unary: ['ReadSnapshotKey', 'ReadMounts', 'ReadMount', 'Mount', 'Unmount', 'ReadMountTuning', 'WriteMountTuning', 'Remount', 'ReadRemountStatus', 'ListNamespaces', 'ScanNamespaces', 'ReadNamespace', 'WriteNamespace', 'PatchNamespace', 'DeleteNamespace', 'LockNamespace', 'UnlockNamespace', 'ReadConfigNamespace', 'WriteConfigNamespace', 'ReadNamespaceSealStatus', 'UnsealNamespace', 'SealNamespace', 'DeleteSealedNamespace', 'Hash', 'Random', 'ReadMetrics', 'ReadInFlightRequests', 'ReadLoggers', 'WriteLoggers', 'DeleteLoggers', 'ReadLogger', 'WriteLogger', 'DeleteLogger', 'ReadHostInfo', 'ListVersionHistory', 'ReadConfiguration', 'ReadConfigCors', 'WriteConfigCors', 'DeleteConfigCors', 'ListConfigUiHeaders', 'ReadConfigUiHeader', 'WriteConfigUiHeader', 'DeleteConfigUiHeader', 'ReadInternalRouter', 'ReadInternalRequest', 'ReadInternalCountersRequests', 'ReadInternalCountersTokens', 'ReadInternalCountersEntities', 'ReadOpenApi', 'ReadPluginCatalog', 'ListPlugins', 'ReadPlugin', 'WritePlugin', 'DeletePlugin', 'ReloadPlugin', 'ReadVisibleMounts', 'ReadVisibleMount', 'ReadVisibleNamespaces', 'ReadQuotaConfig', 'WriteQuotaConfig', 'ListRateLimits', 'ReadRateLimit', 'WriteRateLimit', 'DeleteRateLimit', 'ListLeaseCounts', 'ReadLeaseCount', 'WriteLeaseCount', 'DeleteLeaseCount', 'ReadInitStatus', 'Init', 'SealStatus', 'Unseal', 'Seal', 'Health', 'Leader', 'ReadHaStatus', 'StepDown', 'ReadKeyStatus', 'RotateKeyring', 'ReadRotateKeyringConfig', 'WriteRotateKeyringConfig', 'RotateRoot', 'ReadRekeyInit', 'WriteRekeyInit', 'DeleteRekeyInit', 'RekeyUpdate', 'ReadRekeyVerify', 'WriteRekeyVerify', 'DeleteRekeyVerify', 'ReadRekeyRecoveryKeyInit', 'WriteRekeyRecoveryKeyInit', 'DeleteRekeyRecoveryKeyInit', 'RekeyRecoveryKeyUpdate', 'ReadRekeyRecoveryKeyVerify', 'WriteRekeyRecoveryKeyVerify', 'DeleteRekeyRecoveryKeyVerify', 'ReadRotateRootInit', 'WriteRotateRootInit', 'DeleteRotateRootInit', 'RotateRootUpdate', 'ReadRotateRootVerify', 'WriteRotateRootVerify', 'DeleteRotateRootVerify', 'ReadRotateRecoveryInit', 'WriteRotateRecoveryInit', 'DeleteRotateRecoveryInit', 'RotateRecoveryUpdate', 'ReadRotateRecoveryVerify', 'WriteRotateRecoveryVerify', 'DeleteRotateRecoveryVerify', 'ReadRekeyBackup', 'DeleteRekeyBackup', 'ReadRekeyRecoveryKeyBackup', 'DeleteRekeyRecoveryKeyBackup', 'ReadRotateRootBackup', 'DeleteRotateRootBackup', 'ReadRotateRecoveryBackup', 'DeleteRotateRecoveryBackup', 'ReadGenerateRootAttempt', 'WriteGenerateRootAttempt', 'DeleteGenerateRootAttempt', 'GenerateRootUpdate', 'ReadGenerateRoot', 'WriteGenerateRoot', 'DeleteGenerateRoot', 'ReadGenerateRootTokenAttempt', 'WriteGenerateRootTokenAttempt', 'DeleteGenerateRootTokenAttempt', 'GenerateRootTokenUpdate', 'DecodeToken', 'ReadSealDrill', 'WriteSealDrill', 'DeleteSealDrill', 'SealDrillService', 'Wrap', 'LookupWrapping', 'Unwrap', 'Rewrap'],
    },
    load: async () => (await import('./egide/v1/sys_pb.ts')).Sys,
  },
  {
    typeName: 'egide.v1.Auth',
    methods: {
      unary: ['ReadLockedUsers', 'UnlockUser', 'ValidateMfa', 'ReadMethods', 'ReadMethod', 'Enable', 'Disable', 'ReadTuning', 'WriteTuning'],
    },
    load: async () => (await import('./egide/v1/auth_pb.ts')).Auth,
  },
  {
    typeName: 'egide.v1.Token',
    methods: {
      unary: ['Create', 'CreateOrphan', 'CreateUnderRole', 'Lookup', 'LookupSelf', 'LookupAccessor', 'ListAccessors', 'Renew', 'RenewSelf', 'RenewAccessor', 'Revoke', 'RevokeSelf', 'RevokeAccessor', 'RevokeOrphan', 'Tidy', 'ReadRole', 'WriteRole', 'DeleteRole', 'ListRoles'],
    },
    load: async () => (await import('./egide/v1/token_pb.ts')).Token,
  },
  {
    typeName: 'egide.v1.AppRole',
    methods: {
      unary: ['Login', 'ListRoles', 'ReadRole', 'WriteRole', 'DeleteRole', 'ReadRoleBindSecretId', 'WriteRoleBindSecretId', 'DeleteRoleBindSecretId', 'ReadRoleBoundCidrList', 'WriteRoleBoundCidrList', 'DeleteRoleBoundCidrList', 'ReadRoleSecretIdBoundCidrs', 'WriteRoleSecretIdBoundCidrs', 'DeleteRoleSecretIdBoundCidrs', 'ReadRoleTokenBoundCidrs', 'WriteRoleTokenBoundCidrs', 'DeleteRoleTokenBoundCidrs', 'ReadRoleLocalSecretIds', 'ReadRolePeriod', 'WriteRolePeriod', 'DeleteRolePeriod', 'ReadRolePolicies', 'WriteRolePolicies', 'DeleteRolePolicies', 'ReadRoleId', 'WriteRoleId', 'ReadRoleSecretIdNumUses', 'WriteRoleSecretIdNumUses', 'DeleteRoleSecretIdNumUses', 'ReadRoleSecretIdTtl', 'WriteRoleSecretIdTtl', 'DeleteRoleSecretIdTtl', 'ReadRoleTokenTtl', 'WriteRoleTokenTtl', 'DeleteRoleTokenTtl', 'ReadRoleTokenMaxTtl', 'WriteRoleTokenMaxTtl', 'DeleteRoleTokenMaxTtl', 'ReadRoleTokenNumUses', 'WriteRoleTokenNumUses', 'DeleteRoleTokenNumUses', 'ListSecretIds', 'GenerateSecretId', 'CreateCustomSecretId', 'LookupSecretId', 'DestroySecretId', 'DeleteSecretId', 'LookupSecretIdAccessor', 'DestroySecretIdAccessor', 'DeleteSecretIdAccessor', 'TidySecretIds'],
    },
    load: async () => (await import('./egide/v1/approle_pb.ts')).AppRole,
  },
  {
    typeName: 'egide.v1.Userpass',
    methods: {
      unary: ['Login', 'ListUsers', 'ReadUser', 'WriteUser', 'DeleteUser', 'ChangePassword', 'ChangePolicies'],
    },
    load: async () => (await import('./egide/v1/userpass_pb.ts')).Userpass,
  },
  {
    typeName: 'egide.v1.Jwt',
    methods: {
      unary: ['ReadConfig', 'WriteConfig', 'ReadRole', 'WriteRole', 'DeleteRole', 'ListRoles', 'Login', 'OidcAuthUrl', 'OidcCallback', 'OidcPost', 'OidcPoll', 'ReadCelRole', 'WriteCelRole', 'PatchCelRole', 'DeleteCelRole', 'ListCelRoles', 'CelLogin'],
    },
    load: async () => (await import('./egide/v1/jwt_pb.ts')).Jwt,
  },
  {
    typeName: 'egide.v1.Cert',
    methods: {
      unary: ['Login', 'ListRoles', 'ReadRole', 'WriteRole', 'DeleteRole', 'ListCrls', 'ReadCrl', 'WriteCrl', 'DeleteCrl', 'ReadConfig', 'WriteConfig'],
    },
    load: async () => (await import('./egide/v1/cert_pb.ts')).Cert,
  },
  {
    typeName: 'egide.v1.Identity',
    methods: {
      unary: ['Entity', 'ListEntities', 'ReadEntityById', 'WriteEntityById', 'DeleteEntityById', 'ListEntityNames', 'ReadEntityByName', 'WriteEntityByName', 'DeleteEntityByName', 'DeleteEntities', 'MergeEntities', 'EntityAlias', 'ListEntityAliases', 'ReadEntityAliasById', 'WriteEntityAliasById', 'DeleteEntityAliasById', 'Group', 'ListGroups', 'ReadGroupById', 'WriteGroupById', 'DeleteGroupById', 'ListGroupNames', 'ReadGroupByName', 'WriteGroupByName', 'DeleteGroupByName', 'GroupAlias', 'ListGroupAliases', 'ReadGroupAliasById', 'WriteGroupAliasById', 'DeleteGroupAliasById', 'LookupEntity', 'LookupGroup', 'ListMfaMethods', 'ReadMfaMethod', 'ListTotpMethods', 'CreateTotpMethod', 'ReadTotpMethod', 'WriteTotpMethod', 'DeleteTotpMethod', 'ListDuoMethods', 'CreateDuoMethod', 'ReadDuoMethod', 'WriteDuoMethod', 'DeleteDuoMethod', 'ListOktaMethods', 'CreateOktaMethod', 'ReadOktaMethod', 'WriteOktaMethod', 'DeleteOktaMethod', 'ListPingIdMethods', 'CreatePingIdMethod', 'ReadPingIdMethod', 'WritePingIdMethod', 'DeletePingIdMethod', 'GenerateTotpSecret', 'GenerateTotpSecretFor', 'DestroyTotpSecretOf', 'ReadLoginEnforcement', 'WriteLoginEnforcement', 'DeleteLoginEnforcement', 'ListLoginEnforcements', 'ReadOidcConfig', 'WriteOidcConfig', 'ReadOidcKey', 'WriteOidcKey', 'DeleteOidcKey', 'ListOidcKeys', 'RotateOidcKey', 'ReadOidcRole', 'WriteOidcRole', 'DeleteOidcRole', 'ListOidcRoles', 'ReadOidcToken', 'IntrospectOidcToken', 'ReadOidcConfiguration', 'ReadOidcPublicKeys', 'ReadOidcAssignment', 'WriteOidcAssignment', 'DeleteOidcAssignment', 'ListOidcAssignments', 'ReadOidcScope', 'WriteOidcScope', 'DeleteOidcScope', 'ListOidcScopes', 'ReadOidcClient', 'WriteOidcClient', 'DeleteOidcClient', 'ListOidcClients', 'ReadOidcProvider', 'WriteOidcProvider', 'DeleteOidcProvider', 'ListOidcProviders', 'ReadOidcProviderConfiguration', 'ReadOidcProviderPublicKeys', 'ReadOidcAuthorization', 'WriteOidcAuthorization', 'ExchangeOidcCode', 'ReadOidcUserinfo', 'WriteOidcUserinfo'],
    },
    load: async () => (await import('./egide/v1/identity_pb.ts')).Identity,
  },
  {
    typeName: 'egide.v1.Kubernetes',
    methods: {
      unary: ['Login', 'ReadConfig', 'WriteConfig', 'ReadRole', 'WriteRole', 'DeleteRole', 'ListRoles'],
    },
    load: async () => (await import('./egide/v1/kubernetes_pb.ts')).Kubernetes,
  },
  {
    typeName: 'egide.v1.Policy',
    methods: {
      unary: ['ListAclPolicies', 'ReadAclPolicy', 'ListAclPoliciesBelow', 'WriteAclPolicy', 'PatchAclPolicy', 'DeleteAclPolicy', 'ListAclPoliciesDetailed', 'ListAclPoliciesDetailedBelow', 'ListPasswordPolicies', 'ReadPasswordPolicy', 'WritePasswordPolicy', 'DeletePasswordPolicy', 'GeneratePassword', 'Capabilities', 'CapabilitiesSelf', 'CapabilitiesAccessor', 'Explain', 'ExplainSelf', 'Who', 'ReadResultantAcl', 'ListRoles', 'ReadRole', 'WriteRole', 'DeleteRole'],
    },
    load: async () => (await import('./egide/v1/policy_pb.ts')).Policy,
  },
  {
    typeName: 'egide.v1.Kv',
    methods: {
      unary: ['ReadConfig', 'WriteConfig', 'Read', 'Write', 'Patch', 'Delete', 'DeleteVersions', 'UndeleteVersions', 'DestroyVersions', 'ReadMetadata', 'List', 'Scan', 'WriteMetadata', 'PatchMetadata', 'DeleteMetadata', 'ListDetailed', 'ScanDetailed', 'ReadSubkeys', 'ReadFlat', 'ListFlat', 'ScanFlat', 'WriteFlat', 'DeleteFlat', 'ReadPlain', 'ListPlain', 'ScanPlain', 'WritePlain', 'DeletePlain'],
      server_streaming: ['WatchSecret', 'Watch', 'WatchSecretFlat', 'WatchFlat', 'WatchSecretPlain', 'WatchPlain'],
    },
    load: async () => (await import('./egide/v1/kv_pb.ts')).Kv,
  },
  {
    typeName: 'egide.v1.Cubbyhole',
    methods: {
      unary: ['Read', 'List', 'Scan', 'Write', 'Delete'],
    },
    load: async () => (await import('./egide/v1/cubbyhole_pb.ts')).Cubbyhole,
  },
  {
    typeName: 'egide.v1.Transit',
    methods: {
      unary: ['ListKeys', 'ReadKey', 'WriteKey', 'DeleteKey', 'ConfigureKey', 'RotateKey', 'TrimKey', 'Encrypt', 'Decrypt', 'Rewrap', 'CreateDataKey', 'Sign', 'SignWithAlgorithm', 'Verify', 'VerifyWithAlgorithm', 'Hmac', 'HmacWithAlgorithm', 'Encapsulate', 'Decapsulate', 'Hash', 'HashWithAlgorithm', 'Random', 'RandomFrom', 'RandomFromOf', 'ReadWrappingKey', 'ImportKey', 'ImportKeyVersion', 'ExportKey', 'ExportKeyVersion', 'ExportWrappedKey', 'ExportWrappedKeyVersion', 'BackupKey', 'RestoreKey', 'RestoreKeyAs', 'SoftDeleteKey', 'RestoreSoftDeletedKey', 'DeriveKey', 'CreateCertificateRequest', 'SetCertificate', 'ReadKeysConfig', 'WriteKeysConfig', 'ReadCacheConfig', 'WriteCacheConfig'],
      bidi_streaming: ['EncryptStream', 'DecryptStream'],
    },
    load: async () => (await import('./egide/v1/transit_pb.ts')).Transit,
  },
  {
    typeName: 'egide.v1.Kms',
    methods: {
      unary: ['ListKeys', 'CreateKey', 'DescribeKey', 'WriteKey', 'ScheduleKeyDeletion', 'EnableKey', 'DisableKey', 'CancelKeyDeletion', 'ReadPublicKey', 'ExportKey', 'RotateKey', 'ReadRotation', 'SetRotation', 'ReadRotations', 'ListAliases', 'ReadAlias', 'DeleteAlias', 'ListKeyAliases', 'PutKeyAlias', 'DeleteKeyAlias', 'GetParametersForImport', 'ImportKeyMaterial', 'DeleteImportedKeyMaterial', 'ReadKeyPolicy', 'PutKeyPolicy', 'ReadKeyTags', 'AddKeyTags', 'RemoveKeyTags', 'ListGrants', 'CreateGrant', 'ReadGrant', 'RevokeGrant', 'RetireGrant', 'ListRetirableGrants', 'Encrypt', 'Decrypt', 'DecryptWithKey', 'ReEncrypt', 'ReEncryptWithKey', 'CreateDataKey', 'CreateDataKeyPair', 'Sign', 'Verify', 'Mac', 'VerifyMac', 'DeriveSharedSecret', 'Random', 'RandomFrom', 'RandomFromOf', 'ListAwsCredentials', 'CreateAwsCredential', 'ReadAwsCredential', 'DeleteAwsCredential'],
    },
    load: async () => (await import('./egide/v1/kms_pb.ts')).Kms,
  },
  {
    typeName: 'egide.v1.Pki',
    methods: {
      unary: ['GenerateRoot', 'GenerateIssuerRoot', 'RotateRoot', 'DeleteRoot', 'GenerateIntermediate', 'GenerateIssuerIntermediate', 'CrossSign', 'SignIntermediate', 'SignIntermediateByIssuer', 'SignSelfIssued', 'SignSelfIssuedByIssuer', 'ImportCa', 'ImportBundle', 'ImportCertificates', 'SetSigned', 'ImportKey', 'ListIssuers', 'ReadIssuer', 'WriteIssuer', 'PatchIssuer', 'DeleteIssuer', 'ReadIssuerPem', 'ReadIssuerDer', 'ReadIssuerCertificate', 'ReadIssuersConfig', 'WriteIssuersConfig', 'ReplaceRoot', 'ListKeys', 'GenerateKey', 'GenerateExportedKey', 'GenerateKmsKey', 'ReadKey', 'WriteKey', 'DeleteKey', 'ReadKeysConfig', 'WriteKeysConfig', 'ReadUrls', 'WriteUrls', 'ReadCluster', 'WriteCluster', 'ReadRevocationConfig', 'WriteRevocationConfig', 'ListRoles', 'ReadRole', 'WriteRole', 'PatchRole', 'DeleteRole', 'Issue', 'IssueByIssuer', 'Sign', 'SignByIssuer', 'SignVerbatim', 'SignVerbatimUnderRole', 'SignVerbatimByIssuer', 'SignVerbatimByIssuerUnderRole', 'ListCelRoles', 'ReadCelRole', 'WriteCelRole', 'PatchCelRole', 'DeleteCelRole', 'IssueByProgram', 'SignByProgram', 'ReadCaDer', 'ReadCaPem', 'ReadCaChainPem', 'ReadCaChain', 'ReadCertificate', 'ReadCertificateDer', 'ReadCertificatePem', 'ListCertificates', 'ListCertificatesDetailed', 'ListRevokedCertificates', 'ReadExpiring', 'Revoke', 'RevokeWithKey', 'RevokeIssuer', 'ReadCrlDer', 'ReadCrlPem', 'ReadCrl', 'ReadDeltaCrlDer', 'ReadDeltaCrlPem', 'ReadDeltaCrl', 'ReadIssuerCrl', 'ReadIssuerCrlDer', 'ReadIssuerCrlPem', 'ReadIssuerDeltaCrl', 'ReadIssuerDeltaCrlDer', 'ReadIssuerDeltaCrlPem', 'ReadCrlShard', 'ReadIssuerCrlShard', 'RotateCrls', 'RotateDeltaCrls', 'ResignCrls', 'SignRevocationList', 'Ocsp', 'ReadOcsp', 'Tidy', 'CancelTidy', 'ReadTidyStatus', 'ReadAutoTidy', 'WriteAutoTidy', 'ReadAcmeConfig', 'WriteAcmeConfig', 'NewEab', 'NewIssuerEab', 'NewRoleEab', 'NewIssuerRoleEab', 'ListEabs', 'DeleteEab', 'AcmeOrders', 'IssuerAcmeOrders', 'RolesAcmeOrders', 'IssuerRolesAcmeOrders'],
    },
    load: async () => (await import('./egide/v1/pki_pb.ts')).Pki,
  },
  {
    typeName: 'egide.v1.Ssh',
    methods: {
      unary: ['ReadCa', 'WriteCa', 'DeleteCa', 'ReadIssuersConfig', 'WriteIssuersConfig', 'ListIssuers', 'ImportIssuer', 'ImportNamedIssuer', 'ReadIssuer', 'WriteIssuer', 'DeleteIssuer', 'ReadIssuerPublicKey', 'ReadPublicKey', 'ListRoles', 'ReadRole', 'WriteRole', 'DeleteRole', 'Sign', 'Issue', 'CreateOtp', 'VerifyOtp', 'LookupRoles', 'ReadZeroAddress', 'WriteZeroAddress', 'DeleteZeroAddress', 'TidyDynamicKeys'],
    },
    load: async () => (await import('./egide/v1/ssh_pb.ts')).Ssh,
  },
  {
    typeName: 'egide.v1.Totp',
    methods: {
      unary: ['ListKeys', 'ReadKey', 'WriteKey', 'DeleteKey', 'GenerateCode', 'ValidateCode'],
    },
    load: async () => (await import('./egide/v1/totp_pb.ts')).Totp,
  },
  {
    typeName: 'egide.v1.Lease',
    methods: {
      unary: ['ReadAll', 'Count', 'Tidy', 'List', 'Lookup', 'ListBelow', 'Renew', 'Revoke', 'RevokePrefix', 'RevokeForce'],
    },
    load: async () => (await import('./egide/v1/lease_pb.ts')).Lease,
  },
  {
    typeName: 'egide.v1.Audit',
    methods: {
      unary: ['ReadDevices', 'EnableDevice', 'DisableDevice', 'Hash', 'ReadEvidence', 'ReadChainKey', 'ReadRequestHeaders', 'ReadRequestHeader', 'WriteRequestHeader', 'DeleteRequestHeader'],
    },
    load: async () => (await import('./egide/v1/audit_pb.ts')).Audit,
  },
]
