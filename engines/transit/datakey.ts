import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import { circumstancesOf } from './batch.ts'
import { neededKey } from './keys/key-store.ts'
import { keyringOf } from './keys/keyrings.ts'
import { associatedDataField, contextField, keyVersionField, nameField, nonceField } from './message-fields.ts'
import { written } from './wire-form.ts'

const fields = {
  plaintext: field.text({
    required: true,
    description: '`plaintext` returns the new key in clear as well, `wrapped` only its ciphertext.',
  }),
  name: nameField,
  context: contextField,
  associated_data: associatedDataField,
  nonce: nonceField,
  key_version: keyVersionField,
  bits: field.int({ default: 256, description: 'Length of the new key: 128, 256 or 512.' }),
}

export const datakey = route('datakey/:plaintext/:name', {
  summary: 'Make a random key and encrypt it with a named key',
  description: 'The new key is not kept: who has its ciphertext can have it decrypted.',
  fields,
  returns: Type.Object({
    ciphertext: Type.String(),
    key_version: Type.Integer(),
    plaintext: Type.Optional(Type.String()),
  }),
  auditClear: ['key_version', 'bits'],
  operations: { update: { handler: makeDataKey, pure: true } },
})

const LENGTHS: ReadonlySet<number> = new Set([128, 256, 512])

async function makeDataKey(request: EngineRequest<typeof fields>, context: EngineContext): Promise<Reply> {
  const { fields: sent } = request
  const { plaintext: form, bits, key_version: version, associated_data: associatedData } = sent
  if (form !== 'plaintext' && form !== 'wrapped') throw invalid("Invalid path, must be 'plaintext' or 'wrapped'")
  if (!LENGTHS.has(bits)) throw invalid('invalid bit length')
  const circumstances = circumstancesOf({ context: sent.context, associatedData, nonce: sent.nonce })
  const keyring = keyringOf(context.store, await neededKey(context.store, sent.name))
  const made = context.random.bytes(bits / 8)
  const sealed = keyring.encrypt(version, made, circumstances, context.random)
  const data = { ciphertext: written(context.mount, sealed), key_version: sealed.version }
  const reply = form === 'plaintext' ? { data: { ...data, plaintext: made.toString('base64') } } : { data }
  made.fill(0)
  return reply
}
