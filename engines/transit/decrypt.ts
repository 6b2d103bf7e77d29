import type { Awaitable } from '../../storage/backend.ts'
import type { Store } from '../../storage/store.ts'
import { type EngineContext, type EngineRequest, type MountRef, type Reply, route } from '../engine.ts'
import { field } from '../field.ts'
import {
  batchItems,
  batchReply,
  circumstancesOf,
  eachItem,
  type Item,
  itemsAtOnce,
  refuseMixedContexts,
} from './batch.ts'
import type { Key } from './keys/key.ts'
import { neededKey } from './keys/key-store.ts'
import type { Keyring } from './keys/keyring.ts'
import { keyringOf } from './keys/keyrings.ts'
import {
  associatedDataField,
  batchField,
  contextField,
  DecryptReply,
  nameField,
  nonceField,
  partialStatusField,
} from './message-fields.ts'
import { missingCiphertext, parseWritten } from './wire-form.ts'

const fields = {
  name: nameField,
  ciphertext: field.text({ default: '', description: 'What to decrypt, as it was returned by encrypt.' }),
  context: contextField,
  associated_data: associatedDataField,
  nonce: nonceField,
  batch_input: batchField('decrypt'),
  partial_failure_response_code: partialStatusField,
}
type DecryptRequest = EngineRequest<typeof fields>

export const decrypt = route('decrypt/:name', {
  summary: 'Decrypt with a named key',
  fields,
  returns: DecryptReply,
  auditClear: ['partial_failure_response_code'],
  operations: { update: { handler: decryptWithKey, pure: true } },
})

/** The usual case, a key that is at hand, awaits nothing. */
function decryptWithKey(request: DecryptRequest, { store, mount }: EngineContext): Awaitable<Reply> {
  const { name, ciphertext, context, associated_data: associatedData, nonce } = request.fields
  if (request.fields.batch_input !== undefined) return decryptBatch(request, store, mount)
  if (ciphertext === '') throw missingCiphertext()
  const circumstances = circumstancesOf({ context, associatedData, nonce })
  const decrypted = (key: Key): Reply => {
    const sealed = parseWritten(mount, ciphertext, 'ciphertext')
    return { data: { plaintext: asText(keyringOf(store, key).decrypt(sealed, circumstances)) } }
  }
  const key = neededKey(store, name)
  return key instanceof Promise ? key.then(decrypted) : decrypted(key)
}

async function decryptBatch(request: DecryptRequest, store: Store, mount: MountRef): Promise<Reply> {
  const items = batchItems(request.fields.batch_input, 'ciphertext')
  refuseMixedContexts(items)
  return decryptAll(request, items, keyringOf(store, await neededKey(store, request.fields.name)), mount)
}

async function decryptAll(
  request: DecryptRequest,
  items: readonly Item[],
  keyring: Keyring,
  mount: MountRef,
): Promise<Reply> {
  const work = (item: Item) => {
    if (item.text === '') throw missingCiphertext()
    return { plaintext: asText(keyring.decrypt(parseWritten(mount, item.text, 'ciphertext'), circumstancesOf(item))) }
  }
  // Vault's outcome of a failure has the member too.
  const outcomes = await eachItem(items, itemsAtOnce(keyring.type), work, { plaintext: '' })
  return batchReply(outcomes, request.fields.partial_failure_response_code)
}

function asText(plaintext: Buffer): string {
  const text = plaintext.toString('base64')
  plaintext.fill(0)
  return text
}
