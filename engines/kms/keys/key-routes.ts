import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { field } from '../../field.ts'
import { listed, pageFields, pageOf } from '../../listing.ts'
import { publicKeyPem } from '../../pem.ts'
import { refused } from '../errors.ts'
import { callOf, keyField, policyField, policyText, tagMap, tagsOf } from '../route-fields.ts'
import { aliasesOf, attachAlias } from './aliases.ts'
import type { Key } from './key.ts'
import { algorithmsOf, KEY_SPECS, KEY_USAGES } from './key-specs.ts'
import { aliasName, isKeyId, loadAlias, loadKey } from './key-store.ts'
import {
  type CreateKeyRequest,
  cancelKeyDeletion,
  createKey,
  describeKey,
  disableKey,
  enableKey,
  exportKey,
  getPublicKey,
  listKeys,
  prepareKey,
  putNewKey,
  scheduleKeyDeletion,
  updateDescription,
  WINDOW_DAYS,
} from './lifecycle.ts'
import { KeyMetadata, METADATA_FIELDS, metadataOf } from './metadata.ts'

/** Rows of keys: made, read, changed, put out of use, and deleted. */

const newKeyFields = {
  key_spec: field.text({ default: 'SYMMETRIC_DEFAULT', description: `What the key is: ${KEY_SPECS.join(', ')}.` }),
  key_usage: field.text({
    description: `What it is for: ${KEY_USAGES.join(', ')}. RSA and ECC_NIST keys need it; others have one use.`,
  }),
  description: field.text({ description: 'For people. At most 8192 characters.' }),
  origin: field.oneOf(['AWS_KMS', 'EXTERNAL'])({
    default: 'AWS_KMS',
    description: 'AWS_KMS: the server makes the material. EXTERNAL: it is imported before the key can be used.',
  }),
  exportable: field.bool({
    default: false,
    description: 'Whether the material may be read by who may read `keys/:id/export`. Stays as it is.',
  }),
  tags: field.stringMap({ default: {}, description: 'Labels, at most 50.' }),
  policy: policyField('The key policy. Default: whoever the policies of the namespace let in.'),
  bypass_policy_lockout_safety_check: field.bool({
    default: false,
    description: 'Takes a key policy also where it does not let the caller change it again.',
  }),
}

const auditClear = [
  ...METADATA_FIELDS,
  'aliases',
  'after',
  'bypass_policy_lockout_safety_check',
  'keys',
  'limit',
  'pending_window_in_days',
  'policy',
  'tags',
]

const KeyReply = Type.Object({
  ...KeyMetadata.properties,
  aliases: Type.Array(Type.String()),
  tags: Type.Record(Type.String(), Type.String()),
})

type NewKeyFields = EngineRequest<typeof newKeyFields>['fields']

function asked(fields: NewKeyFields): CreateKeyRequest {
  return {
    spec: fields.key_spec,
    usage: fields.key_usage,
    description: fields.description ?? '',
    origin: fields.origin,
    exportable: fields.exportable,
    tags: tagsOf(fields.tags),
    policy: policyText(fields.policy),
    bypassPolicyLockout: fields.bypass_policy_lockout_safety_check,
  }
}

async function shownKey(context: EngineContext, key: Key): Promise<Reply> {
  const aliases = await aliasesOf(context.store, key.id)
  return { data: { ...metadataOf(context, key), aliases, tags: tagMap(key.tags) } }
}

const keyListFields = { ...newKeyFields, ...pageFields }

export const keyList = route('keys', {
  summary: 'List the keys, and make one',
  fields: keyListFields,
  exists: async () => false,
  auditClear,
  operations: {
    list: async (request: EngineRequest<typeof keyListFields>, context) =>
      listed(await listKeys(callOf(request, context), pageOf(request.fields))),
    create: {
      returns: KeyReply,
      handler: async (request: EngineRequest<typeof keyListFields>, context) =>
        shownKey(context, await createKey(callOf(request, context), asked(request.fields))),
    },
  },
})

const keyFields = {
  ...newKeyFields,
  id: keyField,
  pending_window_in_days: field.int({
    default: WINDOW_DAYS.usual,
    query: true,
    description: `Of a deletion: after how many days the key is gone, ${WINDOW_DAYS.min} to ${WINDOW_DAYS.max}.`,
  }),
}
type KeyRequest = EngineRequest<typeof keyFields>

export const key = route('keys/:id', {
  summary: 'Make, read, describe and delete a key',
  description:
    'A name that no key has makes a key with this alias; then the id is in the reply. Writing to a key that is there ' +
    'changes its description. Deleting begins a waiting period, in which the key can be had back.',
  fields: keyFields,
  exists: async ({ fields }, { store }) => isKeyId(fields.id) || (await namedAlias(store, fields.id)) !== undefined,
  returns: KeyReply,
  auditClear,
  operations: {
    create,
    read: async (request, context) => shownKey(context, await describeKey(callOf(request, context), request.fields.id)),
    update,
    delete: async (request, context) => {
      const { id, pending_window_in_days: days } = request.fields
      return shownKey(context, await scheduleKeyDeletion(callOf(request, context), id, days))
    },
  },
})

const namedAlias = (store: EngineContext['store'], text: string) => loadAlias(store, aliasName(text))

/** The key and its alias come together or not at all. */
async function create(request: KeyRequest, context: EngineContext): Promise<Reply> {
  const call = callOf(request, context)
  const name = aliasName(request.fields.id)
  const prepared = await prepareKey(call, asked(request.fields))
  const made = await context.store.transaction(async (tx) => {
    if ((await loadAlias(tx, name)) !== undefined) throw refused('AlreadyExists', `alias ${name} exists already`)
    const key = await putNewKey(call, tx, prepared)
    await attachAlias(call, tx, key, name)
    return key
  })
  return shownKey(context, made)
}

const FIXED = ['key_spec', 'key_usage', 'origin', 'exportable', 'tags', 'policy'] as const

async function update(request: KeyRequest, context: EngineContext): Promise<Reply> {
  const { id, description } = request.fields
  if (isKeyId(id) && (await loadKey(context.store, id)) === undefined) {
    throw refused('NotFound', `key ${id} does not exist; the server chooses the ids of new keys`)
  }
  const fixed = FIXED.find((name) => request.has(name))
  if (fixed !== undefined) throw refused('Validation', `the key exists already: ${fixed} can't be changed here`)
  if (description === undefined)
    throw refused('Validation', 'the key exists already: only its description can be given')
  return shownKey(context, await updateDescription(callOf(request, context), id, description))
}

const onlyKey = { id: keyField }

function action(name: string, summary: string, work: typeof enableKey) {
  return route(`keys/:id/${name}`, {
    summary,
    fields: onlyKey,
    returns: KeyReply,
    auditClear,
    operations: {
      update: async (request: EngineRequest<typeof onlyKey>, context) =>
        shownKey(context, await work(callOf(request, context), request.fields.id)),
    },
  })
}

export const stateRows = [
  action('enable', 'Put a key into use', enableKey),
  action('disable', 'Put a key out of use, until it is enabled again', disableKey),
  action('cancel-deletion', 'Keep a key that waits for its deletion; it is disabled then', cancelKeyDeletion),
]

export const publicKey = route('keys/:id/public', {
  summary: 'Read the public key of a pair',
  fields: onlyKey,
  returns: Type.Object({
    key_id: Type.String(),
    key_spec: Type.String(),
    key_usage: Type.String(),
    public_key: Type.String({ description: 'PEM of SubjectPublicKeyInfo.' }),
    algorithms: Type.Array(Type.String(), { description: 'That it can be used with.' }),
  }),
  auditClear: [...METADATA_FIELDS, 'algorithms', 'public_key'],
  operations: {
    read: async (request, context) => {
      const { key, publicKey } = await getPublicKey(callOf(request, context), request.fields.id)
      const { id, spec, usage } = key
      const pem = publicKeyPem(publicKey)
      const data = { key_id: id, key_spec: spec, key_usage: usage, public_key: pem, algorithms: algorithmsOf(key) }
      return { data }
    },
  },
})

export const exportRow = route('keys/:id/export', {
  summary: 'Read the material of a key that was made exportable',
  fields: onlyKey,
  returns: Type.Object({
    key_id: Type.String(),
    key_spec: Type.String(),
    keys: Type.Record(Type.String(), Type.String(), {
      description: 'By version, in base64: raw bytes of symmetric keys, PKCS #8 of pairs.',
    }),
  }),
  auditClear: ['key_id', 'key_spec'],
  operations: {
    read: async (request, context) => {
      const key = await exportKey(callOf(request, context), request.fields.id)
      const keys = Object.fromEntries(key.versions.map(({ number, secret }) => [number, secret.toString('base64')]))
      return { data: { key_id: key.id, key_spec: key.spec, keys } }
    },
  },
})
