import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { field } from '../field.ts'
import { neededKey } from './keys/key-store.ts'
import { keyringOf } from './keys/keyrings.ts'
import { nameField } from './message-fields.ts'
import { parseWritten, written } from './wire-form.ts'

/** Rows of keys that two sides agree on a secret with (ML-KEM). */

const encapsulateFields = {
  name: nameField,
  key_version: field.int({
    default: 0,
    description: "Version of the key: 0 for the latest, else at least the key's min_encryption_version.",
  }),
}

export const encapsulate = route('encapsulate/:name', {
  summary: 'Make a secret, and a ciphertext from which only the key gets it',
  fields: encapsulateFields,
  returns: Type.Object({
    ciphertext: Type.String(),
    shared_secret: Type.String({ description: '32 bytes, in base64.' }),
    key_version: Type.Integer(),
  }),
  auditClear: ['key_version'],
  operations: { update: { handler: makeSecret, pure: true } },
})

async function makeSecret(request: EngineRequest<typeof encapsulateFields>, context: EngineContext): Promise<Reply> {
  const { store, mount } = context
  const { name, key_version: asked } = request.fields
  const { ciphertext, sharedSecret, version } = keyringOf(store, await neededKey(store, name)).encapsulate(asked)
  const data = {
    ciphertext: written(mount, { version, bytes: ciphertext }),
    shared_secret: sharedSecret.toString('base64'),
    key_version: version,
  }
  sharedSecret.fill(0)
  return { data }
}

const decapsulateFields = {
  name: nameField,
  ciphertext: field.text({
    required: true,
    description: 'As encapsulate returned it; of one that was made elsewhere, `vault:v<version>:` and its base64.',
  }),
}

export const decapsulate = route('decapsulate/:name', {
  summary: 'Get the secret of a ciphertext that was made for the key',
  description: 'A ciphertext of the right length that was made for another key, or changed, gives another secret.',
  fields: decapsulateFields,
  returns: Type.Object({ shared_secret: Type.String({ description: '32 bytes, in base64.' }) }),
  operations: { update: { handler: getSecret, pure: true } },
})

async function getSecret(request: EngineRequest<typeof decapsulateFields>, context: EngineContext): Promise<Reply> {
  const { store, mount } = context
  const keyring = keyringOf(store, await neededKey(store, request.fields.name))
  const secret = keyring.decapsulate(parseWritten(mount, request.fields.ciphertext, 'ciphertext'))
  const data = { shared_secret: secret.toString('base64') }
  secret.fill(0)
  return { data }
}
