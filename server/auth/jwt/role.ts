import type { Awaitable } from '../../../storage/backend.ts'
import type { Reader } from '../../../storage/store.ts'
import type { TokenParameters } from '../token-parameters.ts'
import { type Distinct, distinctCodec } from '../unchanged.ts'
import type { Leeways } from './leeways.ts'

export const ROLE_TYPES = ['oidc', 'jwt'] as const
export const CLAIMS_TYPES = ['string', 'glob'] as const
export const CALLBACK_MODES = ['client', 'direct', 'device'] as const

/** Which tokens let in, and what those who come in get. */
export interface JwtRole extends Distinct {
  readonly type: (typeof ROLE_TYPES)[number]
  readonly token: TokenParameters
  readonly leeways: Leeways
  readonly boundAudiences: readonly string[]
  /** '': any. */
  readonly boundSubject: string
  readonly boundClaimsType: (typeof CLAIMS_TYPES)[number]
  /** By name or JSON pointer: one of the values must be the claim's, or among them. */
  readonly boundClaims: Readonly<Record<string, unknown>>
  readonly claimMappings: Readonly<Record<string, string>>
  readonly userClaim: string
  readonly userClaimIsPointer: boolean
  /** '': none. */
  readonly groupsClaim: string
  readonly scopes: readonly string[]
  readonly allowedRedirectUris: readonly string[]
  readonly callbackMode: (typeof CALLBACK_MODES)[number]
  /** Seconds; 0: what the provider says, or 5. */
  readonly pollInterval: number
  readonly verboseLogging: boolean
  /** Seconds since somebody was last asked who they are; 0: however long. */
  readonly maxAgeSeconds: number
  readonly confirmationDisabled: boolean
}

export const ROLES = 'role/'
export const roleCodec = distinctCodec<JwtRole>()

/** `name` in lower case. */
export function storedRole(store: Reader, name: string): Awaitable<JwtRole | undefined> {
  return store.get(ROLES + name, roleCodec)
}
