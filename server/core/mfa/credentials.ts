import { invalid } from '../../../engines/errors.ts'

/** What a caller shows beside the first factor: by id or name of a method its passcode, '' where there is none. */
export type Credentials = ReadonlyMap<string, string>

/** Methods that one request names, and characters of a name and of a passcode. */
const METHODS_MAX = 50
const NAME_MAX_CHARS = 1_024
const PASSCODE_MAX_CHARS = 256

/**
 * Of the values of `X-Vault-MFA`: `METHOD`, `METHOD:PASSCODE` or `METHOD:passcode=PASSCODE`. Throws `invalid_request`,
 * without what was sent.
 */
export function credentialsOfHeaders(values: readonly string[]): Credentials {
  const found: [string, string][] = []
  for (const value of values.flatMap((one) => one.split(',')).map((one) => one.trim())) {
    if (value === '') continue
    const at = value.indexOf(':')
    if (at === 0) throw invalid('invalid data in header "X-Vault-MFA"; missing method name or ID')
    if (at === value.length - 1) throw invalid('invalid data in header "X-Vault-MFA"; missing method value')
    found.push(at < 0 ? [value, ''] : [value.slice(0, at), passcodeOf(value.slice(at + 1))])
  }
  return collected(found)
}

/** Of the payload of `sys/mfa/validate`. Likewise. */
export function credentialsOfPayload(payload: Readonly<Record<string, unknown>>): Credentials {
  const found: [string, string][] = []
  for (const [method, value] of Object.entries(payload)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value ?? '']
    if (items.length === 0) found.push([method, ''])
    for (const item of items) {
      if (typeof item !== 'string') throw invalid('invalid mfa payload')
      found.push([method, passcodeOf(item)])
    }
  }
  return collected(found)
}

function passcodeOf(text: string): string {
  return text.startsWith('passcode=') ? text.slice('passcode='.length) : text
}

function collected(pairs: readonly (readonly [string, string])[]): Credentials {
  const credentials = new Map<string, string>()
  for (const [method, passcode] of pairs) {
    if (method.length > NAME_MAX_CHARS || passcode.length > PASSCODE_MAX_CHARS)
      throw invalid('an MFA credential is too long')
    const before = credentials.get(method) ?? ''
    if (before !== '' && passcode !== '' && before !== passcode)
      throw invalid('found multiple passcodes for the same MFA method')
    credentials.set(method, before || passcode)
    if (credentials.size > METHODS_MAX) throw invalid(`a request names at most ${METHODS_MAX} MFA methods`)
  }
  return credentials
}
