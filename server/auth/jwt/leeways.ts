import Type from 'typebox'
import { field, type Values } from '../../../engines/field.ts'

/** How far the times of a token may be off, as roles say it: https://openbao.org/api-docs/auth/jwt/#createupdate-role */

/** All in seconds. In a role 0 is the default and less than 0 is none; `effectiveLeeways` makes plain numbers of that. */
export interface Leeways {
  /** What a token without `exp` lives. */
  readonly expirationSeconds: number
  /** How long before `exp` a token without `iat` and `nbf` begins to hold. */
  readonly notBeforeSeconds: number
  /** How far apart the clocks of this server and of the issuer may be. */
  readonly clockSkewSeconds: number
}

/** Vault's. */
const DEFAULT_LEEWAY_SECONDS = 150
const DEFAULT_SKEW_SECONDS = 60

const rule = (usualSeconds: number): string => `seconds, 0 the default, below 0 none (${usualSeconds})`

export const leewayFields = {
  expiration_leeway: field.duration({ description: `What a token without exp lives: ${rule(DEFAULT_LEEWAY_SECONDS)}` }),
  not_before_leeway: field.duration({
    description: `How long before exp one without iat and nbf holds: ${rule(DEFAULT_LEEWAY_SECONDS)}`,
  }),
  clock_skew_leeway: field.duration({ description: `How far clocks may be apart: ${rule(DEFAULT_SKEW_SECONDS)}` }),
}

export const leewayReply = {
  expiration_leeway: Type.Integer(),
  not_before_leeway: Type.Integer(),
  clock_skew_leeway: Type.Integer(),
}

/** Of a role that is written over `before`: what is not sent stays. */
export function leewaysOf(sent: Partial<Values<typeof leewayFields>>, before: Leeways | undefined): Leeways {
  return {
    expirationSeconds: sent.expiration_leeway ?? before?.expirationSeconds ?? 0,
    notBeforeSeconds: sent.not_before_leeway ?? before?.notBeforeSeconds ?? 0,
    clockSkewSeconds: sent.clock_skew_leeway ?? before?.clockSkewSeconds ?? 0,
  }
}

export function shownLeeways({ expirationSeconds, notBeforeSeconds, clockSkewSeconds }: Leeways) {
  return {
    expiration_leeway: expirationSeconds,
    not_before_leeway: notBeforeSeconds,
    clock_skew_leeway: clockSkewSeconds,
  }
}

/** Those that hold, each 0 or more. */
export function effectiveLeeways({ expirationSeconds, notBeforeSeconds, clockSkewSeconds }: Leeways): Leeways {
  return {
    expirationSeconds: effective(expirationSeconds, DEFAULT_LEEWAY_SECONDS),
    notBeforeSeconds: effective(notBeforeSeconds, DEFAULT_LEEWAY_SECONDS),
    clockSkewSeconds: effective(clockSkewSeconds, DEFAULT_SKEW_SECONDS),
  }
}

function effective(seconds: number, usualSeconds: number): number {
  if (seconds < 0) return 0
  return seconds === 0 ? usualSeconds : seconds
}
