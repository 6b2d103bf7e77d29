import type { JsonObject, JsonValue } from '../../sdk/json.ts'
import { type MfaRequirement, mfaRequirementOf } from '../../sdk/mfa.ts'
import type { Secret } from '../../sdk/secret.ts'
import { readableSeconds } from '../duration.ts'
import { plain, plainField, sortedEntries } from './plain.ts'

export type Row = readonly [key: string, value: string]

/** The rows of a secret's table. None when there is nothing to show. */
export function secretRows(secret: Secret): Row[] {
  return [...leaseRows(secret), ...authRows(secret), ...wrapRows(secret), ...mapRows(secret.data ?? {})]
}

export function mapRows(data: JsonObject): Row[] {
  return sortedEntries(data).map(([key, value]) => [key, plainField(key, value)])
}

function leaseRows(secret: Secret): Row[] {
  if (secret.lease_duration <= 0) return []
  const duration = readableSeconds(secret.lease_duration)
  if (secret.lease_id === '') return [['refresh_interval', duration]]
  return [
    ['lease_id', secret.lease_id],
    ['lease_duration', duration],
    ['lease_renewable', String(secret.renewable)],
  ]
}

function authRows({ auth }: Secret): Row[] {
  if (auth === undefined) return []
  const requirement = mfaRequirementOf(auth.mfa_requirement)
  if (requirement !== undefined) return requirementRows(requirement)
  return [
    ['token', auth.client_token],
    ['token_accessor', auth.accessor],
    ['token_duration', auth.lease_duration === 0 ? '∞' : readableSeconds(auth.lease_duration)],
    ['token_renewable', String(auth.renewable)],
    ['token_policies', quotedList(auth.token_policies)],
    ['identity_policies', quotedList(auth.identity_policies)],
    ['policies', quotedList(auth.policies)],
    ...sortedEntries(auth.metadata ?? {}).map(([key, value]): Row => [`token_meta_${key}`, plain(value)]),
  ]
}

function requirementRows({ requestId, constraints }: MfaRequirement): Row[] {
  const rows = Object.entries(constraints).flatMap(([enforcement, any]) =>
    any.flatMap(({ type, id, usesPasscode, name }): Row[] => {
      const about = `mfa_constraint_${enforcement}_${type}`
      const named: Row[] = name === '' ? [] : [[`${about}_name`, name]]
      return [[`${about}_id`, id], [`${about}_uses_passcode`, String(usesPasscode)], ...named]
    }),
  )
  return [['mfa_request_id', requestId], ...rows]
}

function wrapRows({ wrap_info: info }: Secret): Row[] {
  if (info === undefined) return []
  return [
    ['wrapping_token:', info.token],
    ['wrapping_accessor:', info.accessor],
    ['wrapping_token_ttl:', readableSeconds(info.ttl)],
    ['wrapping_token_creation_time:', info.creation_time],
    ['wrapping_token_creation_path:', info.creation_path],
    ...(info.wrapped_accessor ? [['wrapped_accessor:', info.wrapped_accessor] as const] : []),
  ]
}

function quotedList(items: readonly string[] | null): string {
  return `[${(items ?? []).map((item) => JSON.stringify(item)).join(' ')}]`
}

/** What `-field` finds in a secret: the token's or the wrapping's own fields first, then the data's. */
export function secretField(secret: Secret, field: string): JsonValue | undefined {
  const own = secret.auth ? tokenFields(secret) : secret.wrap_info ? wrappingFields(secret) : envelopeFields(secret)
  return Object.hasOwn(own, field) ? own[field] : valueIn(secret.data ?? {}, field)
}

export function valueIn(data: JsonObject, field: string): JsonValue | undefined {
  return Object.hasOwn(data, field) ? data[field] : undefined
}

function tokenFields({ auth }: Secret): JsonObject {
  if (auth === undefined) return {}
  return {
    token: auth.client_token,
    token_accessor: auth.accessor,
    token_duration: auth.lease_duration,
    token_renewable: auth.renewable,
    token_policies: auth.token_policies,
    identity_policies: auth.identity_policies,
    policies: auth.policies,
    mfa_request_id: mfaRequirementOf(auth.mfa_requirement)?.requestId ?? '',
  }
}

function wrappingFields({ wrap_info: info }: Secret): JsonObject {
  if (info === undefined) return {}
  return {
    wrapping_token: info.token,
    wrapping_accessor: info.accessor,
    wrapping_token_ttl: info.ttl,
    wrapping_token_creation_time: info.creation_time,
    wrapping_token_creation_path: info.creation_path,
    wrapped_accessor: info.wrapped_accessor ?? '',
  }
}

function envelopeFields(secret: Secret): JsonObject {
  const data = secret.data ?? {}
  return {
    lease_id: secret.lease_id,
    lease_duration: secret.lease_duration,
    refresh_interval: secret.lease_duration,
    renewable: secret.renewable,
    request_id: secret.request_id,
    data: valueIn(data, 'data') ?? data,
  }
}
