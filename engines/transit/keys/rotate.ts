import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { nameField } from '../message-fields.ts'
import { isFixed, type Key, trimmed } from './key.ts'
import { KEY_REPLY_FIELDS, KeyReply, keyReply } from './key-reply.ts'
import { loadKey, refuseSoftDeleted, saveKey } from './key-store.ts'
import { rotatedKey } from './rotation.ts'

/** Rows that add and remove versions of a key. */

const rotateFields = { name: nameField }

export const rotate = route('keys/:name/rotate', {
  summary: 'Give a named key a new version',
  description: 'From then on it encrypts with the new version; older ones still decrypt.',
  fields: rotateFields,
  returns: KeyReply,
  auditClear: KEY_REPLY_FIELDS,
  operations: { update: rotateKey },
})

async function rotateKey({ fields }: EngineRequest<typeof rotateFields>, context: EngineContext): Promise<Reply> {
  const rotated = await rotatedKey(fields.name, context, mayRotate)
  if (rotated === undefined) throw invalid('key not found')
  return { data: keyReply(rotated) }
}

function mayRotate(key: Key): boolean {
  refuseSoftDeleted(key)
  if (isFixed(key)) throw invalid(`imported key ${key.name} does not allow rotation`)
  return true
}

const trimFields = {
  name: nameField,
  min_available_version: field.int({
    description: 'All older versions are gone for good. At most the least of the two other minimum versions.',
  }),
}

export const trim = route('keys/:name/trim', {
  summary: 'Remove the oldest versions of a named key for good',
  fields: trimFields,
  returns: KeyReply,
  auditClear: KEY_REPLY_FIELDS,
  operations: { update: trimKey },
})

async function trimKey({ fields }: EngineRequest<typeof trimFields>, { store }: EngineContext): Promise<Reply> {
  const { name, min_available_version: asked } = fields
  return store.transaction(async (tx) => {
    const key = await loadKey(tx, name)
    if (key === undefined) throw invalid('invalid key name')
    refuseSoftDeleted(key)
    if (asked === undefined) throw invalid('missing min_available_version')
    if (asked < 0) throw invalid('minimum available version cannot be negative')
    if (asked < key.minAvailable) throw invalid('minimum available version cannot be decremented')
    if (asked === 0) throw invalid('minimum available version should be positive')
    if (key.minEncryption === 0) {
      throw invalid('minimum available version cannot be set when minimum encryption version is not set')
    }
    if (asked > key.minEncryption) {
      throw invalid('minimum available version cannot be greater than minmum encryption version')
    }
    if (asked > key.minDecryption) {
      throw invalid('minimum available version cannot be greater than minimum decryption version')
    }
    const after = trimmed(key, asked)
    saveKey(tx, after)
    return { data: keyReply(after) }
  })
}
