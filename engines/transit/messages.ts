import { decoded } from '../base64.ts'
import { invalid } from '../errors.ts'
import { member } from '../json-object.ts'
import { batchObjects, textMember } from './batch.ts'
import type { Keyring } from './keys/keyring.ts'

/** A message to sign, verify or authenticate: of a batch, or the request's own. Undefined is what was not given. */
export interface Message {
  readonly input: string | undefined
  readonly context: string
  readonly signature: string | undefined
  readonly hmac: string | undefined
  /** The caller's own mark, given back with the outcome. */
  readonly reference: string
}

/** Signatures of keys for which each takes some tenths of a second. */
const SLOW_ITEMS_MAX = 16

export function batchMessages(raw: unknown): readonly Message[] {
  return batchObjects(raw).map((item, index) => {
    const optional = (name: string) => (member(item, name) === undefined ? undefined : textMember(item, index, name))
    return {
      input: optional('input'),
      context: textMember(item, index, 'context'),
      signature: optional('signature'),
      hmac: optional('hmac'),
      reference: textMember(item, index, 'reference'),
    }
  })
}

export function refuseManySlow(keyring: Keyring, messages: readonly Message[]): void {
  if (keyring.isSlow && messages.length > SLOW_ITEMS_MAX) {
    throw invalid(`a batch of ${keyring.type.name} signatures has at most ${SLOW_ITEMS_MAX} items`)
  }
}

/** The words are Vault's. Throws `invalid_request`. */
export function inputOf({ input }: Message, missing = 'missing input'): Buffer {
  if (input === undefined) throw invalid(missing)
  const bytes = decoded(input)
  if (bytes === undefined) throw invalid('unable to decode input as base64')
  return bytes
}

export function contextOf({ context }: Message): Buffer | undefined {
  if (context === '') return undefined
  const bytes = decoded(context)
  if (bytes === undefined) throw invalid('failed to base64-decode context')
  return bytes
}
