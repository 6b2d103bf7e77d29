import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { nameField } from '../message-fields.ts'
import type { Key } from './key.ts'
import { KEY_REPLY_FIELDS, KeyReply, keyReply } from './key-reply.ts'
import { loadKey, saveKey } from './key-store.ts'
import { changedAutoRotateField, checkRotationPeriod } from './rotation-period.ts'

const fields = {
  name: nameField,
  min_decryption_version: field.int({ description: 'Ciphertexts of older versions are refused.' }),
  min_encryption_version: field.int({ description: 'Older versions are refused for encryption; 0 allows any.' }),
  deletion_allowed: field.bool({ description: 'Whether the key may be deleted.' }),
  exportable: field.bool({ description: 'Whether the key may be exported. Once set it stays.' }),
  allow_plaintext_backup: field.bool({ description: 'Whether the key may be backed up in clear. Once set it stays.' }),
  auto_rotate_period: changedAutoRotateField,
}
type ConfigFields = EngineRequest<typeof fields>['fields']

export const keyConfig = route('keys/:name/config', {
  summary: 'Change what may be done with a named key',
  description: 'What is not sent stays.',
  fields,
  returns: KeyReply,
  auditClear: KEY_REPLY_FIELDS,
  operations: { update: change },
})

async function change(request: EngineRequest<typeof fields>, { store }: EngineContext): Promise<Reply> {
  const sent = request.fields
  return store.transaction(async (tx) => {
    const before = await loadKey(tx, sent.name)
    if (before === undefined) throw invalid(`no existing key named ${sent.name} could be found`)
    const after = changed(before, sent)
    if (!sameConfig(before, after)) {
      checkAvailable(after)
      saveKey(tx, after)
    }
    return { data: keyReply(after), warnings: sent.min_decryption_version === 0 ? [STARTS_AT_ONE] : [] }
  })
}

const STARTS_AT_ONE = 'since Vault 0.3, transit key numbering starts at 1; forcing minimum to 1'

/** The words of the errors are Vault's. */
function changed(key: Key, sent: ConfigFields): Key {
  const after = {
    ...key,
    minDecryption: sentVersion('decryption', sent.min_decryption_version, key.minDecryption, key.latest) || 1,
    minEncryption: sentVersion('encryption', sent.min_encryption_version, key.minEncryption, key.latest),
    deletionAllowed: sent.deletion_allowed ?? key.deletionAllowed,
    exportable: key.exportable || sent.exportable === true,
    allowPlaintextBackup: key.allowPlaintextBackup || sent.allow_plaintext_backup === true,
    autoRotateSeconds: checkRotationPeriod(sent.auto_rotate_period ?? key.autoRotateSeconds),
  }
  if (after.minEncryption > 0 && after.minEncryption < after.minDecryption) {
    throw invalid(
      `cannot set min encryption/decryption values; min encryption version of ${after.minEncryption} must be greater ` +
        `than or equal to min decryption version of ${after.minDecryption}`,
    )
  }
  return after
}

function sentVersion(use: string, sent: number | undefined, before: number, latest: number): number {
  if (sent === undefined) return before
  if (sent < 0) throw invalid(`min ${use} version cannot be negative`)
  if (sent > latest) throw invalid(`cannot set min ${use} version of ${sent}, latest key version is ${latest}`)
  return sent
}

function sameConfig(a: Key, b: Key): boolean {
  return CONFIG.every((name) => a[name] === b[name])
}

const CONFIG = [
  'minDecryption',
  'minEncryption',
  'deletionAllowed',
  'exportable',
  'allowPlaintextBackup',
  'autoRotateSeconds',
] as const satisfies readonly (keyof Key)[]

/** What was trimmed is gone: no minimum may reach below it. */
function checkAvailable({ minAvailable, minEncryption, minDecryption }: Key): void {
  if (minAvailable > minEncryption) {
    throw invalid('min encryption version should not be less than min available version')
  }
  if (minAvailable > minDecryption) {
    throw invalid('min decryption version should not be less then min available version')
  }
}
