import type { EngineContext } from '../../../engines/engine.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import { json } from '../../../storage/codec.ts'

/**
 * What tokens made under a role are like. Both the `token_` fields and their older names are kept, since a reader is
 * shown those that were set. Durations are seconds; 0 is not set.
 */
export interface TokenRole {
  readonly name: string
  readonly orphan: boolean
  readonly renewable: boolean
  readonly pathSuffix: string
  readonly allowedPolicies: readonly string[]
  readonly disallowedPolicies: readonly string[]
  readonly allowedPoliciesGlob: readonly string[]
  readonly disallowedPoliciesGlob: readonly string[]
  readonly allowedEntityAliases: readonly string[]
  readonly tokenType: RoleTokenType
  readonly noDefaultPolicy: boolean
  readonly numUses: number
  readonly periodSeconds: number
  readonly explicitMaxTtlSeconds: number
  readonly boundCidrs: readonly string[]
  /** Set by the older name: shown under both. */
  readonly legacy: { readonly period: boolean; readonly explicitMaxTtl: boolean; readonly boundCidrs: boolean }
}

export const ROLE_TOKEN_TYPES = ['service', 'batch', 'default-service', 'default-batch'] as const
export type RoleTokenType = (typeof ROLE_TOKEN_TYPES)[number]

export const ROLES = 'roles/'
export const roleCodec = json<TokenRole>()

export function roleNamed(name: string, context: Pick<EngineContext, 'store'>): Awaitable<TokenRole | undefined> {
  return context.store.get(ROLES + name, roleCodec)
}
