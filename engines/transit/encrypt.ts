import { type EngineContext, type EngineRequest, type Random, type Reply, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import type { JsonObject } from '../json-object.ts'
import { fromBase64 } from './base64.ts'
import { batchItems, batchReply, circumstancesOf, eachItem, type Item, refuseMixedContexts } from './batch.ts'
import { type Key, newKey } from './key.ts'
import { keyName, loadKey, neededKey, saveKey } from './key-store.ts'
import { askedKeyType, DEFAULT_KEY_TYPE } from './key-types.ts'
import { Keyring } from './keyring.ts'
import {
  associatedDataField,
  batchField,
  contextField,
  EncryptReply,
  keyVersionField,
  nameField,
  partialStatusField,
} from './message-fields.ts'

const fields = {
  name: nameField,
  plaintext: field.text({ description: 'What to encrypt, in base64.' }),
  context: contextField,
  associated_data: associatedDataField,
  key_version: keyVersionField,
  nonce: field.text({ default: '', description: 'Refused: no caller chooses a nonce.' }),
  type: field.text({ default: DEFAULT_KEY_TYPE, description: 'Type of the key, if this request makes it.' }),
  convergent_encryption: field.bool({
    default: false,
    description: 'Whether the key, if this request makes it, encrypts the same plaintext in the same context alike.',
  }),
  batch_input: batchField('encrypt'),
  partial_failure_response_code: partialStatusField,
}
type EncryptRequest = EngineRequest<typeof fields>

export const encrypt = route('encrypt/:name', {
  summary: 'Encrypt with a named key',
  description:
    'A key that does not exist is made, for callers who may create it. It is a derived key where a context is given.',
  fields,
  exists: async ({ fields }, { store }) => (await loadKey(store, fields.name)) !== undefined,
  returns: EncryptReply,
  auditClear: ['key_version', 'type', 'convergent_encryption', 'partial_failure_response_code'],
  operations: {
    create: encryptWithNewKey,
    update: { handler: encryptWithKey, pure: true },
  },
})

async function encryptWithKey(request: EncryptRequest, { store, random }: EngineContext): Promise<Reply> {
  if (request.fields.batch_input !== undefined) {
    const items = itemsOf(request)
    return encryptAll(request, items, await neededKey(store, request.fields.name), random)
  }
  const plaintext = plaintextOf(request)
  const keyring = Keyring.of(await neededKey(store, request.fields.name))
  const { key_version: version, context, associated_data: associatedData } = request.fields
  const encrypted = keyring.encrypt(version, plaintext, circumstancesOf({ context, associatedData }), random)
  return { data: { ciphertext: encrypted.ciphertext, key_version: encrypted.version } }
}

/** What can be refused is refused before there is a key. */
async function encryptWithNewKey(request: EncryptRequest, context: EngineContext): Promise<Reply> {
  if (request.fields.batch_input !== undefined) {
    const items = itemsOf(request)
    const { key, warnings } = await madeKey(request, items[0]?.context !== '', context)
    const reply = await encryptAll(request, items, key, context.random)
    return { ...reply, warnings: [...warnings, ...(reply.warnings ?? [])] }
  }
  const plaintext = plaintextOf(request)
  const { key_version: version, associated_data: associatedData } = request.fields
  const circumstances = circumstancesOf({ context: request.fields.context, associatedData })
  const { key, warnings } = await madeKey(request, circumstances.context !== undefined, context)
  const encrypted = Keyring.of(key).encrypt(version, plaintext, circumstances, context.random)
  return { data: { ciphertext: encrypted.ciphertext, key_version: encrypted.version }, warnings }
}

function plaintextOf(request: EncryptRequest): Buffer {
  const { plaintext, nonce } = request.fields
  if (plaintext === undefined) throw invalid('missing plaintext to encrypt')
  refuseNonce(nonce)
  return fromBase64(plaintext)
}

function itemsOf(request: EncryptRequest): readonly Item[] {
  const items = batchItems(request.fields.batch_input, 'plaintext')
  refuseMixedContexts(items)
  refuseNonce(request.fields.nonce)
  return items
}

function refuseNonce(nonce: string): void {
  if (nonce !== '') throw invalid('nonce provided when not allowed')
}

async function encryptAll(request: EncryptRequest, items: readonly Item[], key: Key, random: Random): Promise<Reply> {
  const keyring = Keyring.of(key)
  const outcomes = await eachItem(items, (item): JsonObject => {
    const encrypted = keyring.encrypt(item.keyVersion, fromBase64(item.text), circumstancesOf(item), random)
    return { ciphertext: encrypted.ciphertext, key_version: encrypted.version }
  })
  return batchReply(outcomes, request.fields.partial_failure_response_code)
}

interface Made {
  readonly key: Key
  readonly warnings: readonly string[]
}

/** Another request may have made the key in the meantime: then that one is used. */
async function madeKey(
  { fields }: EncryptRequest,
  derived: boolean,
  { store, clock, random }: EngineContext,
): Promise<Made> {
  const type = askedKeyType(fields.type)
  const convergent = fields.convergent_encryption
  if (convergent && !derived) {
    throw invalid('convergent encryption requires derivation to be enabled, so context is required')
  }
  const name = keyName(fields.name)
  return store.transaction(async (tx) => {
    const there = await loadKey(tx, name)
    if (there !== undefined) return { key: there, warnings: [CREATED_BEFOREHAND] }
    const asked = {
      name,
      type,
      derived,
      convergent,
      exportable: false,
      allowPlaintextBackup: false,
      autoRotateSeconds: 0,
    }
    const key = newKey(asked, clock.now(), random)
    saveKey(tx, key)
    return { key, warnings: [] }
  })
}

const CREATED_BEFOREHAND = 'Attempted creation of the key during the encrypt operation, but it was created beforehand'
