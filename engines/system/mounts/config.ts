import { CoercionError, parseDuration, parseList, parseText } from '../../coerce.ts'
import { invalid } from '../../errors.ts'
import { isJsonObject } from '../../json-object.ts'
import type { MountConfig } from '../services/mounts.ts'

/** Settings of a mount as clients send them: in `config` when it is made, as fields of their own when it is tuned. */

type ListSetting = 'auditClearRequest' | 'auditClearResponse' | 'passthroughRequestHeaders' | 'allowedResponseHeaders'

export const LIST_SETTINGS: Readonly<Record<string, ListSetting>> = {
  audit_non_hmac_request_keys: 'auditClearRequest',
  audit_non_hmac_response_keys: 'auditClearResponse',
  passthrough_request_headers: 'passthroughRequestHeaders',
  allowed_response_headers: 'allowedResponseHeaders',
}
const TOKEN_TYPES = ['default-service', 'default-batch', 'service', 'batch'] as const
const LIST_MAX = 100
const NAME_MAX_CHARS = 256

/** What `config` says, and the names in it that mean nothing here. */
export function parseConfig(
  raw: Readonly<Record<string, unknown>>,
  kind: 'secret' | 'auth',
): { readonly config: Partial<MountConfig>; readonly ignored: readonly string[] } {
  let config: Partial<MountConfig> = {}
  const ignored: string[] = []
  for (const [name, value] of Object.entries(raw)) {
    const setting = value === null ? {} : parseSetting(name, value, kind)
    if (setting === undefined) ignored.push(name)
    else config = { ...config, ...setting }
  }
  return { config, ignored }
}

/** Undefined: there is no such setting. Throws `invalid_request`. */
export function parseSetting(name: string, raw: unknown, kind: 'secret' | 'auth'): Partial<MountConfig> | undefined {
  const list = Object.hasOwn(LIST_SETTINGS, name) ? LIST_SETTINGS[name] : undefined
  if (list !== undefined) return { [list]: boundedList(name, raw) }
  switch (name) {
    case 'default_lease_ttl':
      return { defaultLeaseTtlSeconds: ttlOf('default', raw) }
    case 'max_lease_ttl':
      return { maxLeaseTtlSeconds: ttlOf('max', raw) }
    case 'listing_visibility':
      return { listingVisibility: visibilityOf(raw) }
    case 'token_type':
      return kind === 'auth' ? { tokenType: tokenTypeOf(raw) } : undefined
    case 'force_no_cache':
      // Reads are linearizable with the cache, so there is nothing to turn off; clients send false as a matter of course.
      return raw === false || raw === 'false' ? {} : undefined
    default:
      return undefined
  }
}

/** Seconds; 0, which is what '' and 'system' come to: the server's. */
function ttlOf(which: string, raw: unknown): number {
  if (raw === 'system') return 0
  const seconds = coerced(() => parseDuration(raw), `unable to parse ${which} TTL`)
  if (seconds < 0) throw invalid(`unable to parse ${which} TTL: it cannot be negative`)
  return seconds
}

function boundedList(name: string, raw: unknown): readonly string[] {
  const list = coerced(() => parseList(raw), `invalid input parameter ${name}`)
  if (list.length > LIST_MAX || list.some((item) => item.length > NAME_MAX_CHARS)) {
    throw invalid(`${name} holds more than ${LIST_MAX} names, or one of more than ${NAME_MAX_CHARS} characters`)
  }
  return list
}

function visibilityOf(raw: unknown): MountConfig['listingVisibility'] {
  if (raw === '' || raw === 'hidden' || raw === 'unauth') return raw
  throw invalid("invalid listing_visibility: it is 'hidden', 'unauth' or empty")
}

export function tokenTypeOf(raw: unknown): MountConfig['tokenType'] {
  const text = raw === '' ? 'default-service' : raw
  const found = TOKEN_TYPES.find((type) => type === text)
  if (found === undefined) throw invalid("invalid value for 'token_type'")
  return found
}

/** `options` of a mount: text by name. */
export function checkOptions(options: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(options)
  const isLarge = entries.some(([name, value]) => name.length > NAME_MAX_CHARS || value.length > 4096)
  if (entries.length > LIST_MAX || isLarge) throw invalid('options hold too much')
  return options
}

/** The name of the engine, where `type` is 'plugin'. */
export function pluginNameOf(name: string, config: Readonly<Record<string, unknown>>): string {
  const inConfig = isJsonObject(config) && Object.hasOwn(config, 'plugin_name') ? config.plugin_name : undefined
  const chosen = inConfig === undefined ? name : coerced(() => parseText(inConfig), 'plugin_name')
  if (chosen === '') throw invalid('plugin_name must be provided for plugin backend')
  return chosen
}

function coerced<T>(parse: () => T, what: string): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof CoercionError) throw invalid(`${what}: ${error.message}`)
    throw error
  }
}
