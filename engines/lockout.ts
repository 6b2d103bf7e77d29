/** When users of a method are locked out: after `threshold` logins in a row that failed, for a while. */
export interface LockoutRules {
  readonly threshold: number
  readonly durationSeconds: number
  /** Failed logins are counted from zero again after so long without one. */
  readonly counterResetSeconds: number
  readonly isDisabled: boolean
}

/** The defaults of Vault and OpenBao. */
export const DEFAULT_LOCKOUT: LockoutRules = {
  threshold: 5,
  durationSeconds: 900,
  counterResetSeconds: 900,
  isDisabled: false,
}

/** The rules that hold: what was tuned, with the defaults for what is 0 there. */
export function effectiveLockout(tuned: LockoutRules | undefined): LockoutRules {
  if (tuned === undefined) return DEFAULT_LOCKOUT
  return {
    threshold: tuned.threshold || DEFAULT_LOCKOUT.threshold,
    durationSeconds: tuned.durationSeconds || DEFAULT_LOCKOUT.durationSeconds,
    counterResetSeconds: tuned.counterResetSeconds || DEFAULT_LOCKOUT.counterResetSeconds,
    isDisabled: tuned.isDisabled,
  }
}
