import Type from 'typebox'
import type { SignatureOptions } from '../../crypto/keys/algorithm.ts'
import { HASH_NAMES, type HashName, isHashName } from '../../crypto/keys/hash.ts'
import type { EngineRequest } from '../engine.ts'
import { invalid } from '../errors.ts'
import { type Field, type FieldOptions, field } from '../field.ts'
import { contextField, lenientPartialStatusField, nameField } from './message-fields.ts'

/** Fields that the rows which sign, verify and authenticate share. */

const DEFAULT_HASH = 'sha2-256'
const KNOWN = HASH_NAMES.join(', ')

const HASH_FIELDS = {
  algorithm: field.text({ description: `As hash_algorithm, which outranks it: ${KNOWN}.` }),
  hash_algorithm: field.text({
    description:
      `What hashes the input: ${KNOWN}. none, with prehashed and pkcs1v15, signs the input as it is. Default ` +
      `${DEFAULT_HASH}. Of no account for keys that hash by themselves (Ed25519, ML-DSA, SLH-DSA).`,
  }),
}

export const inputField = field.text({ description: 'The message, in base64; absent: an empty one.' })

export const signatureFields = {
  name: nameField,
  context: contextField,
  ...HASH_FIELDS,
  prehashed: field.bool({ default: false, description: 'Whether the input is the hash of the message already.' }),
  signature_algorithm: field.text({ default: 'pss', description: 'Of RSA keys: pss or pkcs1v15.' }),
  marshaling_algorithm: field.text({
    default: 'asn1',
    description: 'asn1: DER and base64; jws: both numbers of ECDSA at full length, and base64url without padding.',
  }),
  salt_length: field.text({
    default: 'auto',
    description:
      'Bytes of salt for pss: auto (the most there is room for, any when verifying), hash, or a number from 0.',
  }),
  partial_failure_response_code: lenientPartialStatusField,
}

/** What of them stands in clear in the audit log, where it is in the request at all. */
export const HASH_CLEAR = ['algorithm', 'hash_algorithm', 'partial_failure_response_code', 'urlalgorithm'] as const
export const SIGNATURE_CLEAR = [
  ...HASH_CLEAR,
  'marshaling_algorithm',
  'prehashed',
  'salt_length',
  'signature_algorithm',
] as const

export const hmacFields = { name: nameField, ...HASH_FIELDS, partial_failure_response_code: lenientPartialStatusField }

/** `urlalgorithm` in the body, or in the path. */
export const bodyAlgorithm = field.text({ default: '', description: 'As hash_algorithm, which it outranks.' })
export const pathAlgorithm = field.text({ required: true, description: 'As hash_algorithm, which it outranks.' })

const text = (description: string) => Type.Optional(Type.String({ description }))

export function messageBatchField(what: string, more: Readonly<Record<string, string>>): Field<unknown> {
  const extra = Object.fromEntries(Object.entries(more).map(([name, description]) => [name, text(description)]))
  const options: FieldOptions = {
    schema: Type.Array(
      Type.Object({
        input: Type.String({ description: 'The message, in base64.' }),
        ...extra,
        reference: text("The caller's own mark, given back with the outcome."),
      }),
    ),
    description: `A list of messages to ${what} in one request; the outcomes keep its order.`,
  }
  return field.any(options)
}

interface HashChoice {
  readonly urlalgorithm: string
  readonly hash_algorithm?: string | undefined
  readonly algorithm: string | undefined
}

export function hashOf(fields: HashChoice): HashName {
  const name = fields.urlalgorithm || fields.hash_algorithm || fields.algorithm || DEFAULT_HASH
  if (isHashName(name)) return name
  throw invalid(`invalid hash algorithm ${JSON.stringify(name.slice(0, 100))}`)
}

type SignatureRequest = EngineRequest<typeof signatureFields & { readonly urlalgorithm: Field<string> }>

/** How to sign or verify. Throws `invalid_request`. */
export function signatureOptions({ fields }: Pick<SignatureRequest, 'fields'>): SignatureOptions {
  const { prehashed, signature_algorithm: padding, marshaling_algorithm: marshaling } = fields
  if (padding !== '' && padding !== 'pss' && padding !== 'pkcs1v15') {
    throw invalid(`unsupported rsa signature algorithm ${JSON.stringify(padding.slice(0, 100))}`)
  }
  if (marshaling !== 'asn1' && marshaling !== 'jws') {
    throw invalid(`invalid marshaling type ${JSON.stringify(marshaling.slice(0, 100))}`)
  }
  const isUnnamed = (fields.urlalgorithm || fields.hash_algorithm || fields.algorithm) === 'none'
  if (isUnnamed && !(prehashed && padding === 'pkcs1v15')) {
    throw invalid('hash_algorithm=none requires both prehashed=true and signature_algorithm=pkcs1v15')
  }
  return {
    hash: isUnnamed ? 'none' : hashOf(fields),
    prehashed,
    padding: padding === 'pkcs1v15' ? padding : 'pss',
    salt: saltLength(fields.salt_length),
    encoding: marshaling === 'asn1' ? 'der' : 'p1363',
  }
}

function saltLength(asked: string): SignatureOptions['salt'] {
  const word = asked.toLowerCase()
  if (word === 'auto' || word === '') return 'auto'
  if (word === 'hash') return 'hash'
  if (!/^[-+]?\d{1,9}$/.test(word)) throw invalid("salt length neither 'auto', 'hash', nor an int")
  const bytes = Number(word)
  // What Go's library calls the length of the hash.
  if (bytes === -1) return 'hash'
  if (bytes < 0) throw invalid(`salt length is invalid: ${bytes}`)
  return bytes
}
