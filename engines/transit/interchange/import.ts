import { unwrapKey } from '../../../crypto/keys/kwp.ts'
import { fromBase64 } from '../../base64.ts'
import { type EngineContext, type EngineRequest, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { pemBlocks } from '../../pem.ts'
import { COUNTER_KDF, type Key, type KeyVersion, newKey, versionOf, withChanged, withVersion } from '../keys/key.ts'
import { loadKey, refuseSoftDeleted, saveKey } from '../keys/key-store.ts'
import {
  askedKeyType,
  canBeCounted,
  chosenKeyBytes,
  DEFAULT_KEY_TYPE,
  type KeyType,
  keyTypeOf,
  refuseDerivation,
} from '../keys/key-types.ts'
import { importedMaterial, importedPublicMaterial, type Material } from '../keys/material.ts'
import { autoRotateField, checkRotationPeriod } from '../keys/rotation-period.ts'
import { nameField } from '../message-fields.ts'
import { refusing } from '../refusal.ts'
import { WRAP_HASHES, wrapHash } from './wrap-hash.ts'
import { unwrappingKey } from './wrapping-key.ts'

/** Rows that bring in keys which were made elsewhere. */

const bytesFields = {
  name: nameField,
  ciphertext: field.text({
    description:
      'The key, wrapped, in base64: RSA-OAEP with the wrapping key of an AES-256 key, followed by AES-KWP of the key ' +
      'under that one (CKM_RSA_AES_KEY_WRAP). Raw bytes of symmetric keys, PKCS #8 of pairs.',
  }),
  public_key: field.text({ description: 'In place of ciphertext: only a public key, in PEM.' }),
  hash_function: field.text({ default: 'SHA256', description: `The hash of RSA-OAEP: ${WRAP_HASHES}.` }),
}

const importFields = {
  ...bytesFields,
  type: field.text({ default: DEFAULT_KEY_TYPE, description: 'Type of the key.' }),
  allow_rotation: field.bool({ default: false, description: 'Whether the server may make new versions.' }),
  derived: field.bool({
    default: false,
    description: 'Every operation needs a context, and uses a key made from this one and the context.',
  }),
  exportable: field.bool({ default: false, description: 'Whether the key may be exported. Once set it stays.' }),
  allow_plaintext_backup: field.bool({
    default: false,
    description: 'Whether the key may be backed up in clear. Once set it stays.',
  }),
  context: field.text({ default: '', deprecated: true, description: 'Not looked at: each operation gives its own.' }),
  auto_rotate_period: autoRotateField(0),
}

export const importKey = route('keys/:name/import', {
  summary: 'Bring in a key that was made elsewhere',
  fields: importFields,
  auditClear: ['type', 'hash_function', 'allow_rotation', 'derived', 'exportable', 'auto_rotate_period'],
  operations: { update: importNew },
})

async function importNew(request: EngineRequest<typeof importFields>, context: EngineContext): Promise<undefined> {
  const { fields } = request
  const { store, clock } = context
  const name = fields.name
  const type = askedKeyType(fields.type.toLowerCase())
  if (Object.hasOwn(request.data, 'convergent_encryption')) {
    throw invalid('import cannot be used on keys with convergent encryption enabled')
  }
  refuseDerivation(type, fields.derived, false)
  const autoRotateSeconds = checkRotationPeriod(fields.auto_rotate_period)
  if (autoRotateSeconds > 0 && !fields.allow_rotation) {
    throw invalid('allow_rotation must be set to true if auto-rotation is enabled')
  }
  if (fields.derived && fields.ciphertext === undefined) {
    throw invalid('only a key with its private part can be derived from')
  }
  if ((await loadKey(store, name)) !== undefined) throw exists()
  const material = await sentMaterial(fields, type, context)
  const asked = {
    name,
    type,
    derived: fields.derived,
    // As in Vault and OpenBao, so that contexts make the same keys here.
    ...(fields.derived && canBeCounted(type) && { kdf: COUNTER_KDF }),
    convergent: false,
    exportable: fields.exportable,
    allowPlaintextBackup: fields.allow_plaintext_backup,
    autoRotateSeconds,
    ...sizeOf(type, material),
    imported: { rotatable: fields.allow_rotation },
  }
  await store.transaction(async (tx) => {
    if ((await loadKey(tx, name)) !== undefined) throw exists()
    saveKey(tx, newKey(asked, material, clock.now()))
  })
}

const exists = () =>
  invalid('the import path cannot be used with an existing key; use import-version to rotate an existing imported key')

/** Of keys whose length can be chosen. */
function sizeOf(type: KeyType, { key }: Material): { keySize?: number } {
  return chosenKeyBytes(type) === undefined ? {} : { keySize: key.length }
}

const versionFields = {
  ...bytesFields,
  version: field.int({
    description:
      'The version that gets its private key; absent: a new version, unless the key is the one that the latest lacks.',
  }),
}

export const importVersion = route('keys/:name/import_version', {
  summary: 'Bring in another version of an imported key, or the private key of a version',
  fields: versionFields,
  auditClear: ['hash_function', 'version'],
  operations: { update: importAnother },
})

async function importAnother(request: EngineRequest<typeof versionFields>, context: EngineContext): Promise<undefined> {
  const { fields } = request
  const { store, clock } = context
  const seen = mayImport(await loadKey(store, fields.name), fields.name)
  const material = await sentMaterial(fields, keyTypeOf(seen.type), context)
  await store.transaction(async (tx) => {
    const key = mayImport(await loadKey(tx, fields.name), fields.name)
    if (key.type !== seen.type) throw invalid(`key ${fields.name} was replaced in the meantime`)
    saveKey(tx, withImported(key, material, fields.version, clock.now()))
  })
}

function mayImport(key: Key | undefined, name: string): Key {
  if (key === undefined) throw invalid(`no key found with name ${name}; to import a new key, use the import/ endpoint`)
  refuseSoftDeleted(key)
  if (key.imported === undefined) throw invalid('the import_version endpoint can only be used with an imported key')
  return key
}

function withImported(key: Key, material: Material, number: number | undefined, nowMs: number): Key {
  if (number !== undefined) return withChanged(key, completed(versionOf(key, number), material))
  const latest = versionOf(key, key.latest)
  if (latest !== undefined && material.key.length > 0 && lacksPrivate(latest) && isSamePair(latest, material)) {
    return withChanged(key, completed(latest, material))
  }
  if (key.derived && material.key.length === 0) throw invalid('only a key with its private part can be derived from')
  return { ...withVersion(key, material, nowMs), ...(key.keySize !== undefined && { keySize: material.key.length }) }
}

const lacksPrivate = ({ key }: KeyVersion) => key.length === 0

function isSamePair(a: Material, b: Material): boolean {
  return a.publicKey !== undefined && b.publicKey !== undefined && a.publicKey.equals(b.publicKey)
}

/** A version of which only the public key was known, with its private key. */
function completed(version: KeyVersion | undefined, material: Material): KeyVersion {
  if (version === undefined) throw invalid('no such key version')
  if (!lacksPrivate(version)) throw invalid('private key imported, key version cannot be updated')
  if (material.key.length === 0) {
    throw invalid('cannot add a public key to a key version that already has a public key set')
  }
  if (!isSamePair(version, material)) throw invalid('cannot import key, key pair does not match')
  return { ...version, key: material.key }
}

interface SentBytes {
  readonly ciphertext: string | undefined
  readonly public_key: string | undefined
  readonly hash_function: string
}

async function sentMaterial(sent: SentBytes, type: KeyType, context: EngineContext): Promise<Material> {
  const { ciphertext, public_key: publicKey } = sent
  if (ciphertext !== undefined && publicKey !== undefined) {
    throw invalid('only one of the following fields, ciphertext and public_key, can be set')
  }
  if (publicKey !== undefined) {
    const [spki, ...others] = pemBlocks(publicKey, 'PUBLIC KEY')
    if (spki === undefined || others.length > 0) throw invalid('error parsing public key: not one key in PEM format')
    return importedPublicMaterial(type, spki, context.random)
  }
  if (ciphertext === undefined) throw invalid('one of the fields ciphertext and public_key must be set')
  const hash = wrapHash(sent.hash_function)
  const wrapped = fromBase64(ciphertext)
  const unwrapping = await unwrappingKey(context)
  const bytes = refusing(() => unwrapKey(unwrapping, hash, wrapped))
  try {
    return importedMaterial(type, bytes, context.random)
  } finally {
    bytes.fill(0)
  }
}
