import { CoercionError, parseText } from '../coerce.ts'
import { invalid } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'

/** Vault's bounds: names and values in bytes of UTF-8. */
const NAMES_MAX = 64
const NAME_MAX_BYTES = 128
const VALUE_MAX_BYTES = 512

/** What Go calls printable: letters, marks, numbers, punctuation, symbols and the plain space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u

type CustomMetadata = Readonly<Record<string, string>>

/** Checks what a caller sent; none is null. Errors say what is wrong, not what was sent. */
export function parseCustomMetadata(raw: JsonObject): CustomMetadata | null {
  const names = Object.keys(raw)
  if (names.length > NAMES_MAX) {
    throw failed(`payload must contain at most ${NAMES_MAX} keys, provided ${names.length}`)
  }
  if (names.length === 0) return null
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [checkName(name), checkValue(valueText(value))]))
}

function valueText(value: unknown): string {
  if (value === null) return ''
  if (typeof value === 'boolean') return value ? '1' : '0'
  try {
    return parseText(value)
  } catch (error) {
    if (error instanceof CoercionError) throw failed('values must be strings')
    throw error
  }
}

function checkName(name: string): string {
  const length = Buffer.byteLength(name)
  if (length === 0 || length > NAME_MAX_BYTES) {
    throw failed(`length of key is ${length} but must be 0 < len(key) <= ${NAME_MAX_BYTES}`)
  }
  if (!PRINTABLE.test(name)) throw failed('a key contains unprintable characters')
  return name
}

function checkValue(value: string): string {
  const length = Buffer.byteLength(value)
  if (length === 0 || length > VALUE_MAX_BYTES) {
    throw failed(`length of value is ${length} but must be 0 < len(value) <= ${VALUE_MAX_BYTES}`)
  }
  if (!PRINTABLE.test(value)) throw failed('a value contains unprintable characters')
  return value
}

function failed(reason: string): Error {
  return invalid(`custom_metadata validation failed: ${reason}`)
}
