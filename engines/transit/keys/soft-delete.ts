import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { notFound } from '../../errors.ts'
import { nameField } from '../message-fields.ts'
import { KEY_REPLY_FIELDS, KeyReply, keyReply } from './key-reply.ts'
import { loadKey, saveKey } from './key-store.ts'

/** Rows that put a key out of use and back, with nothing lost. */

const fields = { name: nameField }

export const softDelete = route('keys/:name/soft-delete', {
  summary: 'Put a named key out of use',
  description: 'It refuses everything, and keeps all its versions, until it is restored.',
  fields,
  returns: KeyReply,
  auditClear: KEY_REPLY_FIELDS,
  operations: { delete: (request, context) => marked(request, context, true) },
})

export const softDeleteRestore = route('keys/:name/soft-delete-restore', {
  summary: 'Put a named key back into use',
  fields,
  returns: KeyReply,
  auditClear: KEY_REPLY_FIELDS,
  operations: { update: (request, context) => marked(request, context, false) },
})

async function marked(
  request: EngineRequest<typeof fields>,
  { store }: EngineContext,
  softDeleted: boolean,
): Promise<Reply> {
  return store.transaction(async (tx) => {
    const key = await loadKey(tx, request.fields.name)
    if (key === undefined) throw notFound()
    if ((key.softDeleted === true) === softDeleted) {
      const already = softDeleted ? 'marked as soft deleted' : 'restored'
      return { data: keyReply(key), warnings: [`key was already ${already}`] }
    }
    const after = { ...key, softDeleted }
    saveKey(tx, after)
    return { data: keyReply(after) }
  })
}
