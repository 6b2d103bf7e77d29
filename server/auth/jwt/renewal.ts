import type { AuthGrant, EngineContext } from '../../../engines/engine.ts'
import { invalid } from '../../../engines/errors.ts'
import { storedCelRole } from './cel/roles.ts'
import { storedRole } from './role.ts'

/** A token lives on by what its role says now, and not when the role is gone. A program's token keeps its terms. */
export async function renewedTerms(
  internal: Readonly<Record<string, unknown>>,
  { store }: EngineContext,
): Promise<Partial<AuthGrant>> {
  const name = String(internal.role)
  const isKept = internal.cel === true && (await storedCelRole(store, name)) !== undefined
  const role = internal.cel === true ? undefined : await storedRole(store, name)
  if (isKept) return {}
  if (role === undefined) throw invalid('the role of the login does not exist, not renewing')
  const { ttlSeconds, maxTtlSeconds, periodSeconds } = role.token
  return { ttlSeconds, maxTtlSeconds, periodSeconds }
}
