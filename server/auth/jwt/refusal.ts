import type { EngineContext } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import { KeysUnavailable } from '../jwks/key-source.ts'
import { TokenRefused } from '../jwks/verify-token.ts'
import { providerUnreachable } from './provider.ts'

/** All that a caller learns of why a login failed, whatever the cause: the log says more. */
const MESSAGE = 'login failed'

/** A login that is refused, with the cause in the log. `reason` holds nothing of the token. */
export function refused({ log, mount }: EngineContext, role: string, reason: string): EgideError {
  log.info({ mount: mount.path, role, reason }, 'a login was refused')
  return invalid(MESSAGE)
}

/** What a caller is told of an error that came up while a token was looked at. */
export function loginError(error: unknown, context: EngineContext, role: string): unknown {
  if (error instanceof TokenRefused) return refused(context, role, error.message)
  if (error instanceof KeysUnavailable) return providerUnreachable(error)
  // An address that the role does not let in: which roles there are is nobody's business.
  if (error instanceof EgideError && error.code === 'permission_denied') return refused(context, role, 'the address')
  return error
}
