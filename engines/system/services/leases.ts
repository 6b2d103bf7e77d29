/** What `sys/leases` needs of the server. */

/** A lease as it is shown. Moments are milliseconds since the epoch. */
export interface LeaseInfo {
  readonly id: string
  readonly issuedMs: number
  /** 0: it does not expire. */
  readonly expiresAtMs: number
  /** 0: not renewed yet. */
  readonly lastRenewalMs: number
  readonly renewable: boolean
  /** Path of the request that gave it. */
  readonly path: string
  /** Why it could not be revoked; '' when nothing failed. Without secrets. */
  readonly revokeError: string
}

export interface RenewedLease {
  readonly ttlSeconds: number
  readonly renewable: boolean
  readonly warnings: readonly string[]
}

export interface IrrevocableLease {
  readonly id: string
  readonly mountAccessor: string
  readonly error: string
}

/** The leases of the request's namespace: those of secrets, and those of tokens. Rejects with an EgideError. */
export interface LeaseService {
  lookup(id: string): Promise<LeaseInfo | undefined>
  /** One level below a prefix ('' or ending in '/'). */
  list(prefix: string): Promise<readonly string[]>
  /** 0: the usual time. */
  renew(id: string, incrementSeconds: number): Promise<RenewedLease>
  /** Resolves when the engine has revoked it, and rejects if it can't. A lease that is not there is revoked. */
  revoke(id: string): Promise<void>
  /** Ends the lease's time: it is revoked soon, and tried again if that fails. */
  revokeSoon(id: string): Promise<void>
  /**
   * All below a prefix. Goes on past those that can't be revoked, and rejects in the end with how many there were; with
   * `force` they are forgotten instead.
   */
  revokePrefix(prefix: string, options?: { readonly force?: boolean }): Promise<void>
  revokePrefixSoon(prefix: string): Promise<void>
  /** Removes rows that belong to no lease. Resolves with how many. */
  tidy(): Promise<number>
  /** Those that are left for an operator, at most `limit`, and how many there are by the mount's accessor. */
  irrevocable(limit: number): Promise<{
    readonly leases: readonly IrrevocableLease[]
    readonly counts: ReadonlyMap<string, number>
  }>
}

export interface LeaseServices {
  readonly leases: LeaseService
}
