import Type from 'typebox'
import type { SignatureOptions } from '../../crypto/keys/algorithm.ts'
import type { HashName } from '../../crypto/keys/hash.ts'
import { decoded, decodedUrl } from '../base64.ts'
import { type EngineContext, type EngineRequest, type MountRef, type Reply, type Route, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { type Field, field } from '../field.ts'
import { eachItem, ITEMS_AT_ONCE, itemsAtOnce, lenientBatchReply } from './batch.ts'
import { loadKey } from './keys/key-store.ts'
import type { Keyring } from './keys/keyring.ts'
import { keyringOf } from './keys/keyrings.ts'
import { batchMessages, contextOf, inputOf, type Message } from './messages.ts'
import {
  bodyAlgorithm,
  hashOf,
  inputField,
  messageBatchField,
  pathAlgorithm,
  SIGNATURE_CLEAR,
  signatureFields,
  signatureOptions,
} from './signature-fields.ts'
import { parseWritten } from './wire-form.ts'

const common = {
  ...signatureFields,
  input: inputField,
  signature: field.text({ description: 'What sign returned. This or hmac.' }),
  hmac: field.text({ description: 'What hmac returned. This or signature.' }),
  batch_input: messageBatchField('verify', {
    context: 'What a derived key is derived for, in base64.',
    signature: 'What sign returned. All items have this, or all have hmac.',
    hmac: 'What hmac returned.',
  }),
}

const VerifyReply = Type.Union([
  Type.Object({ valid: Type.Boolean() }),
  Type.Object({
    batch_results: Type.Array(
      Type.Object({ valid: Type.Boolean(), error: Type.Optional(Type.String()), reference: Type.String() }),
    ),
  }),
])

const rest = {
  returns: VerifyReply,
  auditClear: [...SIGNATURE_CLEAR, 'valid'],
  operations: { update: { handler: verifyWithKey, pure: true } },
}

export const verifyRows: readonly Route[] = [
  route('verify/:name', {
    summary: 'Verify a signature or HMAC of a named key',
    fields: { ...common, urlalgorithm: bodyAlgorithm },
    ...rest,
  }),
  route('verify/:name/:urlalgorithm', {
    summary: 'Verify a signature or HMAC of a named key, made with the hash that the path names',
    fields: { ...common, urlalgorithm: pathAlgorithm },
    ...rest,
  }),
]

type VerifyRequest = EngineRequest<typeof common & { readonly urlalgorithm: Field<string> }>

async function verifyWithKey(request: VerifyRequest, { store, mount }: EngineContext): Promise<Reply> {
  const { fields } = request
  const isBatch = fields.batch_input !== undefined
  const messages = isBatch ? batchMessages(fields.batch_input) : [ownMessage(request)]
  const kind = kindOf(messages, isBatch)
  const check = kind === 'hmac' ? hmacCheck(request, mount) : signatureCheck(request, mount)
  const key = await loadKey(store, fields.name)
  if (key === undefined) throw invalid('signature verification key not found')
  const keyring = keyringOf(store, key)
  const [only] = messages
  if (!isBatch && only !== undefined) return { data: { valid: await check(keyring, only) } }
  if (kind === 'signature') keyring.refuseUnlessSigning('message verification')
  const outcomes = await eachItem(
    messages,
    kind === 'hmac' ? ITEMS_AT_ONCE : itemsAtOnce(keyring.type),
    (message) => {
      const valid = check(keyring, message)
      return valid instanceof Promise ? valid.then((said) => ({ valid: said })) : { valid }
    },
    { valid: false },
  )
  return lenientBatchReply(outcomes, fields.partial_failure_response_code)
}

function ownMessage({ fields }: VerifyRequest): Message {
  const { input = '', context, signature, hmac } = fields
  return { input, context, signature, hmac, reference: '' }
}

/** All items have a signature, or all have an HMAC. The words are Vault's. */
function kindOf(messages: readonly Message[], isBatch: boolean): 'signature' | 'hmac' {
  const signatures = messages.filter(({ signature }) => signature !== undefined).length
  const hmacs = messages.filter(({ hmac }) => hmac !== undefined).length
  if (!isBatch && signatures > 0 && hmacs > 0) throw invalid("provide one of 'signature' or 'hmac'")
  if (!isBatch && signatures === 0 && hmacs === 0) {
    throw invalid("neither a 'signature' nor an 'hmac' were given to verify")
  }
  if (signatures > 0 && hmacs > 0) {
    throw invalid("elements of batch_input must all provide 'signature' or all provide 'hmac'")
  }
  if (signatures === 0 && hmacs === 0) throw invalid("no batch_input elements have 'signature' or 'hmac'")
  const kind = signatures > 0 ? 'signature' : 'hmac'
  if (signatures + hmacs < messages.length) throw invalid(`some elements of batch_input are missing '${kind}'`)
  return kind
}

type Check = (keyring: Keyring, message: Message) => boolean | Promise<boolean>

function signatureCheck(request: VerifyRequest, mount: MountRef): Check {
  const how: SignatureOptions = signatureOptions(request)
  const decode = how.encoding === 'der' ? decoded : decodedUrl
  return (keyring, message) => {
    const input = inputOf(message)
    const context = contextOf(message)
    return keyring.verify(parseWritten(mount, message.signature ?? '', 'signature', decode), input, context, how)
  }
}

function hmacCheck({ fields }: VerifyRequest, mount: MountRef): Check {
  const hash: HashName = hashOf(fields)
  return (keyring, message) => {
    const input = inputOf(message)
    return keyring.verifyHmac(parseWritten(mount, message.hmac ?? '', 'HMAC'), hash, input)
  }
}
