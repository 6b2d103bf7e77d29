import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import type { JsonObject } from '../json-object.ts'
import { batchItems, circumstancesOf, eachItem, type Item, refuseMixedContexts } from './batch.ts'
import { neededKey } from './key-store.ts'
import { Keyring } from './keyring.ts'
import {
  associatedDataField,
  batchField,
  contextField,
  EncryptReply,
  keyVersionField,
  nameField,
} from './message-fields.ts'

const fields = {
  name: nameField,
  ciphertext: field.text({ default: '', description: 'What to encrypt anew, as it was returned by encrypt.' }),
  context: contextField,
  associated_data: associatedDataField,
  key_version: keyVersionField,
  batch_input: batchField('encrypt anew'),
}
type RewrapRequest = EngineRequest<typeof fields>

export const rewrap = route('rewrap/:name', {
  summary: 'Encrypt a ciphertext anew, with the latest version of its key',
  description: 'The caller never sees the plaintext.',
  fields,
  returns: EncryptReply,
  auditClear: ['key_version'],
  operations: { update: { handler: rewrapWithKey, pure: true } },
})

async function rewrapWithKey(request: RewrapRequest, { store, random }: EngineContext): Promise<Reply> {
  const { fields } = request
  const isBatch = fields.batch_input !== undefined
  const items = isBatch ? batchItems(fields.batch_input, 'ciphertext') : [ownItem(request)]
  refuseMixedContexts(items)
  const keyring = Keyring.of(await neededKey(store, fields.name))
  const work = (item: Item): JsonObject => {
    if (item.text === '') throw invalid('missing ciphertext to decrypt')
    const circumstances = circumstancesOf(item)
    const plaintext = keyring.decrypt(item.text, circumstances)
    const { ciphertext, version } = keyring.encrypt(item.keyVersion, plaintext, circumstances, random)
    plaintext.fill(0)
    return { ciphertext, key_version: version }
  }
  // Unlike those of encrypt and decrypt, a batch with failures is a 200: so it is in Vault.
  if (isBatch) return { data: { batch_results: await eachItem(items, work) } }
  return { data: work(ownItem(request)) }
}

function ownItem({ fields }: RewrapRequest): Item {
  return {
    text: fields.ciphertext,
    context: fields.context,
    associatedData: fields.associated_data,
    keyVersion: fields.key_version,
    reference: '',
  }
}
