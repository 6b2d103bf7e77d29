import Type from 'typebox'
import { decoded } from '../base64.ts'
import type { EngineContext, EngineRequest } from '../engine.ts'
import { field } from '../field.ts'
import { isJsonObject } from '../json-object.ts'
import { pemBlocks } from '../pem.ts'
import type { Call } from './access/authorization.ts'
import { refused } from './errors.ts'
import type { Tag } from './keys/key.ts'

/** Fields that rows share, and what is made of them. */

export const keyField = field.text({
  required: true,
  description: "The key's id, or one of its aliases without `alias/`.",
})

export const grantTokensField = field.list({
  default: [],
  description:
    'Tokens of grants. Grants hold from when they are made, so none is needed; one of a grant that is gone is refused.',
})

export const encryptionContextField = field.stringMap({
  default: {},
  description:
    'Names and values that the ciphertext is bound to, without being in it: decrypting needs the same again. Of symmetric keys alone.',
})

export const dryRunField = field.bool({
  default: false,
  query: true,
  description: 'Only tries whether it would succeed: then the answer is an error of the kind DryRun.',
})

interface CallRequest extends Pick<EngineRequest, 'caller'> {
  readonly fields: Readonly<Record<string, unknown>>
}

/** In whose name a handler works. */
export function callOf({ caller, fields }: CallRequest, context: EngineContext): Call {
  return { context, caller, isDryRun: fields.dry_run === true }
}

/** Throws Validation, which names the field and not the text. */
export function bytesOf(name: string, text: string): Buffer {
  const bytes = decoded(text)
  if (bytes === undefined) throw refused('Validation', `${name} is not base64`)
  return bytes
}

/** A key policy, as the text of a JSON document or as the document. */
export const policyField = (description: string) =>
  field.any({ schema: Type.Union([Type.String(), Type.Object({})]), description })

/** Throws Validation. */
export function policyText(raw: unknown): string | undefined {
  if (raw === undefined || typeof raw === 'string') return raw
  if (isJsonObject(raw)) return JSON.stringify(raw)
  throw refused('Validation', 'policy must be a JSON document, or its text')
}

export const tagsOf = (tags: Readonly<Record<string, string>>): readonly Tag[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }))

export const tagMap = (tags: readonly Tag[]): Readonly<Record<string, string>> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))

/** DER of a public key, which comes as PEM or in base64. Throws Validation. */
export function publicKeyBytes(text: string): Buffer {
  if (!text.includes('-----BEGIN')) return bytesOf('public_key', text)
  const [der, ...others] = pemBlocks(text, 'PUBLIC KEY')
  if (der === undefined || others.length > 0) throw refused('Validation', 'public_key is not one PEM block')
  return der
}
