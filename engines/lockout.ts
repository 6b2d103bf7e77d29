/** When users of a method are locked out: after `threshold` logins in a row that failed, for a while. */
export interface LockoutRules {
  readonly threshold: number
  readonly durationSeconds: number
  /** After so long without a failed login they are counted from the start. */
  readonly counterResetSeconds: number
  readonly isDisabled: boolean
}

/** Those of Vault and OpenBao. */
export const DEFAULT_LOCKOUT: LockoutRules = {
  threshold: 5,
  durationSeconds: 900,
  counterResetSeconds: 900,
  isDisabled: false,
}

/** `tuned` where 0 is not set; undefined: nothing is. */
export function effectiveLockout(tuned: LockoutRules | undefined): LockoutRules {
  if (tuned === undefined) return DEFAULT_LOCKOUT
  return {
    threshold: tuned.threshold || DEFAULT_LOCKOUT.threshold,
    durationSeconds: tuned.durationSeconds || DEFAULT_LOCKOUT.durationSeconds,
    counterResetSeconds: tuned.counterResetSeconds || DEFAULT_LOCKOUT.counterResetSeconds,
    isDisabled: tuned.isDisabled,
  }
}
