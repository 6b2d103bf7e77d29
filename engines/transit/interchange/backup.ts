import Type from 'typebox'
import { fromBase64 } from '../../base64.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field, isName } from '../../field.ts'
import { loadKey, refuseSoftDeleted, saveKey } from '../keys/key-store.ts'
import { nameField } from '../message-fields.ts'
import { encodeBackup } from './backup-format.ts'
import { decodeBackup } from './restore-format.ts'

/** Rows that carry keys from one vault to another, with all their versions and settings. */

const backupFields = { name: nameField }

export const backup = route('backup/:name', {
  summary: 'Take a named key out whole, in clear',
  description: 'Only of keys that are exportable and allow plaintext backup. Vault and OpenBao restore it as well.',
  fields: backupFields,
  returns: Type.Object({ backup: Type.String() }),
  operations: { read: takeOut },
})

async function takeOut({ fields }: EngineRequest<typeof backupFields>, context: EngineContext): Promise<Reply> {
  const { store, clock } = context
  const key = await store.transaction(async (tx) => {
    const before = await loadKey(tx, fields.name)
    if (before === undefined) throw invalid(`key "${fields.name}" not found`)
    refuseSoftDeleted(before)
    if (!before.exportable) throw invalid('exporting is disallowed on the policy')
    if (!before.allowPlaintextBackup) throw invalid('plaintext backup is disallowed on the policy')
    const after = { ...before, backedUp: { timeMs: clock.now(), version: before.latest } }
    saveKey(tx, after)
    return after
  })
  return { data: { backup: Buffer.from(encodeBackup(key)).toString('base64') } }
}

const restoreFields = {
  name: field.text({ default: '', description: 'Name of the restored key; that of the backup unless it is given.' }),
  backup: field.text({ default: '', description: 'What backup returned, here or in Vault or OpenBao.' }),
  force: field.bool({ default: false, description: 'Whether a key that has the name is replaced.' }),
}

const rest = { auditClear: ['name', 'force'], operations: { update: restoreKey } }

export const restoreRows: readonly Route[] = [
  route('restore', { summary: 'Bring a key back from its backup', fields: restoreFields, ...rest }),
  route('restore/:name', {
    summary: 'Bring a key back from its backup, under a name',
    fields: { ...restoreFields, name: nameField },
    ...rest,
  }),
]

async function restoreKey({ fields }: EngineRequest<typeof restoreFields>, context: EngineContext): Promise<undefined> {
  const { store, clock, random } = context
  if (fields.backup === '') throw invalid("'backup' must be supplied")
  const bytes = fromBase64(fields.backup)
  const decoded = await decodeBackup(bytes, random).finally(() => bytes.fill(0))
  const name = fields.name === '' ? decoded.name : fields.name
  if (!isName(name)) throw invalid('the backup names a key as none is named; give it a name')
  const key = { ...decoded, name, restored: { timeMs: clock.now(), version: decoded.latest } }
  await store.transaction(async (tx) => {
    if (!fields.force && (await loadKey(tx, name)) !== undefined) throw invalid(`key "${name}" already exists`)
    saveKey(tx, key)
  })
}
