import type { IssuedAuth, WrapInfo } from '../../engines/engine.ts'
import type { EgideError } from '../../engines/errors.ts'
import type { MfaRequirement } from '../../engines/mfa-requirement.ts'
import { shownRequirement } from '../core/mfa/shown-requirement.ts'
import type { Response } from '../core/request.ts'

const NO_LEASE = '","lease_id":"","renewable":false,"lease_duration":0,"data":'
const NOTHING_ELSE = ',"wrap_info":null,"warnings":null,"auth":null,"mount_type":'

/** Vault's JSON envelope of a reply, its members in Vault's order, ended by a line feed. */
export function renderEnvelope(response: Response): string {
  const data = JSON.stringify(response.data)
  const mountType = JSON.stringify(response.mountType)
  const isPlain = response.auth === null && response.wrapInfo === null && response.warnings === null
  const hasLease = response.leaseId !== '' || response.leaseDurationSeconds !== 0
  if (isPlain && !hasLease && !response.topLevel) {
    return `{"request_id":"${response.requestId}${NO_LEASE}${data}${NOTHING_ELSE}${mountType}}\n`
  }
  return `${topLevelMembers(response, data)}"request_id":"${response.requestId}","lease_id":${JSON.stringify(response.leaseId)},"renewable":${response.renewable},"lease_duration":${response.leaseDurationSeconds},"data":${data},"wrap_info":${renderWrapInfo(response.wrapInfo)},"warnings":${JSON.stringify(response.warnings)},"auth":${renderAuth(response.auth)},"mount_type":${mountType}}\n`
}

const ENVELOPE_MEMBERS = new Set([
  'request_id',
  'lease_id',
  'renewable',
  'lease_duration',
  'data',
  'wrap_info',
  'warnings',
  'auth',
  'mount_type',
])

/** The opening of the object, with the members of `data` where the reply has them at the top too. The envelope's own win. */
function topLevelMembers(response: Response, data: string): string {
  if (!response.topLevel || response.data === null || response.wrapInfo !== null) return '{'
  const members = Object.keys(response.data)
  if (members.length === 0) return '{'
  if (!members.some((name) => ENVELOPE_MEMBERS.has(name))) return `${data.slice(0, -1)},`
  const others = Object.fromEntries(Object.entries(response.data).filter(([name]) => !ENVELOPE_MEMBERS.has(name)))
  const rendered = JSON.stringify(others)
  return rendered === '{}' ? '{' : `${rendered.slice(0, -1)},`
}

function renderWrapInfo(wrap: WrapInfo | null): string {
  if (wrap === null) return 'null'
  return JSON.stringify({
    token: wrap.token,
    accessor: wrap.accessor,
    ttl: wrap.ttlSeconds,
    creation_time: new Date(wrap.creationTimeMs).toISOString(),
    creation_path: wrap.creationPath,
    ...(wrap.wrappedAccessor === '' ? {} : { wrapped_accessor: wrap.wrappedAccessor }),
  })
}

function renderAuth(auth: IssuedAuth | null): string {
  if (auth === null) return 'null'
  if (auth.mfaRequirement !== undefined) return renderWaiting(auth.mfaRequirement)
  return JSON.stringify({
    client_token: auth.clientToken,
    accessor: auth.accessor,
    policies: auth.policies,
    token_policies: auth.tokenPolicies,
    ...(auth.identityPolicies.length === 0 ? {} : { identity_policies: auth.identityPolicies }),
    metadata: auth.metadata,
    lease_duration: auth.leaseDurationSeconds,
    renewable: auth.renewable,
    entity_id: auth.entityId,
    token_type: auth.tokenType,
    orphan: auth.orphan,
    mfa_requirement: null,
    num_uses: auth.numUses,
  })
}

/** Of a login that waits for a second factor: no token, and no more than what it has to show. */
function renderWaiting(requirement: MfaRequirement): string {
  return JSON.stringify({
    client_token: '',
    accessor: '',
    policies: null,
    token_policies: null,
    identity_policies: null,
    metadata: null,
    orphan: false,
    entity_id: '',
    lease_duration: 0,
    renewable: false,
    mfa_requirement: shownRequirement(requirement),
  })
}

/** The body of an error: Vault's list of messages, and what else the caller may know. */
export function renderErrors(message: string, data?: EgideError['data']): string {
  const errors = message === '' ? [] : [message]
  return `${JSON.stringify(data === undefined ? { errors } : { errors, data })}\n`
}
