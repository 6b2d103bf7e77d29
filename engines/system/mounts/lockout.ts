import Type from 'typebox'
import { CoercionError, parseBool, parseDuration, parseInteger } from '../../coerce.ts'
import { invalid } from '../../errors.ts'
import type { LockoutRules } from '../../lockout.ts'
import type { MountEntry } from '../services/mounts.ts'

/** `user_lockout_config` of a mount. */

/** Types whose users are locked out. */
const TYPES = new Set(['userpass'])
const UNSET: LockoutRules = { threshold: 0, durationSeconds: 0, counterResetSeconds: 0, isDisabled: false }
const THRESHOLD_MAX = 1_000_000

/** What is sent over what there was. Throws `invalid_request`. */
export function tunedLockout(entry: MountEntry, sent: Readonly<Record<string, unknown>>): LockoutRules {
  if (!TYPES.has(entry.type)) {
    throw invalid(`tuning of user lockout configuration for auth type "${entry.type}" not allowed`)
  }
  let rules = entry.config.lockout ?? UNSET
  for (const [name, value] of Object.entries(sent)) {
    if (value === null || value === '') continue
    rules = { ...rules, ...setting(name, value) }
  }
  return rules
}

function setting(name: string, value: unknown): Partial<LockoutRules> {
  try {
    switch (name) {
      case 'lockout_threshold':
        return { threshold: natural(parseInteger(value), THRESHOLD_MAX) }
      case 'lockout_duration':
        return { durationSeconds: durationOf(value) }
      case 'lockout_counter_reset_duration':
        return { counterResetSeconds: durationOf(value) }
      case 'lockout_disable':
        return { isDisabled: parseBool(value) }
    }
  } catch (error) {
    if (error instanceof CoercionError) throw invalid(`unable to parse ${name}: ${error.message}`)
    throw error
  }
  throw invalid('user_lockout_config holds a setting that there is not')
}

/** 0, which is what 'system' comes to: the default. */
function durationOf(value: unknown): number {
  return value === 'system' ? 0 : natural(parseDuration(value), Number.MAX_SAFE_INTEGER)
}

function natural(value: number, max: number): number {
  if (value < 0 || value > max) throw new CoercionError(`expected 0 to ${max}`)
  return value
}

/** Durations are seconds. */
export const ShownLockout = Type.Object({
  user_lockout_threshold: Type.Integer(),
  user_lockout_duration: Type.Integer(),
  user_lockout_counter_reset_duration: Type.Integer(),
  user_lockout_disable: Type.Boolean(),
})

/** As who reads the settings of the mount is shown them; undefined: nothing is set. */
export function shownLockout({ config: { lockout } }: MountEntry): Readonly<Record<string, unknown>> | undefined {
  if (lockout === undefined) return undefined
  return {
    user_lockout_counter_reset_duration: lockout.counterResetSeconds,
    user_lockout_threshold: lockout.threshold,
    user_lockout_duration: lockout.durationSeconds,
    user_lockout_disable: lockout.isDisabled,
  }
}
