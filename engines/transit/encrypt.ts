import type { Awaitable } from '../../storage/backend.ts'
import { fromBase64 } from '../base64.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import { batchItems, batchReply, circumstancesOf, type Item, refuseMixedContexts } from './batch.ts'
import { readConfig } from './config.ts'
import { encryptItems } from './encrypt-items.ts'
import { type Circumstances, refuseNonce } from './keys/convergence.ts'
import { type Key, newKey } from './keys/key.ts'
import { loadKey, neededKey, saveKey } from './keys/key-store.ts'
import { askedKeyType, DEFAULT_KEY_TYPE, refuseDerivation } from './keys/key-types.ts'
import { keyringOf } from './keys/keyrings.ts'
import { newMaterial } from './keys/material.ts'
import {
  associatedDataField,
  batchField,
  contextField,
  EncryptReply,
  keyVersionField,
  nameField,
  nonceField,
  partialStatusField,
} from './message-fields.ts'
import { written } from './wire-form.ts'

const fields = {
  name: nameField,
  plaintext: field.text({ description: 'What to encrypt, in base64.' }),
  context: contextField,
  associated_data: associatedDataField,
  key_version: keyVersionField,
  nonce: nonceField,
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
  exists({ fields }, { store }) {
    const key = loadKey(store, fields.name)
    return key instanceof Promise ? key.then(isThere) : isThere(key)
  },
  returns: EncryptReply,
  auditClear: ['key_version', 'type', 'convergent_encryption', 'partial_failure_response_code'],
  operations: {
    create: encryptWithNewKey,
    update: { handler: encryptWithKey, pure: true },
  },
})

const isThere = (key: Key | undefined): boolean => key !== undefined

/** The usual case, a key that is at hand, awaits nothing. */
function encryptWithKey(request: EncryptRequest, context: EngineContext): Awaitable<Reply> {
  const { fields } = request
  if (fields.batch_input !== undefined) return encryptBatch(request, context)
  const plaintext = plaintextOf(request)
  const circumstances = ownCircumstances(request)
  const encrypted = (key: Key): Reply => {
    const sealed = keyringOf(context.store, key).encrypt(fields.key_version, plaintext, circumstances, context.random)
    return { data: { ciphertext: written(context.mount, sealed), key_version: sealed.version } }
  }
  const key = neededKey(context.store, fields.name)
  return key instanceof Promise ? key.then(encrypted) : encrypted(key)
}

async function encryptBatch(request: EncryptRequest, context: EngineContext): Promise<Reply> {
  const items = itemsOf(request)
  return encryptAll(request, items, await neededKey(context.store, request.fields.name), context)
}

/** What can be refused is refused before there is a key. */
async function encryptWithNewKey(request: EncryptRequest, context: EngineContext): Promise<Reply> {
  if (request.fields.batch_input !== undefined) {
    const items = itemsOf(request)
    const { key, warnings } = await madeKey(request, items[0]?.context !== '', context)
    const reply = await encryptAll(request, items, key, context)
    return { ...reply, warnings: [...warnings, ...(reply.warnings ?? [])] }
  }
  const plaintext = plaintextOf(request)
  const circumstances = ownCircumstances(request)
  refuseNonce(circumstances)
  const { key, warnings } = await madeKey(request, circumstances.context !== undefined, context)
  const keyring = keyringOf(context.store, key)
  const sealed = keyring.encrypt(request.fields.key_version, plaintext, circumstances, context.random)
  return { data: { ciphertext: written(context.mount, sealed), key_version: sealed.version }, warnings }
}

function plaintextOf({ fields: { plaintext } }: EncryptRequest): Buffer {
  if (plaintext === undefined) throw invalid('missing plaintext to encrypt')
  return fromBase64(plaintext)
}

function ownCircumstances({ fields }: EncryptRequest): Circumstances {
  const { context, associated_data: associatedData, nonce } = fields
  return circumstancesOf({ context, associatedData, nonce })
}

function itemsOf(request: EncryptRequest): readonly Item[] {
  const items = batchItems(request.fields.batch_input, 'plaintext')
  refuseMixedContexts(items)
  return items
}

async function encryptAll(
  request: EncryptRequest,
  items: readonly Item[],
  key: Key,
  context: EngineContext,
): Promise<Reply> {
  const outcomes = await encryptItems(items, keyringOf(context.store, key), context)
  return batchReply(outcomes, request.fields.partial_failure_response_code)
}

interface Made {
  readonly key: Key
  readonly warnings: readonly string[]
}

/** Another request may have made the key in the meantime: then that one is used. */
async function madeKey({ fields }: EncryptRequest, derived: boolean, context: EngineContext): Promise<Made> {
  const { store, clock, random } = context
  const name = fields.name
  if ((await readConfig(store)).disableUpsert) throw invalid('encryption key not found')
  const type = askedKeyType(fields.type)
  const convergent = fields.convergent_encryption
  if (!type.supports.encryption) throw invalid(`key type ${type.name} not supported for this operation`)
  if (convergent && !derived) {
    throw invalid('convergent encryption requires derivation to be enabled, so context is required')
  }
  refuseDerivation(type, derived, convergent)
  const asked = {
    name,
    type,
    derived,
    convergent,
    exportable: false,
    allowPlaintextBackup: false,
    autoRotateSeconds: 0,
  }
  const material = await newMaterial(type, 0, random)
  return store.transaction(async (tx) => {
    const there = await loadKey(tx, name)
    if (there !== undefined) return { key: there, warnings: [CREATED_BEFOREHAND] }
    const key = newKey(asked, material, clock.now())
    saveKey(tx, key)
    return { key, warnings: [] }
  })
}

const CREATED_BEFOREHAND = 'Attempted creation of the key during the encrypt operation, but it was created beforehand'
