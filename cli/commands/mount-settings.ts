import type { JsonObject, JsonValue } from '../../sdk/json.ts'
import { wireDuration } from '../duration.ts'
import type { Flags, FlagValues } from '../flag.ts'

/** What secrets engines and auth methods have in common, when enabled and when tuned. */
export const MOUNT_SETTINGS = {
  description: { kind: 'text', help: 'What it is for.' },
  'default-lease-ttl': { kind: 'duration', help: 'How long leases and tokens last when nobody says.' },
  'max-lease-ttl': { kind: 'duration', help: 'How long they last at most. -1: as long as the system says.' },
  'audit-non-hmac-request-keys': { kind: 'list', help: 'Request field that the audit log shows as it is. Repeatable.' },
  'audit-non-hmac-response-keys': {
    kind: 'list',
    help: 'Response field that the audit log shows as it is. Repeatable.',
  },
  'listing-visibility': {
    kind: 'text',
    help: 'unauth: those who are not logged in see it too. hidden: they do not. Default hidden.',
  },
  'passthrough-request-headers': { kind: 'list', help: 'Request header that reaches it. Repeatable.' },
  'allowed-response-headers': { kind: 'list', help: 'Response header that it may set. Repeatable.' },
  options: { kind: 'pairs', help: 'Option of this type, key=value. Repeatable.' },
  version: { kind: 'integer', help: 'The same as -options=version=N.' },
} as const satisfies Flags

export const MOUNT_PLACE = {
  path: { kind: 'text', help: 'Where to mount it. Default: its type.' },
  local: { kind: 'boolean', help: 'Kept and shown; there is nothing else that it would change.' },
  'seal-wrap': { kind: 'boolean', help: 'Kept and shown; all that is stored is sealed anyway.' },
} as const satisfies Flags

export type MountSettings = FlagValues<typeof MOUNT_SETTINGS>

/** The configuration fields that were given. A negative duration goes back to the system's. */
export function mountConfig(flags: MountSettings): JsonObject {
  return given({
    default_lease_ttl: leaseTtl(flags['default-lease-ttl']),
    max_lease_ttl: leaseTtl(flags['max-lease-ttl']),
    audit_non_hmac_request_keys: flags['audit-non-hmac-request-keys'],
    audit_non_hmac_response_keys: flags['audit-non-hmac-response-keys'],
    listing_visibility: flags['listing-visibility'],
    passthrough_request_headers: flags['passthrough-request-headers'],
    allowed_response_headers: flags['allowed-response-headers'],
  })
}

export function mountOptions(flags: MountSettings): { options?: JsonObject } {
  const version = flags.version !== undefined && flags.version > 0 ? { version: String(flags.version) } : undefined
  return flags.options === undefined && version === undefined ? {} : { options: { ...flags.options, ...version } }
}

/** The body that enables an engine or method of `type`. */
export function mountBody(
  type: string,
  flags: MountSettings & FlagValues<typeof MOUNT_PLACE>,
  config: JsonObject,
): JsonObject {
  return {
    type,
    ...given({ description: flags.description, local: flags.local, seal_wrap: flags['seal-wrap'] }),
    config: { ...mountConfig(flags), ...config },
    ...mountOptions(flags),
  }
}

/** The body that tunes one. */
export function tuneBody(flags: MountSettings): JsonObject {
  return { ...mountConfig(flags), ...given({ description: flags.description }), ...mountOptions(flags) }
}

function leaseTtl(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined
  return ms < 0 ? 'system' : wireDuration(ms)
}

function given(fields: Record<string, JsonValue | undefined>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, JsonValue] => field[1] !== undefined),
  )
}
