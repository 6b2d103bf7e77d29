import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { type Field, field } from '../field.ts'
import type { JsonObject } from '../json-object.ts'
import { eachItem, itemsAtOnce, lenientBatchReply } from './batch.ts'
import { loadKey } from './keys/key-store.ts'
import type { Signed } from './keys/keyring.ts'
import { keyringOf } from './keys/keyrings.ts'
import { batchMessages, contextOf, inputOf, type Message, refuseManySlow } from './messages.ts'
import {
  bodyAlgorithm,
  inputField,
  messageBatchField,
  pathAlgorithm,
  SIGNATURE_CLEAR,
  signatureFields,
  signatureOptions,
} from './signature-fields.ts'
import { written } from './wire-form.ts'

const common = {
  ...signatureFields,
  input: inputField,
  key_version: field.int({
    default: 0,
    description: "Version of the key to sign with: 0 for the latest, else at least the key's min_encryption_version.",
  }),
  batch_input: messageBatchField('sign', { context: 'What a derived key is derived for, in base64.' }),
}

const SignReply = Type.Union([
  Type.Object({
    signature: Type.String(),
    key_version: Type.Integer(),
    public_key: Type.Optional(Type.String({ description: 'Of a derived key: that of the context, in base64.' })),
  }),
  Type.Object({
    batch_results: Type.Array(
      Type.Object({
        signature: Type.Optional(Type.String()),
        key_version: Type.Optional(Type.Integer()),
        publickey: Type.Optional(Type.String()),
        error: Type.Optional(Type.String()),
        reference: Type.String(),
      }),
    ),
  }),
])

const rest = {
  returns: SignReply,
  auditClear: [...SIGNATURE_CLEAR, 'key_version'],
  operations: { update: { handler: signWithKey, pure: true } },
}

export const signRows: readonly Route[] = [
  route('sign/:name', {
    summary: 'Sign with a named key',
    fields: { ...common, urlalgorithm: bodyAlgorithm },
    ...rest,
  }),
  route('sign/:name/:urlalgorithm', {
    summary: 'Sign with a named key and the hash that the path names',
    fields: { ...common, urlalgorithm: pathAlgorithm },
    ...rest,
  }),
]

type SignRequest = EngineRequest<typeof common & { readonly urlalgorithm: Field<string> }>

async function signWithKey(request: SignRequest, { store, mount, random }: EngineContext): Promise<Reply> {
  const { fields } = request
  const how = signatureOptions(request)
  const key = await loadKey(store, fields.name)
  if (key === undefined) throw invalid('signing key not found')
  const keyring = keyringOf(store, key)
  const encoding = how.encoding === 'der' ? 'base64' : 'base64url'
  const sign = (message: Message) => keyring.sign(fields.key_version, inputOf(message), contextOf(message), how, random)
  const outcome = (signed: Signed, publicKeyName: string): JsonObject => ({
    signature: written(mount, signed, encoding),
    key_version: signed.version,
    ...(signed.publicKey && { [publicKeyName]: signed.publicKey.toString('base64') }),
  })
  if (fields.batch_input === undefined) return { data: outcome(await sign(ownMessage(request)), 'public_key') }
  const messages = batchMessages(fields.batch_input)
  keyring.refuseUnlessSigning('message signing')
  refuseManySlow(keyring, messages)
  const outcomes = await eachItem(messages, itemsAtOnce(keyring.type), (message) => {
    const signed = sign(message)
    return signed instanceof Promise ? signed.then((made) => outcome(made, 'publickey')) : outcome(signed, 'publickey')
  })
  return lenientBatchReply(outcomes, fields.partial_failure_response_code)
}

function ownMessage({ fields }: SignRequest): Message {
  return { input: fields.input ?? '', context: fields.context, signature: undefined, hmac: undefined, reference: '' }
}
