import Type from 'typebox'
import { isSingleton, type MountConfig, type MountEntry } from '../services/mounts.ts'
import { ShownLockout, shownLockout } from './lockout.ts'

/** Mounts as Vault's clients read them. */

/** What `tunedSettings` gives. */
export const TunedSettings = {
  audit_non_hmac_request_keys: Type.Optional(Type.Array(Type.String())),
  audit_non_hmac_response_keys: Type.Optional(Type.Array(Type.String())),
  listing_visibility: Type.Optional(Type.String()),
  passthrough_request_headers: Type.Optional(Type.Array(Type.String())),
  allowed_response_headers: Type.Optional(Type.Array(Type.String())),
  token_type: Type.Optional(Type.String()),
}

const Config = Type.Object({
  default_lease_ttl: Type.Integer({ description: "Seconds; 0: the server's." }),
  max_lease_ttl: Type.Integer({ description: "Seconds; 0: the server's." }),
  force_no_cache: Type.Boolean(),
  ...TunedSettings,
  user_lockout_config: Type.Optional(ShownLockout),
})

export const Mount = Type.Object({
  type: Type.String(),
  description: Type.String(),
  accessor: Type.String(),
  uuid: Type.String(),
  local: Type.Boolean(),
  seal_wrap: Type.Boolean(),
  external_entropy_access: Type.Boolean(),
  options: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()]),
  plugin_version: Type.String(),
  running_plugin_version: Type.String(),
  running_sha256: Type.String(),
  deprecation_status: Type.String(),
  config: Config,
})

export function shownMount(entry: MountEntry): Readonly<Record<string, unknown>> {
  return {
    type: shownType(entry),
    description: entry.description,
    accessor: entry.accessor,
    local: entry.local,
    seal_wrap: entry.sealWrap,
    external_entropy_access: entry.externalEntropyAccess,
    options: shownOptions(entry),
    uuid: entry.uuid,
    // Engines are part of the server: they have no version or binary of their own.
    plugin_version: '',
    running_plugin_version: '',
    running_sha256: '',
    deprecation_status: 'supported',
    config: {
      default_lease_ttl: entry.config.defaultLeaseTtlSeconds,
      max_lease_ttl: entry.config.maxLeaseTtlSeconds,
      force_no_cache: false,
      ...tunedSettings(entry),
      ...(entry.config.lockout === undefined ? {} : { user_lockout_config: shownLockout(entry) }),
    },
  }
}

/** The settings that are shown only when they are set. */
export function tunedSettings({ kind, config }: MountEntry): Readonly<Record<string, unknown>> {
  return {
    ...list('audit_non_hmac_request_keys', config.auditClearRequest),
    ...list('audit_non_hmac_response_keys', config.auditClearResponse),
    ...(config.listingVisibility === '' ? {} : { listing_visibility: config.listingVisibility }),
    ...list('passthrough_request_headers', config.passthroughRequestHeaders),
    ...list('allowed_response_headers', config.allowedResponseHeaders),
    ...(kind === 'auth' ? { token_type: config.tokenType satisfies MountConfig['tokenType'] } : {}),
  }
}

/** The type by which key-value secrets in the flat form are shown, and may be asked for. */
export const FLAT_KV = 'kv-flat'

/** The flat form by a type of its own: programs take what is called `kv` for version 1 or 2. */
export function shownType(entry: MountEntry): string {
  return isFlatKv(entry) ? FLAT_KV : entry.type
}

/**
 * Null of what is part of the server, as peers have it; programs look for members in the others' without asking. The
 * flat form shows no version, since programs take any for a number, whatever the type.
 */
export function shownOptions(entry: MountEntry): Readonly<Record<string, string>> | null {
  if (isSingleton(entry)) return null
  if (!isFlatKv(entry)) return entry.options
  const { version, ...rest } = entry.options
  return rest
}

function isFlatKv({ type, options }: MountEntry): boolean {
  return type === 'kv' && options.version === 'flat'
}

function list(name: string, items: readonly string[]): Readonly<Record<string, unknown>> {
  return items.length === 0 ? {} : { [name]: items }
}
