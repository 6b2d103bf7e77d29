import { invalid } from '../errors.ts'

/** Vault's bounds: https://openbao.org/docs/concepts/identity/ */
const PAIRS_MAX = 64
const KEY_MAX_CHARS = 128
const VALUE_MAX_CHARS = 512
/** Of what an auth method tells at a login: claims can be long. */
const LOGIN_MAX_CHARS = 32 * 1024

/** Throws EgideError `invalid_request`. `field` is named in the message. */
export function checkedMetadata(
  field: string,
  metadata: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const pairs = Object.entries(metadata)
  if (pairs.length > PAIRS_MAX) throw invalid(`${field} cannot contain more than ${PAIRS_MAX} key/value pairs`)
  for (const [key, value] of pairs) {
    if (key === '' || key.length > KEY_MAX_CHARS)
      throw invalid(`a key of ${field} has 1 to ${KEY_MAX_CHARS} characters`)
    if (value.length > VALUE_MAX_CHARS) throw invalid(`a value of ${field} has at most ${VALUE_MAX_CHARS} characters`)
    if (!isPrintable(key) || !isPrintable(value)) throw invalid(`${field} holds characters that can't be printed`)
  }
  return metadata
}

/** Leaving something out instead could lift a denial whose path is a template. */
export function checkedLoginMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  let chars = 0
  for (const [key, value] of Object.entries(metadata)) chars += key.length + value.length
  if (chars > LOGIN_MAX_CHARS) throw invalid(`the metadata of a login has more than ${LOGIN_MAX_CHARS} characters`)
  return metadata
}

function isPrintable(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text)
}

export function isSameMetadata(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key])
}
