import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { pageFields, pageOf } from '../../listing.ts'
import { keyCodec, keysConfigCodec, rows } from '../documents.ts'
import { loadedKey } from '../keys.ts'
import { spkiOf } from '../x509/algorithms.ts'
import { keyIdOf } from '../x509/extensions.ts'
import { hexSerial } from '../x509/serial.ts'
import { keyFields } from './ca-fields.ts'
import { allIssuers, allKeys, checkedName, findKey, keyNamed, keysConfig } from './find.ts'
import { keyReply } from './key-reply.ts'
import { chosenKey, putKey } from './new-key.ts'

/** Keys of CAs: https://openbao.org/api-docs/secret/pki/#list-keys */

const { key_type, key_bits, key_name } = keyFields
const makeFields = { key_type, key_bits, key_name }
const refFields = {
  key_ref: field.name({ required: true, description: 'Key: its id or name, or default' }),
  key_name: field.text({ default: '', description: 'Name of the key' }),
}
type RefRequest = EngineRequest<typeof refFields>
const CLEAR = ['key_id', 'key_name', 'key_type', 'key_bits', 'subject_key_id', 'key_ref', 'private_key_type']

const generation = (exported: 'internal' | 'exported' | 'kms', summary: string): Route =>
  route(`keys/generate/${exported}`, {
    summary,
    fields: makeFields,
    auditClear: CLEAR,
    operations: { update: ({ fields }, context) => generate(fields, exported, context) },
  })

export const keyRoutes: readonly Route[] = [
  route('keys', {
    summary: 'List the keys',
    fields: pageFields,
    auditClear: ['keys', 'key_info', 'after', 'limit'],
    operations: { list },
  }),
  generation('internal', 'Make a key that stays here'),
  generation('exported', 'Make a key, and give it back'),
  generation('kms', 'Refused: keys of another KMS are not supported'),
  route('key/:key_ref', {
    summary: 'Read, rename and remove a key',
    fields: refFields,
    auditClear: CLEAR,
    operations: { read, update: rename, delete: remove },
  }),
  route('config/keys', {
    summary: 'The default key',
    fields: { default: field.text({ default: '', description: 'Key that is the default' }) },
    auditClear: ['default'],
    operations: { read: readConfig, update: writeConfig },
  }),
]

async function generate(
  fields: EngineRequest<typeof makeFields>['fields'],
  exported: string,
  context: EngineContext,
): Promise<Reply> {
  checkedName('key', fields.key_name, await allKeys(context.store))
  const chosen = await chosenKey({ ...fields, exported, key_ref: '' }, context)
  await context.store.transaction((tx) => putKey(tx, chosen.document))
  const format = { format: 'pem', private_key_format: 'der' }
  return { data: { key_type: chosen.document.kind, ...keyReply(chosen, format) } }
}

async function list({ fields }: EngineRequest<typeof pageFields>, { store }: EngineContext): Promise<Reply> {
  const ids = await store.list(rows.keys, pageOf(fields))
  if (ids.length === 0) throw notFound()
  const { default: byDefault } = await keysConfig(store)
  const info: Record<string, object> = {}
  for (const id of ids) {
    const key = await store.get(rows.key(id), keyCodec)
    if (key !== undefined) info[id] = { key_name: key.name, is_default: id === byDefault }
  }
  return { data: { keys: ids, key_info: info } }
}

async function read({ fields }: RefRequest, { store }: EngineContext): Promise<Reply> {
  const key = await findKey(store, fields.key_ref)
  if (key === undefined) throw notFound(`unable to find PKI key for reference: ${fields.key_ref}`)
  const subjectKeyId = hexSerial(keyIdOf(spkiOf(loadedKey(key))))
  return { data: { key_id: key.id, key_name: key.name, key_type: key.kind, subject_key_id: subjectKeyId } }
}

async function rename({ fields }: RefRequest, { store }: EngineContext): Promise<Reply> {
  return store.transaction(async (tx) => {
    const key = await keyNamed(tx, fields.key_ref)
    const name = checkedName('key', fields.key_name, await allKeys(tx), key.id)
    tx.put(rows.key(key.id), { ...key, name }, keyCodec)
    return { data: { key_id: key.id, key_name: name, key_type: key.kind } }
  })
}

async function remove({ fields }: RefRequest, { store }: EngineContext): Promise<Reply | undefined> {
  return store.transaction(async (tx) => {
    const key = await findKey(tx, fields.key_ref)
    if (key === undefined) return undefined
    if ((await allIssuers(tx)).some(({ keyId }) => keyId === key.id)) {
      throw invalid('the key is in use by an issuer, which has to be removed first')
    }
    tx.delete(rows.key(key.id))
    const config = await keysConfig(tx)
    if (config.default !== key.id) return undefined
    tx.put(rows.keysConfig, { default: '' }, keysConfigCodec)
    return { warnings: [`Deleted key ${key.id}; this was configured as the default key.`] }
  })
}

async function readConfig(_request: EngineRequest, { store }: EngineContext): Promise<Reply> {
  return { data: { default: (await keysConfig(store)).default } }
}

async function writeConfig(
  { fields }: EngineRequest<{ default: typeof keyFields.key_name }>,
  { store }: EngineContext,
): Promise<Reply> {
  return store.transaction(async (tx) => {
    const key = await keyNamed(tx, fields.default)
    tx.put(rows.keysConfig, { default: key.id }, keysConfigCodec)
    return { data: { default: key.id } }
  })
}
