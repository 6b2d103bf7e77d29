import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { field } from '../field.ts'
import type { JsonObject } from '../json-object.ts'
import {
  circumstancesOf,
  eachItem,
  type Item,
  itemsAtOnce,
  lenientBatchReply,
  lenientItems,
  refuseMixedContexts,
} from './batch.ts'
import { neededKey } from './keys/key-store.ts'
import { keyringOf } from './keys/keyrings.ts'
import {
  associatedDataField,
  batchField,
  contextField,
  EncryptReply,
  keyVersionField,
  lenientPartialStatusField,
  nameField,
  nonceField,
} from './message-fields.ts'
import { missingCiphertext, parseWritten, written } from './wire-form.ts'

const fields = {
  name: nameField,
  ciphertext: field.text({ default: '', description: 'What to encrypt anew, as it was returned by encrypt.' }),
  context: contextField,
  associated_data: associatedDataField,
  nonce: nonceField,
  key_version: keyVersionField,
  batch_input: batchField('encrypt anew'),
  partial_failure_response_code: lenientPartialStatusField,
}
type RewrapRequest = EngineRequest<typeof fields>

export const rewrap = route('rewrap/:name', {
  summary: 'Encrypt a ciphertext anew, with the latest version of its key',
  description: 'The caller never sees the plaintext.',
  fields,
  returns: EncryptReply,
  auditClear: ['key_version', 'partial_failure_response_code'],
  operations: { update: { handler: rewrapWithKey, pure: true } },
})

async function rewrapWithKey(request: RewrapRequest, { store, mount, random }: EngineContext): Promise<Reply> {
  const { fields } = request
  const isBatch = fields.batch_input !== undefined
  const items = isBatch ? lenientItems(fields.batch_input) : [ownItem(request)]
  refuseMixedContexts(items)
  const keyring = keyringOf(store, await neededKey(store, fields.name))
  const work = (item: Item): JsonObject => {
    if (item.text === '') throw missingCiphertext()
    const circumstances = circumstancesOf(item)
    const plaintext = keyring.decrypt(parseWritten(mount, item.text, 'ciphertext'), circumstances)
    try {
      const sealed = keyring.encrypt(item.keyVersion, plaintext, circumstances, random)
      return { ciphertext: written(mount, sealed), key_version: sealed.version }
    } finally {
      plaintext.fill(0)
    }
  }
  if (!isBatch) return { data: work(ownItem(request)) }
  return lenientBatchReply(await eachItem(items, itemsAtOnce(keyring.type), work), fields.partial_failure_response_code)
}

function ownItem({ fields }: RewrapRequest): Item {
  return {
    text: fields.ciphertext,
    context: fields.context,
    associatedData: fields.associated_data,
    nonce: fields.nonce,
    keyVersion: fields.key_version,
    reference: '',
  }
}
