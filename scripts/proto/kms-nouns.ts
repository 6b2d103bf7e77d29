/** What the methods of the service Kms are called, as NOUNS of services.ts. */
export const KMS_NOUNS: Readonly<Record<string, string>> = {
  'kms/ keys/:id/enable': '=EnableKey',
  'kms/ keys/:id/disable': '=DisableKey',
  'kms/ keys/:id/cancel-deletion': '=CancelKeyDeletion',
  'kms/ keys/:id/public': 'PublicKey',
  'kms/ keys/:id/export': '=ExportKey',
  'kms/ keys/:id/rotate': '=RotateKey',
  'kms/ keys/:id/rotation': 'Rotation',
  'kms/ keys/:id/rotations': 'Rotations',
  'kms/ aliases': 'Aliases',
  'kms/ aliases/:name*': 'Alias',
  'kms/ keys/:id/aliases': 'KeyAliases',
  'kms/ keys/:id/aliases/:name*': 'KeyAlias',
  'kms/ encrypt/:id': '=Encrypt',
  'kms/ decrypt': '=Decrypt',
  'kms/ decrypt/:id': '=DecryptWithKey',
  'kms/ re-encrypt/:id': '=ReEncrypt',
  'kms/ re-encrypt/:id/:destination': '=ReEncryptWithKey',
  'kms/ datakey/:id': '=CreateDataKey',
  'kms/ datakeypair/:id': '=CreateDataKeyPair',
  'kms/ sign/:id': '=Sign',
  'kms/ verify/:id': '=Verify',
  'kms/ mac/:id': '=Mac',
  'kms/ verify-mac/:id': '=VerifyMac',
  'kms/ derive/:id': '=DeriveSharedSecret',
  'kms/ random': '=Random',
  'kms/ random/:source_or_bytes': '=RandomFrom',
  'kms/ random/:source/:urlbytes': '=RandomFromOf',
}

/** As METHOD_NAMES of services.ts. */
export const KMS_METHOD_NAMES: Readonly<Record<string, string>> = {
  'kms/ keys list': 'ListKeys',
  'kms/ keys update': 'CreateKey',
  'kms/ keys/:id read': 'DescribeKey',
  'kms/ keys/:id update': 'WriteKey',
  'kms/ keys/:id delete': 'ScheduleKeyDeletion',
}
