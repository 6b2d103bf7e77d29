import type { Connection, IssuedAuth, TokenType } from '../../../engines/engine.ts'
import type { Awaitable } from '../../../storage/backend.ts'

/** What a token is made with and keeps. Durations are seconds; 0 is none. */
interface TokenTerms {
  /** Hash of the token that made it; '' for an orphan. */
  readonly parent: string
  readonly policies: readonly string[]
  /** Path that made it, `auth/token/create`; with the hash it is the token's lease id. */
  readonly path: string
  readonly meta: Readonly<Record<string, string>> | null
  readonly displayName: string
  /** Uses left; 0: unlimited; -1: none, it dies when the request that spent it ends. */
  readonly numUses: number
  /** Lifetime at creation; 0: never expires. */
  readonly ttlSeconds: number
  readonly explicitMaxTtlSeconds: number
  readonly periodSeconds: number
  readonly renewable: boolean
  readonly type: TokenType
  readonly boundCidrs: readonly string[]
  readonly entityId: string
  /** The token role it was made under, or ''. */
  readonly role: string
  /** UUID of the auth mount that made it. */
  readonly mountUuid: string
  /** Role of that mount that its login was made under; absent: none. */
  readonly authRole?: string | undefined
  /** What the auth method keeps with it. */
  readonly internal: Readonly<Record<string, unknown>>
}

/**
 * What is stored of a service token. The token itself is nowhere: its row is found by its keyed hash. Moments are
 * milliseconds since the epoch.
 */
export interface TokenEntry extends TokenTerms {
  readonly accessor: string
  readonly createdMs: number
  /** The auth method's maximum when it was made; what the method says at a renewal counts instead. 0: none. */
  readonly maxTtlSeconds: number
  /** 0: never. */
  readonly expiresAtMs: number
  /** 0: not renewed yet. */
  readonly lastRenewalMs: number
}

/** A token that is valid now. */
export interface FoundToken {
  /** Keyed hash; names the row of a service token. Of a token from above it begins with `from` and a dot. */
  readonly hash: string
  readonly entry: TokenEntry
  /** Id of the namespace above that the token is of, where it is used below its own; undefined: it is used at home. */
  readonly from?: string | undefined
}

/** Whether a hash is that of a token from a namespace above. Keyed hashes hold no dot. */
export const isFromAbove = (hash: string): boolean => hash.includes('.')

/** A token to be made, every decision about it taken. */
export interface TokenSpec extends TokenTerms {
  /** A caller-chosen token, allowed to those with sudo. */
  readonly id?: string | undefined
  /** Of the auth method; absent: none. */
  readonly maxTtlSeconds?: number
}

export interface Renewal {
  /** 0: the usual time. */
  readonly incrementSeconds: number
  /** Of whoever asks for it. */
  readonly connection: Connection
}

export interface RenewedToken {
  readonly auth: IssuedAuth
  readonly warnings: readonly string[]
}

/** The tokens of the request's namespace, as the token method sees them. Rejects with an EgideError. */
export interface TokenService {
  /** Undefined for what is no token, has expired or is spent. */
  lookup(token: string): Promise<FoundToken | undefined>
  /** The token of the request under way, though its last use may have been this request. */
  lookupCaller(token: string): Awaitable<FoundToken | undefined>
  lookupAccessor(accessor: string): Promise<FoundToken | undefined>
  accessors(): Promise<string[]>
  create(spec: TokenSpec): Promise<IssuedAuth>
  /** Extends it. The auth method that made the token, and its role, have their say. */
  renew(found: FoundToken, token: string, renewal: Renewal): Promise<RenewedToken>
  /** With all its children; resolves when no node takes them any more. */
  revokeTree(hash: string): Promise<void>
  revokeOrphaning(hash: string): Promise<void>
  /** Removes rows that belong to no token. Resolves with how many. */
  tidy(): Promise<number>
  policyExists(name: string): Promise<boolean>
  /** Path of the namespace that the token is of: '' for root, else ending in '/'. */
  namespacePath(found: FoundToken): string
  /** What the token has of the entity that it belongs to. */
  identityPolicies(found: FoundToken): Promise<readonly string[]>
  /** Id of the entity of an alias at the mount of tokens, made if there is none. Refuses a disabled one. */
  entityOfAlias(mountAccessor: string, name: string): Promise<string>
}

/** What the token method needs of the server. */
export interface TokenMethodServices {
  readonly tokens: TokenService
}
