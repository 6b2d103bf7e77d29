import type { MountEntry } from '../services/mounts.ts'

/** Mounts as user interfaces know them. */

type Data = Readonly<Record<string, unknown>>

/** Auth mounts are shown without their 'auth/'. */
export function shownPath({ kind, path }: MountEntry): string {
  return kind === 'auth' ? path.slice('auth/'.length) : path
}

/** What anybody may see. */
export function outlineOf({ type, description, options }: MountEntry): Data {
  return { type, description, options: optionsOf(options) }
}

/** What callers who can use the mount see. */
export function detailOf(entry: MountEntry): Data {
  return {
    ...outlineOf(entry),
    accessor: entry.accessor,
    uuid: entry.uuid,
    local: entry.local,
    seal_wrap: entry.sealWrap,
    external_entropy_access: entry.externalEntropyAccess,
    plugin_version: '',
    running_plugin_version: '',
    running_sha256: '',
    deprecation_status: 'supported',
    config: configOf(entry),
  }
}

function optionsOf(options: MountEntry['options']): Data | null {
  return Object.keys(options).length === 0 ? null : options
}

function configOf({ kind, config }: MountEntry): Data {
  const data: Record<string, unknown> = {
    default_lease_ttl: config.defaultLeaseTtlSeconds,
    max_lease_ttl: config.maxLeaseTtlSeconds,
    force_no_cache: false,
  }
  if (config.auditClearRequest.length > 0) data.audit_non_hmac_request_keys = config.auditClearRequest
  if (config.auditClearResponse.length > 0) data.audit_non_hmac_response_keys = config.auditClearResponse
  if (config.listingVisibility !== '') data.listing_visibility = config.listingVisibility
  if (config.passthroughRequestHeaders.length > 0) data.passthrough_request_headers = config.passthroughRequestHeaders
  if (config.allowedResponseHeaders.length > 0) data.allowed_response_headers = config.allowedResponseHeaders
  if (kind === 'auth') data.token_type = config.tokenType
  return data
}
