import { hkdfSync } from 'node:crypto'
import { publicKeyOf } from '../../crypto/keys/pkcs8.ts'
import { type EngineContext, type EngineRequest, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import { pemBlocks } from '../pem.ts'
import { newKey } from './keys/key.ts'
import { loadKey, refuseSoftDeleted, saveKey } from './keys/key-store.ts'
import { askedKeyType, DEFAULT_KEY_TYPE, keyTypeOf } from './keys/key-types.ts'
import { keyringOf } from './keys/keyrings.ts'
import { importedMaterial } from './keys/material.ts'
import { nameField } from './message-fields.ts'
import { refusing } from './refusal.ts'

const fields = {
  name: nameField,
  key_derivation_algorithm: field.text({ default: 'ecdh', description: 'How the key is agreed on: ecdh.' }),
  peer_public_key: field.text({ default: '', description: "The other side's public key, in PEM." }),
  base_key_name: field.text({ default: '', description: 'Name of the ECDSA key that is our side.' }),
  base_key_version: field.int({ default: 0, description: 'Version of the base key; 0 for the latest.' }),
  derived_key_type: field.text({ default: DEFAULT_KEY_TYPE, description: 'Type of the new key: one that encrypts.' }),
}

export const deriveKey = route('derive-key/:name', {
  summary: 'Make a named key that another side can make as well, from both public keys',
  description: 'HKDF-SHA-256 of the ECDH secret, without salt and info: the other side gets the same key.',
  fields,
  auditClear: ['key_derivation_algorithm', 'base_key_name', 'base_key_version', 'derived_key_type'],
  operations: { update: derive },
})

async function derive(request: EngineRequest<typeof fields>, context: EngineContext): Promise<undefined> {
  const { fields: sent } = request
  const { store, clock, random } = context
  const name = sent.name
  if (sent.key_derivation_algorithm !== 'ecdh') throw invalid('key derivation algorithm not supported: it is ecdh')
  if (sent.peer_public_key === '') throw invalid('peer public key not provided')
  const type = askedKeyType(sent.derived_key_type.toLowerCase())
  if (type.algorithm.kind !== 'symmetric' || !type.supports.encryption) {
    throw invalid(`keys of type ${type.name} cannot be derived from an agreement`)
  }
  const base = sent.base_key_name === '' ? undefined : await loadKey(store, sent.base_key_name)
  if (base === undefined) throw invalid('specified base key not found')
  refuseSoftDeleted(base)
  if (!keyTypeOf(base.type).supports.agreement) {
    throw invalid(`base key type ${base.type} does not support key agreement`)
  }
  const [spki, ...others] = pemBlocks(sent.peer_public_key, 'PUBLIC KEY')
  if (spki === undefined || others.length > 0) throw invalid('failed to parse supplied peer public key PEM')
  const { agree } = keyringOf(store, base).pair(sent.base_key_version, 'key agreement')
  if (agree === undefined) throw invalid('the base key has no private part')
  const secret = refusing(() => agree(publicKeyOf(spki)))
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', '', type.algorithm.keyBytes.usual))
  secret.fill(0)
  const material = importedMaterial(type, bytes, random)
  bytes.fill(0)
  const asked = { name, type, derived: false, convergent: false, exportable: false, allowPlaintextBackup: false }
  await store.transaction(async (tx) => {
    if ((await loadKey(tx, name)) !== undefined) throw invalid(`key ${name} already exists`)
    saveKey(tx, newKey({ ...asked, autoRotateSeconds: 0, imported: { rotatable: false } }, material, clock.now()))
  })
}
