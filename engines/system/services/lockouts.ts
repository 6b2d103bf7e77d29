/** Users who are locked out of one mount. */
export interface LockedOut {
  readonly mountAccessor: string
  readonly aliases: readonly string[]
}

/** The users of the request's namespace who failed to log in too often. */
export interface LockoutService {
  /** Of all mounts that have any, or of the one with this accessor. */
  locked(mountAccessor?: string): Promise<readonly LockedOut[]>
  /** Succeeds also for who is not locked out, and for a mount that is not there. */
  unlock(mountAccessor: string, alias: string): Promise<void>
}

export interface LockoutServices {
  readonly lockouts: LockoutService
}
