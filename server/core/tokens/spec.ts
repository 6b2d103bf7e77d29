import type { IssuedAuth } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import type { TokenEntry, TokenSpec } from '../../auth/token/service.ts'

/**
 * Path of the root tokens that the vault makes itself, for who holds its shares. They have no lease, so that no prefix takes the last
 * of them; those that a request made have one, though they have no end either.
 */
export const OWN_ROOT_PATH = 'auth/token/root'

/** What all tokens have in common that the server makes by itself: nobody's, unbounded, and never renewed. */
export const OWN_TOKEN = {
  parent: '',
  numUses: 0,
  explicitMaxTtlSeconds: 0,
  periodSeconds: 0,
  renewable: false,
  type: 'service',
  boundCidrs: [],
  entityId: '',
  role: '',
  mountUuid: '',
  internal: {},
} as const satisfies Partial<TokenSpec>

/** As JSON. Both stand in each audit record of the token's requests, and in all of a batch token. */
const METADATA_MAX_CHARS = 16 * 1024
const POLICIES_MAX_CHARS = 32 * 1024

function refuseLong({ meta, policies }: TokenSpec): void {
  if (meta !== null && JSON.stringify(meta).length > METADATA_MAX_CHARS)
    throw invalid(`the metadata of a token is longer than ${METADATA_MAX_CHARS} characters`)
  if (policies.length > 0 && JSON.stringify(policies).length > POLICIES_MAX_CHARS)
    throw invalid(`the names of a token's policies are longer than ${POLICIES_MAX_CHARS} characters together`)
}

/** What is stored of a new token. Throws EgideError `invalid_request` where it would make every audit record of it long. */
export function entryOf(spec: TokenSpec, accessor: string, nowMs: number): TokenEntry {
  refuseLong(spec)
  return {
    accessor,
    parent: spec.parent,
    policies: spec.policies,
    path: spec.path,
    meta: spec.meta,
    displayName: spec.displayName,
    numUses: spec.numUses,
    createdMs: nowMs,
    ttlSeconds: spec.ttlSeconds,
    explicitMaxTtlSeconds: spec.explicitMaxTtlSeconds,
    maxTtlSeconds: spec.maxTtlSeconds ?? 0,
    periodSeconds: spec.periodSeconds,
    renewable: spec.renewable,
    type: spec.type,
    boundCidrs: spec.boundCidrs,
    entityId: spec.entityId,
    role: spec.role,
    mountUuid: spec.mountUuid,
    authRole: spec.authRole,
    internal: spec.internal,
    expiresAtMs: spec.ttlSeconds === 0 ? 0 : nowMs + spec.ttlSeconds * 1000,
    lastRenewalMs: 0,
  }
}

/** `auth` of the reply for a token. */
export function issuedAuth(token: string, entry: TokenEntry, leaseDurationSeconds = entry.ttlSeconds): IssuedAuth {
  return {
    issued: true,
    clientToken: token,
    accessor: entry.accessor,
    policies: entry.policies,
    tokenPolicies: entry.policies,
    identityPolicies: [],
    metadata: entry.meta,
    leaseDurationSeconds,
    renewable: entry.renewable,
    entityId: entry.entityId,
    displayName: entry.displayName,
    madeUnder: entry.authRole === undefined ? undefined : { mountUuid: entry.mountUuid, role: entry.authRole },
    tokenType: entry.type,
    orphan: entry.parent === '',
    numUses: Math.max(0, entry.numUses),
  }
}
