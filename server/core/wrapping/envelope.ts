import type { IssuedAuth, TokenType } from '../../../engines/engine.ts'
import type { Unwrapped } from '../../../engines/system/services/wrapping.ts'
import { json } from '../../../storage/codec.ts'

/** The parts of an answer that are wrapped. */
export interface Wrappable {
  readonly requestId: string
  readonly data: Readonly<Record<string, unknown>> | null
  readonly auth: IssuedAuth | null
  readonly leaseId: string
  readonly renewable: boolean
  readonly leaseDurationSeconds: number
  readonly warnings: readonly string[] | null
}

/** Vault's envelope of an answer. */
interface Envelope {
  readonly request_id: string
  readonly lease_id: string
  readonly renewable: boolean
  readonly lease_duration: number
  readonly data: Readonly<Record<string, unknown>> | null
  readonly wrap_info: null
  readonly warnings: readonly string[] | null
  readonly auth: AuthEnvelope | null
}

interface AuthEnvelope {
  readonly client_token: string
  readonly accessor: string
  readonly policies: readonly string[]
  readonly token_policies: readonly string[]
  readonly identity_policies: readonly string[]
  readonly metadata: Readonly<Record<string, string>> | null
  readonly lease_duration: number
  readonly renewable: boolean
  readonly entity_id: string
  readonly token_type: TokenType
  readonly orphan: boolean
  readonly num_uses: number
}

/** Numbers that a double can't hold stay as they are. */
const codec = json<Envelope>()

/**
 * What is wrapped is kept as the text of Vault's envelope: older clients read it from `cubbyhole/response` and parse it
 * themselves.
 */
export function envelopeText(response: Wrappable): string {
  const envelope: Envelope = {
    request_id: response.requestId,
    lease_id: response.leaseId,
    renewable: response.renewable,
    lease_duration: response.leaseDurationSeconds,
    data: response.data,
    wrap_info: null,
    warnings: response.warnings,
    auth: response.auth && authEnvelope(response.auth),
  }
  return Buffer.from(codec.encode(envelope)).toString()
}

export function unwrappedOf(text: string): Unwrapped {
  const envelope = codec.decode(Buffer.from(text))
  return {
    data: envelope.data,
    auth: envelope.auth && issuedAuth(envelope.auth),
    lease: { id: envelope.lease_id, ttlSeconds: envelope.lease_duration, renewable: envelope.renewable },
    warnings: envelope.warnings ?? [],
  }
}

/** In Vault's names. */
export function authEnvelope(auth: IssuedAuth): AuthEnvelope {
  return {
    client_token: auth.clientToken,
    accessor: auth.accessor,
    policies: auth.policies,
    token_policies: auth.tokenPolicies,
    identity_policies: auth.identityPolicies,
    metadata: auth.metadata,
    lease_duration: auth.leaseDurationSeconds,
    renewable: auth.renewable,
    entity_id: auth.entityId,
    token_type: auth.tokenType,
    orphan: auth.orphan,
    num_uses: auth.numUses,
  }
}

function issuedAuth(auth: AuthEnvelope): IssuedAuth {
  return {
    issued: true,
    clientToken: auth.client_token,
    accessor: auth.accessor,
    policies: auth.policies,
    tokenPolicies: auth.token_policies,
    identityPolicies: auth.identity_policies,
    metadata: auth.metadata,
    leaseDurationSeconds: auth.lease_duration,
    renewable: auth.renewable,
    entityId: auth.entity_id,
    tokenType: auth.token_type,
    orphan: auth.orphan,
    numUses: auth.num_uses,
  }
}
