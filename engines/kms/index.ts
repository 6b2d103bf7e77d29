import { engine, type Route } from '../engine.ts'
import { randomRows } from '../random-rows.ts'
import { grantRow, oneGrantRow, retirableRow, retireRow } from './access/grant-routes.ts'
import { checkAccount } from './arn.ts'
import { awsCredentialNamed, awsCredentials } from './aws-credentials.ts'
import { dataKeyPairRow, dataKeyRow, decryptRows, encryptRow, reEncryptRows } from './cryptography/encryption-routes.ts'
import { deriveRow, macRow, signRow, verifyMacRow, verifyRow } from './cryptography/signing-routes.ts'
import { aliasList, aliasRow, keyAlias, keyAliasList } from './keys/alias-routes.ts'
import { importParametersRow, importRow } from './keys/import-routes.ts'
import { exportRow, key, keyList, publicKey, stateRows } from './keys/key-routes.ts'
import { rotateRow, rotationRow, rotationsRow } from './keys/rotation-routes.ts'
import { policyRow, tagRow } from './policy-and-tag-routes.ts'
import type { KmsServices } from './services.ts'
import { upkeep } from './upkeep.ts'

const rows: readonly Route<KmsServices>[] = [
  keyList,
  key,
  ...stateRows,
  publicKey,
  exportRow,
  rotateRow,
  rotationRow,
  rotationsRow,
  aliasList,
  aliasRow,
  keyAliasList,
  keyAlias,
  importParametersRow,
  importRow,
  policyRow,
  tagRow,
  grantRow,
  oneGrantRow,
  retireRow,
  retirableRow,
  encryptRow,
  ...decryptRows,
  ...reEncryptRows,
  dataKeyRow,
  dataKeyPairRow,
  signRow,
  verifyRow,
  macRow,
  verifyMacRow,
  deriveRow,
  ...randomRows(''),
  awsCredentials,
  awsCredentialNamed,
]

/** Keys with a managed life: states, aliases, policies of their own, rotation, deletion that can be taken back. */
export const kms = engine<KmsServices>({
  type: 'kms',
  kind: 'secret',
  description: 'Keys with a managed life, as AWS KMS has them',
  routes: (options) => {
    checkAccount(options)
    return rows
  },
  periodic: { upkeep },
})
