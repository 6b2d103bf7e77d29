import type { Connection, IssuedAuth } from '../../engine.ts'

/** What `sys/mfa` needs of the server. */

/** A second factor for a login that waits for one. */
export interface MfaAnswer {
  /** As the login was told. */
  readonly requestId: string
  /** By id or name of the method: a passcode, in a list or alone; none for methods without. */
  readonly payload: Readonly<Record<string, unknown>>
  readonly connection: Connection
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal | undefined
}

export interface MfaService {
  /**
   * Makes the token of the login that waits, once. Rejects with `invalid_request` for what is no waiting login, and with
   * `permission_denied` for a factor that is not right; then the login waits on.
   */
  validate(answer: MfaAnswer): Promise<{ readonly auth: IssuedAuth; readonly warnings: readonly string[] }>
}

export interface MfaServices {
  readonly mfa: MfaService
}
