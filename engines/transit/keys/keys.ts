import { fromBase64 } from '../../base64.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { listed, pageFields, pageOf } from '../../listing.ts'
import { nameField } from '../message-fields.ts'
import { type Key, newKey } from './key.ts'
import { KEY_REPLY_FIELDS, KeyReply, keyReply } from './key-reply.ts'
import { deleteKey, KEYS, loadKey, saveKey } from './key-store.ts'
import { askedKeyType, chosenKeyBytes, DEFAULT_KEY_TYPE, type KeyType, refuseDerivation } from './key-types.ts'
import { keyringOf } from './keyrings.ts'
import { newMaterial } from './material.ts'
import { autoRotateField, checkRotationPeriod } from './rotation-period.ts'

const fields = {
  name: nameField,
  type: field.text({ default: DEFAULT_KEY_TYPE, description: 'Type of the key.' }),
  derived: field.bool({
    default: false,
    description: 'Every operation needs a context, and uses a key made from this one and the context.',
  }),
  convergent_encryption: field.bool({
    default: false,
    description: 'The same plaintext in the same context gives the same ciphertext. Only of derived keys.',
  }),
  exportable: field.bool({ default: false, description: 'Whether the key may be exported. Once set it stays.' }),
  allow_plaintext_backup: field.bool({
    default: false,
    description: 'Whether the key may be backed up in clear. Once set it stays.',
  }),
  auto_rotate_period: autoRotateField(0),
  context: field.text({
    default: '',
    query: true,
    description: 'In base64, when a derived Ed25519 key is read: the public keys of this context are shown.',
  }),
  key_size: field.int({
    default: 0,
    description: 'Bytes of an HMAC key, 32 to 512; 0 for 32. Refused for all other types.',
  }),
}
type KeyRequest = EngineRequest<typeof fields>

export const keys = route('keys/:name', {
  summary: 'Make, read and delete a named key',
  description: 'A key that exists already is not changed. Deleting needs deletion_allowed, which config sets.',
  fields,
  returns: KeyReply,
  auditClear: [...KEY_REPLY_FIELDS, 'key_size'],
  operations: { read, update: create, delete: remove },
})

async function read({ fields }: KeyRequest, { store }: EngineContext): Promise<Reply> {
  const key = await loadKey(store, fields.name)
  if (key === undefined) throw notFound()
  if (fields.context === '') return { data: keyReply(key) }
  return { data: keyReply(key, { context: fromBase64(fields.context), keyring: keyringOf(store, key) }) }
}

async function create({ fields }: KeyRequest, { store, clock, random }: EngineContext): Promise<Reply> {
  const name = fields.name
  const type = askedKeyType(fields.type)
  const size = keySizeOf(type, fields.key_size)
  if (fields.convergent_encryption && !fields.derived) {
    throw invalid('convergent encryption requires derivation to be enabled')
  }
  refuseDerivation(type, fields.derived, fields.convergent_encryption)
  const asked = {
    name,
    type,
    derived: fields.derived,
    convergent: fields.convergent_encryption,
    exportable: fields.exportable,
    allowPlaintextBackup: fields.allow_plaintext_backup,
    autoRotateSeconds: checkRotationPeriod(fields.auto_rotate_period),
    ...(size > 0 && { keySize: size }),
  }
  const already = (there: Key): Reply => ({ data: keyReply(there), warnings: [`key ${name} already existed`] })
  const known = await loadKey(store, name)
  if (known !== undefined) return already(known)
  // Before the transaction, which may run more than once: it may take seconds.
  const material = await newMaterial(type, size, random)
  return store.transaction(async (tx) => {
    const there = await loadKey(tx, name)
    if (there !== undefined) return already(there)
    const key = newKey(asked, material, clock.now())
    saveKey(tx, key)
    return { data: keyReply(key) }
  })
}

/** Bytes of a key whose length can be chosen; 0 of all others. */
function keySizeOf(type: KeyType, asked: number): number {
  const chosen = chosenKeyBytes(type)
  if (chosen === undefined) {
    if (asked !== 0) throw invalid(`key_size is not valid for algorithm ${type.name}`)
    return 0
  }
  const { min, max, usual } = chosen
  if (asked !== 0 && (asked < min || asked > max)) throw invalid(`invalid key_size ${asked}`)
  return asked === 0 ? usual : asked
}

async function remove({ fields }: KeyRequest, { store }: EngineContext): Promise<undefined> {
  const name = fields.name
  await store.transaction(async (tx) => {
    const key = await loadKey(tx, name)
    const failed = `error deleting policy ${name}`
    if (key === undefined) throw invalid(`${failed}: could not delete key; not found`)
    if (!key.deletionAllowed) throw invalid(`${failed}: deletion is not allowed for this key`)
    deleteKey(tx, name)
  })
}

export const keyList = route('keys', {
  summary: 'List the named keys',
  fields: pageFields,
  auditClear: ['keys', 'after', 'limit'],
  operations: { list: async ({ fields }, { store }) => listed(await store.list(KEYS, pageOf(fields))) },
})
