import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../engine.ts'
import { type Field, field } from '../field.ts'
import { eachItem, ITEMS_AT_ONCE, lenientBatchReply } from './batch.ts'
import { neededKey } from './keys/key-store.ts'
import { keyringOf } from './keys/keyrings.ts'
import { batchMessages, inputOf, type Message } from './messages.ts'
import { bodyAlgorithm, HASH_CLEAR, hashOf, hmacFields, messageBatchField, pathAlgorithm } from './signature-fields.ts'
import { written } from './wire-form.ts'

const common = {
  ...hmacFields,
  input: field.text({ description: 'The message, in base64. This or batch_input.' }),
  key_version: field.int({
    default: 0,
    description: "Version of the key: 0 for the latest, else at least the key's min_encryption_version.",
  }),
  batch_input: messageBatchField('authenticate', {}),
}

const rest = {
  description: 'Keys of every type have a secret of their own for this; that of an hmac key is the key.',
  returns: Type.Union([
    Type.Object({ hmac: Type.String() }),
    Type.Object({
      batch_results: Type.Array(
        Type.Object({
          hmac: Type.Optional(Type.String()),
          error: Type.Optional(Type.String()),
          reference: Type.String(),
        }),
      ),
    }),
  ]),
  auditClear: [...HASH_CLEAR, 'key_version'],
  operations: { update: { handler: authenticate, pure: true } },
}

export const hmacRows: readonly Route[] = [
  route('hmac/:name', {
    summary: 'Make an HMAC with a named key',
    fields: { ...common, urlalgorithm: bodyAlgorithm },
    ...rest,
  }),
  route('hmac/:name/:urlalgorithm', {
    summary: 'Make an HMAC with a named key and the hash that the path names',
    fields: { ...common, urlalgorithm: pathAlgorithm },
    ...rest,
  }),
]

type HmacRequest = EngineRequest<typeof common & { readonly urlalgorithm: Field<string> }>

async function authenticate({ fields }: HmacRequest, { store, mount }: EngineContext): Promise<Reply> {
  const hash = hashOf(fields)
  const keyring = keyringOf(store, await neededKey(store, fields.name))
  const work = (message: Message) => {
    const input = inputOf(message, 'missing input for HMAC')
    return { hmac: written(mount, keyring.hmac(fields.key_version, hash, input)) }
  }
  if (fields.batch_input === undefined) {
    return { data: work({ input: fields.input, context: '', signature: undefined, hmac: undefined, reference: '' }) }
  }
  const messages = batchMessages(fields.batch_input)
  keyring.refuseHmacBy(fields.key_version)
  const outcomes = await eachItem(messages, ITEMS_AT_ONCE, work)
  return lenientBatchReply(outcomes, fields.partial_failure_response_code)
}
