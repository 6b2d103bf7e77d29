import type { Awaitable } from '../storage/backend.ts'
import type { Tx } from '../storage/store.ts'
import type { MfaRequirement } from './mfa-requirement.ts'

/** What an engine answers with. */

/** A service token is a row in storage; a batch token is its own record, encrypted. */
export type TokenType = 'service' | 'batch'

/** A token to be made for the caller: `auth` of the reply. Durations are seconds; 0 is the mount's default. */
export interface AuthGrant {
  readonly displayName: string
  readonly policies: readonly string[]
  readonly noDefaultPolicy?: boolean
  readonly meta: Readonly<Record<string, string>>
  readonly ttlSeconds: number
  readonly maxTtlSeconds: number
  readonly explicitMaxTtlSeconds: number
  readonly periodSeconds: number
  readonly renewable: boolean
  readonly numUses: number
  readonly boundCidrs: readonly string[]
  readonly tokenType: 'default' | 'service' | 'batch' | 'default-service' | 'default-batch'
  /** The method's role that it is made under, as `AuthRoles` calls it; absent: none. */
  readonly role?: string
  /** Kept with the token, given back to `renewAuth`. */
  readonly internal?: Readonly<Record<string, unknown>>
  /** Who logged in, as the method knows them; the identity store maps it to an entity. Absent: the token gets no entity. */
  readonly alias?: AuthAlias
  /** Groups that the method says they are in, by the names that external groups have as aliases at this mount. */
  readonly groupAliases?: readonly string[]
  /**
   * Runs in the transaction that makes the token, over the mount's own view: the token and what the login uses up are
   * durable together or not at all. It may throw to refuse the login, and run more than once.
   */
  readonly within?: (tx: Tx) => Awaitable<void>
}

/** What a method identifies somebody by: a role id, a user name, the subject of a JWT. */
export interface AuthAlias {
  /** The same at every login of one person or program, and at this mount never that of another. */
  readonly name: string
  readonly metadata: Readonly<Record<string, string>>
}

/** A secret with a lease: it is revoked through the engine's `leases[type]` when the lease ends. Durations are seconds; 0 is the mount's default. */
export interface LeaseGrant {
  readonly type: string
  readonly ttlSeconds: number
  readonly maxTtlSeconds: number
  readonly renewable: boolean
  /** Kept with the lease, given back to the handlers. No plaintext secret that the engine doesn't need for revoking. */
  readonly internal: Readonly<Record<string, unknown>>
}

/** A lease as the envelope shows it. */
export interface IssuedLease {
  /** '' where only the duration means something (KV 1's refresh interval). */
  readonly id: string
  readonly ttlSeconds: number
  readonly renewable: boolean
}

/** An answer that is not the JSON envelope. */
export interface RawReply {
  readonly status: number
  /** HTTP's for a HEAD, where a standard gives it another one than a GET. */
  readonly headStatus?: number
  readonly contentType: string
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array | string>
  /** Bytes of a body that comes in pieces and has an end. Absent: it goes on for as long as the client wants it. */
  readonly length?: number
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * One item of a streamed answer. One without data is not sent: the engine yields it about once a second, so that the
 * pipeline can check whether the caller may still listen.
 */
export interface ReplyEvent {
  /** Path below the mount: only who may read it is sent the event. Absent: everybody who listens is. */
  readonly readPath?: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** What a handler answers. Nothing (undefined) is 204. */
export interface Reply {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly warnings?: readonly string[]
  readonly auth?: AuthGrant | IssuedAuth
  /** The token of an `IssuedAuth` was made for this answer: it is revoked when the answer can't be given. */
  readonly madeToken?: true
  /** Undoes what was made for this answer alone, when the answer can't be given. Called once at most. */
  readonly takeBack?: () => Promise<unknown>
  readonly lease?: LeaseGrant
  /** A lease that exists already (sys/leases/renew, sys/wrapping/unwrap): shown, and not registered. */
  readonly issuedLease?: IssuedLease
  /** `lease_duration` of the envelope for secrets without a lease (KV 1's refresh interval). */
  readonly leaseDurationSeconds?: number
  /** Sends `data` with this status instead of 200: 404 for a deleted version, 202 for accepted work, 400 for a batch that failed. */
  readonly status?: number
  /** Besides the usual ones, of answers over HTTP that are no `raw`. */
  readonly headers?: Readonly<Record<string, string>>
  /** The keys of `data` also stand at the top of the envelope, as Vault does for some sys paths. */
  readonly topLevel?: boolean
  /** A wrapped answer that the engine made itself (sys/wrapping/wrap, rewrap). */
  readonly wrapInfo?: WrapInfo
  /** Sent in the place of `data`, which then is what the audit log records of it. */
  readonly raw?: RawReply
  /** A streamed answer: it lasts for as long as the client reads it, its token is valid and the mount is there. */
  readonly events?: AsyncIterable<ReplyEvent>
}

/** A wrapping token and what it wraps (`wrap_info` of the envelope). */
export interface WrapInfo {
  readonly token: string
  readonly accessor: string
  readonly ttlSeconds: number
  readonly creationTimeMs: number
  readonly creationPath: string
  /** Accessor of the token inside, '' where there is none. */
  readonly wrappedAccessor: string
}

/** A token that exists already: `auth` of the envelope as it is rendered. Made by the core, never by an engine. */
export interface IssuedAuth {
  readonly issued: true
  readonly clientToken: string
  readonly accessor: string
  readonly policies: readonly string[]
  readonly tokenPolicies: readonly string[]
  readonly identityPolicies: readonly string[]
  readonly metadata: Readonly<Record<string, string>> | null
  readonly leaseDurationSeconds: number
  readonly renewable: boolean
  readonly entityId: string
  /** For the audit log; absent: it is not at hand. Not rendered. */
  readonly displayName?: string | undefined
  /** The role of an auth mount that its login was made under; absent: none. Not rendered. */
  readonly madeUnder?: { readonly mountUuid: string; readonly role: string } | undefined
  readonly tokenType: TokenType
  readonly orphan: boolean
  readonly numUses: number
  /** The login waits for a second factor: there is no token yet, and the other members mean nothing. */
  readonly mfaRequirement?: MfaRequirement
}
