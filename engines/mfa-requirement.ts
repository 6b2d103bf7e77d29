/** What a login has to show before it gets its token. */
export interface MfaRequirement {
  /** Names the login at `sys/mfa/validate`. */
  readonly requestId: string
  /** All of them. */
  readonly constraints: readonly MfaConstraint[]
}

export interface MfaConstraint {
  /** Of the enforcement. */
  readonly name: string
  /** Any one of them. */
  readonly any: readonly {
    readonly type: string
    readonly id: string
    readonly usesPasscode: boolean
    /** '': it has none. */
    readonly name: string
  }[]
}
